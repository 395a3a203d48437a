"""What is computed of one city of a nation, known by the name of its folder alone.

A task holds no arrays and no workspace, so that any process that sees the folder can do it: this
one, another one, or one on another machine. Nothing is written into the city's workspace.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.questions import Question
from data.stations import FACILITY_COLUMNS
from data.workspace import Workspace
from geo.errors import NothingYetError, YizhanError
from geo.messages import message_of, message_parts, say
from planning.coverage.nominal import measure_coverage
from planning.decisions.curve import coverage_curve
from web.services.decisions import ask_workspace
from web.services.freshness import inputs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from data.stations import Stations

#: The steps of a city, in the order in which they are told.
STEPS: Final = ("figures", "curve")
#: Which form the body of each step has; a number more has every city done again.
_FORMS: Final = {"figures": 2, "curve": 1}
#: What of a workspace's folder decides its figures; sizes and times of these tell a change.
_LOOKED_AT: Final = ("yizhan.toml", "districts.geojson", "yizhan.db", "yizhan.db-wal", "cache/*")


@dataclass(frozen=True)
class StepTask:
    """A step of a city as plain data; ``version`` is that of the program which asks for it.

    ``last_key`` is the key of the kept result, "" where there is none or it failed.
    """

    city: str
    folder: str
    step: str
    question: Mapping[str, Any]
    amounts: tuple[float, ...]
    seconds: float
    gap: float
    version: str
    last_key: str = ""


@dataclass(frozen=True)
class StepOutcome:
    """What came of a task: a body, why there is none, or neither where nothing has changed.

    ``failed`` are the parts of a sentence (`geo.messages.message_parts`).
    """

    key: str
    stamp: str
    body: dict[str, Any] | None
    failed: dict[str, Any] | None
    seconds: float


def own_version() -> str:
    """Return the version of this program, which is part of every key."""
    return version("yizhan")


def stamp_of(task: StepTask) -> str:
    """Return a hash of sizes and times of the workspace's files, and of what is asked."""
    seen = []
    for pattern in _LOOKED_AT:
        for file in sorted(Path(task.folder).glob(pattern)):
            state = file.stat()
            seen.append((file.name, state.st_size, state.st_mtime_ns))
    return _hash([seen, _asked(task)])


def do_step(task: StepTask) -> StepOutcome:
    """Do a step; whatever goes wrong is told of this city and stops no other."""
    begun = time.process_time()
    key, stamp = "", ""
    body: dict[str, Any] | None = None
    failed: dict[str, Any] | None = None
    try:
        _refuse_other_version(task)
        # before anything is read: what changes meanwhile is another stamp next time
        stamp = stamp_of(task)
        workspace = Workspace.open(Path(task.folder))
        key = _key(workspace, task)
        if key != task.last_key:
            body = _BODIES[task.step](workspace, task)
    except YizhanError as error:
        failed = message_parts(message_of(error))
    except Exception as error:  # noqa: BLE001 - a fault in one city is told there, the rest go on
        failed = message_parts(f"{type(error).__name__}: {error}")
    return StepOutcome(key, stamp, body, failed, time.process_time() - begun)


def _refuse_other_version(task: StepTask) -> None:
    if task.version != own_version():
        raise YizhanError(
            say(
                "this worker runs version {own}, and version {asked} asks: install that one",
                own=own_version(),
                asked=task.version,
            )
        )


def _key(workspace: Workspace, task: StepTask) -> str:
    inputs = inputs_of(
        workspace.demand(), workspace.stations(), workspace.network(), workspace.settings
    )
    sites = workspace.contents("sites")
    return _hash([inputs, None if sites is None else sites.content_hash, _asked(task)])


def _asked(task: StepTask) -> list[Any]:
    curve = [dict(task.question), list(task.amounts), task.seconds, task.gap]
    return [task.step, _FORMS[task.step], task.version, curve if task.step == "curve" else []]


def _hash(parts: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _figures(workspace: Workspace, _task: StepTask) -> dict[str, Any]:
    """Count the city: stations by kind, workers, and whom the stations reach by both standards."""
    stations = workspace.stations()
    settings, demand, network = workspace.settings, workspace.demand(), workspace.network()
    reached = {
        standard: measure_coverage(demand, stations, network, settings, standard=standard)
        for standard in ("group", "national")
    }
    return {
        "name": settings.name,
        "sample": settings.sample,
        "stations": len(stations),
        "stations_by_kind": stations.frame["kind"].value_counts().to_dict(),
        "unknown": _unknown(stations),
        "workers": reached["group"].row().workers,
        "within_group": reached["group"].row().within_one,
        "within_national": reached["national"].row().within_one,
        "within_two": reached["national"].row().within_two,
    }


def _unknown(stations: Stations) -> dict[str, int]:
    """Count the stations of which the register does not say something, by what."""
    frame = stations.frame
    equipped = frame[list(FACILITY_COLUMNS)].map(len).sum(axis=1)
    return {
        "hours": int((frame["hours"] == "").sum()),
        "access": int((frame["access"].map(len) == 0).sum()),
        "facilities": int((equipped == 0).sum()),
        "checked_at": int((frame["checked_at"] == "").sum()),
    }


def _curve(workspace: Workspace, task: StepTask) -> dict[str, Any]:
    """Draw the city's curve of money against workers covered, with what is proved of it."""
    asked = ask_workspace(workspace, Question.from_dict(task.question), done=lambda *_: None)
    problem, constant = asked.problem.problem, asked.problem.constant
    curve = coverage_curve(problem, budgets=task.amounts, time_limit_s=task.seconds, gap=task.gap)
    covered = [point.covered - constant for point in curve.points]
    if not np.isfinite(covered).all():
        raise NothingYetError(say("no plan was found for a sum of the curve: give it more seconds"))
    reachable = np.bincount(problem.covers.indices, minlength=problem.n_demand) > 0
    return {
        "workers": float(workspace.demand().weights.sum()),
        "amounts": [point.amount for point in curve.points],
        "covered": covered,
        "bounds": [point.bound - constant for point in curve.points],
        "line_values": [_known(point.line_value - constant) for point in curve.points],
        "prices": [_known(point.price) for point in curve.points],
        "most": float(problem.weights[reachable].sum()) - constant,
        "candidates": asked.n_candidates,
    }


def _known(figure: float) -> float | None:
    return figure if np.isfinite(figure) else None


_BODIES: Final[Mapping[str, Callable[[Workspace, StepTask], dict[str, Any]]]] = {
    "figures": _figures,
    "curve": _curve,
}
