"""Claims about questions asked of a worker: the same answer as the command's, stopped, followed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from socket import create_server
from typing import TYPE_CHECKING, Any

import pytest

from data.database import clock
from data.runs import KEEP_DAYS
from data.workspace import Workspace
from geo.errors import FieldsError, InputError
from geo.messages import message_from
from planning.decisions import Decision
from web.commands import worker_process
from web.services import run_heart, run_work, runs
from web.services.run_questions import RunAsked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from data.runs import Run
    from tests.conftest import Cli

#: Small enough to be proved at once in the small city.
QUESTION: dict[str, Any] = {"new": 2, "actions": {"build": ["station"]}}
BODY: dict[str, Any] = {"question": QUESTION, "gap": 0.0}


@pytest.fixture
def folder(city_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(city_folder, tmp_path / "city")


@pytest.fixture
def workspace(folder: Path) -> Workspace:
    return Workspace.open(folder)


@pytest.fixture
def free_port() -> int:
    with create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def asked(**more: Any) -> RunAsked:  # noqa: ANN401 - parts of a request
    return RunAsked.of_request({**BODY, **more})


def again(workspace: Workspace, run: Run) -> Run:
    found = runs.run_of(workspace, run.id)
    assert found is not None
    return found


def test_a_run_gives_the_plan_of_the_command_line(workspace: Workspace, cli: Cli) -> None:
    put = runs.submit(workspace, asked(explain={"why": True}), author="li", scenario="甲")
    assert put.state == "queued"
    done = run_work.work_once(workspace, "w1")
    assert done is not None
    assert done.state == "done"
    assert run_work.work_once(workspace, "w1") is None
    run = again(workspace, put)
    file = workspace.folder / "question.json"
    file.write_text(json.dumps(QUESTION), "utf-8")
    told = cli("plan", "-w", workspace.folder, "--question", file, "--runners-up", "--json")
    assert told.code == 0, told.err
    assert run.answer is not None
    for part in ("status", "objective", "bound", "coverage", "money", "actions", "question"):
        assert run.answer[part] == told.json[part]
    assert len(run.answer["explanation"]["why"]) == len(told.json["explanation"]["why"]) == 2
    assert run.answer["nesting"] == told.json["nesting"]
    last = run.progress["points"][-1]
    assert last[1:] == [told.json["objective"], told.json["bound"]]
    assert [site["id"] for site in run.progress["sites"]] == [
        one["id"] for one in told.json["actions"]
    ]


def test_the_same_question_is_answered_from_the_first_until_the_city_changes(
    workspace: Workspace,
) -> None:
    first = runs.submit(workspace, asked(), author="li")
    run_work.work_once(workspace, "w1")
    same = runs.submit(workspace, asked(), author="wang")
    assert same.state == "done"
    assert same.answer == again(workspace, first).answer
    assert runs.submit(workspace, asked(seed=5), author="li").state == "queued"
    settings = workspace.folder / "yizhan.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("spacing_m = 250", "spacing_m = 500"), "utf-8")
    changed = Workspace.open(workspace.folder)
    assert changed.settings.content_hash != workspace.settings.content_hash
    assert runs.submit(changed, asked(), author="li").state == "queued"


def test_a_question_without_a_plan_tells_the_smallest_conflict(workspace: Workspace) -> None:
    floor = {"name": "all", "least_share": 1.0, "groups": ["courier"]}
    question = {**QUESTION, "new": 1, "floors": [floor]}
    put = runs.submit(workspace, asked(question=question), author="li")
    run_work.work_once(workspace, "w1")
    run = again(workspace, put)
    assert run.state == "infeasible"
    assert run.answer is not None
    conflict = run.answer["conflict"]
    assert run.answer["objective"] is None
    words = message_from(conflict["words"])
    assert "all" in words
    assert "floor" in {member["kind"] for member in conflict["members"]}
    assert runs.submit(workspace, asked(question=question), author="li").state == "infeasible"
    with pytest.raises(InputError, match=r"has no plan with a bound to keep"):
        runs.save_run(workspace, run, name="x", author="li")


def test_a_place_that_is_not_there_fails_the_run_in_words(workspace: Workspace) -> None:
    question = {**QUESTION, "required": [{"place": "nowhere"}]}
    put = runs.submit(workspace, asked(question=question), author="li")
    done = run_work.work_once(workspace, "w1")
    assert done is not None
    run = again(workspace, put)
    assert (run.state, run.answer) == ("failed", None)
    assert run.error is not None
    assert "nowhere" in run.error


def test_a_plan_is_kept_as_a_scenario(workspace: Workspace) -> None:
    put = runs.submit(workspace, asked(), author="li")
    with pytest.raises(InputError, match=r"has no plan with a bound to keep"):
        runs.save_run(workspace, put, name="甲", author="li")
    run_work.work_once(workspace, "w1")
    run = again(workspace, put)
    kept = runs.save_run(workspace, run, name="甲", author="li", why="第一稿")
    assert run.answer is not None
    assert kept.decision["actions"] == run.answer["actions"]
    assert kept.question["question"] == RunAsked.of_request(BODY).search.question.as_dict()


@pytest.fixture
def stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    """The heart hears of a stop with the first news, however fast the answer is."""
    first = run_heart.Heart.listening_to

    def listening_to(heart: run_heart.Heart, city: Any) -> Any:  # noqa: ANN401 - as the first
        heard = first(heart, city)

        def listen(news: Any) -> bool:  # noqa: ANN401 - as the first
            heart.is_to_stop = True
            return heard(news)

        return listen

    monkeypatch.setattr(run_heart.Heart, "listening_to", listening_to)


@pytest.mark.usefixtures("stopping")
def test_a_stop_keeps_the_best_plan_with_a_bound_that_holds(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = runs.submit(workspace, asked(), author="li")
    run_work.work_once(workspace, "w1")
    stopped = again(workspace, put)
    monkeypatch.undo()
    best = again(workspace, runs.submit(workspace, asked(), author="li"))
    assert best.state == "queued"
    run_work.work_once(workspace, "w1")
    best = again(workspace, best)
    assert best.answer is not None
    assert stopped.state == "stopped"
    assert stopped.answer is not None
    assert stopped.answer["objective"] <= best.answer["objective"] <= stopped.answer["bound"]
    assert len(stopped.answer["actions"]) <= 2
    assert Decision.from_dict(stopped.answer).is_plan


def test_a_stop_while_ways_are_searched_ends_the_run(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = runs.submit(workspace, asked(), author="li")
    first = run_work.ask_workspace

    def ask(*words: Any, done: Any, **more: Any) -> Any:  # noqa: ANN401 - as the first
        runs.stop_run(workspace, put.id, by="li")
        until = time.monotonic() + 20
        while time.monotonic() < until:  # until the heart has heard of it
            done("ways", 0.5)
            time.sleep(0.05)
        return first(*words, done=done, **more)

    monkeypatch.setattr(run_work, "ask_workspace", ask)
    done = run_work.work_once(workspace, "w1")
    assert done is not None
    run = again(workspace, put)
    assert (run.state, run.error) == ("stopped", "it was stopped before there was a plan")


def test_a_fault_of_ours_is_told_in_the_run_and_not_tried_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = runs.submit(workspace, asked(), author="li")
    monkeypatch.setattr(run_work, "decide", lambda *_words, **_more: 1 / 0)
    done = run_work.work_once(workspace, "w1")
    assert done is not None
    assert done.state == "failed"
    assert "see the log of the worker" in (again(workspace, put).error or "")


def test_news_go_on_where_they_were_left(workspace: Workspace) -> None:
    put = runs.submit(workspace, asked(), author="li")
    queue = workspace.database.runs()
    queue.take("w1")
    points = [[0.1, None, 9.0], [0.4, 5.0, 9.0], [0.9, 7.0, 8.0]]

    def beat(n: int) -> None:
        queue.beat(put.id, "w1", progress={"step": "planning", "points": points[:n], "sites": []})

    def news(mark: str = "") -> list[runs.News]:
        found = runs.follow(workspace, put.id, mark=mark, seconds=0.0, pause=lambda _: None)
        return [one for one in found if one is not None]

    beat(2)
    [first] = news()
    assert (first.what, first.parts["from"], first.parts["points"]) == ("progress", 0, points[:2])
    assert news(first.mark) == []
    beat(3)
    [second] = news(first.mark)
    assert (second.parts["from"], second.parts["points"]) == (2, points[2:])
    # another worker begins anew, and so does the curve
    queue.give_back(put.id, "w1")
    queue.take("w2")
    queue.beat(put.id, "w2", progress={"step": "planning", "points": points[:1], "sites": []})
    [third] = news(second.mark)
    assert (third.parts["from"], third.parts["points"]) == (0, points[:1])
    queue.end(put.id, "w2", "done", content_hash="x", answer={})
    [last] = news(third.mark)
    assert (last.what, last.parts["state"]) == ("end", "done")
    assert news("1.2.3'--")[0].parts["from"] == 0
    assert list(runs.follow(workspace, 99, seconds=0.0)) == []


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"question": {"new": "x", "spacing_m": -1}}, ["/question/new", "/question/spacing_m"]),
        ({"question": [1]}, ["/question"]),
        ({"when": "never", "nwe": 1}, ["/nwe", "/when"]),
        ({"time_limit_s": 0, "gap": 2, "seed": -1}, ["/time_limit_s", "/gap", "/seed"]),
        ({"time_limit_s": 1e9}, ["/time_limit_s"]),
        ({"time_limit_s": True, "seed": 1.5}, ["/time_limit_s", "/seed"]),
        ({"explain": {"why": 1, "curve": 999, "x": 1}}, ["/explain/x", "/explain/why",
                                                         "/explain/curve"]),
        ({"explain": 3}, ["/explain"]),
        ({"question": {"goal": {"what": "mean_time"}}, "explain": {"why": True, "curve": 3}},
         ["/explain/curve"]),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_told_field_by_field(
    body: dict[str, Any], pointers: list[str]
) -> None:
    with pytest.raises(FieldsError) as refusal:
        RunAsked.of_request({"question": QUESTION, **body})
    assert [fault.pointer for fault in refusal.value.faults] == pointers


def test_a_question_is_kept_whole_in_the_queue() -> None:
    made = asked(explain={"curve": 5}, time_limit_s=3)
    assert RunAsked.from_dict(json.loads(json.dumps(made.as_dict()))) == made


# workers as processes of their own ----------------------------------------------------------------

#: A worker that says when it has taken a run, and works on it until it is ended.
_HANGING = """
import sys, time
from web.cli import main
from web.services import run_work

