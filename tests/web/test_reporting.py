"""Claims about the workers' letterbox: what it takes, from whom, how often, and what it keeps."""

from __future__ import annotations

import io
import json
import logging
import threading
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from data.report_book import ReportBook
from data.stations import Stations
from data.workspace import Workspace
from geo.measure import Box
from web.api.worker_reports import ASKS_AN_HOUR, POSTS_AN_HOUR
from web.app import create_app
from web.site.rate_limit import Limiter
from web.stations.standing import EMPTY_STANDING, standing_of, standing_version

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

HOSTILE = "<script>window.broken=1</script>{{ 7*7 }}${1}'\"\\"
ADDRESS = "203.0.113.77"
CANARY = ("116.784321", "33.961234")
_NUMBERS = count()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "city", name="市", box=Box(116.7, 33.8, 116.9, 34.0))
    made.replace_stations(
        Stations.from_records(
            [
                {"id": "a", "name": HOSTILE, "kind": "station", "lon": 116.8, "lat": 33.9},
                {"id": "甲/1", "name": "乙", "kind": "station", "lon": 116.8, "lat": 33.91},
            ]
        )
    )
    return made


@pytest.fixture
def app(workspace: Workspace) -> Flask:
    return create_app(workspace.folder, testing=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def body(voice: int = 1, **more: object) -> dict[str, Any]:
    return {
        "station": "a",
        "what": "locked",
        "when": datetime.now(UTC).isoformat(),
        "device": f"device-{voice:020}",
        "nonce": f"nonce-{next(_NUMBERS):020}",
        **more,
    }


def place(**more: object) -> dict[str, Any]:
    return {
        "name": "南湖东门",
        "lon": 116.80123456,
        "lat": 33.95,
        "device": "d" * 20,
        "nonce": f"nonce-{next(_NUMBERS):020}",
        **more,
    }


def post(
    client: FlaskClient,
    told: object,
    path: str = "/api/reports",
    **more: Any,  # noqa: ANN401 - what a request takes
) -> TestResponse:
    more.setdefault("environ_base", {"REMOTE_ADDR": f"198.51.100.{next(_NUMBERS) % 250}"})
    return client.post(path, json=told, **more)


def test_the_first_report_waits_the_second_device_opens_the_ticket(client: FlaskClient) -> None:
    first, second = post(client, body(1)), post(client, body(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json is not None
    assert second.json is not None
    assert first.json == {"ticket": second.json["ticket"], "state": "waiting", "station": "a"}
    assert second.json["state"] == "open"
    assert "Set-Cookie" not in first.headers
    assert first.headers["Cache-Control"] == "no-store"


def test_one_device_is_one_voice_however_often_it_posts(client: FlaskClient) -> None:
    answers = [post(client, body(1)).json for _ in range(4)]
    assert {answer["state"] for answer in answers if answer} == {"waiting"}


def test_all_fine_gets_thanks_and_no_ticket(client: FlaskClient) -> None:
    answer = post(client, body(what="fine"))
    assert answer.status_code == 201
    assert answer.json == {"ticket": None, "state": "thanks", "station": "a"}


def test_a_report_that_comes_again_is_answered_as_before_and_counts_once(
    client: FlaskClient, workspace: Workspace
) -> None:
    told = body()
    first, again = post(client, told), post(client, told)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert len(ReportBook(workspace).tickets.all_reports()) == 1


def test_reports_posted_at_the_same_time_are_each_taken_once(
    app: Flask, workspace: Workspace
) -> None:
    told = [body(device) for device in range(4)]
    codes: list[int] = []

    def deliver() -> None:
        own = app.test_client()
        codes.extend(post(own, one).status_code for one in told)

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200] * 12 + [201] * 4
    assert len(ReportBook(workspace).tickets.all_reports()) == 4


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"station": "z"}, "not in the register"),
        ({"station": ["a"]}, "station must be"),
        ({"station": "../../etc"}, "not in the register"),
        ({"station": "a\x00"}, "station must be"),
        ({"station": "\ud800"}, "station must be"),
        ({"station": "x" * 501}, "station must be"),
        ({"what": "dirty"}, "none of locked"),
        ({"what": {}}, "none of locked"),
        ({"what": "broken", "facility": {}}, "facility must be"),
        ({"facility": "toilet"}, "only be said with"),
        ({"what": "broken", "facility": "pool"}, "facility"),
        ({"what": "broken", "facility": ["toilet"]}, "facility"),
        ({"when": "soon"}, "when must be"),
        ({"when": "2020-01-01T00:00:00Z"}, "too old"),
        ({"when": "2999-01-01T00:00:00Z"}, "future"),
        ({"device": "me"}, "device must be"),
        ({"device": None}, "device must be"),
        ({"nonce": "1"}, "nonce must be"),
        ({"text": "长" * 501}, "at most 500"),
        ({"text": 5}, "must be text"),
        ({"lat": 33.961234}, "lon and lat with what"),
        ({"position": [116.784321, 33.961234]}, "'position' is not known"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(
    client: FlaskClient, workspace: Workspace, more: dict[str, object], words: str
) -> None:
    answer = post(client, body(**more))
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert words in answer.json["detail"]
    assert ReportBook(workspace).tickets.all_reports() == ()


@pytest.mark.parametrize("missing", ["station", "what", "when", "device", "nonce"])
def test_every_part_is_needed(client: FlaskClient, missing: str) -> None:
    told = body()
    del told[missing]
    answer = post(client, told)
    assert answer.status_code == 400
    assert answer.json is not None
    assert missing in answer.json["detail"]


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (b"{}", "text/plain", 415),
        (b"station=a", "application/x-www-form-urlencoded", 415),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"lon": NaN}', "application/json", 400),
        (b"[" * 4000, "application/json", 400),
        (b'{"text":"' + b"x" * 5000 + b'"}', "application/json", 413),
    ],
)
def test_a_body_that_is_no_small_json_object_is_refused(
    client: FlaskClient, data: bytes, kind: str, code: int
) -> None:
    answer = client.post("/api/reports", data=data, content_type=kind)
    assert (answer.status_code, answer.content_type) == (code, "application/problem+json")


