from __future__ import annotations

from datetime import datetime

import pytest

from data.hours import State, WorkCalendar, parse_hours, state_at
from web.labels.hours import opening_words, state_note, state_words
from web.languages import CHINESE, ENGLISH

CHINA = WorkCalendar.china()


@pytest.mark.parametrize(
    ("text", "moment", "zh", "en"),
    [
        ("8:00-21:00", "2026-09-23T10:00", "开放中，至 21:00", "Open until 21:00"),
        ("8:00-18:30", "2026-09-23T18:10", "18:30 关门", "Closes at 18:30"),
        ("8:00-18:30", "2026-09-23T06:00", "关门，8:00 开", "Closed, opens 8:00"),
        ("8:00-18:30", "2026-09-23T20:00", "关门，明早 8:00 开", "Closed, opens tomorrow 8:00"),
        ("14:00-18:30", "2026-09-23T20:00", "关门，明天 14:00 开", "Closed, opens tomorrow 14:00"),
        ("20:00-24:00", "2026-09-23T21:00", "开放中，至 24:00", "Open until 24:00"),
        ("22:00-次日6:00", "2026-09-23T23:00", "开放中，至 明早 6:00", "Open until tomorrow 6:00"),
        ("工作日 8:30-17:30", "2026-09-25T20:00", "关门，周一 8:30 开", "Closed, opens Mon 8:30"),
        (
            "工作日 8:30-17:30",
            "2026-09-30T20:00",
            "关门，10月8日 8:30 开",
            "Closed, opens 8 Oct 8:30",
        ),
        (
            "5月-9月 6:00-21:00",
            "2026-11-01T09:00",
            "关门，2027年5月1日 6:00 开",
            "Closed, opens 1 May 2027 6:00",
        ),
        ("24小时", "2026-09-23T10:00", "开放中，24 小时", "Open 24 h"),
        ("暂停开放", "2026-09-23T10:00", "暂停开放", "Closed for now"),
        ("看情况", "2026-09-23T10:00", "时间未知", "Hours not known"),
    ],
)
def test_the_sentence_of_a_state(text: str, moment: str, zh: str, en: str) -> None:
    when = datetime.fromisoformat(moment)
    state = state_at(parse_hours(text), when, calendar=CHINA)
    assert state_words(state, when, CHINESE) == zh
    assert state_words(state, when, ENGLISH) == en


def test_doubt_is_said_beside_the_state() -> None:
    assert "未公布" in state_note(State("open", holiday_unconfirmed=True), CHINESE)
    assert "may differ" in state_note(State("open", holiday_silent=True), ENGLISH)
    assert state_note(State("open"), CHINESE) == ""


def test_hours_are_written_in_the_language_of_the_page_and_unread_ones_as_they_came() -> None:
    hours = parse_hours("周一至周五8：00—18：00")
    assert opening_words(hours, CHINESE) == "周一至周五 8:00-18:00"
    assert opening_words(hours, ENGLISH) == "Mon–Fri 8:00–18:00"
    assert opening_words(parse_hours("看门卫"), ENGLISH) == "看门卫"
    assert opening_words(parse_hours(""), CHINESE) == "未登记"
