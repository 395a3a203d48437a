"""From a table of text cells to checked columns: which heading means what, and what is at fault.

A reader collects every fault of a file in one `Faults` and refuses at the end, so that the person
who owns the spreadsheet sees all of them at once and nothing is half taken.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from data.files.passed_over import is_passed_over, is_total, without_brackets
from data.files.tables import read_rows
from data.vocabulary import (
    GROUPS,
    HOST_TYPES,
    Term,
    find_term,
    list_terms,
    names_everyone,
    quote,
    split_words,
    unknown_word,
)
from geo.datum import Datum, parse_datum
from geo.errors import FileFormatError, RowFault, RowsError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from data.files.tables import Table

LONGEST_NAME: Final = 200
LONGEST_TEXT: Final = 500
LON_FIELD: Final = Term("lon", "经度", "longitude", ("lng", "long", "x", "经度坐标"))
LAT_FIELD: Final = Term("lat", "纬度", "latitude", ("y", "纬度坐标"))
PLACE_FIELD: Final = Term(
    "lonlat",
    "经纬度",
    "longitude and latitude",
    (
        "坐标",
        "经纬度坐标",
        "地理坐标",
        "位置坐标",
        "坐标位置",
        "经度纬度",
        "经度,纬度",
        "coordinates",
    ),
)
PLANE_FIELDS: Final = (
    Term("plane_x", "X坐标", "x coordinate", ("横坐标", "东坐标", "easting")),
    Term("plane_y", "Y坐标", "y coordinate", ("纵坐标", "北坐标", "northing")),
)
SOURCE_FIELDS: Final = (
    Term("source_datum", "原始坐标系", "source datum"),
    Term("source_lon", "原始经度", "source longitude", ("source lon",)),
    Term("source_lat", "原始纬度", "source latitude", ("source lat",)),
)
DATUM_FIELD: Final = Term("datum", "坐标系", "coordinate system", ("坐标系统", "坐标类型"))
HOST_FIELD: Final = Term(
    "host_type", "依托场所", "host type", ("场所类型", "依托场所类型", "依托单位类型", "host")
)
NOTICE_FIELD: Final = Term(
    "notice", "备注", "notice", ("说明", "remark", "remarks", "note", "notes")
)
SERIAL_FIELD: Final = Term("serial", "序号", "serial number", ("seq", "no"))
_PLACED: Final = (LON_FIELD, LAT_FIELD, PLACE_FIELD)
_DATUM_WORD: Final = re.compile(
    r"(高德|腾讯|火星|百度|天地图|gps|wgs-?84|gcj-?02|bd-?09(?:ll)?|cgcs-?2000)(?:地图)?(?:坐标系?)?",
    re.IGNORECASE,
)
_NOTHING: Final = frozenset({"", "无", "暂无", "没有", "none", "n/a", "-", "－", "—", "——"})
_REMARKS: Final = (NOTICE_FIELD, SERIAL_FIELD)
_LONGEST_HEADING: Final = 80
_ASKED: Final = re.compile(r"^(?:是否有|是否配备|是否提供|有无|是否|有没有|配备)|(?:有无|情况)$")


@dataclass
class Faults:
    """What is wrong with one file, collected row by row."""

    file: str
    found: list[RowFault] = field(default_factory=list)

    def add(self, row: int | None, column: str | None, reason: str) -> None:
        """Note one fault."""
        self.found.append(RowFault(row, column, reason))

    def refuse_if_any(self) -> None:
        """Raise RowsError with every fault, by row, when there is one."""
        if self.found:
            ordered = sorted(self.found, key=lambda fault: fault.row or 0)
            raise RowsError(self.file, tuple(ordered))


@dataclass(frozen=True)
class Columns:
    """A table whose headings are understood: field id -> number of its column.

    ``passed`` are the numbers of the columns that no field is read from; ``wide`` those that hold
    one word of a list each, by the word's id.
    """

    table: Table
    index: Mapping[str, int]
    passed: tuple[int, ...] = ()
    wide: Mapping[str, int] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Tell whether the table has this field."""
        return name in self.index

    def heading(self, name: str) -> str:
        """Return the heading as written; the field's own id when the table has none."""
        return self.table.headings[self.index[name]] if name in self.index else name

    @property
    def given(self) -> frozenset[str]:
        """The fields that the table has, in columns or in its features."""
        given = set(self.index)
        placed = "lonlat" in given or {term.id for term in PLANE_FIELDS} <= given
        given |= {"lon", "lat"} if self.table.lonlat is not None or placed else set()
        given |= {"id"} if self.table.feature_ids is not None else set()
        return frozenset(given)

    @property
    def read(self) -> tuple[str, ...]:
        """The headings of the columns that are read, in the order of the file."""
        numbers = sorted({*self.index.values(), *self.wide.values()})
        return tuple(self.table.headings[number] for number in numbers)

    @property
    def passed_over(self) -> tuple[str, ...]:
        """The headings of the columns that are not read."""
        return tuple(self.table.headings[number] for number in sorted(self.passed))

    def cells(self, name: str) -> list[str]:
        """Return the cells of a field, all empty when the table has no such column."""
        if name in self.index:
            return self.table.column(self.index[name])
        if name == "id" and self.table.feature_ids is not None:
            return list(self.table.feature_ids)
        return [""] * len(self.table)


