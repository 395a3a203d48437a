"""Plans made by hand: lists of places with what is done there, in from files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

import numpy as np

from data.files.columns import (
    LAT_FIELD,
    LON_FIELD,
    LONGEST_NAME,
    NOTICE_FIELD,
    SERIAL_FIELD,
    Faults,
    match_headings,
    read_numbers,
    read_table,
    read_texts,
    read_word,
)
from data.questions.listed_action import ListedAction
from data.questions.parts import ActWord
from data.vocabulary import KINDS, Term
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

_ACTS: Final = (
    Term("build", "新建", "build", ("建", "new")),
    Term("upgrade", "升级", "upgrade"),
    Term("extend", "延长开放", "extend hours", ("延长", "extend")),
    Term("close", "关闭", "close", ("撤销",)),
    Term("relocate", "迁移", "relocate", ("搬迁", "move")),
    Term("keep", "保留", "keep"),
)
assert {term.id for term in _ACTS} == set(get_args(ActWord))  # noqa: S101 - both are of this house
#: Columns that `plan -o` writes beside, which a list need not have.
_PASSED: Final = tuple(
    Term(name, name, name)
    for name in (
        "order",
        "name",
        "district",
        "capital_yuan",
        "running_yuan_a_year",
        "paid_yuan",
        "adds",
        "lost_without",
    )
)
PLAN_FIELDS: Final = (
    Term("id", "编号", "id", ("站点编号", "候选点编号", "place", "site id")),
    Term("what", "措施", "what", ("动作", "action")),
    Term("kind", "类型", "kind", ("类别", "种类", "type")),
    Term("hours", "开放时间", "hours", ("时间", "opening hours")),
    Term("year", "年份", "year", ("年",)),
    LON_FIELD,
    LAT_FIELD,
    NOTICE_FIELD,
    SERIAL_FIELD,
    *_PASSED,
)


def read_plan_list(path: Path) -> tuple[ListedAction, ...]:
    """Read a plan made by hand: CSV, XLSX or GeoJSON with id, and what, kind, hours, year.

    A list that ``yizhan plan -o`` wrote is read too.

    Raises
    ------
    FileFormatError, RowsError
        for a file that is no such list; the message names file, row and column.
    """
    table = read_table(path, PLAN_FIELDS)
    columns = match_headings(table, PLAN_FIELDS, required=("id",), what=say("action"))
    faults = Faults(table.file)
    places = read_texts(columns, "id", faults, longest=LONGEST_NAME, needed=True)
    acts = read_word(columns, "what", _ACTS, faults, default="")
    kinds = read_word(columns, "kind", KINDS, faults, default="")
    hours = read_texts(columns, "hours", faults, longest=LONGEST_NAME)
    years = read_numbers(columns, "year", faults, blank=None)
    for number, year in zip(table.numbers, years, strict=True):
        if np.isfinite(year) and year != int(year):
            faults.add(number, columns.heading("year"), say("{year:g} is no year", year=year))
    faults.refuse_if_any()
    return tuple(
        ListedAction(row, place, what, kind, text, int(year) if np.isfinite(year) else None)
        for row, place, what, kind, text, year in zip(
            table.numbers, places, acts, kinds, hours, years, strict=True
        )
    )
