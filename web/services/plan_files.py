"""Files of a scenario for the planner's pages: its actions, and who goes where after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.files.action_files import write_action_points
from data.workspace import Workspace
from planning.scenarios.forms import figures_of
from web.languages import language_of
from web.services.apart import apart
from web.services.assignments import ground_after, who_goes_where, write_assignment

if TYPE_CHECKING:
    from pathlib import Path

    from data.files.spoken_tables import Reader
    from data.scenarios import Scenario


def write_scenario_actions(scenario: Scenario, file: Path, *, reader: Reader | None = None) -> None:
    """Write the actions of a scenario as points, with their money where the answer knows it."""
    actions = figures_of(scenario).actions
    columns: dict[str, list[Any]] = {
        name: [getattr(one, name) for one in actions] for name in ("order", "what")
    }
    columns["id"] = [one.site_id for one in actions]
    for name in ("name", "kind", "hours", "district", "lon", "lat"):
        columns[name] = [getattr(one, name) for one in actions]
    columns["year"] = ["" if one.year is None else str(one.year) for one in actions]
    columns["adds"] = [round(one.adds_workers, 3) for one in actions]
    if scenario.form == "decision":
        lines = scenario.decision["actions"]
        for name in ("lost_without", "capital_yuan", "running_yuan_a_year"):
            columns[name] = [line[name] for line in lines]
        columns["paid_yuan"] = [sum(line["paid"].values()) for line in lines]
    write_action_points(columns, file, sample=scenario.sample, reader=reader)


def write_who_goes_where(folder: Path, scenario: Scenario, file: Path, *, language: str) -> None:
    """Write who goes where after a scenario, and each group's area, in a process of its own.

    The search lays arrays over the whole network, which a server would keep for good.
    """
    apart(_write, folder, scenario, file, language)


def _write(folder: Path, scenario: Scenario, file: Path, language: str) -> None:
    workspace = Workspace.open(folder)
    found = who_goes_where(ground_after(workspace, scenario))
    write_assignment(found, file, sample=workspace.settings.sample, language=language_of(language))
