"""The official's page: the report of the newest plan, as it is written by `yizhan report`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, g, render_template, url_for
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from data.files.csv_text import csv_text
from geo.errors import InputError
from web.labels.kept_reports import FILES
from web.languages import CHINESE, ENGLISH
from web.maps.drawn_pages import part_response, shown_here
from web.reports.at_hand import files_here
from web.reports.desk_figures import desk_figures, desk_rows
from web.reports.document import change_words, written
from web.reports.forms.names import CONTENT_TYPES, FORMS, OF_DOCUMENT, file_names
from web.reports.keeping import kept_document
from web.site.city import city_here

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.kept_reports import KeptReport
    from web.reports.document import Document, Picture

reports = Blueprint("reports", __name__)
_FILES: Final = frozenset(file_names(tuple(FORMS)))
_KEPT_FILES: Final = file_names(OF_DOCUMENT)


@reports.get("/report")
def newest() -> str:
    """Show the report; where nothing was computed yet, the commands that do."""
    t = g.language
    shown = shown_here(t.code)
    part, told = shown.part(f"report.{t.code}.html"), shown.part(f"report.{t.code}.has")
    body = None if part is None else Markup(part.text())  # noqa: S704 - our own template
    has = [] if told is None else told.text().split()
    desk = desk_figures(city_here().workspace())
    return render_template(
        "report.html",
        page="report",
        shown=shown,
        body=body,
        has=has,
        desk=desk,
        file_words=FILES,
    )


@reports.get("/report/desk.csv")
def desk_csv() -> Response:
    """Answer the proposals and activities of the quarter as CSV."""
    city = city_here()
    rows = desk_rows(desk_figures(city.workspace()), g.language, sample=bool(city.settings.sample))
    return _csv(csv_text(rows), "desk.csv")


@reports.get("/report/<any(coverage, plan, effective, longer_hours):name>.csv")
def table(name: str) -> Response:
    """Answer a table of the report as CSV."""
    return part_response(f"{name}.{g.language.code}.csv", "text/csv", file_name=f"{name}.csv")


@reports.get("/report/forms/<name>")
def form(name: str) -> Response:
    """Answer the report in one of its forms, each by its file name."""
    if name not in _FILES:
        raise NotFound
    return _file(files_here(g.language).content(name), name)


@reports.get("/report/<number>")
def kept(number: str) -> str:
    """Show a report that was issued, at its address for good; a withdrawn one says so."""
    return kept_page(
        public_report(number),
        picture_at=lambda name: url_for(".picture", number=number, name=name),
        form_at=lambda name: url_for(".kept_form", number=number, name=name),
    )


@reports.get("/report/<number>/<name>.svg")
def picture(number: str, name: str) -> Response:
    """Answer a picture of a report that was issued."""
    return kept_picture(public_report(number), name)


@reports.get("/report/<number>/forms/<name>")
def kept_form(number: str, name: str) -> Response:
    """Answer a report that was issued in one of its forms, each by its file name."""
    return kept_file(public_report(number), name)


def public_report(number: str) -> KeptReport:
    """Return a kept report that everybody may read (NotFound for any other)."""
    try:
        found = city_here().workspace().kept_reports().report(number)
    except InputError:
        raise NotFound from None
    if not found.is_public:
        raise NotFound
    return found


def kept_page(
    found: KeptReport, *, picture_at: Callable[[str], str], form_at: Callable[[str], str]
) -> str:
    """Show a kept report.

    ``picture_at`` gives the address of a picture by its name, ``form_at`` that of a file.
    """
    document = kept_document(found, g.language)

    def address(one: Picture) -> str:
        return picture_at(document.picture_name(one).removesuffix(".svg"))

    return render_template(
        "report_kept.html",
        page="report",
        kept=found,
        document=document,
        written=written,
        change_words=change_words,
        forms=[(name, form_at(name)) for name in FILES if name in _KEPT_FILES],
        file_words=FILES,
        picture_address=address,
    )


def kept_picture(found: KeptReport, name: str) -> Response:
    """Answer a picture of a kept report, in any of its languages, by its name."""
    documents: list[Document] = [kept_document(found, t) for t in (CHINESE, ENGLISH)]
    for document in documents:
        for one in document.pictures():
            if document.picture_name(one) == f"{name}.svg":
                return Response(one.svg, mimetype="image/svg+xml")
    raise NotFound


def kept_file(found: KeptReport, name: str) -> Response:
    """Answer a file of a kept report, with who signed it and what its state asks to be said."""
    if name not in _KEPT_FILES:
        raise NotFound
    from web.reports.forms.files import document_file  # noqa: PLC0415 - loads docx, typst, xlsxwriter

    content = document_file(kept_document(found, g.language), name)
    return _file(content, f"{found.number}-{name}")


def _file(content: bytes, name: str) -> Response:
    kind = CONTENT_TYPES[name.rpartition(".")[2]]
    answer = Response(content, content_type=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _csv(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, content_type="text/csv; charset=utf-8", headers=headers)
