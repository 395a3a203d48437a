"""The queue of runs in the database: put in, taken by one worker, followed, stopped, ended.

A worker takes the first run that waits, and nobody else gets the same one: rows that another is
taking are passed over on PostgreSQL (``FOR UPDATE SKIP LOCKED``), and SQLite lets one writer in at
a time. While it works its heart beats in the row. A run whose heart has stood still for
`DEAD_AFTER_S` is taken up again by the next worker, at most `MOST_ATTEMPTS` times in all; whoever
had it finds at its next beat that it is no longer its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.database import clock
from data.database.audit import has_step, note
from data.database.schema import RUNS, WITH_RUNS
from data.runs import ANSWERED, AT_WORK, DECISION, DRAWING, ENDED, MEASURING, NewRun, Run
from data.scenarios import json_text
from geo.errors import InputError
from geo.messages import message_from, message_parts, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from data.database.backend import Backend

#: A worker whose heart has stood still for so long is dead.
DEAD_AFTER_S: Final = 30.0
#: So many workers may take a run; then it is stopped.
MOST_ATTEMPTS: Final = 3
#: So many runs of one author may wait at once.
MOST_WAITING: Final = 20
_R: Final = RUNS.c


@dataclass(frozen=True)
class Standing:
    """What changes of a run, to see at a glance whether there is news."""

    state: str
    attempts: int
    changes: int


class Runs:
    """The runs of one workspace, the same on SQLite and PostgreSQL."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def put(self, new: NewRun) -> Run:
        """Put a run into the queue; the same one that ended with an answer answers it at once.

        Raises
        ------
        InputError
            when `MOST_WAITING` of its author wait already, or the question is no JSON.
        """
        now = clock.moment_text(clock.now())
        values = _waiting(new, now)
        with self._backend.transaction(write=True) as connection:
            _refuse_too_many(connection, new.author)
            same = _answered(connection, new.content_hash)
            if same is not None:
                values |= {"begun_at": now, "ended_at": now, **_taken_over(same)}
            key = connection.execute(sa.insert(RUNS).values(values)).inserted_primary_key
            number = 0 if key is None else int(key[0])
            detail = new.scenario or new.content_hash
            note(connection, who=new.author, action="ask", subject=f"#{number}", detail=detail)
            return _run(connection.execute(sa.select(RUNS).where(_R.id == number)).one())

    def put_drawing(self, content_hash: str, *, author: str) -> bool:
        """Put a drawing of the pages into the queue; False where one waits or is at work already.

        Drawings that ended are forgotten, but the last one.
        """
        new = NewRun(kind=DRAWING, question={}, content_hash=content_hash, author=author)
        values = _waiting(new, clock.moment_text(clock.now()))
        of_drawings = _R.kind == DRAWING
        with self._backend.transaction(write=True) as connection:
            last = sa.select(_R.id, _R.state).where(of_drawings).order_by(_R.id.desc()).limit(1)
            row = connection.execute(last).one_or_none()
            if row is not None and row.state not in ENDED:
                return False
            if row is not None:
                connection.execute(sa.delete(RUNS).where(of_drawings, _R.id != row.id))
            connection.execute(sa.insert(RUNS).values(values))
            return True

    def put_measuring(self, new: NewRun, *, again_s: float) -> Run:
        """Put a measuring into the queue; return the same one that waits or is at work already.

        One that failed is tried again after ``again_s``. Those that were done are forgotten: what
        they measured is kept elsewhere.
        """
        now = clock.now()
        is_same = (_R.kind == MEASURING) & (_R.content_hash == new.content_hash)
        is_over = (_R.kind == MEASURING) & (_R.state == "done")
        with self._backend.transaction(write=True) as connection:
            query = sa.select(RUNS).where(is_same).order_by(_R.id.desc()).limit(1)
            row = connection.execute(query).one_or_none()
            last = None if row is None else _run(row)
            if last is not None and not last.is_ended:
                return last
            if last is not None and _failed_within(last, now, again_s):
                return last
            connection.execute(sa.delete(RUNS).where(is_same | is_over))
            values = _waiting(new, clock.moment_text(now))
            connection.execute(sa.insert(RUNS).values(values))
            return _run(connection.execute(query).one())

    def last_drawing(self) -> Run | None:
        """Return the newest drawing, whichever its state; None where there is none."""
        found = self._find(_R.kind == DRAWING, limit=1)
        return found[0] if found else None

    def run(self, number: int) -> Run | None:
        """Return one run; None where there is none of this number."""
        found = self._find(_R.id == number, limit=1)
        return found[0] if found else None

    def newest(self, *, limit: int = 100, scenario: str | None = None) -> tuple[Run, ...]:
        """Return the newest questions, of one scenario or of all, the newest first.

        They come without their progress and answers, which are long.
        """
        condition = _R.kind == DECISION
        if scenario is not None:
            condition &= _R.scenario == scenario
        return self._find(condition, limit=limit, brief=True)

    def standing(self, number: int) -> Standing | None:
        """Return what changes of a run; None where there is none of this number."""
        query = sa.select(_R.state, _R.attempts, _R.changes).where(_R.id == number)
        with self._backend.transaction() as connection:
            if not has_step(self._backend, connection, WITH_RUNS):
                return None
            row = connection.execute(query).one_or_none()
        return None if row is None else Standing(row.state, row.attempts, row.changes)

    def ahead(self, number: int) -> int:
        """Return how many questions wait or are at work that were put in before this one."""
        waits = (_R.kind == DECISION) & _R.state.not_in(ENDED)
        query = sa.select(sa.func.count()).where(waits, _R.id < number)
        with self._backend.transaction() as connection:
            if not has_step(self._backend, connection, WITH_RUNS):
                return 0
            return int(connection.execute(query).scalar_one())

    def stop(self, number: int, *, by: str) -> str | None:
        """Ask a run to stop; return its state then, None where there is none of this number.

        One that waits is stopped at once; one at work keeps its best plan. An ended one stays.
        """
        with self._backend.beside_writers() as connection:
            row = _locked(connection, _R.id == number)
            if row is None:
                return None
            values: dict[str, Any] = {}
            if row.state == "queued":
                values = _ending("stopped", error=say("it was stopped before a worker took it"))
            elif row.state == "running":
                values = {"state": "stopping"}
            if not values:
                return str(row.state)
            _write(connection, row, values)
            note(connection, who=by, action="stop run", subject=f"#{number}")
            return str(values["state"])

    def take(self, worker: str, *, kind: str = DECISION) -> Run | None:
        """Give a worker the first run that waits, or whose worker died; None where there is none.

        One that `MOST_ATTEMPTS` workers have died of is stopped instead, with its reason.
        """
        if not self._is_there():
            return None
        now = clock.now()
        old = clock.moment_text(now - timedelta(seconds=DEAD_AFTER_S))
        is_dead = _R.state.in_(AT_WORK) & (_R.beat_at < old)
        with self._backend.beside_writers() as connection:
            while True:
                is_free = (_R.kind == kind) & ((_R.state == "queued") | is_dead)
                row = _locked(connection, is_free, pass_over=True)
                if row is None:
                    return None
                if row.state == "stopping":
                    _write(connection, row, _ending("stopped", error=_died_stopping()))
                    continue
                if row.attempts >= MOST_ATTEMPTS:
                    dead = _died(row.attempts)
                    _write(connection, row, _ending("stopped", error=dead))
                    continue
                moment = clock.moment_text(now)
                _write(connection, row, {
                    "state": "running", "worker": worker, "attempts": row.attempts + 1,
                    "begun_at": row.begun_at or moment, "beat_at": moment, "progress": "",
                })  # fmt: skip
                return _run(connection.execute(sa.select(RUNS).where(_R.id == row.id)).one())

    def beat(
        self, number: int, worker: str, *, progress: Mapping[str, Any] | None = None
    ) -> str | None:
        """Let the heart of a run beat; return its state, None where it is no longer the worker's.

        ``progress`` None leaves what was told of it.
        """
        with self._backend.beside_writers() as connection:
            row = _locked(connection, _mine(number, worker))
            if row is None:
                return None
            values = {"beat_at": clock.moment_text(clock.now())}
            if progress is None:
                connection.execute(sa.update(RUNS).where(_R.id == number).values(values))
            else:
                _write(connection, row, values | {"progress": _text(progress, "progress")})
            return str(row.state)

    def end(
        self,
        number: int,
        worker: str,
        state: str,
        *,
        content_hash: str,
        answer: Mapping[str, Any] | None = None,
        progress: Mapping[str, Any] | None = None,
        error: str | None = None,
    ) -> bool:
        """Write how a run ended; False, and nothing written, where it is no longer the worker's.

        ``content_hash`` is that of what the worker found when it began.
        """
        values = {**_ending(state, answer=answer, error=error), "content_hash": content_hash}
        if progress is not None:
            values["progress"] = _text(progress, "progress")
        with self._backend.beside_writers() as connection:
            row = _locked(connection, _mine(number, worker))
            if row is not None:
                _write(connection, row, values)
            return row is not None

    def give_back(self, number: int, worker: str) -> bool:
        """Put a run back for the next worker, as if it had not been taken; False as `end`.

        One that was to be stopped is stopped.
        """
        with self._backend.beside_writers() as connection:
            row = _locked(connection, _mine(number, worker))
            if row is None:
                return False
            values: dict[str, Any] = {
                **dict.fromkeys(("worker", "beat_at", "begun_at", "progress"), ""),
                "state": "queued", "attempts": row.attempts - 1,
            }  # fmt: skip
            if row.state == "stopping":
                values = _ending("stopped", error=_died_stopping())
            _write(connection, row, values)
            return True

    def forget_ended(self, *, days: int) -> int:
        """Forget the questions that ended more than so many days ago; return how many."""
        old = clock.moment_text(clock.now() - timedelta(days=days))
        asked = _R.kind.in_((DECISION, MEASURING))
        is_old = asked & _R.state.in_(ENDED) & (_R.ended_at < old)
        with self._backend.transaction() as connection:  # where none is, nobody is held up
            there = has_step(self._backend, connection, WITH_RUNS)
            query = sa.select(sa.func.count()).where(is_old)
            if not there or not connection.execute(query).scalar_one():
                return 0
        with self._backend.beside_writers() as connection:
            return int(connection.execute(sa.delete(RUNS).where(is_old)).rowcount)

    def answered(self, content_hash: str) -> Run | None:
        """Return the newest run that ended with an answer to this; None where there is none."""
        if not self._is_there():
            return None
        with self._backend.transaction() as connection:
            return _answered(connection, content_hash)

    def _is_there(self) -> bool:
        with self._backend.transaction() as connection:
            return has_step(self._backend, connection, WITH_RUNS)

    def _find(
        self, condition: sa.ColumnElement[bool], *, limit: int, brief: bool = False
    ) -> tuple[Run, ...]:
        left_out = {"progress", "answer"} if brief else set[str]()
        columns = [
            sa.literal("").label(column.name) if column.name in left_out else column
            for column in RUNS.columns
        ]
        query = sa.select(*columns).where(condition).order_by(_R.id.desc()).limit(limit)
        with self._backend.transaction() as connection:
            if not has_step(self._backend, connection, WITH_RUNS):
                return ()
            return tuple(_run(row) for row in connection.execute(query))


