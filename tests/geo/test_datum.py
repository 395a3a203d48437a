from __future__ import annotations

import eviltransform
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.datum import Datum, from_wgs84, parse_datum, to_wgs84
from geo.errors import DatumError
from geo.measure import great_circle_m

CHINA_LON = st.floats(73.0, 135.5)
CHINA_LAT = st.floats(3.0, 54.0)


def one(lon: float, lat: float) -> npt.NDArray[np.float64]:
    return np.array([[lon, lat]])


# Published by the users of the formulae: the README of coordtransform and eviltransform's tests.
PUBLISHED = [
    (Datum.gcj02, (116.404, 39.915), (116.41024449916938, 39.91640428150164)),
    (Datum.gcj02, (121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
]


@pytest.mark.parametrize(("datum", "wgs84", "shifted"), PUBLISHED)
def test_gcj02_agrees_with_published_values(
    datum: Datum, wgs84: tuple[float, float], shifted: tuple[float, float]
) -> None:
    assert from_wgs84(one(*wgs84), datum=datum)[0] == pytest.approx(shifted, abs=1e-9)
    assert to_wgs84(one(*shifted), datum=datum)[0] == pytest.approx(wgs84, abs=1e-9)


def test_bd09_agrees_with_the_published_value_on_top_of_gcj02() -> None:
    wgs84 = to_wgs84(one(116.404, 39.915), datum=Datum.gcj02)
    bd09 = from_wgs84(wgs84, datum=Datum.bd09)[0]
    assert bd09 == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)


def test_the_usual_rough_inverse_of_bd09_lies_within_a_metre_of_the_exact_one() -> None:
    rough = one(116.39762729119315, 39.90865673957631)  # GCJ-02, from coordtransform's README
    exact = from_wgs84(to_wgs84(one(116.404, 39.915), datum=Datum.bd09), datum=Datum.gcj02)
    assert great_circle_m(rough, exact)[0] < 1.0


@pytest.mark.parametrize("datum", list(Datum))
@settings(
    max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(lon=CHINA_LON, lat=CHINA_LAT)
def test_there_and_back_is_the_same_place_all_over_china(
    datum: Datum, lon: float, lat: float
) -> None:
    there = from_wgs84(one(lon, lat), datum=datum)
    assert np.abs(to_wgs84(there, datum=datum) - one(lon, lat)).max() < 1e-9
    back = from_wgs84(to_wgs84(one(lon, lat), datum=datum), datum=datum)
    assert great_circle_m(back, one(lon, lat))[0] < 0.01


@pytest.mark.parametrize("datum", list(Datum))
def test_a_dense_grid_over_china_goes_there_and_back_under_a_millimetre(datum: Datum) -> None:
    lon, lat = np.meshgrid(np.linspace(73, 135.5, 400), np.linspace(3, 54, 400))
    grid = np.column_stack([lon.ravel(), lat.ravel()])
    there = from_wgs84(grid, datum=datum)
    assert great_circle_m(to_wgs84(there, datum=datum), grid).max() < 0.001


def second_opinion(lon: float, lat: float, datum: Datum) -> npt.NDArray[np.float64]:
    """The place in ``datum`` by the package eviltransform, which takes and gives latitude first."""
    given = {"gcj02": eviltransform.wgs2gcj, "bd09": eviltransform.wgs2bd}[datum](lat, lon)
    return one(given[1], given[0])


@pytest.mark.parametrize("datum", [Datum.gcj02, Datum.bd09])
def test_a_second_implementation_agrees_to_a_tenth_of_a_metre_all_over_china(datum: Datum) -> None:
    lon, lat = np.meshgrid(np.linspace(72.1, 137.7, 80), np.linspace(0.9, 55.7, 80))
    grid = np.column_stack([lon.ravel(), lat.ravel()])
    theirs = np.vstack([second_opinion(x, y, datum) for x, y in grid.tolist()])
    assert great_circle_m(from_wgs84(grid, datum=datum), theirs).max() < 0.1
    # Their own inverse is only good to a tenth of a metre, so ours is put through their forward.
    back = to_wgs84(grid[::7], datum=datum)
    again = np.vstack([second_opinion(x, y, datum) for x, y in back.tolist()])
    assert great_circle_m(again, grid[::7]).max() < 0.1


@pytest.mark.parametrize("datum", [Datum.gcj02, Datum.bd09])
@settings(
    max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(lon=CHINA_LON, lat=CHINA_LAT)
def test_a_second_implementation_agrees_at_any_point(datum: Datum, lon: float, lat: float) -> None:
    ours = from_wgs84(one(lon, lat), datum=datum)
    assert great_circle_m(ours, second_opinion(lon, lat, datum))[0] < 0.1


def test_at_huaibei_gcj02_lies_523_metres_off() -> None:
    huaibei = one(116.80, 33.96)
    shift_m = great_circle_m(huaibei, from_wgs84(huaibei, datum=Datum.gcj02))[0]
    assert shift_m == pytest.approx(523, abs=2)


@pytest.mark.parametrize("datum", list(Datum))
@pytest.mark.parametrize("place", [(24.94, 60.17), (-8.61, 41.15), (0.0, 0.0), (139.7, 35.7)])
def test_points_outside_china_are_untouched(datum: Datum, place: tuple[float, float]) -> None:
    assert (to_wgs84(one(*place), datum=datum) == one(*place)).all()
    assert (from_wgs84(one(*place), datum=datum) == one(*place)).all()


def test_the_input_stays_as_it_was_and_nan_stays_nan() -> None:
    given_points = np.array([[116.8, 33.96], [np.nan, np.nan]])
    before = given_points.copy()
    there = from_wgs84(given_points, datum=Datum.bd09)
    assert np.array_equal(given_points, before, equal_nan=True)
    assert np.isnan(there[1]).all()
    assert to_wgs84(np.empty((0, 2)), datum=Datum.gcj02).shape == (0, 2)


@pytest.mark.parametrize(
    ("word", "datum"),
    [
        ("wgs84", "wgs84"),
        ("WGS-84", "wgs84"),
        ("GCJ-02", "gcj02"),
        ("百度", "bd09"),
        ("火星坐标系", "gcj02"),
    ],
)
def test_a_datum_word_is_read_with_or_without_hyphen(word: str, datum: str) -> None:
    assert parse_datum(word) == datum


@pytest.mark.parametrize("word", ["", "mars", "wgs72", "gcj02; drop", None])
def test_a_word_that_is_no_datum_is_refused_with_the_three_that_are(word: str | None) -> None:
    with pytest.raises(DatumError, match=r"use wgs84 .*gcj02 .*bd09"):
        parse_datum(word)
