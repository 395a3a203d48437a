"""The report of the city at hand, made once for each state of what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.report_book import ReportBook
from web.maps.at_hand import drawn_contents
from web.reports.pages import report_of
from web.services.drawings import drawn_of
from web.site.city import city_here

if TYPE_CHECKING:
    from web.languages import Language
    from web.reports.forms.files import ReportFiles
    from web.reports.pages import Report
    from web.site.city import City


def report_here(language: Language) -> Report:
    """Return the report of the newest plan or coverage (NothingYetError when there is none)."""
    city = city_here()
    return city.keep(
        f"report {language.code}",
        _key(city),
        lambda: report_of(city.workspace(), language=language, contents=drawn_contents(city)),
    )


def files_here(language: Language) -> ReportFiles:
    """Return the files of that report, each made once for each state of it."""
    from web.reports.forms.files import files_of  # noqa: PLC0415 - loads docx, typst, xlsxwriter

    city, report = city_here(), report_here(language)
    return city.keep(f"report files {language.code}", _key(city), lambda: files_of(report))


def _key(city: City) -> tuple[object, ...]:
    workspace = city.workspace()
    kept = [workspace.newest_result(kind) for kind in ("coverage", "effective", "access")]
    run = (ReportBook(workspace).tickets.version(), workspace.scenarios().version())
    members = repr(workspace.contents("organisations"))
    ids = tuple(None if result is None else result.id for result in kept)
    return (drawn_of(workspace).key, ids, run, members)
