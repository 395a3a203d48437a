"""Claims about what the phone carries along: whole, small, and under addresses that never lie."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from data.report_book import ReportBook
from data.stations import Stations
from data.workspace import Workspace
from geo.measure import Box
from geo.pocket import MAGIC
from web.app import create_app
from web.site.assets import asset_hash

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

FOR_EVER = "immutable"
RECORD = {"id": "1", "name": "站", "kind": "station", "lon": 116.8, "lat": 33.95}


def _now(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/api/page/now.json")
    assert answer.cache_control.no_cache
    body: dict[str, Any] = json.loads(answer.data)
    return body


def _file(client: FlaskClient, name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(client.get(_now(client)[name]).data)
    return body


def _words(number: int, words: list[str]) -> tuple[str, ...]:
    return tuple(word for place, word in enumerate(words) if number >> place & 1)


def test_the_columns_give_the_register_back(client: FlaskClient, city: Workspace) -> None:
    body = _file(client, "stations")
    columns = body["columns"]
    frame = city.stations().frame.set_index("id")
    shown = frame[~frame["status"].isin(["closed", "planned"])]
    assert sorted(columns["id"]) == sorted(shown.index)
    points = dict(zip(city.stations().ids, city.stations().lonlat, strict=True))
    for row, station in enumerate(columns["id"]):
        record = frame.loc[station]
        assert columns["name"][row] == record["name"]
        assert body["kinds"][columns["kind"][row]] == record["kind"]
        assert body["statuses"][columns["status"][row]] == record["status"]
        assert set(_words(columns["has"][row], body["facilities"])) == set(record["facilities"])
        at = np.array([columns["lon"][row], columns["lat"][row]]) / 1e6
        np.testing.assert_allclose(at, points[station], atol=1e-6)
        known = body["hours"][columns["hours"][row]]["hours_intervals"]
        assert (known is None) == (record["hours"] == "")


def test_the_order_of_the_columns_is_that_of_the_list(client: FlaskClient) -> None:
    ids = _file(client, "stations")["columns"]["id"]
    listed = re.findall(r'data-id="([^"]+)"', client.get("/").text)
    suspended = listed[-1]  # the list puts it last, with a script or without
    assert [station for station in ids if station != suspended] == listed[:-1]


def test_details_hold_what_the_list_leaves_out(client: FlaskClient) -> None:
    body = _file(client, "details")
    assert body["columns"]["id"] == _file(client, "stations")["columns"]["id"]
    assert [chinese for chinese, _ in body["hours"]]
    assert "phone" not in body["columns"]  # nobody has one: nothing is sent


def test_a_file_under_its_hash_lasts_and_an_old_address_gives_the_newest(
    client: FlaskClient,
) -> None:
    now = _now(client)
    for name in ("stations", "details", "sounds", "roads"):
        fresh = client.get(now[name], headers={"Accept-Encoding": "gzip"})
        assert FOR_EVER in fresh.headers["Cache-Control"]
        ending = now[name].rpartition(".")[2]
        old = client.get(f"/api/page/{name}-0123456789abcdef.{ending}")
        assert old.headers["Cache-Control"] == "no-cache"
        assert old.data == gzip.decompress(fresh.data)
    assert client.get(now["roads"]).data.startswith(MAGIC)
    assert client.get("/api/page/other-0123456789abcdef.json").status_code == 404


def test_without_a_network_there_are_no_roads_to_fetch(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "city", name="示例", box=Box(116.7, 33.9, 116.9, 34.0))
    client = create_app(tmp_path / "city", testing=True).test_client()
    assert _now(client)["roads"] is None
    assert client.get("/api/page/roads-0123456789abcdef.bin").status_code == 404
    assert _file(client, "stations")["columns"] == {"id": [], "hours": []}


def test_a_change_of_the_register_is_a_new_address(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "city", name="示例", box=Box(116.7, 33.9, 116.9, 34.0))
    client = create_app(tmp_path / "city", testing=True).test_client()
    before = _now(client)["stations"]
    workspace.replace_stations(Stations.from_records([RECORD]))
    assert _now(client)["stations"] != before


def test_the_columns_tell_what_is_there_from_what_is_broken_and_what_is_not(
    tmp_path: Path,
) -> None:
    workspace = Workspace.create(tmp_path / "city", name="示例", box=Box(116.7, 33.9, 116.9, 34.0))
    said = {
        "facilities": ("toilet", "shower"),
        "facilities_broken": ("microwave",),
        "facilities_absent": ("aed", "wifi"),
    }
    workspace.replace_stations(Stations.from_records([RECORD | said | {"access": ("key",)}]))
    body = _file(create_app(workspace.folder, testing=True).test_client(), "stations")
    columns = body["columns"]
    for column, name in (
        ("has", "facilities"),
        ("broken", "facilities_broken"),
        ("absent", "facilities_absent"),
    ):
        assert set(_words(columns[column][0], body["facilities"])) == set(said[name]), column
    assert _words(columns["access"][0], body["access"]) == ("key",)


def test_what_workers_say_is_at_a_new_address_and_on_the_pages_at_once(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "city", name="示例", box=Box(116.7, 33.9, 116.9, 34.0))
    workspace.replace_stations(Stations.from_records([RECORD]))
    client, book = create_app(workspace.folder, testing=True).test_client(), ReportBook(workspace)
    addresses, seen = [], []

    def look() -> None:
        addresses.append(_now(client)["stations"])
        standing = _file(client, "stations")["standing"].get("1", {"amber": False})
        texts = [client.get(path).text for path in ("/", "/s/1")]
        notes = [re.findall(r"(\d) 位工友反映", text)[:1] for text in texts]
        seen.append((standing["amber"], *notes))

    look()
    for device in "ab":
        number = book.take_report(
            station="1",
            what="locked",
            when=datetime.now(UTC).isoformat(),
            device=device * 20,
            nonce=device * 20,
        ).number
        look()
    book.close(number, by="li")
    look()
    assert seen == [
        (False, [], []),
        (False, ["1"], ["1"]),
        (True, ["2"], ["2"]),
        (False, [], []),
    ]
    assert all(one != other for one, other in pairwise(addresses))


def test_ten_thousand_stations_weigh_little(tmp_path: Path) -> None:
    """At 1.6 Mbit/s 300 kB take a second and a half."""
    random = np.random.default_rng(7)
    workspace = Workspace.create(tmp_path / "city", name="大市", box=Box(116.0, 33.0, 117.0, 34.0))
    lonlat = random.uniform((116.0, 33.0), (117.0, 34.0), (10_000, 2))
    hours = ("8:00-18:00", "24小时", "周一至周五 8:30-17:30", "")
    workspace.replace_stations(
        Stations.from_records(
            [
                {
                    "id": f"S{number:05d}",
                    "name": f"示例驿站 {number:05d}",
                    "kind": "station",
                    "lon": lon,
                    "lat": lat,
                    "hours": hours[number % 4],
                    "address": f"示例街 {number % 300} 号",
                    "facilities": ("toilet", "drinking_water", "seats")[: number % 4],
                }
                for number, (lon, lat) in enumerate(lonlat.tolist())
            ]
        )
    )
    client = create_app(tmp_path / "city", testing=True).test_client()
    answer = client.get(_now(client)["stations"], headers={"Accept-Encoding": "gzip"})
    assert len(answer.data) <= 200_000


@pytest.mark.parametrize("path", ["yizhan.css", "locator.js", "icons/icon-192.png"])
def test_a_static_file_lasts_under_its_own_hash_only(client: FlaskClient, path: str) -> None:
    with client.application.app_context():
        own = asset_hash(path)
    assert FOR_EVER in _lasting(client, f"{path}?v={own}")
    assert FOR_EVER not in _lasting(client, f"{path}?v=0")
    assert FOR_EVER not in _lasting(client, path)


def _lasting(client: FlaskClient, path: str) -> str:
    return str(client.get(f"/static/{path}", buffered=True).headers.get("Cache-Control"))


def test_static_text_comes_packed_and_whole(client: FlaskClient) -> None:
    plain = client.get("/static/yizhan.css", buffered=True)
    small = client.get("/static/yizhan.css", headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert gzip.decompress(small.data) == plain.data
    again = client.get(
        "/static/yizhan.css",
        headers={"Accept-Encoding": "gzip", "If-None-Match": small.headers["ETag"]},
        buffered=True,
    )
    assert again.status_code == 304
    for path in ("../app.py", "%2e%2e/app.py", "nowhere.js"):
        assert client.get(f"/static/{path}").status_code == 404
