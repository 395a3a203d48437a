"""Claims in a real browser about the planner's workspace: asked, run, kept; axe finds nothing."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from data.workspace import Workspace
from planning.scenarios.forms import figures_of
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
    page.locator("details.why-here summary").first.click()
    expect(page.locator("details.why-here p").first).to_be_visible()
    # the area before and after, on two sides of a slider that keys move
    page.locator("#area-of").select_option("courier")
    expect(page.locator(".swipe-line")).to_be_visible(timeout=60_000)
    before = page.locator(".leaflet-before-pane")
    cut = before.get_attribute("style")
    page.locator("#swipe").press("Home")
    assert before.get_attribute("style") != cut
    page.locator("#plan-hours").scroll_into_view_if_needed()
    expect(page.locator(".hour-charts svg")).to_have_count(6)
    # why not here?
    page.locator("#map").scroll_into_view_if_needed()
    page.locator("#map").click(position={"x": 200, "y": 300})
    expect(page.locator(".leaflet-popup .near li").first).to_be_visible(timeout=60_000)
    page.locator(".leaflet-popup .near button").first.click()
    expect(page.locator('#run[data-state="queued"]')).to_be_visible()
    asked = Workspace.open(folder).database.runs().newest(limit=1)[0].question["question"]
    assert len(asked["required"]) == 1
    assert asked["zones"] == [zone]


def test_a_site_that_is_dragged_is_asked_for_again_and_a_link_keeps_the_view(
    page: Page, address: str, folder: Path
) -> None:
    page.goto(f"{address}/admin/plans/s/{MONEY}?view=116.8,33.95,13")
    mark = page.locator("#map .leaflet-marker-draggable").first
    expect(mark).to_be_visible(timeout=60_000)
    moved = str(mark.get_attribute("aria-label"))
    box = mark.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 20, steps=4)
    page.mouse.move(x + 60, y + 40, steps=4)
    page.mouse.up()
    expect(page.locator(".leaflet-popup h3")).to_have_text(f"把 {moved} 移到这里？")
    expect(page.locator(".leaflet-popup .near button").first).to_be_visible(timeout=60_000)
    # the address now names the part of the map, and whoever opens it sees the same
    expect(page).to_have_url(re.compile(r"[?&]view=116\.\d+%2C33\.\d+%2C13(&|$)"))
    page.locator(".leaflet-popup .near button").first.click()
    expect(page.locator('#run[data-state="queued"]')).to_be_visible()
    [run] = Workspace.open(folder).database.runs().newest(limit=1)
    asked = run.question["question"]
    order = int(moved.partition(" ")[0])
    action = figures_of(Workspace.open(folder).scenarios().scenario(MONEY)).actions[order - 1]
    assert [one["place"] for one in asked["forbidden"]] == [action.site_id]
    assert len(asked["required"]) == 1
    assert asked["required"] != asked["forbidden"]


def to(page: Page, selector: str) -> None:
    """Press Tab until a part of the page has the focus."""
    wanted = page.locator(f":is({selector}):focus")
    for _ in range(300):
        page.keyboard.press("Tab")
        if wanted.count():
            return
    raise AssertionError(f"no Tab leads to {selector}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_keys_alone_lead_from_an_empty_project_to_the_downloads(
    page: Page, address: str, folder: Path, language: str
) -> None:
    scenarios = Workspace.open(folder).scenarios()
    for name in scenarios.names():
        scenarios.delete(name, by="test")
    page.goto(f"{address}/admin/plans?lang={language}")
    to(page, 'a.button[href*="/plans/ask"]')
    page.keyboard.press("Enter")
    page.wait_for_selector(".plan-ask")
    to(page, '[name="name"]')
    page.keyboard.insert_text("不用鼠标")
    to(page, '[name="money.1"]')
    page.keyboard.insert_text("400000")
    to(page, ".floor-slide input")
    page.keyboard.press("End")
    for _ in range(180):  # from 100 % down to 10 %
        page.keyboard.press("ArrowLeft")
    assert page.locator('[name="floors.0.figure"]').input_value() == "10"
    to(page, "details:has(#zones) > summary")
    page.keyboard.press("Enter")
    to(page, '[name="drawn.corners"]')
    page.keyboard.insert_text("116.78,33.94\n116.79,33.94\n116.79,33.95")
    to(page, '[name="explain"]')
    page.keyboard.press("Space")
    to(page, ".plan-run button")
    page.keyboard.press("Enter")
    page.wait_for_selector('#run[data-state="queued"]')
    worked = work_once(Workspace.open(folder), worker_name())
    assert worked is not None
    assert worked.state == "done"
    page.wait_for_selector('#run[data-state="done"]')
    expect(page.locator("tr[data-order]").first).to_be_visible()
    to(page, 'button[value="keep"]')
    page.keyboard.press("Enter")
    page.wait_for_selector(".desk-done")
    kept = scenarios.scenario("不用鼠标").question["question"]
    assert [zone["rule"] for zone in kept["zones"]] == ["exclude"]
    assert [floor["least_share"] for floor in kept["floors"]] == [0.1]
    expect(page.locator("html")).to_have_attribute("lang", {"zh": "zh-CN"}.get(language, language))
    to(page, '.plan-files a[href*="actions.xlsx"]')
    with page.expect_download() as taken:
        page.keyboard.press("Enter")
    assert taken.value.suggested_filename == "actions.xlsx"


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
