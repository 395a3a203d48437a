"""Claims about effective coverage as rows, counted by hand on a week of one district."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from data.settings import DEFAULT_GROUPS
from data.stations import Stations
from planning.coverage.effective import EffectiveCoverage
from planning.coverage.effective_rows import (
    BEFORE_DAWN,
    DAY,
    NIGHT,
    effective_rows,
    hourly_share,
    span_share,
)
from planning.coverage.evidence import service_evidence
from planning.coverage.service_week import ServiceWeek


def _coverage(present: np.ndarray[Any, Any], effective: np.ndarray[Any, Any]) -> EffectiveCoverage:
    """One group, one district; nominal is everybody, possible half way."""

    def both(table: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.broadcast_to(table, (2, 2, 7, 24)).copy()

    return EffectiveCoverage(
        groups=("courier",),
        districts=("all", "东"),
        present=both(present),
        nominal=both(present),
        possible=both((present + effective) / 2),
        effective=both(effective),
    )


def _hours(**by_span: float) -> np.ndarray[Any, Any]:
    week = np.zeros((7, 24))
    for name, value in by_span.items():
        week[:, list({"day": DAY, "night": NIGHT, "dawn": BEFORE_DAWN}[name])] = value
    return week


def test_day_and_night_part_the_day_and_dawn_is_night() -> None:
    assert sorted((*DAY, *NIGHT)) == list(range(24))
    assert set(BEFORE_DAWN) <= set(NIGHT)


def test_a_row_says_the_week_its_night_and_the_hours_before_dawn() -> None:
    measured = _coverage(_hours(day=10, night=4), _hours(day=8, night=2, dawn=1))
    (row,) = (row for row in effective_rows(measured) if row.group == row.district == "all")
    assert row.present == pytest.approx(7 * (16 * 10 + 8 * 4))
    assert row.effective == pytest.approx(7 * (16 * 8 + 6 * 2 + 2 * 1))
    assert row.day == pytest.approx((0.8, 0.9))  # perhaps lies half way to everybody
    assert row.before_dawn == pytest.approx((0.25, 0.625))
    assert row.night == pytest.approx(((6 * 2 + 2) / (8 * 4), (6 * 3 + 2 * 2.5) / (8 * 4)))
    assert row.week == (row.share("effective"), row.share("possible"))
    assert row.gap == pytest.approx(row.nominal - row.effective)
    assert row.share("gap") == pytest.approx(row.gap / row.present)
    assert row.as_dict()["share_before_dawn"] == 0.25
    assert row.as_dict()["share_before_dawn_possible"] == 0.625


def test_an_hour_with_nobody_has_no_share() -> None:
    measured = _coverage(_hours(day=10, night=0.1), _hours(day=5))
    assert span_share(measured, BEFORE_DAWN, group="courier") == pytest.approx(0.0)
    assert span_share(_coverage(_hours(day=10), _hours()), NIGHT) is None
    share = hourly_share(measured, group="courier", district="东")
    assert np.isnan(share[:, list(NIGHT)]).all()
    assert share[:, list(DAY)] == pytest.approx(0.5)


def test_a_group_that_is_not_there_has_no_row() -> None:
    assert effective_rows(_coverage(_hours(), _hours())) == ()


def test_evidence_counts_the_stations_that_serve_somebody() -> None:
    checked = ["2026-11-01", "2026-05-27", "2026-05-26", "", "2026-11-01"]
    stations = Stations.from_records(
        [
            {"id": f"S{n}", "name": "站", "kind": "station", "lon": 116.8, "lat": 33.9}
            | {"checked_at": day, "access": ("free_door",) if n == 0 else ()}
            | ({"facilities_broken": ("seats",)} if n == 1 else {})
            for n, day in enumerate(checked)
        ]
    )
    serves = np.array([[True, True, True, True, False]])
    week = ServiceWeek(
        open=np.zeros((5, 7, 24), dtype=np.bool_),
        known=np.array([True, False, True, True, False]),
        serves=serves,
        suits=serves.copy(),
        may_suit=serves.copy(),
    )
    found = service_evidence(stations, week, on=date(2026, 11, 23), groups=DEFAULT_GROUPS[1:2])
    assert found.unknown_equipment == 3
    assert (found.stations, found.unknown_hours, found.unknown_access) == (4, 1, 3)
    assert (found.checked, found.never_checked) == (2, 1)  # 27 May is 180 days before
