"""Conditions: what ``KEY:conditional`` says of a road, and whether it holds on a working day.

A network has one time for each edge. It is that of a working day: a condition of hours counts where
it holds for at least half of the hours from 7 to 19 o'clock, Monday to Friday; the others are
counted and not applied. A condition of weight or height is held against the vehicle's own.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Holds = Literal["yes", "no", "other hours", "not read"]

_DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_WORKING_DAYS: Final = 5
_FIRST_MINUTE, _LAST_MINUTE = 7 * 60, 19 * 60
_DAY_MINUTES: Final = 24 * 60

_CLAUSE = re.compile(r"([^@;()]+)@\s*(\([^()]*\)|[^;]*)")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_MEASURE = re.compile(
    r"(weight|weightrating|maxweightrating|height)\s*(<=|>=|<|>|==?)\s*(.+)", re.IGNORECASE
)
_DAY = "|".join(_DAYS)
_TOKEN = re.compile(
    rf"\s*(?:(?P<hours>\d{{1,2}}:\d\d\s*-\s*\d{{1,2}}:\d\d)|(?P<days>(?:{_DAY})(?:-(?:{_DAY}))?)"
    r"|(?P<holiday>(?:PH|SH)(?:\s+off)?)|(?P<always>24/7)|[,;])"
)
_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "=": operator.eq, "==": operator.eq,
}  # fmt: skip
_LENGTHS_AND_WEIGHTS: Final = {
    "": 1.0, "t": 1.0, "kg": 0.001, "st": 0.907_185, "lbs": 0.000_453_592, "m": 1.0, "cm": 0.01,
}  # fmt: skip
_FEET = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:ft|feet|foot|'|′)\s*(?:(\d+(?:\.\d+)?)\s*(?:inches|in|\"|″|'')?)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)", re.IGNORECASE)


class Clause(NamedTuple):
    """One part of a conditional tag: the value that stands ``when`` the condition holds."""

    value: str
    when: str


def clauses(text: str) -> tuple[Clause, ...]:
    """Take a conditional tag apart: ``no @ (07:00-20:00); yes @ (Su)`` has two clauses."""
    return tuple(
        Clause(value.strip(), when.strip().removeprefix("(").removesuffix(")").strip())
        for value, when in _CLAUSE.findall(text)
    )


def holds(when: str, *, weight_t: float | None, height_m: float | None) -> Holds:
    """Tell whether a condition holds for a vehicle on a working day.

    ``weight_t`` and ``height_m`` are the vehicle's own, None where its mode looks at none: such a
    condition is then not met.
    """
    found = [_holds(part.strip(), weight_t, height_m) for part in _AND.split(when)]
    for answer in ("no", "not read", "other hours"):
        if answer in found:
            return answer
    return "yes"


def _holds(part: str, weight_t: float | None, height_m: float | None) -> Holds:
    measure = _MEASURE.fullmatch(part)
    if measure is None:
        share = _share_of_the_day(part)
        if share is None:
            return "not read"
        half = 0.5
        return "yes" if share >= half else "other hours"
    limit = metric(measure[3])
    own = height_m if measure[1].lower() == "height" else weight_t
    if limit is None:
        return "not read"
    return "yes" if own is not None and _COMPARE[measure[2]](own, limit) else "no"


def metric(text: str | None) -> float | None:
    """Tonnes or metres out of a tag such as 7.5, 3500 kg, 4,2 m or 13'6"; None if it holds none."""
    if not text:
        return None
    words = text.strip().replace(",", ".")
    feet = _FEET.fullmatch(words)
    if feet is not None:
        return float(feet[1]) * 0.3048 + float(feet[2] or 0) * 0.0254
    match = _NUMBER.fullmatch(words)
    factor = None if match is None else _LENGTHS_AND_WEIGHTS.get(match[2].lower())
    return None if match is None or factor is None else float(match[1]) * factor


def _share_of_the_day(text: str) -> float | None:
    """Give the share of the working days' hours from 7 to 19 that are named, None if not read."""
    text = text.strip().rstrip(",;")
    at, spans = 0, [_Span()]
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            return None
        at = token.end()
        if (token["days"] or token["holiday"]) and spans[-1].hours:
            spans.append(_Span())
        spans[-1].take(token)
    covered = {minute for span in spans for minute in span.minutes()}
    return len(covered) / (_WORKING_DAYS * (_LAST_MINUTE - _FIRST_MINUTE)) if text else None


@dataclass
class _Span:
    """Days and the hours on them: ``Mo-Fr 07:00-09:00,17:00-19:00``."""

    days: set[int] = field(default_factory=set)
    hours: list[tuple[int, int]] = field(default_factory=list)
    has_days: bool = False

    def take(self, token: re.Match[str]) -> None:
        if token["days"]:
            first, _, last = token["days"].partition("-")
            begin, end = _DAYS.index(first), _DAYS.index(last or first)
            self.days |= {(begin + i) % 7 for i in range((end - begin) % 7 + 1)}
        self.has_days |= bool(token["days"] or token["holiday"])
        if token["hours"]:
            self.hours += _minutes(token["hours"])

    def minutes(self) -> Iterator[tuple[int, int]]:
        """Give (day, minute) of all that it names of the working days' hours from 7 to 19."""
        for day in range(_WORKING_DAYS):
            if not self.has_days or day in self.days:
                for first, end in self.hours or [(0, _DAY_MINUTES)]:
                    for minute in range(max(first, _FIRST_MINUTE), min(end, _LAST_MINUTE)):
                        yield day, minute


def _minutes(text: str) -> list[tuple[int, int]]:
    """Give the minutes of a day from and to, in two parts over midnight."""
    first, end = (
        60 * int(hour) + int(minute)
        for hour, minute in (word.strip().split(":") for word in text.split("-"))
    )
    return [(first, end)] if first < end else [(first, _DAY_MINUTES), (0, end)]
