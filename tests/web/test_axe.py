"""Every page keeps axe's rules (WCAG 2.2 AA and good practice), in both languages and schemes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from web.maps.city_map import map_of_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from data.workspace import Workspace
    from tests.conftest import Cli
    from tests.web.conftest import Lively

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# axe leaves the rules of WCAG 2.2 out unless it is asked for them.
OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
SCRIPT = Axe().axe_script
LANGUAGES = ("zh", "en")
PHONE = {"width": 360, "height": 640}


def _violations(page: Page) -> list[str]:
    """Say what axe finds: rule, weight, element, and why."""
    if page.evaluate("typeof axe") == "undefined":  # half a megabyte, once a page is enough
        page.evaluate(SCRIPT)
    told: list[dict[str, Any]] = page.evaluate(
        "(options) => axe.run(options).then((found) => found.violations)", OPTIONS
    )
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:160]}"
        f" - {node.get('failureSummary', '')}"
        for rule in told
        for node in rule["nodes"]
    ]


def _in_both_schemes(page: Page) -> list[str]:
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{scheme}: {line}" for line in _violations(page)]
    return found


@pytest.fixture
def small(browser: Browser) -> Iterator[BrowserContext]:
    """A phone whose position is known; half of the claims are about it, half about a desk."""
    context = browser.new_context(
        viewport=PHONE,
        geolocation={"longitude": 116.784321, "latitude": 33.961234},
        permissions=["geolocation"],
    )
    yield context
    context.close()


def _settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")


def _listed(page: Page) -> None:
    page.wait_for_selector("[data-ready~=map]")


def _found(page: Page) -> None:
    """Use the list: a position, a filter, the search, a popup."""
    _listed(page)
    page.locator("#locate").click()
    page.wait_for_selector('[data-slot="minutes"]:visible')
    page.locator('button[data-facility="toilet"]').click()
    page.locator("#search-open").click()
    page.locator("#search").fill("驿站")
    page.wait_for_selector("#found button")
    page.evaluate("document.querySelector('.leaflet-marker-icon.station-mark').click()")
    page.wait_for_selector(".leaflet-popup")


def _reporting(page: Page) -> None:
    page.locator('[data-what="broken"]').click()
    page.wait_for_selector("#report-facility:visible")


PAGES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "list": ("/", _found),
    "station": ("/s/S0", _reporting),
    "feedback": ("/feedback", _settle),
    "planner": ("/plan", _settle),
    "report": ("/report", _settle),
    "error": ("/nowhere", _settle),
    "login": ("/admin/login", _settle),
}
DESK = (
    "/admin",
    "/admin/tickets/{ticket}",
    "/admin/proposals",
    "/admin/activities",
    "/admin/register",
    "/admin/register/s/S1",
    "/admin/register/edits",
    "/admin/audit",
)


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_on_a_page(small: BrowserContext, lively: Lively, name: str) -> None:
    path, use = PAGES[name]
    found = []
    for language in LANGUAGES:
        page = small.new_page()
        page.goto(f"{lively.address}{path}?lang={language}")
        use(page)
        found += [f"{language}, {line}" for line in _in_both_schemes(page)]
        page.close()
    assert not found, "\n".join(found)


def test_axe_finds_nothing_on_the_list_and_the_plan_of_a_wide_screen(
    desk: BrowserContext, lively: Lively
) -> None:
    page = desk.new_page()
    for path in ("/", "/plan"):
        page.goto(lively.address + path)
        page.wait_for_selector(".leaflet-marker-icon")
        found = _in_both_schemes(page)
        assert not found, "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_at_the_moderators_desk(
    small: BrowserContext, lively: Lively, language: str
) -> None:
    page = small.new_page()
    page.goto(f"{lively.address}/admin/login?lang={language}")
    page.locator('[name="name"]').fill(lively.name)
    page.locator('[name="password"]').fill("wrong")
    page.locator('button[type="submit"]').last.click()
    page.wait_for_selector('[role="alert"]')
    found = _in_both_schemes(page)
    page.locator('[name="name"]').fill(lively.name)
    page.locator('[name="password"]').fill(lively.password)
    page.locator('button[type="submit"]').last.click()
    page.wait_for_selector("form[action*=logout]")
    for path in DESK:
        where = path.format(ticket=lively.tickets[0])
        page.goto(f"{lively.address}{where}?lang={language}")
        found += [f"{where}, {line}" for line in _in_both_schemes(page)]
    assert not found, "\n".join(found)


def test_axe_finds_nothing_in_the_files_that_the_commands_write(
    small: BrowserContext, city: Workspace, cli: Cli, tmp_path: Path
) -> None:
    register = tmp_path / "register.csv"
    rows = "S1,=1+1,驿站,116.784,33.961\nS1,乙,驿站,33.961,116.784\n"
    register.write_text(f"编号,名称,类型,经度,纬度\n{rows}", encoding="utf-8")
    made = [tmp_path / f"check-{language}.html" for language in LANGUAGES]
    for language, file in zip(LANGUAGES, made, strict=True):
        words = ("stations", "check", register, "-w", city.folder, "--datum", "wgs84")
        cli(*words, "--lang", language, "-o", file)
    map_of_workspace(city).save(tmp_path / "map.html")
    page, found = small.new_page(), []
    for file in (*made, tmp_path / "map.html"):
        page.goto(f"file://{file}")
        found += [f"{file.name}, {line}" for line in _in_both_schemes(page)]
    assert not found, "\n".join(found)
