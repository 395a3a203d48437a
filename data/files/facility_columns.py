"""What a register says of the equipment: lists of words, or a column a facility with 有, 无, 坏."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.files.record_cells import UNKNOWN_WORDS
from data.stations import FACILITY_COLUMNS
from data.vocabulary import (
    FACILITIES,
    FACILITIES_BY_ID,
    FACILITY_STATES,
    find_term,
    split_words,
    unknown_word,
)
from geo.messages import say

if TYPE_CHECKING:
    from data.files.columns import Columns, Faults

_NOTHING: Final = UNKNOWN_WORDS | {"无", "没有", "none", "全部完好", "均完好"}
_STATED: Final = re.compile(r"([^、,，;；|｜/／\s()（）]+)\s*[(（]([^()（）]*)[)）]")
_COUNT: Final = re.compile(r"(\d{1,6})[个台处套件把张]?", re.ASCII)


@dataclass(frozen=True)
class Equipment:
    """Facilities of one station by state, tuples of ids; one in none of them is unknown."""

    there: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()


def read_equipment(columns: Columns, faults: Faults) -> list[Equipment]:
    """Read facilities from the three lists and from columns of one facility each.

    A word in a list may carry its state in brackets: 微波炉（坏）. What is said to be there and to
    be broken is broken; what is said to be there and not to be there is a fault, as is a word that
    is no facility, or a cell that is no state. A number in a column of one facility counts it.
    """
    lists = {name: columns.cells(name) for name in FACILITY_COLUMNS}
    wide = {name: columns.table.column(at) for name, at in columns.wide.items()}
    found: list[Equipment] = []
    known: dict[tuple[str, ...], tuple[Equipment, tuple[tuple[str, str], ...]]] = {}
    headings = {name: columns.heading(name) for name in FACILITY_COLUMNS}
    headings |= {name: columns.table.headings[at] for name, at in columns.wide.items()}
    sources = {**lists, **wide}
    for row, number in enumerate(columns.table.numbers):
        cells = tuple(values[row] for values in sources.values())
        if cells not in known:  # registers say the same thing over and over
            known[cells] = _equipment(dict(zip(sources, cells, strict=True)), set(lists))
        equipment, wrong = known[cells]
        for name, reason in wrong:
            faults.add(number, headings[name], reason)
        found.append(equipment)
    return found


def _equipment(
    cells: dict[str, str], lists: set[str]
) -> tuple[Equipment, tuple[tuple[str, str], ...]]:
    """Read the cells of one row, by field or facility; also what is wrong in which of them."""
    states: dict[str, str] = {}
    wrong: list[tuple[str, str]] = []
    for name, cell in cells.items():
        said = _list(name, cell, wrong) if name in lists else _single(name, cell, wrong)
        for facility, state in said:
            before = states.get(facility, state)
            if {before, state} in ({"yes", "no"}, {"broken", "no"}):
                zh = FACILITIES_BY_ID[facility].zh
                reason = f"{facility} ({zh}) is said to be there and not to be there: keep one"
                wrong.append((name, reason))
            states[facility] = "broken" if "broken" in {before, state} else state
    ordered = {
        state: tuple(facility for facility, found in states.items() if found == state)
        for state in ("yes", "no", "broken")
    }
    return Equipment(ordered["yes"], ordered["no"], ordered["broken"]), tuple(wrong)


def _list(name: str, cell: str, wrong: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Read a list of facilities, each with its state."""
    if cell.casefold() in _NOTHING:
        return []
    said: list[tuple[str, str]] = []
    rest = cell
    for match in _STATED.finditer(cell):
        term, state = find_term(match[1], FACILITIES), find_term(match[2], FACILITY_STATES)
        if term is not None and state is not None:
            said.append((term.id, state.id))
            rest = rest.replace(match[0], "、", 1)
    terms, unknown = split_words(rest, FACILITIES)
    wrong.extend((name, unknown_word(word, FACILITIES, what=say("facility"))) for word in unknown)
    stated = dict(said)
    plain = [(term.id, FACILITY_COLUMNS[name]) for term in terms if term.id not in stated]
    return [(word, state) for word, state in (*plain, *stated.items()) if state != "unknown"]


def _single(facility: str, cell: str, wrong: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Read the cell of a column of one facility."""
    if cell.casefold() in UNKNOWN_WORDS:
        return []
    count = _COUNT.fullmatch(unicodedata.normalize("NFKC", cell).strip())
    if count is not None:
        return [(facility, "yes" if int(count[1]) else "no")]
    term = find_term(cell, FACILITY_STATES) or find_term(_bare(cell), FACILITY_STATES)
    if term is None:
        wrong.append((facility, unknown_word(cell, FACILITY_STATES, what=say("state"))))
        return []
    return [] if term.id == "unknown" else [(facility, term.id)]


def _bare(cell: str) -> str:
    """Take what counts most of a cell such as 有（坏）: the state in brackets."""
    inner = re.search(r"[(（]([^()（）]*)[)）]", cell)
    return inner[1] if inner else cell
