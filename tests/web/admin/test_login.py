"""Claims about getting in: logins, passwords, cookies, and how a session ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from data.accounts import Account
from data.database.audit import read_audit
from data.workspace_key import KEY_FILE
from tests.web.admin.visits import (
    ON_BOTH,
    PAGES,
    PASSWORD,
    PASSWORD_HASH,
    log_in,
    logged_in,
    send,
    token_of,
)
from web.site.passwords import LEAST_SIGNS, LIMITS, TRIES, hash_password, is_password
from web.site.sessions import COOKIE, Visit, write_visit

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from data.report_book import ReportBook
    from data.workspace import Workspace


@pytest.mark.parametrize("path", [*PAGES, "/admin", "/admin/tickets/AAAA-AA"])
def test_without_a_login_there_is_only_the_login(stranger: FlaskClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code in {303, 308}
    if answer.status_code == 303:
        assert answer.headers["Location"] == "/admin/login"
    assert "<table" not in answer.text


@ON_BOTH
def test_logging_in_and_out(workspace: Workspace, app: Flask) -> None:
    client = app.test_client()
    answer = log_in(client, "li")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/")
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/login").headers["Location"] == "/admin/"
    assert send(client, "/admin/logout") == 303
    assert client.get("/admin/").status_code == 303
    actions = [line.action for line in read_audit(workspace.database.backend)]
    assert actions[:2] == ["logout", "login"]


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("li", "wrong password"),
        ("nobody", PASSWORD),
        ("", ""),
        ("LI", PASSWORD),
        ("li", "x" * 500),
        ("li' OR 1=1 --", PASSWORD),
        ("li\x00", PASSWORD),
    ],
)
def test_a_wrong_name_or_password_is_told_alike(
    stranger: FlaskClient, name: str, password: str
) -> None:
    answer = log_in(stranger, name, password)
    assert answer.status_code == 403
    assert "名称或密码不对" in answer.text
    assert stranger.get("/admin/").status_code == 303


@pytest.mark.parametrize("token", ["", "0" * 64, "of another session"])
def test_nobody_is_logged_in_by_a_form_that_was_not_made_for_the_session(
    app: Flask, stranger: FlaskClient, token: str
) -> None:
    stranger.get("/admin/login")
    if token == "of another session":  # noqa: S105 - its token
        token = token_of(app.test_client(), "/admin/login")
    form = {"name": "li", "password": PASSWORD, "token": token}
    assert stranger.post("/admin/login", data=form).status_code == 403
    assert stranger.get("/admin/").status_code == 303


def test_passwords_cannot_be_tried_out(app: Flask) -> None:
    client = app.test_client()
    codes = [log_in(client, "li", f"wrong {number}").status_code for number in range(TRIES)]
    assert codes == [403] * TRIES
    refused = log_in(client, "li")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 800
    assert client.get("/admin/").status_code == 303


def test_trying_an_account_from_many_addresses_leaves_each_two_tries_and_its_owner_too(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.site.passwords.LIMITS", replace(LIMITS, crowd_about=4))

    def tries(name: str, number: int) -> int:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"198.51.100.{number}"
        return log_in(client, name, "wrong password").status_code

    assert [tries("li", number) for number in (1, 1, 1, 2)] == [403] * 4
    assert [tries("li", number) for number in (1, 2, 2, 3, 3, 3)] == [429, 403, 429, 403, 403, 429]
    assert tries("wang", 1) == 403
    owner = app.test_client()
    owner.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    assert log_in(owner, "li").status_code == 303


def test_a_session_known_before_the_login_is_worth_nothing_after_it(app: Flask) -> None:
    """Session fixation: the id that a stranger may have planted does not become a login."""
    victim, thief = app.test_client(), app.test_client()
    victim.get("/admin/login")
    planted = victim.get_cookie(COOKIE, path="/admin")
    assert planted is not None
    thief.set_cookie(COOKIE, planted.value, path="/admin")
    before = token_of(victim, "/admin/login")
    assert log_in(victim, "li").status_code == 303
    after = victim.get_cookie(COOKIE, path="/admin")
    assert after is not None
    assert after.value != planted.value
    assert token_of(victim, "/admin/activities") != before
    assert thief.get("/admin/").status_code == 303


def test_the_cookie_goes_to_these_pages_only_and_to_no_script(app: Flask) -> None:
    for scheme, secure in (("http", False), ("https", True)):
        answer = app.test_client().get("/admin/login", base_url=f"{scheme}://localhost")
        [cookie] = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith(COOKIE)]
        assert {"HttpOnly", "Path=/admin", "SameSite=Strict"} <= set(cookie.split("; "))
        assert ("Secure" in cookie) is secure
        assert "Expires" not in cookie


@pytest.mark.parametrize("key", [b"", b"secret", b"dev", b"\0" * 32])
def test_a_session_signed_by_another_key_is_none(app: Flask, key: bytes) -> None:
    client = app.test_client()
    with app.test_request_context():
        response = app.make_response("")
        write_visit(response, Visit("x", "li", "stamp"), key=key, secure=False)
    value = response.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    client.set_cookie(COOKIE, value, path="/admin")
    assert client.get("/admin/").status_code == 303


def test_each_workspace_has_a_key_of_its_own_and_never_shows_it(
    workspace: Workspace, moderator: FlaskClient
) -> None:
    key = workspace.folder / KEY_FILE
    assert key.stat().st_mode & 0o777 == 0o600
    assert moderator.get(f"/{KEY_FILE}").status_code == 404
    assert moderator.get(f"/static/../../{KEY_FILE}").status_code == 404
    key.unlink()
    assert moderator.get("/admin/").status_code == 303


def test_a_key_that_others_may_read_is_refused(workspace: Workspace, stranger: FlaskClient) -> None:
    stranger.get("/admin/login")
    (workspace.folder / KEY_FILE).chmod(0o644)
    (workspace.folder / KEY_FILE).touch()
    answer = stranger.get("/admin/login")
    assert answer.status_code == 503


@ON_BOTH
def test_a_session_ends_with_the_account_its_password_and_after_eight_hours(
    app: Flask, book: ReportBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = logged_in(app, "li"), logged_in(app, "li")
    assert first.get("/admin/").status_code == second.get("/admin/").status_code == 200
    send(first, "/admin/logout")
    assert second.get("/admin/").status_code == 303
    third = logged_in(app, "li")
    book.accounts.set_password("li", PASSWORD_HASH, by="test")
    assert third.get("/admin/").status_code == 303
    fourth = logged_in(app, "li")
    book.accounts.add(Account("zhao", PASSWORD_HASH), by="test")
    book.accounts.remove("li", by="test")
    assert fourth.get("/admin/").status_code == 303
    book.accounts.add(Account("li", PASSWORD_HASH), by="test")
    book.accounts.change_role(Account("li", "", "moderator"), by="test")
    assert logged_in(app, "li").get("/admin/audit").status_code == 404
    disabled = logged_in(app, "li")
    book.accounts.disable("li", by="test")
    assert disabled.get("/admin/").status_code == 303
    assert log_in(app.test_client(), "li").status_code == 403
    book.accounts.enable("li", by="test")
    assert disabled.get("/admin/").status_code == 303
    fifth = logged_in(app, "li")
    import itsdangerous.timed  # noqa: PLC0415 - only here

    now = itsdangerous.timed.time.time()
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: now + 8 * 3600 + 5)
    assert fifth.get("/admin/").status_code == 303


def test_a_password_is_kept_as_a_salted_hash_and_needs_ten_characters() -> None:
    assert hash_password(PASSWORD) != hash_password(PASSWORD)
    kept = hash_password(PASSWORD)
    assert kept.startswith("scrypt:32768:8:1$")
    assert is_password(Account("li", kept), PASSWORD)
    assert not is_password(Account("li", kept), PASSWORD + " ")
    assert not is_password(None, PASSWORD)
    assert not is_password(None, "nobody's password")
    with pytest.raises(ValueError, match="10 to 200"):
        hash_password("x" * (LEAST_SIGNS - 1))
