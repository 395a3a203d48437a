"""What workers report: the tickets, and every report as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.atomic import write_text
from data.database.tickets import CLOSED, LIVE, REJECTED
from data.files.csv_text import csv_text
from data.report_book import ReportBook

if TYPE_CHECKING:
    from pathlib import Path

    from data.database.tickets import Ticket
    from data.workspace import Workspace

_COLUMNS: Final = (
    *("ticket", "station", "what", "facility", "text", "seen_at", "received_at"),
    *("counts", "state"),
)


def tickets_of(workspace: Workspace, *, also_done: bool = False) -> tuple[Ticket, ...]:
    """Return the tickets that are open, the newest first; ``also_done`` adds those that are not."""
    states = (*LIVE, CLOSED, REJECTED) if also_done else LIVE
    return tuple(ReportBook(workspace).tickets.tickets(states))


def export_reports(workspace: Workspace, *, output: Path) -> int:
    """Write every report as CSV, from which no device can be told; returns how many there are."""
    lines = ReportBook(workspace).tickets.all_reports()
    rows = [
        (
            *(number, line.station, line.what, line.facility, line.text),
            *(line.seen_at.isoformat(), line.received_at.isoformat(), int(line.counts), line.state),
        )
        for number, line in lines
    ]
    write_text(output, csv_text([_COLUMNS, *rows]))
    return len(lines)