def match_headings(
    table: Table,
    fields: tuple[Term, ...],
    *,
    required: Sequence[str],
    what: str,
    wide: tuple[Term, ...] = (),
) -> Columns:
    """Find out which column is which field, and refuse the file when that cannot be told.

    Columns of `data.files.passed_over.PASSED_OVER` are left out, and so are rows at the end that
    have no place and add up the others (合计). A heading that is one of ``wide`` (有无饮水) is a
    column of that one word.

    Raises
    ------
    RowsError
        when a heading is not known (the nearest is named), means a field that another means too,
        or a required field has no column.
    FileFormatError
        when all rows only add up others.
    """
    faults = Faults(table.file)
    columns = find_columns(table, fields, faults, wide=wide)
    note_missing(columns, fields, faults, required=required, what=what)
    faults.refuse_if_any()
    return columns


def read_table(
    path: Path,
    fields: tuple[Term, ...],
    *,
    wide: tuple[Term, ...] = (),
    sheet: str | None = None,
    crs: str | None = None,
) -> Table:
    """Read the table of a file that has these fields, as `data.files.tables.read_rows` does.

    ``sheet`` is one of several of a workbook, ``crs`` that of the coordinates where the file does
    not say it; FileFormatError where it says another.
    """

    def field_of(heading: str) -> str:
        term = (_field_of(heading, fields) or _wide_of(heading, wide)) if heading else None
        return "" if term is None else term.id

    table = read_rows(path, field_of=field_of, sheet=sheet)
    if crs is None or table.crs == crs:
        return table
    if table.crs is not None or table.lonlat is not None or table.areas is not None:
        raise FileFormatError(
            say(
                "{file}: says itself that it is in {own}, and --crs says {crs}: leave --crs away",
                file=table.file,
                own=table.crs or "WGS-84",
                crs=crs,
            )
        )
    return replace(table, crs=crs)


def find_columns(
    table: Table, fields: tuple[Term, ...], faults: Faults, *, wide: tuple[Term, ...] = ()
) -> Columns:
    """Find out which column is which field as `match_headings` does, noting what is at fault."""
    index: dict[str, int] = {}
    lists: dict[str, int] = {}
    passed: list[int] = []
    for number, heading in enumerate(table.headings):
        term = _field_of(heading, fields)
        single = _wide_of(heading, wide) if term is None else None
        place, known = (index, term) if single is None else (lists, single)
        if known is None and is_passed_over(heading):
            passed.append(number)
        elif known is None:
            if heading or any(table.column(number)):
                shown = heading[:_LONGEST_HEADING] or None
                faults.add(None, shown, _unknown_heading(heading, number, fields))
                passed.append(number)
        elif known.id in place and (known in _REMARKS or is_passed_over(heading)):
            passed.append(number)
        elif known.id in place:
            other = table.headings[place[known.id]]
            faults.add(
                None,
                heading,
                say(
                    "means {known}, as {other} does: delete one", known=known.id, other=quote(other)
                ),
            )
        else:
            place[known.id] = number
    return _without_totals(Columns(table, index, tuple(passed), lists))


def note_missing(
    columns: Columns,
    fields: tuple[Term, ...],
    faults: Faults,
    *,
    required: Sequence[str],
    what: str,
    cures: Mapping[str, str] | None = None,
) -> None:
    """Note each required field that has no column; ``cures`` say what else helps, by field."""
    for term in fields:
        if term.id in required and term.id not in columns.given:
            reason = say(
                "has no column {term} ({zh}), which every {what} needs",
                term=term.id,
                zh=term.zh,
                what=what,
            )
            if cures and term.id in cures:
                reason = say("{reason}: {cure}", reason=reason, cure=cures[term.id])
            faults.add(None, None, reason)


