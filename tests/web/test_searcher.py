"""Claims about the thread that searches the ways, and what it leaves to the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.clocks import china_noon

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_exact_times_come_from_a_thread_of_their_own(phone: BrowserContext, address: str) -> None:
    phone.clock.set_fixed_time(china_noon())
    page = phone.new_page()
    page.goto(address)
    page.wait_for_selector("[data-ready~=roads]")
    page.locator("#locate").click()
    minutes = page.locator('.card [data-slot="minutes"]')
    expect(minutes.first).not_to_have_text("")
    assert all("约" not in text for text in minutes.all_inner_texts())
    assert [worker.url.partition("/bundle/")[2][:8] for worker in page.workers] == ["searcher"]
    assert page.evaluate("typeof Pocket") == "undefined"  # the page itself cannot search
    before = minutes.first.inner_text()
    page.locator('label:has(input[value="ebike"])').click()
    expect(minutes.first).not_to_have_text(before)
    assert all("约" not in text for text in minutes.all_inner_texts())
