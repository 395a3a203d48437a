"""Claims about what goes wrong around a running server: names, typing errors, damage."""

from __future__ import annotations

import gzip
import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from data.accounts import Account
from data.database import Database
from data.report_book import ReportBook
from data.settings import SETTINGS_FILE
from data.workspace import Workspace
from geo.errors import WorkspaceError, YizhanError
from tests.web.admin.visits import PASSWORD_HASH, log_in, logged_in, token_of
from web.app import create_app
from web.site.hosts import host_of

if TYPE_CHECKING:
    from flask import Flask

PLACES = ("/", "/plan", "/admin/login", "/api/stations", "/healthz", "/manifest.webmanifest")


@pytest.fixture
def folder(city_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(city_folder, tmp_path / "city")


@pytest.fixture
def app(folder: Path) -> Flask:
    made = create_app(folder, testing=True)
    made.testing = False  # faults are answered as they are on a server
    return made


def change(folder: Path, old: str, new: str) -> None:
    file = folder / SETTINGS_FILE
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    "host",
    ["a" * 64 + ".org", "..", "x" * 300, "example.org:99999", "[::1", "a..b", "a b", "u@h", "/"],
)
def test_a_name_that_is_none_is_refused_in_one_line(app: Flask, host: str) -> None:
    assert host_of(host) is None
    for path in PLACES:
        answer = app.test_client().get(path, headers={"Host": host})
        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


@pytest.mark.parametrize("host", ["", "localhost:8000", "192.168.1.5", "[::1]:8000", "a_b.example"])
def test_any_real_name_is_answered_where_none_are_listed(app: Flask, host: str) -> None:
    for path in PLACES:
        assert app.test_client().get(path, headers={"Host": host}).status_code == 200


def test_only_listed_names_are_answered_where_some_are(app: Flask, folder: Path) -> None:
    change(folder, "trusted_hosts = []", 'trusted_hosts = ["Yizhan.example.cn"]')
    change(folder, 'public_address = ""', 'public_address = "https://city.example.cn"')
    client = app.test_client()
    for host in ("yizhan.example.cn", "CITY.example.cn:443", "127.0.0.1:8000", "localhost"):
        assert client.get("/", headers={"Host": host}).status_code == 200
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/healthz", headers={"Host": "yizhan"}).status_code == 200


def test_no_code_to_print_is_made_of_a_strangers_name(app: Flask, folder: Path) -> None:
    client = app.test_client()
    assert client.get("/s/S8/qr.svg", headers={"Host": "evil.example"}).status_code == 404
    assert client.get("/s/S8/qr.svg", headers={"Host": "127.0.0.1:8000"}).status_code == 200
    change(folder, 'public_address = ""', 'public_address = "https://city.example.cn"')
    codes = {
        client.get("/s/S8/qr.svg", headers={"Host": host}).data
        for host in ("evil.example", "localhost")
    }
    assert len(codes) == 1


def test_a_wrong_password_while_signed_in_is_told(app: Flask, folder: Path) -> None:
    ReportBook(Workspace.open(folder)).accounts.add(
        Account("wang", PASSWORD_HASH, "administrator"), by="test"
    )
    client = logged_in(app, "wang")
    form = {"name": "wang", "password": "wrong", "token": token_of(client, "/admin/password")}
    answer = client.post("/admin/login", data=form)
    assert answer.status_code == 403
    assert "名称或密码不对" in answer.text


