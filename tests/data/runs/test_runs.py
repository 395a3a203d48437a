"""Claims about the queue: each run has one worker, and nothing of it is lost with a worker."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.database import Database, clock
from data.database.audit import read_audit
from data.database.runs import DEAD_AFTER_S, MOST_ATTEMPTS, MOST_WAITING, Runs
from data.database.schema import RUNS
from data.runs import NewRun
from geo.errors import InputError
from geo.messages import Message, say
from tests.data.older import without_runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START = datetime(2026, 11, 30, 8, tzinfo=UTC)
PROGRESS = {"step": "planning", "share": None, "points": [[0.1, 5.0, 9.5]], "sites": []}
ANSWER = {"status": "optimal", "objective": 9.0}


@pytest.fixture
def runs(database: Database) -> Runs:
    return database.runs()


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The clock: the last moment of the list is now."""
    told = [START]
    monkeypatch.setattr(clock, "now", lambda: told[-1])
    return told


def new(number: int = 0, *, author: str = "li", scenario: str = "") -> NewRun:
    question = {"goal": {"what": "workers"}, "new": number}
    return NewRun(
        kind="decision", question=question, content_hash=f"hash {number}", author=author,
        scenario=scenario,
    )  # fmt: skip


def dead(moments: list[datetime]) -> None:
    """Let so much time pass that a worker counts as dead."""
    moments.append(moments[-1] + timedelta(seconds=DEAD_AFTER_S + 1))


def test_a_run_is_taken_followed_and_answered(runs: Runs, moments: list[datetime]) -> None:
    put = runs.put(new(3, scenario="甲"))
    assert (put.state, put.author, put.scenario, put.attempts) == ("queued", "li", "甲", 0)
    moments.append(START + timedelta(seconds=2))
    taken = runs.take("w1")
    assert taken is not None
    assert (taken.id, taken.state, taken.worker, taken.attempts) == (put.id, "running", "w1", 1)
    assert taken.question == new(3).question
    before = runs.standing(put.id)
    assert runs.beat(put.id, "w1") == "running"
    assert runs.standing(put.id) == before
    assert runs.beat(put.id, "w1", progress=PROGRESS) == "running"
    assert runs.standing(put.id) != before
    moments.append(START + timedelta(seconds=5))
    assert runs.end(put.id, "w1", "done", content_hash="hash 3", answer=ANSWER)
    ended = runs.run(put.id)
    assert ended is not None
    assert (ended.state, ended.answer, ended.progress) == ("done", ANSWER, PROGRESS)
    assert (ended.begun_at, ended.ended_at) == (moments[1], moments[2])
    assert ended.is_ended
    assert runs.take("w1") is None
    assert [one.id for one in runs.newest()] == [put.id]
    assert runs.newest(scenario="乙") == ()
    assert [line.action for line in read_audit(runs._backend)] == ["ask"]


