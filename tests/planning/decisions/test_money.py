"""Claims about who pays what: tables worked by hand, and what holds of every rule and cost."""

from __future__ import annotations

import math
import tomllib
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.questions.money_rules import SHENYANG_RULES, MoneyRules
from geo.errors import ProblemError
from planning.decisions.money import GrossCosts, split_costs

CITY = {"rule": "share", "payer": "city", "share": 0.6, "cap_yuan": 100_000}
DISTRICT = {"rule": "share", "payer": "district", "share": 0.5}
DISTRICT_OF_WHOLE = {**DISTRICT, "base": "whole"}
OWN_20 = {"rule": "own_share", "share": 0.2}
THIRDS = [{"rule": "share", "payer": name, "share": 0.3333, "base": "whole"} for name in "abc"]


def costs_of(capital: int, running: int = 0, **other: object) -> GrossCosts:
    one = {"kind": "station", "district": "相山区", "action": "build", "year": 2027, **other}
    return GrossCosts(
        capital_yuan=[capital],
        running_yuan_a_year=[running],
        **{name: [value] for name, value in one.items()},
    )


def paid(tables: list[dict[str, Any]], capital: int, **other: object) -> dict[str, int]:
    split = split_costs(costs_of(capital, **other), MoneyRules.from_dicts(tables), years=(2027,))
    return dict(zip(split.payers, split.by_payer[:, 0, 0].tolist(), strict=True))


# Worked by hand: the rules, the cost, and what each payer pays of it.
BY_HAND = [
    # 60 % and at most 100,000: 166,666 x 0.6 = 99,999.6; 166,667 x 0.6 = 100,000.2
    ([CITY], 0, (0, 0)),
    ([CITY], 1, (0, 1)),
    ([CITY], 2, (1, 1)),
    ([CITY], 5, (3, 2)),
    ([CITY], 50_000, (30_000, 20_000)),
    ([CITY], 166_665, (99_999, 66_666)),
    ([CITY], 166_666, (99_999, 66_667)),  # one yuan under the cap
    ([CITY], 166_667, (100_000, 66_667)),  # exactly at the cap
    ([CITY], 166_668, (100_000, 66_668)),  # one yuan over: it is the operator's
    ([CITY], 200_000, (100_000, 100_000)),
    ([CITY], 1_600_000, (100_000, 1_500_000)),
    # the district pays half of what the city leaves
    ([CITY, DISTRICT], 100_000, (60_000, 20_000, 20_000)),
    ([CITY, DISTRICT], 300_000, (100_000, 100_000, 100_000)),
    ([DISTRICT, CITY], 100_000, (50_000, 30_000, 20_000)),
    ([DISTRICT, CITY], 400_000, (200_000, 100_000, 100_000)),
    # half of the whole, and never more than is left
    ([CITY, DISTRICT_OF_WHOLE], 100_000, (60_000, 40_000, 0)),
    ([CITY, DISTRICT_OF_WHOLE], 300_000, (100_000, 150_000, 50_000)),
    # the operator bears a fifth at least, wherever the rule stands: 100,000 - 20,000 - 60,000
    ([CITY, DISTRICT_OF_WHOLE, OWN_20], 100_000, (60_000, 20_000, 20_000)),
    ([OWN_20, CITY, DISTRICT_OF_WHOLE], 100_000, (60_000, 20_000, 20_000)),
    ([CITY, DISTRICT_OF_WHOLE, OWN_20], 300_000, (100_000, 140_000, 60_000)),
    ([CITY, DISTRICT_OF_WHOLE, OWN_20], 7, (4, 1, 2)),  # a fifth of 7 is 1.4: 2 are borne
    ([CITY, OWN_20], 100_000, (60_000, 40_000)),  # borne anyhow
    ([CITY, {"rule": "own_share", "share": 0.5}], 100_000, (50_000, 50_000)),
    ([CITY, OWN_20, {"rule": "own_share", "share": 0.55}], 100_000, (45_000, 55_000)),
    ([CITY, {"rule": "own_share", "share": 1}], 100_000, (0, 100_000)),
    ([{**CITY, "cap_yuan": 0}], 100_000, (0, 100_000)),
    ([{**CITY, "share": 1, "cap_yuan": None}], 99, (99, 0)),
    # 33.33 % of 100 is 33 for each of three, and one yuan is left
    (THIRDS, 100, (33, 33, 33, 1)),
    ([], 100, (100,)),
]


