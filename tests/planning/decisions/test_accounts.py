"""Claims about accounts: who pays what by place, organisation and year, and that it adds up."""

from __future__ import annotations

import tomllib
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.organisations import Organisations
from data.questions.money_rules import SHENYANG_RULES, MoneyRules
from geo.errors import ProblemError
from planning.decisions.accounts import Accounts, Budget, keep_accounts
from planning.decisions.money import GrossCosts, split_costs

YEARS = (2027, 2028, 2029)
SHENYANG = MoneyRules.from_dicts(tomllib.loads(SHENYANG_RULES)["money_rules"])
COSTS = GrossCosts(
    capital_yuan=[200_000, 90_000, 30_001],
    running_yuan_a_year=[24_000, 12_000, -6_000],
    kind=["driver_home", "station", "station"],
    district=["烈山区", "相山区", "相山区"],
    action=["build", "build", "close"],
    year=[2027, 2028, 2029],
)
IDS, NAMES = ("A", "B", "C"), ("货场", "西口", "旧站")
UNIONS = Organisations.from_records(
    [
        {"id": "U1", "name": "货运工会", "kind": "union", "truck_driver": 26, "posts": 1},
        {"id": "U2", "name": "骑手工会", "kind": "union", "delivery_rider": 20, "other_members": 5},
        {"id": "U3", "name": "新工会", "kind": "union", "posts": 2, "district": "相山区"},
        {"id": "F1", "name": "快递公司", "kind": "firm", "courier": 900},
    ]
)


def accounts(rules: MoneyRules = SHENYANG, **other: object) -> Accounts:
    asked = {"chosen": [0, 1, 2], "rules": rules, "organisations": UNIONS, **other}
    split = split_costs(COSTS, rules, years=YEARS)
    return keep_accounts(COSTS, split, ids=IDS, names=NAMES, **asked)


def test_the_accounts_of_a_small_plan_are_those_worked_by_hand() -> None:
    city = "沈阳市总工会"
    made = [(a.id, a.year, a.of, a.payer, a.yuan) for a in accounts().lines]
    assert made == [
        ("A", 2027, "capital", city, 100_000),  # 60 % are 120,000: the cap
        ("A", 2027, "capital", "own", 100_000),
        ("A", 2027, "running", "own", 24_000),
        ("A", 2028, "running", "own", 24_000),
        ("A", 2029, "running", "own", 24_000),
        ("B", 2028, "capital", city, 54_000),
        ("B", 2028, "capital", "own", 36_000),
        ("B", 2028, "running", "own", 12_000),
        ("B", 2029, "running", "own", 12_000),
        ("C", 2029, "capital", city, 18_000),
        ("C", 2029, "capital", "own", 12_001),
        ("C", 2029, "running", "own", -6_000),
        *(("U1", year, "members", city, 2_020) for year in YEARS),  # 26 members
        *(("U1", year, "posts", city, 3_600) for year in YEARS),
        *(("U2", year, "members", city, 2_000) for year in YEARS),  # 25 members
        *(("U3", year, "posts", city, 7_200) for year in YEARS),  # no members: nothing for them
    ]
    assert accounts().total_yuan == 200_000 + 90_000 + 30_001 + 72_000 + 24_000 - 6_000 + 44_460


def test_totals_by_payer_year_and_rule_are_those_worked_by_hand() -> None:
    made = accounts()
    assert made.totals("payer") == {("沈阳市总工会",): 172_000 + 44_460, ("own",): 238_001}
    assert made.totals("year") == {(2027,): 238_820, (2028,): 140_820, (2029,): 74_821 + 0}
    assert made.totals("rule") == {
        ("project of a district",): 172_000,
        ("own",): 238_001,
        ("running money of a branch",): 3 * 4_020,
        ("part-time officers",): 3 * 10_800,
    }
    assert made.totals("district", "of")["相山区", "posts"] == 21_600
    assert sum(made.totals("id", "year", "payer").values()) == made.total_yuan


