"""The figures of the sample city, as plain data: what the code says of a city that never changes.

``python -m tests.web.sample_figures`` builds the city anew and keeps its figures in
``sample_figures.json``: run it where a figure is meant to change, and say in the commit why.
"""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from data.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KEPT: Final = Path(__file__).with_suffix(".json")
REPORT: Final = ("coverage", "plan", "effective", "longer_hours")
_COUNTS: Final = ("workers", "within_one", "within_two", "straight_one", "straight_two")
_DIGITS: Final = 4


def figures_of(workspace: Workspace) -> dict[str, Any]:
    """Gather what coverage, plan and report say of a workspace."""
    coverages = {kept.body["standard"]: kept.body for kept in workspace.results("coverage")}
    kept = workspace.newest_result("plan")
    assert kept is not None
    plan = kept.body
    report = workspace.folder / "exports" / "report"
    return {
        "coverage": {name: _coverage(coverages[name]) for name in sorted(coverages)},
        "plan": {
            "status": plan["status"],
            "proof": _row(plan, ("covered_after", "bound", "gap")),
            "sites": [
                f"{site['site_id']} {site['kind']} {_row(site, ('adds_workers', 'lost_without'))}"
                for site in plan["sites"]
            ],
        },
        "report": {name: _columns(report / f"{name}.csv") for name in REPORT},
    }


def build() -> dict[str, Any]:
    """Build the sample city in a folder that goes again, and return its figures."""
    from web.reports.pages import write_report  # noqa: PLC0415 - loads the engine
    from web.services.demo import build_demo  # noqa: PLC0415 - loads the engine

    with tempfile.TemporaryDirectory() as folder:
        report = ("report", lambda city: write_report(city, city.folder / "exports" / "report"))
        build_demo(Path(folder) / "city", then=[report])
        return figures_of(Workspace.open(Path(folder) / "city"))


def text_of(figures: Mapping[str, Any]) -> str:
    """Write figures as JSON, a line a row."""
    return json.dumps(figures, ensure_ascii=False, indent=1) + "\n"


def _coverage(body: Mapping[str, Any]) -> dict[str, Any]:
    rows = {f"{row['group']} in {row['district']}": _row(row, _COUNTS) for row in body["rows"]}
    off = body.get("off_roads") or {"workers": 0.0, "stations": 0}
    return {"rows": rows, "off_roads": _row(off, ("workers", "stations"))}


def _row(row: Mapping[str, Any], names: Iterable[str]) -> str:
    """Write the figures of a row behind one another."""
    return _line(float(row[name]) for name in names)


def _line(figures: Iterable[float]) -> str:
    return " ".join(f"{figure:.{_DIGITS}f}" for figure in figures)


def _columns(path: Path) -> dict[str, str]:
    """Sum each column of numbers, plainly and times the number of the row.

    So no value changes unseen, nor its place.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    sums = {}
    for name in rows[0]:
        try:
            values = [float(row[name] or 0) for row in rows]
        except ValueError:
            continue
        by_row = sum(number * value for number, value in enumerate(values, start=1))
        sums[name] = _line((len(values), sum(values), by_row))
    return sums


if __name__ == "__main__":
    KEPT.write_text(text_of(build()), encoding="utf-8")
