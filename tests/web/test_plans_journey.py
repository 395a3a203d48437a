"""Claims in a real browser about the planner's workspace: asked, run, kept; axe finds nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from data.workspace import Workspace
from tests.web.admin.visits import PASSWORD
from tests.web.conftest import MONEY, THREE
from tests.web.serving import served
from tests.web.test_axe import _in_both_schemes
from web.app import create_app
from web.services.run_heart import worker_name
from web.services.run_work import work_once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def folder(planned_city: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(planned_city, tmp_path / "city"))


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    with served(create_app(folder, testing=True)) as where:
        yield where


@pytest.fixture
def page(desk: BrowserContext, address: str) -> Page:
    page = desk.new_page()
    page.goto(f"{address}/admin/login")
    page.locator('[name="name"]').fill("gui")
    page.locator('[name="password"]').fill(PASSWORD)
    page.locator('button[type="submit"]').last.click()
    page.wait_for_selector("form[action*=logout]")
    return page


def test_a_question_is_drawn_asked_answered_and_kept_as_a_scenario(
    page: Page, address: str, folder: Path
) -> None:
    page.goto(f"{address}/admin/plans/ask?of={MONEY}")
    page.wait_for_selector("#map canvas")
    page.locator('[data-draw="exclude"]').click()
    expect(page.locator("#plan-said")).to_contain_text("最后点回第一个角")
    box = page.locator("#map").bounding_box()
    assert box is not None
    corners = [(0.15, 0.4), (0.5, 0.4), (0.5, 0.6), (0.15, 0.4)]
    for x, y in corners:
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    expect(page.locator("#zones")).not_to_have_value("")
    [zone] = json.loads(page.locator("#zones").input_value())
    assert (zone["rule"], len(zone["ring"])) == ("exclude", 3)
    page.locator('[name="name"]').fill("从页面问的")
    page.locator('[name="money.1"]').fill("一百万")
    page.locator(".plan-run button").click()
    page.wait_for_selector('[name="money.1"][aria-invalid]')
    page.locator('[name="money.1"]').fill("1000000")
    page.locator(".plan-run button").click()
    page.wait_for_selector('#run[data-state="queued"]')
    worked = work_once(Workspace.open(folder), worker_name())
    assert worked is not None
    assert worked.state == "done"
    page.wait_for_selector('#run[data-state="done"]')
    expect(page.locator("tr[data-order]").first).to_be_visible()  # the page is loaded anew
    page.locator('button[value="keep"]').click()
    page.wait_for_selector(".desk-done")
    kept = Workspace.open(folder).scenarios().scenario("从页面问的")
    question = kept.question["question"]
    assert question["money"]["yuan_by_year"][0] == 1_000_000
    assert question["zones"] == [zone]
    expect(page.locator('.plan-tab[aria-current="page"]')).to_contain_text("从页面问的")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_in_the_planner_s_workspace(
    page: Page, address: str, language: str
) -> None:
    found = []
    for where in (
        "plans",
        f"plans/s/{MONEY}",
        f"plans/ask?of={MONEY}",
        f"plans/compare?of={MONEY}&of={THREE}",
    ):
        joint = "&" if "?" in where else "?"
        page.goto(f"{address}/admin/{where}{joint}lang={language}")
        page.wait_for_load_state("networkidle")
        found += [f"{where} {line}" for line in _in_both_schemes(page)]
    assert found == []
