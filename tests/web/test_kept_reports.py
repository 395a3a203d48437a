"""Claims about kept reports: made, compared with the last, signed, shown at one address."""

from __future__ import annotations

import io
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import geopandas as gpd
import pandas as pd
import pytest
from docx.oxml.ns import qn

from data.accounts import Account
from data.china_time import CHINA_TIME
from data.kept_reports import Period
from data.report_book import ReportBook
from data.stations import Stations
from data.workspace import Workspace
from tests.web.admin.visits import PASSWORD_HASH, logged_in, token_of
from web.app import create_app
from web.labels.kept_reports import FILES
from web.languages import CHINESE, ENGLISH
from web.reports import routes
from web.reports.document import Notice, Paragraph, Signatures, Table, written
from web.reports.document_json import document_from
from web.reports.figure_list import figures_in
from web.reports.forms.names import OF_DOCUMENT, file_names
from web.reports.keeping import kept_document, make_report, take_step
from web.reports.period_words import period_words
from web.reports.since_last import since_last_section

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.conftest import Answer
    from web.reports.document import Document

    Cli = Callable[..., Answer]


@pytest.fixture(scope="module")
def original(planned_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The planned city with one report kept and an account that holds every act."""
    folder = tmp_path_factory.mktemp("kept") / "city"
    shutil.copytree(planned_city, folder)
    workspace = Workspace.open(folder)
    make_report(workspace, period="2025-Q4", author="李四 <b>", by="li")
    ReportBook(workspace).accounts.add(Account("li", PASSWORD_HASH), by="test")
    return folder


@pytest.fixture
def workspace(original: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(original, tmp_path / "city")
    return Workspace.open(tmp_path / "city")


@pytest.fixture
def app(workspace: Workspace) -> Flask:
    return create_app(workspace.folder, testing=True)


def posted(client: FlaskClient, path: str, **form: str) -> TestResponse:
    """Send a form with a token of the session's own; where no page has one, it is read off."""
    form["token"] = token_of(client, "/admin/reports")
    return client.post(path, data=form)


def table_of(document: Document, name: str) -> Table | None:
    return next((table for _, table in document.tables() if table.id == name), None)


def test_what_is_read_back_is_what_was_made(workspace: Workspace) -> None:
    kept = workspace.kept_reports().report("2025-Q4-1")
    for t in (CHINESE, ENGLISH):
        document = kept_document(kept, t)
        assert document.language == t
        assert document.period == period_words(Period("2025-Q4"), t)
    held = {one.name: one.value for one in figures_in(kept_document(kept, CHINESE))}
    assert held == kept.figures
    assert len(held) > 100


def test_every_figure_of_the_report_stands_on_its_page(app: Flask, workspace: Workspace) -> None:
    client = logged_in(app, "li")
    page = client.get("/admin/reports/one/2025-Q4-1").text
    cells = set(re.findall(r"<(?:t[hd]|b)[^>]*>([^<]*)</(?:t[hd]|b)>", page))
    cells |= {one.strip() for one in re.findall(r'class="large">([^<]*)<', page)}
    for one in figures_in(kept_document(workspace.kept_reports().report("2025-Q4-1"), CHINESE)):
        if one.name.endswith(("/low", "/high")):
            continue
        words = written(one.value, one.kind, CHINESE)
        assert words in cells or words.removesuffix("%") in cells, one.name


def test_a_report_of_the_same_data_and_method_says_that_nothing_moved(
    workspace: Workspace,
) -> None:
    made = make_report(workspace, period="2026-Q1", author="王五", by="li")
    assert (made.number, made.previous) == ("2026-Q1-1", "2025-Q4-1")
    (section,) = [one for one in kept_document(made, ENGLISH).sections if one.id == "since_last"]
    said = section.blocks[0].text
    assert "No report has been issued; against 2025-Q4-1 of" in said
    assert "(draft): the data did not change; the method did not change; what was asked did" in said
    assert "All changes" not in said
    assert table_of(kept_document(made, ENGLISH), "since_last") is None
    chinese, english = (counted(kept_document(made, t)) for t in (CHINESE, ENGLISH))
    assert chinese == english == [len(made.figures)]


def counted(document: Document) -> list[int]:
    """The numbers that the section on the last report ends with: unchanged, then new."""
    (section,) = [one for one in document.sections if one.id == "since_last"]
    note = section.blocks[-1]
    assert isinstance(note, Paragraph)
    return [int(number) for number in re.findall(r"[0-9]+", note.text)]


def test_what_a_new_station_moves_is_put_down_to_the_data(workspace: Workspace) -> None:
    frame = workspace.stations().frame
    more = frame.iloc[[0]].assign(id="S99", name="新站", status="open")
    joined = pd.concat([frame, more], ignore_index=True)
    workspace.replace_stations(Stations(gpd.GeoDataFrame(joined, geometry="geometry")))
    made = make_report(workspace, period="2026-Q1", author="王五", by="li")
    document = kept_document(made, ENGLISH)
    moved = table_of(document, "since_last")
    assert moved is not None
    rows = {str(row[0]): row[1:] for row in moved.rows}
    last = workspace.kept_reports().report("2025-Q4-1").figures["headlines/now/open_stations"]
    assert last is not None
    assert rows["Open stations"] == (f"{last:g}", f"{last + 1:g}", "+1")
    text = next(one for one in document.sections if one.id == "since_last").blocks[0].text
    assert "data that changed: the register of stations; the method did not change" in text
    assert "All changes of figures come from the data." in text


def test_another_standard_is_a_change_of_method(workspace: Workspace) -> None:
    settings = workspace.settings
    longer = replace(settings.national, cutoff_s=1800.0, radius_m=2000.0)
    other = replace(workspace, settings=replace(settings, national=longer))
    made = make_report(other, period="2026-Q1", author="王五", by="li")
    document = kept_document(made, ENGLISH)
    text = next(one for one in document.sections if one.id == "since_last").blocks[0].text
    assert "the data did not change; methods that changed: the national standard; what" in text
    assert table_of(document, "since_last") is not None


def test_another_plan_is_no_change_of_data_or_method(workspace: Workspace) -> None:
    last = workspace.kept_reports().report("2025-Q4-1")
    held, now = document_from(last.words["en"]), dict(last.figures)
    moved = replace(last, figures={**now, "headlines/now/open_stations": 1.0})

    def said(**changed: str) -> str:
        section = since_last_section(
            held,
            moved,
            chinese=document_from(last.words["zh"]),
            inputs={**last.inputs, **changed},
            method=last.method,
        )
        return section.blocks[0].text  # type: ignore[union-attr]

    for changed, words in (
        ({"new": "999"}, "what was asked changed: the number of new stations."),
        ({"keep": "x"}, "what was asked changed: the sites that must be chosen."),
        ({"decision": "other"}, "what was asked changed: the newest kept decision."),
    ):
        assert f"the data did not change; the method did not change; {words}" in said(**changed)
        assert "All changes of figures come from what was asked." in said(**changed)
    assert "data that changed: the handling of what workers report" in said(tickets="other")
    assert "More than one of them changed" in said(new="9", organisations="other")
    assert "Why the figures changed was not kept." in said()
    assert "The answer was solved anew" in said(computed="2026-01-01T00:00:00Z")
    assert "counted from the day of making" in said(day="1999-01-01")


def test_a_report_of_the_past_says_of_which_day_its_figures_are(workspace: Workspace) -> None:
    last = workspace.kept_reports().report("2025-Q4-1")
    blocks = [block for _, block in kept_document(last, ENGLISH).blocks()]
    notices = [block.text for block in blocks if isinstance(block, Notice)]
    day = ENGLISH.day(last.made_at.astimezone(CHINA_TIME).date())
    assert f"All figures are of the day of making, {day}, not of the end of" in " ".join(notices)


def test_who_signed_stands_on_the_report_and_a_draft_says_that_it_is_one(
    app: Flask, workspace: Workspace
) -> None:
    stranger, li = app.test_client(), logged_in(app, "li")
    assert stranger.get("/report/2025-Q4-1").status_code == 404
    draft = li.get("/admin/reports/one/2025-Q4-1").text
    assert "草稿：尚未审核和签发，不得引用。" in draft
    assert "李四 &lt;b&gt;" in draft
    for act, name in (("review", "王五"), ("issue", "赵六")):
        answer = posted(li, f"/admin/reports/one/2025-Q4-1/{act}", name=name)
        assert answer.status_code == 303, answer.text
    page = stranger.get("/report/2025-Q4-1").text
    assert "赵六" in page
    assert "不得引用" not in page
    picture = re.search(r'src="(/report/2025-Q4-1/map-[^"]+\.svg)"', page)
    assert picture is not None
    assert stranger.get(picture[1]).mimetype == "image/svg+xml"
    posted(li, "/admin/reports/one/2025-Q4-1/withdraw", name="赵六", why="人数有误")
    assert "撤回，不再有效。理由：人数有误" in stranger.get("/report/2025-Q4-1").text
    signed = workspace.kept_reports().report("2025-Q4-1")
    blocks = [block for _, block in kept_document(signed, CHINESE).blocks()]
    (lines,) = [block for block in blocks if isinstance(block, Signatures)]
    assert [line.name for line in lines.lines] == ["李四 <b>", "王五", "赵六"]


def test_an_issued_report_is_had_in_each_form_with_who_signed_it(
    app: Flask, workspace: Workspace
) -> None:
    stranger, li = app.test_client(), logged_in(app, "li")
    address = "/report/2025-Q4-1/forms/report.docx"
    assert stranger.get(address).status_code == 404
    draft = li.get("/admin/reports/one/2025-Q4-1/forms/report.json").json
    assert "草稿：尚未审核和签发，不得引用。" in json.dumps(draft, ensure_ascii=False)
    for act in ("reviewed", "issued"):
        take_step(workspace, "2025-Q4-1", act=act, name="王五", by="li")  # type: ignore[arg-type]
    answer = stranger.get(address)
    assert answer.status_code == 200
    assert "2025-Q4-1-report.docx" in answer.headers["Content-Disposition"]
    body = docx.Document(io.BytesIO(answer.data)).element.body
    words = "".join(one.text or "" for one in body.iter(qn("w:t")))
    assert "王五" in words
    assert "李四 <b>" in words
    assert stranger.get("/report/2025-Q4-1/forms/figures.csv").status_code == 200
    page = stranger.get("/report/2025-Q4-1").text
    for name in file_names(OF_DOCUMENT):
        if name in FILES:
            assert f'href="/report/2025-Q4-1/forms/{name}"' in page
    for name in ("report.gpkg", "report.zip", "other.docx"):
        assert stranger.get(f"/report/2025-Q4-1/forms/{name}").status_code == 404


def test_every_class_of_a_kept_report_has_a_rule_on_the_public_page() -> None:
    blocks = (Path(routes.__file__).parents[1] / "templates/report_blocks.html").read_text()
    static = Path(routes.__file__).parents[1] / "static"
    rules = "".join((static / name).read_text() for name in ("yizhan.css", "pages.css"))
    named = " ".join(re.findall(r'class="([^"{%]*)"', blocks)).split()
    for name in {*named, "lead", "note"}:
        assert re.search(rf"\.{name}\b[^{{}}]*{{", rules), name


@pytest.mark.parametrize(
    ("name", "act", "code"),
    [("gui", "issue", 404), ("kan", "review", 404), ("gui", "review", 303), ("li", "issue", 400)],
)
def test_who_may_sign_says_the_table_of_permissions(
    app: Flask, name: str, act: str, code: int
) -> None:
    answer = posted(logged_in(app, name), f"/admin/reports/one/2025-Q4-1/{act}", name="某人")
    assert answer.status_code == code


def test_a_report_is_made_on_the_desk(app: Flask, workspace: Workspace) -> None:
    planner = logged_in(app, "gui")
    wrong = posted(planner, "/admin/reports/make", period="2026Q1", name="王五")
    assert (wrong.status_code, "请写成年、半年、季度或月份" in wrong.text) == (400, True)
    made = posted(
        planner, "/admin/reports/make", period="2026-H1", number="淮工报〔2026〕4号", name="王五"
    )
    assert made.status_code == 303
    assert workspace.kept_reports().numbers()[0] == "淮工报〔2026〕4号"
    assert "淮工报〔2026〕4号" in planner.get("/admin/reports/one/淮工报〔2026〕4号").text
    assert posted(logged_in(app, "kan"), "/admin/reports/make", period="2026").status_code == 404


def test_the_commands_make_list_show_review_issue_and_withdraw(
    cli: Cli, workspace: Workspace
) -> None:
    here = ("-w", workspace.folder)
    made = cli("report", "make", "--period", "2026-Q1", "--author", "王五", *here, "--json").json
    assert (made["number"], made["state"], made["previous"]) == ("2026-Q1-1", "draft", "2025-Q4-1")
    early = cli("report", "issue", "2026-Q1-1", *here)
    assert (early.code, "not reviewed yet" in early.err) == (2, True)
    for words in (("review",), ("issue",), ("withdraw", "--why", "重做")):
        assert cli("report", words[0], "2026-Q1-1", *words[1:], "--name", "赵六", *here).code == 0
    told = cli("report", "list", *here, "--json").json["reports"]
    assert [(one["number"], one["state"]) for one in told] == [
        ("2026-Q1-1", "withdrawn"), ("2025-Q4-1", "draft"),
    ]  # fmt: skip
    shown = cli("report", "show", "2026-Q1-1", *here)
    assert "was withdrawn on" in shown.out
    figures = cli("report", "show", "2026-Q1-1", *here, "--json").json["figures"]
    assert figures == workspace.kept_reports().report("2026-Q1-1").figures
    assert (
        "a kept report never changes"
        in cli("report", "make", "--period", "2026", "--number", "2026-Q1-1", *here).err
    )
    assert "has not begun yet" in cli("report", "make", "--period", "2099", *here).err
    assert "give -o DIR" in cli("report", *here).err
    zero = cli("report", "make", "--period", "0000", *here)
    assert (zero.code, "write a year, half" in zero.err) == (2, True)


def test_an_option_before_a_command_is_refused_and_not_dropped(
    cli: Cli, workspace: Workspace
) -> None:
    for words in (
        ("report", "-w", workspace.folder, "list"),
        ("plan", "--new", "3", "question-schema"),
    ):
        refused = cli(*words)
        assert (refused.code, refused.out) == (2, "")
        assert f"write it behind {words[-1]}" in refused.err
    assert "write it behind list" in cli("report", "--json", "list").err
    assert "No such command" in cli("report", "-w", workspace.folder, "lists").err
