"""Questions asked of a worker: queued, listed, followed, stopped, kept as a scenario."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from data.permissions import ADMINISTRATOR
from data.runs import DECISION, NewRun
from geo.errors import InputError, NothingYetError
from geo.messages import say
from planning.decisions.decision import Decision
from planning.scenarios.decision_document import DecisionAsked
from web.services.scenarios import decision_draft, save_decision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from data.accounts import Account
    from data.runs import Run
    from data.scenarios import Scenario
    from data.workspace import Workspace
    from web.services.run_questions import RunAsked

#: Seconds between two looks at a run that is followed.
LOOK_S: Final = 0.4
#: What an answer must have to be a plan with a bound.
_FIGURES: Final = ("objective", "bound", "gap")
_MARK: Final = re.compile(r"([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})")


@dataclass(frozen=True)
class News:
    """What is new of a run: ``mark`` is where to go on from, ``what`` "progress" or "end".

    ``parts`` has ``state``, ``step``, ``share``, ``attempts`` and the ``points`` that are new
    (``from`` tells from which on: 0 begins the curve anew), and ``sites``.
    """

    mark: str
    what: str
    parts: dict[str, Any]


def submit(workspace: Workspace, asked: RunAsked, *, author: str, scenario: str = "") -> Run:
    """Put a question into the queue; one that was answered with the same inputs is done at once.

    Raises
    ------
    NothingYetError
        when the city lacks stations, workers or roads.
    InputError
        when too many of the author's wait already.
    """
    _refuse_unready(workspace)
    new = NewRun(
        kind=DECISION, question=asked.as_dict(), content_hash=asked.key(workspace), author=author,
        scenario=scenario,
    )  # fmt: skip
    return workspace.database.runs().put(new)


def runs_of(
    workspace: Workspace, *, limit: int = 100, scenario: str | None = None
) -> tuple[Run, ...]:
    """Return the newest runs without progress and answers, of one scenario or of all."""
    return workspace.database.runs().newest(limit=limit, scenario=scenario)


def run_of(workspace: Workspace, number: int) -> Run | None:
    """Return one question that was asked; None where there is none of this number."""
    found = workspace.database.runs().run(number)
    return found if found is not None and found.kind == DECISION else None


def ahead_of(workspace: Workspace, run: Run) -> int:
    """Return how many runs go before one that waits; 0 for others."""
    return workspace.database.runs().ahead(run.id) if run.state == "queued" else 0


def forget_old_runs(workspace: Workspace) -> int:
    """Forget the questions that ended longer ago than the settings keep them; return how many."""
    return workspace.database.runs().forget_ended(days=workspace.settings.run_keep_days)


def may_stop(run: Run, account: Account) -> bool:
    """Tell whether an account may stop a run: that of its author, and administrators."""
    return account.name == run.author or account.role == ADMINISTRATOR


def stop_run(workspace: Workspace, number: int, *, by: str) -> str | None:
    """Ask a run to stop and keep its best plan; return its state then, None where there is none."""
    return workspace.database.runs().stop(number, by=by)


def save_run(workspace: Workspace, run: Run, *, name: str, author: str, why: str = "") -> Scenario:
    """Keep the plan of a run as a scenario, with what was explained of it.

    Raises
    ------
    InputError
        when it has no plan, or the name is taken.
    """
    if run.answer is None or any(run.answer[name] is None for name in _FIGURES):
        raise InputError(say("run {number} has no plan with a bound to keep", number=run.id))
    made, asked = _told(run.answer)
    told = run.answer.get("explanation")
    return save_decision(
        workspace, made, asked, name=name, author=author, why=why, explanation=told
    )


def draft_of(workspace: Workspace, run: Run) -> Scenario | None:
    """Return the plan of a run as the scenario that it would be; None without a bounded plan."""
    if run.answer is None or any(run.answer[name] is None for name in _FIGURES):
        return None
    made, asked = _told(run.answer)
    return decision_draft(workspace, made, asked, explanation=run.answer.get("explanation"))


def _told(answer: Mapping[str, Any]) -> tuple[Decision, DecisionAsked]:
    return Decision.from_dict(dict(answer)), DecisionAsked.from_dict(answer["asked"])


def follow(
    workspace: Workspace,
    number: int,
    *,
    mark: str = "",
    seconds: float,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[News | None]:
    """Tell the news of a run as they come, for so long at most; None where there are none.

    ``mark`` is that of the last news that were heard: what came after it is told. It ends with the
    run, and at once where there is no such run.
    """
    runs, end = workspace.database.runs(), time.monotonic() + seconds
    attempts, points, changes = _read_mark(mark)
    while True:
        standing = runs.standing(number)
        if standing is None:
            return
        run = None if standing.changes == changes else runs.run(number)
        if run is not None:
            if run.attempts != attempts or len(run.progress.get("points", ())) < points:
                points = 0
            news = _news(run, points)
            attempts, changes = run.attempts, run.changes
            points = len(run.progress.get("points", ()))
            yield news
            if run.is_ended:
                return
        elif time.monotonic() >= end:
            return
        else:
            yield None
        if time.monotonic() >= end:
            return
        pause(LOOK_S)


def _news(run: Run, points: int) -> News:
    told = list(run.progress.get("points", ()))
    parts = {
        "state": run.state,
        "attempts": run.attempts,
        "step": run.progress.get("step", ""),
        "share": run.progress.get("share"),
        "from": points,
        "points": told[points:],
        "sites": list(run.progress.get("sites", ())),
    }
    mark = f"{run.attempts}.{len(told)}.{run.changes}"
    return News(mark, "end" if run.is_ended else "progress", parts)


def _read_mark(mark: str) -> tuple[int, int, int]:
    """Read where to go on from; what is no mark of ours begins at the beginning."""
    read = _MARK.fullmatch(mark)
    return (-1, 0, -1) if read is None else (int(read[1]), int(read[2]), int(read[3]))


def _refuse_unready(workspace: Workspace) -> None:
    """Refuse a question to a city that lacks what every answer needs."""
    if workspace.contents("stations") is None:
        workspace.stations()  # which says what to do
    workspace.demand()
    if not workspace.has_network():
        raise NothingYetError(
            say(
                "{folder}: no road network yet: run yizhan network build --osm FILE",
                folder=workspace.settings.name,
            )
        )
