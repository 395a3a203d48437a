"""Downloads by OSMnx from a local stand-in for Overpass and Nominatim that serves real OSM data."""

from __future__ import annotations

import json
import re
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import osmium
import osmnx
import pytest
import shapely

from data.osm import read_places, read_roads
from data.osm.download import download_places, download_roads, osmnx_settings
from geo.errors import InputError, NetworkError
from geo.network import build_network

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLACE = "Kluuvi, Helsinki"
AREA = shapely.box(24.935, 60.164, 24.9535, 60.1792)
PART = shapely.box(24.940, 60.168, 24.944, 60.170)


def elements_of(path: Path) -> list[dict[str, Any]]:
    """The extract as Overpass would answer it, ways cut where the extract lacks a node."""
    nodes: dict[int, dict[str, Any]] = {}
    ways = []
    for thing in osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY):
        tags = dict(thing.tags)
        if thing.is_node():
            nodes[thing.id] = {"type": "node", "id": thing.id, "lat": thing.lat, "lon": thing.lon}
            if tags:
                nodes[thing.id]["tags"] = tags
        else:
            refs = [node.ref for node in thing.nodes if node.ref in nodes]
            if len(refs) > 1:
                ways.append({"type": "way", "id": thing.id, "nodes": refs, "tags": tags})
    return [*nodes.values(), *ways]


class StandIn(ThreadingHTTPServer):
    """Answers /search as Nominatim and /api/interpreter as Overpass; counts what it was asked."""

    def __init__(self, elements: list[dict[str, Any]]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.elements = elements
        self.asked: list[str] = []
        self.status = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: StandIn

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, body: object) -> None:
        text = json.dumps(body).encode() if self.server.status == 200 else b"too busy"
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)["q"][0]
        self.server.asked.append(query)
        left, bottom, right, top = AREA.bounds
        found = {
            "place_id": 1,
            "osm_type": "relation",
            "osm_id": 1,
            "lat": "60.17",
            "lon": "24.94",
            "class": "boundary",
            "type": "administrative",
            "importance": 0.5,
            "display_name": PLACE,
            "name": "Kluuvi",
            "boundingbox": [str(bottom), str(top), str(left), str(right)],
            "geojson": shapely.geometry.mapping(AREA),
        }
        self.answer([found] if query == PLACE else [])

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        query = parse_qs(self.rfile.read(length).decode())["data"][0]
        self.server.asked.append(query)
        corners = re.search(r"poly:'([^']+)'", query)
        assert corners is not None
        numbers = np.array(corners[1].split(), dtype=float).reshape(-1, 2)
        area = shapely.Polygon(numbers[:, ::-1])
        shapely.prepare(area)
        nodes = [e for e in self.server.elements if e["type"] == "node"]
        inside = shapely.contains_xy(area, [(e["lon"], e["lat"]) for e in nodes])
        near = {e["id"] for e, yes in zip(nodes, inside, strict=True) if yes}
        by_id = {e["id"]: e for e in nodes}
        key = re.search(r"\[['\"]([a-z_]+)['\"]", query)
        assert key is not None
        wanted = [e for e in self.server.elements if key[1] in e.get("tags", {})]
        chosen = {
            (e["type"], e["id"]): e
            for e in wanted
            if (e["id"] in near if e["type"] == "node" else near.intersection(e["nodes"]))
        }
        for e in list(chosen.values()):
            for ref in e.get("nodes", ()):
                chosen["node", ref] = by_id[ref]
        self.answer({"elements": list(chosen.values())})


@pytest.fixture(scope="module")
def elements(helsinki_pbf: Path) -> list[dict[str, Any]]:
    return elements_of(helsinki_pbf)


@pytest.fixture
def stand_in(elements: list[dict[str, Any]]) -> Iterator[StandIn]:
    server = StandIn(elements)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def services(stand_in: StandIn) -> dict[str, str]:
    return {"overpass_url": f"{stand_in.url}/api", "nominatim_url": stand_in.url}


def test_a_place_by_name_gives_the_roads_of_the_extract(
    stand_in: StandIn, services: dict[str, str], helsinki_pbf: Path
) -> None:
    downloaded = build_network(download_roads(PLACE, **services))
    extract = build_network(read_roads(helsinki_pbf, box=AREA.bounds))
    assert stand_in.asked[0] == PLACE
    assert downloaded.summary()["km"] == pytest.approx(extract.summary()["km"], rel=0.02)
    for mode in ("foot", "car"):
        one, other = (n.summary()["modes"][mode] for n in (downloaded, extract))
        assert one["km"] == pytest.approx(other["km"], rel=0.02)
        assert one["one_way_edges"] == pytest.approx(other["one_way_edges"], rel=0.1)


def test_a_polygon_gives_its_roads_without_asking_for_a_name(
    stand_in: StandIn, services: dict[str, str]
) -> None:
    network = build_network(download_roads(PART, **services))
    assert len(stand_in.asked) == 1
    left, bottom, right, top = network.box
    assert PART.buffer(0.001).contains(shapely.box(left, bottom, right, top))


def test_places_are_downloaded_as_points(services: dict[str, str], helsinki_pbf: Path) -> None:
    found = download_places(PLACE, tags={"amenity": ("toilets",)}, **services)
    there = read_places(helsinki_pbf, tags={"amenity": "toilets"})
    inside = there[there.within(AREA)]
    assert set(found["id"]) == set(inside["id"])
    assert set(found.geometry.geom_type) == {"Point"}


def test_nothing_of_osmnx_or_of_the_sockets_is_left_changed(
    services: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = {n: v for n, v in vars(osmnx.settings).items() if not n.startswith("_")}
    resolver = socket.getaddrinfo
    download_roads(PART, **services)
    with pytest.raises(InputError):
        download_roads("Nowhere at all", **services)
    assert {n: v for n, v in vars(osmnx.settings).items() if not n.startswith("_")} == before
    assert socket.getaddrinfo is resolver
    assert list(tmp_path.iterdir()) == []


def test_settings_come_back_after_an_error() -> None:
    before = osmnx.settings.overpass_url
    with pytest.raises(RuntimeError), osmnx_settings({"overpass_url": "x"}):
        raise RuntimeError
    assert osmnx.settings.overpass_url == before


def test_a_place_that_is_not_known_is_refused(services: dict[str, str]) -> None:
    with pytest.raises(InputError, match="Atlantis: no roads found"):
        download_roads("Atlantis", **services)


def test_an_area_without_roads_is_refused(services: dict[str, str]) -> None:
    with pytest.raises(InputError, match="the polygon: no roads found"):
        download_roads(shapely.box(0.0, 0.0, 0.01, 0.01), **services)


def test_a_service_that_fails_is_named_with_a_cure(
    stand_in: StandIn, services: dict[str, str]
) -> None:
    stand_in.status = 500
    with pytest.raises(NetworkError, match="use an extract file"):
        download_roads(PART, **services)


def test_a_service_that_is_not_there_is_named_with_a_cure() -> None:
    nowhere = {"overpass_url": "http://127.0.0.1:9/api", "nominatim_url": "http://127.0.0.1:9"}
    with pytest.raises(NetworkError, match="cannot be downloaded"):
        download_roads(PART, **nowhere)


def test_answers_are_kept_in_the_folder_given(
    stand_in: StandIn, services: dict[str, str], tmp_path: Path
) -> None:
    download_roads(PART, cache=tmp_path, **services)
    asked = len(stand_in.asked)
    download_roads(PART, cache=tmp_path, **services)
    assert len(stand_in.asked) == asked
