"""Claims about the map of a plan: every new site can be seen, and the legend is whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from web.languages import ENGLISH
from web.maps.city_map import city_map, contents_of

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from data.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def scattered_map(city: Workspace, tmp_path: Path) -> str:
    """The address of a map of the small city with a new site far to the north."""
    contents = contents_of(city)
    assert contents.plan is not None
    first, *others = contents.plan.sites
    far = replace(first, lat=contents.districts.box.top + 0.2)
    moved = replace(contents, plan=replace(contents.plan, sites=(far, *others)))
    city_map(moved, language=ENGLISH).save(tmp_path / "map.html")
    return (tmp_path / "map.html").as_uri()


def _unseen(page: Page) -> int:
    """Count the new sites whose mark is not whole inside the window."""
    return int(
        page.evaluate(
            "[...document.querySelectorAll('.leaflet-marker-icon .proposed')].filter((mark) => {"
            "const box = mark.getBoundingClientRect();"
            "return box.left < 0 || box.top < 0 || box.right > innerWidth ||"
            "box.bottom > innerHeight; }).length"
        )
    )


@pytest.mark.parametrize(("wide", "high"), [(360, 640), (1280, 800)])
def test_a_button_shows_every_new_site_while_one_lies_outside_of_the_map(
    browser: Browser, scattered_map: str, wide: int, high: int
) -> None:
    page = browser.new_page(viewport={"width": wide, "height": high})
    page.goto(scattered_map)
    button = page.get_by_role("button", name="Show all new sites")
    assert _unseen(page) >= 1
    button.click()
    button.wait_for(state="hidden")
    assert _unseen(page) == 0
    page.close()


def test_a_desk_shows_the_legend_whole(browser: Browser, scattered_map: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(scattered_map)
    legend = page.locator("details.legend")
    assert legend.evaluate("box => box.scrollHeight <= box.clientHeight")
    page.close()
