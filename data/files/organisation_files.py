"""Organisations in from files and out: unions, federations and firms with members and posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.files.columns import (
    LONGEST_NAME,
    NOTICE_FIELD,
    SERIAL_FIELD,
    Faults,
    match_headings,
    read_ids,
    read_numbers,
    read_table,
    read_texts,
    read_word,
)
from data.files.spoken_tables import Spoken
from data.files.table_files import write_rows
from data.files.total_files import means_city, unknown_district
from data.organisations import (
    MEMBERS,
    MOST_OF_A_NUMBER,
    NUMBERS,
    ORGANISATION_COLUMNS,
    OTHERS,
    Organisations,
)
from data.vocabulary import GROUPS, ORGANISATION_KINDS, Term
from geo.errors import FileFormatError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from data.districts import Districts
    from data.files.columns import Columns
    from data.files.spoken_tables import Reader

ORGANISATION_FIELDS: Final = (
    Term(
        "id",
        "编号",
        "id",
        ("工会编号", "单位编号", "组织编号", "企业编号", "编码", "代码", "organisation id"),
    ),
    Term(
        "name",
        "名称",
        "name",
        ("工会名称", "单位名称", "组织名称", "企业名称", "名字", "organisation name"),
    ),
    Term("kind", "类型", "kind", ("类别", "组织类型", "工会类型", "单位类型", "性质", "type")),
    Term("district", "区县", "district", ("所属区县", "所在区县", "行政区", "区县名称")),
    *GROUPS,
    Term(OTHERS, "其他会员", "other members", ("其他会员数", "其他人数", "others")),
    Term(
        "members",
        "会员总数",
        "members in all",
        ("会员数", "会员人数", "会员合计", "总人数", "人数", "members"),
    ),
    Term(
        "posts",
        "岗位数",
        "posts",
        ("岗位", "兼职岗位", "兼职岗位数", "兼职干部", "兼职干部数", "part-time posts"),
    ),
    NOTICE_FIELD,
    SERIAL_FIELD,
)
REQUIRED: Final = ("id", "name", "kind")


@dataclass(frozen=True, eq=False)
class OrganisationRows:
    """A list as it was read, and the number of each row in the file."""

    organisations: Organisations
    rows: tuple[int, ...]


def read_organisations(
    path: Path, *, districts: Districts, sheet: str | None = None
) -> OrganisationRows:
    r"""Read organisations from CSV, XLSX or JSON (a list of objects), Chinese or English headings.

    Parameters
    ----------
    path
        the file; id, name and kind are needed. A column of a group counts its members, "other
        members" those of none; where only the members in all are given, the rest are others. An
        empty number is 0, an empty district or 全市 the whole city.
    districts
        the city's; one that it does not have is refused. A city without districts takes any name.
    sheet
        as in `data.files.columns.read_table`.

    Raises
    ------
    FileFormatError
        when the file is missing, empty or no such table.
    RowsError
        when a row cannot be taken; every one at fault is listed and none is taken.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from data.files.organisation_files import read_organisations
    >>> from data.workspace import no_districts
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "unions.csv"
    >>> _ = file.write_text("编号,名称,类型,快递员,会员总数\nU1,快递工会,工会,20,26\n", "utf-8")
    >>> read = read_organisations(file, districts=no_districts()).organisations
    >>> read.members.tolist(), read.frame["other_members"].tolist()
    ([26], [6])
    >>> folder.cleanup()
    """
    table = read_table(path, ORGANISATION_FIELDS, sheet=sheet)
    if table.lonlat is not None or table.areas is not None:
        raise FileFormatError(
            say("{file}: organisations are rows of a table, these are places", file=table.file)
        )
    columns = match_headings(
        table, ORGANISATION_FIELDS, required=REQUIRED, what=say("organisation")
    )
    faults = Faults(table.file)
    frame: dict[str, list[Any]] = {
        "id": read_ids(columns, faults),
        "name": read_texts(columns, "name", faults, longest=LONGEST_NAME, needed=True),
        "kind": read_word(columns, "kind", ORGANISATION_KINDS, faults, default=None),
        "district": _read_districts(columns, faults, districts),
    }
    numbers = {name: _read_counts(columns, name, faults) for name in NUMBERS}
    _share_out(columns, numbers, faults)
    faults.refuse_if_any()
    frame |= {name: values.tolist() for name, values in numbers.items()}
    records = [dict(zip(frame, row, strict=True)) for row in zip(*frame.values(), strict=True)]
    return OrganisationRows(Organisations.from_records(records), tuple(columns.table.numbers))


def write_organisations(
    organisations: Organisations,
    path: Path,
    *,
    sample: bool = False,
    reader: Reader | None = None,
) -> None:
    """Write organisations as CSV, XLSX or JSON by the ending; reading it back gives the same.

    A ``sample`` carries its notice, a workbook for a ``reader`` the words of that language.

    Raises
    ------
    InputError
        when the ending is none of these.
    WorkspaceError
        when the file cannot be written; a file that was there stays as it was.
    """
    frame = organisations.frame
    columns = {name: frame[name].tolist() for name in ORGANISATION_COLUMNS}
    choices = {"kind": ORGANISATION_KINDS}
    spoken = (
        None if reader is None else Spoken(reader, ORGANISATION_FIELDS, choices, frozenset(choices))
    )
    write_rows(columns, path, layer="organisations", sample=sample, spoken=spoken)


def _read_districts(columns: Columns, faults: Faults, districts: Districts) -> list[str]:
    found: list[str] = []
    for number, name in zip(columns.table.numbers, columns.cells("district"), strict=True):
        district = "" if means_city(name) else name
        if district and len(districts) and district not in districts.names:
            reason = unknown_district(district, districts)
            faults.add(number, columns.heading("district"), reason)
        found.append(district)
    return found


def _read_counts(columns: Columns, name: str, faults: Faults) -> npt.NDArray[np.int64]:
    """Read a column of whole numbers, int64[n]; 0 where a cell is empty."""
    read = np.nan_to_num(read_numbers(columns, name, faults, blank=None))
    wrong = (read < 0) | (read > MOST_OF_A_NUMBER) | (read != np.floor(read))
    for row in np.flatnonzero(wrong):
        reason = say(
            "{value:g} must be a whole number from 0 to {most:,}",
            value=read[row],
            most=MOST_OF_A_NUMBER,
        )
        faults.add(columns.table.numbers[row], columns.heading(name), reason)
    return np.where(wrong, 0, read).astype(np.int64)


def _share_out(columns: Columns, numbers: dict[str, npt.NDArray[np.int64]], faults: Faults) -> None:
    """Hold the members in all against their groups, and count those of no group as others."""
    if not columns.has("members"):
        return
    said = _read_counts(columns, "members", faults)
    summed = np.sum([numbers[name] for name in MEMBERS], axis=0)
    blank = np.array([not cell for cell in columns.cells("members")], dtype=np.bool_)
    short = ~blank & ((said < summed) | (columns.has(OTHERS) & (said != summed)))
    for row in np.flatnonzero(short):
        reason = say(
            "says {said} members, and the groups add up to {summed}: correct one of them",
            said=said[row],
            summed=summed[row],
        )
        faults.add(columns.table.numbers[row], columns.heading("members"), reason)
    if not columns.has(OTHERS):
        numbers[OTHERS] = np.where(blank, 0, said - summed)
