"""Fixtures of the moderators' pages: a city with a moderator and an operator, and their visits."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from data.accounts import Account
from data.report_book import ReportBook
from data.stations import Stations
from data.workspace import Workspace
from geo.measure import Box
from tests.web.admin.visits import HOSTILE, PASSWORD_HASH, activity, logged_in, proposal, ticket
from web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city as every test finds it."""
    folder = tmp_path_factory.mktemp("moderated") / "city"
    made = Workspace.create(folder, name="市", box=Box(116.7, 33.8, 116.9, 34.0))
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
    return folder


@pytest.fixture
def kind_of_database(request: pytest.FixtureRequest) -> str:
    """Where the city of a test is kept: in a file, but for claims that are marked `ON_BOTH`."""
    kind: str = getattr(request, "param", "SQLite")
    return kind


@pytest.fixture
def workspace(
    original: Path,
    tmp_path: Path,
    kind_of_database: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Workspace]:
    """A copy of the city."""
    folder = shutil.copytree(original, tmp_path / "city")
    if kind_of_database == "PostgreSQL":
        url: str = request.getfixturevalue("postgres_url")
        Workspace.open(folder).database.copy_to(url)
        (folder / "yizhan.db").unlink()  # so that nothing can come from there
        monkeypatch.setenv("DATABASE_URL", url)
    opened = Workspace.open(folder)
    yield opened
    opened.database.close()


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
