"""The reader of Chinese opening hours: 周一至周五 8:00-18:00；周六 9:00-12:00，法定节假日休息.

The text is read word by word to its end. What is left over, or can be meant in two ways, makes the
whole unknown: half a text is not taken. `docs/hours.md` says how each word is meant.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from data.hours.clock_words import match_all_day, match_span
from data.hours.day_words import match_days, names_weekdays
from data.hours.precedence import Clause, order_clauses
from data.hours.rules import DAY_MIN, UP_TO_MIDNIGHT
from data.hours.season_words import match_seasons

if TYPE_CHECKING:
    from data.hours.rules import Days, Rule, Season, Span

_HYPHENS: Final = re.compile(r"[‐-―−─━~〜～﹣－﹏]+|-{2,}|——+")
_NUMERAL: Final = re.compile(
    r"(?<![周期拜])(二?十[一二三四五六七八九]?|[一二两三四五六七八九])(?=[点月日号]|时(?!间)|小时|个小时)"
)
_DIGITS: Final = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_OFF: Final = re.compile(
    r"(?:均|都|全天|则)?(?:休息(?!日)|闭馆|闭站|闭门|关闭|关门|不开放|不开门|不对外开放|放假|歇业|停业|不营业"
    r"|停止开放|停止服务|暂停开放|暂停服务|暂停营业|暂不开放|暂不营业|暂时关闭|停用|不上班|不开)"
)
_NEVER: Final = re.compile(
    r"(?:目前|现|已|临时)?(?:暂停开放|暂停服务|暂停营业|暂不开放|暂不营业|暂时关闭|停止开放|停止服务|停用"
    r"|不开放|停业|关闭)(?:中)?"
)
_EXCEPT: Final = re.compile(r"\s*(?:除外|以外|之外)")
_BUT: Final = re.compile(r"除了?")
_BUT_END: Final = re.compile(r"\s*(?:以|之)?外(?:的时间|的日子)?")
_USUAL: Final = re.compile(
    r"(?:均|都|也)?(?:照常|正常|不休息?|无休|不放假|不打烊)(?:开放|营业|服务)?"
)
_FILL: Final = re.compile(
    r"全年无休|全年不休|年中无休|无休|(?:其[他它余]时间|其余)(?:均|都)?(?:休息|关闭|不开放|闭馆|不营业)"
    r"|(?:对外)?(?:开放|营业|服务|开门|开馆|开站|运营)(?:时间|时段)?(?:为|是)?|时间(?:为|是)?"
    r"|对外|均|都|免费|自助"
)
_OTHERWISE: Final = re.compile(r"其[他它余]时间|其余")
_HARD: Final = re.compile(r"[;。\n\r|]+")
_SOFT: Final = re.compile(r"[\s,、:/()\[\]【】]|和|及|以及|并|且")


@dataclass
class _Reading:
    """What was read so far, and the words that the next span belongs to."""

    clauses: list[Clause] = field(default_factory=list)
    usual: list[tuple[Days, ...]] = field(default_factory=list)
    days: tuple[Days, ...] | None = None
    loose: bool = False
    seasons: tuple[Season, ...] | None = None
    season_first: bool = False
    used: bool = False
    parted: bool = False
    pending: int | None = None


def read_chinese(text: str, *, partial: bool = False) -> tuple[Rule, ...] | None:
    """Read Chinese opening hours; None when any of it cannot be read.

    ``partial`` takes a text that only closes (春节休息), which by itself says no hours.
    """
    plain = _tidy(text)
    if _NEVER.fullmatch(plain):
        return order_clauses([Clause((), None, None, ())])
    reading = _Reading()
    literal = names_weekdays(plain)
    at = 0
    while at < len(plain):
        end = _step(plain, at, reading, literal=literal)
        if end is None:
            return None
        at = end
    if reading.pending is not None and not _bind_behind(reading):
        return None
    if not partial and not any(clause.spans for clause in reading.clauses):
        return None
    return order_clauses(reading.clauses, usual=reading.usual)


def _tidy(text: str) -> str:
    """Fold full width to half, dashes to one, Chinese numerals of hours and months to digits."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = _HYPHENS.sub("-", plain)
    return _NUMERAL.sub(lambda found: str(_number(found[1])), plain).strip(" \t,;。、\n\r")


def _number(numeral: str) -> int:
    """Read 八, 十, 十二 or 二十二."""
    if "十" not in numeral:
        return _DIGITS[numeral]
    tens, _, ones = numeral.partition("十")
    return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)


def _step(text: str, at: int, reading: _Reading, *, literal: bool) -> int | None:
    """Read the next word and return where it ends; None when it is not known."""
    if (found := _HARD.match(text, at)) is not None:
        return found.end() if _part(reading) else None
    for reader in (_read_fill, _read_but, _read_time, _read_seasons, _read_off, _read_days):
        end = reader(text, at, reading, literal=literal)
        if end is not None:
            return end
    return found.end() if (found := _SOFT.match(text, at)) is not None else None


