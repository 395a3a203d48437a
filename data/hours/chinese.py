"""The reader of Chinese opening hours: 周一至周五 8:00-18:00；周六 9:00-12:00，法定节假日休息.

The text is cut into words (`data.hours.sentence`) and read word by word to its end. What is left
over, or can be meant in two ways, makes the whole unknown: half a text is not taken.
`docs/hours.md` says how each word is meant.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from data.hours.day_words import names_wide_holidays, of_rest, side_by_side
from data.hours.door_words import NEVER
from data.hours.meaning import rest_of_year, year_mask
from data.hours.note_words import Note
from data.hours.precedence import Clause, Exceptions, order_clauses
from data.hours.rules import ALL_DAY, DAY_MIN, EVERY_DAY, HOLIDAY, WEEK, Days
from data.hours.sentence import (
    ClosingTime,
    DayWords,
    Mark,
    OtherEnd,
    SeasonWords,
    SpanWords,
    tidy,
    words_of,
)

if TYPE_CHECKING:
    from data.hours.rules import Rule, Season, Span
    from data.hours.sentence import Word

_PAUSES: Final = frozenset({"off", "pause_end"})
_FEW: Final = 2
_HALF_YEAR: Final = (120, 245)
_SAID: Final = frozenset({"off", "except", "usual", "notice", "open"})


@dataclass(frozen=True)
class Reading:
    """What was read: the rules, and the notes that stood beside them."""

    rules: tuple[Rule, ...]
    notes: tuple[Note, ...] = ()


class _Doubt(Exception):  # noqa: N818 - no error: the reader gives up on a text
    """The text can be meant in two ways, or says nothing that can be."""


def read_chinese(text: str, *, partial: bool = False) -> Reading | None:
    """Read Chinese opening hours; None when any of it cannot be read.

    ``partial`` takes a text that only closes (春节休息), which by itself says no hours.
    """
    plain = tidy(text)
    if NEVER.fullmatch(plain):
        return Reading(order_clauses([Clause((), None, None)]) or ())
    words = words_of(plain)
    if words is None:
        return None
    sentence = _Sentence(words)
    try:
        sentence.read()
    except _Doubt:
        return None
    if not partial and not any(clause.spans for clause in sentence.clauses):
        return None
    rules = order_clauses(
        sentence.clauses, exceptions=sentence.exceptions, wide=names_wide_holidays(plain)
    )
    return None if rules is None else Reading(rules, tuple(sentence.notes))


def _overlap(these: tuple[Days, ...], those: tuple[Days, ...]) -> bool:
    """Tell whether two sets of days have a weekday in common."""
    return any(one.weekdays & other.weekdays for one in these for other in those)


@dataclass
class _Sentence:
    """The words of a text, what was read so far, and the words that the next span belongs to."""

    words: list[Word]
    at: int = 0
    clauses: list[Clause] = field(default_factory=list)
    exceptions: Exceptions = field(default_factory=Exceptions)
    notes: list[Note] = field(default_factory=list)
    days: tuple[Days, ...] | None = None
    seasons: tuple[Season, ...] | None = None
    season_first: bool = False
    used: bool = False
    parted: bool = False
    pending: bool = False
    shut_then: list[tuple[Days, ...]] = field(default_factory=list)
    but: tuple[Days, ...] | None = None
    pausing: bool = False
    last: str = ""
    close_by: bool = False
    behind: bool = False
    sides: list[tuple[str, tuple[Season, ...]]] = field(default_factory=list)

    def read(self) -> None:
        """Read all words."""
        while self.at < len(self.words):
            word = self.words[self.at]
            self.at += 1
            if isinstance(word, DayWords):
                self._days(word)
            elif isinstance(word, SpanWords):
                self._span(word.span)
            elif isinstance(word, SeasonWords):
                self._season(word)
            elif isinstance(word, Note):
                self.notes.append(word)
            elif isinstance(word, ClosingTime | OtherEnd):
                self._end(word)
            else:
                self._mark(word)
        if self.pending:
            self._bind_behind()
        if self.pausing or self.but is not None or self.shut_then or (self.behind and self._bare()):
            raise _Doubt
        by_night = any(note.kind == "night_way_in" for note in self.notes)
        if by_night and any(one.spans not in ((), ALL_DAY) for one in self.clauses):
            raise _Doubt  # 8:00-22:00（22:00后刷卡进入）: shut then, or open to those with a card?

    # ---- looking ahead and back ----

    def _next(self, *, past: frozenset[str] = frozenset({"gap"})) -> str:
        """Name the kind of the next word, signs of ``past`` left out; empty at the end."""
        for word in self.words[self.at :]:
            if isinstance(word, Mark):
                if word.kind not in past:
                    return word.kind
            elif not isinstance(word, Note):
                return type(word).__name__
        return ""

    def _skip(self, kind: str) -> None:
        """Go past the next word of a kind."""
        while not self._is(self.words[self.at], kind):
            self.at += 1
        self.at += 1

    @staticmethod
    def _is(word: Word, kind: str) -> bool:
        return word.kind == kind if isinstance(word, Mark) else type(word).__name__ == kind

    def _opens(self) -> bool:
        return any(clause.spans for clause in self.clauses)

    # ---- signs and words for the door ----

    def _mark(self, mark: Mark) -> None:
        match mark.kind:
            case "gap" | "(" | ")" | "open" | "but_end":
                pass
            case "comma":
                self.close_by = False
            case "hard":
                self.close_by = False
                self.parted = True
            case "off":
                self._off()
            case "off_head":
                self._off_head()
            case "but":
                self._but()
            case "pause":
                self.pausing = True
            case "rest":
                self._rest()
            case _:  # 照常, 除外 or 另行通知 with no days before
                raise _Doubt

    def _span(self, span: Span) -> None:
        """Take a span for the days and season named before, or for a pause in them."""
        behind = self._next()
        if self.pausing or (behind in _PAUSES and self._opens() and not self.pending):
            if behind in _PAUSES:
                self._skip(behind)
            self.pausing = False
            self._pause(span)
            return
        if self.but is not None:
            self.shut_then.append(self.but)
            self.but = None
        if self.used and self.clauses and not self._opens():
            # 节假日休息，8:00-18:00: what was closed does not open again, every other day does.
            self.days = self.seasons = None
        self.clauses.append(Clause((span,), self.days, self.seasons))
        self._close_excepted()
        self.used, self.pending, self.parted = True, False, False
        self.last, self.close_by = "open", True

    def _close_excepted(self) -> None:
        self.clauses.extend(Clause((), days, None) for days in self.shut_then)
        self.shut_then.clear()

    def _pause(self, pause: Span) -> None:
        """Take a pause out of the spans it lies in; those of other days must lie clear of it."""
        here = (self.days, self.seasons)
        if self.pending or not self._opens():
            raise _Doubt
        start, end = pause
        for number, clause in enumerate(self.clauses):
            kept: list[Span] = []
            for low, high in clause.spans:
                if end <= low or high <= start:
                    kept.append((low, high))
                elif low < start and end < high and (clause.days, clause.seasons) == here:
                    kept += [(low, start), (end, high)]
                else:
                    raise _Doubt
            self.clauses[number] = Clause(
                tuple(kept), clause.days, clause.seasons, unknown=clause.unknown
            )

    def _end(self, word: ClosingTime | OtherEnd) -> None:
        if isinstance(word, OtherEnd):
            self._other_end(word.minute)
        else:
            self._closing_time(word.minute)

    def _closing_time(self, minute: int) -> None:
        """Check 17:00闭馆 against the hours: it repeats an end, or it is another thing."""
        ends = [end % DAY_MIN for clause in self.clauses for _, end in clause.spans[-1:]]
        if self.pending or not ends or minute % DAY_MIN != ends[-1]:
            raise _Doubt

    def _other_end(self, minute: int) -> None:
        """Read 9:30-17:30（周五、周六至20:00）: on those days the one span there is ends then."""
        opening = [clause for clause in self.clauses if clause.spans]
        base = opening[0] if len(opening) == 1 else None
        days = self.days if self.pending else None
        if base is None or not days or base.seasons or self.seasons or len(base.spans) > 1:
            raise _Doubt
        (start, end), *_ = base.spans
        within = base.days in (None, (EVERY_DAY,)) or (
            all(one.literal for one in (*days, *base.days))
            and all(any(one.weekdays <= them.weekdays for them in base.days) for one in days)
        )
        holidays = any(one.kinds == HOLIDAY for one in days)  # 节假日, and plain weekends too?
        if holidays or not within or not start < minute or minute == end or end > DAY_MIN:
            raise _Doubt
        self._span((start, minute))

    def _off(self) -> None:
        """Take 休息 and the like, of the days or dates named before."""
        if self.used or (self.days is None and not self.seasons):
            raise _Doubt
        for spared in (*self.shut_then, *((self.but,) if self.but else ())):
            self._spare(spared, sure=True)
        self.shut_then.clear()
        self.but = None
        self.clauses.append(Clause((), self.days, self.seasons))
        self.used, self.pending, self.parted = True, False, False
        self.last, self.close_by = "off", True

    def _off_head(self) -> None:
        """Read 闭馆日：周一."""
        if self.pending or self._next() != "DayWords":
            raise _Doubt
        self._skip("DayWords")
        days, _ = self._run(self.at - 1)
        if self._next() in {"off", "usual", "notice"}:
            raise _Doubt
        self._shut(days)

    def _shut(self, days: tuple[Days, ...]) -> None:
        """Close days; the days that a span is still to come for stay (周二至周日（周一闭馆）)."""
        aside = self.pending and self._clear_of(days)
        if aside:
            self.clauses.append(Clause((), days, None))
            return
        inner = self.seasons is not None and self.season_first and self.days is not None
        if self.used and inner and self.days is not None:
            others = [one for one in self.clauses if one.seasons != self.seasons and one.spans]
            open_then = any(one.days is None or _overlap(one.days, days) for one in others)
            if _overlap(self.days, days) or not open_then:
                self.seasons = None  # 夏季 每天 …，冬季 每天 …，周一闭馆: shut all the year
            elif self.parted:
                raise _Doubt  # 夏季 每天 …，冬季 周二至周日 …；周一闭馆: in winter alone?
        self._set_days(days)
        self._off()

    def _clear_of(self, days: tuple[Days, ...]) -> bool:
        """Tell whether days and those that wait for their hours have no weekday in common."""
        waiting = self.days or ()
        literal = all(one.literal for one in (*waiting, *days))
        return literal and not _overlap(waiting, days) and not of_rest(waiting)

    def _but(self) -> None:
        """Read 除节假日外 and 不含节假日: what follows, or stood before, does not hold then."""
        if self.but is not None or self._next() != "DayWords":
            raise _Doubt
        self._skip("DayWords")
        days, joined = self._run(self.at - 1)
        if not joined:
            raise _Doubt
        closes = self._next() == "off"
        if closes:
            self._skip("off")
        ended = self._next() == "but_end"
        if ended:
            self._skip("but_end")
        elif closes:
            raise _Doubt
        if self.pending:
            self.shut_then.append(days)
        elif ended and self._shuts_next():
            self.but = days  # 除节假日外，周一闭馆
        elif closes or self.last == "open":
            self.clauses.append(Clause((), days, None))
        elif self.last == "off":
            self._except(days)
        else:
            self.but = days

    def _shuts_next(self) -> bool:
        """Tell whether what follows closes days."""
        ahead = [
            word
            for word in self.words[self.at :]
            if not (isinstance(word, Mark) and word.kind in {"gap", "comma"})
        ]
        days, door = (*ahead[:2], None, None)[:2]
        return isinstance(days, DayWords) and isinstance(door, Mark) and door.kind == "off"

    def _rest(self) -> None:
        """Read 其他时间 before a span: the days that were not closed, and are no holiday named."""
        opening = [clause for clause in self.clauses if clause.spans]
        days = [one for clause in opening for one in clause.days or (Days(),)]
        seasonal = any(clause.seasons for clause in opening)
        if self.pending or seasonal or not all(one.kinds == HOLIDAY for one in days):
            raise _Doubt
        self.days, self.seasons, self.used = None, None, False

    # ---- seasons and days ----

    def _season(self, word: SeasonWords) -> None:
        """Take months or dates; days named before them stay, unless a sentence ended."""
        seasons = self._rest_of_year(word.label) if word.rest else word.seasons
        self.sides.append((word.label, seasons))
        if self.used and self.last == "off":
            self.days = None  # 周一闭馆，5月-9月 8:00-18:00
        if self.used or self.seasons is not None:
            outer = self.days is not None and not self.season_first
            if outer and self.parted:
                raise _Doubt
            if not outer:
                self.days = None
        self.season_first = self.days is None
        self.seasons, self.used, self.parted = seasons, False, False
        self.pending = False

    def _rest_of_year(self, label: str) -> tuple[Season, ...]:
        """Return the rest of the year for 其他月份, and for 淡季 where 旺季 has its dates."""
        named = [side for side, seasons in self.sides if seasons]
        opposite = {"warm": "cold", "cold": "warm"}.get(label)
        if not named or len(named) != len(self.sides) or (label and set(named) != {opposite}):
            raise _Doubt
        seasons = tuple(one for _, some in self.sides for one in some)
        if label and not _HALF_YEAR[0] <= year_mask(seasons).bit_count() <= _HALF_YEAR[1]:
            raise _Doubt  # 夏季(6月-8月) … 冬季 …: and in spring?
        return rest_of_year(seasons)

    def _run(self, first: int) -> tuple[tuple[Days, ...], bool]:
        """Join phrases of days that stand side by side from a place on, and go past them.

        Returns the days of all, and True; or those of the first alone, and False.
        """
        word = self.words[first]
        assert isinstance(word, DayWords)  # noqa: S101 - the callers looked
        found: tuple[Days, ...] | None = word.phrase.days
        phrases, at, narrows = 1, first + 1, False
        while at + 1 < len(self.words):
            sign, more = self.words[at], self.words[at + 1]
            apart = isinstance(sign, Mark) and sign.kind in {"gap", "comma"}
            if not (apart and isinstance(more, DayWords)) or more.phrase.meets:
                break
            listed = isinstance(sign, Mark) and sign.kind == "comma"
            both = found and side_by_side(found, more.phrase.days, listed=listed)
            adds = both not in (found, more.phrase.days)
            found = None if adds and narrows else both  # 周一 每天 周三
            narrows |= not adds
            phrases, at = phrases + 1, at + 2
        if found is None:
            return word.phrase.days, False
        self.at = at
        return found, True

    def _days(self, word: DayWords) -> None:
        """Take words for days, with what is said of them right behind."""
        first = self.at - 1
        behind = self._stands_behind(first)
        days, joined = self._run(first)
        then = self._next()
        many = not of_rest(days) and sum(len(one.weekdays) for one in days) > _FEW
        if joined and many and then in _SAID - {"open"} and self.at - first > 1:
            # 9:00-17:00 周二至周日 周一休馆: the last phrase is what is shut.
            self.at, days, joined = first + 1, word.phrase.days, False
        if joined and then in _SAID and self._said(days, then, meets=word.phrase.meets):
            return
        self._set_days(days)
        if behind and (not joined or self._next(past=frozenset()) in {")", "comma", "hard", ""}):
            self._bind_behind(only=False)
        elif (
            many
            and then == "SpanWords"
            and any(self.clauses[one].seasons == self.seasons for one in self._bare())
        ):
            raise _Doubt  # 8:00-18:00 周一至周五 9:00-12:00: whose are the second hours?

    def _bare(self, *, named: tuple[Days, ...] | None = None) -> list[int]:
        """List the clauses that open and name no days, or these."""
        return [
            number
            for number, clause in enumerate(self.clauses)
            if clause.days in (None, named) and clause.spans
        ]

    def _stands_behind(self, first: int) -> bool:
        """Tell whether days stand right behind hours that have none: 8:00-18:00（周一至周五）."""
        before = first - 1
        while before >= 0:
            word = self.words[before]
            if not (isinstance(word, Mark) and word.kind in {"gap", "(", "open"}):
                break
            before -= 1
        bare = len(self.clauses) - 1 in self._bare(named=(EVERY_DAY,))
        return bare and before >= 0 and isinstance(self.words[before], SpanWords)

    def _said(self, days: tuple[Days, ...], then: str, *, meets: bool) -> bool:
        """Take what is said of days right behind them; False where hours are still to come."""
        holidays = all(one.kinds == HOLIDAY for one in days)
        if then == "open" and not (holidays and self.last == "off"):
            return False
        self._skip(then)
        if then in {"usual", "open"} and self._next() == "SpanWords":
            if meets:
                raise _Doubt  # 周一闭馆，遇节假日开放 9:00-17:00: hours of those days, or of all?
            return False
        if then == "off":
            self._shut(days)
            return True
        if then == "notice":
            seasons = None if self.used else self.seasons
            self.clauses.append(Clause((), days, seasons, unknown=True))
            self.used = True
        elif then == "except":
            self._except(days)
        elif meets and self.last == "off":
            self._spare(days, sure=True)
        elif meets and all(one.kinds == HOLIDAY and one.weekdays != WEEK for one in days):
            self.exceptions.spared.extend(days)  # 周一遇节假日照常
        else:
            self.exceptions.usual.append(days)
        return True

    def _except(self, days: tuple[Days, ...]) -> None:
        """Take days that what stands before does not hold of."""
        if self.pending:
            self.shut_then.append(days)
        elif self.last == "off":
            self._spare(days, sure=self.close_by)
        elif self.last in {"open", ""}:
            self.clauses.append(Clause((), days, None))
        else:
            raise _Doubt

    def _spare(self, days: tuple[Days, ...], *, sure: bool) -> None:
        """Take days off from what was closed: holiday Mondays of 周一闭馆（节假日除外）."""
        shut = self.days if self.days is not None else ()
        holidays = all(one.kinds == HOLIDAY for one in days)
        if not holidays or not all(one.literal for one in shut) or self.seasons:
            raise _Doubt
        if not sure:
            # 9:00-17:00，周日休息，节假日除外: open on holiday Sundays, or shut on all holidays?
            self.clauses.append(Clause((), days, None, unknown=True))
            return
        self.exceptions.spared.extend(
            Days(those.weekdays & one.weekdays, HOLIDAY, one.festivals)
            for those in shut or (Days(),)
            for one in days
            if those.weekdays & one.weekdays
        )

    def _set_days(self, days: tuple[Days, ...]) -> None:
        """Let what comes next belong to days."""
        if self.pending:
            self._bind_behind()
        if self.used:
            inner = self.seasons is not None and self.season_first and self.days is not None
            if inner and self.parted:
                raise _Doubt
            if not inner:
                self.seasons = None
        self.days, self.used, self.parted, self.pending = days, False, False, True

    def _bind_behind(self, *, only: bool = True) -> None:
        """Give days that stand behind their hours (8:00-18:00 周一至周五) to those hours."""
        bare = self._bare(named=(EVERY_DAY,))
        opening = sum(bool(clause.spans) for clause in self.clauses)
        if not bare or (only and len(bare) != opening):
            raise _Doubt
        for number in bare:
            clause = self.clauses[number]
            self.clauses[number] = Clause(clause.spans, self.days, clause.seasons)
        self._close_excepted()
        self.days, self.pending, self.used, self.behind = None, False, True, True
