"""What can be taken away of an answer: actions, sheets, who goes where, the question, the whole."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Response, g, json
from werkzeug.exceptions import Conflict, NotFound

from data.files.scenario_files import write_scenario
from geo.errors import InputError
from geo.messages import message_of
from web.admin.plans.pages import scenario_here
from web.admin.routes import admin
from web.reports.site_sheets import sheets_archive, sheets_archive_apart
from web.services.plan_files import write_scenario_actions, write_who_goes_where
from web.services.plan_pages import question_behind
from web.services.runs import draft_of, run_of
from web.site.city import city_here

if TYPE_CHECKING:
    from data.scenarios import Scenario

_TYPES: Final = {
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "zip": "application/zip",
}
_FILES: Final = frozenset(
    {
        ("actions", "xlsx"),
        ("actions", "csv"),
        ("actions", "geojson"),
        ("actions", "gpkg"),
        ("sheets", "zip"),
        ("ways", "gpkg"),
        ("ways", "geojson"),
        ("question", "json"),
        ("scenario", "json"),
    }
)


@admin.get("/plans/file/<what>.<suffix>/<path:name>")
def plan_file(what: str, suffix: str, name: str) -> Response:
    """Answer a file of a scenario: its actions, sheets, who goes where, its question or all."""
    return _answer(scenario_here(name), what, suffix)


@admin.get("/plans/runs/<int:number>/<what>.<suffix>")
def run_file(number: int, what: str, suffix: str) -> Response:
    """Answer a file of the plan of a run, before it is kept or without."""
    workspace = city_here().workspace()
    run = run_of(workspace, number)
    draft = None if run is None else draft_of(workspace, run)
    if draft is None or what == "scenario":  # which has a name only once it is kept
        raise NotFound
    return _answer(draft, what, suffix)


def _answer(scenario: Scenario, what: str, suffix: str) -> Response:
    if (what, suffix) not in _FILES:
        raise NotFound
    try:
        body = _bytes(scenario, what, suffix)
    except InputError as error:  # the register or the roads have changed since
        raise Conflict(g.language.told(message_of(error))) from None
    answer = Response(body, content_type=_TYPES[suffix])
    answer.headers.set("Content-Disposition", "attachment", filename=f"{what}.{suffix}")
    return answer


def _bytes(scenario: Scenario, what: str, suffix: str) -> bytes:
    city, language = city_here(), g.language
    if what == "sheets" and city.searches_apart:
        return sheets_archive_apart(city.folder, scenario, language=language.code)
    if what == "sheets":
        return sheets_archive(city.workspace(), scenario, language=language)
    if what == "question":
        question = question_behind(scenario)
        if question is None:
            raise NotFound
        return json.dumps(question.as_dict(), ensure_ascii=False, indent=2).encode()
    with tempfile.TemporaryDirectory() as made:
        file = Path(made) / f"{what}.{suffix}"
        if what == "actions":
            write_scenario_actions(scenario, file, reader="zh" if language.is_chinese else "en")
        elif what == "ways":
            write_who_goes_where(city.folder, scenario, file, language=language.code)
        else:
            write_scenario(scenario, file)
        return file.read_bytes()
