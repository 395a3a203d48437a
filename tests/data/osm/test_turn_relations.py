"""Turn restrictions of an extract: members, vehicles, exceptions, conditions, whole ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.osm import read_roads
from geo import travel_times
from geo.network import RoadNetwork, build_network

if TYPE_CHECKING:
    from pathlib import Path

# a ladder: 1-2-3-4 below, 5-6-7-8 above, rungs 2-6 and 3-7
NODES = {i: (116.80 + 0.001 * ((i - 1) % 4), 33.95 + 0.001 * ((i - 1) // 4)) for i in range(1, 9)}
WAYS = {
    11: (1, 2),
    12: (2, 3),
    13: (3, 4),
    21: (5, 6),
    22: (6, 7),
    23: (7, 8),
    31: (2, 6),
    32: (3, 7),
}
Town = Callable[..., RoadNetwork]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Build the ladder with one relation: members as (type, id, role), and its tags."""

    def built(members: list[tuple[str, int, str]], **tags: str) -> RoadNetwork:
        words = {"type": "restriction"} | {k.replace("__", ":"): v for k, v in tags.items()}
        lines = [f'<node id="{i}" lon="{x}" lat="{y}"/>' for i, (x, y) in NODES.items()]
        lines += [
            f'<way id="{i}"><nd ref="{a}"/><nd ref="{b}"/><tag k="highway" v="residential"/></way>'
            for i, (a, b) in WAYS.items()
        ]
        listed = [
            f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members
        ]
        listed += [f'<tag k="{key}" v="{value}"/>' for key, value in words.items()]
        path = tmp_path / "ladder.osm"
        relation = f'<relation id="1">{"".join(listed)}</relation>'
        path.write_text(f'<osm version="0.6">{"".join(lines)}{relation}</osm>', encoding="utf-8")
        return build_network(read_roads(path))

    return built


def modes(network: RoadNetwork) -> set[str]:
    rows = [*network.turn_bans.tolist(), *network.path_bans.tolist()]
    return {network.modes[row[0]] for row in rows}


def metres(network: RoadNetwork, mode: str, a: int, b: int) -> float:
    asked = {"mode": mode, "measure": "metres", "cutoff_m": 1e6}
    ends = {"origins": np.array(NODES[a]), "destinations": np.array(NODES[b])}
    return float(travel_times(network, **asked, **ends).csr.toarray()[0, 0])


LEFT = [("way", 11, "from"), ("node", 2, "via"), ("way", 31, "to")]


@pytest.mark.parametrize(
    ("tags", "held"),
    [
        ({"restriction": "no_left_turn"}, {"car", "truck"}),
        ({"restriction__hgv": "no_left_turn"}, {"truck"}),
        ({"restriction__motorcar": "no_left_turn"}, {"car"}),
        ({"restriction__bicycle": "no_left_turn"}, set()),
        ({"restriction": "no_left_turn", "except": "motor_vehicle"}, set()),
        ({"restriction": "no_left_turn", "except": "vehicle"}, set()),
        ({"restriction": "no_left_turn", "except": "bicycle;hgv"}, {"car"}),
        ({"restriction": "no_left_turn", "except": "motorcar"}, {"truck"}),
        ({"restriction": "no_left_turn", "except": "psv"}, {"car", "truck"}),
        ({"restriction__conditional": "no_left_turn @ (07:00-19:00)"}, {"car", "truck"}),
        ({"restriction__conditional": "no_left_turn @ (weight>7.5)"}, {"truck"}),
        ({"restriction__hgv__conditional": "no_left_turn @ (06:00-22:00)"}, {"truck"}),
        ({"restriction__conditional": "no_left_turn @ (07:00-09:00)"}, set()),
        ({"restriction__bus": "no_left_turn"}, set()),
    ],
)
def test_a_restriction_holds_for_its_vehicles(
    town: Town, tags: dict[str, str], held: set[str]
) -> None:
    assert modes(town(LEFT, **tags)) == held


def test_what_is_not_applied_is_counted_by_its_kind(town: Town) -> None:
    def counts(**tags: str) -> dict[str, int]:
        return {k: v for k, v in town(LEFT, **tags).left_out.items() if v}

    assert counts(restriction="no_left_turn") == {}
    assert counts(restriction__bicycle="no_left_turn") == {"turns for modes that obey none": 1}
    assert counts(restriction__bus="no_left_turn") == {"turns of other vehicles": 1}
    assert counts(restriction="give_way") == {"turns of an unknown kind": 1}
    assert counts(restriction__conditional="no_left_turn @ (07:00-09:00)") == {
        "turns with a condition (other hours)": 2
    }
    lone = town([("way", 11, "from"), ("way", 31, "to")], restriction="no_left_turn")
    assert lone.left_out["turns_without_members"] == 1


def test_every_way_in_and_out_of_several_members_is_banned(town: Town) -> None:
    entry = [("way", 11, "from"), ("way", 12, "from"), ("node", 2, "via"), ("way", 31, "to")]
    network = town(entry, restriction="no_entry")
    assert len(network.turn_bans) == 4  # two ways in, car and truck
    leave = [("way", 31, "from"), ("node", 2, "via"), ("way", 11, "to"), ("way", 12, "to")]
    assert len(town(leave, restriction="no_exit").turn_bans) == 4


def test_a_restriction_over_whole_ways_is_applied(town: Town) -> None:
    over = [("way", 11, "from"), ("way", 31, "via"), ("way", 22, "to")]
    network = town(over, restriction="no_right_turn")
    assert network.path_bans.shape == (2, 4)
    assert metres(network, "car", 1, 5) == metres(network, "foot", 1, 5)
    two = [("way", 11, "from"), ("way", 12, "via"), ("way", 32, "via"), ("way", 23, "to")]
    network = town(two, restriction="no_straight_on", **{"except": "hgv"})
    assert modes(network) == {"car"}
    assert network.path_bans.shape == (1, 5)
    assert metres(network, "car", 1, 8) == pytest.approx(metres(network, "truck", 1, 8), abs=1.0)
    only = town(over, restriction="only_right_turn")
    assert metres(only, "truck", 1, 3) > metres(only, "foot", 1, 3) + 150