@pytest.mark.parametrize(("tables", "capital", "yuan"), BY_HAND)
def test_a_project_is_paid_as_worked_by_hand(
    tables: list[dict[str, Any]], capital: int, yuan: tuple[int, ...]
) -> None:
    assert tuple(paid(tables, capital).values()) == yuan


def test_a_rule_pays_only_where_and_when_it_holds() -> None:
    rule = {**CITY, "kinds": ["司机之家"], "districts": ["烈山区"], "actions": ["build", "upgrade"]}
    here = {"kind": "driver_home", "district": "烈山区"}
    assert paid([rule], 1000, **here)["city"] == 600
    assert paid([rule], 1000, **here, action="upgrade")["city"] == 600
    assert paid([rule], 1000, **here, action="relocate")["city"] == 0
    assert paid([rule], 1000, kind="station", district="烈山区")["city"] == 0
    assert paid([rule], 1000, kind="driver_home", district="")["city"] == 0
    assert paid([{**rule, "years": [2026]}], 1000, **here)["city"] == 0
    assert paid([{**rule, "years": [2026, 2027]}], 1000, **here)["city"] == 600


def test_running_money_is_shared_and_capped_in_each_year_from_the_action_on() -> None:
    rules = MoneyRules.from_dicts(
        [
            CITY,
            {"rule": "share", "payer": "fund", "share": 0.5, "of": "running", "cap_yuan": 5_000,
             "years": [2027, 2028]},
            {"rule": "own_share", "share": 0.6, "of": "running", "districts": ["杜集区"]},
        ]
    )  # fmt: skip
    years = (2026, 2027, 2028, 2029)
    split = split_costs(costs_of(10_000, 12_000), rules, years=years)
    assert split.payers == ("city", "fund", "own")
    assert split.by_payer[:, 0].tolist() == [
        [0, 6_000, 0, 0],
        [0, 5_000, 5_000, 0],
        [0, 4_000 + 7_000, 7_000, 12_000],
    ]
    assert split.gross[0].tolist() == [0, 22_000, 12_000, 12_000]
    other = split_costs(costs_of(0, 12_000, district="杜集区"), rules, years=years)
    assert other.by_payer[1, 0].tolist() == [0, 4_800, 4_800, 0]


def test_a_saving_is_the_operators_alone() -> None:
    tables = [{**CITY, "of": "running"}, {**OWN_20, "of": "running"}]
    costs = costs_of(3_000, -8_001, action="close")
    split = split_costs(costs, MoneyRules.from_dicts(tables), years=(2027, 2028))
    assert split.by_payer[:, 0].tolist() == [[0, 0], [3_000 - 8_001, -8_001]]


def test_a_cost_vector_adds_up_some_payers_and_years() -> None:
    rules = MoneyRules.from_dicts([CITY, DISTRICT])
    costs = GrossCosts(
        capital_yuan=[100_000, 300_000],
        running_yuan_a_year=[1_000, 0],
        kind=["station", "base"],
        district=["", ""],
        action=["build", "build"],
        year=[2027, 2028],
    )
    split = split_costs(costs, rules, years=(2027, 2028))
    assert split.cost_vector().tolist() == [102_000, 300_000]
    assert split.cost_vector(payers=["city"]).tolist() == [60_000, 100_000]
    assert split.cost_vector(payers=["city", "own"], years=[2027]).tolist() == [81_000, 0]
    assert split.cost_vector(years=[2028]).tolist() == [1_000, 300_000]
    assert split.cost_vector(payers=["nobody"]).tolist() == [0, 0]


