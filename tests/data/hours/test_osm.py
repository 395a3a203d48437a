from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta

import opening_hours
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.hours import Days, Hours, Rule, Season, WorkCalendar, intervals, parse_hours, unknown_days
from data.hours.rules import DAY_KINDS, FESTIVALS, merge_spans

CHINA = WorkCalendar.china()
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_clock = st.builds(
    lambda h, m: f"{h:02d}:{m:02d}", st.integers(0, 23), st.sampled_from((0, 15, 30))
)
_any_span = st.tuples(_clock, _clock).filter(lambda pair: pair[0] != pair[1]).map("-".join)
_day_span = st.tuples(_clock, _clock).filter(lambda pair: pair[0] < pair[1]).map("-".join)
_day = st.sampled_from(DAYS)
_days = st.lists(_day | st.tuples(_day, _day).map("-".join), min_size=1, max_size=2).map(",".join)
_month = st.sampled_from(MONTHS)
_date = st.builds(lambda m, d: f"{m} {d:02d}", _month, st.integers(1, 28))
_season = st.one_of(
    _month,
    st.tuples(_month, _month).filter(lambda pair: pair[0] != pair[1]).map("-".join),
    st.tuples(_date, _date).filter(lambda pair: pair[0] != pair[1]).map("-".join),
)


def _rule_text(span: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    spans = st.lists(span, min_size=1, max_size=2).map(",".join)
    parts = st.tuples(st.just("") | _season, _days, spans)
    return parts.map(lambda found: " ".join(part for part in found if part))


# The other implementation lets a night that a later rule takes back run on into the next morning
# ("Mo 22:00-02:00; Mo off" is open on Tuesday at one), so nights stand in lone rules only; and it
# takes an added "off" for a rule of its own, which the specification leaves open.
_closing = st.tuples(_days).map(lambda found: f"; {found[0]} off")
_more = st.tuples(st.sampled_from(("; ", ", ")), _rule_text(_day_span)).map("".join)
_text = _rule_text(_any_span) | st.tuples(
    _rule_text(_day_span), st.lists(_more | _closing, min_size=1, max_size=3).map("".join)
).map("".join)


def _their_spans(text: str, first: date, days: int) -> list[tuple[int, int]]:
    """Ask the other implementation for what is open in a stretch of days."""
    begin = datetime.combine(first, datetime.min.time())
    end = begin + timedelta(days=days)
    found = opening_hours.OpeningHours(text).intervals(begin, end)
    return [
        (
            round((a - begin) / timedelta(minutes=1)),
            round(((b or end) - begin) / timedelta(minutes=1)),
        )
        for a, b, state, _ in found
        if state == opening_hours.State.OPEN
    ]


@settings(max_examples=100, deadline=None)
@given(text=_text, start=st.integers(1, 1070))
def test_rules_without_holidays_open_when_another_implementation_says(
    text: str, start: int
) -> None:
    first, days = date(2024, 1, 1) + timedelta(days=start), 14
    ours = intervals(parse_hours(text), calendar=CHINA, first=first, days=days)
    assert ours is not None
    cut = merge_spans(tuple((a, min(b, 1440 * days)) for a, b in ours if a < 1440 * days))
    theirs = merge_spans(tuple(_their_spans(text, first, days)))
    assert cut == theirs


# Never to 23:59, which is read as the end of the day.
_minutes = st.tuples(st.integers(0, 287), st.integers(1, 288)).map(
    lambda pair: (5 * pair[0], 5 * (pair[0] + pair[1]))
)
_typed_spans = st.lists(_minutes, max_size=2).map(tuple).map(merge_spans)
_some_weekdays = st.frozensets(st.integers(0, 6), min_size=1) | st.just(frozenset(range(7)))
_typed_days = st.builds(
    Days,
    weekdays=_some_weekdays,
    kinds=st.frozensets(st.sampled_from(DAY_KINDS), min_size=1) | st.just(frozenset(DAY_KINDS)),
) | st.builds(
    Days,
    weekdays=_some_weekdays,
    kinds=st.just(frozenset({"holiday"})),
    festivals=st.frozensets(st.sampled_from(FESTIVALS), max_size=2),
)
# A season of 31 February alone never opens, and such hours are not read.
_month_day = st.integers(1, 12).flatmap(
    lambda month: st.tuples(st.just(month), st.sampled_from((1, 15, monthrange(2026, month)[1])))
)
_rules = st.lists(
    st.builds(
        lambda days, spans, seasons, adds: Rule(days, spans, seasons, adds=adds and bool(spans)),
        st.lists(_typed_days, min_size=1, max_size=2).map(tuple),
        _typed_spans,
        st.just(()) | st.builds(Season, _month_day, _month_day).map(lambda one: (one,)),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
).map(tuple)


@settings(max_examples=100, deadline=None)
@given(_rules)
def test_any_rules_written_as_osm_are_read_back_with_the_same_meaning(
    rules: tuple[Rule, ...],
) -> None:
    hours = Hours("", rules)
    assert parse_hours(hours.to_osm()).same_as(hours)


@settings(max_examples=100, deadline=None)
@given(_rules)
def test_any_rules_written_in_chinese_are_read_back_with_the_same_meaning(
    rules: tuple[Rule, ...],
) -> None:
    hours = Hours("", rules)
    assert parse_hours(hours.to_chinese()).same_as(hours)


@pytest.mark.parametrize(
    "text",
    [
        "SH 08:00-12:00",
        "Mo-Fr 08:00-18:00; SH off",
        "sunrise-sunset",
        "Mo[1] 08:00-12:00",
        "08:00+",
        "Mo 10:00",
        "week 1-10 Mo 08:00-12:00",
        "2026 Mo 08:00-12:00",
        "Mo-Fr 08:00-18:00 || closed",
        "Mo-Fr 08:00-18:00; PH -1 day off",
        "easter off",
        "Mo-Fr 8-18",
        "Mo 08:60-12:00",
        "Mo 08:00-49:00",
        "Mo unknown",
        "Mo-Fr 08:00-18:00; foo",
        'Mo "call us"',
        "Feb 40 08:00-12:00",
        "Mo-Fr 08:00-18:00/01:00",
        "PH Mo 08:00-12:00",
        ";",
        "Mo-Fr 08:00-18:00 off",
    ],
)
def test_osm_that_cannot_be_followed_to_the_minute_is_not_known(text: str) -> None:
    assert not parse_hours(text).known


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Mon-Fri 8:00-18:00", "Mo-Fr 08:00-18:00"),
        ("Monday - Friday 8:00 - 18:00", "Mo-Fr 08:00-18:00"),
        ("mo-fr 08:00-18:00;sa 09:00-12:00", "Mo-Fr 08:00-18:00; Sa 09:00-12:00"),
        ("Mo-Fr: 08:00-18:00", "Mo-Fr 08:00-18:00"),
        ('Mo-Fr 08:00-18:00 "members only"', "Mo-Fr 08:00-18:00"),
        ("Mo-Fr", "Mo-Fr 00:00-24:00"),
        ("24/7; Su off", "Mo-Sa 00:00-24:00"),
        ("Mo-Su 08:00-18:00; Su closed", "Mo-Sa 08:00-18:00"),
        ("Mo-Su,PH 08:00-18:00", "Mo-Su 08:00-18:00"),
        ("Dec 24-Jan 02 off; Mo-Su 08:00-12:00", "Mo-Su 08:00-12:00"),
        ("May 01-15 Mo-Su 08:00-12:00", "May 01-May 15 Mo-Su 08:00-12:00"),
        ("September-December Sat 08:00-12:00", "Sep-Dec Sa 08:00-12:00"),
    ],
)
def test_spellings_that_are_nearly_the_specification_are_read(text: str, plain: str) -> None:
    assert parse_hours(text).same_as(parse_hours(plain))


