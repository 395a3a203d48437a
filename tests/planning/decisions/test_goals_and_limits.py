"""The guide's table of goals and limits is what a question really meets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.questions import Question
from geo.errors import InputError, ProblemError
from planning import SolveParams
from planning.decisions import AskedQuestion, ask
from tests.planning.decisions.tiny_cities import tiny_city
from web.services.decisions import Wanted, explain

DOCS = Path(__file__).parents[3] / "docs"
GOALS = (
    "workers",
    "worker_hours",
    "cheapest",
    "worst_group",
    "two_in_reach",
    "mean_time",
    "seated",
)
NEAR = {"around": [116.8, 33.96], "within_m": 5000.0}
FLOOR = {"name": "f", "least_share": 0.0}
#: What each row of the table means, in its order.
ROWS: tuple[dict[str, Any], ...] = (
    {"new": 2},
    {"money": {"yuan_by_year": [200_000]}},
    {
        "money_rules": [{"rule": "share", "payer": "city", "share": 0.6, "cap_yuan": 40_000}],
        "money_limits": [
            {"name": "city", "most_yuan": 300_000, "payer": "city"},
            {"name": "homes", "most_yuan": 300_000, "kinds": ["courier_home"]},
        ],
    },
    {"years": {"first": 2027, "count": 2}},
    {"count_limits": [{"name": "c", "most": 2}]},
    {"floors": [FLOOR | {"groups": ["courier"]}]},
    {"floors": [FLOOR | {"hours": [20, 8]}]},
    {"floors": [FLOOR | {"stations": 2}]},
    {"zones": [{"name": "z", "rule": "require", **NEAR}]},
    {"zones": [{"name": "z", "rule": "exclude", **NEAR, "within_m": 10.0}]},
    {"spacing_m": 50.0},
    {"required": [{"place": "C0"}]},
    {"actions": {"build": ["station", "courier_home"]}},
    {"actions": {"existing": "upgrade", "upgrade": ["driver_home"]}},
    {"actions": {"existing": "free", "relocate_within_m": 350.0}},
    {
        "world": {
            "demand": [{"name": "d", **NEAR, "at": NEAR["around"], "workers": 9.0}],
            "speed_factors": {"ebike": 0.8},
        }
    },
    {"goal": {"group_weights": {"courier": 2.0}}},
    {"goal": {"hour_weights": [[22, 6, 3.0]]}},
    {"goal": {"coverage": "effective"}},
)
PARAMS = SolveParams(time_limit_s=2.0)


def marks(file: Path, yes: str) -> list[list[bool]]:
    """The cells of the table, row by row."""
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    head = next(k for k, line in enumerate(lines) if "`seated` |" in line and "`cheapest`" in line)
    rows = lines[head + 2 : head + 3 + len(ROWS)]
    cells = [[cell.strip() for cell in line.strip("|").split("|")[1:]] for line in rows]
    assert {cell for row in cells for cell in row} == {yes, "—"}
    return [[cell == yes for cell in row] for row in cells]


def asked_with(goal: str, tables: dict[str, Any]) -> AskedQuestion:
    of_goal = {"what": goal, **({"share": 0.3} if goal == "cheapest" else {})}
    seats = {"seats_by_kind": {"courier_home": 10, "station": 10, "driver_home": 10}}
    whole = {"capacity": seats, "actions": {}, **tables, "goal": of_goal | tables.get("goal", {})}
    whole["actions"] = {"build": ["courier_home"]} | whole["actions"]
    if "world" in whole:
        change = {k: v for k, v in whole["world"]["demand"][0].items() if k != "around"}
        whole["world"] = whole["world"] | {"demand": [change | {"group": "courier"}]}
    city = replace(tiny_city(4), question=Question.from_dict(whole))
    return ask(
        city.question,
        demand=city.demand,
        stations=city.stations,
        sites=city.sites,
        network=city.network,
        settings=city.settings,
    )


@pytest.mark.parametrize("goal", GOALS)
def test_a_limit_is_taken_or_refused_as_the_table_says(goal: str) -> None:
    column = [row[GOALS.index(goal)] for row in marks(DOCS / "planner.md", "yes")]
    for tables, is_taken in zip(ROWS, column, strict=False):
        if not is_taken:
            with pytest.raises((InputError, ProblemError)):
                asked_with(goal, tables).decide(params=PARAMS)
            continue
        decision = asked_with(goal, tables).decide(params=PARAMS)
        assert decision.is_plan, tables
        sign = -1 if goal in {"cheapest", "mean_time"} else 1
        assert sign * (decision.bound - decision.objective) >= -1e-6, tables


@pytest.mark.parametrize("goal", GOALS)
def test_explanations_are_given_or_refused_as_the_table_says(goal: str) -> None:
    is_given = marks(DOCS / "planner.md", "yes")[-1][GOALS.index(goal)]
    asked = asked_with(goal, {"new": 1})
    decision = asked.decide(params=PARAMS)
    wanted = Wanted(why=True, seconds=1.0)
    if is_given:
        told = explain(asked, decision, wanted, done=lambda _what, _share: None)
        assert len(told.why) == len(decision.actions)
        return
    with pytest.raises(InputError, match="explanations are made"):
        explain(asked, decision, wanted, done=lambda _what, _share: None)


def test_both_guides_hold_the_same_table() -> None:
    assert marks(DOCS / "planner.md", "yes") == marks(DOCS / "zh" / "planner.md", "可以")
