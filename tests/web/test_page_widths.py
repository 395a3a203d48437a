"""Claims about how wide things are: nothing sticks out of a phone, tables fill their column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from tests.web.conftest import Lively

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGES = ("/", "/s/S0", "/s/S11", "/feedback", "/plan", "/report", "/nowhere", "/admin/login")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_is_wider_than_a_phone(
    phone: BrowserContext, lively: Lively, language: str
) -> None:
    page, wide = phone.new_page(), {}
    for path in PAGES:
        page.goto(f"{lively.address}{path}?lang={language}")
        page.wait_for_load_state("networkidle")
        wide[path] = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    assert {path: by for path, by in wide.items() if by > 0} == {}


def test_the_hours_of_a_week_fill_their_column_and_the_answers_two_rows(
    desk: BrowserContext, lively: Lively
) -> None:
    page = desk.new_page()
    page.goto(f"{lively.address}/s/S11?lang=en")
    page.wait_for_selector("table.week tr")
    table, row = (page.locator(part).first.bounding_box() for part in ("table.week", ".week tr"))
    assert table is not None
    assert row is not None
    assert row["width"] > 0.99 * table["width"]
    tops = page.evaluate(
        "[...document.querySelectorAll('.whats:not(.days) button')].map((one) => one.offsetTop)"
    )
    assert len(tops) == 6
    assert len(set(tops)) == 2