def test_a_body_without_a_length_is_bounded_too(client: FlaskClient) -> None:
    answer = client.post(
        "/api/reports",
        input_stream=io.BytesIO(b"x" * 100_000),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    assert answer.status_code in {400, 413}  # cut off, and no JSON then


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "null"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://localhost.evil.example"}, False),
    ],
)
def test_only_our_own_pages_may_post(
    client: FlaskClient, headers: dict[str, str], *, taken: bool
) -> None:
    assert post(client, body(), headers=headers).status_code == (201 if taken else 403)
    answer = post(client, place(), "/api/proposals", headers=headers)
    assert answer.status_code == (201 if taken else 403)


def test_ten_an_hour_from_one_address_and_then_a_time_to_wait(client: FlaskClient) -> None:
    here = {"environ_base": {"REMOTE_ADDR": ADDRESS}}
    codes = [post(client, body(device), **here).status_code for device in range(POSTS_AN_HOUR)]
    assert codes == [201] * 10
    refused = post(client, body(), **here)
    assert refused.status_code == 429
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    assert refused.content_type == "application/problem+json"
    assert post(client, place(), "/api/proposals", **here).status_code == 429
    assert post(client, body()).status_code == 201


def test_neighbours_in_one_ipv6_network_share_a_counter(client: FlaskClient) -> None:
    codes = [
        post(client, body(), environ_base={"REMOTE_ADDR": f"2001:db8:1:{n:x}::1"}).status_code
        for n in range(1, 12)
    ]
    assert codes == [201] * 10 + [429]
    other = {"environ_base": {"REMOTE_ADDR": "2001:db8:1:102::1"}}
    assert post(client, body(), **other).status_code == 201


def test_behind_a_proxy_of_this_machine_visitors_are_told_apart(client: FlaskClient) -> None:
    near = {"REMOTE_ADDR": "127.0.0.1"}
    for number in range(15):
        forwarded = {"X-Forwarded-For": f"192.0.2.1, 198.51.100.{number}"}
        assert post(client, body(), environ_base=near, headers=forwarded).status_code == 201