def _part(reading: _Reading) -> bool:
    """Begin a new sentence: words for days that have no hours yet stay open for them."""
    if reading.pending is not None and reading.used:
        return False
    reading.parted = True
    return True


def _read_fill(text: str, at: int, reading: _Reading, *, literal: bool) -> int | None:
    """Pass over words that say nothing of when."""
    del literal
    if reading.pending is not None and _USUAL.match(text, at):
        return None
    found = _FILL.match(text, at)
    if found is None and reading.used and not any(clause.spans for clause in reading.clauses):
        found = _OTHERWISE.match(text, at)
    return None if found is None else found.end()


def _read_but(text: str, at: int, reading: _Reading, *, literal: bool) -> int | None:
    """Read 除节假日外: closed on those days."""
    but = _BUT.match(text, at)
    days = match_days(text, but.end(), literal=literal) if but is not None else None
    end = _BUT_END.match(text, days[1]) if days is not None else None
    if days is None or end is None:
        return None
    reading.clauses.append(Clause((), days[0], None, ()))
    return end.end()


def _read_time(text: str, at: int, reading: _Reading, *, literal: bool) -> int | None:
    """Read a span, or words for round the clock, of the days and season named before."""
    del literal
    span: Span
    if (found := match_span(text, at)) is not None:
        span, end, _ = found
        if span == UP_TO_MIDNIGHT:
            span = (0, DAY_MIN)
    elif (after := match_all_day(text, at)) is not None and _OFF.match(text, after) is None:
        span, end = (0, DAY_MIN), after
    else:
        return None
    if reading.clauses and reading.used and not any(one.spans for one in reading.clauses):
        # 节假日休息，8:00-18:00: what was closed does not open again, every other day does.
        reading.days = reading.seasons = None
    reading.clauses.append(Clause((span,), reading.days, reading.seasons, ()))
    reading.used, reading.pending, reading.parted = True, None, False
    return end


def _read_seasons(text: str, at: int, reading: _Reading, *, literal: bool) -> int | None:
    """Read months or dates; days named before them stay, unless a sentence ended."""
    del literal
    found = match_seasons(text, at)
    if found is None:
        return None
    if reading.used or reading.seasons is not None:
        outer = reading.days is not None and not reading.season_first
        if outer and reading.parted:
            return None
        if not outer:
            reading.days = None
    reading.season_first = reading.days is None
    reading.seasons, reading.used, reading.parted = found[0], False, False
    reading.pending = None
    return found[1]


def _read_off(text: str, at: int, reading: _Reading, *, literal: bool) -> int | None:
    """Read 休息 and the like, of the days or dates named before."""
    del literal
    found = _OFF.match(text, at)
    if found is None or reading.used or (reading.days is None and not reading.seasons):
        return None
    if reading.loose and not any(clause.spans for clause in reading.clauses):
        return None
    reading.clauses.append(Clause((), reading.days, reading.seasons, ()))
    reading.used, reading.pending, reading.parted = True, None, False
    return found.end()


def _read_days(  # noqa: C901, PLR0911 - each way to end stands by itself
    text: str, at: int, reading: _Reading, *, literal: bool
) -> int | None:
    """Read words for days; with 除外 or 照常 behind them they say all by themselves."""
    found = match_days(text, at, literal=literal)
    if found is None:
        return None
    days, end, loose = found
    if (behind := _EXCEPT.match(text, end)) is not None:
        if reading.clauses and not reading.clauses[-1].spans:
            return None  # 周一闭馆（节假日除外）: not shut on those Mondays, or shut then too?
        reading.clauses.append(Clause((), days, None, ()))
        return behind.end()
    if (usual := _USUAL.match(text, end)) is not None:
        reading.usual.append(days)
        return usual.end()
    if reading.pending is not None:
        return None
    if reading.used:
        inner = reading.seasons is not None and reading.season_first and reading.days is not None
        if inner and reading.parted:
            return None
        if not inner:
            reading.seasons = None
    reading.days, reading.loose, reading.used = days, loose, False
    reading.parted = False
    reading.pending = len(reading.clauses)
    enclosed = text[:at].rstrip().endswith("(") and text[end:].lstrip().startswith(")")
    if enclosed and reading.clauses and reading.clauses[-1].days is None:
        if not _bind_behind(reading, only=False):
            return None
        return text.index(")", end) + 1
    return end


def _bind_behind(reading: _Reading, *, only: bool = True) -> bool:
    """Give days that stand behind their hours (8:00-18:00 周一至周五) to those hours."""
    bare = [
        number
        for number, clause in enumerate(reading.clauses)
        if clause.days is None and clause.spans
    ]
    if not bare or (only and len(bare) != len(reading.clauses)):
        return False
    for number in bare:
        clause = reading.clauses[number]
        reading.clauses[number] = Clause(clause.spans, reading.days, clause.seasons, ())
    reading.days, reading.pending, reading.used = None, None, True
    return True