def test_a_typing_error_in_the_settings_stops_nothing_and_is_told(
    app: Flask, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    accounts = ReportBook(Workspace.open(folder)).accounts
    accounts.add(Account("wang", PASSWORD_HASH, "administrator"), by="test")
    accounts.add(Account("li", PASSWORD_HASH, "viewer"), by="test")
    client = app.test_client()
    assert client.get("/").status_code == 200
    file = folder / SETTINGS_FILE
    good = file.read_text("utf-8")
    file.write_text(good + "\n[typo\n", "utf-8")
    for path in (*PLACES, "/report", "/s/S8", "/nowhere"):
        answer = client.get(path)
        assert answer.status_code == (404 if path == "/nowhere" else 200)
        assert str(folder) not in answer.text
    assert client.get("/healthz").json["settings"] != "ok"  # type: ignore[index] - an object
    assert "the last good settings stay in force" in caplog.text
    assert caplog.text.count("is not TOML") == 1
    told = {name: logged_in(app, name).get("/admin/password").text for name in ("wang", "li")}
    assert "设置文件读不出来" in told["wang"]
    assert "设置文件读不出来" not in told["li"]
    file.write_text(good, "utf-8")
    assert client.get("/healthz").json["settings"] == "ok"  # type: ignore[index] - an object
    assert log_in(app.test_client(), "wang").status_code == 303


@pytest.mark.parametrize("path", ["/api/page/x", "/api/nothing", "/api/stations?bbox=1"])
def test_errors_of_the_api_are_problem_details(app: Flask, path: str) -> None:
    assert app.test_client().get(path).mimetype == "application/problem+json"


def test_tables_are_compressed(app: Flask) -> None:
    text = "a,b\n" * 1000

    @app.get("/large.csv")
    def large() -> tuple[str, dict[str, str]]:
        return text, {"Content-Type": "text/csv; charset=utf-8"}

    answer = app.test_client().get("/large.csv", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(answer.data).decode() == text


@pytest.mark.parametrize("seed", range(8))
def test_of_a_damaged_database_health_tells_the_truth_and_nothing_else(
    folder: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's damage
    file = folder / "yizhan.db"
    body = bytearray(file.read_bytes())
    for _ in range(6):
        at = chance.randrange(4096, len(body) - 512)
        body[at : at + 512] = chance.randbytes(512)
    file.write_bytes(bytes(body))
    try:
        app = create_app(folder, testing=True)
    except YizhanError:
        return  # it does not even begin
    app.testing = False
    client = app.test_client()
    health, ready, page = (client.get(path) for path in ("/healthz", "/readyz", "/api/stations"))
    assert health.status_code == ready.status_code
    assert health.status_code in {200, 503}
    if health.status_code == 200:
        assert page.status_code == 200
    for answer in (health, ready, page, client.get("/")):
        if answer.status_code != 200:
            for told in (str(folder), "yizhan.db", "驿站 0", "malformed", "row"):
                assert told not in answer.text


def test_a_fault_of_a_file_names_no_place(app: Flask, folder: Path) -> None:
    (folder / "yizhan.db").unlink()
    for path in ("/api/stations", "/", "/healthz", "/readyz"):
        answer = app.test_client().get(path)
        assert answer.status_code == 503
        assert str(folder) not in answer.text


def test_a_folder_told_by_its_name_alone_makes_no_refusal_a_fault_of_the_server(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `serve -w city` does: "outside of the city" is no place on the disk."""
    monkeypatch.chdir(folder.parent)
    served = create_app(Path(folder.name), testing=True)
    served.testing = False
    told = {"name": "x", "lon": 10.0, "lat": 10.0, "device": "d" * 20, "nonce": "n" * 20}
    answer = served.test_client().post("/api/proposals", json=told)
    assert answer.status_code == 400
    assert "outside of the city" in answer.text
    (folder / "yizhan.db").unlink()
    answer = served.test_client().get("/api/stations")
    assert answer.status_code == 503
    assert folder.name not in answer.text


def test_a_damaged_database_is_looked_through_once_a_minute(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []

    def damaged(_database: Database) -> None:
        looked.append(1)
        raise WorkspaceError("torn")

    monkeypatch.setattr(Database, "check_whole", damaged)
    monkeypatch.setattr("web.api.health.time.monotonic", lambda: 1.0)
    answers = [app.test_client().get(path) for path in ("/healthz", "/readyz", "/healthz")]
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert looked == [1]
