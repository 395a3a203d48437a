"""Claims about a list that follows the person, the clock and the register while it is read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.clocks import china_noon
from tests.web.streets import LON, north, stand, stations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.web.streets import Street

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_COME_BACK = "document.dispatchEvent(new Event('visibilitychange'))"


def _first(page: Page) -> str | None:
    return page.locator(".stations .card").first.get_attribute("data-id")


def test_the_list_follows_the_person_and_leaves_the_focus_where_it_is(
    browser: Browser, street: Street
) -> None:
    page = stand(browser, street.address, at=china_noon())
    assert _first(page) == "day"
    page.locator('[data-id="evening"] a.station').focus()
    page.context.set_geolocation({"longitude": LON, "latitude": north(3.6)})
    minutes = page.locator('[data-id="always"] [data-slot="minutes"]')
    expect(minutes).to_have_text("约 7 分钟")
    assert _first(page) == "always"
    focus = "document.activeElement.closest('[data-id]').dataset.id"
    assert page.evaluate(focus) == "evening"
    assert "分钟前" not in page.locator("#where").inner_text()
    page.clock.set_fixed_time(china_noon() + timedelta(minutes=5))
    with page.expect_request("**/now.json"):  # who comes back is told what is so now
        page.evaluate(_COME_BACK)
    expect(page.locator("#where")).to_contain_text("5 分钟前的位置")
    page.clock.set_fixed_time(china_noon() + timedelta(days=2))
    page.evaluate(_COME_BACK)
    expect(page.locator("#data-date")).to_contain_text("（2 天前）")
    page.context.close()


def test_a_page_that_is_on_line_again_asks_for_what_changed(
    browser: Browser, street: Street
) -> None:
    page = stand(browser, street.address, at=china_noon())
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    street.workspace.replace_stations(stations(name="新的名字"))
    page.context.set_offline(False)
    name = page.locator('[data-id="day"] [data-slot="name"]')
    expect(name).to_have_text("新的名字")
    marks = page.locator(".leaflet-marker-icon.station-mark")
    expect(marks.first).to_have_attribute("aria-label", "新的名字")
    assert marks.count() == 5
    page.context.close()


def test_far_away_the_city_is_shown_with_no_time_to_it(browser: Browser, street: Street) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 640},
        geolocation={"longitude": 121.47, "latitude": 31.23},
        permissions=["geolocation"],
        service_workers="block",
    )
    page = context.new_page()
    page.clock.set_fixed_time(china_noon())
    page.goto(street.address)
    page.wait_for_selector(".leaflet-marker-icon")
    page.locator("#locate").click()
    expect(page.locator("#where")).to_contain_text("您不在本市")
    assert page.locator('[data-slot="minutes"]:visible').count() == 0
    assert page.locator("#search").is_visible()
    frame = page.locator("#map").bounding_box()
    assert frame is not None
    for mark in page.locator(".station-mark").all():
        box = mark.bounding_box()
        assert box is not None
        assert frame["y"] <= box["y"] <= frame["y"] + frame["height"]
    context.close()