def test_workers_side_by_side_never_take_the_same_run(runs: Runs) -> None:
    put = {runs.put(new(number, author=f"a{number % 3}")).id for number in range(12)}
    taken: list[int] = []
    begin = threading.Barrier(4)

    def work(name: str) -> None:
        begin.wait()
        while (run := runs.take(name)) is not None:
            taken.append(run.id)

    threads = [threading.Thread(target=work, args=(f"w{k}",)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(put)


@pytest.fixture
def served_runs(tmp_path: Path, postgres_url: str) -> Iterator[Runs]:
    """The queue on a server, which several write to at once; SQLite has one writer at a time."""
    made = Database(tmp_path / "yizhan.db", url=postgres_url)
    made.create()
    yield made.runs()
    made.close()


def test_a_row_that_another_worker_is_taking_is_passed_over(served_runs: Runs) -> None:
    runs = served_runs
    first, second = runs.put(new(1)), runs.put(new(2))
    with runs._backend.beside_writers() as connection:
        held = RUNS.select().where(RUNS.c.id == first.id).with_for_update()
        assert connection.execute(held).one().id == first.id
        taken = runs.take("w2")
    assert taken is not None
    assert taken.id == second.id


def test_a_heart_beats_while_somebody_else_writes(served_runs: Runs) -> None:
    runs = served_runs
    run = runs.put(new())
    assert runs.take("w1") is not None
    with runs._backend.transaction(write=True):
        assert runs.beat(run.id, "w1") == "running"


def test_a_run_whose_worker_died_is_taken_up_again_and_its_old_worker_writes_no_more(
    runs: Runs, moments: list[datetime]
) -> None:
    run = runs.put(new())
    runs.take("w1")
    runs.beat(run.id, "w1", progress=PROGRESS)
    moments.append(START + timedelta(seconds=DEAD_AFTER_S - 1))
    assert runs.take("w2") is None
    dead(moments)
    again = runs.take("w2")
    assert again is not None
    assert (again.id, again.worker, again.attempts, again.progress) == (run.id, "w2", 2, {})
    assert again.begun_at == START
    assert runs.beat(run.id, "w1", progress=PROGRESS) is None
    assert not runs.end(run.id, "w1", "done", content_hash="x", answer=ANSWER)
    assert not runs.give_back(run.id, "w1")
    assert runs.beat(run.id, "w2") == "running"


def test_a_run_that_kills_its_workers_is_stopped_with_its_reason(
    runs: Runs, moments: list[datetime]
) -> None:
    run, other = runs.put(new(1)), runs.put(new(2))
    for attempt in range(MOST_ATTEMPTS):
        taken = runs.take(f"w{attempt}")
        assert taken is not None
        assert taken.id == run.id
        dead(moments)
    after = runs.take("w9")
    assert after is not None
    assert after.id == other.id
    ended = runs.run(run.id)
    assert ended is not None
    assert (ended.state, ended.answer) == ("stopped", None)
    assert ended.error == "3 workers died of it: ask it again with a shorter time limit"
    assert isinstance(ended.error, Message)
    assert ended.error.values == {"attempts": 3}


def test_stopping_ends_what_waits_asks_what_is_at_work_and_leaves_what_has_ended(
    runs: Runs, moments: list[datetime]
) -> None:
    waiting, working = runs.put(new(1)), runs.put(new(2))
    assert runs.stop(waiting.id, by="li") == "stopped"
    assert runs.take("w1") is not None
    assert runs.stop(working.id, by="li") == "stopping"
    assert runs.stop(working.id, by="li") == "stopping"
    assert runs.beat(working.id, "w1") == "stopping"
    assert runs.end(working.id, "w1", "stopped", content_hash="hash 2", answer=ANSWER)
    assert runs.stop(working.id, by="li") == "stopped"
    assert runs.stop(99, by="li") is None
    ended = runs.run(working.id)
    assert ended is not None
    assert ended.answer == ANSWER
    # one that was to be stopped is not begun anew
    third = runs.put(new(3))
    runs.take("w1")
    runs.stop(third.id, by="li")
    dead(moments)
    assert runs.take("w2") is None
    gone = runs.run(third.id)
    assert gone is not None
    assert gone.state == "stopped"
    assert "its worker ended before" in (gone.error or "")


def test_a_run_that_was_given_back_is_as_if_nobody_had_taken_it(runs: Runs) -> None:
    run = runs.put(new())
    runs.take("w1")
    runs.beat(run.id, "w1", progress=PROGRESS)
    assert runs.give_back(run.id, "w1")
    back = runs.run(run.id)
    assert back is not None
    assert (back.state, back.attempts, back.progress, back.begun_at) == ("queued", 0, {}, None)
    again = runs.take("w2")
    assert again is not None
    assert again.attempts == 1


def test_the_same_question_is_answered_from_the_run_that_is_done(runs: Runs) -> None:
    first = runs.put(new(1))
    runs.take("w1")
    assert runs.answered("hash 1") is None
    runs.end(first.id, "w1", "done", content_hash="hash 1", answer=ANSWER, progress=PROGRESS)
    same, other = runs.put(new(1, author="wang")), runs.put(new(2))
    assert (same.state, same.answer, same.progress) == ("done", ANSWER, PROGRESS)
    assert (same.author, other.state) == ("wang", "queued")
    assert same.id != first.id
    stopped = runs.take("w1")
    assert stopped is not None
    runs.end(stopped.id, "w1", "stopped", content_hash="hash 2", answer=ANSWER)
    assert runs.put(new(2)).state == "queued"


def test_one_author_cannot_fill_the_queue(runs: Runs) -> None:
    for number in range(MOST_WAITING):
        runs.put(new(number))
    with pytest.raises(InputError, match=r"20 questions of yours wait already"):
        runs.put(new(99))
    other = runs.put(new(99, author="wang"))
    assert runs.ahead(other.id) == MOST_WAITING


def test_a_database_of_before_the_queue_has_no_runs_until_the_first(runs: Runs) -> None:
    backend = runs._backend
    with backend.begin(write=True) as connection:
        without_runs(connection)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0008'")
    backend.close()
    assert runs.newest() == ()
    assert (runs.run(1), runs.take("w1"), runs.answered("x"), runs.standing(1)) == (None,) * 4
    assert runs.ahead(1) == 0
    assert runs.put(new()).state == "queued"


def test_a_refusal_with_a_message_in_it_is_kept_and_told_again(runs: Runs) -> None:
    run = runs.put(new())
    runs.take("w1")
    words = say("{where}: {what}, {n:.1f} times", where="goal", what=say("not {x}", x="a"), n=2.0)
    runs.end(run.id, "w1", "failed", content_hash="x", error=words)
    kept = runs.run(run.id)
    assert kept is not None
    assert isinstance(kept.error, Message)
    assert kept.error == "goal: not a, 2.0 times"
    told = {"not {x}": "kein {x}", "{where}: {what}, {n:.1f} times": "{n:.0f} mal {what}: {where}"}
    assert kept.error.put(lambda template: told[template]) == "2 mal kein a: goal"


@pytest.mark.parametrize(
    ("part", "says"),
    [({"kind": "x"}, "is none of decision"), ({"author": "x" * 99}, "author must have")],
)
def test_what_cannot_be_queued_is_refused(part: dict[str, str], says: str) -> None:
    values = {"kind": "decision", "content_hash": "x", "author": "li", **part}
    with pytest.raises(InputError, match=says):
        NewRun(question={}, **values)
