from __future__ import annotations

import pytest

from geo.access import HIGHWAY_CLASSES, maxspeed_kph, use_of_node, use_of_way
from geo.errors import InputError
from geo.profiles import MODES, PROFILES, profile_table, profiles_from

CLOSED = (None, None)


def ways(mode: str, tags: dict[str, str]) -> tuple[bool, bool]:
    use = use_of_way(PROFILES[mode], tags)
    return use.forward_kph is not None, use.backward_kph is not None


BOTH, ALONG, AGAINST, NONE = (True, True), (True, False), (False, True), (False, False)


@pytest.mark.parametrize(
    ("mode", "tags", "open_"),
    [
        ("foot", {"highway": "motorway"}, NONE),
        ("foot", {"highway": "trunk"}, BOTH),
        ("foot", {"highway": "trunk", "motorroad": "yes"}, NONE),
        ("foot", {"highway": "primary", "foot": "no"}, NONE),
        ("foot", {"highway": "residential", "access": "private"}, NONE),
        ("foot", {"highway": "residential", "access": "private", "foot": "yes"}, BOTH),
        ("foot", {"highway": "residential", "oneway": "yes"}, BOTH),
        ("foot", {"highway": "footway", "oneway:foot": "yes"}, ALONG),
        ("foot", {"highway": "steps"}, BOTH),
        ("foot", {"route": "ferry"}, BOTH),
        ("ebike", {"highway": "motorway", "bicycle": "no"}, NONE),
        ("ebike", {"highway": "trunk"}, BOTH),
        ("ebike", {"highway": "steps"}, NONE),
        ("ebike", {"highway": "residential", "oneway": "yes"}, ALONG),
        ("ebike", {"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"}, BOTH),
        ("ebike", {"highway": "residential", "oneway": "yes", "cycleway": "opposite_lane"}, BOTH),
        ("ebike", {"highway": "primary", "bicycle": "use_sidepath"}, NONE),
        ("ebike", {"highway": "footway"}, BOTH),
        ("car", {"highway": "footway"}, NONE),
        ("car", {"highway": "residential", "oneway": "-1"}, AGAINST),
        ("car", {"highway": "primary", "junction": "roundabout"}, ALONG),
        ("car", {"highway": "motorway"}, ALONG),
        ("car", {"highway": "motorway", "oneway": "no"}, BOTH),
        ("car", {"highway": "residential", "motor_vehicle": "no"}, NONE),
        ("car", {"highway": "residential", "vehicle": "no", "motor_vehicle": "yes"}, BOTH),
        ("car", {"highway": "track"}, NONE),
        ("car", {"highway": "track", "motor_vehicle": "yes"}, BOTH),
        ("car", {"highway": "pedestrian", "motor_vehicle": "destination"}, NONE),
        ("car", {"highway": "pedestrian", "motor_vehicle": "yes"}, BOTH),
        ("truck", {"highway": "primary", "hgv": "no"}, NONE),
        ("truck", {"highway": "primary", "maxweight": "10"}, NONE),
        ("truck", {"highway": "primary", "maxweight": "40 t"}, BOTH),
        ("truck", {"highway": "primary", "maxheight": "3.2 m"}, NONE),
        ("truck", {"highway": "primary", "maxheight": "default"}, BOTH),
        ("car", {"highway": "primary", "maxheight": "3.2"}, BOTH),
        ("car", {"highway": "unclassified;tertiary"}, BOTH),
        ("car", {"highway": "construction"}, NONE),
        ("car", {"railway": "rail"}, NONE),
    ],
)
def test_tags_open_and_close_a_way(
    mode: str, tags: dict[str, str], open_: tuple[bool, bool]
) -> None:
    assert ways(mode, tags) == open_


def test_a_road_open_to_its_own_traffic_is_slow() -> None:
    use = use_of_way(PROFILES["car"], {"highway": "primary", "access": "destination"})
    assert use.forward_kph == PROFILES["car"].destination_kph


def test_a_posted_limit_holds_for_motors_only() -> None:
    tags = {"highway": "primary", "maxspeed": "30", "maxspeed:backward": "20"}
    car = use_of_way(PROFILES["car"], tags)
    assert car.forward_kph == pytest.approx(27.0)
    assert car.backward_kph == pytest.approx(18.0)
    assert use_of_way(PROFILES["ebike"], tags).forward_kph == 15.0


