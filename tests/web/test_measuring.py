"""Claims about what is measured for plans' maps: no page waits, the queue does it, once."""

from __future__ import annotations

import shutil
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from data.database import clock
from data.runs import MEASURING, NewRun
from data.workspace import Workspace
from tests.web.admin.visits import logged_in
from tests.web.conftest import MONEY, THREE
from web.app import create_app
from web.services import processes
from web.services.before_after import measure_before_after
from web.services.candidate_gains import kept_candidate_gains, measure_candidates
from web.services.measuring import AGAIN_S, CANDIDATES, CHANGES, measure_once, measured
from web.services.runs import run_of, runs_of
from web.services.scenarios import rename_scenario

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

NEVER = threading.Event()
HERE = "116.80,33.96"


@pytest.fixture
def workspace(planned_city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr(processes, "NICENESS", 0)
    monkeypatch.setattr(processes, "WORKER_WAIT_S", 3600.0)
    return Workspace.open(shutil.copytree(planned_city, tmp_path / "city"))


@pytest.fixture
def served(workspace: Workspace) -> FlaskClient:
    """Return a planner at a server as it is run, where nothing is measured within a request."""
    return logged_in(create_app(workspace.folder), "gui")


def new(what: str = "a") -> NewRun:
    return NewRun(kind=MEASURING, question={"measure": what}, content_hash=what, author="yizhan")


def test_nobody_waits_for_what_candidates_add_and_all_who_ask_share_one_measuring(
    served: FlaskClient, workspace: Workspace
) -> None:
    for _ in range(2):
        told: Any = served.get("/admin/plans/candidates.json").json
        assert told["id"]
        assert (told["gains"], told["awaited"], told["share"]) == ({}, True, None)
    runs = workspace.database.runs()
    taken = runs.take("w", kind=MEASURING)
    assert taken is not None
    assert runs.take("w", kind=MEASURING) is None
    runs.beat(taken.id, "w", progress={"share": 0.25})
    waits: Any = served.get("/admin/plans/candidates.json?waits=1").json
    assert waits == {"awaited": True, "share": 0.25}


def test_a_measuring_made_apart_is_what_a_request_would_measure(
    served: FlaskClient, workspace: Workspace
) -> None:
    near = f"/admin/plans/near/{MONEY}?at={HERE}&part=1"
    assert "data-awaited" in served.get(near).text
    assert measure_once(workspace, "w", leave=NEVER) == "done"
    assert measure_once(workspace, "w", leave=NEVER) is None
    assert "data-awaited" not in served.get(near).text
    scenario = workspace.scenarios().scenario(MONEY)
    apart = kept_candidate_gains(workspace, scenario)
    assert apart is not None
    assert apart == measure_candidates(workspace, scenario)
    told: Any = served.get(f"/admin/plans/candidates.json?after={MONEY}&waits=1").json
    assert told["awaited"] is False
    assert told["gains"] == {group: list(of) for group, of in apart.gains.items()}


def test_the_page_of_a_plan_has_measured_what_its_map_will_be_asked(
    served: FlaskClient, workspace: Workspace
) -> None:
    for _ in range(2):
        assert served.get(f"/admin/plans/s/{THREE}").status_code == 200
    runs = workspace.database.runs()
    waiting = [runs.take("w", kind=MEASURING) for _ in range(3)]
    assert [run and (run.scenario, run.question["measure"]) for run in waiting] == [
        (THREE, CANDIDATES),
        (THREE, CHANGES),
        None,
    ]
    assert runs_of(workspace) == ()  # they are no questions
    first = waiting[0]
    assert first is not None
    assert run_of(workspace, first.id) is None


def test_how_much_is_done_only_grows(workspace: Workspace) -> None:
    scenario = workspace.scenarios().scenario(MONEY)
    for measure in (measure_candidates, measure_before_after):
        heard: list[float] = []
        ask: Callable[..., Any] = measure
        ask(workspace, scenario, done=lambda _, share, to=heard: to.append(share))
        assert heard == sorted(heard)
        assert 0 <= heard[0] <= 0.5 <= heard[-1] <= 1


def test_what_cannot_be_measured_is_said_and_not_tried_again_at_once(
    served: FlaskClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = f"/admin/plans/changes/{MONEY}"
    served.get(changes)
    rename_scenario(workspace, MONEY, new="别名", author="gui")  # before a worker comes to it
    assert measure_once(workspace, "w", leave=NEVER) == "failed"
    rename_scenario(workspace, "别名", new=MONEY, author="gui")
    told: Any = served.get(changes).json
    assert (told["awaited"], told["groups"]) == (False, [])
    assert measure_once(workspace, "w", leave=NEVER) is None
    later = clock.now() + timedelta(seconds=AGAIN_S + 1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert served.get(changes).json["awaited"] is True  # type: ignore[index] - an answer of ours


def test_a_measuring_that_was_done_is_forgotten_with_the_next(workspace: Workspace) -> None:
    runs = workspace.database.runs()
    first = runs.put_measuring(new(), again_s=9)
    assert runs.put_measuring(new(), again_s=9).id == first.id
    assert runs.take("w", kind=MEASURING) is not None
    assert runs.put_measuring(new(), again_s=9).id == first.id
    assert runs.end(first.id, "w", "done", content_hash="a")
    assert runs.put_measuring(new("b"), again_s=9).id != first.id
    assert runs.run(first.id) is None


def test_a_measuring_is_given_back_by_a_worker_that_leaves(workspace: Workspace) -> None:
    assert measured(workspace, CANDIDATES).is_awaited
    leave = threading.Event()
    leave.set()
    assert measure_once(workspace, "w1", leave=leave) == ""
    run = workspace.database.runs().take("w2", kind=MEASURING)
    assert run is not None
    assert run.attempts == 1


def test_without_a_worker_the_server_has_it_measured_by_another_process(
    served: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "WORKER_WAIT_S", -1.0)
    taken = threading.Event()
    monkeypatch.setattr(
        "web.admin.plans.measured.measure_once", lambda *_, **__: taken.set() or "done"
    )
    served.get("/admin/plans/candidates.json")
    assert taken.wait(10)


def test_a_city_without_inputs_awaits_nothing(workspace: Workspace) -> None:
    (workspace.folder / "cache" / "network.bin").unlink()
    bare = Workspace.open(workspace.folder)
    assert not measured(bare, CANDIDATES).is_awaited
    assert bare.database.runs().take("w", kind=MEASURING) is None
