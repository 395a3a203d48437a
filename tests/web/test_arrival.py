"""Claims about what a card says of the arrival, and about the order that follows from it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from data.china_time import CHINA_TIME, today_here
from data.hours import WorkCalendar, parse_hours, state_at
from tests.web.clocks import china_noon
from tests.web.streets import stand
from web.stations.hours import hours_properties

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.web.streets import Street

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

STATIC = Path(__file__).resolve().parents[2] / "web" / "static"
HOURS = ("8:00-18:00", "24小时", "22:00-次日6:00", "8:00-12:00，14:00-18:00", "")
SOON_MIN = 30


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(timezone_id="America/New_York")
    for name in ("opening.js", "leaving.js"):
        opened.add_script_tag(path=STATIC / name)
    yield opened
    opened.close()


def _on_arrival(page: Page, text: str, trips: list[tuple[datetime, int]]) -> list[dict[str, Any]]:
    """What the phone says of trips: when one sets out, and how many minutes it takes."""
    found: list[dict[str, Any]] = page.evaluate(
        """([hours, trips]) => trips.map(([leave, arrive]) =>
          opening.onArrival(hours, new Date(leave), new Date(arrive)))""",
        [
            hours_properties(text, first=today_here()),
            [
                [leave.isoformat(), (leave + timedelta(minutes=minutes)).isoformat()]
                for leave, minutes in trips
            ],
        ],
    )
    return found


def _today(clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return china_noon().replace(hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("clock", "minutes", "word", "told"),
    [
        ("17:55", 49, "shut", 0),
        ("17:00", 50, "left", 10),
        ("17:00", 60, "shut", 0),
        ("12:00", 49, "", 0),
        ("7:00", 49, "wait", 11),
        ("7:00", 20, "still", 0),
        ("7:50", 49, "opened", 0),
        ("19:00", 5, "still", 0),
    ],
)
def test_a_trip_to_a_place_open_from_eight_to_six(
    page: Page, clock: str, minutes: int, word: str, told: int
) -> None:
    found = _on_arrival(page, "8:00-18:00", [(_today(clock), minutes)])
    assert found == [{"word": word, "minutes": told}]


@pytest.mark.parametrize("text", HOURS)
def test_the_phone_says_of_each_trip_what_the_server_s_hours_say(page: Page, text: str) -> None:
    hours, calendar = parse_hours(text), WorkCalendar.china()
    trips = [
        (china_noon() + timedelta(minutes=37 * step), minutes)
        for step in range(60)
        for minutes in (1, 25, 49, 200)
    ]
    for (leave, minutes), said in zip(trips, _on_arrival(page, text, trips), strict=True):
        arrive = leave + timedelta(minutes=minutes)
        now, then = (state_at(hours, at, calendar=calendar) for at in (leave, arrive))
        open_now, open_then = (one.word in {"open", "closes_soon"} for one in (now, then))
        if "unknown" in {now.word, then.word}:
            assert said["word"] == ""
        elif open_then:
            left = None if then.until is None else (then.until - arrive) / timedelta(minutes=1)
            ends = left is not None and left <= SOON_MIN
            assert said["word"] == ("left" if ends else "" if open_now else "opened")
            assert said["minutes"] == (left if ends else 0)
        else:
            wait = None if then.next_open is None else then.next_open - arrive
            waits = wait is not None and wait <= timedelta(minutes=SOON_MIN)
            assert said["word"] == ("wait" if waits else "shut" if open_now else "still")


@pytest.mark.parametrize(
    ("clock", "hour", "hours_on"), [("12:00", 22, 10), ("22:00", 22, 24), ("3:14", 4, 46 / 60)]
)
def test_an_hour_to_set_out_at_is_the_next_one(
    page: Page, clock: str, hour: int, hours_on: float
) -> None:
    now = _today(clock)
    found = page.evaluate(f"leaving.next({hour}, {now.timestamp() * 1000})") / 1000
    assert found == pytest.approx((now + timedelta(hours=hours_on)).timestamp())


def _cards(page: Page) -> list[tuple[str, str]]:
    return [
        (str(card.get_attribute("data-id")), card.locator('[data-slot="arrival"]').inner_text())
        for card in page.locator(".stations .card").all()
    ]


def test_what_is_open_on_arrival_stands_first_and_each_card_says_what_one_finds(
    browser: Browser, street: Street
) -> None:
    page = stand(browser, street.address, at=_today("17:40"))
    assert _cards(page) == [
        ("evening", ""),
        ("always", ""),
        ("silent", ""),
        ("day", "到时已关门"),
        ("suspended", ""),
    ]
    headings = page.locator(".stations .subheading")
    assert headings.all_inner_texts() == ["到时开不开不确定", "到时没开"]
    page.locator("#leave").select_option("4")
    assert [name for name, _ in _cards(page)][:2] == ["always", "silent"]
    assert page.locator("#where").inner_text().startswith("明早 4:00 出发 · ")
    assert page.locator('[data-id="day"] [data-slot="state"]').inner_text() == "关门，8:00 开"
    page.context.close()
    night = stand(browser, street.address, at=_today("3:14"))
    assert next(name for name, _ in _cards(night)) == "always"
    assert "最近的在 4.0 公里外" in night.locator("#where").inner_text()
    night.context.close()


def test_the_day_of_the_clock_is_that_of_china() -> None:
    assert china_noon().astimezone(CHINA_TIME).date() == today_here()
