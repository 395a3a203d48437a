"""Claims that the table of permissions decides what is refused, offered and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import data.permissions
from data.accounts import Account
from data.permissions import ACTS as ALL_ACTS
from data.permissions import PERMISSIONS
from data.vocabulary import ROLES, ROLES_BY_ID, Term
from geo.errors import InputError
from tests.web.admin.visits import PASSWORD_HASH, activity, logged_in, proposal, send, ticket
from web.admin.routes import ACTS

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from data.report_book import ReportBook

WITHOUT_AN_ACT = {
    *("admin.login_page", "admin.login", "admin.demo_door", "admin.logout"),
    *("admin.own_password", "admin.change_own_password"),
}
#: Acts that are part of a page of another act.
WITHIN_A_PAGE = {"publish answers"}
READER = {"see tickets": "own", "see activities": "all"}


@pytest.fixture
def reader(app: Flask, book: ReportBook, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Whoever is in a role that only a line of the table makes."""
    monkeypatch.setattr(data.permissions, "PERMISSIONS", {**PERMISSIONS, "reader": READER})
    monkeypatch.setitem(ROLES_BY_ID, "reader", Term("reader", "读者", "reader"))
    book.accounts.add(Account("zhao", PASSWORD_HASH, "reader", ("b",)), by="test")
    return logged_in(app, "zhao")


def test_every_role_has_its_row_and_every_act_somebody_who_may() -> None:
    assert {term.id for term in ROLES} == set(PERMISSIONS)
    assert {act for row in PERMISSIONS.values() for act in row} == set(ALL_ACTS)


def test_every_page_of_the_desk_says_which_act_it_is(app: Flask) -> None:
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint[:6] == "admin."}
    assert pages - WITHOUT_AN_ACT == set(ACTS)
    assert set(ACTS.values()) == set(ALL_ACTS) - WITHIN_A_PAGE


@pytest.mark.parametrize("role", ["li", "wang"])
def test_a_page_is_there_for_whom_the_table_says(app: Flask, book: ReportBook, role: str) -> None:
    account = book.accounts.account(role)
    assert account is not None
    client = logged_in(app, role)
    pages = ("queue", "proposals", "activities", "register", "organisations", "rounds")
    for page in (*pages, "audit", "accounts"):
        path = "/admin/" if page == "queue" else f"/admin/{page}"
        there = client.get(path).status_code == 200
        assert there == account.may(ACTS[f"admin.{page}"])
        assert (f'href="{path}"' in client.get("/admin/").text) == there


def test_a_role_that_is_a_line_of_the_table_may_what_the_line_says(
    reader: FlaskClient, book: ReportBook
) -> None:
    own, foreign = ticket(book, "b"), ticket(book, "a")
    report, planned = book.tickets.reports(own)[0].id, activity(book, "b")
    queue = reader.get("/admin/").text
    assert own in queue
    assert foreign not in queue
    assert "reader" in reader.get("/admin/?lang=en").text
    page = reader.get(f"/admin/tickets/{own}").text
    assert page.count("<form") == 1  # to log out
    assert reader.get("/admin/activities").text.count("<form") == 1
    for path in (
        *(f"tickets/{own}/answer", f"tickets/{own}/fix", f"reports/{report}/reject"),
        *(f"proposals/{proposal(book)}/adopt", f"activities/{planned}/remove", "activities/add"),
    ):
        assert send(reader, f"/admin/{path}", answer="x") == 404


def test_an_account_does_an_act_for_all_for_its_own_or_for_no_station() -> None:
    moderator = Account("li", "", "moderator")
    operator = Account("wang", "", "operator", ("b",))
    assert moderator.may("close tickets", "a")
    assert operator.may("close tickets", "b")
    assert operator.may("close tickets")
    assert not operator.may("close tickets", "a")
    assert not operator.may("read the log")
    assert not operator.may_in("edit register", "北区")
    assert operator.fields is not None
    assert "hours" in operator.fields
    assert "name" not in operator.fields
    assert not moderator.may("read the log")
    assert not moderator.may("edit accounts")


def test_a_keeper_of_a_district_edits_there_only_and_one_of_none_everywhere() -> None:
    north = Account("li", "", "register_keeper", districts=("北区",))
    assert north.may("edit register")
    assert north.may("edit register", "a", district="北区")
    assert not north.may("edit register", "a", district="南区")
    assert not north.may("edit register", "a", district=None)
    assert not north.may("edit register", "a")
    assert north.may("see register", "a", district="南区")
    assert north.may_in("edit register", "北区")
    assert not north.may_in("edit register", None)
    assert north.fields is None
    keeper = Account("li", "", "register_keeper")
    assert keeper.may("edit register", "a", district="南区")
    assert keeper.may_in("edit register", None)


def test_the_administrator_does_everything_and_a_viewer_only_sees() -> None:
    assert all(Account("li", "").may(act, "a") for act in ALL_ACTS)
    seen = [act for act in ALL_ACTS if Account("li", "", "viewer").may(act)]
    assert {act.partition(" ")[0] for act in seen} == {"see"}
    assert "see accounts" not in seen


@pytest.mark.parametrize(
    ("role", "reach", "says"),
    [
        ("operator", {}, "the role operator needs stations"),
        ("moderator", {"stations": ("a",)}, "the role moderator has no stations"),
        ("moderator", {"districts": ("北区",)}, "the role moderator goes by no district"),
        ("king", {}, "is none: write administrator or register_keeper"),
    ],
)
def test_a_role_without_what_it_needs_is_refused(
    role: str, reach: dict[str, tuple[str, ...]], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        Account("li", "", role, **reach)  # type: ignore[arg-type]