def test_a_stranger_cannot_pretend_to_be_a_proxy(client: FlaskClient) -> None:
    codes = [
        post(
            client,
            body(),
            environ_base={"REMOTE_ADDR": ADDRESS},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        ).status_code
        for number in range(11)
    ]
    assert codes[-1] == 429


def test_all_together_have_a_limit_and_memory_is_bounded() -> None:
    at = [0.0]
    limiter = Limiter(most=2, period_s=10, most_overall=5, clock=lambda: at[0])
    assert [limiter.take("a"), limiter.take("a"), limiter.take("a")] == [0, 0, 10]
    at[0] = 4.0
    assert limiter.take("a") == 6
    assert [limiter.take(str(number)) for number in range(4)] == [0, 0, 0, 6]
    assert len(limiter._counts) == 4
    at[0] = 10.0
    assert limiter.take("a") == 0
    at[0] = 99.0
    assert limiter.take("b") == 0
    assert list(limiter._counts) == ["b"]


def test_the_limit_and_the_voice_of_an_address_hold_over_all_processes(
    workspace: Workspace,
) -> None:
    clients = [create_app(workspace.folder, testing=True).test_client() for _ in range(2)]
    here: dict[str, Any] = {"environ_base": {"REMOTE_ADDR": ADDRESS}}
    told = [post(clients[n % 2], body(n), **here) for n in range(POSTS_AN_HOUR + 1)]
    assert [answer.status_code for answer in told] == [201] * POSTS_AN_HOUR + [429]
    assert {answer.json["state"] for answer in told[:-1] if answer.json} == {"waiting"}
    assert post(clients[0], body(99)).json["state"] == "open"  # type: ignore[index]


# Proposals and tickets


