"""`yizhan worker`: answers the questions asked in the browser, draws the pages, measures plans."""

from __future__ import annotations

import contextvars
import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Final

import click

from geo.errors import WorkspaceError
from geo.messages import message_of
from web.commands.common import answer, common_options, open_workspace
from web.commands.help_pages import Command
from web.commands.language import spoken, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from data.runs import Run
    from data.workspace import Workspace

#: How much a worker stands back behind the pages of the same machine (0 to 19).
NICENESS: Final = 10
#: Names the process that the worker ends with, where it was begun by `yizhan serve`.
SERVED_BY: Final = "YIZHAN_SERVED_BY"
_LOOK_S: Final = 0.2
#: Between two looks whether the pages must be drawn anew, seconds.
_DRAW_LOOK_S: Final = 2.0
#: Seconds between two looks for questions and attempts that are too old to be kept.
_FORGET_EVERY_S: Final = 300.0
#: Seconds in which a drawing or measuring at work may be given back.
_LEAVE_S: Final = 1.0


@click.command(cls=Command)
@common_options
@click.option("--once", is_flag=True, help="Answer what waits now, and end.")
@click.option(
    "--poll",
    "poll_s",
    type=click.FloatRange(min=0.05, max=60),
    default=0.5,
    show_default=True,
    metavar="SECONDS",
    help="How often to look for a question while none waits.",
)
def worker(folder: Path, poll_s: float, *, once: bool, as_json: bool) -> None:
    """Answer the questions that planners ask in the browser, one after the other.

    It also draws /plan and /report anew when what they show has changed, and measures what the
    maps of kept plans show.

    serve and demo start one of their own. Behind another server run one beside it, or several: no
    question is answered twice. It stands back behind everything else on the machine, and on
    SIGTERM gives the question at hand back to the next worker.
    """
    workspace = open_workspace(folder)
    work = _Work(workspace, poll_s=poll_s, once=once)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: work.leave.set())
    _stand_back()
    speaking = contextvars.copy_context()
    thread = threading.Thread(target=speaking.run, args=(work.go_on,), daemon=True)
    thread.start()
    beside = threading.Thread(
        target=contextvars.copy_context().run, args=(work.keep_beside,), daemon=True
    )
    beside.start()
    parent = os.environ.get(SERVED_BY, "")
    while thread.is_alive() and not work.leave.is_set():
        thread.join(_LOOK_S)
        if parent and str(os.getppid()) != parent:
            work.leave.set()  # the server that began it has gone
    work.leave.set()
    beside.join(None if once and not thread.is_alive() else _LEAVE_S)
    if thread.is_alive():
        work.give_back()
        if not parent:
            click.echo(spoken()("stopped"), err=True)
        # the engine is in the middle of its work, which nobody waits for any more
        os._exit(0)
    if work.refusal is not None:
        raise work.refusal
    t = spoken()
    answer(
        {"answered": work.answered},
        as_json=as_json,
        sample=workspace.settings.sample,
        words=[t.plural("{n} question answered.", "{n} questions answered.", n=work.answered)],
    )


def _stand_back() -> None:
    nice: Callable[[int], int] | None = getattr(os, "nice", None)  # Windows has none
    if nice is not None:
        nice(NICENESS)


class _Work:
    """What the worker does in a thread of its own, so that a signal is heard at any time."""

    def __init__(self, workspace: Workspace, *, poll_s: float, once: bool) -> None:
        from web.services.run_heart import worker_name

        self._workspace, self._poll_s, self._once = workspace, poll_s, once
        self._name = worker_name()
        self._run: Run | None = None
        self.leave = threading.Event()
        self.answered = 0
        self._forget_at = time.monotonic()
        self.refusal: WorkspaceError | None = None

    def go_on(self) -> None:
        """Answer one question after the other until it is time to leave."""
        from web.services.run_work import make_ready, work_once

        make_ready()
        for workspace in self._workspaces():
            try:
                done = work_once(workspace, self._name, taken=self._take)
            except WorkspaceError as error:
                if self._once:
                    self.refusal = error
                    return
                click.echo(told(message_of(error)), err=True)
                done = None
            self._run = None
            if done is not None:
                self.answered += 1
                _say_ended(done.run, done.state)
            elif self._once or self.leave.wait(self._poll_s):
                return

    def keep_beside(self) -> None:
        """Measure what waits, draw the pages whenever that is due, and forget what is old.

        Whoever looks at a plan waits for what is measured: it goes before the drawings.
        """
        from data.workspace import Workspace
        from web.services.measuring import measure_once

        leave = threading.Event() if self._once else self.leave
        draw_at = time.monotonic()
        while True:
            try:
                workspace = Workspace.open(self._workspace.folder)
                while measure_once(workspace, self._name, leave=leave):
                    pass  # another may wait
                if time.monotonic() >= draw_at:
                    draw_at = time.monotonic() + _DRAW_LOOK_S
                    self._draw(workspace, leave)
            except (WorkspaceError, ValueError) as error:
                click.echo(told(message_of(error)), err=True)
            if self._once or self.leave.wait(self._poll_s):
                return

    def _draw(self, workspace: Workspace, leave: threading.Event) -> None:
        """Draw the pages where that is due (once: what waits), and forget what is old."""
        from data.database.attempts import forget_attempts
        from data.database.tickets import VOICE_S
        from web.services.drawings import ask_for_drawing, draw_once
        from web.services.runs import forget_old_runs

        if not self._once:
            ask_for_drawing(workspace)
        if time.monotonic() >= self._forget_at:
            self._forget_at = time.monotonic() + _FORGET_EVERY_S
            forget_old_runs(workspace)
            forget_attempts(workspace.database.backend, older_than_s=VOICE_S)
        draw_once(workspace, self._name, leave=leave)

    def give_back(self) -> None:
        """Put the question at hand back into the queue."""
        from web.services.run_work import give_back

        run = self._run
        if run is not None:
            give_back(self._workspace, run, self._name)

    def _take(self, run: Run) -> None:
        self._run = run

    def _workspaces(self) -> Iterator[Workspace]:
        """Open the city anew each time: its settings may have changed."""
        from data.workspace import Workspace

        while not self.leave.is_set():
            try:
                self._workspace = Workspace.open(self._workspace.folder)
            except (WorkspaceError, ValueError) as error:
                click.echo(told(message_of(error)), err=True)  # the last good ones stay in force
            yield self._workspace


def _say_ended(run: Run, state: str) -> None:
    words = spoken()("run {number}: {state}", number=run.id, state=state or "-")
    click.echo(words, err=True)
