from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.hours import (
    Hours,
    State,
    WorkCalendar,
    intervals,
    local_time,
    open_for,
    parse_hours,
    state_at,
    week_table,
)

CHINA = WorkCalendar.china()
DIFFERENT = (
    "8:00-18:00",
    "8:00-18:01",
    "8:00-12:00，14:00-18:00",
    "周一至周五 8:00-18:00",
    "周一至周六 8:00-18:00",
    "工作日 8:00-18:00",
    "8:00-18:00，节假日休息",
    "8:00-18:00，春节休息",
    "Mo-Su 08:00-18:00; Jul,Aug 08:00-20:00",
    "Mo-Su 08:00-18:00; Jul 08:00-20:00",
    "22:00-次日6:00",
    "24小时",
    "暂停开放",
)
WORK = parse_hours("工作日 8:30-12:00，14:00-17:30")
NIGHT = parse_hours("22:00-次日6:00")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _local(text: str) -> datetime:
    return local_time(_at(text))


@pytest.mark.parametrize(
    ("hours", "moment", "state"),
    [
        (WORK, "2026-09-30T09:00", State("open", until=_local("2026-09-30T12:00"))),
        (WORK, "2026-09-30T11:30", State("closes_soon", until=_local("2026-09-30T12:00"))),
        (WORK, "2026-09-30T11:29", State("open", until=_local("2026-09-30T12:00"))),
        (WORK, "2026-09-30T12:00", State("closed", next_open=_local("2026-09-30T14:00"))),
        (WORK, "2026-09-30T17:30", State("closed", next_open=_local("2026-10-08T08:30"))),
        (WORK, "2026-10-10T08:30", State("open", until=_local("2026-10-10T12:00"))),
        (NIGHT, "2026-09-30T03:00", State("open", until=_local("2026-09-30T06:00"))),
        (NIGHT, "2026-09-30T23:00", State("open", until=_local("2026-10-01T06:00"))),
        (parse_hours("24小时"), "2026-10-01T03:00", State("open")),
        (parse_hours("暂停开放"), "2026-10-01T03:00", State("closed")),
        (parse_hours("看情况"), "2026-09-30T09:00", State("unknown")),
        (parse_hours(""), "2026-09-30T09:00", State("unknown")),
        (
            parse_hours("5月-9月 6:00-21:00"),
            "2026-11-01T09:00",
            State("closed", next_open=_local("2027-05-01T06:00")),
        ),
        (
            parse_hours("周一至周日 8:00-18:00"),
            "2026-10-01T09:00",
            State("open", until=_local("2026-10-01T18:00"), holiday_silent=True),
        ),
        (
            parse_hours("8:00-18:00，全年无休"),
            "2026-10-01T09:00",
            State("open", until=_local("2026-10-01T18:00")),
        ),
    ],
)
def test_the_state_at_a_moment(hours: Hours, moment: str, state: State) -> None:
    assert state_at(hours, _at(moment), calendar=CHINA) == state


def test_an_aware_moment_is_brought_to_chinas_time() -> None:
    moment = datetime(2026, 9, 30, 1, 0, tzinfo=UTC)
    assert state_at(WORK, moment, calendar=CHINA) == state_at(
        WORK, _at("2026-09-30T09:00"), calendar=CHINA
    )


def test_a_year_without_a_notice_is_said_only_of_hours_that_depend_on_it() -> None:
    moment = _at("2040-07-04T09:00")
    assert state_at(WORK, moment, calendar=CHINA).holiday_unconfirmed
    plain = parse_hours("周一至周五 8:00-18:00")
    assert not state_at(plain, moment, calendar=CHINA).holiday_unconfirmed


def test_the_warning_covers_a_next_opening_in_a_year_without_a_notice() -> None:
    stated = CHINA.with_notice(2040, off={}, makeup=[])
    hours = parse_hours("1月-11月 工作日 8:00-18:00")
    state = state_at(hours, _at("2040-12-03T09:00"), calendar=stated)
    assert state.next_open is not None
    assert state.next_open.year == 2041
    assert state.holiday_unconfirmed


