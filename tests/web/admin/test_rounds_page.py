"""The pages of inspection rounds: made, walked, and told what became of each visit."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from data.accounts import Account
from data.database.rounds import Rounds
from data.stations import Stations
from tests.data.photos.drawn import drawn, with_everything
from tests.web.admin.visits import HOSTILE, ON_BOTH, PASSWORD_HASH, logged_in, token_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from data.report_book import ReportBook
    from data.workspace import Workspace


EARLIER = {"seen_at": "2026-11-20T08:00:00.000Z"}


@pytest.fixture
def keeper(app: Flask, book: ReportBook) -> FlaskClient:
    book.accounts.add(Account("sun", PASSWORD_HASH, "register_keeper"), by="test")
    return logged_in(app, "sun")


@pytest.fixture
def rounds(workspace: Workspace) -> Rounds:
    return Rounds(workspace.database.backend)


def _make(client: FlaskClient, **form: str) -> int:
    token = token_of(client, "/admin/rounds")
    words = {"name": HOSTILE[:60], "rule": "", "stations": "c a", "due": "2026-12-07"}
    return client.post("/admin/rounds/add", data={**words, **form, "token": token}).status_code


def _visit(client: FlaskClient, number: int, **form: str) -> dict[str, str]:
    token = token_of(client, f"/admin/rounds/{number}")
    words = {"station": "a", "nonce": "n1", "open": "open", "seen_at": ""}
    answer = client.post(
        f"/admin/rounds/{number}/visits",
        data={**words, **form, "token": token},
        headers={"Accept": "application/json"},
    )
    return {**answer.json, "status": str(answer.status_code)} if answer.json else {}


@ON_BOTH
def test_a_round_is_made_by_hand_or_by_rule_and_shown_as_text(
    keeper: FlaskClient, rounds: Rounds
) -> None:
    assert _make(keeper) == 303
    assert _make(keeper, rule="unchecked", days="30", most="2", name="许久") == 303
    first, second = rounds.rounds()
    assert set(first.round.stations) == {"a", "c"}
    assert (len(second.round.stations), second.round.rule) == (2, "unchecked 30")
    page = keeper.get("/admin/rounds").text
    assert "<script>window" not in page
    assert "0 / 2 个站点已到访" in page
    for wrong in ({"stations": "zz"}, {"due": "x"}, {"rule": "unchecked", "days": "-1"}):
        assert _make(keeper, **wrong) == 400
    assert len(rounds.rounds()) == 2


@ON_BOTH
def test_a_visit_goes_into_the_register_once_and_says_so(
    keeper: FlaskClient, rounds: Rounds, workspace: Workspace
) -> None:
    _make(keeper)
    number = rounds.rounds()[0].id
    told = _visit(keeper, number, **{"facility.microwave": "broken", "reach": "no", "note": "门后"})
    progress = "1 / 2 个站点已到访 · 2026-12-07 前完成"
    assert told == {"said": "已送达，登记册已更新。", "progress": progress, "status": "200"}
    assert _visit(keeper, number, **{"facility.microwave": "broken"}) == told
    (kept,) = rounds.rounds()[0].visits
    assert kept.visit.note == "进不去或找不到。 门后"
    known = workspace.register().evidence("a")["facility.microwave"]
    assert (known.value, known.source, known.by) == ("broken", "inspector", "sun")
    assert "1 / 2 个站点已到访" in keeper.get("/admin/rounds").text


@ON_BOTH
def test_conflicts_and_a_station_that_was_taken_away_are_told(
    keeper: FlaskClient, rounds: Rounds, workspace: Workspace
) -> None:
    _make(keeper)
    number = rounds.rounds()[0].id
    workspace.register().observe("a", {"hours": "24小时"}, source="operator")
    assert "开放时间: 24小时" in _visit(keeper, number, hours="8:00-18:00", **EARLIER)["said"]
    frame = workspace.stations().frame
    left = [row for row in frame.to_dict("records") if row["id"] != "c"]
    for row in left:
        point = row.pop("geometry")
        row |= {"lon": point.x, "lat": point.y}
    workspace.replace_stations(Stations.from_records(left))
    assert "已不在登记册里" in _visit(keeper, number, station="c", nonce="n2")["said"]
    assert "已不在登记册里" in keeper.get(f"/admin/rounds/{number}").text


def test_a_round_is_driven_by_truck_too(keeper: FlaskClient, rounds: Rounds) -> None:
    page = keeper.get("/admin/rounds").text
    assert '<option value="truck">货车</option>' in page
    _make(keeper, mode="truck")
    assert len(rounds.rounds()) == 1


def test_what_cannot_be_is_refused_and_a_form_without_a_script_works(
    keeper: FlaskClient, rounds: Rounds
) -> None:
    _make(keeper)
    number = rounds.rounds()[0].id
    assert _visit(keeper, number, station="b")["status"] == "400"
    assert _visit(keeper, number, seen_at="2999-01-01T00:00:00Z")["status"] == "400"
    assert _visit(keeper, number, seen_at="then")["status"] == "400"
    token = token_of(keeper, f"/admin/rounds/{number}")
    form = {"station": "a", "nonce": "n9", "open": "suspended", "seen_at": "", "token": token}
    answer = keeper.post(f"/admin/rounds/{number}/visits", data=form)
    assert (answer.status_code, "done=visit" in answer.location) == (303, True)
    form = {"token": token}
    assert keeper.post(f"/admin/rounds/{number}/close", data=form).status_code == 303
    assert rounds.rounds() == []


def test_who_does_not_look_after_a_station_sees_no_round_of_it(
    keeper: FlaskClient, app: Flask, book: ReportBook, rounds: Rounds
) -> None:
    _make(keeper)
    number = rounds.rounds()[0].id
    book.accounts.add(
        Account("qian", PASSWORD_HASH, "register_keeper", districts=("别区",)), by="test"
    )
    other = logged_in(app, "qian")
    assert other.get(f"/admin/rounds/{number}").status_code == 404
    assert HOSTILE[:10] not in other.get("/admin/rounds").text
    assert _make(other) == 400
    assert other.get("/admin/rounds/9999999999").status_code == 404


def test_photos_of_a_visit_are_kept_once_and_one_that_is_none_loses_no_visit(
    keeper: FlaskClient, rounds: Rounds, workspace: Workspace
) -> None:
    _make(keeper)
    number = rounds.rounds()[0].id
    for _again in range(2):
        token = token_of(keeper, f"/admin/rounds/{number}")
        photos = [(io.BytesIO(one), "x.jpg") for one in (with_everything(drawn()), b"none")]
        told = keeper.post(
            f"/admin/rounds/{number}/visits",
            data={"station": "a", "nonce": "n1", "open": "open", "token": token, "photo": photos},
            headers={"Accept": "application/json"},
        ).json
        assert told is not None
        assert told["said"].startswith("已送达，登记册已更新。 照片 2 没有收下：照片不是 JPEG")
    (kept,) = rounds.rounds()[0].visits
    (photo,) = workspace.photos().of_visits([kept.id])
    assert (photo.station, photo.visit, photo.made_by, photo.public) == ("a", kept.id, "sun", False)
    assert f"/admin/photos/{photo.id}.jpg" in keeper.get(f"/admin/rounds/{number}").text
    token = token_of(keeper, f"/admin/rounds/{number}")
    many = [(io.BytesIO(b"x"), "x.jpg") for _ in range(5)]
    form = {"station": "a", "nonce": "n5", "open": "open", "token": token, "photo": many}
    assert keeper.post(f"/admin/rounds/{number}/visits", data=form).status_code == 400
    assert len(rounds.rounds()[0].visits) == 1


def test_the_phones_worker_is_scoped_to_the_rounds(keeper: FlaskClient) -> None:
    answer = keeper.get("/admin/rounds/sw.js")
    assert answer.content_type.startswith("text/javascript")
    assert answer.headers["Service-Worker-Allowed"] == "/admin/rounds"
