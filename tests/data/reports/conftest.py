"""Fixtures of reports: a book of them, of a city with two stations, and its clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.report_book import ReportBook
from data.workspace import Workspace
from tests.data.reports.voices import BOX, DAY, NOW, STATIONS, Clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("data.database.clock.now", made.now)
    return made


@pytest.fixture
def book(tmp_path: Path, database_url: str | None, time: Clock) -> Iterator[ReportBook]:
    """The reports of a city with two stations that were imported 400 days ago."""
    workspace = Workspace.create(tmp_path / "city", name="市", box=BOX, database_url=database_url)
    time.at = NOW - 400 * DAY
    workspace.replace_stations(STATIONS)
    time.at = NOW
    yield ReportBook(workspace)
    workspace.database.close()