@pytest.mark.parametrize(
    ("hours", "arrive", "minutes", "answer"),
    [
        (WORK, "2026-09-30T11:00", 60, True),
        (WORK, "2026-09-30T11:00", 61, False),
        (WORK, "2026-09-30T12:30", 1, False),
        (parse_hours("24小时"), "2026-09-30T12:30", 10_000, True),
        (NIGHT, "2026-09-30T23:30", 390, True),
        (parse_hours("不详"), "2026-09-30T12:30", 1, None),
    ],
)
def test_open_on_arrival_and_for_long_enough(
    hours: Hours,
    arrive: str,
    minutes: int,
    answer: bool | None,  # noqa: FBT001 - a table's column
) -> None:
    assert open_for(hours, arrive=_at(arrive), minutes=minutes, calendar=CHINA) is answer


def test_intervals_join_at_midnight_and_the_last_may_pass_it() -> None:
    assert intervals(parse_hours("24小时"), calendar=CHINA, first=date(2026, 9, 1)) == (
        (0, 14 * 1440),
    )
    assert intervals(NIGHT, calendar=CHINA, first=date(2026, 9, 1), days=2) == (
        (0, 360),
        (1320, 1800),
        (2760, 3240),
    )
    assert intervals(parse_hours("不详"), calendar=CHINA, first=date(2026, 9, 1)) is None
    assert intervals(parse_hours("暂停开放"), calendar=CHINA, first=date(2026, 9, 1)) == ()
    with pytest.raises(ValueError, match="one day at least"):
        intervals(NIGHT, calendar=CHINA, first=date(2026, 9, 1), days=0)


_TEXTS = st.sampled_from(
    [
        "工作日 8:00-18:00",
        "22:00-次日6:00",
        "8:00-12:00，14:00-18:00",
        "周末休息，8:00-18:00",
        "24小时",
        "工作日 20:00-次日8:00；节假日 10:00-12:00",
        "夏季(5-9月) 6:00-21:00，其余 休息",
        "9:00-18:00，春节放假",
    ]
)


def test_on_a_day_that_the_hours_leave_open_the_state_is_not_known() -> None:
    hours = parse_hours("周一至周五 20:00-次日8:00，节假日另行通知")
    held = {
        text: state_at(hours, _at(text), calendar=CHINA)
        for text in ("2026-09-30T12:00", "2026-10-01T07:00", "2026-10-01T12:00", "2026-10-11T12:00")
    }
    assert [state.word for state in held.values()] == ["closed", "open", "unknown", "closed"]
    assert [state.days_unstated for state in held.values()] == [False, False, True, False]
    short = parse_hours("8:00-12:00，节假日另行通知")
    eve = state_at(short, _at("2026-09-30T13:00"), calendar=CHINA)
    assert eve == State("closed", next_open=_local("2026-10-08T08:00"), days_unstated=True)
    assert open_for(hours, arrive=_at("2026-10-01T12:00"), minutes=10, calendar=CHINA) is None


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ("双休日 9:00-16:00，周一至周五 8:00-18:00", True),
        ("周一至周五 8:00-18:00，周末 9:00-16:00", True),
        ("8:00-18:00（中午不休）", True),
        ("工作日 8:00-18:00", False),
        ("8:00-18:00，全年无休", False),
        ("Mo-Su,PH 08:00-18:00", False),
    ],
)
def test_hours_that_say_nothing_of_holidays_say_so_on_a_holiday(text: str, *, silent: bool) -> None:
    state = state_at(parse_hours(text), _at("2026-10-01T10:00"), calendar=CHINA)
    assert state.holiday_silent == silent


