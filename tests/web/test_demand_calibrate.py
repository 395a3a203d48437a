"""Claims about what a calibration is made of: days of counts, and whom each station may count."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from data.files.count_files import CheckInTable
from web.commands.demand_calibrate import _catchments, _check_ins

if TYPE_CHECKING:
    from data.workspace import Workspace


def model_over(lonlat: np.ndarray, *groups: str) -> Any:  # noqa: ANN401 - what these two ask of a model
    return SimpleNamespace(groups=groups, cells=SimpleNamespace(lonlat=lonlat))


def test_rows_of_one_station_hour_day_and_group_are_days_of_it() -> None:
    read = CheckInTable(
        station=np.array([0, 0, 0, 0, 1], dtype=np.int32),
        hour=np.array([13, 13, 13, 13, 13], dtype=np.int32),
        day=np.array([0, 0, 0, 1, 0], dtype=np.int32),
        count=np.array([5.0, 0.0, 4.0, 8.0, 3.0]),
        group=("courier", "courier", "courier", "courier", ""),
    )
    made = _check_ins(read, model_over(np.zeros((0, 2)), "sanitation_worker", "courier"))
    rows = zip(
        *(getattr(made, name).tolist() for name in ("station", "day", "group", "count", "days")),
        strict=True,
    )
    assert sorted(rows) == [(0, 0, 1, 9.0, 3.0), (0, 1, 1, 8.0, 1.0), (1, 0, -1, 3.0, 1.0)]


def test_a_station_that_is_not_open_or_not_for_the_group_counts_nobody(city: Workspace) -> None:
    stations, demand = city.stations(), city.demand()
    groups = ("courier", "truck_driver")
    shares = _catchments(city, model_over(demand.lonlat, *groups), stations)
    for group, table in zip(groups, shares, strict=True):
        serves = stations.serves(city.settings.group(group))
        counts_somebody = np.diff(table.tocsr().indptr) > 0
        assert not counts_somebody[~serves].any(), group
        assert counts_somebody[serves].any(), group
        of_cell = np.asarray(table.sum(axis=0)).ravel()
        assert set(np.round(of_cell, 9)) <= {0.0, 1.0}
    assert {"suspended", "closed", "planned"} <= set(stations.frame["status"])
