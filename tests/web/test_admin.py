"""Claims about the moderators' pages: who gets in, what a form must carry, what each step does."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from werkzeug.security import generate_password_hash

from data.accounts import Account
from data.activities import Activity
from data.database.audit import read_audit
from data.report_book import ReportBook
from data.sites import CandidateSites
from data.stations import Stations
from data.workspace import Workspace
from data.workspace_key import KEY_FILE
from geo.measure import Box
from web.app import create_app
from web.passwords import LEAST_SIGNS, TRIES, hash_password, is_password
from web.sessions import COOKIE, Visit, write_visit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from playwright.sync_api import Browser
    from werkzeug.test import TestResponse

HOSTILE = "<script>window.broken=1</script><img src=x onerror=window.broken=1>{{ 7*7 }}'\"${1}"
PASSWORD = "a long enough password"  # noqa: S105 - of an account of this test
# As it is kept, but quicker.
PASSWORD_HASH = generate_password_hash(PASSWORD, method="scrypt:1024:8:1")
_NUMBERS = count()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "city", name="市", box=Box(116.7, 33.8, 116.9, 34.0))
    made.replace_stations(
        Stations.from_records(
            [
                {"id": one, "name": HOSTILE if one == "a" else f"驿站 {one}", "kind": "station"}
                | {"lon": 116.8, "lat": 33.9 + number / 100, "facilities": ("microwave",)}
                for number, one in enumerate("abc")
            ]
        )
    )
    accounts = ReportBook(made).accounts
    accounts.add(Account("li", PASSWORD_HASH), by="test")
    accounts.add(Account("wang", PASSWORD_HASH, "operator", ("b",)), by="test")
    return made


@pytest.fixture
def book(workspace: Workspace) -> ReportBook:
    return ReportBook(workspace)


@pytest.fixture
def app(workspace: Workspace) -> Flask:
    return create_app(workspace.folder, testing=True)


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def moderator(app: Flask) -> FlaskClient:
    return logged_in(app, "li")


@pytest.fixture
def operator(app: Flask) -> FlaskClient:
    return logged_in(app, "wang")


def token_of(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f]{64})"', client.get(path).text)
    assert found is not None
    return found[1]


def log_in(client: FlaskClient, name: str, password: str = PASSWORD) -> TestResponse:
    token = token_of(client, "/admin/login")
    form = {"name": name, "password": password, "token": token}
    return client.post("/admin/login", data=form)


def logged_in(app: Flask, name: str) -> FlaskClient:
    client = app.test_client()
    assert log_in(client, name).status_code == 303
    return client


def send(client: FlaskClient, path: str, page: str = "/admin/activities", **form: str) -> int:
    form["token"] = token_of(client, page)
    return client.post(path, data=form).status_code


def ticket(book: ReportBook, station: str = "a", devices: int = 2, **more: str) -> str:
    for device in range(devices):
        receipt = book.take_report(
            station=station,
            what=more.get("what", "locked"),
            facility=more.get("facility", ""),
            text=more.get("text", ""),
            when=datetime.now(UTC).isoformat(),
            device=f"device-{device:020}",
            nonce=f"nonce-{next(_NUMBERS):020}",
        )
    return receipt.number


def proposal(book: ReportBook, **more: Any) -> str:  # noqa: ANN401 - parts of a proposal
    values: dict[str, Any] = {"name": "南湖东门", "lon": 116.85, "lat": 33.95, **more}
    nonce = f"nonce-{next(_NUMBERS):020}"
    return book.take_proposal(device="d" * 20, nonce=nonce, **values).number


def activity(book: ReportBook, station: str = "a", **more: str) -> int:
    start = datetime.now(UTC) + timedelta(days=1)
    made = Activity(
        station=station,
        title=more.get("title", "义诊"),
        kind="health_visit",
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        text=more.get("text", ""),
    )
    return book.activities.add([made], by="li")[0]


PAGES = ("/admin/", "/admin/proposals", "/admin/activities", "/admin/audit")
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


# Getting in


@pytest.mark.parametrize("path", [*PAGES, "/admin", "/admin/tickets/AAAA-AA"])
def test_without_a_login_there_is_only_the_login(stranger: FlaskClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code in {303, 308}
    if answer.status_code == 303:
        assert answer.headers["Location"] == "/admin/login"
    assert "<table" not in answer.text


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


def test_passwords_cannot_be_tried_out(app: Flask) -> None:
    client = app.test_client()
    codes = [log_in(client, "li", f"wrong {number}").status_code for number in range(TRIES)]
    assert codes == [403] * TRIES
    refused = log_in(client, "li")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 800
    assert client.get("/admin/").status_code == 303


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
    book.accounts.remove("li", by="test")
    assert fourth.get("/admin/").status_code == 303
    book.accounts.add(Account("li", PASSWORD_HASH), by="test")
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
    with pytest.raises(ValueError, match="10 to 200"):
        hash_password("x" * (LEAST_SIGNS - 1))


# Forms


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


# What each step does


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
    assert send(moderator, f"/admin/proposals/{other}/answer", act="reject", answer="") == 303
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


@pytest.mark.parametrize(
    "path",
    [
        "/admin/tickets/..%2f..%2fyizhan.db",
        "/admin/tickets/' OR 1=1 --",
        "/admin/tickets/" + "9" * 5000,
        "/admin/tickets/AAAA-AA",
        "/admin/../yizhan.db",
        "/admin/nowhere",
    ],
)
def test_a_path_that_is_none_finds_nothing(moderator: FlaskClient, path: str) -> None:
    assert moderator.get(path).status_code == 404


@pytest.fixture
def full(book: ReportBook) -> dict[str, str]:
    """Everything that people write, hostile."""
    number = ticket(book, "a", text=HOSTILE)
    ticket(book, "c", devices=1, what="broken", facility="microwave")
    book.tickets.answer(number, HOSTILE, public=True, by="li")
    proposed = proposal(book, name=HOSTILE[:80], text=HOSTILE)
    book.proposals.answer(proposed, HOSTILE, by="li")
    proposal(book, name="北门", text=HOSTILE)
    activity(book, title=HOSTILE[:80], text=HOSTILE)
    return {"ticket": number}


@pytest.mark.parametrize("path", [*PAGES, "/admin/tickets/{ticket}", "/admin/login"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_words_are_text_on_every_page(
    moderator: FlaskClient, full: dict[str, str], path: str, language: str
) -> None:
    answer = moderator.get(path.format(**full), query_string={"lang": language})
    if path == "/admin/login":
        assert answer.status_code == 303
        return
    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1
    assert "<script>window" not in answer.text
    assert "<img src=x" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert not re.findall(r"<script|<style|\sstyle=|\son\w+=\"", answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


# In a browser


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    import threading  # noqa: PLC0415 - only here

    from werkzeug.serving import make_server  # noqa: PLC0415 - only here

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_the_pages_work_without_a_script_on_a_phone_and_a_desk(
    browser: Browser, served: str, book: ReportBook, full: dict[str, str]
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{served}/admin/")
    page.get_by_label("账号").fill("li")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    assert urlsplit(page.url).path == "/admin/"
    page.locator(".case a").first.click()
    page.get_by_label("写给反映的工友").fill("修好了")
    page.get_by_role("button", name="保存答复").click()
    assert page.get_by_role("status").inner_text().startswith("已答复")
    page.get_by_role("button", name="已解决").click()
    found = book.tickets.ticket(full["ticket"])
    assert found is not None
    assert (found.state, found.answer) == ("closed", "修好了")
    page.get_by_role("button", name="退出").click()
    assert urlsplit(page.url).path == "/admin/login"
    context.close()


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    browser: Browser, served: str, full: dict[str, str], scheme: str, language: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = browser.new_context(color_scheme=scheme, viewport={"width": 360, "height": 640})
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.goto(f"{served}/admin/login?lang={language}")
    paths = ["/admin/login", *PAGES, f"/admin/tickets/{full['ticket']}"]
    for path in paths:
        page.goto(f"{served}{path}?lang={language}")
        if path == "/admin/login":
            found = axe.run(page)
            assert found.violations_count == 0, found.generate_report()
            page.locator("input[name=name]").fill("li")
            page.locator("input[name=password]").fill(PASSWORD)
            page.locator("main button").click()
            continue
        found = axe.run(page)
        assert found.violations_count == 0, (path, found.generate_report())
        for width in (1280, 360, 180):
            page.set_viewport_size({"width": width, "height": 640})
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, (path, width)
    assert faults == []
    assert page.evaluate("window.broken") is None
    context.close()
