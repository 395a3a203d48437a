"""The work of a nation, city by city: in one process, or by Dask on several.

Each result is kept as soon as it is there, so that a run that was killed goes on where it stood;
a city whose files have not changed since is not even opened.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from data.atomic import write_text
from data.database.clock import now, second_text
from data.nation.step_results import StepResult, StepResults
from geo.errors import InputError
from geo.messages import message_from, say
from web.services.nation_steps import STEPS, StepOutcome, StepTask, do_step, own_version, stamp_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from data.nation.nation_file import Nation, NationCity

RESULTS: Final = "results"
_POINTS: Final = "points.json"


class Runner(Protocol):
    """Does tasks anywhere, and yields each with its outcome as soon as it is done."""

    def __call__(self, tasks: Sequence[StepTask]) -> Iterable[tuple[StepTask, StepOutcome]]:
        """Do the tasks, in any order."""
        ...


@dataclass(frozen=True)
class StepState:
    """How a step of a city stands: ``done``, ``unchanged``, ``failed`` (and why) or ``open``."""

    city: NationCity
    step: str
    state: str
    why: str
    seconds: float


def one_by_one(tasks: Sequence[StepTask]) -> Iterator[tuple[StepTask, StepOutcome]]:
    """Do tasks in this process, one after the other."""
    for task in tasks:
        yield task, do_step(task)


def results_of(nation: Nation) -> StepResults:
    """Return the nation's kept results."""
    return StepResults(nation.folder / RESULTS)


def keep_more_points(nation: Nation, more: Mapping[str, Sequence[float]]) -> None:
    """Keep amounts at which the curves of some cities are to be drawn too (WorkspaceError)."""
    held = _more_points(nation)
    for city, amounts in more.items():
        held[city] = sorted({*held.get(city, []), *amounts})
    file = nation.folder / RESULTS / _POINTS
    write_text(file, json.dumps(held, sort_keys=True, indent=1) + "\n")


def _more_points(nation: Nation) -> dict[str, list[float]]:
    """Return what `keep_more_points` kept by city; nothing where there is none to be read."""
    try:
        text = (nation.folder / RESULTS / _POINTS).read_text(encoding="utf-8")
        return {str(city): list(map(float, own)) for city, own in json.loads(text).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def run_nation(
    nation: Nation,
    *,
    only: Sequence[str] = (),
    runner: Runner = one_by_one,
    on_state: Callable[[StepState], None] = lambda _state: None,
) -> tuple[StepState, ...]:
    """Do every step of every city that is not done or was done from something else.

    Parameters
    ----------
    nation
        the nation.
    only
        codes of cities; empty: all of them.
    runner
        who does the tasks.
    on_state
        is told of each step as soon as it is settled.

    Returns
    -------
    tuple of StepState
        in the order of cities and steps; one that failed stops no other.

    Raises
    ------
    InputError
        for a code that is none.
    WorkspaceError
        when the results cannot be written.
    """
    kept, states = results_of(nation), dict[tuple[str, str], StepState]()
    cities, more = _cities(nation, only), _more_points(nation)
    waiting: dict[tuple[str, str], tuple[NationCity, StepResult | None]] = {}
    tasks = []
    for city, step in ((city, step) for city in cities for step in STEPS):
        last = kept.find(city.code, step)
        task = _task_of(nation, city, step, last, more.get(city.code, ()))
        if _is_done(last, task):
            states[city.code, step] = StepState(city, step, "unchanged", "", 0.0)
            on_state(states[city.code, step])
        else:
            waiting[city.code, step] = (city, last)
            tasks.append(task)
    for task, outcome in runner(tasks):
        state = _settle(kept, *waiting[task.city, task.step], task.step, outcome)
        states[task.city, task.step] = state
        on_state(state)
    return tuple(states[city.code, step] for city in cities for step in STEPS)


def _cities(nation: Nation, only: Sequence[str]) -> list[NationCity]:
    """Return the cities that are asked for, each of which must be there."""
    cities = {city.code: city for city in nation.cities()}
    for code in only:
        if nation.city(code).code not in cities:
            raise InputError(say("{folder} has no city {code}", folder=nation.folder, code=code))
    return [city for code, city in cities.items() if not only or code in only]


def standing_of(nation: Nation) -> tuple[StepState, ...]:
    """Say how each step of each city stands, without doing any."""
    kept, states, more = results_of(nation), [], _more_points(nation)
    for city, step in ((city, step) for city in nation.cities() for step in STEPS):
        last = kept.find(city.code, step)
        if last is not None and last.failed:
            states.append(StepState(city, step, "failed", _words(last.failed), last.seconds))
        else:
            task = _task_of(nation, city, step, last, more.get(city.code, ()))
            done = _is_done(last, task)
            seconds = 0.0 if last is None else last.seconds
            states.append(StepState(city, step, "done" if done else "open", "", seconds))
    return tuple(states)


def task_of(nation: Nation, city: NationCity, step: str) -> StepTask:
    """Return a step of a city as plain data."""
    more = _more_points(nation).get(city.code, ())
    return _task_of(nation, city, step, results_of(nation).find(city.code, step), more)


def _is_done(last: StepResult | None, task: StepTask) -> bool:
    """Whether a step was done from the files as they are."""
    return last is not None and last.failed is None and last.stamp == stamp_of(task)


def _words(failed: dict[str, Any] | None) -> str:
    return "" if failed is None else message_from(failed)


def _task_of(
    nation: Nation,
    city: NationCity,
    step: str,
    last: StepResult | None,
    more: Sequence[float] = (),
) -> StepTask:
    curve = nation.curve
    even = np.linspace(0.0, curve.most_yuan, curve.points).round().tolist()
    return StepTask(
        city=city.code,
        folder=str(city.folder.resolve()),
        step=step,
        question=nation.question.as_dict(),
        amounts=tuple(sorted({*even, *(more if step == "curve" else ())})),
        seconds=curve.seconds,
        gap=curve.gap,
        version=own_version(),
        last_key="" if last is None or last.failed else last.key,
    )


def _settle(
    kept: StepResults,
    city: NationCity,
    last: StepResult | None,
    step: str,
    outcome: StepOutcome,
) -> StepState:
    """Keep what came of a task, and say how its step stands now."""
    body, seconds, state = outcome.body, outcome.seconds, "done"
    if outcome.failed:
        state = "failed"
    elif body is None and last is not None:
        body, seconds, state = last.body, last.seconds, "unchanged"
    kept.keep(
        StepResult(
            city=city.code,
            step=step,
            key=outcome.key,
            stamp=outcome.stamp,
            body=body or {},
            failed=outcome.failed,
            seconds=seconds,
            made_at=second_text(now()),
        )
    )
    return StepState(city, step, state, _words(outcome.failed), outcome.seconds)
