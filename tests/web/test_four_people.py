"""Claims about four people on the page: rider, cleaner at four, trucker, reader of English.

Each goes by what the page tells a screen reader, its roles and names, and by nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.clocks import china_noon
from tests.web.streets import stand

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.web.streets import Street

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WECHAT = "Mozilla/5.0 (Linux; Android 8.1) AppleWebKit/537.36 Chrome/78 MicroMessenger/8.0.2"


def _first(page: Page) -> str:
    """What a screen reader says of the first station: its link, with all that the card tells."""
    link = page.get_by_role("main").get_by_role("listitem").first.get_by_role("link").first
    return re.sub(r"\s+", " ", link.inner_text()).strip()


def test_a_rider_saves_a_place_passes_it_on_and_finds_it_again(
    browser: Browser, street: Street
) -> None:
    page = stand(browser, street.address, at=china_noon())
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("combobox", name="我的工种").select_option("delivery_rider")
    assert page.get_by_role("radio", name="电动车").is_checked()
    assert re.match(r"day 约 \d+ 分钟 · 开放中，至 18:00", _first(page))
    page.get_by_role("link", name="day 约").click()
    page.get_by_role("button", name="收藏").click()
    expect(page.get_by_role("button", name="收藏")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="转给别人").click()
    expect(page.get_by_text("网址已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{street.address}/s/day"
    page.get_by_label("那时开着吗").fill(f"{china_noon():%Y-%m-%d}T18:30")
    expect(page.locator("#open-at-said")).to_have_text("18:30：关门，明早 8:00 开")
    page.get_by_role("link", name="全部站点").click()
    page.get_by_role("button", name="收藏 1").click()
    expect(page.locator(".stations .card")).to_have_count(1)
    # a list that was open all the while has it too, when one comes back to it
    page.evaluate("favourites.toggle('always')")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page.locator(".stations .card")).to_have_count(2)
    page.context.close()


def test_a_cleaner_at_four_is_led_to_what_is_open_then(browser: Browser, street: Street) -> None:
    page = stand(browser, street.address, at=china_noon().replace(hour=3, minute=58))
    page.get_by_role("combobox", name="我的工种").select_option("sanitation_worker")
    assert re.match(r"always 约 70 分钟 · 开放中，24 小时", _first(page))
    status = page.get_by_role("status").first
    expect(status).to_contain_text("1 公里内没有开着的站点。最近的在 4.0 公里外，步行 约 70 分钟。")
    assert page.get_by_role("heading", name="到时没开").is_visible()
    page.context.close()


def test_a_trucker_reads_first_what_trucks_come_for_and_what_map_apps_do_not_know(
    browser: Browser, street: Street
) -> None:
    page = stand(browser, street.address, at=china_noon(), agent=WECHAT)
    expect(page.get_by_text("在浏览器打开")).to_be_visible()  # who reads it inside an app
    expect(page.get_by_text("限高、限重")).to_be_hidden()
    page.get_by_role("combobox", name="我的工种").select_option("truck_driver")
    assert page.get_by_role("radio", name="货车").is_checked()
    expect(page.get_by_text("限高、限重")).to_be_visible()
    said = page.locator('.card [data-slot="facilities"]').first
    assert said.inner_text() == "货车停车位 · 淋浴 · 餐食 · 饮水"
    page.get_by_role("radio", name="步行").check()
    expect(page.get_by_text("限高、限重")).to_be_hidden()
    assert said.inner_text() == "饮水 · 货车停车位 · 淋浴 · 餐食"
    page.context.close()


def test_a_reader_of_english_has_english_from_the_first_page_to_the_last(
    browser: Browser, street: Street
) -> None:
    page = stand(browser, street.address, at=china_noon(), locale="en-GB")
    assert re.match(r"day about \d+ min · Open until 18:00", _first(page))
    page.get_by_role("link", name="day about").click()
    expect(page.get_by_role("heading", name="Hours of these seven days")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="All stations").click()
    expect(page.get_by_role("button", name="Saved 1")).to_be_visible()
    assert page.get_by_text("In WeChat").count() == 0
    page.context.close()
