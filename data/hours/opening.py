"""Opening hours as one value: the text as written, and the rules that were read from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from data.hours.chinese import read_chinese
from data.hours.meaning import open_always, open_never, same_meaning
from data.hours.osm import read_osm
from data.hours.osm_writer import write_osm
from data.hours.rules import FREE_WEEKENDS
from data.hours.wording import chinese_words, english_note, english_words

if TYPE_CHECKING:
    from data.hours.note_words import Note
    from data.hours.rules import Rule

_OSM_WORDS: Final = re.compile(
    r"\b(?:mo|tu|we|th|fr|sa|su|ph|sh|off|closed|open|unknown|24/7|week|easter"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b"
    r"|\b(?:sun|mon|tue|wed|thu|fri|sat)[a-z]*\b",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r'"[^"]*"')
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_HOLIDAY_WORDS: Final = re.compile(r"假日|假期|节日|\bPH\b|(?<![午间末])[无不]休")
_LONGEST: Final = 4000


@dataclass(frozen=True)
class Hours:
    """Opening hours.

    ``text`` is what somebody wrote, ``rules`` what was read from it, the later before the former;
    no rules: the text could not be read as a whole, and whether the place is open is not known.
    ``notes`` are what stood beside and does not change the hours: last entry, ways in.
    """

    text: str
    rules: tuple[Rule, ...] = ()
    notes: tuple[Note, ...] = ()

    def __hash__(self) -> int:
        return hash(self.text)

    @property
    def known(self) -> bool:
        """Whether the text was read."""
        return bool(self.rules)

    @cached_property
    def always(self) -> bool:
        """Whether the place never shuts."""
        return open_always(self.rules)

    @cached_property
    def never(self) -> bool:
        """Whether the text says that the place does not open at all (暂停开放)."""
        return open_never(self.rules)

    @cached_property
    def on_calendar(self) -> bool:
        """Whether the hours depend on public holidays or make-up working days."""
        return any(not days.literal for rule in self.rules for days in rule.days)

    @property
    def names_holidays(self) -> bool:
        """Whether the text says what holds on public holidays.

        双休日 and 周末 do not, though which Saturdays are free depends on the calendar.
        """
        days = {one for rule in self.rules for one in rule.days if not one.literal}
        said = self.always or self.never or bool(days and FREE_WEEKENDS not in days)
        return said or _HOLIDAY_WORDS.search(self.text) is not None

    def same_as(self, other: Hours) -> bool:
        """Tell whether two hours open at the same minutes of every day; unknown ones never do."""
        return self.known and other.known and same_meaning(self.rules, other.rules)

    def to_osm(self) -> str:
        """Write as OSM ``opening_hours``; empty when not known."""
        return write_osm(self.rules)

    def to_chinese(self) -> str:
        """Write in Chinese, notes behind; hours that are not known as they came."""
        notes = "，".join(note.text for note in self.notes)
        said = chinese_words(self.rules) if self.known else self.text
        return f"{said}（{notes}）" if notes else said

    def to_english(self) -> str:
        """Write shortly in English, notes behind; hours that are not known as they came."""
        notes = ", ".join(map(english_note, self.notes))
        said = english_words(self.rules) if self.known else self.text
        return f"{said} ({notes})" if notes else said


@lru_cache(maxsize=65_536)
def parse_hours(text: str) -> Hours:
    """Read opening hours in Chinese or as OSM ``opening_hours``.

    Never raises: a text that cannot be read to the last word gives hours that are not known.
    """
    if len(text) > _LONGEST:
        return Hours(text)
    plain = _QUOTED.sub("", text)
    osm = _OSM_WORDS.search(plain) is not None and _CHINESE.search(plain) is None
    if osm:
        return Hours(text, read_osm(text) or ())
    reading = read_chinese(text)
    return Hours(text) if reading is None else Hours(text, reading.rules, reading.notes)
