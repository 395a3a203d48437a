"""Claims about a worker's whole way: near me, a filter, a station, the way there, a report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import eviltransform
import pytest

from tests.web.clocks import china_noon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.web.conftest import Lively

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SCRIPT_NAME = "<script>window.broken=1</script>"
HOSTILE = (
    SCRIPT_NAME,
    "</script><img src=x onerror=window.broken=1>",
    "${window.broken=1} `tick`",
    "{{ 7*7 }} {% raw %}",
    "\"双引号\" '单引号' \\反斜杠",
    '=HYPERLINK("http://example.org","站")',
)
_FOCUS = """() => {
  const at = document.activeElement;
  const shown = at.matches('input[type=radio]') ? at.nextElementSibling : at;
  const style = getComputedStyle(shown);
  const box = shown.getBoundingClientRect();
  return {
    id: at.id, tag: at.tagName, text: at.textContent.trim().slice(0, 40),
    ring: at.matches(':focus-visible') && style.outlineStyle !== 'none'
      ? parseFloat(style.outlineWidth) : 0,
    inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


@pytest.fixture
def page(phone: BrowserContext) -> Iterator[Page]:
    """A page of the phone that must neither fail nor run what a name says."""
    made, faults = phone.new_page(), list[str]()
    made.set_default_timeout(15_000)
    made.on("pageerror", lambda error: faults.append(str(error)))
    made.on(
        "console",
        lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None,
    )
    yield made
    assert faults == []
    assert made.evaluate("window.broken") is None


def _open(page: Page, lively: Lively, path: str = "/") -> None:
    page.clock.set_fixed_time(china_noon())
    page.goto(lively.address + path)
    if path == "/":
        page.wait_for_selector("[data-ready~=roads]")


def _where(app: str, address: str) -> tuple[float, float]:
    """Read the destination (longitude, latitude, WGS-84) as the map that is asked would."""
    asked = parse_qs(urlsplit(address).query)
    if app == "amap":  # GCJ-02, longitude first
        lon, lat = map(float, asked["to"][0].split(",")[:2])
        lat, lon = eviltransform.gcj2wgs_exact(lat, lon)
        return lon, lat
    if app == "geo":
        lat, lon = map(float, address.removeprefix("geo:").split("?")[0].split(","))
        return lon, lat
    if app == "baidu":
        text = re.search(r"latlng:([\d.]+),([\d.]+)", asked["destination"][0])
        assert text is not None
        assert asked["coord_type"] == ["wgs84"]
        return float(text[2]), float(text[1])
    lat, lon = map(float, asked["tocoord"][0].split(","))
    assert asked["coord_type"] == ["1"]  # GPS
    return lon, lat


def test_from_a_position_through_a_filter_to_a_station_and_the_links_that_lead_there(
    page: Page, lively: Lively
) -> None:
    _open(page, lively)
    page.locator("#locate").click()
    page.wait_for_selector('[data-slot="minutes"]:visible')
    page.locator('button[data-facility="toilet"]').click()
    page.locator('input[value="ebike"]').check()
    card = page.locator(".stations .card").first
    number, name = card.get_attribute("data-id"), card.locator("h2").inner_text()
    assert "卫生间" in card.locator('[data-slot="facilities"]').inner_text()
    card.locator("a.station").click()
    page.wait_for_url(f"**/s/{number}")
    assert page.locator("h1").inner_text() == name
    stations = page.request.get(f"{lively.address}/api/stations").json()["features"]
    expected = next(one["geometry"]["coordinates"] for one in stations if one["id"] == number)
    for app in ("amap", "baidu", "tencent", "geo"):
        address = str(page.locator(f'.navigate a[data-app="{app}"]').get_attribute("href"))
        assert _where(app, address) == pytest.approx(expected, abs=2e-6), app
        assert name in unquote(address)
        assert "116.78432" not in address  # the map asks the phone for the start itself
    assert "mode=ride" in str(page.locator('[data-app="amap"]').get_attribute("href"))


class Keys:
    """A reader who has a keyboard and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tab_to(self, selector: str, *, most: int = 60) -> None:
        """Press Tab until an element of the selector has the focus, and shows that it has."""
        for _press in range(most):
            self.page.keyboard.press("Tab")
            focus: dict[str, Any] = self.page.evaluate(_FOCUS)
            assert focus["ring"] >= 2, f"no ring around {focus}"
            assert focus["inView"], f"out of view: {focus}"
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        pytest.fail(f"{selector} is not reached by {most} presses of Tab")

    def enter(self) -> None:
        self.page.keyboard.press("Enter")


def test_the_whole_way_goes_by_keyboard_alone_and_the_focus_is_always_seen(
    page: Page, lively: Lively
) -> None:
    _open(page, lively)
    keys = Keys(page)
    keys.tab_to(".skip", most=1)
    keys.enter()
    keys.tab_to("#locate", most=3)
    keys.enter()
    page.wait_for_selector('[data-slot="minutes"]:visible')
    assert page.evaluate("document.activeElement.id") == "locate"
    keys.tab_to('button[data-facility="toilet"]')
    keys.enter()
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    keys.tab_to(".stations a.station")
    keys.enter()
    page.wait_for_url("**/s/*")
    keys.tab_to('a[data-app="baidu"]')
    keys.tab_to('button[data-what="broken"]')
    keys.enter()
    keys.tab_to("#report-text")
    page.keyboard.type("水龙头坏了")
    keys.tab_to("#report-send", most=2)
    keys.enter()
    page.wait_for_selector("#report-said .ticket")
    assert re.fullmatch(r"\w{4}-\w{2}", page.locator("#report-said .ticket").inner_text())


def test_the_map_is_pulled_up_and_left_again_by_keyboard(page: Page, lively: Lively) -> None:
    _open(page, lively)
    keys = Keys(page)
    keys.tab_to("#map-size", most=80)
    keys.enter()
    assert page.locator(".locator-map.full").is_visible()
    page.keyboard.press("Escape")
    assert page.locator(".locator-map.full").count() == 0
    assert page.evaluate("document.activeElement.id") == "map-size"


def test_where_the_position_is_refused_a_street_or_a_tap_does(
    browser: Browser, lively: Lively
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640}, locale="zh-CN")
    page = context.new_page()
    _open(page, lively)
    page.locator("#locate").click()
    page.locator("#where", has_text="没有得到位置").wait_for()
    page.locator("#search").fill("第3路")
    street = page.locator("#found button", has_text="第3路 <b>").first
    assert "街道" in street.inner_text()
    street.click()
    page.wait_for_selector('[data-slot="minutes"]:visible')
    assert "第3路" in page.locator("#where").inner_text()
    by_street = page.locator('[data-slot="minutes"]').all_inner_texts()
    assert not any(text.startswith("约") for text in by_street)
    page.locator("#map-size").click()
    page.locator("#map").click(position={"x": 40, "y": 200})
    page.locator("#map-size").click()
    assert "所点位置" in page.locator("#where").inner_text()
    context.close()


@pytest.mark.parametrize("path", ["/s/S0", "/s/S5", "/feedback", "/admin/login", "/?lang=en"])
def test_a_page_at_double_size_scrolls_one_way_only(page: Page, lively: Lively, path: str) -> None:
    """A phone of 360 px at 200 % leaves 180 px; WCAG 1.4.10 asks for no more than 320."""
    page.goto(lively.address + path)
    page.wait_for_load_state("networkidle")
    for width in (360, 180):
        page.set_viewport_size({"width": width, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


# ---- names that would act ----
def _list(page: Page) -> str:
    page.locator("#kind").select_option("")
    while page.locator("#more").is_visible():
        page.locator("#more").click()
    return page.locator(".stations").inner_text()


def _search(page: Page) -> str:
    page.locator("#search-open").click()
    seen = []
    for text in ("window", "tick", "7*7", "引号", "HYPERLINK", "第3路", "东区"):
        page.locator("#search").fill(text)
        page.wait_for_selector("#found li")
        seen.append(page.locator("#found").inner_text())
    assert page.locator("#found b, #found img, #found script").count() == 0
    assert any("第3路 <b>" in text for text in seen)
    return "\n".join(seen)


def _popups(page: Page) -> str:
    page.wait_for_selector(".leaflet-marker-icon")
    seen = page.evaluate(
        """() => { const seen = []; yizhan.shared.map.eachLayer(layer => {
             if (!layer.getPopup || !layer.getPopup()) return;
             layer.openPopup();
             seen.push(layer.getPopup().getElement().querySelector('h3').textContent);
           }); return seen; }"""
    )
    return "\n".join(seen)


@pytest.mark.parametrize("place", [_list, _search, _popups])
def test_every_hostile_name_is_text_on_the_worker_s_list(
    page: Page, lively: Lively, place: Callable[[Page], str]
) -> None:
    _open(page, lively)
    seen = place(page)
    assert [name for name in HOSTILE if name not in seen] == []
    assert page.locator("main script:not([type='application/json']), main img").count() == 0


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_hostile_name_is_text_in_title_and_heading_of_its_page(
    page: Page, lively: Lively, number: int
) -> None:
    name = HOSTILE[number]
    _open(page, lively, f"/s/S{number}")
    assert page.locator("h1").inner_text() == name
    assert name in page.title()
    assert page.locator("main img:not(.qr)").count() == 0


def test_what_workers_and_moderators_wrote_is_text_on_the_station_s_page(
    page: Page, lively: Lively
) -> None:
    _open(page, lively, "/s/S0")
    seen = page.locator("main").inner_text()
    assert HOSTILE[2] in seen  # the published answer
    assert HOSTILE[4] in seen  # the words of an activity
    assert HOSTILE[1] not in seen  # what a worker wrote is for the moderators


def test_a_hostile_name_is_escaped_in_the_calendar_file(page: Page, lively: Lively) -> None:
    answer = page.request.get(f"{lively.address}/s/S0/activities.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["x-content-type-options"] == "nosniff"
    lines = answer.text().replace("\r\n ", "").split("\r\n")
    assert f"SUMMARY:{SCRIPT_NAME}" in lines
    assert f"LOCATION:{SCRIPT_NAME}" in " ".join(lines)
    assert all(":" in line for line in lines if line)  # no name begins a line of its own


def test_the_moderators_read_hostile_words_as_text(page: Page, lively: Lively) -> None:
    page.goto(f"{lively.address}/admin/login")
    page.locator('[name="name"]').fill(lively.name)
    page.locator('[name="password"]').fill(lively.password)
    page.locator('button[type="submit"]').last.click()
    page.wait_for_selector("form[action*=logout]")
    seen = []
    for path in ("/admin", f"/admin/tickets/{lively.tickets[0]}", "/admin/proposals"):
        page.goto(lively.address + path)
        seen.append(page.locator("main").inner_text())
    page.goto(f"{lively.address}/admin/activities")
    seen.append(page.locator("main").inner_text())
    assert SCRIPT_NAME in seen[0]
    assert all(text in seen[1] for text in HOSTILE[:2])
    assert all(text in seen[2] for text in HOSTILE[:2])
    assert SCRIPT_NAME in seen[3]
    assert page.locator("main img, main script").count() == 0
