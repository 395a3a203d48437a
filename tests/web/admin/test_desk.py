"""Claims about what each step of a moderator or an operator does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from data.sites import CandidateSites
from tests.web.admin.visits import ON_BOTH, activity, proposal, send, ticket, token_of

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from data.report_book import ReportBook
    from data.workspace import Workspace


@ON_BOTH
def test_a_ticket_is_read_answered_published_and_closed(
    book: ReportBook, moderator: FlaskClient
) -> None:
    number = ticket(book, "b", text="七点到的，门锁着")
    page = f"/admin/tickets/{number}"
    assert "驿站 b" in moderator.get("/admin/").text
    shown = moderator.get(page).text
    assert "七点到的，门锁着" in shown
    assert "2 人反映" in shown
    assert send(moderator, f"{page}/answer", answer="已联系", public="yes") == 303
    found = book.tickets.ticket(number)
    assert found is not None
    assert (found.state, found.answer, found.answered_by) == ("answered", "已联系", "li")
    assert found.public
    assert send(moderator, f"{page}/answer", answer="已联系物业") == 303
    changed = book.tickets.ticket(number)
    assert changed is not None
    assert not changed.public
    assert send(moderator, f"{page}/fix") == 303
    assert send(moderator, f"{page}/fix") == 400
    closed = book.tickets.ticket(number)
    assert closed is not None
    assert closed.state == "closed"
    log = moderator.get("/admin/audit").text
    assert all(words in log for words in ("答复并公开", "标为已解决", number))


def test_an_answer_that_cannot_be_keeps_what_was_written_and_says_why(
    book: ReportBook, moderator: FlaskClient
) -> None:
    page = f"/admin/tickets/{ticket(book)}"
    form = {"token": token_of(moderator, page), "answer": "长" * 501}
    answer = moderator.post(f"{page}/answer", data=form)
    assert answer.status_code == 400
    assert "没有保存" in answer.text
    assert "长" * 501 in answer.text


@ON_BOTH
def test_spam_is_rejected_and_the_station_is_no_longer_amber(
    book: ReportBook, moderator: FlaskClient
) -> None:
    number = ticket(book)
    spam = book.tickets.reports(number)[1].id
    assert send(moderator, f"/admin/reports/{spam}/reject") == 303
    found = book.tickets.ticket(number)
    assert found is not None
    assert (found.state, found.devices) == ("waiting", 1)
    assert send(moderator, "/admin/reports/999/reject") == 404
    assert send(moderator, f"/admin/reports/{10**30}/reject") == 404


@ON_BOTH
def test_a_proposal_is_answered_and_adopted_beside_the_sites_that_are_there(
    workspace: Workspace, book: ReportBook, moderator: FlaskClient
) -> None:
    site = {"id": "s", "name": "银行", "lon": 116.8, "lat": 33.9}
    workspace.replace_sites(CandidateSites.from_records([site]))
    number = proposal(book)
    page = f"/admin/proposals/{number}"
    assert "5.7 公里" in moderator.get("/admin/proposals").text
    assert send(moderator, f"{page}/answer", answer="会去看", act="answer") == 303
    assert send(moderator, f"{page}/answer", answer="x", act="dance") == 400
    assert send(moderator, f"{page}/adopt") == 303
    assert send(moderator, f"{page}/adopt") == 400
    assert workspace.sites().ids == ("s", f"proposal-{number}")
    found = book.proposals.proposal(number)
    assert found is not None
    assert (found.state, found.answer) == ("adopted", "会去看")
    other = proposal(book)
    there = f"/admin/proposals/{other}/answer"
    assert send(moderator, there, act="reject", answer="") == 400  # a reason is needed
    assert send(moderator, there, act="reject", answer="已有站点") == 303
    turned = book.proposals.proposal(other)
    assert turned is not None
    assert turned.state == "rejected"


def test_without_sites_and_roads_a_proposal_cannot_be_adopted_and_stays_new(
    book: ReportBook, moderator: FlaskClient
) -> None:
    number = proposal(book)
    assert send(moderator, f"/admin/proposals/{number}/adopt") == 404
    found = book.proposals.proposal(number)
    assert found is not None
    assert found.state == "new"


@ON_BOTH
def test_activities_are_published_and_taken_away(book: ReportBook, moderator: FlaskClient) -> None:
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    form = {"station": "b", "title": "法律咨询", "kind": "legal_advice", "text": "带合同"}
    times = {"starts_at": f"{day}T09:00", "ends_at": f"{day}T11:00"}
    assert send(moderator, "/admin/activities/add", **form, **times) == 303
    [line] = book.activities.at("b")
    assert line.activity.starts_at.astimezone(UTC).hour == 1
    assert f"{day} 09:00–11:00" in moderator.get("/admin/activities").text
    assert send(moderator, "/admin/activities/add", **form, starts_at="x", ends_at="y") == 400
    wrong = {**form, "station": "z"}
    assert send(moderator, "/admin/activities/add", **wrong, **times) == 400
    assert send(moderator, f"/admin/activities/{line.id}/remove") == 303
    assert book.activities.at("b") == ()
    assert send(moderator, f"/admin/activities/{line.id}/remove") == 404


def test_an_operator_sees_and_answers_its_own_stations_only(
    book: ReportBook, operator: FlaskClient
) -> None:
    foreign, own = ticket(book, "a", text="别站的话"), ticket(book, "b", text="本站的话")
    shown = operator.get("/admin/").text
    assert own in shown
    assert foreign not in shown
    assert operator.get(f"/admin/tickets/{foreign}").status_code == 404
    for act in ("answer", "fix"):
        assert send(operator, f"/admin/tickets/{foreign}/{act}", answer="x") == 404
    assert send(operator, f"/admin/tickets/{own}/answer", answer="好", public="yes") == 303
    found = book.tickets.ticket(own)
    assert found is not None
    assert (found.answer, found.public) == ("好", False)
    report = book.tickets.reports(own)[0].id
    assert send(operator, f"/admin/reports/{report}/reject") == 404
    assert send(operator, f"/admin/proposals/{proposal(book)}/adopt") == 404
    for path in ("/admin/proposals", "/admin/audit"):
        assert operator.get(path).status_code == 404
    times = {"starts_at": "2027-01-01T09:00", "ends_at": "2027-01-01T10:00"}
    form = {"title": "送水", "kind": "summer_water", **times}
    assert send(operator, "/admin/activities/add", station="a", **form) == 400
    assert send(operator, "/admin/activities/add", station="b", **form) == 303
    assert send(operator, f"/admin/activities/{activity(book, 'a')}/remove") == 404
    assert send(operator, f"/admin/tickets/{own}/fix") == 303


def test_an_operator_neither_answers_nor_adopts_a_proposal(
    workspace: Workspace, book: ReportBook, operator: FlaskClient
) -> None:
    site = {"id": "s", "name": "银行", "lon": 116.8, "lat": 33.9}
    workspace.replace_sites(CandidateSites.from_records([site]))
    number = proposal(book)
    page = f"/admin/proposals/{number}"
    assert send(operator, f"{page}/adopt") == 404
    for act in ("answer", "reject"):
        assert send(operator, f"{page}/answer", answer="x", act=act) == 404
    found = book.proposals.proposal(number)
    assert found is not None
    assert (found.state, found.answer) == ("new", "")
    assert workspace.sites().ids == ("s",)


@ON_BOTH
def test_who_came_is_counted_by_those_who_publish_at_the_station(
    moderator: FlaskClient, operator: FlaskClient, book: ReportBook
) -> None:
    number = activity(book, "b")
    signed = book.take_sign_up(activity=number, device="d" * 20, nonce="n" * 20).number
    page = f"/admin/activities/{number}"
    assert signed in operator.get(page).text
    assert send(operator, f"{page}/attendance", page, came=signed, attended="3") == 303
    assert "3 人到场" in moderator.get(page).text
    assert send(operator, f"{page}/attendance", page, attended="three") == 400
    foreign = activity(book, "a")
    assert operator.get(f"/admin/activities/{foreign}").status_code == 404
    assert send(operator, f"/admin/activities/{foreign}/attendance", attended="1") == 404


@ON_BOTH
def test_the_station_of_an_activity_is_found_by_its_words(
    moderator: FlaskClient, operator: FlaskClient
) -> None:
    found = moderator.get("/admin/activities?find=驿站").text
    assert '<option value="b">驿站 b (b)</option>' in found
    assert '<option value="c">' in found
    assert '<option value="c">' not in operator.get("/admin/activities?find=驿站").text
    assert "没有找到站点" in moderator.get("/admin/activities?find=nowhere").text