def test_a_rule_that_pays_once_pays_in_the_first_year_in_which_it_holds() -> None:
    table = {"rule": "members", "payer": "city", "base_yuan": 9, "up_to_members": 9,
             "per_member_yuan": 0, "every": "once", "kinds": ["firm"]}  # fmt: skip
    for years, first in (([], 2027), ([2028, 2029], 2028), ([2026, 2029], 2029)):
        rules = MoneyRules.from_dicts([{**table, "years": years}])
        paid = [a for a in accounts(rules, chosen=[]).lines if a.of == "members"]
        assert [(a.id, a.year, a.yuan) for a in paid] == [("F1", first, 9)]


def test_a_rule_for_a_district_pays_the_organisations_of_that_district_alone() -> None:
    table = {"rule": "posts", "payer": "city", "yuan_a_month": 1, "districts": ["相山区"]}
    made = accounts(MoneyRules.from_dicts([table]), chosen=[])
    assert made.totals("id") == {("U3",): 72}


def test_budgets_are_set_beside_what_is_spent_out_of_them() -> None:
    budgets = (
        Budget(yuan=500_000),
        Budget(yuan=216_460, payer="沈阳市总工会"),
        Budget(yuan=100_000, years=(2028, 2029), payer="own"),
        Budget(yuan=1_000, district="烈山区", kind="driver_home", years=(2028,)),
    )
    rows = accounts().against(budgets)
    assert [row.spent_yuan for row in rows] == [454_461, 216_460, 114_001, 24_000]
    assert [row.left_yuan for row in rows] == [45_539, 0, -14_001, -23_000]


def test_accounts_without_organisations_or_rules_hold_the_actions_alone() -> None:
    assert {a.id for a in accounts(organisations=None).lines} == {"A", "B", "C"}
    split = split_costs(COSTS, SHENYANG, years=YEARS)
    bare = keep_accounts(COSTS, split, chosen=[1], ids=IDS, names=NAMES)
    assert {a.id for a in bare.lines} == {"B"}


def test_accounts_as_a_document_repeat_the_lines_and_their_totals() -> None:
    made = accounts()
    document = made.as_dict()
    assert document["total_yuan"] == made.total_yuan == sum(a["yuan"] for a in document["lines"])
    for column in ("payer", "year", "rule"):
        by: Counter[Any] = Counter()
        for line in document["lines"]:
            by[line[column]] += line["yuan"]
        assert {row[column]: row["yuan"] for row in document["by"][column]} == dict(by)


def test_what_cannot_be_booked_is_refused() -> None:
    with pytest.raises(ProblemError, match="chosen twice or is none"):
        accounts(chosen=[0, 0])
    with pytest.raises(ProblemError, match="chosen twice or is none"):
        accounts(chosen=[3])
    with pytest.raises(ProblemError, match="must be as many"):
        keep_accounts(
            COSTS, split_costs(COSTS, SHENYANG, years=YEARS), chosen=[], ids=("A",), names=NAMES
        )
    with pytest.raises(ProblemError, match="accounts have no site: add up by id, name"):
        accounts().totals("site")  # type: ignore[arg-type]


@settings(max_examples=100, deadline=None)
@given(
    costs=st.lists(
        st.tuples(st.integers(0, 10**9), st.integers(-(10**6), 10**6), st.sampled_from(YEARS)),
        min_size=1,
        max_size=6,
    ),
    data=st.data(),
)
def test_the_lines_of_any_plan_add_up_to_what_its_actions_cost(
    costs: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    capital, running, year = zip(*costs, strict=True)
    n = len(costs)
    gross = GrossCosts(
        capital_yuan=list(capital),
        running_yuan_a_year=list(running),
        kind=["station"] * n,
        district=[""] * n,
        action=["build"] * n,
        year=list(year),
    )
    chosen = data.draw(st.lists(st.integers(0, n - 1), unique=True))
    ids = [str(at) for at in range(n)]
    split = split_costs(gross, SHENYANG, years=YEARS)
    made = keep_accounts(gross, split, chosen=chosen, ids=ids, names=ids)
    for at in chosen:
        _, each_year, first = costs[at]
        assert sum(a.yuan for a in made.lines if a.id == str(at)) == capital[at] + each_year * (
            YEARS[-1] - first + 1
        )
    assert {a.id for a in made.lines} <= {str(at) for at in chosen}
    assert all(a.yuan != 0 for a in made.lines)
