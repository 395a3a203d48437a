"""The report of the small city as a document, with names that try to be something else."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from data.workspace import Workspace
from web.languages import CHINESE, ENGLISH
from web.reports.document import Column, Paragraph, Section, Signature, Signatures, Table
from web.reports.document_sections import document_of
from web.reports.pages import report_of
from web.services.report_basis import prepare_report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from web.reports.document import Document
    from web.reports.pages import Report

HOSTILE = (
    "=1+2",
    "+3",
    "-4",
    "@SUM(1)",
    '=HYPERLINK("http://x.example","y")',
    "<w:b/>&amp;",
    "#strong[x] $x$",
    "\x0b控制\x00",
)


@pytest.fixture(scope="session")
def measured_folder(city_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small city with everything that a report measures; read it only."""
    folder = tmp_path_factory.mktemp("forms") / "city"
    shutil.copytree(city_folder, folder)
    prepare_report(Workspace.open(folder))
    return folder


@pytest.fixture(scope="session")
def report(measured_folder: Path) -> Report:
    return report_of(Workspace.open(measured_folder))


@pytest.fixture(scope="session")
def document(report: Report) -> Document:
    return document_of(report)


@pytest.fixture(scope="session")
def english(report: Report) -> Document:
    return document_of(replace(report, language=ENGLISH))


@pytest.fixture(scope="session")
def hostile(document: Document) -> Document:
    """A document whose names all try to be something else, in every place of a name."""
    columns = (Column("name", HOSTILE[0]), Column("n", "数", "count", is_summed=True))
    rows = tuple((name, 1) for name in HOSTILE)
    parts = (
        Paragraph(" ".join(HOSTILE)),
        Table("hostile", HOSTILE[4], columns, rows, ("合计", len(rows))),
        Signatures((Signature(HOSTILE[0], HOSTILE[1], HOSTILE[5]),), "=0", "=1", "=2", "=3"),
    )
    return replace(
        document,
        title=HOSTILE[5],
        issuer=HOSTILE[6],
        language=CHINESE,
        sections=(Section("hostile", HOSTILE[3], parts),),
    )


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Path]:
    """Have LibreOffice open a file and write it anew in another form."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    profile = tmp_path_factory.mktemp("office")

    def converted(file: Path, ending: str) -> Path:
        subprocess.run(
            [
                program,
                f"-env:UserInstallation=file://{profile}",
                "--headless",
                "--convert-to",
                ending,
                "--outdir",
                str(profile),
                str(file),
            ],
            check=True,
            capture_output=True,
            timeout=300,
        )
        return profile / f"{file.stem}.{ending.partition(':')[0]}"

    return converted
