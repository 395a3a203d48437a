"""The guide's tables of goals, limits and explanations are what a question really meets."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.files.plan_files import read_plan_list
from data.questions import Question
from geo.errors import InputError, ProblemError
from planning import SolveParams
from planning.decisions import AskedQuestion, ask
from planning.decisions.goals import LEAST
from planning.decisions.listed import score_list
from planning.decisions.nesting import SUMS
from planning.decisions.offered import OFFERED, refuse_unoffered
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


def tables_of(file: Path, yes: str) -> list[list[list[bool]]]:
    """The cells of the tables of goals, row by row: of limits, then of explanations."""
    lines = file.read_text(encoding="utf-8").splitlines()
    heads = [k for k, line in enumerate(lines) if "`seated` |" in line and "`cheapest`" in line]
    tables = []
    for head in heads:
        rows = list(itertools.takewhile(lambda line: line[:1] == "|", lines[head + 2 :]))
        cells = [[cell.strip() for cell in line.strip("|").split("|")[1:]] for line in rows]
        assert {cell for row in cells for cell in row} == {yes, "—"}
        tables.append([[cell == yes for cell in row] for row in cells])
    return tables


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
    limits, _ = tables_of(DOCS / "planner.md", "yes")
    column = [row[GOALS.index(goal)] for row in limits]
    for tables, is_taken in zip(ROWS, column, strict=True):
        if not is_taken:
            with pytest.raises((InputError, ProblemError)):
                asked_with(goal, tables).decide(params=PARAMS)
            continue
        decision = asked_with(goal, tables).decide(params=PARAMS)
        assert decision.is_plan, tables
        sign = -1 if goal in {"cheapest", "mean_time"} else 1
        assert sign * (decision.bound - decision.objective) >= -1e-6, tables


def own_list(asked: AskedQuestion, tmp_path: Path) -> Path:
    """A list of one place of the question."""
    built = next(one for one in asked.table.actions if one.what == "build")
    file = tmp_path / "own.csv"
    file.write_text(f"id,kind\n{built.id},{built.kind}\n", "utf-8")
    return file


def wanted_of(word: str) -> Wanted:
    return {
        "runners_up": Wanted(why=True, seconds=1.0),
        "prices": Wanted(prices=True, seconds=1.0),
        "alternatives": Wanted(alternatives=2, seconds=1.0),
        "curve": Wanted(curve=2, seconds=1.0),
    }[word]


@pytest.mark.parametrize("goal", GOALS)
def test_explanations_are_given_or_refused_as_the_table_says(goal: str, tmp_path: Path) -> None:
    _, table = tables_of(DOCS / "planner.md", "yes")
    given = [row[GOALS.index(goal)] for row in table]
    words = ("runners_up", "prices", "score", "alternatives", "curve", "draws")
    assert {word for word, is_given in zip(words, given, strict=False) if is_given} == OFFERED[
        goal
    ] - {"floors"}
    assert given[-1] == (goal in SUMS)
    more: dict[str, Any] = {}
    if goal == "cheapest":  # three in ten are covered as it is
        kinds = ["station", "driver_home", "courier_home"]
        more = {"goal": {"share": 0.35}, "actions": {"build": kinds}}
    asked = asked_with(goal, {"new": 1, "money": {"yuan_by_year": [500_000]}, **more})
    decision = asked.decide(params=PARAMS)
    assert decision.actions
    for word in ("runners_up", "prices", "alternatives", "curve"):
        if word not in OFFERED[goal]:
            with pytest.raises(InputError, match=rf"--{word} is (not )?made"):
                explain(asked, decision, wanted_of(word), done=lambda _what, _share: None)
            continue
        told = explain(asked, decision, wanted_of(word), done=lambda _what, _share: None)
        made = {"runners_up": told.why, "prices": told.prices, "curve": told.curve}
        assert made.get(word, told.held), word
        if word == "runners_up":
            assert len(told.why) == len(decision.actions)
    score = score_list(asked, decision, read_plan_list(own_list(asked, tmp_path)))
    sign = -1 if goal in LEAST else 1
    if not score.broken:
        assert sign * (score.best - score.covered) >= -1e-3 * abs(score.best)
        assert sign * (score.bound - score.covered) >= -1e-9


def test_what_a_goal_does_not_have_is_refused_with_what_to_ask_instead() -> None:
    with pytest.raises(InputError, match="--front money mean_time weighs this goal"):
        refuse_unoffered("mean_time", ["prices", "curve"])
    with pytest.raises(InputError, match="--draws is made for the goals workers"):
        refuse_unoffered("cheapest", ["draws"])
    refuse_unoffered("workers", ["curve", "draws"])


def test_both_guides_hold_the_same_tables() -> None:
    assert tables_of(DOCS / "planner.md", "yes") == tables_of(DOCS / "zh" / "planner.md", "可以")
