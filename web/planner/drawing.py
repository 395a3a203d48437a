"""Draws `/plan` and `/report` in every language, as a process of its own.

``python -m web.planner.drawing FOLDER NICENESS`` writes `data.drawings` and one line of JSON: what
it drew of (``key``) and what went wrong (``error``, None where nothing did). It stands back behind
everything else on the machine, and ends when its input does: with the process that began it.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from data.china_time import china_day
from data.database.clock import now
from data.drawings import Drawing, DrawnPart, write_drawing
from data.files.csv_text import csv_text
from data.workspace import Workspace
from geo.errors import NothingYetError, YizhanError
from geo.messages import message_of, message_parts
from planning.siting.plan import SitingPlan
from planning.siting.whole_workers import in_whole_plan
from web.labels.plans import PlanWords
from web.languages import Language, codes
from web.maps.city_map import city_map, contents_of
from web.planner.missing_steps import missing_steps
from web.planner.process import begin, tell
from web.reports.pages import report_of
from web.reports.tables import coverage_rows, plan_rows
from web.services.drawings import drawn_of
from web.site.pages import render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from web.maps.city_map import CityContents


def draw(workspace: Workspace, *, languages: Iterable[str] | None = None) -> Drawing:
    """Draw the pages of a workspace as it is now, in some languages or in all.

    Raises
    ------
    NothingYetError
        when there are neither stations nor roads.
    """
    began_at, began, of = now(), time.monotonic(), drawn_of(workspace)
    contents = contents_of(workspace)
    parts: dict[str, str] = {}
    for code in languages or codes():
        t = Language(code)
        parts |= _plan_parts(workspace, contents, t) | _report_parts(workspace, contents, t)
    return Drawing(
        key=of.key,
        asked=of.asked,
        began_at=began_at,
        took_s=time.monotonic() - began,
        parts={name: DrawnPart.of(text) for name, text in parts.items()},
    )


def _plan_parts(workspace: Workspace, contents: CityContents, t: Language) -> dict[str, str]:
    """Return the map's script and what the page says beside it."""
    drawn = city_map(contents, language=t)
    result = workspace.newest_result("plan")
    plan = None if result is None else in_whole_plan(SitingPlan.from_dict(dict(result.body)))
    page = render(
        "planner_body.html",
        t,
        plan=plan,
        words=None if plan is None else PlanWords(plan, t, drawn.site_names),
        made_on=None if result is None else china_day(result.created_at),
        city_map=drawn,
        missing=missing_steps(workspace) if plan is None else [],
    )
    return {f"plan.{t.code}.html": page, f"map.{t.code}.js": drawn.document.script}


def _report_parts(workspace: Workspace, contents: CityContents, t: Language) -> dict[str, str]:
    """Return the report, its tables and what it has; nothing of a city without figures."""
    try:
        report = report_of(workspace, language=t, contents=contents)
    except NothingYetError:
        return {}
    tables = {
        "coverage": coverage_rows(report.figures),
        "plan": plan_rows(report.figures),
        "effective": report.effective_rows(),
        "longer_hours": report.longer_rows(),
    }
    parts = {f"{name}.{t.code}.csv": csv_text(rows) for name, rows in tables.items()}
    has = {"plan": report.figures.plan is not None, "effective": report.answer is not None}
    return parts | {
        f"report.{t.code}.html": str(report.body),
        f"report.{t.code}.has": " ".join(name for name, is_there in has.items() if is_there),
    }


def _drawn(folder: Path) -> dict[str, object]:
    try:
        workspace = Workspace.open(folder)
        drawing = draw(workspace)
        write_drawing(folder, drawing)
    except YizhanError as error:
        return {"key": "", "error": message_parts(message_of(error))}
    return {"key": drawing.key, "error": None}


def main() -> None:
    """Draw the pages of the workspace that the command line names."""
    begin(int(sys.argv[2]))
    tell(**_drawn(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
