"""Access and one-way by direction and mode, conditions, limits, and what is counted instead."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from geo.access import not_applied, use_of_node, use_of_way
from geo.conditions import clauses, holds, metric
from geo.ferries import duration_s
from geo.network import build_network
from geo.profiles import MODES, PROFILES
from geo.roads import RawRoads

Builder = Callable[..., RawRoads]


def directions(mode: str, **tags: str) -> str:
    """Give in what directions a residential street is open, as "forward backward"."""
    words = {key.replace("__", ":"): value for key, value in tags.items()}
    use = use_of_way(PROFILES[mode], {"highway": "residential"} | words)
    named = zip(("forward", "backward"), use, strict=True)
    return " ".join(name for name, kph in named if kph is not None)


BOTH = "forward backward"


@pytest.mark.parametrize(
    ("tags", "car", "truck", "ebike"),
    [
        ({"motor_vehicle__forward": "no"}, "backward", "backward", BOTH),
        ({"vehicle__backward": "no"}, "forward", "forward", "forward"),
        ({"oneway__motor_vehicle": "yes"}, "forward", "forward", BOTH),
        ({"oneway__motorcar": "yes"}, "forward", BOTH, BOTH),
        ({"oneway__vehicle": "yes"}, "forward", "forward", "forward"),
        ({"oneway__bicycle": "yes"}, BOTH, BOTH, "forward"),
        ({"oneway__hgv": "-1"}, BOTH, "backward", BOTH),
        ({"access__backward": "no"}, "forward", "forward", "forward"),
        ({"bicycle__forward": "no"}, BOTH, BOTH, "backward"),
        ({"hgv__forward": "no", "access": "yes"}, BOTH, "backward", BOTH),
        ({"access": "no", "motor_vehicle__forward": "yes"}, "forward", "forward", ""),
        ({"vehicle__backward": "no", "bicycle": "yes"}, "forward", "forward", BOTH),
        ({"oneway": "yes", "bicycle__backward": "yes"}, "forward", "forward", BOTH),
        ({"oneway": "yes", "oneway__bicycle": "no"}, "forward", "forward", BOTH),
        ({"oneway": "yes", "oneway__motorcar": "no"}, BOTH, "forward", "forward"),
    ],
)
def test_access_and_one_way_hold_for_their_direction_and_mode(
    tags: dict[str, str], car: str, truck: str, ebike: str
) -> None:
    assert [directions(mode, **tags) for mode in ("car", "truck", "ebike")] == [car, truck, ebike]
    if "access" not in tags and "access__backward" not in tags:
        assert directions("foot", **tags) == BOTH


def test_a_list_names_all_who_may_use_the_road() -> None:
    assert directions("car", access="no;private") == ""
    assert directions("car", access="private; destination") == BOTH
    street = {"highway": "residential", "access": "no;destination"}
    assert use_of_way(PROFILES["car"], street).forward_kph == PROFILES["car"].destination_kph


def test_a_word_that_is_not_known_leaves_the_more_general_key_in_force() -> None:
    assert directions("car", access="no", motor_vehicle="variable") == ""
    assert directions("car", motor_vehicle="variable") == BOTH
    kinds = not_applied(PROFILES.values(), {"motor_vehicle": "variable"})
    assert kinds == ("motor_vehicle (unknown word)",)


@pytest.mark.parametrize(
    ("key", "text", "truck", "kinds"),
    [
        ("hgv:conditional", "no @ (07:00-20:00)", "", ()),
        ("hgv:conditional", "no @ (Mo-Fr 06:00-22:00)", "", ()),
        ("hgv:conditional", "no @ (24/7)", "", ()),
        ("hgv:conditional", "no @ (weight>12)", "", ()),
        ("hgv:conditional", "no @ (weight>20)", BOTH, ()),
        ("hgv:forward:conditional", "no @ (06:00-22:00)", "backward", ()),
        ("motor_vehicle:conditional", "no @ (weight > 3.5 t AND 07:00-19:00)", "", ()),
        ("access:conditional", "no @ (height>3.8)", "", ()),
        ("oneway:conditional", "yes @ (07:00-19:00)", "forward", ()),
        ("maxweight:conditional", "10 @ (07:00-19:00)", "", ()),
        (
            "hgv:conditional", "no @ (07:00-09:00,17:00-19:00)", BOTH,
            ("hgv:conditional (other hours)",),
        ),
        ("hgv:conditional", "no @ (22:00-06:00)", BOTH, ("hgv:conditional (other hours)",)),
        ("hgv:conditional", "no @ (Su)", BOTH, ("hgv:conditional (other hours)",)),
        ("hgv:conditional", "no @ (snow)", BOTH, ("hgv:conditional (not read)",)),
        ("hgv:conditional", "no @ (Aug 1-Aug 20)", BOTH, ("hgv:conditional (not read)",)),
        ("hgv:conditional", "no", BOTH, ("hgv:conditional (not read)",)),
    ],
)  # fmt: skip
def test_conditions_hold_as_on_a_working_day_or_are_counted(
    key: str, text: str, truck: str, kinds: tuple[str, ...]
) -> None:
    tags = {"highway": "residential", key: text}
    use = use_of_way(PROFILES["truck"], tags)
    named = zip(("forward", "backward"), use, strict=True)
    assert " ".join(name for name, kph in named if kph is not None) == truck
    assert not_applied(PROFILES.values(), tags) == kinds
    if key.startswith("hgv"):
        assert directions("car", **{key.replace(":", "__"): text}) == BOTH


def test_of_two_conditions_the_last_that_holds_counts() -> None:
    text = "no @ (06:00-22:00); destination @ (Mo-Fr 08:00-18:00)"
    assert [part.value for part in clauses(text)] == ["no", "destination"]
    street = {"highway": "residential", "hgv:conditional": text}
    truck = PROFILES["truck"]
    assert use_of_way(truck, street).forward_kph == truck.destination_kph


def test_half_of_the_working_hours_is_enough_and_less_is_not() -> None:
    asked = {"weight_t": None, "height_m": None}
    assert holds("07:00-13:00", **asked) == "yes"
    assert holds("07:00-12:59", **asked) == "other hours"
    assert holds("Mo-Fr 07:00-10:00, 16:00-19:00", **asked) == "yes"
    assert holds("Sa,Su 00:00-24:00; Mo-We 07:00-19:00", **asked) == "yes"


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("13'6\"", 4.1148), ("13 ft 6 in", 4.1148), ("12'", 3.6576), ("12 ft", 3.6576),
        ("4,2", 4.2), ("4.2 m", 4.2), ("420 cm", 4.2), ("default", None), ("", None),
    ],
)  # fmt: skip
def test_heights_are_read_in_feet_and_metres(text: str, metres: float | None) -> None:
    assert metric(text) == (None if metres is None else pytest.approx(metres))


def test_a_low_bridge_or_barrier_stops_the_truck_alone() -> None:
    low, high = {"maxheight": "12'6\""}, {"maxheight": "13'6\""}
    assert directions("truck", **low) == ""
    assert directions("car", **low) == BOTH
    assert directions("truck", **high) == BOTH
    bar = {"barrier": "height_restrictor"}
    truck = PROFILES["truck"]
    assert use_of_node(truck, bar | low).blocked
    assert not use_of_node(truck, bar | high).blocked
    assert use_of_node(truck, bar).blocked
    assert use_of_node(truck, {"barrier": "gate", "maxheight": "2 m"}).blocked
    assert not use_of_node(PROFILES["car"], bar | low).blocked
    assert use_of_node(truck, low).blocked  # a sign on the road, without a barrier
    assert not use_of_node(truck, high).blocked
    assert not_applied([truck], {"maxheight": "tall"}) == ("maxheight (not read)",)
    assert not_applied([truck], {"maxheight": "default"}) == ()


@pytest.mark.parametrize("text", ["60|80", "60,80", "80;60", "80 / 60"])
def test_of_a_list_of_speeds_the_lowest_counts(text: str) -> None:
    motorway = {"highway": "motorway", "maxspeed": text}
    assert use_of_way(PROFILES["car"], motorway).forward_kph == pytest.approx(54.0)


def test_speeds_of_trucks_hold_in_their_direction() -> None:
    tags = {"highway": "motorway", "oneway": "no", "maxspeed": "100", "maxspeed:hgv:backward": "40"}
    use = use_of_way(PROFILES["truck"], tags)
    assert use == (75.0, pytest.approx(36.0))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:05", 300), ("5", 300), ("PT5M", 300), ("5 min", 300), ("1:30:10", 5410),
        ("PT1H10M", 4200), ("1 h 10 min", 4200), ("soon", None), ("0", None), ("", None),
    ],
)  # fmt: skip
def test_durations_are_read(text: str, seconds: float | None) -> None:
    assert duration_s(text) == seconds


def test_a_ferry_takes_as_long_as_it_says_and_the_profiles_time_else(plane_roads: Builder) -> None:
    nodes = [(0.0, 0.0), (1.0, 0.0), (11.0, 0.0), (21.0, 0.0), (22.0, 0.0)]
    home, ferry = {"highway": "residential"}, {"route": "ferry"}

    def crossing_s(mode: str, *, cut: bool = False, **tags: str) -> tuple[float, dict[str, int]]:
        over = [1, 2, -1] if cut else [1, 2, 3]
        ways = [([0, 1], home), (over, ferry | tags), ([3, 4], home)]
        network = build_network(plane_roads(nodes, ways))
        m, edge = MODES.index(mode), int(np.flatnonzero(network.edge_class == 24)[0])
        return float(network.seconds[m, 0, edge]), dict(network.left_out)

    for mode in MODES:
        assert crossing_s(mode, duration="00:05")[0] == pytest.approx(300.0, rel=1e-5)
    usual, none = crossing_s("car")
    assert usual == pytest.approx(1848 / (8 / 3.6), rel=1e-3)
    assert "ferry durations not applied" not in none
    for text in ("soon", "00:00:10"):
        seconds, counts = crossing_s("car", duration=text)
        assert (seconds, counts["ferry durations not applied"]) == (usual, 1)
    # where the file cuts it, one does not know how long the whole is
    seconds, counts = crossing_s("car", cut=True, duration="00:05")
    assert seconds == pytest.approx(usual / 2, rel=1e-3)
    assert counts["ferry durations not applied"] == 1


def test_what_is_not_applied_is_counted_by_its_kind(plane_roads: Builder) -> None:
    home = {"highway": "residential"}
    ways = [
        ([0, 1], home | {"maxlength": "8"}),
        ([1, 2], home | {"maxlength": "9", "hgv:lanes": "no|yes"}),
        ([2, 3], home | {"hgv:conditional": "no @ (snow)"}),
    ]
    marks = {1: {"barrier": "gate", "access:conditional": "no @ (22:00-06:00)"}}
    nodes = [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 0.0)]
    left_out = build_network(plane_roads(nodes, ways, marks)).left_out
    assert left_out["ways with maxlength"] == 2
    assert left_out["ways with hgv:lanes"] == 1
    assert left_out["ways with hgv:conditional (not read)"] == 1
    assert left_out["nodes with access:conditional (other hours)"] == 1