def test_a_proposal_gets_a_number_and_is_kept_to_ten_metres(
    client: FlaskClient, workspace: Workspace
) -> None:
    told = place(text=HOSTILE)
    first, again = (post(client, told, "/api/proposals") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json is not None
    assert first.json == again.json
    [line] = ReportBook(workspace).proposals.proposals()
    assert (line.lon, line.lat, line.text) == (116.8012, 33.95, HOSTILE)
    assert first.json == {"ticket": line.number, "state": "new"}


@pytest.mark.parametrize(
    "more",
    [
        {"lon": 120},
        {"lon": "116.8"},
        {"lon": 10**3000},
        {"lat": 1e308},
        {"name": ""},
        {"name": ["x"]},
        {"lat": None},
        {"accuracy": 5},
    ],
)
def test_a_proposal_that_cannot_be_is_refused(client: FlaskClient, more: dict[str, Any]) -> None:
    assert post(client, place(**more), "/api/proposals").status_code == 400


def test_the_ticket_tells_the_answer_to_whoever_has_its_number(
    client: FlaskClient, workspace: Workspace
) -> None:
    told = post(client, body()).json
    assert told is not None
    number = told["ticket"]
    before = client.get(f"/api/tickets/{number.lower().replace('-', ' ')}")
    assert before.json is not None
    assert (before.json["state"], before.json["answer"]) == ("waiting", "")
    assert before.headers["Cache-Control"] == "no-store"
    ReportBook(workspace).tickets.answer(number, HOSTILE, public=False, by="li")
    after = client.get(f"/api/tickets/{number}").json
    assert after is not None
    assert (after["kind"], after["state"], after["answer"]) == ("report", "answered", HOSTILE)
    assert (after["station"], after["what"], after["facility"]) == ("a", "locked", "")
    assert after["answered_at"].endswith("Z")
    proposed = post(client, place(), "/api/proposals").json
    assert proposed is not None
    other = client.get(f"/api/tickets/{proposed['ticket']}").json
    assert other is not None
    assert (other["kind"], other["name"], other["state"]) == ("proposal", "南湖东门", "new")
    assert "lon" not in other


@pytest.mark.parametrize(
    "number", ["AAAA-AA", "x", "..", "%2e%2e%2fyizhan.db", "' OR 1=1 --", "9" * 5000]
)
def test_a_number_that_is_none_finds_nothing(client: FlaskClient, number: str) -> None:
    answer = client.get(f"/api/tickets/{number}")
    assert answer.status_code == 404


def test_numbers_cannot_be_tried_out(client: FlaskClient) -> None:
    codes = [client.get("/api/tickets/AAAA-AA").status_code for _ in range(ASKS_AN_HOUR + 1)]
    assert codes == [404] * ASKS_AN_HOUR + [429]


# What is kept


def test_no_address_and_no_coordinate_is_in_any_row_file_or_log(
    client: FlaskClient, workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    agent = {"User-Agent": "Canary/1.0", "Referer": "http://localhost/?q=116.784321,33.961234"}
    here: dict[str, Any] = {"environ_base": {"REMOTE_ADDR": ADDRESS}, "headers": agent}
    for device in (1, 2):
        assert post(client, body(device, text="门锁着"), **here).status_code == 201
    told = body(3, lat=float(CANARY[1]), lon=float(CANARY[0]))
    assert post(client, told, **here).status_code == 400
    proposed = place(lon=float(CANARY[0]), lat=float(CANARY[1]))
    assert post(client, proposed, "/api/proposals", **here).status_code == 201
    client.get("/api/tickets/AAAA-AA", **here)
    secrets = (*CANARY, ADDRESS, "Canary/1.0", *(f"device-{n:020}" for n in (1, 2, 3)), "d" * 20)
    kept = b"".join(f.read_bytes() for f in workspace.folder.rglob("*") if f.is_file())
    for secret in secrets:
        assert secret.encode() not in kept
        assert secret not in caplog.text


def test_an_error_that_nobody_expected_logs_neither_body_nor_address(
    workspace: Workspace, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_told: object, **_named: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("data.database.tickets.Tickets.add", broken)
    client = create_app(workspace.folder, testing=False).test_client()
    told = body(text="我的电话")
    answer = post(client, told, environ_base={"REMOTE_ADDR": ADDRESS})
    assert answer.status_code == 500
    assert "broken" not in answer.text
    for secret in (ADDRESS, told["device"], told["nonce"], "我的电话"):
        assert secret not in caplog.text


# What the pages show


def test_a_standing_tells_amber_counts_confirmations_and_answers(
    client: FlaskClient, workspace: Workspace
) -> None:
    assert standing_of(workspace) == {}
    empty = standing_version(workspace)
    told = post(client, body(1)).json
    assert told is not None
    single = standing_of(workspace)["a"]
    assert (single["amber"], single["reports"]) == (False, {"locked": 1})
    post(client, body(2))
    post(client, body(3, what="fine", station="甲/1"))
    assert standing_version(workspace) != empty
    standing = standing_of(workspace)
    assert set(standing["a"]) == set(EMPTY_STANDING)
    assert (standing["a"]["amber"], standing["a"]["reports"]) == (True, {"locked": 2})
    [complaint] = standing["a"]["complaints"]
    assert (complaint["devices"], complaint["state"]) == (2, "open")
    today = datetime.now(UTC).astimezone().date()
    assert standing["甲/1"]["fine"] == 1
    assert abs(datetime.fromisoformat(standing["甲/1"]["confirmed_at"]).date() - today).days <= 1
    book = ReportBook(workspace)
    book.tickets.answer(told["ticket"], "修好了", public=False, by="li")
    assert standing_of(workspace)["a"]["answers"] == []
    book.tickets.answer(told["ticket"], "修好了", public=True, by="li")
    book.close(told["ticket"], by="li")
    after = standing_of(workspace)["a"]
    assert (after["amber"], after["complaints"]) == (False, [])
    assert [answer["answer"] for answer in after["answers"]] == ["修好了"]
    assert json.dumps(standing_of(workspace))


def test_old_single_complaints_and_old_answers_are_shown_no_longer(
    client: FlaskClient, workspace: Workspace
) -> None:
    told = post(client, body(1)).json
    assert told is not None
    ReportBook(workspace).tickets.answer(told["ticket"], "好", public=True, by="li")
    later = datetime.now(UTC) + timedelta(days=15)
    assert standing_of(workspace, later)["a"]["complaints"] == []
    assert standing_of(workspace, later + timedelta(days=90)) == {}


def test_what_one_standing_holds_does_not_leak_into_the_next(workspace: Workspace) -> None:
    standing_of(workspace)
    assert EMPTY_STANDING["complaints"] == []
    assert EMPTY_STANDING["reports"] == {}
