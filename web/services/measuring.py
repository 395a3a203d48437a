"""What takes seconds to measure for a plan's map: put into the queue, done by a worker, kept.

No page waits for it: it shows what is kept, or how far the measuring has come. It is asked for when
a plan is kept or its page is opened, so that it is mostly there when somebody presses on the map.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from data.runs import MEASURING, NewRun
from geo.errors import NothingYetError, ProblemError
from geo.messages import message_from
from web.services import before_after, candidate_gains
from web.services.processes import beside

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from data.runs import Run
    from data.scenarios import Scenario
    from data.workspace import Workspace
    from web.services import Done

#: What is measured: what each candidate would add; areas and hours before and after a plan.
CANDIDATES: Final = "candidates"
CHANGES: Final = "changes"
#: The module that measures, as a process of its own.
MEASURES: Final = "web.planner.measuring"
#: What could not be measured is tried again after so long.
AGAIN_S: Final = 600.0
_AUTHOR: Final = "yizhan"
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Measured:
    """What was measured: ``found`` is None where it is not there.

    ``is_awaited`` tells that it is to come, ``share`` how much of it is done (None: not begun).
    """

    found: Any = None
    is_awaited: bool = False
    share: float | None = None


def kept(workspace: Workspace, what: str, scenario: Scenario | None) -> Any:  # noqa: ANN401 - what each measuring keeps
    """Return what was measured of the present inputs; None where nothing was (NothingYetError)."""
    if what == CANDIDATES:
        return candidate_gains.kept_candidate_gains(workspace, scenario)
    return None if scenario is None else before_after.kept_before_after(workspace, scenario)


def measure(
    workspace: Workspace, what: str, scenario: Scenario | None, *, done: Done | None = None
) -> Any:  # noqa: ANN401 - as `kept`
    """Measure it now, and keep it (NothingYetError, ProblemError)."""
    if what == CANDIDATES:
        return candidate_gains.measure_candidates(workspace, scenario, done=done)
    if scenario is None:
        return None
    return before_after.measure_before_after(workspace, scenario, done=done)


def measured(
    workspace: Workspace,
    what: str,
    scenario: Scenario | None = None,
    *,
    at_once: bool = False,
    hear: Callable[[Run], None] | None = None,
) -> Measured:
    """Return what was measured, or put the measuring into the queue where it was not yet.

    ``at_once`` measures in this process instead, for tests. ``hear`` is told of the run in the
    queue. Without the inputs nothing is found and nothing is awaited.

    Raises
    ------
    WorkspaceError
        when the database cannot be written.
    """
    try:
        found = kept(workspace, what, scenario)
        if found is None and at_once:
            found = measure(workspace, what, scenario)
    except (NothingYetError, ProblemError):
        return Measured()
    if found is not None or at_once:
        return Measured(found)
    run = _put(workspace, what, scenario)
    if hear is not None:
        hear(run)
    if run.is_ended:
        return Measured()
    return Measured(is_awaited=True, share=run.progress.get("share"))


def _put(workspace: Workspace, what: str, scenario: Scenario | None) -> Run:
    inputs = candidate_gains.inputs_of_gains(workspace, scenario)
    new = NewRun(
        kind=MEASURING,
        question={"measure": what},
        content_hash=hashlib.sha256(repr((what, sorted(inputs.items()))).encode()).hexdigest(),
        author=_AUTHOR,
        scenario="" if scenario is None else scenario.name,
    )
    return workspace.database.runs().put_measuring(new, again_s=AGAIN_S)


def measure_once(workspace: Workspace, worker: str, *, leave: threading.Event) -> str | None:
    """Take the measuring that waits and have it made; return how it ended, None where none waits.

    When ``leave`` is set it is given back to the next worker ("" is returned).

    Raises
    ------
    WorkspaceError
        when the database cannot be used.
    """
    runs = workspace.database.runs()
    run = runs.take(worker, kind=MEASURING)
    if run is None:
        return None
    more = (str(run.question["measure"]), run.scenario)
    told = beside(workspace, run, worker, module=MEASURES, more=more, leave=leave)
    if told is None:
        runs.give_back(run.id, worker)
        return ""
    error = message_from(told["error"]) if told["error"] else None
    if error is not None:
        _LOG.error("what a plan changes could not be measured: %s", error)
    state = "failed" if told["error"] else "done"
    return (
        state if runs.end(run.id, worker, state, content_hash=run.content_hash, error=error) else ""
    )