def test_the_last_entry_is_a_note_and_not_the_end() -> None:
    hours = parse_hours("9:00-17:00（16:30停止入馆，需刷卡进入）")
    assert hours.same_as(parse_hours("9:00-17:00"))
    assert [(note.kind, note.minute) for note in hours.notes] == [
        ("last_entry", 990),
        ("way_in", None),
    ]
    assert hours.to_chinese() == "9:00-17:00（16:30停止入馆，需刷卡进入）"
    assert hours.to_english() == "9:00–17:00 (last entry 16:30, 需刷卡进入)"
    held = {
        clock: state_at(hours, _at(f"2026-11-25T{clock}"), calendar=CHINA).word
        for clock in ("16:15", "16:29", "16:35", "17:00")
    }
    assert list(held.values()) == ["open", "open", "closes_soon", "closed"]


@given(text=_TEXTS, minutes=st.integers(0, 3 * 525_600))
def test_the_state_agrees_with_the_intervals_of_the_days_around(text: str, minutes: int) -> None:
    hours = parse_hours(text)
    if not hours.known:
        return
    moment = datetime(2024, 1, 1) + timedelta(minutes=minutes)  # noqa: DTZ001 - local time
    state = state_at(hours, moment, calendar=CHINA)
    first = moment.date() - timedelta(days=1)
    spans = intervals(hours, calendar=CHINA, first=first, days=3) or ()
    offset = (moment - datetime.combine(first, datetime.min.time())) / timedelta(minutes=1)
    assert (state.word in {"open", "closes_soon"}) == any(a <= offset < b for a, b in spans)


def test_a_plain_week_by_the_hour() -> None:
    table = week_table(parse_hours("周一至周五 8:30-17:30; 周六 9:00-12:00"))
    assert table is not None
    assert table.shape == (7, 24)
    assert table.sum(axis=1).tolist() == [9, 9, 9, 9, 9, 3, 0]
    assert np.flatnonzero(table[0]).tolist() == list(range(8, 17))
    assert not table.flags.writeable


def test_a_night_runs_into_the_next_morning_and_sunday_into_monday() -> None:
    table = week_table(parse_hours("周五、周日 22:00-次日2:00"))
    assert table is not None
    assert [tuple(map(int, cell)) for cell in np.argwhere(table)] == [
        (0, 0),
        (0, 1),
        (4, 22),
        (4, 23),
        (5, 0),
        (5, 1),
        (6, 22),
        (6, 23),
    ]


def test_a_plain_week_has_working_days_and_no_holiday() -> None:
    table = week_table(parse_hours("工作日 8:00-18:00；节假日 8:00-20:00；双休日 9:00-10:00"))
    assert table is not None
    assert table.sum(axis=1).tolist() == [10, 10, 10, 10, 10, 1, 1]


def test_a_week_asked_for_has_its_holidays_and_its_season() -> None:
    work = week_table(WORK, calendar=CHINA, on=date(2026, 10, 10))
    assert work is not None
    assert work.any(axis=1).tolist() == [False, False, False, True, True, True, False]
    season = parse_hours("夏季(5月-9月) 6:00-21:00 冬季(10月-4月) 7:00-20:00")
    always, summer = week_table(season), week_table(season, on=date(2026, 7, 1))
    assert always is not None
    assert summer is not None
    assert (int(always[0].sum()), int(summer[0].sum())) == (13, 15)
    assert week_table(parse_hours("不详")) is None


@pytest.mark.parametrize("one", DIFFERENT)
def test_hours_are_the_same_where_three_years_of_them_are(one: str) -> None:
    """What holds other claims together: hours that differ in a season or on a festival differ."""

    def three_years(text: str) -> object:
        return intervals(parse_hours(text), calendar=CHINA, first=date(2024, 1, 1), days=1096)

    assert parse_hours(one).known
    for other in DIFFERENT:
        same = parse_hours(one).same_as(parse_hours(other))
        assert same is (three_years(one) == three_years(other)) is (one == other), other


@pytest.mark.parametrize("text", ["看情况", "", "8:00-18:00"])
def test_hours_that_are_not_known_are_the_same_as_none(text: str) -> None:
    assert not parse_hours("看情况").same_as(parse_hours(text))
    assert not parse_hours(text).same_as(parse_hours("看情况"))