def test_shares_are_the_decimals_that_were_written() -> None:
    # 0.29 is a little less in binary: 0.29 x 100 is 28.999999999999996
    assert int(0.29 * 100) == 28
    assert paid([{"rule": "share", "payer": "p", "share": 0.29}], 100)["p"] == 29
    # 1 - 0.9 is a little less than a tenth: the own share of 10 is 1 and not 2
    assert paid([{"rule": "own_share", "share": 0.1}], 10)["own"] == 10
    tables = [{"rule": "share", "payer": "p", "share": 1}, {"rule": "own_share", "share": 0.1}]
    assert paid(tables, 10) == {"p": 9, "own": 1}


def test_shenyangs_project_rule_is_the_one_of_the_shipped_example() -> None:
    rules = MoneyRules.from_dicts(tomllib.loads(SHENYANG_RULES)["money_rules"])
    split = split_costs(costs_of(250_000), rules, years=(2027,))
    assert dict(zip(split.payers, split.by_payer[:, 0, 0].tolist(), strict=True)) == {
        "沈阳市总工会": 100_000,
        "own": 150_000,
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"capital_yuan": [0.5]}, "capital_yuan must be whole numbers within 100000000000"),
        ({"capital_yuan": [math.nan]}, "capital_yuan must be whole numbers"),
        ({"running_yuan_a_year": [10**12]}, "running_yuan_a_year must be whole numbers"),
        ({"year": [2027, 2028]}, "costs of options: shapes"),
        ({"year": [2031]}, "option 0 is of 2031, which is no year of the plan"),
    ],
)
def test_costs_that_cannot_be_are_refused(change: dict[str, Any], message: str) -> None:
    plain = {
        "capital_yuan": [1],
        "running_yuan_a_year": [1],
        "kind": ["station"],
        "district": [""],
        "action": ["build"],
        "year": [2027],
    }
    with pytest.raises(ProblemError, match=message):
        split_costs(GrossCosts(**{**plain, **change}), MoneyRules(), years=(2027,))


def test_years_must_ascend() -> None:
    for years in ((), (2027, 2027), (2028, 2027)):
        with pytest.raises(ProblemError, match="years of a plan must ascend"):
            split_costs(costs_of(1), MoneyRules(), years=years)


# What holds of every rule and cost, against the formula in fractions, one option at a time.

shares = st.integers(1, 1_000_000).map(lambda millionths: millionths / 1_000_000)
scopes = st.fixed_dictionaries(
    {},
    optional={
        "kinds": st.lists(st.sampled_from(["station", "base"]), max_size=1),
        "actions": st.lists(st.sampled_from(["build", "keep"]), max_size=1),
        "years": st.lists(st.sampled_from([2027, 2028]), max_size=1),
        "of": st.sampled_from(["capital", "running"]),
    },
)
share_rules = st.builds(
    lambda scope, payer, share, cap, base: {
        "rule": "share",
        "payer": payer,
        "share": share,
        "cap_yuan": cap,
        "base": base,
        **scope,
    },
    scopes,
    st.sampled_from("abc"),
    shares,
    st.none() | st.integers(0, 300_000),
    st.sampled_from(["left", "whole"]),
)
own_rules = st.builds(
    lambda scope, share: {"rule": "own_share", "share": share, **scope}, scopes, shares
)
rule_lists = st.lists(share_rules | own_rules, max_size=5).map(
    lambda tables: [{**table, "name": f"rule {at}"} for at, table in enumerate(tables)]
)
yuan = st.integers(-1_000, 400_000) | st.integers(0, 10**11)
options = st.fixed_dictionaries(
    {
        "capital": yuan,
        "running": yuan,
        "kind": st.sampled_from(["station", "base"]),
        "action": st.sampled_from(["build", "keep"]),
        "year": st.sampled_from([2027, 2028]),
    }
)


