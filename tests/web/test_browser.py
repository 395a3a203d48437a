"""Claims about the pages in a real Chromium: quiet, offline, readable, and safe from names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from tests.web.clocks import china_noon
from web.maps.city_map import map_of_workspace
from web.reports.pages import report_of

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

    from data.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PATHS = ("/", "/plan", "/report", "/nowhere", "/?lang=en", "/plan?lang=en", "/report?lang=en")
CANARY = ("116.784321", "33.961234", "116.78432", "33.96123")
_WATCH_CSP = (
    "addEventListener('securitypolicyviolation',"
    "event => { (window.violations ||= []).push(event.violatedDirective); });"
)


@dataclass
class Watched:
    """A page with everything that went wrong on it, and everything it asked for."""

    page: Page
    own: str
    faults: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    @property
    def foreign(self) -> list[str]:
        return [r.url for r in self.requests if not r.url.startswith((self.own, "data:", "blob:"))]

    def assert_quiet(self) -> None:
        assert self.faults == []
        assert self.foreign == []
        assert self.page.evaluate("window.violations || []") == []
        assert self.page.evaluate("window.broken") is None


def _open(context: BrowserContext, own: str, path: str = "") -> Watched:
    page = context.new_page()
    page.clock.set_fixed_time(china_noon())
    watched = Watched(page, own)
    page.add_init_script(_WATCH_CSP)
    page.on("request", lambda request: watched.requests.append(request))  # noqa: PLW0108 - Playwright marks the handler it is given, which a built-in method refuses
    page.on("pageerror", lambda error: watched.faults.append(str(error)))
    page.on(
        "console",
        lambda said: (
            watched.faults.append(said.text) if said.type in {"error", "warning"} else None
        ),
    )
    page.goto(own + path)
    return watched


def _note(watched: Watched, said: ConsoleMessage) -> None:
    if said.type in {"error", "warning"}:
        watched.faults.append(said.text)


def _too_wide(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.parametrize("path", PATHS)
def test_a_page_asks_nobody_else_and_breaks_no_rule(
    desk: BrowserContext, address: str, path: str
) -> None:
    watched = _open(desk, address, path)
    watched.page.wait_for_load_state("networkidle")
    if path == "/nowhere":  # Chromium reports the 404 itself
        watched.faults = [fault for fault in watched.faults if "404" not in fault]
    watched.assert_quiet()


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_wider_than_a_phone_even_at_double_size(
    phone: BrowserContext, address: str, path: str
) -> None:
    """200 % zoom on a phone of 360 px leaves 180 px for the page."""
    page = _open(phone, address, path).page
    for width in (360, 180):
        page.set_viewport_size({"width": width, "height": 640})
        assert _too_wide(page) <= 0


def test_the_list_is_readable_without_any_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator(".stations .card").count() > 5
    assert page.locator(".stations .card h2").first.is_visible()
    assert not page.locator("#map").is_visible()
    context.close()


def test_the_list_is_readable_before_the_map_has_come(phone: BrowserContext, address: str) -> None:
    page = phone.new_page()
    page.route("**/leaflet*", lambda route: route.abort())
    page.route("**/api/**", lambda route: route.abort())
    page.goto(address)
    assert page.locator(".stations .card h2").first.is_visible()


def test_stations_are_sorted_by_minutes_over_the_roads_and_five_fit_a_phone(
    phone: BrowserContext, address: str
) -> None:
    watched = _open(phone, address)
    page = watched.page
    page.wait_for_selector("[data-ready~=roads]")
    page.locator("#locate").click()
    page.wait_for_selector('[data-slot="minutes"]:visible')
    said = page.locator('.stations [data-slot="minutes"]').all_inner_texts()
    minutes = [int(re.sub(r"[^\d]", "", text)) for text in said]
    assert len(minutes) == 5
    assert minutes == sorted(minutes)
    assert not any(text.startswith("约") for text in said)
    box = page.locator(".stations .card").nth(4).bounding_box()
    assert box is not None
    assert box["y"] + 60 <= 640
    watched.assert_quiet()


def test_until_the_roads_have_come_minutes_are_about(phone: BrowserContext, address: str) -> None:
    page = phone.new_page()
    page.clock.set_fixed_time(china_noon())
    page.route("**/api/page/now.json", lambda route: route.abort())
    page.goto(address)
    page.wait_for_selector("#locate:visible")
    page.locator("#locate").click()
    page.wait_for_selector('[data-slot="minutes"]:visible')
    said = page.locator('.stations [data-slot="minutes"]').all_inner_texts()
    assert all(text.startswith("约") for text in said)
    assert "直线" in page.locator("#where").inner_text()


def test_the_position_goes_into_no_request(phone: BrowserContext, address: str) -> None:
    watched = _open(phone, address)
    page = watched.page
    page.locator("#locate").click()
    page.wait_for_selector('[data-slot="minutes"]:visible')
    page.locator('input[value="ebike"]').check()
    page.locator("#group").select_option("courier")
    page.locator("#map-size").click()
    page.wait_for_selector("[data-ready~=roads]")
    page.wait_for_load_state("networkidle")
    assert watched.requests
    for request in watched.requests:
        told = request.url + str(request.post_data) + str(request.headers)
        assert not any(part in told for part in CANARY)
    assert not any(part in page.url for part in CANARY)
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "yizhan.choices" in kept
    assert not any(part in kept for part in CANARY)


def test_a_tap_on_the_map_sorts_where_the_position_is_refused(
    desk: BrowserContext, address: str
) -> None:
    watched = _open(desk, address)
    page = watched.page
    page.wait_for_selector(".leaflet-marker-icon")
    page.locator("#locate").click()
    page.locator("#where", has_text="没有得到位置").wait_for()
    assert page.locator("#search").is_visible()
    page.locator("#map").click(position={"x": 30, "y": 300})
    page.wait_for_selector('[data-slot="minutes"]:visible')
    assert "所点位置" in page.locator("#where").inner_text()
    watched.assert_quiet()


def test_filters_say_how_many_remain_and_an_empty_list_speaks(
    phone: BrowserContext, address: str
) -> None:
    watched = _open(phone, address)
    page = watched.page
    page.wait_for_selector("button[data-facility]:visible")
    chip = page.locator('button[data-facility="toilet"]')
    n = int(chip.locator(".count").inner_text())
    chip.click()
    assert chip.get_attribute("aria-pressed") == "true"
    assert str(n) in page.locator("#where").inner_text()
    page.locator("#kind").select_option("driver_home")
    page.locator("#group").select_option("sanitation_worker")
    assert "没有符合条件的站点" in page.locator(".stations").inner_text()
    page.get_by_role("button", name="清除筛选").click()
    assert page.locator(".stations .card").count() == 5
    watched.assert_quiet()


def test_going_changes_with_the_mode(phone: BrowserContext, address: str) -> None:
    page = _open(phone, address).page
    page.wait_for_selector("#locate:visible")
    assert "mode=walk" in str(page.locator(".go").first.get_attribute("href"))
    page.locator('input[value="car"]').check()
    assert "mode=car" in str(page.locator(".go").first.get_attribute("href"))


def test_the_mode_follows_the_group_until_the_reader_chooses_one(
    phone: BrowserContext, address: str
) -> None:
    page = _open(phone, address).page
    page.wait_for_selector("#locate:visible")
    page.locator("#group").select_option("truck_driver")
    assert page.locator('input[value="truck"]').is_checked()
    assert "mode=car" in str(page.locator(".go").first.get_attribute("href"))
    page.locator('input[value="foot"]').check()
    page.locator("#group").select_option("courier")
    assert page.locator('input[value="foot"]').is_checked()


def test_far_from_the_city_the_page_says_so(browser: Browser, address: str) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 640},
        geolocation={"longitude": 121.47, "latitude": 31.23},
        permissions=["geolocation"],
    )
    watched = _open(context, address)
    watched.page.locator("#locate").click()
    watched.page.locator("#where", has_text="您不在本市").wait_for()
    said = re.search(r"(\d+) 公里外", watched.page.locator("#where").inner_text())
    assert said is not None
    assert 520 <= int(said[1]) <= 545  # by the cosine rule from 116.79 E 33.95 N
    watched.assert_quiet()
    context.close()


def test_the_band_of_a_sample_stays_above_a_map_in_full(
    phone: BrowserContext, address: str
) -> None:
    page = _open(phone, address).page
    page.wait_for_selector("#map-size:visible")
    page.locator("#map-size").click()
    band, shown = page.locator(".sample-band"), page.locator(".locator-map")
    assert page.evaluate("document.elementFromPoint(180, 8).className") == "sample-band"
    (above, below) = (band.bounding_box(), shown.bounding_box())
    assert above is not None
    assert below is not None
    assert above["y"] == 0
    assert above["height"] == below["y"]
    assert below["y"] + below["height"] == 640
    page.locator("#map-size").click()
    assert page.locator(".locator-map.full").count() == 0


def test_the_open_legend_lies_over_the_scale_on_a_phone(
    phone: BrowserContext, address: str
) -> None:
    page = _open(phone, address, "/plan").page
    page.wait_for_selector(".leaflet-control-scale")
    page.locator(".legend summary").click()
    page.locator(".planner-map").scroll_into_view_if_needed()
    box, room = page.locator(".legend").bounding_box(), page.locator(".planner-map").bounding_box()
    assert box is not None
    assert room is not None
    assert box["y"] >= room["y"]
    on_top = """element => { const { left, top, width, height } = element.getBoundingClientRect();
      const seen = document.elementFromPoint(left + width / 2, top + height / 2);
      return Boolean(seen.closest('.legend, .leaflet-control-scale')); }"""
    assert page.locator(".leaflet-control-scale").evaluate(on_top)
    corner = "e => { const b = e.getBoundingClientRect(); return !!document.elementFromPoint("
    corner += "b.right - 20, b.bottom - 10).closest('.legend'); }"
    assert page.locator(".legend").evaluate(corner)


def test_a_tables_caption_stays_while_the_table_is_scrolled(
    phone: BrowserContext, address: str
) -> None:
    page = _open(phone, address, "/report").page
    for caption in page.locator(".report .caption").all():
        box = caption.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
    assert page.locator(".report .scroll caption").count() == 0


def test_touch_targets_are_large_enough(phone: BrowserContext, address: str) -> None:
    page = _open(phone, address).page
    page.wait_for_selector("#locate:visible")
    for selector in (
        "#locate",
        ".segments label",
        ".chip",
        ".card .go",
        "#more",
        ".map-size",
        ".foot a",
        ".leaflet-control-zoom a",
    ):
        for box in [item.bounding_box() for item in page.locator(selector).all()]:
            assert box is None or box["height"] >= 44
    mark = page.locator(".station-mark .mark").first
    box = mark.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24


def test_a_touch_beside_a_mark_means_the_mark_and_escape_goes_back_step_by_step(
    phone: BrowserContext, address: str
) -> None:
    page = _open(phone, address).page
    page.wait_for_selector(".leaflet-marker-icon")
    page.locator("#map-size").click()
    box = page.locator(".station-mark").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + 18)
    page.wait_for_selector(".leaflet-popup")
    assert "所点位置" not in page.locator("#where").inner_text()
    page.keyboard.press("Escape")
    page.wait_for_selector(".leaflet-popup", state="detached")
    assert page.locator(".locator-map.full").count() == 1
    page.keyboard.press("Escape")
    assert page.locator(".locator-map.full").count() == 0
    assert page.evaluate("document.activeElement.id") == "map-size"


def test_hostile_names_are_text_in_list_popup_and_tooltip(
    desk: BrowserContext, address: str
) -> None:
    watched = _open(desk, address)
    page = watched.page
    page.wait_for_selector(".leaflet-marker-icon")
    page.evaluate("yizhan.shared.map.eachLayer(layer => layer.openTooltip && layer.openTooltip())")
    page.evaluate("yizhan.shared.map.eachLayer(layer => layer.openPopup && layer.openPopup())")
    assert (
        page.locator("h3 script, h3 img, .leaflet-popup script, .leaflet-tooltip img").count() == 0
    )
    name = "</script><img src=x onerror=window.broken=1>"
    assert page.get_by_text(name, exact=True).count() >= 1
    watched.assert_quiet()


@pytest.mark.parametrize("path", ["/plan", "file"])
def test_every_popup_of_the_planners_map_is_text(
    desk: BrowserContext, address: str, city: Workspace, tmp_path: Path, path: str
) -> None:
    own, where = address, path
    if path == "file":
        map_of_workspace(city).save(tmp_path / "map.html")
        own, where = "file://", str(tmp_path / "map.html")
    watched = _open(desk, own, where)
    page = watched.page
    page.wait_for_selector(".leaflet-marker-icon")
    seen = page.evaluate(
        """() => { const seen = []; yizhan.shared.map.eachLayer(layer => {
             if (!layer.getPopup || !layer.getPopup()) return;
             layer.openTooltip(); layer.openPopup();
             seen.push(layer.getPopup().getElement().querySelector('h3').textContent);
           }); return seen; }"""
    )
    assert "{{ 7*7 }} {% raw %}" in seen
    assert "${window.broken=1} `tick`" in seen
    assert page.locator(".leaflet-popup img, .district-label img").count() == 0
    watched.assert_quiet()


def test_the_map_is_one_file_that_opens_with_no_network(
    desk: BrowserContext, city: Workspace, tmp_path: Path
) -> None:
    map_of_workspace(city).save(tmp_path / "map.html")
    desk.set_offline(True)
    watched = _open(desk, "file://", str(tmp_path / "map.html"))
    page = watched.page
    page.wait_for_selector(".leaflet-marker-icon")
    assert page.locator(".mark.proposed").count() >= 3
    assert page.locator(".leaflet-control-scale-line").is_visible()
    assert page.locator(".legend").is_visible()
    layers = page.locator(".leaflet-control-layers-overlays label")
    page.locator(".leaflet-control-layers").hover()
    assert layers.count() == 6
    watched.assert_quiet()


def test_the_planners_table_leads_to_the_map(desk: BrowserContext, address: str) -> None:
    watched = _open(desk, address, "/plan")
    page = watched.page
    page.wait_for_selector(".leaflet-marker-icon")
    page.locator('tr[data-site="2"]').click()
    page.wait_for_selector(".leaflet-popup")
    assert "第 2 个新站" in page.locator(".leaflet-popup").inner_text()
    watched.assert_quiet()


def test_the_map_follows_the_readers_scheme(desk: BrowserContext, address: str) -> None:
    page = _open(desk, address, "/plan").page
    page.wait_for_selector(".leaflet-marker-icon")
    colour = """() => { let found; yizhan.shared.map.eachLayer(layer => {
      if (layer.options.ink === 'accent') found = layer.options.color; }); return found; }"""
    light = page.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    assert light == "#0b6e4f"
    for _attempt in range(50):  # the page repaints when it is told of the change
        if page.evaluate(colour) == "#4fc49a":
            break
        page.wait_for_timeout(100)
    assert page.evaluate(colour) == "#4fc49a"


def _printed_pages(context: BrowserContext, html: str, file: Path) -> int:
    file.write_text(html, encoding="utf-8")
    watched = _open(context, "file://", str(file))
    pdf = watched.page.pdf(prefer_css_page_size=True)
    watched.assert_quiet()
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_the_report_prints_on_a_few_pages_none_of_them_empty(
    desk: BrowserContext, city: Workspace, tmp_path: Path
) -> None:
    """The band of a sample once pushed the report to a second page, behind an empty first."""
    real = replace(city, settings=replace(city.settings, sample=False))
    pages = _printed_pages(desk, report_of(city).html(), tmp_path / "sample.html")
    assert 2 <= pages <= 6
    assert pages == _printed_pages(desk, report_of(real).html(), tmp_path / "real.html")
