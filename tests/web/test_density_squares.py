"""Claims about the squares that a density is drawn in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from data.demand import Demand
from geo.measure import from_metric
from web.maps.density_squares import hour_squares

CRS = "EPSG:32650"


def demand(xy: np.ndarray, *, profile: np.ndarray | None = None) -> Demand:
    n = len(xy)
    return Demand(
        ids=np.array([f"c{i}" for i in range(n)]),
        lonlat=from_metric(xy + np.array([480_000.0, 3_750_000.0]), crs=CRS),
        weights=np.ones((n, 1)),
        groups=("truck_driver",),
        district=np.full(n, -1),
        district_names=(),
        presence=np.ones(1),
        profile=np.full((1, 2, 24), 0.1) if profile is None else profile,
    )


@pytest.mark.parametrize("spacing", [110.0, 263.0, 300.0, 520.0])
def test_hexagons_are_drawn_without_holes_between(spacing: float) -> None:
    row, column = np.mgrid[:24, :24]
    x = (column + 0.5 * (row % 2)) * spacing
    xy = np.column_stack([x.ravel(), (row * spacing * np.sqrt(3) / 2).ravel()])
    turn = np.array([[np.cos(0.3), -np.sin(0.3)], [np.sin(0.3), np.cos(0.3)]])
    made = hour_squares(demand(xy @ turn), metric_crs=CRS)
    there = {tuple(cell) for cell in made.cell.tolist()}
    inner = [(a, b) for a, b in there if {(a - 1, b), (a + 1, b)} <= there]
    assert len(inner) > 20
    for a, b in there:  # a hole has all four neighbours, and is none of the squares
        across = (a + 1, b)
        around = {(a, b), (a + 2, b), (a + 1, b + 1), (a + 1, b - 1)}
        assert across in there or not around <= there


def test_a_grid_of_squares_keeps_its_size() -> None:
    row, column = np.mgrid[:20, :20]
    xy = np.column_stack([column.ravel(), row.ravel()]) * 250.0 + 125.0
    made = hour_squares(demand(xy), metric_crs=CRS)
    assert (made.square_m, len(made)) == (250.0, 400)


def test_a_square_has_its_workers_of_the_hour_by_the_km2() -> None:
    """32 workers in a square of 250 m: 40 % are present, a quarter of them rests at that hour."""
    profile = np.zeros((1, 2, 24))
    profile[0, 0, 13], profile[0, 1, 13] = 0.25, 0.5
    row, column = np.mgrid[:4, :4]
    xy = np.column_stack([column.ravel(), row.ravel()]) * 250.0 + 125.0
    told = replace(
        demand(xy, profile=profile), weights=np.full((16, 1), 32.0), presence=np.array([0.4])
    )
    made = hour_squares(told, metric_crs=CRS)
    assert made.square_m == 250.0
    for day, each in (("weekday", 3.2), ("weekend", 6.4)):
        found = made.per_km2("truck_driver", hour=13, day=day)  # type: ignore[arg-type]
        assert found == pytest.approx(np.full(16, each / 0.0625))
        assert made.total("all", hour=13, day=day) == pytest.approx(16 * each)  # type: ignore[arg-type]
    assert not made.per_km2("all", hour=12, day="weekday").any()


def test_totals_count_the_squares_that_are_too_thin_to_be_drawn() -> None:
    """15,007 registered workers, a tenth of whom want a rest place at any hour."""
    row, column = np.mgrid[:4, :4]
    xy = np.column_stack([column.ravel(), row.ravel()]) * 250.0 + 125.0
    weights = np.full((16, 1), 1000.0)
    weights[5] = 7.0
    made = hour_squares(replace(demand(xy), weights=weights), metric_crs=CRS)
    assert len(made) == 15
    assert made.total("all", hour=12, day="weekday") == pytest.approx(1500.7)
    assert made.hours("truck_driver", day="weekend") == pytest.approx(np.full(24, 1500.7))
    assert made.half_area_km2("all", hour=12, day="weekday") == pytest.approx(8 * 0.0625)


def test_hours_that_are_alike_are_all_the_fullest() -> None:
    profile = np.full((1, 2, 24), 0.2)
    profile[:, :, [0, 1, 2, 23]] = 0.5
    profile[:, :, 8] = 0.1
    made = hour_squares(
        demand(np.array([[0.0, 0.0], [250.0, 0.0]]), profile=profile), metric_crs=CRS
    )
    assert made.fullest("truck_driver", day="weekday") == (0, 1, 2, 23)
    assert made.emptiest("truck_driver", day="weekday") == (8,)


def test_the_few_hexagons_of_a_small_city_are_drawn_without_holes() -> None:
    """Sheared by H3's own distortion and cut at the edges, as in the middle of Helsinki."""
    row, column = np.mgrid[:10, :9]
    xy = np.column_stack(
        [((column + 0.5 * (row % 2)) * 327.0).ravel(), (row * 250.0).ravel()]
    ) + np.random.default_rng(4).uniform(-12, 12, (90, 2))
    made = hour_squares(demand(xy), metric_crs=CRS)
    low, high = made.cell.min(axis=0), made.cell.max(axis=0)
    within = ((made.cell > low) & (made.cell < high)).all(axis=1)  # the outermost may be bare
    assert made.square_m == 500.0
    assert within.sum() == np.prod(high - low - 1)
