from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.files.degrees import parse_degrees

QUICK = settings(
    derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=200
)


@pytest.mark.parametrize(
    ("text", "value", "axis"),
    [
        ("33°57'36\"N", 33.96, "lat"),
        ("116°48′36″E", 116.81, "lon"),
        ("116.8E", 116.8, "lon"),
        ("E 116.8", 116.8, "lon"),
        ("东经116.8度", 116.8, "lon"),
        ("北纬33度57分36秒", 33.96, "lat"),
        ("１１６°４８′３６″", 116.81, ""),
        ("116°48.5'", 116.808333333, ""),
        ("116 48 36", 116.81, ""),
        ("116:48:36", 116.81, ""),
        ("西经8.61", -8.61, "lon"),
        ("33°30'S", -33.5, "lat"),
        ("33,9612", 33.9612, ""),
        ("116.8°", 116.8, ""),
    ],
)
def test_degrees_are_read_as_people_write_them(text: str, value: float, axis: str) -> None:
    found = parse_degrees(text)
    assert found is not None
    assert found.value == pytest.approx(value, abs=1e-8)
    assert found.axis == axis


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "116.8", "-33", "1e3", "nan", "116°61'", "116°48'61\"", "116.5°30'", "S33E"),
        *("33,9", "1,234,567", "200°", "91°N", "-33°S", "1 2 3 4", "33°57′36″N33", "东经北纬"),
    ],
)
def test_what_is_no_such_coordinate_is_not_guessed(text: str) -> None:
    assert parse_degrees(text) is None


@QUICK
@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 59), st.sampled_from("EW"))
def test_degrees_minutes_seconds_add_up(d: int, m: int, s: int, side: str) -> None:
    found = parse_degrees(f"{d}°{m:02}'{s:02}\"{side}")
    assert found is not None
    assert abs(found.value) == pytest.approx(d + m / 60 + s / 3600, abs=1e-8)
    assert found.value <= 0 or side == "E"


@QUICK
@given(st.text("0123456789°′″'\".-, :NSEWnsew度分秒东西南北", max_size=16))
def test_any_text_is_a_coordinate_on_earth_or_none(text: str) -> None:
    found = parse_degrees(text)
    if found is not None:
        assert math.isfinite(found.value)
        assert abs(found.value) <= 180
