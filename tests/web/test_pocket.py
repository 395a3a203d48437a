"""Claims about the search on the phone: it gives what the server's own routing gives."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from data.osm import read_roads
from geo import travel_times
from geo.network import RoadNetwork, build_network
from geo.pocket import pack_roads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.real]

MODES = ("foot", "ebike", "car", "truck")
N_PLACES, N_STATIONS, K = 1_000, 60, 5
SCRIPT = Path(__file__).resolve().parents[2] / "web" / "static" / "pocket.js"

_ASK = """([packed, stations, places, mode, most]) => {
  const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
  const roads = Pocket.unpack(bytes.buffer);
  const ties = roads.tie(stations, mode, 500);
  return places.map((place) => {
    const seconds = roads.secondsFrom(place, ties, { limitM: 500, most: most || Infinity });
    return seconds && [...seconds].map((one) => (one < Infinity ? one : -1));
  });
}"""


@pytest.fixture(scope="module")
def helsinki(helsinki_pbf: Path) -> RoadNetwork:
    return build_network(read_roads(helsinki_pbf))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.add_script_tag(path=SCRIPT)
    yield page
    page.close()


def _near_roads(network: RoadNetwork, count: int, seed: int) -> np.ndarray[Any, Any]:
    random = np.random.default_rng(seed)
    nodes = network.node_lonlat[random.integers(0, network.n_nodes, count)]
    return np.round(nodes + random.normal(0.0, 0.001, (count, 2)), 6)


def _answer(page: Page, network: RoadNetwork, mode: str, most: int = 0) -> np.ndarray[Any, Any]:
    packed = base64.b64encode(pack_roads(network, modes=MODES)).decode()
    stations, places = _near_roads(network, N_STATIONS, 1), _near_roads(network, N_PLACES, 2)
    rows = page.evaluate(_ASK, [packed, stations.tolist(), places.tolist(), mode, most])
    table = np.array([row or [-1.0] * N_STATIONS for row in rows])
    return np.where(table < 0, np.inf, table)


def _truth(network: RoadNetwork, mode: str) -> np.ndarray[Any, Any]:
    stations, places = _near_roads(network, N_STATIONS, 1), _near_roads(network, N_PLACES, 2)
    csr = travel_times(network, mode=mode, origins=places, destinations=stations, cutoff_s=1e5).csr
    table = np.full((N_PLACES, N_STATIONS), np.inf)
    table[np.repeat(np.arange(N_PLACES), np.diff(csr.indptr)), csr.indices] = csr.data
    return table


@pytest.mark.parametrize("mode", MODES)
def test_times_on_the_phone_are_those_of_the_server(
    page: Page, helsinki: RoadNetwork, mode: str
) -> None:
    phone, server = _answer(page, helsinki, mode), _truth(helsinki, mode)
    reached = np.isfinite(phone) & np.isfinite(server)
    off_s = np.abs(np.where(reached, phone, 0.0) - np.where(reached, server, 0.0))
    # a position as near to one road as to another may be tied to either: at most one in 200
    wrong = (off_s > 1.0).any(axis=1) | (np.isfinite(phone) != np.isfinite(server)).any(axis=1)
    assert wrong.mean() <= 0.005
    assert np.isfinite(server).any(axis=1).mean() > 0.9


@pytest.mark.parametrize("mode", MODES)
def test_the_nearest_five_are_right_at_99_of_100_places(
    page: Page, helsinki: RoadNetwork, mode: str
) -> None:
    phone, server = _answer(page, helsinki, mode, most=K), _truth(helsinki, mode)
    reached = np.isfinite(server).sum(axis=1) >= K
    chosen = np.argsort(phone, axis=1, kind="stable")[:, :K]
    fifth = np.sort(server, axis=1)[:, K - 1]
    # right: none of the five is slower than the true fifth, by more than what the page can show
    right = (np.take_along_axis(server, chosen, axis=1) <= fifth[:, None] + 1.0).all(axis=1)
    assert right[reached].mean() >= 0.99


_CROSSING = """<osm version="0.6">
 <node id="1" lon="116.800" lat="33.960"/><node id="2" lon="116.805" lat="33.960"/>
 <node id="3" lon="116.805" lat="33.965"/><node id="4" lon="116.815" lat="33.960"/>
 <node id="5" lon="116.815" lat="33.965"/><node id="6" lon="116.805" lat="33.970">{gate}</node>
 <node id="7" lon="116.805" lat="33.975"/>
 <way id="11"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>
 <way id="12"><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/></way>
 <way id="13"><nd ref="2"/><nd ref="4"/><nd ref="5"/><nd ref="3"/>
  <tag k="highway" v="primary"/></way>
 <way id="14"><nd ref="3"/><nd ref="6"/><nd ref="7"/><tag k="highway" v="primary"/></way>
 {ban}
</osm>"""
_BAN = """<relation id="21"><member type="way" ref="11" role="from"/>
 <member type="node" ref="2" role="via"/><member type="way" ref="12" role="to"/>
 <tag k="type" v="restriction"/><tag k="restriction" v="no_left_turn"/></relation>"""
_OVER = """<relation id="22"><member type="way" ref="11" role="from"/>
 <member type="way" ref="12" role="via"/><member type="way" ref="14" role="to"/>
 <tag k="type" v="restriction"/><tag k="restriction" v="no_straight_on"/></relation>"""
_GATE = '<tag k="barrier" v="bollard"/>'
_LIGHTS = '<tag k="highway" v="traffic_signals"/>'


@pytest.mark.parametrize(
    ("gate", "ban", "mode", "longer"),
    [
        ("", "", "car", None),
        ("", _BAN, "car", 60.0),
        ("", _BAN, "foot", 0.0),
        ("", _OVER, "car", 60.0),
        ("", _BAN + _OVER, "car", 60.0),
        ("", _OVER, "foot", 0.0),
        (_GATE, "", "car", np.inf),
        (_GATE, "", "foot", 0.0),
        (_LIGHTS, "", "car", 5.0),
    ],
    ids=[
        *("plain", "ban by car", "ban on foot", "ban over a way by car", "both bans by car"),
        *("ban over a way on foot", "bollard by car", "bollard on foot", "lights"),
    ],
)
def test_bans_bollards_and_lights_hold_on_the_phone(  # noqa: PLR0917 - a table of five columns
    page: Page, tmp_path: Path, gate: str, ban: str, mode: str, longer: float | None
) -> None:
    def seconds(gate: str, ban: str) -> tuple[float, float]:
        path = tmp_path / "crossing.osm"
        path.write_text(_CROSSING.format(gate=gate, ban=ban), encoding="utf-8")
        network = build_network(read_roads(path))
        packed = base64.b64encode(pack_roads(network, modes=MODES)).decode()
        here, there = [[116.801, 33.9601]], [[116.8051, 33.974]]
        (row,) = page.evaluate(_ASK, [packed, there, here, mode, 0])
        csr = travel_times(network, mode=mode, origins=here, destinations=there, cutoff_s=1e5).csr
        server = float(csr.data[0]) if csr.nnz else np.inf
        return (np.inf if row[0] < 0 else row[0]), server

    phone, server = seconds(gate, ban)
    assert phone == pytest.approx(server, abs=0.5)
    if longer is not None:
        _, plain = seconds("", "")
        assert server >= plain + longer
        assert longer > 0 or server == pytest.approx(plain, abs=0.01)
