"""Signing up without a signal: it waits on the phone, arrives once, and the page says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.report_book import ReportBook
from data.workspace import Workspace

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from tests.web.conftest import Lively

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_sign_up_waits_for_a_signal_arrives_once_and_gets_its_number(
    phone: BrowserContext, lively: Lively
) -> None:
    sign_ups = ReportBook(Workspace.open(lively.folder)).sign_ups
    page = phone.new_page()
    page.goto(f"{lively.address}/activities")
    button = page.locator("[data-sign-up]")
    number = int(button.get_attribute("data-sign-up") or 0)
    phone.set_offline(True)
    button.click()
    page.locator("[role=status]", has_text="没有网络：已存在手机里").first.wait_for()
    assert (button.is_disabled(), sign_ups.counts().get(number, 0)) == (True, 0)
    lost = []
    page.route("**/api/sign_ups", lambda route: (lost.append(1), route.abort())[1], times=1)
    phone.set_offline(False)
    said = page.locator("[role=status]", has_text="已报名，编号")
    said.wait_for()
    assert lost == [1]
    assert sign_ups.counts()[number] == 1
    (ticket,) = page.evaluate("JSON.parse(localStorage['yizhan.tickets']).map((one) => one.ticket)")
    assert ticket in said.inner_text()
