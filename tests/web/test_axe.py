"""Every page keeps axe's rules (WCAG 2.2 AA and good practice), in both languages and schemes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from data.database.proposals import Review
from data.report_book import ReportBook
from data.rounds import Round, Visit
from data.workspace import Workspace
from tests.data.photos.drawn import drawn, saved
from web.maps.city_map import map_of_workspace
from web.services.photos import take_photo
from web.services.rounds import rounds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

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
    "activities": ("/activities", _settle),
    "adopted": ("/adopted", _settle),
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
    "/admin/rounds",
    "/admin/rounds/{round}",
)


@pytest.fixture(scope="module")
def round_number(lively: Lively) -> int:
    """A round with a visit and its photo, photos that workers see, an accepted proposal."""
    workspace = Workspace.open(lively.folder)
    number = rounds_of(workspace).add(Round("西片", ("S1", "S2"), date(2027, 1, 5)), by="test")
    visit = Visit("S1", datetime.now(UTC), "n1", {"status": "open"}, note="门后")
    kept = rounds_of(workspace).add_visit(visit, by="test", round_id=number)
    photo = saved(drawn(), "JPEG")
    take_photo(workspace, photo, station="S1", by="test", visit=kept.id)
    for station in ("S0", "S1"):
        other = saved(drawn(480, 640), "JPEG")
        take_photo(workspace, other, station=station, by="test", caption="大门", public=True)
    proposals = ReportBook(workspace).proposals
    (proposed,) = proposals.proposals()
    proposals.answer(proposed.number, "采纳", by="test", accept=True)
    proposals.review(proposed.number, Review("quick_fix", award="best", published=True), by="test")
    return number


def _preview_of_many(page: Page) -> None:
    page.locator('select[name="which"]').select_option("found")
    page.locator('select[name="field"]').select_option("hours")
    page.locator('input[name="value"]').fill("7:00-21:00")
    page.locator('button[value="preview"]').click()
    page.wait_for_selector('button[value="save"]')


def _clash(page: Page, lively: Lively, *, theirs: str) -> None:
    """Save a form whose hours somebody else has changed since it was opened."""
    register = Workspace.open(lively.folder).register()
    register.observe("S1", {"hours": theirs}, source="operator", by="wang")
    page.locator('[name="hours"]').first.fill("6:00-12:00")
    page.locator('button[value="save"]').click()
    page.wait_for_selector('[name="keep.hours"]')


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("round_number")
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
    small: BrowserContext, lively: Lively, language: str, round_number: int
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
        where = path.format(ticket=lively.tickets[0], round=round_number)
        page.goto(f"{lively.address}{where}?lang={language}")
        if where.startswith("/admin/rounds/"):
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        found += [f"{where}, {line}" for line in _in_both_schemes(page)]
    page.goto(f"{lively.address}/admin/register?lang={language}")
    _preview_of_many(page)
    found += [f"preview of many, {line}" for line in _in_both_schemes(page)]
    page.goto(f"{lively.address}/admin/register/s/S1?lang={language}")
    _clash(page, lively, theirs="24小时" if language == "zh" else "9:00-20:00")
    found += [f"clash, {line}" for line in _in_both_schemes(page)]
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
