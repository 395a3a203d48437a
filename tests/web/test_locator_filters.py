"""Claims about the list on the phone: what is open on arrival, what is not known, what is kept."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from data.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CHINA = timezone(timedelta(hours=8))
READY = "[data-ready~=list]"
LOCATED = '[data-slot="minutes"]:visible'


def _today(hour: int, minute: int = 0) -> datetime:
    return datetime.now(CHINA).replace(hour=hour, minute=minute, second=0, microsecond=0)


def _list(context: BrowserContext, address: str, at: datetime) -> Page:
    page = context.new_page()
    page.clock.set_fixed_time(at)
    page.goto(address)
    page.wait_for_selector("[data-ready~=roads]")
    return page


def _count(page: Page, selector: str) -> int:
    return int(page.locator(f"{selector} .count").inner_text())


def test_open_on_arrival_counts_the_way_there(phone: BrowserContext, address: str) -> None:
    """At 17:58 a place that shuts at 18:00 and lies 5 minutes away does not count."""
    page = _list(phone, address, _today(17, 58))
    chip = 'button[data-filter="open"]'
    before = _count(page, chip)
    page.locator("#locate").click()
    page.wait_for_selector(LOCATED)
    minutes = page.locator('.stations [data-slot="minutes"]').first.inner_text()
    assert int(minutes.split()[0]) > 2
    assert before > 0
    assert _count(page, chip) == 0
    page.locator(chip).click()
    assert page.locator(".stations .subheading").count() == 1  # those whose hours are not known
    assert page.locator('.stations [data-state="unknown"]').count() >= 1


def test_what_is_not_known_stays_and_is_marked(
    phone: BrowserContext, address: str, city: Workspace
) -> None:
    page = _list(phone, address, _today(12))
    frame = city.stations().frame
    shown = frame[~frame["status"].isin(["closed", "planned"])]
    has = sum("toilet" in listed for listed in shown["facilities"])
    chip = page.locator('button[data-facility="toilet"]')
    chip.click()
    assert _count(page, 'button[data-facility="toilet"]') == has
    said = page.locator(".stations .subheading").inner_text()
    assert str(len(shown) - has) in said
    after = page.locator(".stations .subheading ~ .card")
    assert after.count() >= 1
    for card in after.all():
        assert "卫生间：有没有不知道" in card.locator('[data-slot="note"]').inner_text()


def test_at_night_a_place_open_by_day_does_not_count(phone: BrowserContext, address: str) -> None:
    page = _list(phone, address, _today(12))
    assert _count(page, 'button[data-filter="night"]') == 0
    assert _count(page, 'button[data-filter="open"]') > 0


def test_choices_are_kept_and_the_position_is_not(phone: BrowserContext, address: str) -> None:
    page = _list(phone, address, _today(12))
    page.locator("#locate").click()
    page.wait_for_selector(LOCATED)
    page.locator('button[data-facility="toilet"]').click()
    page.locator("#group").select_option("truck_driver")
    page.reload()
    page.wait_for_selector(READY)
    assert page.locator('button[data-facility="toilet"]').get_attribute("aria-pressed") == "true"
    assert page.locator("#group").input_value() == "truck_driver"
    assert page.locator('input[value="truck"]').is_checked()
    assert page.locator(LOCATED).count() == 0
    kept = json.loads(page.evaluate("JSON.stringify({...localStorage})"))
    assert set(kept) == {"yizhan.choices"}
    assert not {"116.78", "33.96"} & {part[:6] for part in kept["yizhan.choices"].split(",")}


def test_a_place_is_found_by_street_district_or_station(
    phone: BrowserContext, address: str
) -> None:
    page = _list(phone, address, _today(12))
    page.locator("#search-open").click()
    for text, kind in (("第3路", "街道"), ("西区", "区县"), ("驿站 05", "站点")):
        page.locator("#search").fill(text)
        found = page.locator("#found button").first
        found.wait_for()
        assert text in found.inner_text()
        assert kind in found.inner_text()
        found.click()
        page.wait_for_selector(LOCATED)
        assert "附近" in page.locator("#where").inner_text()
    page.locator("#search").fill("没有的地方")
    assert "没有找到" in page.locator("#found").inner_text()


def test_the_language_of_the_last_time_is_taken_up(phone: BrowserContext, address: str) -> None:
    page = phone.new_page()
    page.goto(f"{address}/?lang=en")
    page.goto(f"{address}/")
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator("a.language").click()
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.goto(f"{address}/")
    assert page.locator("html").get_attribute("lang") == "zh-CN"


def test_the_map_taken_once_is_that_of_the_button(phone: BrowserContext, address: str) -> None:
    page = phone.new_page()
    page.goto(f"{address}/s/S1")
    page.route("**/*baidu*", lambda route: route.abort())
    page.evaluate(
        "document.querySelector('[data-app=baidu]')"
        ".addEventListener('click', (event) => event.preventDefault())"
    )
    page.locator('[data-app="baidu"]').click()
    page.goto(address)
    page.wait_for_selector(READY)
    assert "api.map.baidu.com" in str(page.locator(".go").first.get_attribute("href"))
