"""Claims about published texts of hours: most are read, and no minute that is read is wrong.

What each means on eight days stands in `real/hours.tsv`, written by hand. Run as a program, this
file writes the read rate and what is not read: ``python tests/data/hours/test_real_texts.py``.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from data.hours import WorkCalendar, intervals, parse_hours, unknown_days

CHINA = WorkCalendar.china()
DAYS = (
    date(2026, 11, 23),
    date(2026, 11, 25),
    date(2026, 7, 15),
    date(2026, 11, 28),
    date(2026, 11, 29),
    date(2026, 10, 1),
    date(2026, 10, 5),
    date(2026, 10, 10),
)
PLAIN = (0, 1, 3, 4)  # a Monday, a Wednesday, a Saturday and a Sunday that are no holiday
READ_RATE = 0.85
DAY = 1440


@dataclass(frozen=True)
class Published:
    """A text, and the minutes that are open on each of the eight days; None: nobody can tell."""

    source: str
    text: str
    minutes: tuple[frozenset[int] | None, ...]

    @property
    def decidable(self) -> bool:
        return all(self.minutes[number] is not None for number in PLAIN)


def _minute(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return 60 * int(hour) + int(minute or 0)


def _minutes(cell: str) -> frozenset[int] | None:
    if cell == "?":
        return None
    spans = [] if cell == "-" else [span.split("-") for span in cell.split(",")]
    return frozenset(
        minute for start, end in spans for minute in range(_minute(start), _minute(end))
    )


@cache
def published() -> tuple[Published, ...]:
    lines = (Path(__file__).parent / "real" / "hours.tsv").read_text(encoding="utf-8")
    found = []
    for line in lines.splitlines()[1:]:
        source, text, *cells = line.split("\t")
        for number, cell in enumerate(cells):
            cells[number] = cells[number - 1] if cell == "=" else cell
        found.append(
            Published(source, text.replace("\\n", "\n"), tuple(_minutes(cell) for cell in cells))
        )
    return tuple(found)


def _read(text: str, day: date) -> frozenset[int] | None:
    """The minutes that begin on a day, past midnight too, as the reader has them; None: unknown."""
    hours = parse_hours(text)
    if not hours.known or unknown_days(hours, calendar=CHINA, first=day, days=1):
        return None
    spans = intervals(hours, calendar=CHINA, first=day, days=1)
    assert spans is not None
    return frozenset(minute for start, end in spans for minute in range(start, end))


def _with_night_before(minutes: frozenset[int]) -> frozenset[int]:
    """The same with the tail of the night before; such hours are alike on all days here."""
    return minutes | {minute - DAY for minute in minutes if minute >= DAY}


def _wrong(one: Published) -> list[date]:
    """Days of which the reader claims other minutes than the text says, or more than it says."""
    found = []
    for day, truth in zip(DAYS, one.minutes, strict=True):
        said = _read(one.text, day)
        if said is not None and (truth is None or said != _with_night_before(truth)):
            found.append(day)
    return found


def _whole(one: Published) -> bool:
    """Tell whether every day that the text decides is read."""
    return one.decidable and all(
        truth is None or _read(one.text, day) is not None
        for day, truth in zip(DAYS, one.minutes, strict=True)
    )


def test_there_are_three_hundred_distinct_texts_with_their_sources() -> None:
    texts = [one.text for one in published()]
    assert len(set(texts)) == len(texts) >= 300
    keys = (Path(__file__).parent / "real" / "README.md").read_text(encoding="utf-8")
    assert all(f"| {one.source} |" in keys for one in published())
    night = [one for one in published() if any(m and max(m) >= DAY for m in one.minutes)]
    assert night
    assert all(len(set(one.minutes)) == 1 for one in night)


@pytest.mark.parametrize("one", published(), ids=[one.text for one in published()])
def test_no_minute_that_is_read_is_wrong(one: Published) -> None:
    assert _wrong(one) == []


def test_what_nobody_can_decide_is_not_read() -> None:
    undecided = [one for one in published() if not one.decidable]
    assert len(undecided) > 20
    assert all(
        _read(one.text, DAYS[number]) is None
        for one in undecided
        for number in PLAIN
        if one.minutes[number] is None
    )


def test_most_published_texts_are_read() -> None:
    read = [one for one in published() if _whole(one)]
    assert len(read) / len(published()) >= READ_RATE


def test_a_text_that_is_read_is_written_and_read_back() -> None:
    for one in published():
        hours = parse_hours(one.text)
        if hours.known:
            assert parse_hours(hours.to_chinese()).same_as(hours), one.text
            assert parse_hours(hours.to_osm()).same_as(hours), one.text


def main() -> None:
    """Write the read rate, and what is not read."""
    texts = published()
    read = [one for one in texts if _whole(one)]
    decidable = [one for one in texts if one.decidable]
    wrong = [one for one in texts if _wrong(one)]
    lines = [
        f"{len(texts)} texts, {len(decidable)} of which can be decided",
        f"read whole: {len(read)} ({len(read) / len(texts):.1%}); wrong: {len(wrong)}",
        *(f"not read: {one.source} {one.text!r}" for one in decidable if one not in read),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
