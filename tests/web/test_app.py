"""Claims about what the application answers, without a browser."""

from __future__ import annotations

import gzip
import html
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from geo.datum import Datum, from_wgs84, to_wgs84
from geo.errors import WorkspaceError
from web.app import create_app
from web.stations.features import navigation_link

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from data.workspace import Workspace

PAGES = ("/", "/plan", "/report", "/?lang=en", "/plan?lang=en", "/report?lang=en")
NOTICE = "示意数据 / generated sample, not the real register"


def test_a_folder_that_is_no_workspace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="yizhan init"):
        create_app(tmp_path)


def test_a_folder_may_be_named_by_text_as_a_servers_command_does(city_folder: Path) -> None:
    client = create_app(str(city_folder), testing=True).test_client()
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_in_its_language_under_the_sample_band(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert f'<html lang="{"en" if "lang=en" in path else "zh-CN"}" ' in answer.text
    assert NOTICE in answer.text
    assert answer.text.count("<h1") == 1
    assert "<title>" in answer.text


@pytest.mark.parametrize("path", [*PAGES, "/api/stations", "/healthz", "/nowhere", "/tokens.css"])
def test_every_answer_forbids_what_is_not_our_own(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'")
    assert "unsafe" not in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_inline_script_or_style(client: FlaskClient, path: str) -> None:
    text = client.get(path).text
    assert not re.findall(r"<style|\sstyle=|\son\w+=\"", text)
    for tag in re.findall(r"<script[^>]*>", text):
        assert "src=" in tag or "application/json" in tag


@pytest.mark.parametrize("path", PAGES)
def test_hostile_names_are_text_on_every_page(client: FlaskClient, path: str) -> None:
    text = client.get(path).text
    assert "<script>window" not in text
    assert "<img src=x" not in text


def test_the_list_is_there_without_a_script(client: FlaskClient, city: Workspace) -> None:
    text = client.get("/").text
    frame = city.stations().frame
    shown = frame[~frame["status"].isin(["closed", "planned"])]
    body = text[: text.index("<template")]
    assert body.count('<li class="card" data-id=') == len(shown)
    assert "&lt;script&gt;window.broken=1&lt;/script&gt;" in body
    assert "时间未知" in body
    *names, last = map(html.unescape, re.findall(r'data-slot="name">(.*?)</span>', body))
    by_name = frame.set_index("name")
    assert sorted([*names, last]) == sorted(shown["name"])
    centres = [by_name.loc[name, "kind"] == "service_centre" for name in names]
    assert centres == sorted(centres, reverse=True)
    district = city.districts.locate(city.stations().lonlat)
    of = dict(zip(frame["name"], district.tolist(), strict=True))
    rest = [name for name, centre in zip(names, centres, strict=True) if not centre]
    assert [of[name] for name in rest] == sorted(of[name] for name in rest)
    assert [last] == frame["name"][frame["status"] == "suspended"].tolist()


def test_the_order_of_the_list_is_the_same_in_both_languages(client: FlaskClient) -> None:
    chinese, english = (
        re.findall(r'data-slot="name">(.*?)</span>', client.get(path).text)
        for path in ("/", "/?lang=en")
    )
    assert chinese == english
    features = json.loads(client.get("/api/stations").data)["features"]
    shown = [f["properties"] for f in features]
    listed = [p["name"] for p in shown if p["status"] not in {"closed", "planned", "suspended"}]
    assert [html.unescape(name) for name in chinese][: len(listed)] == listed


def test_a_worker_is_offered_no_data_file_and_a_planner_is(client: FlaskClient) -> None:
    assert "GeoJSON" not in client.get("/").text
    assert "GeoJSON" in client.get("/plan").text


def test_a_page_number_out_of_range_shows_the_nearest_page(client: FlaskClient) -> None:
    for word in ("0", "-1", "999999999999", "x", "²"):
        assert client.get(f"/?page={word}").status_code == 200


def test_stations_are_geojson_in_wgs84(client: FlaskClient, city: Workspace) -> None:
    answer = client.get("/api/stations")
    assert answer.mimetype == "application/geo+json"
    body = json.loads(answer.data)
    assert body["type"] == "FeatureCollection"
    assert body["notice"] == NOTICE
    assert body["numberMatched"] == body["numberReturned"] == len(city.stations())
    by_id = {feature["id"]: feature for feature in body["features"]}
    for station, point in zip(city.stations().ids, city.stations().lonlat, strict=True):
        assert by_id[station]["geometry"]["type"] == "Point"
        np.testing.assert_allclose(by_id[station]["geometry"]["coordinates"], point, atol=1e-6)


def test_a_box_and_a_limit_choose_stations(client: FlaskClient, city: Workspace) -> None:
    left, bottom, right, top = 116.78, 33.94, 116.786, 33.95
    body = client.get(f"/api/stations?bbox={left},{bottom},{right},{top}&limit=2").json
    lonlat = city.stations().lonlat
    inside = (lonlat >= (left, bottom)).all(axis=1) & (lonlat <= (right, top)).all(axis=1)
    assert body is not None
    assert body["numberMatched"] == inside.sum() > 2
    assert body["numberReturned"] == len(body["features"]) == 2


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("bbox=1,2,3", "LEFT,BOTTOM,RIGHT,TOP"),
        ("bbox=117,33,116,34", "box"),
        ("bbox=nan,33,117,34", "box"),
        ("bbox=1,2,3,4,5", "LEFT,BOTTOM,RIGHT,TOP"),
        ("bbox-crs=http://www.opengis.net/def/crs/EPSG/0/3857", "CRS84"),
        ("f=html", "only json"),
        ("offset=-1", "whole number from 0"),
        ("limit=0", "whole number from 1"),
        ("limit=x", "whole number"),
        ("limit=99999999999999999999999", "whole number"),
        ("lat=33.95&lon=116.8", "not known"),
    ],
)
def test_a_bad_query_is_a_problem_that_says_what_to_write(
    client: FlaskClient, query: str, words: str
) -> None:
    answer = client.get(f"/api/stations?{query}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    problem = json.loads(answer.data)
    assert problem["status"] == 400
    assert words in problem["detail"]


def test_what_has_not_changed_is_not_sent_again(client: FlaskClient) -> None:
    for path in ("/api/stations", "/api/roads", "/plan/map.js", "/tokens.css"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_text_is_compressed_for_those_who_take_it(client: FlaskClient) -> None:
    plain = client.get("/api/stations")
    small = client.get("/api/stations", headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    tag = small.headers["ETag"]
    headers = {"Accept-Encoding": "gzip", "If-None-Match": tag}
    assert client.get("/api/stations", headers=headers).status_code == 304


def test_health_says_what_is_there(client: FlaskClient, city: Workspace) -> None:
    body = client.get("/healthz").json
    assert body is not None
    assert body["status"] == "ok"
    assert body["stations"] == len(city.stations())
    assert body["plan"] is not None


def test_an_unknown_address_is_a_plain_page_and_a_problem_under_api(client: FlaskClient) -> None:
    page, problem = client.get("/nowhere"), client.get("/api/nowhere")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "这里没有页面" in page.text
    assert (problem.status_code, problem.mimetype) == (404, "application/problem+json")
    assert client.post("/api/stations").status_code == 405
    for path in ("/api/stations", "/api/", "/s/none"):  # RFC 9110, 15.5.6
        assert "GET" in client.open(path, method="TRACE").headers["Allow"]


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("/", "yizhan stations import"),
        ("/plan", "yizhan network build"),
        ("/report", "yizhan coverage"),
    ],
)
def test_an_empty_page_says_which_command_to_run(
    empty_folder: Path, path: str, command: str
) -> None:
    answer = create_app(empty_folder, testing=True).test_client().get(path)
    assert answer.status_code == 200
    assert command in answer.text


def test_an_empty_city_answers_empty_collections(empty_folder: Path) -> None:
    client = create_app(empty_folder, testing=True).test_client()
    for path in ("/api/stations", "/api/roads"):
        body = client.get(path).json
        assert body is not None
        assert body["features"] == []
    assert client.get("/plan/map.js").status_code == 404


def test_a_new_import_is_seen_without_a_restart(empty_folder: Path, city: Workspace) -> None:
    from data.workspace import Workspace as Opened  # noqa: PLC0415 - the name is taken by a type

    client = create_app(empty_folder, testing=True).test_client()
    assert "还没有站点" in client.get("/").text
    Opened.open(empty_folder).replace_stations(city.stations())
    assert "还没有站点" not in client.get("/").text


def test_navigation_leads_to_the_station_in_gcj02_longitude_first() -> None:
    point = np.array([[116.80, 33.96]])
    lon, lat = from_wgs84(point, datum=Datum("gcj02"))[0].tolist()
    query = parse_qs(urlsplit(navigation_link(lon, lat, "站, 甲&乙")).query)
    first, second, name = query["to"][0].split(",")
    back = to_wgs84(np.array([[float(first), float(second)]]), datum=Datum("gcj02"))
    np.testing.assert_allclose(back, point, atol=2e-6)
    assert name == "站， 甲&乙"
    assert query["mode"] == ["walk"]


def test_the_plan_page_shows_every_site_in_order_and_the_proof(client: FlaskClient) -> None:
    text = client.get("/plan").text
    assert re.findall(r'data-site="(\d+)"', text) == ["1", "2", "3"]
    assert "3 个新站" in text
    assert "已证明" in text
    assert "&lt;b&gt;" in text  # a road's name in the name of a site


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("locator.js", "text/javascript; charset=utf-8"),
        ("yizhan.css", "text/css; charset=utf-8"),
        ("favicon.svg", "image/svg+xml; charset=utf-8"),
        ("vendor/manifest.json", "application/json"),
    ],
)
def test_a_script_keeps_its_type_whatever_a_windows_registry_says_of_its_ending(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, name: str, content_type: str
) -> None:
    monkeypatch.setattr("mimetypes.guess_type", lambda *_args, **_options: ("text/plain", None))
    for headers in ({}, {"Accept-Encoding": "gzip"}):
        with client.get(f"/static/{name}", headers=headers) as answer:
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.content_type == content_type
