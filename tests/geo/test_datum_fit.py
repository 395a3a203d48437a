from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from geo.datum import Datum, from_wgs84, to_wgs84
from geo.datum_fit import FEWEST, DatumFit, fit_readings
from geo.errors import InputError
from geo.measure import Box
from geo.roads import metres_per_degree

CENTRE = (116.80, 33.96)
BOX = Box(116.60, 33.80, 117.00, 34.12)
PER_LON, PER_LAT = (float(value[0]) for value in metres_per_degree(np.array([CENTRE[1]])))
Points = npt.NDArray[np.float64]


class Town:
    """Streets north-south and east-west at uneven distances, 90 to 320 m, over the whole box."""

    def __init__(self, seed: int = 3) -> None:
        self.rng = np.random.default_rng(seed)
        self.east = np.cumsum(self.rng.uniform(90, 320, 250)) - 20_000
        self.north = np.cumsum(self.rng.uniform(90, 320, 250)) - 20_000

    def to_road_m(self, points: Points) -> Points:
        x, y = (points[:, 0] - CENTRE[0]) * PER_LON, (points[:, 1] - CENTRE[1]) * PER_LAT
        nearest = np.minimum(
            np.abs(x[:, None] - self.east).min(axis=1), np.abs(y[:, None] - self.north).min(axis=1)
        )
        return np.where(nearest <= 150, nearest, np.nan)

    def beside_roads(self, count: int, *, off_m: float = 15.0) -> Points:
        x, y = self.rng.uniform(-8_000, 8_000, (2, count))
        x = self.east[np.abs(x[:, None] - self.east).argmin(axis=1)]
        x += self.rng.normal(0, off_m, count)
        return np.column_stack([CENTRE[0] + x / PER_LON, CENTRE[1] + y / PER_LAT])

    def fit(self, true: Points, *, handed_in_as: Datum, stated: Datum) -> DatumFit:
        given = from_wgs84(true, datum=handed_in_as)
        readings = {str(datum): to_wgs84(given, datum=datum) for datum in Datum}
        return fit_readings(readings, stated=stated, to_road_m=self.to_road_m, box=BOX)


@pytest.mark.parametrize("handed_in_as", list(Datum))
@pytest.mark.parametrize("stated", list(Datum))
def test_the_datum_in_which_points_stand_beside_roads_is_found_whatever_the_file_says(
    handed_in_as: Datum, stated: Datum
) -> None:
    town = Town()
    fit = town.fit(town.beside_roads(60), handed_in_as=handed_in_as, stated=stated)
    assert fit.likely == handed_in_as
    assert fit.doubtful is (handed_in_as != stated)
    right = fit.reading(handed_in_as)
    others = [reading for reading in fit.readings if reading.name != handed_in_as]
    assert all(right.median_m < reading.median_m for reading in others)
    assert fit.reading(stated).shift_m == 0
    assert fit.points == 60


def test_no_file_that_is_right_is_doubted_in_two_hundred() -> None:
    town = Town(seed=11)
    fits = [
        town.fit(town.beside_roads(10 + number), handed_in_as=datum, stated=datum)
        for number in range(70)
        for datum in Datum
    ]
    assert [fit for fit in fits if fit.doubtful] == []


def test_points_that_stand_anywhere_are_left_undecided() -> None:
    town = Town(seed=5)
    for _ in range(20):
        anywhere = np.column_stack(
            [town.rng.uniform(116.7, 116.9, 40), town.rng.uniform(33.9, 34.0, 40)]
        )
        fit = town.fit(anywhere, handed_in_as=Datum.gcj02, stated=Datum.wgs84)
        assert (fit.likely, fit.why_not) == (None, "undecided")


def test_few_points_are_not_judged_and_a_place_counts_once() -> None:
    town = Town()
    few = town.beside_roads(FEWEST - 1)
    fit = town.fit(np.repeat(few, 20, axis=0), handed_in_as=Datum.gcj02, stated=Datum.wgs84)
    assert (fit.points, fit.likely, fit.why_not) == (FEWEST - 1, None, "few points")
    assert town.fit(np.zeros((0, 2)), handed_in_as=Datum.wgs84, stated=Datum.wgs84).points == 0


def test_points_far_from_all_roads_and_points_outside_china_are_not_judged() -> None:
    town = Town()
    points = town.beside_roads(30)
    readings = {str(datum): to_wgs84(points, datum=datum) for datum in Datum}
    nowhere = fit_readings(
        readings, stated="wgs84", to_road_m=lambda p: np.full(len(p), np.nan), box=BOX
    )
    assert (nowhere.likely, nowhere.why_not) == (None, "no roads")
    same = dict.fromkeys(readings, points)
    abroad = fit_readings(same, stated="wgs84", to_road_m=town.to_road_m, box=BOX)
    assert (abroad.likely, abroad.why_not) == (None, "same place")


def test_districts_speak_too() -> None:
    town = Town()
    points = town.beside_roads(30)
    given = from_wgs84(points, datum=Datum.bd09)
    readings = {str(datum): to_wgs84(given, datum=datum) for datum in Datum}
    edge = readings["wgs84"][:, 0].min() + 1e-9

    def fit(west_only: bool) -> DatumFit:  # noqa: FBT001 - a test's own helper
        limit = edge if west_only else 180.0
        return fit_readings(
            readings,
            stated="wgs84",
            to_road_m=town.to_road_m,
            box=BOX,
            inside=lambda p: p[:, 0] < limit,
        )

    assert fit(west_only=False).reading("wgs84").inside_share == 1.0
    assert fit(west_only=True).reading("wgs84").inside_share < 0.1


@pytest.mark.parametrize(("covered", "likely"), [(True, "wgs84"), (False, None)])
def test_roads_alone_make_no_place_right_that_lies_in_no_district(
    likely: str | None, *, covered: bool
) -> None:
    town = Town()
    points = town.beside_roads(60)
    readings = {str(datum): to_wgs84(points, datum=datum) for datum in Datum}
    found = fit_readings(
        readings,
        stated="wgs84",
        to_road_m=town.to_road_m,
        box=BOX,
        inside=lambda p: np.full(len(p), covered),
    )
    assert found.likely == likely


def test_points_without_coordinates_are_left_out_and_readings_must_be_of_the_same_points() -> None:
    town = Town()
    points = np.vstack([town.beside_roads(20), [[np.nan, np.nan]]])
    fit = town.fit(points, handed_in_as=Datum.wgs84, stated=Datum.wgs84)
    assert fit.points == 20
    with pytest.raises(InputError, match="same points"):
        fit_readings(
            {"wgs84": points, "gcj02": points[:3]},
            stated="wgs84",
            to_road_m=town.to_road_m,
            box=BOX,
        )
    with pytest.raises(InputError, match="same points"):
        fit_readings({"gcj02": points}, stated="wgs84", to_road_m=town.to_road_m, box=BOX)
