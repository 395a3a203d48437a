"""Rows as the text of a CSV file that a spreadsheet opens right and cannot be harmed by."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from data.files.cell_text import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Write rows with a byte order mark, by which spreadsheets know UTF-8.

    Text that one would run as a formula gets an apostrophe before it.
    """
    file = io.StringIO(newline="")
    csv.writer(file).writerows(
        [harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return "\ufeff" + file.getvalue()
