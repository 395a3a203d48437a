"""Claims about the accounts in the browser, and about one's own password."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from data.accounts import Account
from data.database.audit import read_audit
from tests.web.admin.visits import ON_BOTH, PASSWORD, PASSWORD_HASH, log_in, logged_in, token_of
from web.site.passwords import LIMITS

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from data.report_book import ReportBook
    from data.workspace import Workspace

NEW = "another long enough word"


def post(client: FlaskClient, path: str, **form: Any) -> TestResponse:  # noqa: ANN401 - fields
    return client.post(path, data={"token": token_of(client, "/admin/password"), **form})


def two(password: str = NEW) -> dict[str, str]:
    return {"password": password, "again": password}


@ON_BOTH
def test_an_account_is_made_changed_disabled_and_enabled_in_the_browser(
    app: Flask, moderator: FlaskClient, book: ReportBook
) -> None:
    made = post(moderator, "/admin/accounts/add", name="zhao", role="viewer", **two())
    assert (made.status_code, made.headers["Location"]) == (303, "/admin/accounts?done=account")
    page = moderator.get("/admin/accounts").text
    assert "/admin/accounts/zhao" in page
    viewer = app.test_client()
    assert log_in(viewer, "zhao", NEW).status_code == 303
    assert viewer.get("/admin/").status_code == 200
    there = "/admin/accounts/zhao"
    changed = post(moderator, f"{there}/role", role="operator", stations="a，b\r\nb\n")
    assert changed.status_code == 303
    account = book.accounts.account("zhao")
    assert account is not None
    assert (account.role, account.stations) == ("operator", ("a", "b"))
    assert viewer.get("/admin/").status_code == 303  # its session ended
    assert post(moderator, f"{there}/password", **two("a third long word")).status_code == 303
    assert log_in(app.test_client(), "zhao", NEW).status_code == 403
    assert log_in(app.test_client(), "zhao", "a third long word").status_code == 303
    assert post(moderator, f"{there}/disable").status_code == 303
    assert log_in(app.test_client(), "zhao", "a third long word").status_code == 403
    assert "已停用" in moderator.get("/admin/accounts").text
    assert post(moderator, f"{there}/enable").status_code == 303
    assert log_in(app.test_client(), "zhao", "a third long word").status_code == 303
    acts = [line.action for line in read_audit(book.workspace.database.backend) if line.who == "li"]
    assert acts[:5] == [
        *("enable account", "disable account", "change password", "change role", "add account")
    ]


@pytest.mark.parametrize(
    ("path", "form", "says"),
    [
        ("add", {"name": "zhao", "role": "viewer", **two("short")}, "10 至 200"),
        ("add", {"name": "zhao", "role": "viewer", "password": NEW, "again": "x"}, "不一致"),
        ("add", {"name": "wang", "role": "viewer", **two()}, "wang 已存在"),
        ("add", {"name": "zhao", "role": "king", **two()}, "king"),
        ("add", {"name": "zhao", "role": "operator", **two()}, "operator"),
        ("add", {"name": "zhao", "role": "operator", "stations": "z", **two()}, "不在登记册"),
        ("add", {"name": "zhao", "role": "register_keeper", "districts": "火星", **two()}, "火星"),
        ("add", {"name": "<b>", "role": "viewer", **two()}, "&lt;b&gt;"),
        ("li/disable", {}, "最后一个管理员"),
        ("li/role", {"role": "viewer"}, "最后一个管理员"),
        ("wang/enable", {}, "没有停用"),
    ],
)
def test_an_account_that_cannot_be_is_refused_in_words(
    moderator: FlaskClient, book: ReportBook, path: str, form: dict[str, str], says: str
) -> None:
    before = book.accounts.accounts()
    refused = post(moderator, f"/admin/accounts/{path}", **form)
    assert refused.status_code == 400
    assert says in refused.text
    assert "没有保存" in refused.text
    assert form.get("password", "-none-") not in refused.text
    assert book.accounts.accounts() == before


@pytest.mark.parametrize("role", ["moderator", "viewer", "planner", "register_keeper"])
def test_nobody_but_an_administrator_reaches_accounts(
    app: Flask, book: ReportBook, role: str
) -> None:
    book.accounts.add(Account("zhao", PASSWORD_HASH, role), by="test")
    client = logged_in(app, "zhao")
    assert client.get("/admin/accounts").status_code == 404
    assert client.get("/admin/accounts/wang").status_code == 404
    for path in ("add", "wang/role", "wang/password", "wang/disable", "wang/enable"):
        form = {"name": "hu", "role": "administrator", **two()}
        assert post(client, f"/admin/accounts/{path}", **form).status_code == 404
    assert [one.name for one in book.accounts.accounts()] == ["li", "wang", "zhao"]


def test_everybody_changes_the_own_password_and_stays_logged_in_here_only(
    app: Flask, operator: FlaskClient
) -> None:
    elsewhere = logged_in(app, "wang")
    wrong = post(operator, "/admin/password", old="not it at all", **two())
    assert (wrong.status_code, "不对" in wrong.text) == (400, True)
    assert post(operator, "/admin/password", old=PASSWORD, **two("short")).status_code == 400
    assert elsewhere.get("/admin/").status_code == 200
    done = post(operator, "/admin/password", old=PASSWORD, **two())
    assert (done.status_code, done.headers["Location"]) == (303, "/admin/password?done=password")
    assert operator.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 303
    assert log_in(app.test_client(), "wang", PASSWORD).status_code == 403
    assert log_in(app.test_client(), "wang", NEW).status_code == 303


def test_the_old_password_cannot_be_tried_out_by_whoever_finds_a_session(
    operator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.site.passwords.LIMITS", replace(LIMITS, most=3))
    codes = [post(operator, "/admin/password", old="x", **two()).status_code for _ in range(4)]
    assert codes == [400, 400, 429, 429]  # the login was the first


@ON_BOTH
def test_the_limits_on_logging_in_hold_over_two_applications(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from web.app import create_app  # noqa: PLC0415 - a second process, as it were

    monkeypatch.setattr("web.site.passwords.LIMITS", replace(LIMITS, most=2))
    apps = [create_app(workspace.folder, testing=True) for _ in range(3)]
    codes = [log_in(app.test_client(), "li", "wrong password").status_code for app in apps]
    assert codes == [403, 403, 429]