def ask(*_words, done, **_more):
    print("taken", flush=True)
    while True:
        done("ways", 0.5)
        time.sleep(0.05)

run_work.ask_workspace = ask
run_work.make_ready = lambda: None
sys.argv = ["yizhan", "worker", "-w", sys.argv[1]]
main()
"""
#: A server that has such a worker beside it.
_SERVING = """
import os, subprocess, sys
env = {**os.environ, "YIZHAN_SERVED_BY": str(os.getpid())}
subprocess.run([sys.executable, "-c", sys.argv[2], sys.argv[1]], env=env)
"""


def until(is_so: Callable[[], bool]) -> None:
    """Wait for what other processes do."""
    end = time.monotonic() + 240
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def beginning(*words: str) -> Iterator[subprocess.Popen[str]]:
    """Begin a process that has taken a run."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", *words], stdout=pipe, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "taken\n"
            yield process
        finally:
            process.kill()


def test_a_killed_worker_loses_nothing_and_the_next_one_answers(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = runs.submit(workspace, asked(), author="li")
    other = runs.submit(workspace, asked(seed=3), author="wang")
    with beginning(_HANGING, str(workspace.folder)) as process:
        os.kill(process.pid, signal.SIGKILL)
    assert again(workspace, put).state == "running"
    monkeypatch.setattr("data.database.runs.DEAD_AFTER_S", 0.0)
    for expected in (put, other):
        done = run_work.work_once(workspace, "w2")
        assert done is not None
        assert (done.run.id, done.state) == (expected.id, "done")
    assert again(workspace, put).attempts == 2
    assert again(workspace, other).attempts == 1


def test_a_worker_that_is_asked_to_end_gives_its_run_back(workspace: Workspace) -> None:
    put = runs.submit(workspace, asked(), author="li")
    with beginning(_HANGING, str(workspace.folder)) as process:
        process.terminate()
        assert process.wait(60) == 0
    back = again(workspace, put)
    assert (back.state, back.attempts, back.worker) == ("queued", 0, "")


def test_a_worker_ends_with_its_server_and_gives_its_run_back(workspace: Workspace) -> None:
    put = runs.submit(workspace, asked(), author="li")
    with beginning(_SERVING, str(workspace.folder), _HANGING) as server:
        assert again(workspace, put).state == "running"
        os.kill(server.pid, signal.SIGKILL)
        until(lambda: again(workspace, put).state == "queued")
    assert again(workspace, put).attempts == 0


def test_a_server_has_a_worker_beside_it_that_is_begun_anew_and_ends_with_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[subprocess.Popen[bytes]] = []
    first = worker_process._begun

    def begin(folder: Path) -> subprocess.Popen[bytes]:
        begun.append(first(folder))
        return begun[-1]

    monkeypatch.setattr(worker_process, "_begun", begin)
    monkeypatch.setattr(worker_process, "_FIRST_PAUSE_S", 0.05)
    with worker_process.worker_beside(workspace.folder):
        until(lambda: len(begun) == 1)
        begun[0].kill()
        until(lambda: len(begun) == 2)
        put = runs.submit(workspace, asked(), author="li")
        until(lambda: again(workspace, put).state == "done")
        assert os.getpriority(os.PRIO_PROCESS, begun[1].pid) >= 10
    assert begun[1].poll() == 0
    with worker_process.worker_beside(workspace.folder, wanted=False):
        assert len(begun) == 2


def test_the_command_answers_what_waits_and_ends(workspace: Workspace) -> None:
    put = runs.submit(workspace, asked(), author="li")
    words = ["-c", "from web.cli import main; main()", "worker", "--once", "--json", "-w"]
    ran = subprocess.run(
        [sys.executable, *words, str(workspace.folder)], capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stdout)["answered"] == 1
    assert f"run {put.id}: done" in ran.stderr
    assert again(workspace, put).state == "done"


def test_questions_are_forgotten_some_days_after_their_end(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = runs.submit(workspace, asked(), author="li")
    assert runs.stop_run(workspace, ended.id, by="li") == "stopped"
    waiting = runs.submit(workspace, asked(), author="li")
    assert runs.forget_old_runs(workspace) == 0
    later = clock.now() + timedelta(days=KEEP_DAYS, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert runs.forget_old_runs(workspace) == 1
    assert runs.run_of(workspace, ended.id) is None
    assert again(workspace, waiting).state == "queued"


def test_a_killed_server_leaves_no_worker_and_loses_no_question(
    workspace: Workspace, free_port: int
) -> None:
    """`yizhan serve` itself, with the worker that it begins."""
    words = ["-c", "from web.cli import main; main()", "serve", "--port", str(free_port), "-w"]
    pipe = subprocess.PIPE
    put = runs.submit(workspace, asked(explain={"why": True}), author="li")
    with subprocess.Popen(
        [sys.executable, *words, str(workspace.folder)], stdout=pipe, stderr=subprocess.DEVNULL
    ) as server:
        try:
            until(lambda: again(workspace, put).attempts == 1)
            worker = int(again(workspace, put).worker.split("/")[1])
        finally:
            server.kill()
    until(lambda: not _lives(worker))
    if again(workspace, put).state != "done":  # it was in the middle: given back
        assert again(workspace, put).state == "queued"
        done = run_work.work_once(workspace, "w2")
        assert done is not None
        assert done.state == "done"
    assert workspace.stations().ids


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True
