"""A report as a document: figures, sentences and pictures in one language, without any form.

A section is made by one function that returns a `Section`; the web page, print, DOCX, PDF, XLSX,
CSV and JSON are all written from the `Document` and add no figure of their own. Numbers stay
numbers: a share is a fraction of 1 and becomes per cents only where it is written (`written`).
"""

from __future__ import annotations

import hashlib
import html
import math
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from geo.errors import InputError
from geo.messages import say
from web.reports.office_words import office_text
from web.site.number_words import (
    change_between,
    count,
    per_cent,
    signed_count,
    signed_tenths,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from web.languages import Language

Kind = Literal["text", "count", "share", "points", "number", "degrees", "code"]
"""What a column holds: words; whole things; fractions of 1; differences of shares, as fractions of
1; any number; degrees of WGS-84; a hash or identifier."""

NUMBERS: Final = frozenset({"count", "share", "points", "number", "degrees"})
_HAIR: Final = 1e-9
_SVG_WORDS: Final = re.compile(r"<text[^>]*>([^<]+)</text>")
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Range:
    """A figure that is known to lie between two ends, both possible."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high + _HAIR:
            raise InputError(
                say("a range from {low} to {high} is none", low=self.low, high=self.high)
            )


Cell = str | int | float | Range | None
"""Words, a number, a number within a range; None where there is none (`Table.missing`)."""


@dataclass(frozen=True)
class Column:
    """One column: ``id`` names it for machines, ``heading`` and ``unit`` for people.

    ``meaning`` says in a sentence what its figures are (the data dictionary); ``is_summed`` that
    the total is the sum of the rows; ``is_detail`` that it is for spreadsheets and not for paper.
    """

    id: str
    heading: str
    kind: Kind = "text"
    unit: str = ""
    meaning: str = ""
    is_summed: bool = False
    is_detail: bool = False

    @property
    def is_number(self) -> bool:
        """Whether its cells are figures."""
        return self.kind in NUMBERS

    @property
    def full_heading(self) -> str:
        """The heading with its unit, such as "现状 / 人"."""
        unit = self.unit or {"share": "%"}.get(self.kind, "")
        return f"{self.heading} / {unit}" if unit else self.heading


@dataclass(frozen=True)
class Table:
    """Rows under columns, the first of which names the row.

    ``missing`` says what an empty cell means; ``total`` is the last row, set apart. Where a column
    ``is_summed``, its cell of the total is the sum of the rows (InputError otherwise), so that a
    spreadsheet that sums anew finds the same.
    """

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    missing: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        for row in self.all_rows:
            if len(row) != len(self.columns):
                raise InputError(
                    say(
                        "table {table}: a row has {n} cells under {columns} columns",
                        table=self.id,
                        n=len(row),
                        columns=len(self.columns),
                    )
                )
        for number, column in enumerate(self.columns):
            if column.is_summed and self.total is not None:
                self._check_sum(number)

    @property
    def all_rows(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows and, last, the total where there is one."""
        return self.rows if self.total is None else (*self.rows, self.total)

    def notes(self, t: Language) -> str:
        """Return the note, and what a dash means where there is one."""
        has_none = any(cell is None for row in self.all_rows for cell in row)
        missing = f"–{t('：')}{self.missing}" if has_none and self.missing else ""
        return " ".join(words for words in (self.note, missing) if words)

    def on_paper(self) -> Table:
        """Return the table without the columns that are for spreadsheets."""
        kept = [number for number, column in enumerate(self.columns) if not column.is_detail]

        def cut(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
            return tuple(row[number] for number in kept)

        return replace(
            self,
            columns=tuple(self.columns[number] for number in kept),
            rows=tuple(map(cut, self.rows)),
            total=None if self.total is None else cut(self.total),
        )

    def _check_sum(self, number: int) -> None:
        parts = [row[number] for row in self.rows]
        total = None if self.total is None else self.total[number]
        summed = math.fsum(part for part in parts if isinstance(part, (int, float)))
        if not isinstance(total, (int, float)) or abs(total - summed) > _HAIR * max(1.0, summed):
            raise InputError(
                say(
                    "table {table}: {column} sums to {summed:g}, not to {total}",
                    table=self.id,
                    column=self.columns[number].id,
                    summed=summed,
                    total=total,
                )
            )


@dataclass(frozen=True)
class Paragraph:
    """Sentences; the lead is the first of a report, a note is set small."""

    text: str
    style: Literal["lead", "body", "note"] = "body"


@dataclass(frozen=True)
class Listing:
    """Named things in their order, each with what is said of it."""

    items: tuple[tuple[str, str], ...]
    caption: str = ""


@dataclass(frozen=True)
class Headline:
    """A large figure: now and, where there is a plan, after it; ``change`` in the same unit."""

    id: str
    label: str
    kind: Kind
    before: float
    after: float | None = None
    note: str = ""

    @property
    def change(self) -> float | None:
        """How far it moves; of shares the difference as they are printed; None without a plan."""
        if self.after is None:
            return None
        if self.kind == "share":
            return change_between(self.before, self.after)
        return self.after - self.before


@dataclass(frozen=True)
class Headlines:
    """The large figures of the first page; ``before`` and ``after`` name the two times."""

    items: tuple[Headline, ...]
    label: str
    before: str
    after: str
    change: str


@dataclass(frozen=True)
class Picture:
    """A picture that stands alone: an SVG without style sheet, and what it says in words."""

    id: str
    svg: str
    alternative: str
    caption: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """What is written in the picture."""
        return tuple(html.unescape(found) for found in _SVG_WORDS.findall(self.svg))


@dataclass(frozen=True)
class Signature:
    """A line to sign: what is signed for, and by whom and when where that is known."""

    role: str
    name: str = ""
    date: str = ""


@dataclass(frozen=True)
class Signatures:
    """The lines to sign, and where the seal goes."""

    lines: tuple[Signature, ...]
    role: str
    name: str
    date: str
    seal: str


@dataclass(frozen=True)
class Notice:
    """What must be seen before the rest is read, such as figures of an older register."""

    text: str


Block = Paragraph | Table | Listing | Headlines | Picture | Signatures | Notice


@dataclass(frozen=True)
class Section:
    """A part of a document under one heading; ``id`` names it for machines and links."""

    id: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, eq=False)
class Document:
    """A report in one language: everything that any of its forms says.

    ``manifest`` is the sha256 of all inputs, ``sample`` the notice of a generated sample or "".
    """

    title: str
    subtitle: str
    issuer: str
    period: str
    made_on: str
    language: Language
    manifest: str
    sections: tuple[Section, ...]
    sample: str = ""
    inputs: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for names in (
            [section.id for section in self.sections],
            [table.id for _, table in self.tables()],
        ):
            for name in names:
                if names.count(name) > 1:
                    raise InputError(say("two parts of a report have the name {name}", name=name))

    def blocks(self) -> Iterator[tuple[Section, Block]]:
        """Yield every block with its section, in their order."""
        for section in self.sections:
            for block in section.blocks:
                yield section, block

    def tables(self) -> Iterator[tuple[Section, Table]]:
        """Yield every table with its section."""
        for section, block in self.blocks():
            if isinstance(block, Table):
                yield section, block

    def pictures(self) -> Iterator[Picture]:
        """Yield every picture."""
        for _, block in self.blocks():
            if isinstance(block, Picture):
                yield block

    @property
    def number(self) -> str:
        """The first signs of the manifest's hash: how a report is named in short."""
        return self.manifest[:16]

    def picture_name(self, picture: Picture) -> str:
        """Return a file name for a picture that no other content has."""
        return f"{picture.id}-{hashlib.sha256(picture.svg.encode()).hexdigest()[:8]}.svg"


def plain_text(text: str) -> str:
    """Return a text without the signs that no file of an office may hold (XML 1.0)."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def written(cell: Cell, kind: Kind, t: Language, *, unit_in_heading: bool = False) -> str:
    """Write a cell as people read it; a dash for None.

    Under a heading that has the unit, per cent stand without their sign. Chinese is written as
    offices do (`office_text`).
    """
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if not isinstance(cell, Range):
        words = _number(cell, kind)
    else:
        low, high = (_number(end, kind) for end in (cell.low, cell.high))
        if low == high:
            words = low
        elif kind == "points":
            words = t("{least} 至 {most}", least=low, most=high)
        else:
            words = f"{low.removesuffix(' %')}–{high}"
    return words.removesuffix(" %") if unit_in_heading else office_text(words, t)


def change_words(one: Headline, t: Language) -> str:
    """Say how far a large figure moves; a dash without a plan."""
    if one.change is None:
        return "–"
    if one.kind == "share":
        return t("{n} 个百分点", n=written(one.change, "points", t))
    return signed_count(one.change)


def _number(value: float, kind: Kind) -> str:
    match kind:
        case "share":
            return per_cent(value)
        case "points":
            return signed_tenths(value)
        case "degrees":
            return f"{value:.5f}"
        case "count":
            return count(value)
        case _:
            return f"{value:g}"
