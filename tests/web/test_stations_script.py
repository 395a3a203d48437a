"""Claims about the stations on the phone: what is known of each against a wish."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from data.stations import Stations
from data.workspace import Workspace
from geo.measure import Box
from web.app import create_app
from web.languages import CHINESE, ENGLISH
from web.locator.labels import script_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from web.languages import Language

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

STATIC = Path(__file__).resolve().parents[2] / "web" / "static"
RECORD = {"name": "站", "kind": "station", "lon": 116.8, "lat": 33.95}
YES, UNKNOWN, NO = 1, 0, -1
HOURS = {
    "always": "24小时",
    "day": "8:00-18:00",
    "night": "22:00-次日6:00",
    "short": "22:00-次日5:00",
    "silent": "",
    "shut": "24小时",
}


@pytest.fixture
def file(tmp_path: Path) -> dict[str, Any]:
    """The stations as the phone fetches them; "shut" is suspended, whatever its hours say."""
    workspace = Workspace.create(tmp_path / "city", name="示例", box=Box(116.7, 33.9, 116.9, 34.0))
    records = [
        RECORD
        | {"id": name, "hours": text, "status": "suspended" if name == "shut" else "open"}
        | {"facilities": ("toilet",), "facilities_broken": ("microwave",)}
        | {"facilities_absent": ("aed",), "checked_at": "2026-05-01"}
        for name, text in HOURS.items()
    ]
    workspace.replace_stations(Stations.from_records(records))
    client = create_app(workspace.folder, testing=True).test_client()
    fetched: dict[str, Any] = client.get(client.get("/api/page/now.json").json["stations"]).json
    return fetched


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(timezone_id="America/New_York")
    for name in ("opening.js", "stations.js"):
        opened.add_script_tag(path=STATIC / name)
    yield opened
    opened.close()


def ask(page: Page, file: dict[str, Any], wish: str, *more: object) -> dict[str, Any]:
    """What a wish comes to, by station."""
    found: dict[str, Any] = page.evaluate(
        f"""([file, ...more]) => Object.fromEntries(
          Stations.read(file).map((station) => [station.id, ({wish})(station, ...more)]))""",
        [file, *more],
    )
    return found


def test_what_is_broken_is_as_little_there_as_what_is_absent(
    page: Page, file: dict[str, Any]
) -> None:
    found = {
        word: ask(page, file, "Stations.hasFacility", file["facilities"].index(word))["always"]
        for word in ("toilet", "microwave", "aed", "wifi")
    }
    assert found == {"toilet": YES, "microwave": NO, "aed": NO, "wifi": UNKNOWN}


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("12:00", {"always": YES, "day": YES, "night": NO, "short": NO}),
        ("23:00", {"always": YES, "day": NO, "night": YES, "short": YES}),
    ],
)
def test_a_suspended_station_is_not_open_and_one_without_hours_may_be(
    page: Page, file: dict[str, Any], clock: str, expected: dict[str, int]
) -> None:
    moment = f"{file['day']}T{clock}:00+08:00"
    wish = "(station, moment) => Stations.isOpenAt(station, new Date(moment))"
    assert ask(page, file, wish, moment) == {**expected, "silent": UNKNOWN, "shut": NO}


@pytest.mark.parametrize("clock", ["12:00", "23:00", "02:00", "05:30"])
def test_open_at_night_is_open_until_six_of_the_night_that_is_or_comes(
    page: Page, file: dict[str, Any], clock: str
) -> None:
    moment = f"{file['day']}T{clock}:00+08:00"
    wish = "(station, moment) => Stations.isOpenAtNight(station, new Date(moment))"
    expected = {"always": YES, "day": NO, "night": YES, "short": NO}
    assert ask(page, file, wish, moment) == {**expected, "silent": UNKNOWN, "shut": NO}


@pytest.mark.parametrize(
    ("unknown", "now", "night"),
    [([0], UNKNOWN, UNKNOWN), ([0, 1], UNKNOWN, UNKNOWN), ([1], NO, NO)],
    ids=["today", "today and tomorrow", "tomorrow"],
)
def test_a_day_that_the_hours_leave_open_may_be_open(
    page: Page, file: dict[str, Any], unknown: list[int], now: int, night: int
) -> None:
    place = file["columns"]["hours"][file["columns"]["id"].index("day")]
    late = [[2 * 1440 + 480, 2 * 1440 + 1080]]  # what is known opens the day after tomorrow
    file["hours"][place] = {"hours_intervals": late, "hours_unknown": unknown}
    moment = f"{file['day']}T12:00:00+08:00"
    for wish, expected in (("isOpenAt", now), ("isOpenAtNight", night)):
        asked = f"(station, moment) => Stations.{wish}(station, new Date(moment))"
        assert ask(page, file, asked, moment)["day"] == expected


def test_the_newest_word_is_the_registers_or_a_workers(page: Page, file: dict[str, Any]) -> None:
    standing = {"always": {"confirmed_at": "2026-11-20"}, "day": {"confirmed_at": "2026-04-01"}}
    told = ask(page, {**file, "standing": standing}, "(station) => station.checked_at")
    assert (told["always"], told["day"], told["night"]) == ("2026-11-20", *["2026-05-01"] * 2)


@pytest.mark.parametrize(
    ("language", "n", "said"),
    [
        (ENGLISH, 0, "Near you · 0 stations"),
        (ENGLISH, 1, "Near you · 1 station"),
        (ENGLISH, 2, "Near you · 2 stations"),
        (CHINESE, 1, "我的位置附近 · 1 个站点"),
    ],
)
def test_the_phone_says_one_station_of_one(
    page: Page, language: Language, n: int, said: str
) -> None:
    words = script_words(language)["from_here"]
    page.evaluate("(tag) => { document.documentElement.lang = tag; }", language.tag)
    page.add_script_tag(path=STATIC / "list_words.js")
    fill = "([words, n]) => listWords({ words: {} }, {}).fill(words, { n })"
    assert page.evaluate(fill, [words, n]) == said