def _without_totals(columns: Columns) -> Columns:
    """Leave out the rows at the end that have no coordinates and begin with 合计, total …."""
    table = columns.table
    if table.lonlat is not None or table.areas is not None:
        return columns
    lon, lat = columns.cells("lon"), columns.cells("lat")
    count = len(table)
    while count and not lon[count - 1] and not lat[count - 1] and is_total(table.rows[count - 1]):
        count -= 1
    if not count:
        raise FileFormatError(say("{file}: has a heading and no rows but a total", file=table.file))
    kept = replace(table, rows=table.rows[:count], numbers=table.numbers[:count])
    return replace(columns, table=kept)


def read_ids(columns: Columns, faults: Faults) -> list[str]:
    """Read the ids: text that is there, is not too long, and stands once."""
    ids = columns.cells("id")
    heading = columns.heading("id")
    first: dict[str, int] = {}
    for number, word in zip(columns.table.numbers, ids, strict=True):
        if not word:
            faults.add(number, heading, say("is empty: every row needs an id of its own"))
        elif len(word) > LONGEST_NAME:
            faults.add(
                number, heading, say("is longer than {longest} characters", longest=LONGEST_NAME)
            )
        elif word in first:
            faults.add(
                number,
                heading,
                say("{word} stands in row {row} already", word=quote(word), row=first[word]),
            )
        else:
            first[word] = number
    return ids


def read_texts(
    columns: Columns, name: str, faults: Faults, *, longest: int, needed: bool = False
) -> list[str]:
    """Read a column of text as it is, refused when too long, or empty where it is needed."""
    cells = columns.cells(name)
    for number, text in zip(columns.table.numbers, cells, strict=True):
        if needed and not text:
            faults.add(number, columns.heading(name), say("is empty"))
        elif len(text) > longest:
            reason = say(
                "has {n_signs} characters, more than {longest}: shorten it",
                n_signs=len(text),
                longest=longest,
            )
            faults.add(number, columns.heading(name), reason)
    return cells


def read_host_types(columns: Columns, faults: Faults) -> list[str]:
    """Read host types: the identifier of a word that is known, any other text as it is."""
    texts = read_texts(columns, "host_type", faults, longest=LONGEST_NAME)
    terms = (find_term(text, HOST_TYPES) if text else None for text in texts)
    return [text if term is None else term.id for text, term in zip(texts, terms, strict=True)]


#: What a word of these columns is, in a sentence.
_NOUNS: Final = {
    "kind": say("kind"),
    "status": say("status"),
    "operator_kind": say("operator_kind"),
}


def read_word(
    columns: Columns, name: str, terms: tuple[Term, ...], faults: Faults, *, default: str | None
) -> list[str]:
    """Read a column of single words as ids; an empty cell is ``default``, or a fault if None."""
    found: list[str] = []
    for number, word in zip(columns.table.numbers, columns.cells(name), strict=True):
        term = find_term(word, terms) if word else None
        if not word and default is None:
            cure = say("is empty: write one of {known}", known=list_terms(terms))
            faults.add(number, columns.heading(name), cure)
        elif word and term is None:
            faults.add(
                number,
                columns.heading(name),
                unknown_word(word, terms, what=_NOUNS.get(name, name)),
            )
        found.append(term.id if term is not None else default or "")
    return found


def read_words(
    columns: Columns, name: str, terms: tuple[Term, ...], faults: Faults, *, what: str
) -> list[tuple[str, ...]]:
    """Read a column of lists of words as tuples of ids; an empty cell, or 无, is an empty tuple."""
    found: list[tuple[str, ...]] = []
    for number, text in zip(columns.table.numbers, columns.cells(name), strict=True):
        nothing = text.casefold() in _NOTHING
        known, unknown = ((), ()) if nothing else split_words(text, terms)
        for word in unknown:
            faults.add(number, columns.heading(name), unknown_word(word, terms, what=what))
        found.append(tuple(term.id for term in known))
    return found


def read_groups(columns: Columns, name: str, faults: Faults) -> list[tuple[str, ...]]:
    """Read a column of lists of groups; empty also where a cell names everyone (全体户外劳动者)."""
    found: list[tuple[str, ...]] = []
    for number, text in zip(columns.table.numbers, columns.cells(name), strict=True):
        known, unknown = split_words(text, GROUPS) if text else ((), ())
        if names_everyone(text):
            known, unknown = (), ()
        for word in unknown:
            reason = unknown_word(word, GROUPS, what=say("group"))
            if names_everyone(word):
                reason = say(
                    "{word} stands beside groups: keep it alone, or the groups alone",
                    word=quote(word),
                )
            faults.add(number, columns.heading(name), reason)
        found.append(tuple(term.id for term in known))
    return found


