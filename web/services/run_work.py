"""A worker's part: take a run, answer it as `yizhan plan --question` does, hand over the answer."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from geo.errors import WorkspaceError, YizhanError
from geo.messages import message_of, message_parts, say
from planning.decisions.explain import smallest_conflict
from planning.engine.jit_warmup import warm_up
from web.services.decisions import ask_workspace, decide, explain, nesting_of, silence_of
from web.services.plans import params_of
from web.services.run_heart import Heart, StoppedError, site
from web.services.run_questions import RunAsked

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.runs import Run
    from data.workspace import Workspace
    from planning.decisions import AskedQuestion, Decision

#: Seconds in which the smallest conflict is sought.
CONFLICT_S: Final = 20.0
_LOG: Final = logging.getLogger(__name__)
_TRIES, _TRY_AGAIN_S = 5, 1.0


@dataclass(frozen=True)
class Worked:
    """How a run ended: a state of `data.runs.ENDED`, "" where it is no longer this worker's."""

    run: Run
    state: str


class _Ending(NamedTuple):
    state: str
    answer: dict[str, Any] | None = None
    error: str | None = None


def make_ready() -> None:
    """Compile or load the engine's loops, before anybody waits for them."""
    warm_up(floors=True)


def work_once(
    workspace: Workspace, worker: str, *, taken: Callable[[Run], None] | None = None
) -> Worked | None:
    """Take the first run that waits and answer it; None where there is none.

    ``taken`` is told of the run before it begins.

    Raises
    ------
    WorkspaceError
        when the database cannot be used.
    """
    runs = workspace.database.runs()
    run = runs.take(worker)
    if run is None:
        return None
    if taken is not None:
        taken(run)
    asked, key = None, run.content_hash
    with Heart(runs, run, worker) as heart:
        try:
            asked = RunAsked.from_dict(run.question)
            key = asked.key(workspace)
            ending = _ending(workspace, asked, key, heart)
        except StoppedError:
            ending = _Ending("stopped", error=say("it was stopped before there was a plan"))
        except YizhanError as error:
            ending = _Ending("failed", error=message_of(error))
        except MemoryError:
            ending = _Ending("failed", error=say("there is not memory enough for this question"))
        except Exception:  # noqa: BLE001 - logged, and told in the run
            # a fault of ours must not be tried again and again: it is told here and in the run
            _LOG.exception("run %s", run.id)
            ending = _Ending("failed", error=say("a fault of Yizhan: see the log of the worker"))

    def write() -> bool:
        return runs.end(
            run.id, worker, ending.state, content_hash=key, answer=ending.answer,
            error=ending.error, progress=heart.told.parts(),
        )  # fmt: skip

    return Worked(run, ending.state if _patiently(write) else "")


def give_back(workspace: Workspace, run: Run, worker: str) -> bool:
    """Put a run back for the next worker; False where it is no longer this worker's."""
    return workspace.database.runs().give_back(run.id, worker)


def _patiently(write: Callable[[], bool]) -> bool:
    """Write, and try again while somebody else writes for long: an answer is worth waiting for."""
    for _ in range(_TRIES):
        try:
            return write()
        except WorkspaceError:
            time.sleep(_TRY_AGAIN_S)
    return write()


def _ending(workspace: Workspace, asked: RunAsked, key: str, heart: Heart) -> _Ending:
    """Answer a run; from one that is done where there is one with the same key."""
    same = workspace.database.runs().answered(key)
    if same is not None and same.answer is not None:
        heart.told.take_over(same.progress)
        return _Ending(same.state, dict(same.answer))
    question, when, told = asked.search.question, asked.search.when, heart.told
    told.step("travel times")
    city = ask_workspace(workspace, question, when=when, done=heart.hear)
    told.step("planning")
    params = replace(params_of(asked.search), on_progress=heart.listening_to(city))
    made = decide(workspace, city, when=when, params=params, keeping=False)
    answer = _answer(made, asked)
    if made.status == "infeasible":
        told.step("conflict")
        ending = _Ending("infeasible", answer | {"conflict": _conflict(city, heart)})
    elif not made.is_plan:
        words = say("no plan was found in the time: give it longer, or loosen a limit")
        if heart.is_over:
            words = say("it was stopped before there was a plan")
        ending = _Ending("stopped" if heart.is_over else "failed", answer, words)
    else:
        told.end(
            made,
            [site(a.what, a.id, a.kind, lonlat=(a.lon, a.lat)) for a in made.actions],
        )
        told.step("explaining")
        answer |= _explained(workspace, asked, city, made, heart)
        ending = _Ending("stopped" if heart.is_over else "done", answer)
    told.step("")
    return ending


def _answer(made: Decision, asked: RunAsked) -> dict[str, Any]:
    """Return a decision and what was asked; figures that there are none of are None."""
    told = {**made.as_dict(), "question": asked.search.question.as_dict()}
    for name, figure in told.items():
        if isinstance(figure, float) and not math.isfinite(figure):
            told[name] = None
    return {**told, "asked": asked.search.as_dict(), "conflict": None}


def _explained(
    workspace: Workspace, asked: RunAsked, city: AskedQuestion, made: Decision, heart: Heart
) -> dict[str, Any]:
    """Return the explanations; a run that is stopped does without."""
    wanted = asked.wanted
    try:
        heart.hear("", 0.0)
        why = explain(city, made, wanted, done=heart.hear)
        nesting = nesting_of(workspace, city, made, seconds=wanted.seconds, gap=asked.search.gap)
    except StoppedError:
        return {"explanation": None, "nesting": None, "silence": None}
    silence = silence_of(workspace, asked.search.question)
    return {
        "explanation": why.as_dict(),
        "nesting": None if nesting is None else nesting.as_dict(),
        "silence": None if silence is None else silence._asdict(),
    }


def _conflict(city: AskedQuestion, heart: Heart) -> dict[str, Any] | None:
    """Return the smallest conflict: its sentence, and its rules with what each had to allow."""
    try:
        found = smallest_conflict(city, time_limit_s=CONFLICT_S, on_progress=heart.hear)
    except StoppedError:
        return None
    if found is None:
        return None
    members = [one.as_dict() | {"words": message_parts(one.words)} for one in found.members]
    words = message_parts(found.words)
    return {"words": words, "is_minimal": found.is_minimal, "members": members}
