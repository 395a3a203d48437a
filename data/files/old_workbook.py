"""Workbooks of the old kind that people hand in: .xls of Excel and .et of WPS.

python-calamine reads them, in a process that may take no more than so much memory and time
(`data.files.calamine_process`): what it is asked to hold is for the file to say.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from data.files.cell_text import row_texts
from data.files.headings import LOOKED_AT, find_heading
from data.files.sheets import Sheet, fill_down, sheets_with_table
from data.system import ON_WINDOWS
from data.vocabulary import quote
from geo.errors import FileFormatError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from data.files.headings import FieldOf
    from data.files.sheets import Limits, Rows

#: How such a file begins: it is a small file system of its own (MS-CFB).
MAGIC: Final = b"\xd0\xcf\x11\xe0"
_MEMORY_BYTES: Final = 1 << 30
_CPU_S: Final = 60
_PROCESS: Final = Path(__file__).with_name("calamine_process.py")
_MADE_OF: Final[dict[str, Callable[[Any], object]]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda seconds: timedelta(seconds=seconds),
}


def read_old_workbook(
    path: Path, data: bytes, *, field_of: FieldOf | None, sheet: str | None, limits: Limits
) -> list[tuple[str, Rows]]:
    """Read the sheets that hold the table: title and rows of each, as `read_workbook` does.

    Of a formula the value is read that was stored; one without is an empty cell.

    Raises
    ------
    FileFormatError
        when it is no such workbook, is locked, broken or too large, has no such sheet, or the
        system cannot hold the reader within bounds (Windows).
    """
    sheets = [_opened(about, rows, field_of) for about, rows in _sheets_of(path, data, limits)]
    chosen = sheets_with_table(path, sheets, field_of=field_of, name=sheet)
    return [(one.title, one.read()[0]) for one in chosen]


def _opened(about: dict[str, Any], rows: list[Sequence[object]], field_of: FieldOf | None) -> Sheet:
    def read() -> tuple[Rows, tuple[()]]:
        heading = find_heading([row_texts(row) for row in rows[:LOOKED_AT]], field_of)
        fill_down(rows, about["merged"], after=heading.row if heading else 0)
        return rows, ()

    return Sheet(about["title"], about["visible"], lambda: rows[: LOOKED_AT + 1], read)


def _sheets_of(
    path: Path, data: bytes, limits: Limits
) -> list[tuple[dict[str, Any], list[Sequence[object]]]]:
    """Let the other process read, and take what it says of each sheet, with its rows."""
    if not data.startswith(MAGIC):
        raise FileFormatError(
            say("{file}: is no workbook: save it as .xlsx in a spreadsheet", file=path.name)
        )
    if ON_WINDOWS:
        raise FileFormatError(
            say("{file}: old workbooks are not read on Windows: save it as .xlsx", file=path.name)
        )
    bounds = (_MEMORY_BYTES, _CPU_S, limits.n_bytes, limits.rows + 1, limits.columns + 1)
    command = [sys.executable, "-I", str(_PROCESS), *map(str, bounds)]
    with subprocess.Popen(  # noqa: S603 - our own module, and numbers
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        told, _ = process.communicate(data)
    lines = told.decode("ascii").splitlines()
    error = json.loads(lines[0]).get("error") if lines and process.returncode == 0 else None
    if error == "password":
        raise FileFormatError(
            say("{file}: is locked by a password: save it as .xlsx without one", file=path.name)
        )
    if error is not None:
        raise FileFormatError(
            say(
                "{file}: is a broken workbook ({error}): "
                "open it in a spreadsheet and save it as .xlsx again",
                file=path.name,
                error=quote(error),
            )
        )
    if process.returncode:
        raise FileFormatError(
            say(
                "{file}: asks for more memory or time than a table does: save it as .xlsx",
                file=path.name,
            )
        )
    sheets: list[tuple[dict[str, Any], list[Sequence[object]]]] = []
    for line in map(json.loads, lines):
        if isinstance(line, dict):
            sheets.append((line, []))
        else:
            sheets[-1][1].append([_cell(cell) for cell in line])
    return sheets


def _cell(cell: object) -> object:
    if not isinstance(cell, dict):
        return cell
    ((kind, told),) = cell.items()
    return _MADE_OF[kind](told)
