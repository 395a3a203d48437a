"""Claims about what is read and rendered once for all who ask, and never older than the data."""

from __future__ import annotations

import gzip
import os
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from data.database import backend
from data.report_book import ReportBook
from data.stations import Stations
from data.system import ON_WINDOWS
from data.workspace import Workspace
from web.api import features
from web.app import create_app
from web.site.city import City
from web.site.kept_pages import EXTENSION, KeptPages

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

PACKED = {"Accept-Encoding": "gzip"}


@pytest.fixture
def folder(city_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(city_folder, tmp_path / "city")


@pytest.fixture
def client(folder: Path) -> FlaskClient:
    return create_app(folder, testing=True).test_client()


def at_rest(folder: Path) -> None:
    """Let the database rest, as it does a moment after each write."""
    for file in folder.glob("yizhan.db*"):
        before = file.stat().st_mtime_ns - 1_000_000_000
        os.utime(file, ns=(before, before))


@pytest.mark.skipif(ON_WINDOWS, reason="Windows tells times late")
def test_every_write_changes_what_a_database_at_rest_is_known_by(folder: Path) -> None:
    workspace = Workspace.open(folder)
    seen = set()
    for number in range(5):
        at_rest(folder)
        state = workspace.database.backend.state_at_rest()
        assert state is not None
        seen.add(state)
        workspace.save_result("coverage", inputs={}, body={"n": number})
        assert workspace.database.backend.state_at_rest() is None  # it has just been written
    assert len(seen) == 5


def test_a_database_that_cannot_tell_is_asked_each_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = City(folder)
    kind = type(city.workspace().database.backend)
    monkeypatch.setattr(kind, "state_at_rest", backend.Backend.state_at_rest)
    asked = [city.keep_while_unwritten("n", lambda n=n: n) for n in range(3)]  # type: ignore[misc]
    assert asked == [0, 1, 2]


@pytest.mark.skipif(ON_WINDOWS, reason="Windows tells times late")
def test_what_rests_is_read_once_and_a_report_is_seen_at_once(
    client: FlaskClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_rest(folder)
    for path in ("/", "/s/S10", "/api/page/now.json"):
        client.get(path)
    begun = []
    kind = type(Workspace.open(folder).database.backend)
    begin = kind.transaction
    monkeypatch.setattr(
        kind, "transaction", lambda *words, **more: begun.append(1) or begin(*words, **more)
    )
    tags = {path: client.get(path).headers.get("ETag") for path in ("/", "/s/S10")}
    client.get("/api/page/now.json")
    assert begun == []
    ReportBook(Workspace.open(folder)).take_report(
        station="S10",
        what="locked",
        when=datetime.now(UTC).isoformat(),
        device="d" * 22,
        nonce="n" * 22,
    )
    assert client.get("/s/S10").headers["ETag"] != tags["/s/S10"]


def test_a_page_has_a_strong_tag_and_is_not_sent_twice(client: FlaskClient) -> None:
    for path in ("/", "/s/S10", "/?lang=en"):
        plain, packed = client.get(path), client.get(path, headers=PACKED)
        assert gzip.decompress(packed.data) == plain.data
        tag = packed.headers["ETag"]
        assert not tag.startswith("W/")
        assert tag != plain.headers["ETag"]
        again = client.get(path, headers={**PACKED, "If-None-Match": tag})
        if again.status_code != 304:  # the minute changed between the two
            again = client.get(path, headers={**PACKED, "If-None-Match": again.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Cache-Control"] == "no-cache"
        assert "Content-Security-Policy" in again.headers


def test_stations_and_roads_of_the_interface_are_written_out_once_for_all(
    client: FlaskClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = {path: client.get(path, headers=PACKED) for path in ("/api/stations", "/api/roads")}
    written: list[int] = []
    dumps = features._dumps
    monkeypatch.setattr(features, "_dumps", lambda body: written.append(1) or dumps(body))
    for path, answer in first.items():
        again = client.get(path, headers=PACKED)
        assert (again.data, again.headers["Cache-Control"]) == (answer.data, "public, max-age=60")
        assert not again.headers["ETag"].startswith("W/")
    assert written == []
    client.get("/api/stations", headers={**PACKED, "Host": "another.example"})  # links are whole
    client.get("/api/stations?limit=2")
    assert written == [1, 1]
    workspace = Workspace.open(folder)
    workspace.replace_stations(Stations(workspace.stations().frame[1:].reset_index(drop=True)))
    client.get("/api/stations", headers=PACKED)
    assert written == [1, 1, 1]


def test_a_changed_register_and_another_language_are_another_page(
    client: FlaskClient, folder: Path
) -> None:
    chinese, english = client.get("/").text, client.get("/?lang=en").text
    assert chinese != english
    workspace = Workspace.open(folder)
    frame = workspace.stations().frame.copy()
    frame.loc[frame.index[10], "name"] = "新名字驿站"
    workspace.replace_stations(Stations(frame))
    assert "新名字驿站" in client.get("/").text


def test_only_so_many_pages_are_kept_the_newest_of_each_name() -> None:
    pages, made = KeptPages(most=2), []

    def render(text: str) -> str:
        made.append(text)
        return text

    for name, key in (("a", 1), ("a", 1), ("a", 2), ("b", 1), ("a", 2), ("c", 1), ("b", 1)):
        page = pages.page(name, key, lambda: render(f"{name}{key}"))  # noqa: B023 - used at once
        assert page.packed.plain().decode() == f"{name}{key}"
    assert made == ["a1", "a2", "b1", "c1", "b1"]


def test_numbers_of_pages_that_there_are_not_take_no_room(client: FlaskClient) -> None:
    pages = {client.get(f"/?page={number}").headers["ETag"] for number in range(1, 40)}
    kept = client.application.extensions[EXTENSION]
    assert len(kept) <= len(pages) + 1
