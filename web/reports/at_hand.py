"""The report of the city at hand, made once for each state of what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.report_book import ReportBook
from web.maps.at_hand import drawn_contents
from web.reports.pages import report_of
from web.site.city import city_here

if TYPE_CHECKING:
    from web.languages import Language
    from web.reports.pages import Report


def report_here(language: Language) -> Report:
    """Return the report of the newest plan or coverage (NothingYetError when there is none)."""
    city = city_here()
    workspace = city.workspace()
    kept = [workspace.newest_result(kind) for kind in ("coverage", "effective", "access")]
    run = (ReportBook(workspace).tickets.version(), workspace.scenarios().names())
    members = repr(workspace.contents("organisations"))
    ids = tuple(None if result is None else result.id for result in kept)
    key = (city.map_key(), ids, run, members)
    return city.keep(
        f"report {language.code}",
        key,
        lambda: report_of(city.workspace(), language=language, contents=drawn_contents(city)),
    )
