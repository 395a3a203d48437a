"""Claims about money rules as they are written: read back the same, or refused with a cure."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.questions.money_rules import SHENYANG_RULES, MembersRule, MoneyRules, PostsRule
from geo.errors import InputError

SHARE = {"rule": "share", "payer": "city", "share": 0.6}
MEMBERS = {
    "rule": "members",
    "payer": "city",
    "base_yuan": 2000,
    "up_to_members": 25,
    "per_member_yuan": 20,
}
POSTS = {"rule": "posts", "payer": "city", "yuan_a_month": 300}


def test_the_shipped_example_says_what_shenyang_pays() -> None:
    rules = MoneyRules.from_dicts(tomllib.loads(SHENYANG_RULES)["money_rules"])
    project, members, posts = rules.rules
    assert (project.share, project.cap_yuan, project.of) == (0.6, 100_000, "capital")
    assert [members.yuan(n) for n in (0, 1, 24, 25, 26, 27, 100, 31_500)] == [
        *(0, 2_000, 2_000, 2_000, 2_020, 2_040, 3_500, 631_500),
    ]
    assert [posts.yuan(n) for n in (0, 1, 2, 10)] == [0, 3_600, 7_200, 36_000]
    assert rules.payers == ("沈阳市总工会",)
    assert rules.price_rules == (project,)
    assert rules.organisation_rules == (members, posts)


@settings(max_examples=100, deadline=None)
@given(
    members=st.integers(0, 10**6),
    base=st.integers(0, 10_000),
    up_to=st.integers(0, 1_000),
    each=st.integers(0, 500),
)
def test_a_union_gets_the_base_and_so_much_for_each_member_above_a_number(
    members: int, base: int, up_to: int, each: int
) -> None:
    rule = MembersRule(
        payer="city", base_yuan=base, up_to_members=up_to, per_member_yuan=each, every="once"
    )
    counted = base + sum(each for _ in range(up_to, min(members, up_to + 2_000)))
    if 0 < members <= up_to + 2_000:
        assert rule.yuan(members) == counted
    assert rule.yuan(members) <= rule.yuan(members + 1)
    assert rule.yuan(0) == 0
    assert PostsRule(payer="city", yuan_a_month=each).yuan(members) == sum([each * members] * 12)


def test_words_are_read_in_any_spelling_and_kept_as_identifiers() -> None:
    rules = MoneyRules.from_dicts(
        [{**SHARE, "kinds": ["司机之家", "rider home"]}, {**MEMBERS, "kinds": ["工会", "公司"]}]
    )
    assert rules.rules[0].kinds == ("driver_home", "rider_home")
    assert rules.rules[1].kinds == ("union", "firm")


names = st.text("abc 市总工会", min_size=1, max_size=8).filter(str.strip)
tables = st.lists(
    st.fixed_dictionaries(
        {
            "rule": st.just("share"),
            "payer": names,
            "share": st.sampled_from([0.1, 0.29, 1, 0.000001]),
        },
        optional={
            "cap_yuan": st.integers(0, 10**11),
            "of": st.sampled_from(["capital", "running"]),
            "base": st.sampled_from(["left", "whole"]),
            "kinds": st.lists(st.sampled_from(["station", "base"]), max_size=2),
            "districts": st.lists(names, max_size=2),
            "years": st.lists(st.integers(2000, 2100), max_size=2),
            "actions": st.lists(st.sampled_from(["build", "close"]), max_size=2),
        },
    )
    | st.fixed_dictionaries({"rule": st.just("own_share"), "share": st.sampled_from([0.2, 1])})
    | st.fixed_dictionaries(
        {key: st.just(value) for key, value in MEMBERS.items()},
        optional={"every": st.sampled_from(["year", "once"])},
    )
    | st.just(POSTS),
    max_size=5,
).map(lambda many: [{**table, "name": f"rule {at}"} for at, table in enumerate(many)])


@settings(max_examples=100, deadline=None)
@given(tables=tables)
def test_what_is_written_reads_back_as_the_same_rules(tables: list[dict[str, Any]]) -> None:
    rules = MoneyRules.from_dicts(tables)
    assert MoneyRules.from_dicts(rules.as_dicts()) == rules
    for table, written in zip(tables, rules.as_dicts(), strict=True):
        # no key is invented, and one that is left out says nothing
        assert written.items() <= table.items()
        assert all(table[key] in ([], "capital", "left", "year") for key in table.keys() - written)


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({}, "money_rules must be a list of tables"),
        ([3], r"money rule 1 must be a table: write \[\[money_rules\]\]"),
        ([{}], 'money rule 1: rule "None" is none: write one of share, own_share, members, posts'),
        ([SHARE, {"rule": "member"}], 'money rule 2: rule "member" is none: did you mean members'),
        (
            [{**SHARE, "cap_yuna": 5}],
            '"cap_yuna" is not known in a rule share: did you mean cap_yu',
        ),
        ([{**POSTS, "share": 0.5}], '"share" is not known in a rule posts: it may have name'),
        ([{"rule": "share", "share": 0.5}], "money rule 1: a rule share needs payer"),
        ([{**SHARE, "payer": " "}], "payer must be text of 1 to 100 characters"),
        ([{**SHARE, "payer": "自筹"}], 'payer "自筹" is the operator, who pays what is left'),
        ([{**SHARE, "payer": "own"}], 'payer "own" is the operator'),
        ([{**SHARE, "name": "x" * 101}], "name must be text of 1 to 100"),
        ([{**SHARE, "share": 60}], 'more than 0 and at most 1, as in 0.6 for 60 %, not "60"'),
        ([{**SHARE, "share": 0}], "share must be more than 0"),
        ([{**SHARE, "share": True}], "share must be more than 0"),
        ([{**SHARE, "share": "0.6"}], "share must be more than 0"),
        ([{**SHARE, "share": float("nan")}], "share must be more than 0"),
        ([{**SHARE, "share": 1 / 3}], "has more than 6 decimals: round it"),
        ([{**SHARE, "cap_yuan": -1}], "cap_yuan must be a whole number from 0 to 100000000000"),
        ([{**SHARE, "cap_yuan": 0.5}], "cap_yuan must be a whole number"),
        ([{**SHARE, "cap_yuan": float("inf")}], "cap_yuan must be a whole number"),
        ([{**SHARE, "of": "all"}], 'of "all" is none: write one of capital, running'),
        ([{**SHARE, "base": "x"}], 'base "x" is none: write one of left, whole'),
        ([{**SHARE, "kinds": "station"}], "kinds must be a list in square brackets"),
        ([{**SHARE, "kinds": ["driver_hone"]}], "did you mean driver_home"),
        ([{**MEMBERS, "kinds": ["station"]}], '"station" is no kind of organisation'),
        ([{**SHARE, "districts": [1]}], "districts must be text"),
        ([{**SHARE, "years": [27]}], "years must be a whole number from 2000 to 2100"),
        ([{**SHARE, "actions": ["open"]}], 'actions "open" is none: write one of build'),
        ([{**MEMBERS, "every": "month"}], 'every "month" is none: write one of year, once'),
        ([{**MEMBERS, "base_yuan": "2000"}], "base_yuan must be a whole number"),
        ([{**POSTS, "yuan_a_month": True}], "yuan_a_month must be a whole number"),
        ([SHARE, SHARE], 'money rule "city share" stands twice: give each a name of its own'),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_its_number_and_a_cure(
    tables: object, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        MoneyRules.from_dicts(tables)


def test_two_own_shares_need_no_names() -> None:
    own = {"rule": "own_share", "share": 0.2}
    assert len(MoneyRules.from_dicts([own, {**own, "of": "running"}]).rules) == 2


def test_a_district_that_the_city_lacks_is_refused_with_the_nearest() -> None:
    rules = MoneyRules.from_dicts([SHARE, {**POSTS, "districts": ["濉溪"]}])
    rules.check_districts(["濉溪", "相山区"])
    with pytest.raises(
        InputError, match='"city posts": the city has no district "濉溪": did you mean'
    ):
        rules.check_districts(["濉溪县", "相山区"])
    with pytest.raises(InputError, match="its districts are 甲, 乙"):
        rules.check_districts(["甲", "乙"])


@pytest.mark.parametrize("page", ["planner.md", "zh/planner.md"])
def test_the_guides_print_the_shipped_example(page: str) -> None:
    text = (Path(__file__).parents[3] / "docs" / page).read_text(encoding="utf-8")
    assert f"```toml\n{SHENYANG_RULES}```" in text
