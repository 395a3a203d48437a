"""Claims about questions asked in the browser: who may, what is refused where, what is told."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from data.accounts import Account
from data.permissions import ACTS as ALL_ACTS
from data.permissions import PERMISSIONS
from data.report_book import ReportBook
from data.workspace import Workspace
from tests.web.admin.visits import PASSWORD_HASH, logged_in, send
from web.app import create_app
from web.planner.run_events import Streams
from web.planner.runs import ACTS
from web.services import run_work

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

QUESTION: dict[str, Any] = {"name": "开篇", "new": 2, "actions": {"build": ["station"]}}
ROLES = ("administrator", "planner", "viewer", "moderator", "register_keeper")
URL = "/plan/runs"


@pytest.fixture
def workspace(city_folder: Path, tmp_path: Path) -> Workspace:
    made = Workspace.open(shutil.copytree(city_folder, tmp_path / "city"))
    accounts = ReportBook(made).accounts
    for role in ROLES:
        accounts.add(Account(role, PASSWORD_HASH, role), by="test")
    accounts.add(Account("wang", PASSWORD_HASH, "planner"), by="test")
    return made


@pytest.fixture
def app(workspace: Workspace) -> Flask:
    return create_app(workspace.folder, testing=True)


@pytest.fixture
def planner(app: Flask) -> FlaskClient:
    return logged_in(app, "planner")


def token(client: FlaskClient) -> str:
    told: str = client.get(f"{URL}?f=json").get_json()["token"]
    return told


def post(client: FlaskClient, path: str = URL, **more: Any) -> TestResponse:  # noqa: ANN401 - of a request
    sent: dict[str, Any] = {"json": {"question": QUESTION}, **more}
    sent.setdefault("headers", {"X-Form-Token": token(client)})
    return client.post(path, **sent)


def events(response: TestResponse) -> list[tuple[str, str, dict[str, Any]]]:
    """Read (id, event, data) of a stream as a browser does."""
    found = []
    for block in response.text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "data" in lines:
            found.append((lines["id"], lines["event"], json.loads(lines["data"])))
    return found


def test_a_question_is_queued_answered_followed_and_kept(
    planner: FlaskClient, workspace: Workspace
) -> None:
    asked = post(planner, json={"question": QUESTION, "scenario": "甲"})
    assert asked.status_code == 201
    run = asked.get_json()
    assert asked.headers["Location"] == run["links"]["self"] == f"{URL}/{run['id']}"
    assert (run["state"], run["author"], run["scenario"]) == ("queued", "planner", "甲")
    assert (run["ahead"], run["answer"]) == (0, None)
    assert run_work.work_once(workspace, "w1") is not None
    done = planner.get(run["links"]["self"]).get_json()
    assert done["state"] == "done"
    assert done["answer"]["status"] == "optimal"
    assert len(done["answer"]["actions"]) == 2
    [(mark, what, news)] = events(planner.get(run["links"]["events"]))
    assert (what, news["state"], news["from"]) == ("end", "done", 0)
    assert news["points"] == done["progress"]["points"]
    assert news["points"][-1][1] == done["answer"]["objective"]
    assert len(news["sites"]) == 2
    # who has heard the end asks no more
    again = planner.get(run["links"]["events"], headers={"Last-Event-ID": mark})
    assert again.status_code == 204
    kept = post(planner, run["links"]["scenario"], json={"name": "甲", "why": "第一稿"})
    assert kept.status_code == 201
    assert workspace.scenarios().scenario("甲").decision["actions"] == done["answer"]["actions"]
    taken = post(planner, run["links"]["scenario"], json={"name": "甲"})
    assert taken.status_code == 422
    [listed] = planner.get(f"{URL}?f=json&scenario=甲").get_json()["runs"]
    assert (listed["id"], listed["name"], listed["state"]) == (run["id"], "开篇", "done")
    page = planner.get(f"{URL}?lang=en").text
    assert "开篇" in page
    assert "done" in page
    same = post(planner, json={"question": QUESTION})
    assert same.get_json()["state"] == "done"


def test_a_stream_is_resumed_where_it_was_cut(planner: FlaskClient, workspace: Workspace) -> None:
    run = post(planner).get_json()
    queue = workspace.database.runs()
    queue.take("w1")
    points = [[0.1, None, 9.0], [0.4, 5.0, 9.0], [0.9, 7.0, 8.0]]

    def beat(n: int) -> None:
        queue.beat(
            run["id"], "w1", progress={"step": "planning", "points": points[:n], "sites": []}
        )

    beat(2)
    url = run["links"]["events"]
    # a full house tells what there is, and ends at once
    planner.application.extensions["yizhan-streams"] = Streams(most=0)
    first = planner.get(url)
    assert first.headers["X-Accel-Buffering"] == "no"
    assert first.mimetype == "text/event-stream"
    assert first.text.startswith("retry: 2000\n\n")
    [(mark, what, news)] = events(first)
    assert (what, news["points"]) == ("progress", points[:2])
    beat(3)
    [(_, _, rest)] = events(planner.get(url, headers={"Last-Event-ID": mark}))
    assert (rest["from"], rest["points"]) == (2, points[2:])
    [(_, _, whole)] = events(planner.get(url, headers={"Last-Event-ID": "<script>"}))
    assert (whole["from"], whole["points"]) == (0, points)


def test_a_process_keeps_few_streams_and_forgets_those_that_nobody_closed() -> None:
    counter = Streams(most=2, life_s=100.0)
    first, second = counter.take(), counter.take()
    assert first is not None
    assert second is not None
    assert counter.take() is None
    counter.close(first)
    counter.close(first)
    assert counter.take() is not None
    assert counter.take() is None
    short = Streams(most=1, life_s=0.0)
    assert short.take() is not None
    assert short.take() is not None


def test_every_wrong_field_of_a_question_is_told_in_the_readers_language(
    planner: FlaskClient,
) -> None:
    body = {"question": {"new": "x", "floors": [{"name": "f"}]}, "gap": 7}
    refused = post(planner, f"{URL}?lang=en", json=body)
    assert refused.status_code == 422
    assert refused.mimetype == "application/problem+json"
    told = {one["pointer"]: one["detail"] for one in refused.get_json()["errors"]}
    assert told == {
        "#/question/new": '"x" is not a whole number',
        "#/question/floors/0/least_share": "is missing: give it",
        "#/gap": "must be a share from 0 to 1",
    }
    chinese = post(planner, f"{URL}?lang=zh", json=body).get_json()["errors"]
    assert chinese[-1] == {"pointer": "#/gap", "detail": "须是 0 到 1 之间的比例"}
    for body, pointer in (({"question": 3}, "#/question"), ({"scenario": 1}, "#/scenario")):
        [error] = post(planner, json=body).get_json()["errors"]
        assert error["pointer"] == pointer


def test_a_question_without_a_plan_tells_its_conflict_in_words(
    planner: FlaskClient, workspace: Workspace
) -> None:
    floor = {"name": "all", "least_share": 1.0, "groups": ["courier"]}
    run = post(planner, json={"question": {**QUESTION, "new": 1, "floors": [floor]}}).get_json()
    run_work.work_once(workspace, "w1")
    told = planner.get(f"{run['links']['self']}?lang=en").get_json()
    assert told["state"] == "infeasible"
    assert "all" in told["answer"]["conflict"]["words"]
    assert all(isinstance(one["words"], str) for one in told["answer"]["conflict"]["members"])


def test_what_is_no_request_of_ours_is_refused(planner: FlaskClient) -> None:
    assert post(planner, headers={}).status_code == 403
    assert post(planner, headers={"X-Form-Token": "a" * 64}).status_code == 403
    foreign = {"X-Form-Token": token(planner), "Origin": "https://example.org"}
    assert post(planner, headers=foreign).status_code == 403
    assert post(planner, json=None, data="x").status_code == 415
    kind = {"content_type": "application/json", "json": None}
    for data in ("{", "[1]", '{"gap": NaN}', "[" * 100_000):
        assert post(planner, data=data, **kind).status_code == 400
    assert post(planner, data=" " * 1_000_001, **kind).status_code == 413
    for path in (f"{URL}/99", f"{URL}/99/events"):
        answer = planner.get(path)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert post(planner, f"{URL}/99/stop").status_code == 404


def test_an_author_stops_a_run_and_another_planner_does_not(app: Flask) -> None:
    mine, other, chief = (logged_in(app, n) for n in ("planner", "wang", "administrator"))
    first, second = (
        post(mine).json,
        post(mine, json={"question": {**QUESTION, "new": 1}}).get_json(),
    )
    assert post(other, first["links"]["stop"]).status_code == 403
    assert post(mine, first["links"]["stop"]).get_json()["state"] == "stopped"
    assert post(chief, second["links"]["stop"]).get_json()["state"] == "stopped"


@pytest.mark.parametrize("role", [*ROLES, ""])
def test_each_address_is_there_for_whom_the_table_says(app: Flask, role: str) -> None:
    run = post(logged_in(app, "wang")).get_json()
    client = logged_in(app, role) if role else app.test_client()
    header = {"X-Form-Token": token(client)} if role and _may(role, "see runs") else {}
    asked = {
        "runs.page": client.get(f"{URL}?f=json"),
        "runs.shown": client.get(run["links"]["self"]),
        "runs.ask": client.post(URL, json={"question": QUESTION}, headers=header),
    }
    for endpoint, answer in asked.items():
        allowed = bool(role) and _may(role, ACTS[endpoint])
        if not role:
            assert answer.status_code == 401
        elif allowed:
            assert answer.status_code in {200, 201}
        else:
            assert answer.status_code == 403
        assert answer.headers["Cache-Control"] == "no-store"


def _may(role: str, act: str) -> bool:
    return act in PERMISSIONS[role]


def test_every_address_of_the_queue_says_which_act_it_is(app: Flask) -> None:
    rules = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint[:5] == "runs."}
    assert rules == set(ACTS)
    assert set(ACTS.values()) <= set(ALL_ACTS)


def test_a_page_asks_for_a_login_and_the_session_goes_to_no_other_page(app: Flask) -> None:
    stranger = app.test_client().get(URL)
    assert stranger.status_code == 303
    assert stranger.headers["Location"].startswith("/admin/login")
    client = logged_in(app, "planner")
    assert client.get_cookie("yizhan_plan", path="/plan") is not None
    assert client.get_cookie("yizhan_plan", path="/") is None
    assert send(client, "/admin/logout") == 303
    assert client.get_cookie("yizhan_plan", path="/plan") is None
    assert client.get(f"{URL}?f=json").status_code == 401
