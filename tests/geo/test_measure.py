from __future__ import annotations

import numpy as np
import pyproj
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.measure import Box, from_metric, great_circle_m, metric_crs, parse_box, to_metric

HUAIBEI = Box(116.388, 33.283, 117.045, 34.250)


def test_a_box_unpacks_in_the_order_left_bottom_right_top() -> None:
    assert tuple(HUAIBEI) == (116.388, 33.283, 117.045, 34.250)
    assert parse_box("116.388,33.283,117.045,34.250") == HUAIBEI
    assert parse_box(str(HUAIBEI)) == HUAIBEI


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("33.2,116.3,34.2,117.0", "swapped"),
        ("117,33,116,34", "antimeridian"),
        ("179,-20,-179,-10", "antimeridian"),
        ("116,34,117,33", "bottom less than top"),
        ("116,33,116,34", "left must be less"),
        ("116,33,117,90", "poles"),
        ("116,33,nan,34", "finite"),
        ("1,2,3", "LEFT,BOTTOM,RIGHT,TOP"),
        ("a,b,c,d", "LEFT,BOTTOM,RIGHT,TOP"),
        ("", "LEFT,BOTTOM,RIGHT,TOP"),
        ("500,33,600,34", "-180..180"),
    ],
)
def test_what_is_no_box_is_refused_with_its_cure(text: str, cure: str) -> None:
    with pytest.raises(InputError, match=cure):
        parse_box(text)


def test_a_box_holds_its_edges_and_not_nan() -> None:
    points = np.array([[116.388, 34.25], [116.7, 33.9], [116.387, 33.9], [np.nan, 33.9]])
    assert HUAIBEI.contains(points).tolist() == [True, True, False, False]


def test_metres_outside_a_box_are_0_inside_and_the_way_to_its_edge_outside() -> None:
    points = np.array([[116.7, 33.9], [116.7, 34.26]])
    assert HUAIBEI.metres_outside(points).tolist() == pytest.approx([0, 1112], abs=1)
    assert HUAIBEI.grown(1200).contains(points).all()


@settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(
    lon=st.floats(116, 117.5),
    lat=st.floats(33, 34.5),
    east=st.floats(-0.4, 0.4),
    north=st.floats(-0.4, 0.4),
)
def test_great_circle_metres_agree_with_the_ellipsoid_within_half_a_percent(
    lon: float, lat: float, east: float, north: float
) -> None:
    a, b = np.array([lon, lat]), np.array([lon + east, lat + north])
    exact = pyproj.Geod(ellps="WGS84").inv(*a, *b)[2]
    assert float(great_circle_m(a, b)) == pytest.approx(exact, rel=0.005, abs=0.001)


def test_great_circle_metres_broadcast() -> None:
    a, b = np.zeros((3, 1, 2)), np.ones((1, 4, 2))
    assert great_circle_m(a, b).shape == (3, 4)


@pytest.mark.parametrize(
    ("box", "crs"),
    [
        (HUAIBEI, "EPSG:32650"),
        (Box(24.8, 60.1, 25.1, 60.3), "EPSG:32635"),
        (Box(-8.7, 41.1, -8.5, 41.2), "EPSG:32629"),
        (Box(151, -34, 151.4, -33.7), "EPSG:32756"),
    ],
)
def test_a_city_is_measured_in_its_utm_zone(box: Box, crs: str) -> None:
    assert metric_crs(box).to_string() == crs


def test_where_utm_ends_no_city_is_measured() -> None:
    with pytest.raises(InputError, match="84° N"):
        metric_crs(Box(10, 83, 11, 85))


def test_metric_and_back_is_the_same_place_and_lengths_are_true() -> None:
    points = np.array([[116.8, 33.96], [116.81, 33.97]])
    xy = to_metric(points, crs="EPSG:32650")
    assert np.allclose(from_metric(xy, crs=metric_crs(HUAIBEI)), points, atol=1e-9)
    length = np.hypot(*(xy[1] - xy[0]))
    assert length == pytest.approx(float(great_circle_m(*points)), rel=0.003)
    assert to_metric(np.empty((0, 2)), crs="EPSG:32650").shape == (0, 2)