def test_a_night_is_whole_though_the_day_it_ends_on_has_hours_of_its_own() -> None:
    """Both other implementations end Friday's night at midnight."""
    hours = parse_hours("Mo-Fr 22:00-06:00; Sa 10:00-12:00")
    spans = intervals(hours, calendar=CHINA, first=date(2026, 11, 23), days=7)
    assert spans is not None
    assert sum(end - start for start, end in spans) == 42 * 60


def test_days_that_osm_leaves_open_are_not_known_and_the_others_are() -> None:
    hours = parse_hours("Mo-Su 08:00-18:00; PH unknown")
    assert unknown_days(hours, calendar=CHINA, first=date(2026, 9, 30), days=10) == tuple(
        range(1, 8)
    )
    assert intervals(hours, calendar=CHINA, first=date(2026, 10, 1), days=7) is None
    assert intervals(hours, calendar=CHINA, first=date(2026, 9, 30), days=2) == ((480, 1080),)
    assert hours.to_osm() == "Mo-Su 08:00-18:00; PH unknown"
    assert parse_hours("周一至周日 8:00-18:00，节假日另行通知").same_as(hours)


def test_working_days_are_written_so_that_other_readers_come_near() -> None:
    hours = parse_hours("工作日 8:30-17:30")
    assert hours.to_osm() == 'Mo-Fr 08:30-17:30 "工作日"; PH off'
    assert opening_hours.validate(hours.to_osm())


@settings(max_examples=100, deadline=None)
@given(_rules)
def test_what_is_written_is_valid_opening_hours(rules: tuple[Rule, ...]) -> None:
    assert opening_hours.validate(Hours("", rules).to_osm())
