"""Claims that the figures of the sample city stay, until somebody means to change one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from data.workspace import Workspace
from tests.web.sample_figures import KEPT, REPORT, figures_of
from web.services.demo import PARAMS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CURE = "a figure of the sample city changed: python -m tests.web.sample_figures keeps the new ones"
#: A plan is the same on every machine that finds it in time; these tables follow it.
FOLLOW_THE_PLAN = {"coverage", "plan"}


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="module")
def figures(sample_city: Path) -> dict[str, Any]:
    return figures_of(Workspace.open(sample_city))


@pytest.fixture(scope="module")
def in_time(sample_city: Path) -> bool:
    plan = Workspace.open(sample_city).newest_result("plan")
    assert plan is not None
    return bool(plan.body["runtime_s"] < PARAMS.time_limit_s)


def differing(now: Mapping[str, Any], kept: Mapping[str, Any]) -> list[str]:
    """Say in which lines two sets of figures differ, by more than the last digit."""
    lines = []
    for name in sorted({*now, *kept}):
        one, other = now.get(name), kept.get(name)
        if isinstance(one, dict) and isinstance(other, dict):
            lines += [f"{name}: {line}" for line in differing(one, other)]
        elif not alike(str(one), str(other)):
            lines.append(f"{name}: {one} was {other}")
    return lines


def alike(one: str, other: str) -> bool:
    """Tell whether two lines say the same words, and the same figures but for the last digit."""
    words, others = one.split(), other.split()
    return len(words) == len(others) and all(map(_same_word, words, others))


def _same_word(one: str, other: str) -> bool:
    try:
        return float(one) == pytest.approx(float(other), rel=1e-9, abs=1.5e-4)
    except ValueError:
        return one == other


def test_the_coverage_of_the_sample_city_is_as_kept(
    figures: dict[str, Any], kept: dict[str, Any]
) -> None:
    assert differing(figures["coverage"], kept["coverage"]) == [], CURE


def test_the_plan_of_the_sample_city_is_as_kept_or_ran_out_of_time(
    figures: dict[str, Any], kept: dict[str, Any], *, in_time: bool
) -> None:
    covered, bound, _gap = map(float, figures["plan"]["proof"].split())
    best = float(kept["plan"]["proof"].split()[0])
    assert covered <= best + 1e-3
    assert bound >= best - 1e-3
    assert not in_time or differing(figures["plan"], kept["plan"]) == [], CURE


@pytest.mark.parametrize("table", REPORT)
def test_a_table_of_the_report_is_as_kept(
    table: str, figures: dict[str, Any], kept: dict[str, Any], *, in_time: bool
) -> None:
    if in_time or table not in FOLLOW_THE_PLAN:
        assert differing(figures["report"][table], kept["report"][table]) == [], CURE


@pytest.mark.parametrize(
    ("now", "says"),
    [
        ({"a": {"b": "1.0000 2.0001"}}, []),
        ({"a": {"b": "1.0000 2.0010"}}, ["a: b: 1.0000 2.0010 was 1.0000 2.0000"]),
        ({"a": {"b": "1.0000"}}, ["a: b: 1.0000 was 1.0000 2.0000"]),
        ({"a": {}}, ["a: b: None was 1.0000 2.0000"]),
        ({"a": {"b": "1.0000 2.0000", "c": "1"}}, ["a: c: 1 was None"]),
    ],
)
def test_a_figure_that_changed_is_named(now: dict[str, Any], says: list[str]) -> None:
    assert differing(now, {"a": {"b": "1.0000 2.0000"}}) == says
