"""The forms of a report by name, their files and content types; nothing here makes one."""

from __future__ import annotations

from typing import Final

from geo.errors import InputError
from geo.messages import say

FORMS: Final = {
    "docx": ("report.docx",),
    "pdf": ("report.pdf",),
    "xlsx": ("report.xlsx",),
    "csv": ("figures.csv", "dictionary.csv"),
    "json": ("report.json",),
    "gpkg": ("report.gpkg",),
    "brief": ("brief.pdf",),
    "notice": ("notice.png", "notice.svg", "notice.pdf"),
    "zip": ("report.zip",),
}
"""The forms that can be asked for, each with its files."""

CONTENT_TYPES: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "gpkg": "application/geopackage+sqlite3",
    "png": "image/png",
    "svg": "image/svg+xml; charset=utf-8",
    "zip": "application/zip",
}

OF_DOCUMENT: Final = ("docx", "pdf", "xlsx", "csv", "json", "brief", "notice")
"""The forms that a document alone makes, such as that of a kept report."""


def file_names(forms: tuple[str, ...]) -> tuple[str, ...]:
    """Return the files of forms, in their order."""
    return tuple(name for form in forms for name in FORMS[form])


def check_forms(words: str) -> tuple[str, ...]:
    """Return the forms that are named, with commas between them (InputError for an unknown one)."""
    asked = tuple(dict.fromkeys(word.strip().casefold() for word in words.split(",")))
    for word in asked:
        if word not in FORMS:
            raise InputError(
                say("{word} is no form of a report: {known}", word=word, known=", ".join(FORMS))
            )
    return asked
