"""Stations page by page, and what leads a program to them (OGC API - Features)."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.serving import served
from web.app import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from data.workspace import Workspace

ITEMS = "/api/collections/stations/items"


def get(client: FlaskClient, address: str) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = json.loads(answer.data)
    return told


def hrefs(told: dict[str, Any]) -> dict[str, str]:
    return {one["rel"]: one["href"] for one in told["links"]}


@pytest.mark.parametrize("path", ["/api/stations", ITEMS])
def test_the_links_lead_once_through_all_stations_and_back(
    client: FlaskClient, city: Workspace, path: str
) -> None:
    whole = get(client, path)
    assert set(hrefs(whole)) == {"self"}
    pages, address = [], f"{path}?limit=2&f=json"
    while address:
        page = get(client, address)
        assert page["numberMatched"] == len(city.stations())
        assert page["numberReturned"] == len(page["features"]) <= 2
        assert get(client, hrefs(page)["self"]) == page
        pages.append(page)
        address = hrefs(page).get("next", "")
    assert [f for page in pages for f in page["features"]] == whole["features"]
    assert get(client, hrefs(pages[-1])["prev"])["features"] == pages[-2]["features"]
    assert get(client, f"{path}?limit=2&offset=2")["features"] == whole["features"][2:4]
    assert get(client, f"{path}?offset=99999")["features"] == []


def test_pages_of_a_box_stay_in_it_with_or_without_heights(client: FlaskClient) -> None:
    flat = "116.78,33.94,116.786,33.95"
    high = "116.78,33.94,-10,116.786,33.95,90"
    crs = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    whole = get(client, f"{ITEMS}?bbox={flat}")
    first = get(client, f"{ITEMS}?bbox={high}&bbox-crs={crs}&limit=1")
    assert first["numberMatched"] == whole["numberMatched"] > 2
    second = get(client, hrefs(first)["next"])
    assert first["features"] + second["features"] == whole["features"][:2]


def test_one_station_is_a_feature_and_an_unknown_one_a_problem(client: FlaskClient) -> None:
    known = get(client, ITEMS)["features"][0]
    one = get(client, f"{ITEMS}/{known['id']}")
    assert {name: one[name] for name in known} == known
    assert get(client, hrefs(one)["collection"])["id"] == "stations"
    assert client.get(f"{ITEMS}/nobody").status_code == 404


def test_every_page_that_is_described_is_there_and_no_other(client: FlaskClient) -> None:
    landing = get(client, "/api/")
    assert set(hrefs(landing)) == {"self", "service-desc", "conformance", "data"}
    described = get(client, hrefs(landing)["service-desc"])
    (root,) = (server["url"] for server in described["servers"])
    a_station = get(client, ITEMS)["features"][0]["id"]
    for path in described["paths"]:
        get(client, root + path.replace("{stationId}", a_station))
        assert client.get(f"{root}{path}?f=html").status_code in {400, 404}
    asked = described["paths"]["/collections/stations/items"]["get"]["parameters"]
    samples = {"bbox": "116,33,117,34", "limit": "1", "offset": "1", "f": "json"}
    for name in (one["name"] for one in asked):
        if name in samples:
            get(client, f"{ITEMS}?{name}={samples[name]}")
    told = client.get(f"{ITEMS}?nothing=1")
    assert all(one["name"] in told.text for one in asked)


# In a process of its own: GDAL waits for the answer and lets no other thread give it.
READER = """
import json, sys, pyogrio
frame = pyogrio.read_dataframe(sys.argv[1], layer="stations", PAGE_SIZE="3")
layers = pyogrio.list_layers(sys.argv[1]).tolist()
points = [[point.x, point.y] for point in frame.geometry]
print(json.dumps({"layers": layers, "places": dict(zip(frame["id"], points, strict=True))}))
"""


def test_gdal_finds_every_station_from_the_landing_page(city: Workspace) -> None:
    with served(create_app(city.folder, testing=True)) as address:
        command = [sys.executable, "-c", READER, f"OAPIF:{address}/api/"]
        run = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    read = json.loads(run.stdout)
    assert [name for name, _ in read["layers"]] == ["stations"]
    stations = city.stations()
    there = dict(zip(stations.ids, stations.lonlat.tolist(), strict=True))
    assert set(read["places"]) == set(there)
    for station, place in there.items():
        assert read["places"][station] == pytest.approx(place, abs=1e-6)


def test_the_description_tells_every_way_in_which_an_answer_can_be_refused(
    client: FlaskClient,
) -> None:
    for path, of in get(client, "/api/openapi.json")["paths"].items():
        answers, asked = of["get"]["responses"], "/api" + path.replace("{stationId}", "none")
        refused = [client.get(asked, query_string={"f": "xml"})]
        if path.endswith("}"):
            refused.append(client.get(asked))
        assert set(answers) == {"200", "503", *(str(answer.status_code) for answer in refused)}
        for answer in refused:
            assert list(answers[str(answer.status_code)]["content"]) == [answer.mimetype]
