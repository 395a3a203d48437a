"""Claims about words for days side by side: they narrow each other, or the text is unknown."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.hours import WorkCalendar, intervals, parse_hours, unknown_days
from tests.data.hours.notices import Notices, read_notices

if TYPE_CHECKING:
    from collections.abc import Callable

CHINA = WorkCalendar.china()
NOTICES = read_notices()
NOON = 720


def _open_at(text: str, day: date, minute: int = NOON) -> bool | None:
    """Whether the place is open at a minute of a day; None: not known."""
    hours = parse_hours(text)
    if not hours.known or unknown_days(hours, calendar=CHINA, first=day, days=1):
        return None
    spans = intervals(hours, calendar=CHINA, first=day, days=1) or ()
    return any(start <= minute < end for start, end in spans)


NATIONAL_DAY = date(2026, 10, 1)  # a Thursday
HOLIDAY_MONDAY = date(2026, 10, 5)
WORKED_SATURDAY = date(2026, 10, 10)
MONDAY = date(2026, 11, 9)
SATURDAY = date(2026, 11, 14)
SUNDAY = date(2026, 11, 15)


@pytest.mark.parametrize(
    ("text", "day", "is_open"),
    [
        # The same days said twice: not open on National Day, open on the Saturday worked for it.
        ("周一至周五工作日10:00-15:00", NATIONAL_DAY, False),
        ("周一至周五工作日10:00-15:00", MONDAY, True),
        ("周一至周五工作日10:00-15:00", WORKED_SATURDAY, True),
        ("工作日周一至周五上午8:00-11:45，下午12:00-16:00", NATIONAL_DAY, False),
        ("工作日周一至周五上午8:00-11:45，下午12:00-16:00", WORKED_SATURDAY, True),
        ("工作日（周一至周五）10:00-15:00", NATIONAL_DAY, False),
        ("工作日（周一至周五）10:00-15:00", SATURDAY, False),
        ("周一至周五（工作日）10:00-15:00", NATIONAL_DAY, False),
        ("工作日（周一、三、五）10:00-15:00", MONDAY, True),
        ("工作日（周一、三、五）10:00-15:00", HOLIDAY_MONDAY, False),
        ("每天（周一至周六）10:00-15:00", SUNDAY, False),
        ("双休日（周六、周日）10:00-15:00", SATURDAY, True),
        ("法定节假日（春节、国庆）10:00-15:00", NATIONAL_DAY, True),
        # A closed weekday that a holiday opens: ordinary days are open all the year.
        ("周一闭馆，遇节假日开放，10:00-16:00", MONDAY, False),
        ("周一闭馆，遇节假日开放，10:00-16:00", SATURDAY, True),
        ("周一闭馆，遇节假日开放，10:00-16:00", HOLIDAY_MONDAY, True),
        ("周一闭馆，遇节假日开放，10:00-16:00", NATIONAL_DAY, True),
        ("周二至周日 10:00-16:30；遇法定节假日周一除外", SATURDAY, True),
        ("周二至周日 10:00-16:30；遇法定节假日周一除外", NATIONAL_DAY, True),
        ("周二至周日 10:00-16:30；遇法定节假日周一除外", HOLIDAY_MONDAY, None),
        ("周二至周日 10:00-16:30；遇法定节假日周一除外", MONDAY, False),
        ("周二至周日10:00-16:00，周一闭馆（法定节假日除外）", HOLIDAY_MONDAY, True),
        ("周二至周日10:00-16:00，周一闭馆（法定节假日除外）", NATIONAL_DAY, True),
        ("周二至周日10:00-16:00，周一闭馆（法定节假日除外）", MONDAY, False),
        ("周二至周日10:00-16:00，周一（法定节假日除外）闭馆", HOLIDAY_MONDAY, True),
        ("除国定假日外，每周一闭馆，10:00-16:00", NATIONAL_DAY, True),
        ("除国定假日外，每周一闭馆，10:00-16:00", HOLIDAY_MONDAY, True),
        ("周二至周日10:00-16:00，周一闭馆，节假日照常开放", HOLIDAY_MONDAY, None),
        ("周二至周日10:00-16:00，周一闭馆，节假日照常开放", SATURDAY, True),
        ("10:00-16:00，周日休息，节假日除外", NATIONAL_DAY, None),
        ("10:00-16:00，周日休息，节假日除外", MONDAY, True),
        ("周一至周五10:00-16:00，遇节假日除外", NATIONAL_DAY, False),
        ("周一至周五10:00-16:00，遇节假日除外", MONDAY, True),
        # 节假日 is used of weekends too: beside working days a plain weekend is not shut.
        ("节假日11:00-15:00；工作日10:00-16:00", SATURDAY, None),
        ("节假日11:00-15:00；工作日10:00-16:00", NATIONAL_DAY, True),
        ("节假日11:00-15:00；工作日10:00-16:00", MONDAY, True),
        ("工作日10:00-16:00；法定节假日11:00-15:00", SUNDAY, None),
        ("周一至周五10:00-16:00；节假日11:00-15:00", SUNDAY, None),
        ("工作日10:00-16:00，节假日休息", SUNDAY, False),
        ("工作日10:00-16:00；双休日11:00-15:00", NATIONAL_DAY, None),
        ("工作日10:00-16:00；双休日11:00-15:00", SATURDAY, True),
        # Days that a notice will settle.
        ("周一至周日 9:00-21:00，节假日另行通知", NATIONAL_DAY, None),
        ("周一至周日 9:00-21:00，节假日另行通知", MONDAY, True),
        ("周一至周五 9:00-21:00，春节另行通知", NATIONAL_DAY, True),
        # Words between the days and the hours, and days behind the hours.
        ("周一至周五正常营业9:00-18:00", SATURDAY, False),
        ("9:00-17:00 周二至周日 周一休馆", SATURDAY, True),
        ("9:00-17:00 周二至周日 周一休馆", MONDAY, False),
        ("9:00-18:00 周一至周五，节假日休息", MONDAY, True),
        ("9:00-18:00 周一至周五，节假日休息", SATURDAY, False),
        ("周二至周日（周一闭馆）9:00-17:00", MONDAY, False),
        ("周二至周日（周一闭馆）9:00-17:00", SATURDAY, True),
        ("周一闭馆\n5月-9月 8:00-18:00\n10月-4月 9:00-17:00", SATURDAY, True),
        ("周一闭馆\n5月-9月 8:00-18:00\n10月-4月 9:00-17:00", MONDAY, False),
    ],
)
def test_days_that_qualify_each_other(text: str, day: date, *, is_open: bool | None) -> None:
    assert _open_at(text, day) == is_open


@pytest.mark.parametrize(
    "text",
    [
        "工作日（周一至周六）8:00-18:00",
        "工作日周六 9:00-12:00",
        "周一节假日9:00-17:00",
        "节假日周一至周五9:00-17:00",
        "周末节假日9:00-17:00",
        "周一至周五 双休日 9:00-17:00",
        "周六（周日）9:00-17:00",
        "节假日（周六、周日）9:00-17:00",
        "周二至周日（含节假日）9:00-17:00",
        "周一闭馆，遇节假日开放 9:00-17:00",
        "周二至周日9:00-17:00，周一闭馆，遇节假日顺延",
        "9:00-17:00，周一至周五，周六 10:00-12:00",
        "8:00-18:00 周一至周五 9:00-12:00",
        "夏季(6月-8月) 8:00-20:00，冬季 9:00-17:00",
        "周一至周五9:00-17:00，周末10:00-16:00，中午12:00-13:00休息",
        "8:30-17:30，18:00关门",
    ],
)
def test_what_can_be_meant_in_two_ways_is_not_read(text: str) -> None:
    assert not parse_hours(text).known


# Words for days, and the days that each means by the notices alone.
WORDS: dict[str, Callable[[Notices, date], bool]] = {
    "每天": lambda _n, _d: True,
    "工作日": lambda n, d: n.workday(d),
    "休息日": lambda n, d: not n.workday(d),
    "双休日": lambda n, d: d.weekday() > 4 and d not in n.worked,
    "法定节假日": lambda n, d: d in n.off,
    "节假日": lambda n, d: d in n.off,
    "春节": lambda n, d: "春节" in n.off.get(d, ""),
    "国庆节": lambda n, d: "国庆" in n.off.get(d, ""),
    "周一至周五": lambda _n, d: d.weekday() < 5,
    "周一": lambda _n, d: d.weekday() == 0,
    "周二至周日": lambda _n, d: d.weekday() > 0,
    "周六、周日": lambda _n, d: d.weekday() > 4,
    "周一至周日": lambda _n, _d: True,
    "周三": lambda _n, d: d.weekday() == 2,
}
WEEKDAYS = frozenset({"周一", "周三", "周六、周日", "周一至周五", "周二至周日"})
_joint = st.sampled_from(["{}{}", "{} {}", "{}（{}）"])


@settings(max_examples=100, deadline=None)
@given(
    words=st.lists(st.sampled_from(sorted(WORDS)), min_size=2, max_size=3, unique=True).filter(
        lambda words: len(words) <= 1 + sum(word not in WEEKDAYS for word in words)
    ),
    joints=st.lists(_joint, min_size=2, max_size=2),
)
def test_words_for_days_side_by_side_never_add_up(words: list[str], joints: list[str]) -> None:
    said = words[0]
    for joint, word in zip(joints, words[1:], strict=False):
        said = joint.format(said, word)
    found = _open_days(f"{said} 9:00-17:00")
    if found is None:
        return
    weekdays = [word for word in words if word in WEEKDAYS]
    listed = [weekdays] if _apart(weekdays) else [[word] for word in weekdays]  # 周一 周三
    every = [*listed, *([word] for word in words if word not in WEEKDAYS)]
    assert found <= {
        day
        for day in NOTICES.days
        if all(
            any(WORDS[word](NOTICES, day) or _worked(word, words, day) for word in some)
            for some in every
            if some
        )
    }


def _worked(word: str, words: list[str], day: date) -> bool:
    """周一至周五 beside 工作日 says the same days: the Saturdays that are worked are among them."""
    return word == "周一至周五" and "工作日" in words and day in NOTICES.worked


def _apart(words: list[str]) -> bool:
    week = NOTICES.days[:7]
    sets = [{day for day in week if WORDS[word](NOTICES, day)} for word in words]
    return all(not a & b for number, a in enumerate(sets) for b in sets[number + 1 :])


def _days_of(word: str) -> frozenset[date]:
    return frozenset(day for day in NOTICES.days if WORDS[word](NOTICES, day))


def _open_days(text: str) -> set[date] | None:
    hours = parse_hours(text)
    if not hours.known:
        return None
    first, days = NOTICES.days[0], len(NOTICES.days)
    spans = intervals(hours, calendar=CHINA, first=first, days=days) or ()
    return {first + timedelta(days=start // 1440) for start, _ in spans}


@settings(max_examples=100, deadline=None)
@given(
    day_words=st.lists(st.sampled_from(sorted(WORDS)), min_size=2, max_size=2, unique=True),
    joint=st.sampled_from(["，", "；", " ", "\n"]),
)
def test_two_clauses_open_each_day_as_one_of_them_says(day_words: list[str], joint: str) -> None:
    """Whatever is read opens a day by the clause that names it, and never at both their hours."""
    one, other = day_words
    hours = parse_hours(f"{one} 7:00-9:00{joint}{other} 10:00-12:00")
    if not hours.known or len({_days_of(word) for word in day_words}) == 1:
        return
    first, days = NOTICES.days[0], len(NOTICES.days)
    unknown = set(unknown_days(hours, calendar=CHINA, first=first, days=days))
    spans = intervals(hours, calendar=CHINA, first=first, days=days) or ()
    opened = {start // 1440: start % 1440 for start, _ in spans}
    assert all(one[0] // 1440 < two[0] // 1440 for one, two in pairwise(spans))
    for number, day in enumerate(NOTICES.days):
        names = {420: WORDS[one](NOTICES, day), 600: WORDS[other](NOTICES, day)}
        if number in opened:
            assert names[opened[number]]
        elif number not in unknown:
            assert not any(names.values())
