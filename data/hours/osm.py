"""The reader of OSM ``opening_hours``: the part of it that can be followed to the minute.

Weekdays, ``PH``, months and dates of any year, spans (over midnight too), ``off``, ``24/7``, rules
joined by ``;`` and ``,``, comments. Refused, so that the hours are not known: ``SH``, years, weeks,
the n-th weekday of a month, the sun, open ends, single times, steps, fallback rules (``||``).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from data.hours.day_words import read_day_words
from data.hours.rules import (
    ALL_DAY,
    DAY_MIN,
    EVERY_DAY,
    HOLIDAYS,
    UP_TO_MIDNIGHT,
    Days,
    Rule,
    Season,
    merge_spans,
)

if TYPE_CHECKING:
    from data.hours.rules import Span

WEEKDAY_WORDS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTH_WORDS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_LONG_DAYS: Final = re.compile(
    r"\b(mon?|tue?|wed?|thu?|fri?|sat?|sun?)(?:s|nes|rs|urs|ur)?(?:day)?s?\b", re.IGNORECASE
)
_DAY: Final = "(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_MONTH: Final = "(?:" + "|".join(MONTH_WORDS) + ")"
_DATE: Final = rf"{_MONTH}(?: ?\d{{1,2}}(?!\d|:\d))?"
_SEASON: Final = re.compile(
    rf"({_MONTH})(?: ?(\d{{1,2}}))?(?:-(?:({_MONTH})(?: ?)?)?(\d{{1,2}})?)?"
)
_SEASONS: Final = rf"{_DATE}(?:-(?:{_DATE}|\d{{1,2}}(?!\d|:\d)))?"
_DAY_ITEM: Final = rf"(?:PH|{_DAY}(?:-{_DAY})?)"
_TIME: Final = r"\d{1,2}:\d{2}-\d{1,2}:\d{2}"
_RULE: Final = re.compile(
    rf"(?P<seasons>{_SEASONS}(?:, ?{_SEASONS})*)?:? ?"
    rf"(?P<days>{_DAY_ITEM}(?:, ?{_DAY_ITEM})*)?:? ?"
    rf"(?P<times>24/7|{_TIME}(?:, ?{_TIME})*)?"
    r"(?: ?(?P<state>open|off|closed|unknown))?"
    r'(?: ?"(?P<comment>[^"]*)")?'
)
_SPACE: Final = re.compile(r"\s+")
_SPLIT: Final = re.compile(r'"[^"]*"|[^";,]+|[;,]')
_LAST_OF_MONTH: Final = 31
_LATEST_MIN: Final = 2 * DAY_MIN


def read_osm(text: str) -> tuple[Rule, ...] | None:
    """Read OSM ``opening_hours``; None when any of it cannot be followed."""
    from data.hours.chinese import read_chinese  # noqa: PLC0415 - the two readers know each other

    rules: list[Rule] = []
    for part, adds in _parts(_tidy(text)):
        found = _RULE.fullmatch(part)
        if found is None or not part:
            return None
        if found["state"] == "unknown" and found["comment"] is not None:
            reading = read_chinese(found["comment"], partial=True)
            if reading is None:
                return None
            joins = adds and bool(rules)
            rules.extend(replace(rule, adds=joins and bool(rule.spans)) for rule in reading.rules)
            continue
        rule = _rule(found, adds=adds and bool(rules))
        if rule is None:
            return None
        rules.append(rule)
    opens = any(rule.spans for rule in rules) or not any(rule.unknown for rule in rules)
    return tuple(rules) or None if opens else None


def _tidy(text: str) -> str:
    """Write days, months and spaces as the specification does; comments stay as they are."""
    pieces = re.split(r'("[^"]*")', text)
    any_case = re.IGNORECASE
    for at in range(0, len(pieces), 2):
        piece = _SPACE.sub(" ", pieces[at].replace("–", "-").replace("—", "-"))
        piece = re.sub(r" ?- ?", "-", piece)
        piece = _LONG_DAYS.sub(lambda found: found[1][:2].capitalize(), piece)
        piece = re.sub(
            rf"\b{_MONTH}[a-z]*\.?", lambda m: m[0][:3].capitalize(), piece, flags=any_case
        )
        piece = re.sub(r"\bph\b", "PH", piece, flags=any_case)
        pieces[at] = re.sub(
            r"\b(off|closed|open|unknown)\b", lambda m: m[0].lower(), piece, flags=any_case
        )
    return "".join(pieces).strip().rstrip(";").strip()


def _parts(text: str) -> list[tuple[str, bool]]:
    """Split into rules; True where a rule adds to the one before.

    A comma splits rules only where a time, state or comment stands before it and no time after.
    """
    parts: list[tuple[str, bool]] = []
    here, adds = "", False
    for piece in _SPLIT.findall(text):
        if piece == ";":
            parts.append((here.strip(), adds))
            here, adds = "", False
        else:
            here += piece
    parts.append((here.strip(), adds))
    split: list[tuple[str, bool]] = []
    for part, first_adds in parts:
        bits = re.split(rf'(?<=[\d"fdn]), ?(?=(?:PH|{_DAY}|{_MONTH})\b)', part)
        joined = [bits[0]]
        for bit in bits[1:]:
            if re.search(r'\d:\d{2}$|24/7$|(?:off|closed|open)$|"$', joined[-1]):
                joined.append(bit)
            else:
                joined[-1] += "," + bit
        split.extend((bit.strip(), first_adds or number > 0) for number, bit in enumerate(joined))
    return split


def _rule(found: re.Match[str], *, adds: bool) -> Rule | None:
    """Make one rule; None when it says nothing, or nothing that can be."""
    unknown = found["state"] == "unknown"
    off = found["state"] in {"off", "closed"} or unknown
    if not any(found[part] for part in ("times", "days", "seasons", "state")):
        return None
    spans = ALL_DAY if found["times"] in {None, "24/7"} else _spans(found["times"])
    if spans is None or (off and found["times"] not in {None, "24/7"}):
        return None
    if found["times"] is None and found["comment"] is not None and not found["state"]:
        return None
    seasons = _seasons(found["seasons"])
    if seasons is None:
        return None
    days = _days(found["days"])
    if found["comment"] is not None:
        days = read_day_words(found["comment"]) or days
    return Rule(days, () if off else spans, seasons, adds=adds and not off, unknown=unknown)


def _days(text: str | None) -> tuple[Days, ...]:
    """Read weekdays and public holidays."""
    if text is None:
        return (EVERY_DAY,)
    weekdays: set[int] = set()
    for item in text.replace(" ", "").split(","):
        if item == "PH":
            continue
        first, _, last = item.partition("-")
        start = WEEKDAY_WORDS.index(first)
        end = WEEKDAY_WORDS.index(last or first)
        weekdays |= {(start + step) % 7 for step in range((end - start) % 7 + 1)}
    literal = (Days(weekdays=frozenset(weekdays)),) if weekdays else ()
    return (*literal, *((HOLIDAYS,) if "PH" in text else ()))


def _seasons(text: str | None) -> tuple[Season, ...] | None:
    """Read months and dates."""
    if text is None:
        return ()
    seasons: list[Season] = []
    for item in text.split(","):
        found = _SEASON.fullmatch(item.strip())
        if found is None:
            return None
        first_month = MONTH_WORDS.index(found[1]) + 1
        last_month = MONTH_WORDS.index(found[3]) + 1 if found[3] else first_month
        has_end = "-" in item
        if has_end and (found[2] is None) != (found[4] is None):
            return None
        first_day = int(found[2] or 1)
        last_day = int(found[4] or (found[2] if not has_end and found[2] else _LAST_OF_MONTH))
        if not (1 <= first_day <= _LAST_OF_MONTH and 1 <= last_day <= _LAST_OF_MONTH):
            return None
        seasons.append(Season((first_month, first_day), (last_month, last_day)))
    return tuple(seasons)


def _spans(text: str) -> tuple[Span, ...] | None:
    """Read spans of time; an end before the start is the next day's."""
    spans: list[Span] = []
    for item in text.split(","):
        start, end = (
            int(clock.split(":")[0]) * 60 + int(clock.split(":")[1])
            for clock in item.strip().split("-")
        )
        if any(int(minute) >= 60 for minute in re.findall(r":(\d{2})", item)):  # noqa: PLR2004 - minutes of an hour
            return None
        end += DAY_MIN if end <= start else 0
        if start >= DAY_MIN or end > _LATEST_MIN:
            return None
        # 00:00-23:59 is how forms that know no 24:00 write the whole day.
        spans.append((start, DAY_MIN) if (start, end) == UP_TO_MIDNIGHT else (start, end))
    return merge_spans(tuple(spans))