def _waiting(new: NewRun, now: str) -> dict[str, Any]:
    """Return the columns of a run that waits from now on."""
    return {
        **dict.fromkeys(("begun_at", "ended_at", "worker", "beat_at"), ""),
        **dict.fromkeys(("progress", "answer", "error"), ""),
        "kind": new.kind,
        "scenario": new.scenario,
        "author": new.author,
        "question": json_text(new.question, what=say("the question")),
        "content_hash": new.content_hash,
        "state": "queued",
        "made_at": now,
        "attempts": 0,
        "changes": 1,
    }


def _failed_within(run: Run, now: datetime, seconds: float) -> bool:
    if run.state == "done" or run.ended_at is None:
        return False
    return timedelta(0) <= now - run.ended_at < timedelta(seconds=seconds)


def _died(attempts: int) -> str:
    return say(
        "{attempts} workers died of it: ask it again with a shorter time limit", attempts=attempts
    )


def _died_stopping() -> str:
    return say("it was stopped, and its worker ended before it could hand over its plan")


def _mine(number: int, worker: str) -> sa.ColumnElement[bool]:
    return (_R.id == number) & (_R.worker == worker) & _R.state.in_(AT_WORK)


def _locked(
    connection: sa.Connection, condition: sa.ColumnElement[bool], *, pass_over: bool = False
) -> sa.Row[Any] | None:
    """Return the first row of a condition, held for this transaction.

    ``pass_over`` looks at none that another holds.
    """
    columns = (_R.id, _R.state, _R.attempts, _R.changes, _R.begun_at)
    query = sa.select(*columns).where(condition).order_by(_R.id).limit(1)
    found: sa.Row[Any] | None = connection.execute(
        query.with_for_update(skip_locked=pass_over)
    ).one_or_none()  # type: ignore[assignment]
    return found


