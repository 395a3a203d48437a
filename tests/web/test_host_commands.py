"""`yizhan sites from-osm`: hosts as candidate sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.osm import read_roads
from data.sites import CandidateSites
from data.stations import Stations
from data.workspace import Workspace
from geo import build_network
from geo.errors import InputError
from geo.measure import Box, great_circle_m
from web.services.hosts import take_hosts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

BOX = Box(116.70, 33.90, 116.90, 34.00)
STATION = (116.80, 33.95)
#: Near the station, 930 m from it, and without a road.
NEAR, FAR, OFF = (116.8001, 33.9503), (116.81, 33.9501), (116.85, 33.98)
FAR_M = float(great_circle_m(np.array(FAR), np.array(STATION)))


@pytest.fixture
def osm(tmp_path: Path) -> Path:
    """A street of 1.8 km, two banks beside it, a post office in the fields and a café."""
    path = tmp_path / "town.osm"
    places = ((*NEAR, "bank"), (*FAR, "bank"), (*OFF, "post_office"), (*FAR, "cafe"))
    nodes = "".join(
        f'<node id="{number}" lon="{lon}" lat="{lat}"><tag k="amenity" v="{amenity}"/>'
        f'<tag k="name" v="{amenity} {number}"/></node>'
        for number, (lon, lat, amenity) in enumerate(places, start=11)
    )
    path.write_text(
        '<osm version="0.6"><node id="1" lon="116.795" lat="33.95"/>'
        f'<node id="2" lon="116.815" lat="33.95"/>{nodes}<way id="1"><nd ref="1"/><nd ref="2"/>'
        '<tag k="highway" v="residential"/></way></osm>',
        encoding="utf-8",
    )
    return path


@pytest.fixture
def city(tmp_path: Path, osm: Path) -> Workspace:
    workspace = Workspace.create(tmp_path / "city", name="市", box=BOX)
    workspace.replace_network(build_network(read_roads(osm)))
    shut = {"id": "S2", "name": "旧站", "kind": "station", "lon": FAR[0], "lat": FAR[1]}
    stand = {"id": "S1", "name": "站", "kind": "station", "lon": STATION[0], "lat": STATION[1]}
    workspace.replace_stations(Stations.from_records([stand, shut | {"status": "closed"}]))
    return workspace


def test_hosts_become_sites_with_what_they_are_and_how_far_they_lie(
    city: Workspace, osm: Path, cli: Cli
) -> None:
    answer = cli("sites", "from-osm", osm, "-w", city.folder, "--hosts", "bank,邮局", "--json")
    assert answer.code == 0, answer.err
    near, far = answer.json["sites"]
    assert [near["id"], far["id"]] == ["osm-n11", "osm-n12"]
    assert (near["name"], near["host_type"]) == ("bank 11", "bank")
    assert near["road_m"] == pytest.approx(33.3, abs=0.5)
    assert far["station_m"] == pytest.approx(FAR_M, rel=5e-3)
    assert answer.json["left_out"] == {"hosts_off_roads": 1}
    assert answer.json["hosts"] == {"bank": 2}
    assert city.sites().ids == ("osm-n11", "osm-n12")
    listed = cli("sites", "list", "-w", city.folder, "--json").json["sites"]
    assert listed == answer.json["sites"]


def test_hosts_beside_a_station_are_left_out_on_demand_and_a_closed_one_keeps_none_away(
    city: Workspace, osm: Path, cli: Cli
) -> None:
    words = ("sites", "from-osm", osm, "-w", city.folder, "--min-distance-m", "500")
    answer = cli(*words)
    assert answer.code == 0, answer.err
    assert "1 candidate site taken from town.osm." in answer.out
    assert "hosts nearer to a station than asked 1" in answer.out
    assert city.sites().ids == ("osm-n12",)
    with pytest.raises(InputError, match="1 without a road near, 2 nearer than 5000 m"):
        take_hosts(city, file=osm, kinds=("bank", "post_office"), min_distance_m=5000)


def test_a_dry_run_shows_and_changes_nothing(city: Workspace, osm: Path, cli: Cli) -> None:
    before = city.contents("sites")
    answer = cli("sites", "from-osm", osm, "-w", city.folder, "--dry-run")
    assert "2 hosts of town.osm could be candidate sites; nothing was changed." in answer.out
    assert "osm-n11" in answer.out
    assert city.contents("sites") == before is None


def test_own_sites_are_replaced_or_kept_beside_the_hosts(city: Workspace, osm: Path) -> None:
    own = [{"id": "own", "name": "仓库", "lon": 116.80, "lat": 33.95}]
    city.replace_sites(CandidateSites.from_records(own))
    found = take_hosts(city, file=osm, kinds=("bank",), add=True)
    assert (found.beside, city.sites().ids) == (1, ("own", "osm-n11", "osm-n12"))
    again = take_hosts(city, file=osm, kinds=("bank",), add=True)
    assert (again.beside, city.sites().ids) == (1, ("own", "osm-n11", "osm-n12"))
    take_hosts(city, file=osm, kinds=("bank",))
    assert city.sites().ids == ("osm-n11", "osm-n12")


def test_a_host_is_kept_in_a_file_and_outdates_no_plan(
    city: Workspace, osm: Path, cli: Cli, tmp_path: Path
) -> None:
    take_hosts(city, file=osm, kinds=("bank",))
    before = city.sites()
    out = tmp_path / "sites.csv"
    assert cli("sites", "export", "-w", city.folder, "-o", out).code == 0
    assert cli("sites", "import", out, "--datum", "wgs84", "-w", city.folder).code == 0
    assert list(city.sites().frame["host_type"]) == ["bank", "bank"]
    assert city.sites().content_hash == before.content_hash
    bare = CandidateSites(before.frame.assign(host_type=""))
    assert bare.content_hash == before.content_hash


def test_without_roads_the_distance_is_not_known_and_nothing_is_left_out(
    tmp_path: Path, osm: Path
) -> None:
    bare = Workspace.create(tmp_path / "bare", name="市", box=BOX)
    found = take_hosts(bare, file=osm, kinds=("bank", "post_office"))
    assert len(found.sites) == 3
    assert str(found.distances.road_m.tolist() + found.distances.station_m.tolist()) == str(
        [float("nan")] * 6
    )


def test_a_city_without_such_hosts_is_told(city: Workspace, osm: Path, cli: Cli) -> None:
    refused = cli("sites", "from-osm", osm, "-w", city.folder, "--hosts", "hospital")
    assert refused.code == 2
    assert "town.osm: holds no such host in the workspace's box: give other --hosts" in refused.err
