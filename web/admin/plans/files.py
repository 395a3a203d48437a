"""What can be taken away of a scenario: actions, who goes where, the question, the whole."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Response, g, json
from werkzeug.exceptions import NotFound

from data.files.scenario_files import write_scenario
from web.admin.plans.pages import scenario_here
from web.admin.routes import admin
from web.services.plan_files import write_scenario_actions, write_who_goes_where
from web.services.plan_pages import question_behind
from web.site.city import city_here

if TYPE_CHECKING:
    from data.scenarios import Scenario

_TYPES: Final = {
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
}
_FILES: Final = frozenset(
    {
        ("actions", "xlsx"),
        ("actions", "csv"),
        ("actions", "geojson"),
        ("actions", "gpkg"),
        ("ways", "gpkg"),
        ("ways", "geojson"),
        ("question", "json"),
        ("scenario", "json"),
    }
)


@admin.get("/plans/file/<what>.<suffix>/<path:name>")
def plan_file(what: str, suffix: str, name: str) -> Response:
    """Answer a file of a scenario: its actions, who goes where, its question or the whole."""
    scenario = scenario_here(name)
    if (what, suffix) not in _FILES:
        raise NotFound
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{what}.{suffix}"
        _write(scenario, what, file)
        body = file.read_bytes()
    answer = Response(body, content_type=_TYPES[suffix])
    answer.headers.set("Content-Disposition", "attachment", filename=f"{what}.{suffix}")
    return answer


def _write(scenario: Scenario, what: str, file: Path) -> None:
    if what == "actions":
        write_scenario_actions(scenario, file, reader="zh" if g.language.is_chinese else "en")
    elif what == "ways":
        write_who_goes_where(city_here().folder, scenario.name, file, language=g.language.code)
    elif what == "scenario":
        write_scenario(scenario, file)
    else:
        question = question_behind(scenario)
        if question is None:
            raise NotFound
        text = json.dumps(question.as_dict(), ensure_ascii=False, indent=2)
        file.write_text(text, encoding="utf-8")
