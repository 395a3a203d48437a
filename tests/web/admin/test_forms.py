"""Claims about what a form must carry before anything changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.admin.visits import activity, logged_in, proposal, ticket, token_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from data.report_book import ReportBook

FORMS = (
    "/admin/tickets/{ticket}/answer",
    "/admin/tickets/{ticket}/fix",
    "/admin/reports/1/reject",
    "/admin/proposals/{proposal}/answer",
    "/admin/proposals/{proposal}/adopt",
    "/admin/activities/add",
    "/admin/activities/{activity}/remove",
    "/admin/logout",
)


def state_of(book: ReportBook) -> str:
    """Everything that a form can change."""
    tickets = book.tickets.tickets(("waiting", "open", "answered", "closed", "rejected"))
    return repr(
        [
            tickets,
            book.tickets.all_reports(),
            book.proposals.proposals(),
            book.activities.version(),
            book.accounts.accounts(),
        ]
    )


def everything(book: ReportBook) -> list[str]:
    """The addresses of all forms, of things that are there."""
    there = {"ticket": ticket(book), "proposal": proposal(book), "activity": activity(book)}
    return [path.format(**there) for path in FORMS]


@pytest.mark.parametrize("token", ["", "0" * 64, "é", "stolen"])
def test_no_form_is_taken_without_its_token(
    app: Flask, book: ReportBook, moderator: FlaskClient, token: str
) -> None:
    paths = everything(book)
    if token == "stolen":  # noqa: S105 - the token of another session
        token = token_of(logged_in(app, "wang"), "/admin/activities")
    before = state_of(book)
    form = {"token": token, "answer": "x", "act": "answer", "public": "yes"}
    assert {moderator.post(path, data=form).status_code for path in paths} == {403}
    assert state_of(book) == before


def test_no_form_is_taken_from_another_site_or_from_nobody(
    book: ReportBook, moderator: FlaskClient, stranger: FlaskClient
) -> None:
    paths = everything(book)
    before = state_of(book)
    form = {"token": token_of(moderator, "/admin/activities"), "answer": "x", "act": "answer"}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        codes = {moderator.post(path, data=form, headers=headers).status_code for path in paths}
        assert codes == {403}
    own = {"token": token_of(stranger, "/admin/login"), "answer": "x", "act": "answer"}
    for path in paths:
        assert stranger.post(path, data=own).headers["Location"] == "/admin/login"
    assert state_of(book) == before


def test_nothing_changes_by_following_a_link(book: ReportBook, moderator: FlaskClient) -> None:
    assert {moderator.get(path).status_code for path in everything(book)} == {405}


def test_a_form_that_is_too_big_is_refused(moderator: FlaskClient) -> None:
    token = token_of(moderator, "/admin/activities")
    form = {"token": token, "text": "x" * 20_000}
    assert moderator.post("/admin/activities/add", data=form).status_code == 413
