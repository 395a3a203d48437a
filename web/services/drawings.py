"""The pages that are drawn and not written for each who asks: when that is due, and who does it.

A drawing shows the city as it was read at one time, and stays until the next is ready. It is due
when something that it shows has changed. What planners and operators change (a plan, coverage, the
settings, roads, workers) is drawn at once; what anybody can change by a report, and the day, waits
for `PAUSE_S` after the last drawing, and for `PAUSE_PARTS` times as long as that took, so that no
stranger keeps a processor busy.

A drawing is a run of the queue (`data.runs.DRAWING`), which one worker takes, and is made in a
process of its own that ends with the worker.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from data.atomic import sweep_drafts
from data.china_time import today_here
from data.database.clock import now
from data.drawings import last_drawing
from data.report_book import ReportBook
from data.runs import DRAWING
from data.settings import SETTINGS_FILE
from geo.messages import message_from
from web.languages import codes
from web.services.processes import beside

if TYPE_CHECKING:
    import threading
    from datetime import datetime
    from pathlib import Path

    from data.drawings import Drawing
    from data.runs import Run
    from data.workspace import Workspace

PAUSE_S: Final = 60.0
PAUSE_PARTS: Final = 10.0
#: What could not be drawn is tried again after so long, unless something changed.
AGAIN_S: Final = 600.0
#: The module that draws, as a process of its own.
DRAWS: Final = "web.planner.drawing"
_AUTHOR: Final = "yizhan"
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class DrawnOf:
    """What pages are drawn of: a hash of all, and one of what planners and operators change."""

    key: str
    asked: str


def drawn_of(workspace: Workspace) -> DrawnOf:
    """Return what the pages would be drawn of now."""
    answers = workspace.database.newest_result_ids()
    files = [SETTINGS_FILE, *(f"cache/{name}" for name in ("network.bin", "demand.npz"))]
    asked = (
        version("yizhan"),
        codes(),
        [answers.get(kind) for kind in ("plan", "coverage", "effective", "access")],
        workspace.scenarios().version(),
        [_changed(workspace.folder / name) for name in files],
    )
    kinds = ("stations", "sites", "organisations")
    register = [repr(workspace.contents(what)) for what in kinds]
    said = (workspace.coming_changes().version(), ReportBook(workspace).tickets.version())
    more = (register, said, today_here().isoformat())
    return DrawnOf(_hash((asked, more)), _hash(asked))


def is_drawable(workspace: Workspace) -> bool:
    """Tell whether there is anything to draw: stations or roads."""
    return workspace.contents("stations") is not None or workspace.has_network()


def is_due(of: DrawnOf, last: Drawing | None, *, moment: datetime) -> bool:
    """Tell whether to draw anew now; ``last`` is the last drawing that is whole."""
    if last is None or last.asked != of.asked:
        return True
    pause = timedelta(seconds=max(PAUSE_S, PAUSE_PARTS * last.took_s))
    # a clock that was set back does not hold up the pages
    is_rested = not timedelta(0) <= moment - last.ended_at < pause
    return last.key != of.key and is_rested


def ask_for_drawing(workspace: Workspace) -> Run | None:
    """Put a drawing into the queue where one is due; return the newest one of the queue.

    Raises
    ------
    WorkspaceError
        when the database cannot be written.
    """
    runs, of = workspace.database.runs(), drawn_of(workspace)
    newest = runs.last_drawing()
    if newest is not None and not newest.is_ended:
        return newest
    moment = now()
    if not is_drawable(workspace) or not is_due(of, last_drawing(workspace.folder), moment=moment):
        return newest
    if newest is not None and newest.state != "done" and newest.content_hash == of.key:
        ended = newest.ended_at
        if ended is not None and timedelta(0) <= moment - ended < timedelta(seconds=AGAIN_S):
            return newest
    runs.put_drawing(of.key, author=_AUTHOR)
    return runs.last_drawing()


def draw_once(workspace: Workspace, worker: str, *, leave: threading.Event) -> str | None:
    """Take the drawing that waits and make it; return how it ended, None where none waits.

    When ``leave`` is set it is given back to the next worker ("" is returned).

    Raises
    ------
    WorkspaceError
        when the database cannot be used.
    """
    runs = workspace.database.runs()
    run = runs.take(worker, kind=DRAWING)
    if run is None:
        return None
    sweep_drafts(workspace.folder)
    told = beside(workspace, run, worker, module=DRAWS, leave=leave)
    if told is None:
        runs.give_back(run.id, worker)
        return ""
    state = "failed" if told["error"] else "done"
    error = message_from(told["error"]) if told["error"] else None
    if error is not None:
        _LOG.error("the pages could not be drawn: %s", error)
    key = told["key"] or run.content_hash
    return state if runs.end(run.id, worker, state, content_hash=key, error=error) else ""


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _hash(told: object) -> str:
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]
