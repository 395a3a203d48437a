"""What workers say of two stations, and a clock for it: of the tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from data.database import clock
from data.database.tickets import AMBER
from data.stations import Stations
from geo.measure import Box

if TYPE_CHECKING:
    from data.database import Evidence
    from data.database.tickets import Receipt
    from data.report_book import ReportBook

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
BOX = Box(116.7, 33.8, 116.9, 34.0)
STATIONS = Stations.from_records(
    [
        {"id": "a", "name": "甲", "kind": "station", "lon": 116.8, "lat": 33.9}
        | {"hours": "8:00-18:00", "facilities": ("microwave", "toilet"), "access": ("free_door",)},
        {"id": "b", "name": "乙", "kind": "station", "lon": 116.81, "lat": 33.91},
    ]
)


class Clock:
    """A clock that is set by hand, and goes on a little with every look at it."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=10)
        return self.at


_COUNT = iter(range(10**9))


def report(book: ReportBook, device: str, what: str = "locked", **more: object) -> Receipt:
    values: dict[str, Any] = {
        "station": "a",
        "when": clock.now().isoformat(),
        "nonce": f"nonce-{next(_COUNT):020}",
        **more,
    }
    return book.take_report(what=what, device=f"device-{device:0>20}", **values)


def evidence(book: ReportBook, station: str) -> dict[str, Evidence]:
    return book.workspace.register().evidence(station)


def amber(book: ReportBook) -> set[str]:
    return {ticket.station for ticket in book.tickets.tickets(AMBER)}
