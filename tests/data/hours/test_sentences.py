"""Claims about sentences made at random of forms that people write, by a plain evaluation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.hours import WorkCalendar, intervals, parse_hours, unknown_days
from tests.data.hours.notices import Notices, read_notices

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    Spans = tuple[tuple[int, int], ...]

CHINA = WorkCalendar.china()
NOTICES = read_notices()

DAYS: dict[str, Callable[[Notices, date], bool]] = {
    "": lambda _n, _d: True,
    "每天": lambda _n, _d: True,
    "周一至周日（含节假日）": lambda _n, _d: True,
    "周一至周五": lambda _n, d: d.weekday() < 5,
    "星期一到星期五": lambda _n, d: d.weekday() < 5,
    "周一一周六": lambda _n, d: d.weekday() < 6,
    "周二至周日": lambda _n, d: d.weekday() > 0,
    "工作日": lambda n, d: n.workday(d),
    "工作日（周一至周五）": lambda n, d: n.workday(d),
}
HOURS: dict[str, Spans] = {
    "8:00-18:00": ((480, 1080),),
    "8：00—18：00": ((480, 1080),),
    "8:00一18:00": ((480, 1080),),
    "早8点至晚6点": ((480, 1080),),
    "上午8:00-下午6:00": ((480, 1080),),
    "八点到十八点": ((480, 1080),),
    "8:00-18:00，12:00-13:00休息": ((480, 720), (780, 1080)),
    "8:00-18:00（12:00-13:00午休）": ((480, 720), (780, 1080)),
    "8:30-12:00、14:00-17:30": ((510, 720), (840, 1050)),
    "上午8:30-12:00，下午2:00-5:30": ((510, 720), (840, 1050)),
}
MORE: dict[str, tuple[Callable[[date], bool], Spans]] = {
    "": (lambda _d: False, ()),
    "；周六、周日 9:00-16:00": (lambda d: d.weekday() > 4, ((540, 960),)),
    "\n周日10:00-15:00": (lambda d: d.weekday() == 6, ((600, 900),)),
    "，周日休息": (lambda d: d.weekday() == 6, ()),
    "，逢周三闭馆": (lambda d: d.weekday() == 2, ()),
}
HOLIDAYS: dict[str, Spans | None] = {
    "，法定节假日休息": (),
    "（国定假日除外）": (),
    "；国家法定节假日10:00-12:00": ((600, 720),),
    "，法定节假日另行通知": None,
}
NOTES = (
    "",
    "（17:00停止入场）",
    "，最晚入馆时间：16:30",
    "（需刷卡进入）",
    "，闭馆前半小时停止售票",
)


def _spans(
    day: date, days: str, hours: str, more: str, holidays: str, *, working: bool
) -> Spans | None:
    """What a sentence opens on a day, minutes after midnight; None: it does not say."""
    if holidays and day in NOTICES.off:
        return HOLIDAYS[holidays]
    named, spans = MORE[more]
    if DAYS[days](NOTICES, day) and (working or not named(day)):
        return HOURS[hours]
    if named(day):
        return spans
    free = day.weekday() > 4 and day not in NOTICES.worked and day not in NOTICES.off
    return None if working and free and bool(HOLIDAYS.get(holidays)) else ()


@settings(max_examples=100, deadline=None)
@given(
    head=st.sampled_from(["", "开放时间：", "营业时间为"]),
    days=st.sampled_from(sorted(DAYS)),
    hours=st.sampled_from(sorted(HOURS)),
    more=st.sampled_from(sorted(MORE)),
    holidays=st.sampled_from(["", *sorted(HOLIDAYS)]),
    note=st.sampled_from(NOTES),
)
def test_a_sentence_opens_every_minute_that_a_plain_evaluation_opens(
    *, head: str, days: str, hours: str, more: str, holidays: str, note: str
) -> None:
    text = f"{head}{days}{hours}{note}{more}{holidays}"
    read = parse_hours(text)
    working = days.startswith("工作日")
    if working and more.startswith("；周六") and not holidays:
        return  # working days and weekends: what of the other holidays is tested by itself
    if days == "周一一周六" and more.startswith("；周六"):
        assert not read.known  # two clauses for Saturday
        return
    if more.startswith("，") and "除外" in holidays:
        return  # 周日休息（国定假日除外）: what is excepted is the closing
    assert read.known, text
    assert len(read.notes) == bool(note)
    first, count = NOTICES.days[0], len(NOTICES.days)
    unknown = set(unknown_days(read, calendar=CHINA, first=first, days=count))
    opened = set(intervals(read, calendar=CHINA, first=first, days=count) or ())
    wanted = {
        number: _spans(day, days, hours, more, holidays, working=working)
        for number, day in enumerate(NOTICES.days)
    }
    assert unknown == {number for number, spans in wanted.items() if spans is None}
    assert opened == {
        (number * 1440 + start, number * 1440 + end)
        for number, spans in wanted.items()
        for start, end in spans or ()
    }


_SCRAPS = st.sampled_from(
    [
        *DAYS,
        *HOURS,
        *HOLIDAYS,
        *NOTES,
        *MORE,
        *"，；（）、 \n-一",
        *(
            "遇节假日",
            "开放",
            "除外",
            "除",
            "外",
            "闭馆",
            "休",
            "休息",
            "照常",
            "另行通知",
            "闭馆日：",
        ),
        *(
            "夏季",
            "冬季(10月-4月)",
            "5月-9月",
            "其他时间",
            "上午",
            "下午",
            "次日",
            "24小时",
            "周末",
        ),
        *(
            "双休日",
            "春节",
            "停止入场",
            "16:30",
            "午休",
            "周一",
            "周六日",
            "17:00闭馆",
            "PH off",
            "Mo-Fr",
        ),
    ]
)


@settings(max_examples=500, deadline=None)
@given(st.lists(_SCRAPS, max_size=8).map("".join) | st.text(max_size=30))
@example("周一至周五遇节假日周六日")  # holidays that are both of the week and of its end
def test_nothing_raises_and_what_is_read_is_written_and_read_back(text: str) -> None:
    hours = parse_hours(text)
    assert hours.text == text
    hours.to_english()
    if hours.known:
        assert parse_hours(hours.to_chinese()).same_as(hours)
        assert parse_hours(hours.to_osm()).same_as(hours)
        assert not re.search(r"\d{3,}:", hours.to_chinese())
    unknown_days(hours, calendar=CHINA, first=NOTICES.days[0], days=400)
