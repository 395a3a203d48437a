"""Claims about the hours that a phone gets: its script says at any moment what the server says."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.hours import WorkCalendar, parse_hours, state_at
from data.stations import Stations
from tests.web.clocks import china_noon
from web.labels.hours import script_words, state_note, state_words
from web.labels.last_check import checked_words
from web.languages import CHINESE, ENGLISH
from web.stations.features import station_features, with_state
from web.stations.hours import DAYS, hours_properties

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from playwright.sync_api import Browser, BrowserContext

    from web.languages import Language

CHINA = WorkCalendar.china()
SCRIPT = Path(__file__).parents[2] / "web" / "static" / "opening.js"
TEXTS = (
    "24小时",
    "8:00-18:00",
    "22:00-次日6:00",
    "周一至周五 8:30-12:00，14:00-17:30",
    "工作日 8:30-17:30",
    "节假日休息，其他 9:00-24:00",
    "5月-9月 6:00-21:00",
    "周一至周日 8:00-22:00，节假日另行通知",
    "周一至周五 20:00-次日8:00，节假日另行通知",
    "节假日 9:00-17:00；工作日 8:00-18:00",
    "周二至周日 9:00-17:00（16:00停止入场），周一闭馆，节假日照常开放",
    "双休日 9:00-16:00，周一至周五 8:00-18:00",
    "周一 8:00-9:00",
    "暂停开放",
    "看情况",
    "",
)
FIRSTS = (date(2026, 9, 25), date(2026, 12, 24), date(2026, 11, 23))


def _moments(first: date) -> list[datetime]:
    random = np.random.default_rng(int(first.strftime("%j")))
    minutes = [0, 479, 480, 1079, 1080, 1051, 1439, 1440, DAYS * 1440 - 1]
    minutes += random.integers(0, DAYS * 1440, 40).tolist()
    midnight = datetime.combine(first, datetime.min.time())
    return [midnight + timedelta(minutes=minute) for minute in minutes]


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("t", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_the_phone_says_at_any_moment_of_a_fortnight_what_the_server_says(
    browser: Browser, t: Language
) -> None:
    page = browser.new_page(timezone_id="America/New_York")  # the phone's zone does not matter
    page.add_script_tag(path=SCRIPT)
    ask = """({cases, words}) => cases.map(([properties, moment]) => {
        const found = opening.state(properties, new Date(moment));
        return [opening.says(found, properties, words), opening.note(found, words)];
    })"""
    cases, truth = [], []
    for first in FIRSTS:
        for text in TEXTS:
            for moment in _moments(first):
                state = state_at(parse_hours(text), moment, calendar=CHINA)
                cases.append([hours_properties(text, first=first), f"{moment.isoformat()}+08:00"])
                truth.append([state_words(state, moment, t), state_note(state, t)])
    said = page.evaluate(ask, {"cases": cases, "words": script_words(t)})
    wrong = [row for row in zip(cases, said, truth, strict=True) if row[1] != row[2]]
    assert wrong[:3] == []
    page.close()


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_the_phone_says_how_fresh_a_word_is_and_nothing_after_a_fortnight(browser: Browser) -> None:
    page = browser.new_page()
    page.add_script_tag(path=SCRIPT)
    today = date(2026, 11, 23)
    days = [0, 1, 2, 59, 60, 61, 200, 730, 731, 2000]
    told = [(today - timedelta(days=number)).isoformat() for number in days]
    said = page.evaluate(
        """({told, words}) => told.map((checked_at) =>
            opening.checked({checked_at}, words, new Date("2026-11-23T20:00:00+08:00")))""",
        {"told": [*told, ""], "words": script_words(CHINESE)},
    )
    assert said == [checked_words(day, today, CHINESE) for day in [*told, ""]]
    held = hours_properties("8:00-18:00", first=today)
    late = "(p) => opening.markState({...p, status: 'open'}, new Date('2026-12-08T12:00+08:00'))"
    assert page.evaluate(late, held) == "unknown"
    page.close()


def test_an_interval_without_an_end_never_ends() -> None:
    assert hours_properties("24小时", first=FIRSTS[0])["hours_intervals"] == [[0, None]]
    assert hours_properties("看情况", first=FIRSTS[0])["hours_intervals"] is None
    assert hours_properties("暂停开放", first=FIRSTS[0])["hours_intervals"] == []


def test_the_next_opening_after_the_fortnight_is_among_the_intervals() -> None:
    spans = hours_properties("5月-9月 6:00-21:00", first=date(2026, 9, 25))["hours_intervals"]
    assert len(spans) == 7
    assert spans[-1][0] == ((date(2027, 5, 1) - date(2026, 9, 25)).days * 24 + 6) * 60


def test_days_in_doubt_are_named_where_there_are_any() -> None:
    plain = hours_properties("8:00-18:00", first=date(2026, 11, 23))
    assert set(plain) == {"hours_from", "hours_intervals"}
    silent = hours_properties("8:00-18:00", first=date(2026, 9, 25))
    assert 6 in silent["hours_silent"]  # 1 October
    unsettled = hours_properties("工作日 8:00-18:00", first=date(2026, 12, 24))
    assert unsettled["hours_unsettled"][0] == 4  # from 28 December
    assert "hours_silent" not in unsettled


def test_days_that_the_hours_leave_open_are_named_where_there_are_any() -> None:
    held = hours_properties("8:00-22:00，节假日另行通知", first=date(2026, 9, 25))
    # 25 to 27 September and 1 to 7 October are off.
    assert held["hours_unknown"] == [0, 1, 2, 6, 7, 8, 9, 10, 11, 12]
    assert held["hours_intervals"][0] == [3 * 1440 + 480, 3 * 1440 + 1320]
    assert "hours_silent" not in held
    assert "hours_unknown" not in hours_properties("8:00-22:00", first=date(2026, 9, 25))


def test_a_feature_says_its_state_at_a_moment_and_stays_as_it_was() -> None:
    stations = Stations.from_records(
        [
            {"id": "A", "name": "a", "kind": "station", "lon": 116.8, "lat": 33.9}
            | {"hours": "8:00-18:00", "checked_at": "2026-11-20"},
            {"id": "B", "name": "b", "kind": "station", "lon": 116.8, "lat": 33.9}
            | {"hours": "8:00-18:00", "status": "suspended"},
        ]
    )
    features = station_features(stations, (), first=date(2026, 11, 23))
    moment = datetime.fromisoformat("2026-11-23T17:40")
    soon, shut = (with_state(one, moment, CHINESE) for one in features)
    assert soon["properties"]["state"] == "soon"
    assert soon["properties"]["state_words"] == "18:00 关门"
    assert soon["properties"]["checked_words"] == "3 天前核对"
    assert shut["properties"]["state"] == "suspended"
    assert shut["properties"]["state_words"] == "暂停"
    assert shut["properties"]["checked_words"] == "未核对"
    assert "state_words" not in features[0]["properties"]


def test_the_list_says_state_and_freshness_without_a_script(client: FlaskClient) -> None:
    for path, words, never in (
        ("/", "时间未知|关门|开放中", "未核对"),
        ("/?lang=en", ".", "Not checked"),
    ):
        text = client.get(path).text
        body = text[: text.index("<template")]
        states = re.findall(r'data-slot="state" data-state="(\w+)">([^<]+)<', body)
        assert len(states) == body.count('<li class="card" data-id=')
        assert {mark for mark, _ in states} <= {"open", "soon", "closed", "unknown", "suspended"}
        assert any(re.search(words, said) for _, said in states)
        assert never in body


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_cards_and_the_planners_map_show_the_state_of_the_moment(
    phone: BrowserContext, desk: BrowserContext, address: str
) -> None:
    page = phone.new_page()
    page.clock.set_fixed_time(china_noon())
    page.goto(address)
    page.wait_for_selector("[data-ready~=list]")
    for card in page.locator(".stations .card").all():
        state = card.locator('[data-slot="state"]')
        mark = card.locator("h2 .mark").get_attribute("class") or ""
        assert f"state-{state.get_attribute('data-state')}" in mark
        assert state.inner_text()
    plan = desk.new_page()
    plan.goto(f"{address}/plan")
    plan.wait_for_selector(".station-mark .mark")
    classes = plan.locator(".station-mark .mark").evaluate_all(
        "all => all.map(one => one.classList.value)"
    )
    assert any("state-unknown" in one for one in classes)
