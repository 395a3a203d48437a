"""Claims about the marks of stations: a state shows without its colour, and says what is so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from data.stations import Stations
from data.workspace import Workspace
from geo.measure import Box
from tests.web.serving import served
from web.app import create_app
from web.design.markers import OVERLAYS, SIZES, STATES, kind_class, sprite
from web.languages import CHINESE, ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_LOOKS = """(states) => states.map((state) => {
  const mark = yizhan.mark({ kind: "station", state });
  document.body.append(mark);
  const style = getComputedStyle(mark);
  const value = (name) => style.getPropertyValue(name).trim();
  const looks = {
    state, filled: value("--mark-fill") === value("--mark"), fill: value("--mark-fill"),
    dashed: value("--dash") !== "" && value("--dash") !== "none",
    over: [...mark.querySelectorAll("use")].map((one) => one.getAttribute("href")).slice(1),
  };
  mark.remove();
  return looks;
})"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A city of three stations: one of unknown hours, one suspended, one open day and night."""
    folder = tmp_path_factory.mktemp("marks") / "city"
    workspace = Workspace.create(folder, name="示例", box=Box(116.7, 33.9, 116.9, 34.0))
    told = {
        "unknown": {"hours": ""},
        "suspended": {"hours": "24小时", "status": "suspended"},
        "open": {"hours": "24小时"},
    }
    workspace.replace_stations(
        Stations.from_records(
            [
                {
                    "id": name,
                    "name": f"站 {name}",
                    "kind": "station",
                    "lon": 116.78 + 0.01 * row,
                    "lat": 33.95,
                    **more,
                }
                for row, (name, more) in enumerate(told.items())
            ]
        )
    )
    with served(create_app(folder, testing=True)) as address:
        yield address


def opened(browser: Browser, address: str, *, scheme: str = "light") -> Page:
    context = browser.new_context(
        viewport={"width": 360, "height": 640},
        color_scheme=scheme,  # type: ignore[arg-type]  # "light" or "dark"
        service_workers="block",
    )
    page = context.new_page()
    page.goto(address)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_two_states_differ_by_their_colour_alone(
    browser: Browser, address: str, scheme: str
) -> None:
    page = opened(browser, f"{address}/", scheme=scheme)
    page.wait_for_selector(".card .mark")
    looks = {one["state"]: one for one in page.evaluate(_LOOKS, list(STATES))}
    shapes = {(one["filled"], one["dashed"], *one["over"]) for one in looks.values()}
    assert len(shapes) == len(STATES)
    assert {state for state, one in looks.items() if one["filled"]} == {"open", "soon"}
    assert {state for state, one in looks.items() if one["dashed"]} == {"unknown"}
    if scheme == "light":
        assert looks["unknown"]["fill"] == "#ffffff"
    page.context.close()


def test_every_overlay_is_in_the_sprite_and_drawn_by_the_script_too(
    browser: Browser, address: str
) -> None:
    assert all(f'id="{name}"' in sprite() for name in OVERLAYS.values())
    page = opened(browser, f"{address}/")
    page.wait_for_selector(".card .mark")
    looks = page.evaluate(_LOOKS, list(STATES))
    drawn = {one["state"]: one["over"][0] for one in looks if one["over"]}
    assert drawn == {state: f"#{name}" for state, name in OVERLAYS.items()}
    page.context.close()


def test_a_station_of_unknown_hours_is_not_drawn_as_an_open_one(
    browser: Browser, address: str
) -> None:
    page = opened(browser, f"{address}/")
    page.wait_for_selector(".card .mark")
    marks = {
        one: page.locator(f'.card:has(a[href*="/s/{one}"]) .mark').get_attribute("class") or ""
        for one in ("unknown", "suspended", "open")
    }
    for state, classes in marks.items():
        assert f"state-{state}" in classes
    page.context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_suspended_station_has_no_day_of_hours_served_or_filled_by_the_phone(
    browser: Browser, address: str, language: str
) -> None:
    t = CHINESE if language == "zh" else ENGLISH
    page = opened(browser, f"{address}/s/suspended?lang={language}")
    shell = page.request.get(f"{address}/s/?shell&lang={language}").text()
    said = []
    for filled in (False, True):
        if filled:
            page.route(
                "**/s/suspended*",
                lambda route: route.fulfill(body=shell, content_type="text/html"),
            )
            page.goto(f"{address}/s/suspended?lang={language}")
            page.wait_for_selector(".station-page:not([data-shell])")
        assert page.locator(".week tr").count() == 0
        assert page.locator(".week .bar-after").count() == 0
        none = page.locator('[data-slot="no-week"]')
        assert none.is_visible()
        said.append(none.inner_text())
        assert t.status("suspended") in said[-1]
        assert page.locator("#state").inner_text() == t.status("suspended")
    assert said[0] == said[1]
    page.context.close()


def test_an_open_station_has_its_seven_days(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}/s/open")
    assert page.locator(".week tr").count() == 7
    page.goto(f"{address}/s/unknown")
    assert re.search("未知", page.locator('[data-slot="no-week"]').inner_text())
    page.context.close()


def test_the_scripts_know_each_kind_and_its_size_by_the_page_and_take_others_for_stations(
    browser: Browser, address: str
) -> None:
    page = opened(browser, f"{address}/")
    page.wait_for_selector(".card .mark")
    kinds = [*SIZES, "bar", "amber", "nowhere"]
    told = page.evaluate(
        """(kinds) => kinds.map((kind) =>
          [yizhan.markSize(kind), yizhan.mark({ kind }).getAttribute("class").split(" ")[1]])""",
        kinds,
    )
    assert told == [[SIZES.get(kind, 18), kind_class(kind)] for kind in kinds]
    page.context.close()