def note_groups(columns: Columns, faults: Faults, *, group_ids: Sequence[str]) -> tuple[str, ...]:
    """Return the groups that have a column; note those that are not in ``group_ids``, and none."""
    counted = tuple(group.id for group in GROUPS if columns.has(group.id))
    for group in counted:
        if group not in group_ids:
            reason = say(
                "is no group of this city: add [groups.{group}] to yizhan.toml", group=group
            )
            faults.add(None, columns.heading(group), reason)
    if not counted:
        names = ", ".join(f"{group.id} ({group.zh})" for group in GROUPS)
        faults.add(
            None, None, say("has no column of a group: one at least of {names}", names=names)
        )
    return counted


def read_numbers(
    columns: Columns,
    name: str,
    faults: Faults,
    *,
    blank: str | None = say("is empty: write a number"),
) -> npt.NDArray[np.float64]:
    """Read a column of numbers, float64[n]; NaN where there is none.

    ``blank`` is the fault of an empty cell; None allows it.
    """
    cells = columns.cells(name)
    heading = columns.heading(name)
    values = np.full(len(cells), np.nan)
    for at, cell in enumerate(cells):
        try:
            value = float(cell)
        except ValueError:
            value = _full_width(cell)
        if math.isfinite(value) and "_" not in cell:
            values[at] = value
        elif cell or blank is not None:
            reason = _number_fault(cell) if cell else blank
            faults.add(columns.table.numbers[at], heading, reason or "")
    return values


def _field_of(heading: str, fields: tuple[Term, ...]) -> Term | None:
    """Read one heading, also one in two languages such as "名称 / name" or "经度*"."""
    if len(heading) > _LONGEST_HEADING:
        return None
    for word in (heading, without_brackets(heading)):
        term = find_term(word.strip("*＊：: "), fields)
        if term is not None:
            return term
    rest = _DATUM_WORD.sub("", heading).strip("*＊：: ()（）_-")
    if rest != heading and (term := find_term(rest, fields)) in _PLACED:
        return term
    pieces = [piece for piece in re.split(r"[\s/／()（）*|]+", heading) if piece]
    found = {find_term(piece, fields) for piece in pieces}
    return found.pop() if len(found) == 1 else None


def stated_datum(heading: str) -> Datum | None:
    """Return the datum that a heading of coordinates names, such as 高德经度 or 经度（BD-09）."""
    found = _DATUM_WORD.search(heading)
    if found is None or _field_of(heading, _PLACED) is None:
        return None
    return parse_datum(found[1])


def _wide_of(heading: str, wide: tuple[Term, ...]) -> Term | None:
    """Read a heading that is one word of a list, such as 微波炉, 有无微波炉 or 饮水（有/无）."""
    if not wide or len(heading) > _LONGEST_HEADING:
        return None
    word = _ASKED.sub("", without_brackets(heading).strip("*＊：: ?？"))
    return find_term(word, wide)


def _unknown_heading(heading: str, number: int, fields: tuple[Term, ...]) -> str:
    if not heading:
        return say(
            "column {number} has cells and no heading: name it or delete it", number=number + 1
        )
    wrong = unknown_word(heading, fields, what=say("known heading"))
    return (
        say("{wrong} If not, delete the column", wrong=wrong)
        if wrong.endswith("?")
        else say("{wrong}, or delete it", wrong=wrong)
    )


def _full_width(cell: str) -> float:
    """Read a number in full-width signs, such as １１６．８; NaN when it is none."""
    try:
        return float(unicodedata.normalize("NFKC", cell))
    except ValueError:
        return math.nan


def _number_fault(cell: str) -> str:
    """Say why a cell is no number, with the cure."""
    if re.search(r"[°′″'\"度分秒]", cell):
        return say(
            "{cell} is in degrees and minutes: write decimal degrees, as in 116.8012",
            cell=quote(cell),
        )
    if re.fullmatch(r"[+-]?\d+,\d+", cell):
        return say(
            "{cell} has a comma: write a point for decimals and no thousands sign", cell=quote(cell)
        )
    if re.fullmatch(r"[+-]?[\d.]+(?:e\+?\d+)?", cell, re.IGNORECASE | re.ASCII):
        return say(
            "{cell} is larger than any number here can be: write what is meant", cell=quote(cell)
        )
    folded = unicodedata.normalize("NFKC", cell).strip().casefold()
    if folded in {"nan", "inf", "-inf", "infinity", "null", "none", "n/a", "#n/a", "-"}:
        return say("{cell} is no number: write one, or take the row out", cell=quote(cell))
    return say("{cell} is no number", cell=quote(cell))
