"""Claims about all forms together: one set of figures, whole files, one command, one page."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

import docx
import openpyxl
import pandas as pd
import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import DiskFullError, InputError
from tests.web.report_forms.conftest import HOSTILE
from web.app import create_app
from web.languages import CHINESE, ENGLISH
from web.reports.document import Column, Document, Range, Section, Table
from web.reports.forms.data_files import dictionary_csv, figures_csv, json_bytes
from web.reports.forms.files import ReportFiles, files_of, write_forms
from web.reports.forms.names import FORMS, check_forms
from web.reports.forms.xlsx_file import xlsx_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.conftest import Cli, Disk
    from web.languages import Language
    from web.reports.pages import Report

_NUMBER = re.compile(r"(?<![0-9a-zA-Z.,])\d[\d,]*(?:\.\d+)?(?![0-9a-zA-Z])")


@pytest.fixture(scope="module")
def files(report: Report) -> ReportFiles:
    return files_of(report)


def _numbers(texts: Iterable[str]) -> set[str]:
    return {found.rstrip(",") for text in texts for found in _NUMBER.findall(text)}


def _every(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _every(one)
    elif isinstance(value, list):
        for one in value:
            yield from _every(one)
    else:
        yield value


def _docx_texts(content: bytes) -> list[str]:
    paper = docx.Document(io.BytesIO(content))
    words = [
        re.sub(r"^\d+\. ", "", one.text)  # the place of a heading or of a thing in its list
        for one in paper.paragraphs
    ]
    return words + [cell.text for table in paper.tables for row in table.rows for cell in row.cells]


def _pdf_texts(content: bytes, folder: Path) -> list[str]:
    file = folder / "form.pdf"
    file.write_bytes(content)
    done = subprocess.run(["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True)
    text = done.stdout.decode()
    text = re.sub(r"第 \d+ 页，共 \d+ 页|Page \d+ of \d+", "", text)
    return [re.sub(r"^ *\d+\. ", "", line) for line in text.splitlines()]


@pytest.mark.parametrize("language", [CHINESE, ENGLISH])
def test_every_number_of_every_form_stands_in_the_json(
    document: Document, english: Document, report: Report, language: Language, tmp_path: Path
) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler is missing")
    files = ReportFiles(report, document if language is CHINESE else english)
    held = list(_every(json.loads(files.content("report.json"))))
    known = _numbers(str(one) for one in held)
    values = {round(float(one), 6) for one in held if isinstance(one, (int, float))}
    found = {
        "docx": _numbers(_docx_texts(files.content("report.docx"))),
        "pdf": _numbers(_pdf_texts(files.content("report.pdf"), tmp_path)),
        "brief": _numbers(_pdf_texts(files.content("brief.pdf"), tmp_path)),
        "notice": _numbers(_pdf_texts(files.content("notice.pdf"), tmp_path)),
    }
    for form, numbers in found.items():
        assert len(numbers) >= 10, form
        assert numbers - known == set(), form
    book = openpyxl.load_workbook(io.BytesIO(files.content("report.xlsx")), data_only=True)
    for sheet in book.worksheets:
        for row in sheet.iter_rows(values_only=True):
            for cell in row:
                if isinstance(cell, (int, float)):
                    assert {round(float(cell), 6), round(cell / 100, 6)} & values, sheet.title


_cells = st.one_of(st.none(), st.integers(0, 10**7), st.floats(0, 1))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=8), _cells), min_size=1, max_size=6))
def test_any_table_comes_back_from_each_form_for_machines(
    rows: list[tuple[str, float | None]],
) -> None:
    columns = (Column("name", "名"), Column("value", "值", "share", meaning="任意"))
    table = Table("any", "表", columns, tuple(rows), missing="没有")
    document = Document("题", "", "", "", "", CHINESE, "0" * 64, (Section("s", "节", (table,)),))
    told = json.loads(json_bytes(document))["sections"][0]["blocks"][0]["rows"]
    asked = [None if value is None else round(value, 6) for _, value in rows]
    assert [row["value"] and row["value"]["value"] for row in told] == asked
    lines = pd.read_csv(io.StringIO(figures_csv(document)))
    assert lines["low"].tolist() == pytest.approx([one for one in asked if one is not None])
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(document))).worksheets[1]
    held = [sheet.cell(row=4 + n, column=2).value for n in range(len(rows))]
    assert held == [None if value is None else pytest.approx(value) for _, value in rows]


def test_totals_of_the_csv_are_the_sums_that_pandas_finds(document: Document) -> None:
    lines = pd.read_csv(io.StringIO(figures_csv(document)), dtype={"row": str})
    summed = {
        (table.id, column.id)
        for _, table in document.tables()
        if table.total is not None
        for column in table.columns
        if column.is_summed
    }
    assert summed
    for table, column in summed:
        mine = lines[(lines["table"] == table) & (lines["column"] == column)]
        parts = mine[mine["row"] != "total"]["low"].sum()
        assert mine[mine["row"] == "total"]["low"].tolist() == [parts]


def test_the_dictionary_has_every_column_and_every_range_both_ends(document: Document) -> None:
    held = pd.read_csv(io.StringIO(dictionary_csv(document)))
    asked = [(table.id, column.id) for _, table in document.tables() for column in table.columns]
    assert list(zip(held["table"], held["column"], strict=True)) == asked
    lines = pd.read_csv(io.StringIO(figures_csv(document)))
    ranges = [
        cell
        for _, table in document.tables()
        for row in table.all_rows
        for cell in row
        if isinstance(cell, Range) and cell.low != cell.high
    ]
    assert (lines["low"] != lines["high"]).sum() == len(ranges) > 0


def test_names_that_try_to_be_something_else_stay_text_in_csv(hostile: Document) -> None:
    lines = pd.read_csv(io.StringIO(figures_csv(hostile)))
    names = lines[lines["table"] == "hostile"]["row_name"].tolist()
    assert names[: len(HOSTILE)][:5] == [f"'{name}" for name in HOSTILE[:5]]
    told = json.loads(json_bytes(hostile))
    assert told["sections"][0]["blocks"][1]["rows"][0]["name"] == HOSTILE[0]


def test_the_geopackage_has_styled_layers_with_the_printed_figures(
    files: ReportFiles, tmp_path: Path
) -> None:
    file = tmp_path / "report.gpkg"
    file.write_bytes(files.content("report.gpkg"))
    names = [name for name, sort in pyogrio.list_layers(file) if sort is not None]
    assert set(names) >= {"districts", "stations", "new_sites"}
    figures = files.report.figures
    districts = pyogrio.read_dataframe(file, layer="districts")
    assert districts["workers"].sum() == figures.before.row().workers
    assert districts["within_one_newest"].sum() == figures.newest.row().within_one
    sites = pyogrio.read_dataframe(file, layer="new_sites")
    assert figures.plan is not None
    assert sites["adds_workers"].tolist() == [int(one.adds_workers) for one in figures.plan.sites]
    styles = pyogrio.read_dataframe(file, layer="layer_styles")
    assert set(styles["f_table_name"]) == set(names)


def test_the_zip_has_every_file_with_its_hash(files: ReportFiles) -> None:
    with zipfile.ZipFile(io.BytesIO(files.content("report.zip"))) as packed:
        assert packed.testzip() is None
        manifest = json.loads(packed.read("manifest.json"))
        names = set(packed.namelist()) - {"manifest.json"}
        assert names >= {name for held in FORMS.values() for name in held} - {"report.zip"}
        assert set(manifest["files"]) == names
        for name, told in manifest["files"].items():
            content = packed.read(name)
            assert hashlib.sha256(content).hexdigest() == told["sha256"]
            assert len(content) == told["bytes"]
    assert manifest["manifest"] == files.report.figures.manifest()
    assert manifest["inputs"] == files.report.figures.inputs


def test_a_disk_that_is_full_leaves_no_half_file(files: ReportFiles, disk: Disk) -> None:
    folder = disk.root / "report"
    folder.mkdir()
    (old,) = write_forms(files, folder, ["json"])
    before = old.read_bytes()
    disk.fill()
    for form in ("zip", "json"):
        with pytest.raises(DiskFullError, match="free some space"):
            write_forms(files, folder, [form])
    assert [one.name for one in folder.iterdir()] == ["report.json"]
    assert old.read_bytes() == before


def test_forms_are_named_with_commas() -> None:
    assert check_forms("docx, PDF,docx") == ("docx", "pdf")
    with pytest.raises(InputError, match="doc is no form of a report: docx, pdf, xlsx"):
        check_forms("doc")


def test_the_command_writes_forms_beside_what_it_wrote_before(
    files: ReportFiles, measured_folder: Path, cli: Cli, tmp_path: Path
) -> None:
    folder = measured_folder
    said = cli("report", "-w", folder, "-o", tmp_path / "out", "--forms", "xlsx,json", "--json")
    assert said.code == 0
    names = [one.rpartition("/")[2] for one in said.json["files"]]
    assert names[:3] == ["report.html", "coverage.csv", "plan.csv"]
    assert names[-2:] == ["report.xlsx", "report.json"]
    told = json.loads((tmp_path / "out" / "report.json").read_bytes())
    assert told["manifest"] == files.report.figures.manifest()
    refused = cli("report", "-w", folder, "-o", tmp_path / "no", "--forms", "doc")
    assert refused.code == 2
    assert not (tmp_path / "no").exists()


def test_the_page_offers_every_form(measured_folder: Path) -> None:
    client = create_app(measured_folder, testing=True).test_client()
    page = client.get("/report").get_data(as_text=True)
    links = set(re.findall(r'href="(/report/forms/[^"?]+)\?lang=zh"', page))
    assert {link.rpartition("/")[2] for link in links} >= {
        "report.docx",
        "report.pdf",
        "report.zip",
    }
    for name, kind in (("report.xlsx", "spreadsheetml"), ("report.json", "json")):
        answer = client.get(f"/report/forms/{name}")
        assert answer.status_code == 200
        assert kind in answer.content_type
        assert name in answer.headers["Content-Disposition"]
    assert client.get("/report/forms/report.exe").status_code == 404
    english = json.loads(client.get("/report/forms/report.json?lang=en").data)
    assert english["language"] == "en"
