"""Rules as people write them, each against the notices: no minute of 1,096 days may be wrong."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from data.hours import WorkCalendar, intervals, parse_hours

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.data.hours.notices import Notices

    Expected = Callable[[Notices, date], list[tuple[float, float]]]

CHINA = WorkCalendar.china()
DAY = [(0, 24)]


def _week(day: date) -> int:
    return day.isoweekday()


def _fixed(*spans: tuple[float, float]) -> Expected:
    return lambda _n, _d: list(spans)


def _weekdays(numbers: str, *spans: tuple[float, float]) -> Expected:
    return lambda _n, day: list(spans) if str(_week(day)) in numbers else []


def _work(*spans: tuple[float, float], rest: tuple[float, float] | None = None) -> Expected:
    return lambda n, day: list(spans) if n.workday(day) else [rest] if rest else []


def _not_off(*spans: tuple[float, float], numbers: str = "1234567") -> Expected:
    return lambda n, day: list(spans) if day not in n.off and str(_week(day)) in numbers else []


def _festival(
    name: str, spans: list[tuple[float, float]], on: list[tuple[float, float]]
) -> Expected:
    return lambda n, day: on if name in n.off.get(day, "") else spans


def _weekend(n: Notices, day: date) -> bool:
    return _week(day) > 5 and day not in n.worked


def _summer(day: date) -> bool:
    return 5 <= day.month <= 9


RULES: list[tuple[str, Expected]] = [
    ("8:00-18:00", _fixed((8, 18))),
    ("24小时", _fixed(*DAY)),
    ("全天候开放", _fixed(*DAY)),
    ("上午8:00-11:30 下午14:00-18:00", _fixed((8, 11.5), (14, 18))),
    ("22:00-次日6:00", _fixed((22, 30))),
    ("20:00-02:00", _fixed((20, 26))),
    ("周一至周五 8:00-18:00", _weekdays("12345", (8, 18))),
    ("周一、三、五 8:00-12:00", _weekdays("135", (8, 12))),
    ("星期六日 9:00-17:00", _weekdays("67", (9, 17))),
    ("周日至周四 8:00-20:00", _weekdays("71234", (8, 20))),
    ("8:00-18:00，周日休息", _weekdays("123456", (8, 18))),
    ("每天8:00-20:00，周二闭馆", _weekdays("134567", (8, 20))),
    (
        "周一至周五 8:00-18:00; 周六 9:00-12:00",
        lambda _n, d: [(8, 18)] if _week(d) < 6 else [(9, 12)] if _week(d) == 6 else [],
    ),
    (
        "周一至周五8:00-18:00，周末9:00-17:00",
        lambda _n, d: [(8, 18)] if _week(d) < 6 else [(9, 17)],
    ),
    ("工作日 8:30-17:30", _work((8.5, 17.5))),
    ("工作日 8:30-12:00、14:00-17:30", _work((8.5, 12), (14, 17.5))),
    ("工作日 7:00-21:00；休息日 9:00-17:00", _work((7, 21), rest=(9, 17))),
    (
        "周末及节假日 9:00-17:00；工作日 8:00-18:00",
        _work((8, 18), rest=(9, 17)),
    ),
    ("双休日 9:00-16:00", lambda n, d: [(9, 16)] if _weekend(n, d) else []),
    ("8:00-18:00，周末休息", lambda n, d: [] if _weekend(n, d) else [(8, 18)]),
    ("8:00-18:00 节假日休息", _not_off((8, 18))),
    ("8:00-18:00（法定节假日除外）", _not_off((8, 18))),
    ("除法定节假日外，8:00-18:00", _not_off((8, 18))),
    ("周一至周五 8:30-17:30（法定节假日除外）", _not_off((8.5, 17.5), numbers="12345")),
    (
        "周一至周六 8:00-18:00，节假日 10:00-16:00",
        lambda n, d: [(10, 16)] if d in n.off else [(8, 18)] if _week(d) < 7 else [],
    ),
    (
        "工作日 8:00-18:00；节假日 10:00-15:00",
        lambda n, d: [(8, 18)] if n.workday(d) else [(10, 15)] if d in n.off else [],
    ),
    (
        "工作日 8:00-18:00；周六 9:00-12:00",
        lambda n, d: [(8, 18)] if n.workday(d) else [(9, 12)] if _week(d) == 6 else [],
    ),
    ("8:00-18:00 春节放假", _festival("春节", [(8, 18)], [])),
    ("9:00-21:00 国庆期间 10:00-18:00", _festival("国庆", [(9, 21)], [(10, 18)])),
    ("24小时，春节期间 8:00-20:00", _festival("春节", [(0, 24)], [(8, 20)])),
    (
        "夏季(5月-9月) 6:00-21:00 冬季(10月-4月) 7:00-20:00",
        lambda _n, d: [(6, 21)] if _summer(d) else [(7, 20)],
    ),
    ("夏季(5月-9月) 6:00-21:00", lambda _n, d: [(6, 21)] if _summer(d) else []),
    (
        "11月-次年3月 9:00-17:00，4月-10月 8:00-19:00，节假日休息",
        lambda n, d: [] if d in n.off else [(8, 19)] if 4 <= d.month <= 10 else [(9, 17)],
    ),
    (
        "5月1日至9月30日 周一至周五 7:00-19:00；10月1日至4月30日 周一至周五 8:00-18:00",
        lambda _n, d: [] if _week(d) > 5 else [(7, 19)] if _summer(d) else [(8, 18)],
    ),
    (
        "8:00-18:00；1月1日-1月3日休息",
        lambda _n, d: [] if d.month == 1 and d.day <= 3 else [(8, 18)],
    ),
    ("工作日 20:00-次日8:00", _work((20, 32))),
    ("8:00-18:00，节假日照常", _fixed((8, 18))),
    ("暂停开放", _fixed()),
    ("Mo-Fr 08:00-18:00; PH off", _not_off((8, 18), numbers="12345")),
    (
        "Mo-Sa 08:00-18:00; PH 10:00-12:00",
        lambda n, d: [(10, 12)] if d in n.off else [(8, 18)] if _week(d) < 7 else [],
    ),
    ("Nov-Mar 09:00-17:00", lambda _n, d: [(9, 17)] if d.month in {11, 12, 1, 2, 3} else []),
]


def _joined(spans: list[tuple[int, int]], *, first: int, last: int) -> list[tuple[int, int]]:
    """Cut spans to a stretch of time and join those that touch."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        a, b = max(start, first), min(end, last)
        if found and a <= found[-1][1]:
            found[-1] = (found[-1][0], max(b, found[-1][1]))
        elif a < b:
            found.append((a, b))
    return found


