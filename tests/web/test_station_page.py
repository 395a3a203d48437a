"""Claims about the page of one station, served or filled on the phone, and its QR code."""

from __future__ import annotations

import html
import io
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
import segno

from data.database import Register
from data.settings import default_settings
from data.stations import Stations
from data.workspace import Workspace
from geo.measure import Box
from web.app import create_app
from web.languages import CHINESE, ENGLISH
from web.locator.navigation import navigation_links
from web.locator.week import week_of
from web.stations.hours import hours_properties

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient
    from playwright.sync_api import Browser

MONDAY = date(2026, 11, 23)
BOX = Box(116.7, 33.9, 116.9, 34.0)
RECORD = {
    "id": "甲/1 号",
    "name": "<b>东站</b>",
    "kind": "driver_home",
    "lon": 116.80,
    "lat": 33.96,
    "hours": "8:00-12:00，14:00-18:00",
    "address": "中山路 1 号",
    "phone": "0561-12345",
    "facilities": ("shower", "toilet"),
    "facilities_broken": ("microwave",),
    "facilities_absent": ("laundry",),
    "access": ("free_door", "key"),
    "who_may_enter": "货车司机",
    "truck_spaces": 12.0,
    "area_m2": 40.5,
    "host_type": "fuel_station",
    "host_name": "中石化三号站",
    "operator": "市总工会",
    "operator_kind": "union",
    "sign": "yes",
    "checked_at": "2026-11-01",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    workspace = Workspace.create(tmp_path / "city", name="示例", box=BOX)
    workspace.replace_stations(Stations.from_records([RECORD]))
    return workspace.folder


@pytest.fixture
def small(folder: Path) -> FlaskClient:
    return create_app(folder, testing=True).test_client()


def _facts(text: str) -> dict[str, str]:
    found = re.findall(r'<dd data-fact="(\w+)">(.*?)</dd>', text)
    return {name: re.sub(r"<[^>]+>", "", html.unescape(said)) for name, said in found}


def test_the_register_is_read_once_for_each_state_of_it(
    small: FlaskClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[Register] = []
    read = Register.stations

    def counted(register: Register, *, as_of: date | None = None) -> Stations:
        reads.append(register)
        return read(register, as_of=as_of)

    monkeypatch.setattr(Register, "stations", counted)
    for path in ("/s/%E7%94%B2%2F1%20%E5%8F%B7", "/", "/api/page/now.json"):
        assert small.get(path).status_code == 200
    assert len(reads) == 1
    Workspace.open(folder).register().observe(RECORD["id"], {"phone": "0456"}, source="inspector")
    reads.clear()
    assert "0456" in small.get("/s/%E7%94%B2%2F1%20%E5%8F%B7").text
    asked = len(reads)
    small.get("/s/%E7%94%B2%2F1%20%E5%8F%B7")
    assert len(reads) == asked


def test_the_page_says_all_of_the_record(small: FlaskClient) -> None:
    text = small.get("/s/%E7%94%B2%2F1%20%E5%8F%B7").text
    assert _facts(text) == {
        "kind": "司机之家",
        "address": "中山路 1 号",
        "hours": "8:00-12:00、14:00-18:00",
        "access": "自由进出、钥匙",
        "who_may_enter": "货车司机",
        "phone": "0561-12345",
        "area_m2": "40.5平方米",
        "truck_spaces": "12",
        "host_type": "中石化三号站 · 加油站",
        "operator": "市总工会 · 工会",
        "sign": "有",
    }
    inside = dict(re.findall(r'<dt class="is-(\w+)">[^<]*</dt><dd>([^<]*)</dd>', text))
    assert inside["works"] == "卫生间 · 淋浴"
    assert (inside["broken"], inside["absent"]) == ("微波炉", "洗衣")
    assert "饮水" in inside["unknown"]
    assert "&lt;b&gt;东站&lt;/b&gt;" in text
    assert "<b>东站" not in text
    assert "台账核对" in text
    assert text.count("<tr>") == 7


def test_the_page_links_to_four_maps(small: FlaskClient) -> None:
    text = small.get("/s/%E7%94%B2%2F1%20%E5%8F%B7").text
    found = dict(re.findall(r'data-app="(\w+)" href="([^"]+)"', text))
    wanted = navigation_links(116.80, 33.96, "<b>东站</b>", city="示例")
    assert {app: html.unescape(link) for app, link in found.items()} == wanted


def test_a_station_that_is_not_there_is_not_found(small: FlaskClient) -> None:
    for path in ("/s/nowhere", "/s/nowhere/qr.svg", "/s/%3Cscript%3E"):
        answer = small.get(path)
        assert answer.status_code == 404
        assert "<script>" not in answer.text.replace("<script src", "")


def _code(address: str) -> bytes:
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=4, scale=8, svgclass=None, lineclass=None, omitsize=False
    )
    return drawn.getvalue()


def test_the_code_holds_the_permanent_address(small: FlaskClient, folder: Path) -> None:
    path = "/s/%E7%94%B2%2F1%20%E5%8F%B7"
    assert small.get(f"{path}/qr.svg").data == _code(f"http://localhost{path}")
    assert small.get(f"{path}/qr.svg").mimetype == "image/svg+xml"
    settings = folder / "yizhan.toml"
    written = settings.read_text(encoding="utf-8")
    settings.write_text(
        written.replace('public_address = ""', 'public_address = "https://yizhan.example.cn/"'),
        encoding="utf-8",
    )
    assert small.get(f"{path}/qr.svg").data == _code(f"https://yizhan.example.cn{path}")


def test_a_public_address_is_one() -> None:
    assert default_settings("市", BOX).public_address == ""


def test_seven_days_have_their_spans() -> None:
    week = week_of(hours_properties("周一至周五 8:30-17:30", first=MONDAY), MONDAY, CHINESE)
    assert [day["day"] for day in week[:2]] == ["周一 11月23日", "周二 11月24日"]
    assert [day["says"] for day in week] == ["8:30–17:30"] * 5 + ["不开"] * 2
    assert week[0]["spans"] == [[510, 1050]]


def test_a_night_stands_on_both_its_days_and_round_the_clock_says_so() -> None:
    night = week_of(hours_properties("22:00-次日6:00", first=MONDAY), MONDAY, ENGLISH)
    assert night[1]["spans"] == [[0, 360], [1320, 1440]]
    assert night[1]["says"] == "0:00–6:00, 22:00–24:00"
    late = week_of(hours_properties("8:00-24:00", first=MONDAY), MONDAY, ENGLISH)
    assert [day["spans"] for day in late] == [[[480, 1440]]] * 7
    always = week_of(hours_properties("24小时", first=MONDAY), MONDAY, ENGLISH)
    assert {day["says"] for day in always} == {"24 h"}
    assert week_of(hours_properties("", first=MONDAY), MONDAY, CHINESE) == []
    eve = date(2026, 9, 30)
    left_open = hours_properties("20:00-次日2:00，节假日另行通知", first=eve)
    said = [day["says"] for day in week_of(left_open, eve, CHINESE)]
    assert said[:3] == ["0:00–2:00、20:00–24:00", "0:00–2:00、时间未知", "时间未知"]


_SAID = """() => Object.fromEntries(
  [...document.querySelectorAll('[data-slot], #state')].map((one) => [
    one.id || one.dataset.slot, [one.hidden, one.textContent.replace(/\\s+/g, '')]]))"""


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("station", ["S0", "S1", "S5"])
def test_the_phone_fills_the_page_as_the_server_does(
    browser: Browser, address: str, station: str, language: str
) -> None:
    context = browser.new_context(locale="zh-CN", service_workers="block")
    page = context.new_page()
    page.goto(f"{address}/s/{station}?lang={language}")
    served = page.evaluate(_SAID)
    links = page.locator("[data-app]").evaluate_all("all => all.map((one) => one.href)")
    shell = context.request.get(f"{address}/s/?shell&lang={language}").text()
    page.route(
        f"**/s/{station}*", lambda route: route.fulfill(body=shell, content_type="text/html")
    )
    page.goto(f"{address}/s/{station}?lang={language}")
    page.wait_for_selector(".station-page:not([data-shell])")
    assert page.evaluate(_SAID) == served
    filled = page.locator("[data-app]").evaluate_all("all => all.map((one) => one.href)")
    assert filled == links
    context.close()
