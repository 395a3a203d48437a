"""Claims about a station's standing: what workers said of it and what comes up, for the pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.activities import Activity
from data.report_book import ReportBook
from data.stations import Stations
from data.workspace import Workspace
from geo.measure import Box
from web.app import create_app
from web.stations.standing import standing_of, standing_version

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def book(tmp_path: Path) -> ReportBook:
    workspace = Workspace.create(tmp_path / "city", name="市", box=Box(116.7, 33.8, 116.9, 34.0))
    station = {"id": "a", "name": "甲驿站", "kind": "station", "lon": 116.8, "lat": 33.9}
    workspace.replace_stations(Stations.from_records([station]))
    return ReportBook(workspace)


def broken(book: ReportBook, facility: str, devices: str) -> None:
    for device in devices:
        book.take_report(
            station="a",
            what="broken",
            facility=facility,
            when=NOW.isoformat(),
            device=device * 20,
            nonce=f"{facility}-{device * 16}",
        )


def test_an_activity_stands_with_the_time_of_chinas_clocks(book: ReportBook) -> None:
    """One in the morning by Greenwich is nine at the station's door."""
    start = (NOW + timedelta(days=3)).replace(hour=1, minute=0, second=0)
    visit = Activity("a", "义诊", "health_visit", start, start + timedelta(hours=2))
    book.activities.add([visit], by="li")
    [said] = standing_of(book.workspace)["a"]["activities"]
    day = start.date().isoformat()
    assert said["starts_at"] == f"{day}T09:00+08:00"
    assert said["ends_at"] == f"{day}T11:00+08:00"
    page = create_app(book.workspace.folder, testing=True).test_client().get("/s/a").text
    assert f"{day} 09:00–11:00" in page


def test_devices_of_all_tickets_of_a_kind_are_added_up(book: ReportBook) -> None:
    broken(book, "microwave", "123")
    broken(book, "toilet", "12")
    told = standing_of(book.workspace)["a"]
    assert told["reports"] == {"broken": 5}
    assert sorted(one["devices"] for one in told["complaints"]) == [2, 3]


def test_pages_are_made_anew_when_a_day_begins_in_china(
    book: ReportBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(*moment: int) -> str:
        now = datetime(*moment, tzinfo=UTC)  # type: ignore[arg-type, misc]
        monkeypatch.setattr("data.database.clock.now", lambda: now)
        return standing_version(book.workspace)

    before, after = version(2026, 11, 23, 15, 59), version(2026, 11, 23, 16, 0)
    assert before != after
    assert after == version(2026, 11, 24, 15, 59)