def test_the_table_is_long_enough() -> None:
    assert len({text for text, _ in RULES}) >= 30


@pytest.mark.parametrize(("text", "expected"), RULES, ids=[text for text, _ in RULES])
def test_no_minute_of_2024_to_2026_is_wrong(
    text: str, expected: Expected, notices: Notices
) -> None:
    days = len(notices.days)
    found = intervals(
        parse_hours(text), calendar=CHINA, first=notices.days[0] - timedelta(days=1), days=days + 1
    )
    assert found is not None
    wanted = [
        (round(1440 * number + 60 * start), round(1440 * number + 60 * end))
        for number, day in enumerate(notices.days)
        for start, end in expected(notices, day)
    ]
    # What runs over from the last night of 2023 is not in the list: the first morning is left out.
    stretch = {"first": 720, "last": 1440 * days}
    assert _joined([(a - 1440, b - 1440) for a, b in found], **stretch) == _joined(
        wanted, **stretch
    )


@pytest.mark.parametrize("text", [text for text, _ in RULES])
def test_written_out_as_osm_and_as_chinese_it_means_the_same(text: str) -> None:
    hours = parse_hours(text)
    assert parse_hours(hours.to_osm()).same_as(hours)
    assert parse_hours(hours.to_chinese()).same_as(hours)
