"""A process of its own that reads an old workbook (.xls, .et) for `data.files.old_workbook`.

The reader holds every cell of a sheet, empty ones too, and all sheets at once, so that a small file
can ask for any amount of memory. Here the system stops it. It takes the workbook on standard input
and writes one JSON line for each sheet and each of its rows; it imports nothing of ours.
"""

import io
import json
import sys
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

TOO_MUCH = 3


def main(memory_bytes: int, seconds: int, n_bytes: int, rows: int, columns: int) -> None:
    """Read the workbook within so much memory and time.

    No more than ``n_bytes`` are written, and ``rows`` and ``columns`` of a sheet.
    """
    import resource  # noqa: PLC0415 - Windows has none, and does not come here

    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    except PasswordError:
        _write({"error": "password"})
        return
    except CalamineError as error:
        _write({"error": str(error)})
        return
    left = n_bytes
    for number, about in enumerate(book.sheets_metadata):
        sheet = book.get_sheet_by_index(number)
        merged = [
            (first + 1, last + 1, left + 1)
            for (first, left), (last, _) in sheet.merged_cell_ranges or []
            if last > first
        ]
        visible = about.visible == SheetVisibleEnum.Visible
        _write({"title": about.name, "visible": visible, "merged": merged})
        for row in sheet.to_python(skip_empty_area=False, nrows=rows):
            left -= _write([_plain(cell) for cell in row[:columns]])
            if left < 0:
                sys.exit(TOO_MUCH)


def _plain(cell: object) -> object:
    """Return a cell as JSON has it; a day or time in an object under the name of its type."""
    if isinstance(cell, datetime | date | time):
        return {type(cell).__name__: cell.isoformat()}
    if isinstance(cell, timedelta):
        return {"timedelta": cell.total_seconds()}
    return cell


def _write(line: object) -> int:
    return sys.stdout.write(json.dumps(line, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
