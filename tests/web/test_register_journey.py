"""Claims in a real browser: a station added, reported hours taken, many changed and undone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from data.workspace import Workspace
from web.services.effective import effective_of

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.web.conftest import Lively

NAME = "新站 <b>"


@pytest.fixture
def keeper(desk: BrowserContext, lively: Lively) -> Page:
    page = desk.new_page()
    page.goto(f"{lively.address}/admin/login")
    page.locator('[name="name"]').fill(lively.name)
    page.locator('[name="password"]').fill(lively.password)
    page.locator('button[type="submit"]').last.click()
    page.wait_for_selector("form[action*=logout]")
    return page


def test_a_station_that_is_added_on_the_map_is_on_the_phone(
    keeper: Page, phone: BrowserContext, lively: Lively
) -> None:
    keeper.goto(f"{lively.address}/admin/register/new")
    keeper.locator('[name="name"]').fill(NAME)
    keeper.locator('[name="id"]').fill("new")
    keeper.locator('[name="hours"]').fill("周一至周五 7:00-22:00")
    keeper.wait_for_selector(".hours-days tr:nth-child(14)")
    keeper.locator("#map canvas").first.wait_for()
    keeper.locator("#map").click()
    lon, lat = (float(keeper.locator(f'[name="{name}"]').input_value()) for name in ("lon", "lat"))
    keeper.locator('[name="facility.toilet"]').select_option("yes")
    keeper.locator('[value="save"]').click()
    keeper.wait_for_selector('.desk-done, [name="sure"], .desk-error')
    if keeper.locator('[name="sure"]').count():  # what the doctor asks of the place
        keeper.locator('[name="sure"]').click()
    keeper.wait_for_selector(".desk-done")
    made = Workspace.open(lively.folder).stations()
    assert made.lonlat[made.ids.index("new")].tolist() == [lon, lat]
    page = phone.new_page()
    page.goto(f"{lively.address}/s/new")
    assert page.locator("h1").inner_text().strip() == NAME
    assert "7:00–22:00" in page.locator('[data-slot="week"]').inner_text()


def test_what_is_saved_without_a_signal_is_kept_said_and_saved_later(
    keeper: Page, lively: Lively
) -> None:
    station = Workspace.open(lively.folder).stations().ids[0]
    address = f"{lively.address}/admin/register/s/{station}"

    def phone_number() -> str:
        frame = Workspace.open(lively.folder).stations().frame
        return str(frame.set_index("id").loc[station, "phone"])

    before, ticked = phone_number(), keeper.locator('[name="groups"]').last
    keeper.goto(address)
    was_ticked = ticked.is_checked()
    keeper.locator('[name="phone"]').fill("0561-777")
    ticked.set_checked(not was_ticked)
    keeper.context.set_offline(True)
    keeper.locator('[value="save"]').click()
    expect(keeper.locator("#unsent")).to_contain_text("存在这台手机上")
    assert phone_number() == before
    keeper.context.set_offline(False)
    keeper.goto(address)
    expect(keeper.locator("#unsent")).to_contain_text("已填回表单")
    expect(keeper.locator('[name="phone"]')).to_have_value("0561-777")
    expect(ticked).to_be_checked(checked=not was_ticked)
    keeper.locator('[value="save"]').click()
    keeper.wait_for_selector('.desk-done, [name="sure"]')
    if keeper.locator('[name="sure"]').count():
        keeper.locator('[name="sure"]').click()
    keeper.wait_for_selector(".desk-done")
    assert phone_number() == "0561-777"
    keeper.goto(address)
    expect(keeper.locator("#unsent")).to_be_hidden()


def test_reported_hours_are_taken_in_one_press(
    keeper: Page, phone: BrowserContext, lively: Lively
) -> None:
    before = effective_of(Workspace.open(lively.folder), unkept=lambda _: None).coverage.as_dict()
    page = phone.new_page()
    page.goto(f"{lively.address}/s/S6")
    page.locator('[data-what="new_hours"]').click()
    page.locator('[data-day="6"]').click()
    page.locator("#report-from").fill("06:00")
    page.locator("#report-to").fill("23:00")
    assert "周一至周六 6:00-23:00" in page.locator("#report-hours-said").inner_text()
    page.locator("#report-send").click()
    page.wait_for_selector("#report-said .ticket")
    number = page.locator("#report-said .ticket").inner_text()
    keeper.goto(f"{lively.address}/admin/tickets/{number}")
    keeper.locator("form[action*=settle] button").click()
    keeper.wait_for_selector(".desk-done")
    page.goto(f"{lively.address}/s/S6")
    assert "6:00–23:00" in page.locator('[data-slot="week"]').inner_text()
    after = effective_of(Workspace.open(lively.folder), unkept=lambda _: None).coverage.as_dict()
    assert json.dumps(after) != json.dumps(before)
    said = Workspace.open(lively.folder).register().evidence("S6")["hours"]
    assert (said.source, said.value) == ("workers", "周一至周六 6:00-23:00")


def test_many_are_changed_after_a_look_and_undone(keeper: Page, lively: Lively) -> None:
    keeper.goto(f"{lively.address}/admin/register?kind=driver_home&sort=id")
    ticks = keeper.locator('[name="station"]')
    ids = [ticks.nth(number).get_attribute("value") for number in range(ticks.count())]
    keeper.locator("#tick-all").check()
    keeper.locator('[name="field"]').select_option("hours")
    keeper.locator('[name="value"]').fill("7:00-21:00")
    keeper.locator('[value="preview"]').click()
    seen = keeper.locator(".changes").inner_text()
    assert re.fullmatch(rf"{len(ids)} 个站点：8:00-18:00 → 7:00-21:00", seen.strip())
    keeper.locator('[value="save"]').click()
    keeper.wait_for_selector(".desk-done")
    register = Workspace.open(lively.folder).register()
    assert {register.evidence(one)["hours"].value for one in map(str, ids)} == {"7:00-21:00"}
    keeper.locator("form[action*=undo] button").first.click()
    keeper.wait_for_selector(".desk-done")
    assert {register.evidence(one)["hours"].value for one in map(str, ids)} == {"8:00-18:00"}
    assert register.history(str(ids[0]))[-1].source == "undo"


def test_the_table_is_worked_by_keyboard(keeper: Page, lively: Lively) -> None:
    keeper.goto(f"{lively.address}/admin/register")
    keeper.keyboard.press("/")
    keeper.keyboard.type("yizhan00")
    keeper.keyboard.press("Enter")
    keeper.wait_for_url("**text=yizhan00*")
    assert keeper.locator("tbody tr").count() == 0
    keeper.goto(f"{lively.address}/admin/register?text=yizhan&sort=id")
    keeper.locator("tbody th a").first.focus()
    keeper.keyboard.press("ArrowDown")
    focused = keeper.evaluate("document.activeElement.textContent")
    assert focused == keeper.locator("tbody th a").nth(1).inner_text()