@pytest.mark.parametrize(
    ("text", "kph"),
    [
        ("50", 50.0),
        ("30 mph", 48.28032),
        ("50;30", 30.0),
        ("walk", 7.0),
        ("CN:urban", 50.0),
        ("none", None),
        ("signals", None),
        ("0", None),
        ("50 parsec", None),
        (None, None),
    ],
)
def test_maxspeed_is_read_or_left(text: str | None, kph: float | None) -> None:
    assert maxspeed_kph(text) == (kph if kph is None else pytest.approx(kph))


@pytest.mark.parametrize(
    ("mode", "tags", "blocked"),
    [
        ("car", {"barrier": "bollard"}, True),
        ("ebike", {"barrier": "bollard"}, False),
        ("foot", {"barrier": "bollard"}, False),
        ("car", {"barrier": "bollard", "motor_vehicle": "yes"}, False),
        ("car", {"barrier": "gate"}, False),
        ("car", {"barrier": "gate", "access": "private"}, True),
        ("foot", {"barrier": "gate", "locked": "yes"}, True),
        ("truck", {"barrier": "height_restrictor"}, True),
        ("truck", {"barrier": "gate", "maxheight": "2.5"}, True),
        ("ebike", {"barrier": "turnstile"}, True),
    ],
)
def test_barriers_stop_a_mode(mode: str, tags: dict[str, str], *, blocked: bool) -> None:
    assert use_of_node(PROFILES[mode], tags).blocked is blocked


def test_traffic_lights_cost_time() -> None:
    for mode in MODES:
        assert use_of_node(PROFILES[mode], {"highway": "traffic_signals"}).delay_s > 0


def test_every_default_that_is_a_number_of_ours_has_a_source() -> None:
    rows = profile_table()
    assert {mode for mode, *_ in rows} == set(MODES)
    for mode, key, value, source in rows:
        if key.startswith("speed_kph.") or key in {"signal_s", "weight_t", "height_m"}:
            assert source or value in {"0.0", "None"}, (mode, key)


def test_no_mode_but_the_motors_may_use_the_motorway() -> None:
    for mode in ("foot", "ebike"):
        assert "motorway" not in PROFILES[mode].speed_kph
    assert set(PROFILES["car"].speed_kph) <= set(HIGHWAY_CLASSES)


def test_settings_are_laid_over_the_defaults() -> None:
    changed = profiles_from(
        {
            "ebike": {"speed_kph": {"primary": 20, "footway": False}, "signal_s": 3},
            "truck": {"weight_t": 30, "obeys_turns": False},
            "foot": {"refused": ["no"]},
        }
    )
    assert changed["ebike"].speed_kph["primary"] == 20.0
    assert "footway" not in changed["ebike"].speed_kph
    assert changed["ebike"].speed_kph["secondary"] == PROFILES["ebike"].speed_kph["secondary"]
    assert (changed["ebike"].signal_s, changed["truck"].weight_t) == (3.0, 30.0)
    assert changed["foot"].refused == {"no"}
    assert changed["car"] is PROFILES["car"]
    assert "footway" in PROFILES["ebike"].speed_kph


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"eBike": {}}, "no mode 'eBike', did you mean 'ebike'"),
        ({"car": 3}, "expected a table"),
        ({"car": {"speed": {}}}, "no such key, did you mean 'speed_kph'"),
        ({"car": {"speed_kph": {"primry": 3}}}, "no road class 'primry', did you mean 'primary'"),
        ({"car": {"speed_kph": {"primary": "fast"}}}, "expected a number"),
        ({"car": {"speed_kph": {"primary": 900}}}, "not between"),
        ({"car": {"speed_kph": 3}}, "expected a table"),
        ({"car": {"signal_s": -1}}, "not between"),
        ({"car": {"obeys_turns": 1}}, "expected true or false"),
        ({"car": {"refused": "no"}}, "expected a list of words"),
        ({"foot": {"speed_kph": dict.fromkeys(HIGHWAY_CLASSES, False)}}, "leaves no class"),
    ],
)
def test_wrong_settings_are_refused_with_the_nearest_word(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        profiles_from(changes)