def by_the_formula(tables: list[dict[str, Any]], gross: int, **of: object) -> list[int]:
    """Split one cost of one year by the formula, in exact fractions: each share rule, then own."""

    def holds(table: dict[str, Any]) -> bool:
        return table.get("of", "capital") == of["of"] and all(
            not table.get(f"{name}s") or of[name] in table[f"{name}s"]
            for name in ("kind", "action", "year")
        )

    def exact(table: dict[str, Any]) -> Fraction:
        return Fraction(round(table["share"] * 10**6), 10**6)

    borne = max(
        [math.ceil(exact(t) * gross) for t in tables if t["rule"] == "own_share" and holds(t)],
        default=0,
    )
    free, left, parts = max(0, gross - max(0, borne)), gross, []
    for table in (t for t in tables if t["rule"] == "share"):
        if table.get("of", "capital") != of["of"]:
            continue
        base = left if table["base"] == "left" else gross
        part = math.floor(exact(table) * max(0, base)) if holds(table) else 0
        part = min(part, free, part if table["cap_yuan"] is None else table["cap_yuan"])
        free, left = free - part, left - part
        parts.append(part)
    return [*parts, left]


@settings(max_examples=100, deadline=None)
@given(tables=rule_lists, many=st.lists(options, min_size=1, max_size=4))
def test_every_option_is_split_by_the_formula_and_adds_up(
    tables: list[dict[str, Any]], many: list[dict[str, Any]]
) -> None:
    years = (2027, 2028)
    costs = GrossCosts(
        capital_yuan=[one["capital"] for one in many],
        running_yuan_a_year=[one["running"] for one in many],
        kind=[one["kind"] for one in many],
        district=["" for _ in many],
        action=[one["action"] for one in many],
        year=[one["year"] for one in many],
    )
    split = split_costs(costs, MoneyRules.from_dicts(tables), years=years)
    for at, one in enumerate(many):
        for year_at, year in enumerate(years):
            gross = {
                "capital": one["capital"] if year == one["year"] else 0,
                "running": one["running"] if year >= one["year"] else 0,
            }
            of = {"kind": one["kind"], "action": one["action"], "year": year}
            for cost, yuan_of in gross.items():
                rows = [row for row, line in enumerate(split.lines) if line.of == cost]
                made = split.yuan[rows, at, year_at].tolist()
                assert made == by_the_formula(tables, yuan_of, of=cost, **of)
                assert 0 <= sum(made[:-1]) <= max(0, yuan_of)
            assert split.gross[at, year_at] == sum(gross.values())
    assert split.by_payer.sum(axis=0).tolist() == split.gross.tolist()
    assert (split.by_payer[:-1] >= 0).all()  # only the operator saves


@settings(max_examples=100, deadline=None)
@given(tables=rule_lists, cost=st.integers(0, 400_000), more=st.integers(0, 50_000))
def test_what_all_payers_pay_together_never_falls_and_never_passes_the_cost(
    tables: list[dict[str, Any]], cost: int, more: int
) -> None:
    less, dear = paid(tables, cost), paid(tables, cost + more)
    assert sum(less.values()) == cost
    assert all(0 <= part <= cost for part in less.values())
    assert cost - less["own"] <= cost + more - dear["own"]


@settings(max_examples=100, deadline=None)
@given(share=shares, least=shares, cost=st.integers(0, 10**11))
def test_the_own_share_is_never_eaten(share: float, least: float, cost: int) -> None:
    tables = [
        {"rule": "share", "payer": "p", "share": share},
        {"rule": "own_share", "share": least},
        {"rule": "share", "payer": "q", "share": 1},
    ]
    assert paid(tables, cost)["own"] == math.ceil(Fraction(round(least * 10**6), 10**6) * cost)
