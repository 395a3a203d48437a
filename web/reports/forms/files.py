"""The files of a report: every form by its name, and all of them in a ZIP with a manifest."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Final

from data.atomic import write_bytes
from data.files.csv_text import csv_text
from web.reports.document_sections import document_of
from web.reports.forms.brief import brief_bytes, notice_bytes
from web.reports.forms.data_files import dictionary_csv, figures_csv, json_bytes
from web.reports.forms.docx_file import docx_bytes
from web.reports.forms.map_file import gpkg_bytes
from web.reports.forms.names import FORMS, file_names
from web.reports.forms.pdf_file import pages_of, pdf_bytes
from web.reports.forms.typesetting import faces_of
from web.reports.forms.xlsx_file import xlsx_bytes
from web.reports.tables import coverage_rows, plan_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from web.reports.document import Document
    from web.reports.forms.faces import Faces
    from web.reports.pages import Report

_BEFORE_ZIP: Final = (1980, 1, 1, 0, 0, 0)  # no time of its own: the same files are the same ZIP


_ZIP: Final = "report.zip"
_MAKERS: Final[Mapping[str, Callable[[Document], bytes]]] = {
    "report.docx": docx_bytes,
    "report.pdf": pdf_bytes,
    "report.xlsx": xlsx_bytes,
    "figures.csv": lambda document: figures_csv(document).encode(),
    "dictionary.csv": lambda document: dictionary_csv(document).encode(),
    "report.json": json_bytes,
    "brief.pdf": brief_bytes,
    "notice.png": lambda document: notice_bytes(document, form="png"),
    "notice.svg": lambda document: notice_bytes(document, form="svg"),
    "notice.pdf": lambda document: notice_bytes(document, form="pdf"),
}


def document_file(document: Document, name: str) -> bytes:
    """Return a file of one of the forms `OF_DOCUMENT` by its name (KeyError for another)."""
    return _MAKERS[name](document)


@dataclass(frozen=True, eq=False)
class ReportFiles:
    """A report as files, each made when it is asked for."""

    report: Report
    document: Document
    _made: dict[str, bytes] = field(default_factory=dict, repr=False)
    _lock: RLock = field(default_factory=RLock, repr=False)

    def content(self, name: str) -> bytes:
        """Return a file by its name in `FORMS` (KeyError for another); each is made once."""
        with self._lock:
            if name not in self._made:
                self._made[name] = self._make(name)
            return self._made[name]

    def _make(self, name: str) -> bytes:
        if name == _ZIP:
            return self._zip()
        if name in FORMS["gpkg"]:
            return gpkg_bytes(self.report)
        return document_file(self.document, name)

    @property
    def faces(self) -> Faces:
        """The typefaces of the PDF, and what stands in for those of the standard."""
        return faces_of(pages_of(self.document))

    def _zip(self) -> bytes:
        """Return all forms, the page, the tables of before, and what each file's hash is."""
        files = {name: self.content(name) for name in file_names(tuple(FORMS)) if name != _ZIP}
        files["report.html"] = self.report.html().encode()
        files["coverage.csv"] = csv_text(coverage_rows(self.report.figures)).encode()
        files["plan.csv"] = csv_text(plan_rows(self.report.figures)).encode()
        manifest = {
            "title": self.document.title,
            "notice": self.document.sample,
            "manifest": self.document.manifest,
            "inputs": self.document.inputs,
            "files": {
                name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                for name, content in files.items()
            },
        }
        words = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, content in {**files, "manifest.json": words}.items():
                packed.writestr(zipfile.ZipInfo(name, _BEFORE_ZIP), content, zipfile.ZIP_DEFLATED)
        return held.getvalue()


def files_of(report: Report) -> ReportFiles:
    """Return a report as files."""
    return ReportFiles(report, document_of(report))


def write_forms(files: ReportFiles, folder: Path, forms: Sequence[str]) -> list[Path]:
    """Write forms into a folder that is there, each file whole or not at all; returns the files.

    Raises
    ------
    WorkspaceError
        when a file cannot be written, such as on a full disk; those before it stand.
    """
    names = file_names(tuple(forms))
    for name in names:
        write_bytes(folder / name, files.content(name))
    return [folder / name for name in names]
