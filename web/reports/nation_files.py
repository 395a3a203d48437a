"""The report of a nation or a province as files: a page, a workbook, JSON and CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.atomic import write_bytes
from web.reports.document import written
from web.reports.forms.data_files import dictionary_csv, figures_csv, json_bytes
from web.reports.forms.xlsx_file import xlsx_bytes
from web.site.pages import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from web.reports.document import Document

_MAKERS: Final[dict[str, Callable[[Document], bytes]]] = {
    "report.html": lambda document: html_text(document).encode(),
    "report.xlsx": xlsx_bytes,
    "report.json": json_bytes,
    "figures.csv": lambda document: figures_csv(document).encode(),
    "dictionary.csv": lambda document: dictionary_csv(document).encode(),
}


def html_text(document: Document) -> str:
    """Return a document as one HTML file that asks nobody for anything."""
    return render("nation_report.html", document.language, document=document, written=written)


def write_report(document: Document, folder: Path) -> list[Path]:
    """Write all forms into a folder, each file whole or not at all; returns the files.

    Raises
    ------
    WorkspaceError
        when a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in _MAKERS.items():
        write_bytes(folder / name, make(document))
    return [folder / name for name in _MAKERS]