def _write(connection: sa.Connection, row: sa.Row[Any], values: Mapping[str, Any]) -> None:
    change = sa.update(RUNS).where(_R.id == row.id)
    connection.execute(change.values(**values, changes=row.changes + 1))


def _ending(
    state: str, *, answer: Mapping[str, Any] | None = None, error: str | None = None
) -> dict[str, Any]:
    return {
        "state": state,
        "ended_at": clock.moment_text(clock.now()),
        "answer": "" if answer is None else _text(answer, "answer"),
        "error": "" if error is None else _text(message_parts(error), "error"),
    }


def _text(document: object, what: str) -> str:
    return json_text(document, what=what)


def _refuse_too_many(connection: sa.Connection, author: str) -> None:
    waiting = sa.select(sa.func.count()).where(_R.state == "queued", _R.author == author)
    if connection.execute(waiting).scalar_one() >= MOST_WAITING:
        raise InputError(
            say(
                "{most} questions of yours wait already: stop some of them, or wait",
                most=MOST_WAITING,
            )
        )


def _answered(connection: sa.Connection, content_hash: str) -> Run | None:
    query = sa.select(RUNS).where(_R.content_hash == content_hash, _R.state.in_(ANSWERED))
    row = connection.execute(query.order_by(_R.id.desc()).limit(1)).one_or_none()
    return None if row is None else _run(row)


def _taken_over(same: Run) -> dict[str, Any]:
    """Return the columns of a run that another has answered already."""
    return {
        "state": same.state,
        "progress": _text(same.progress, "progress"),
        "answer": _text(same.answer, "answer"),
    }


def _moment(text: str) -> datetime | None:
    return clock.read_moment(text) if text else None


def _run(row: sa.Row[Any]) -> Run:
    return Run(
        id=row.id,
        kind=row.kind,
        scenario=row.scenario,
        author=row.author,
        question=json.loads(row.question),
        content_hash=row.content_hash,
        state=row.state,
        made_at=clock.read_moment(row.made_at),
        begun_at=_moment(row.begun_at),
        ended_at=_moment(row.ended_at),
        worker=row.worker,
        beat_at=_moment(row.beat_at),
        attempts=row.attempts,
        changes=row.changes,
        progress=json.loads(row.progress) if row.progress else {},
        answer=json.loads(row.answer) if row.answer else None,
        error=message_from(json.loads(row.error)) if row.error else None,
    )
