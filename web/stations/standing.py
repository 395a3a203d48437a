"""What workers' reports and coming activities say of each station, for the pages to show."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from data.china_time import CHINA_TIME
from data.database import clock
from data.database.tickets import AMBER, LIVE
from data.report_book import ReportBook
from data.worker_reports import WINDOW_DAYS
from web.labels.coming_changes import change_words
from web.languages import CHINESE, ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from data.database.activities import ActivityLine
    from data.database.tickets import Ticket
    from data.workspace import Workspace

#: Published answers stand with a station for so many days, and at most so many of them.
ANSWER_DAYS: Final = 90
MOST_ANSWERS: Final = 3
MOST_ACTIVITIES: Final = 20
#: What is said of a station of which nobody said anything.
EMPTY_STANDING: Final[Mapping[str, Any]] = {
    "amber": False,
    "complaints": [],
    "reports": {},
    "fine": 0,
    "confirmed_at": None,
    "answers": [],
    "activities": [],
    "changes": [],
}


def standing_of(workspace: Workspace, moment: datetime | None = None) -> dict[str, dict[str, Any]]:
    """Return by station what is to be said of it; stations of which nothing is are not there.

    Each has the keys of `EMPTY_STANDING`: ``amber`` (an open or answered ticket), ``complaints``
    (those of amber tickets, and single ones of the last 14 days, each with its ``devices``),
    ``reports`` (devices by kind), ``fine`` (devices of the last 14 days), ``confirmed_at`` (China's
    day of the newest "all fine"), ``answers`` (published), ``activities`` (not over) and
    ``changes`` (those ahead, in words).
    """
    now = clock.now() if moment is None else moment
    book = ReportBook(workspace)
    found: dict[str, dict[str, Any]] = {}

    def of(station: str) -> dict[str, Any]:
        blank = {
            name: value.copy() if isinstance(value, list | dict) else value
            for name, value in EMPTY_STANDING.items()
        }
        return found.setdefault(station, blank)

    since = now - timedelta(days=WINDOW_DAYS)
    for ticket in book.tickets.tickets(LIVE, limit=5000):
        if ticket.state in AMBER or (ticket.last_seen is not None and ticket.last_seen >= since):
            _add_complaint(of(ticket.station), ticket)
    for station, (devices, last) in book.tickets.fine(since=since).items():
        of(station).update(fine=devices, confirmed_at=_day(last))
    for ticket in book.tickets.published(since=now - timedelta(days=ANSWER_DAYS)):
        answers = of(ticket.station)["answers"]
        if len(answers) < MOST_ANSWERS:
            answers.append(_answer(ticket))
    for line in book.activities.not_over(now):
        activities = of(line.activity.station)["activities"]
        if len(activities) < MOST_ACTIVITIES:
            activities.append(_activity(line))
    for station, words in _changes(workspace, now):
        of(station)["changes"].append(words)
    return found


def standing_version(workspace: Workspace) -> str:
    """Return a short text that changes when a standing would: a report, an answer, a new day."""
    book = ReportBook(workspace)
    ahead = workspace.coming_changes().version()
    told = f"{book.tickets.version()} {book.activities.version()} {ahead} {_day(clock.now())}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _changes(workspace: Workspace, now: datetime) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the changes ahead that are not over: the station, and what is said by language."""
    for change in workspace.coming_changes().entered():
        if change.to_day is None or change.to_day >= clock.china_day(now):
            yield change.station, {t.code: change_words(change, t) for t in (CHINESE, ENGLISH)}


def _add_complaint(standing: dict[str, Any], ticket: Ticket) -> None:
    standing["amber"] = standing["amber"] or ticket.state in AMBER
    reports = standing["reports"]
    reports[ticket.what] = reports.get(ticket.what, 0) + ticket.devices
    standing["complaints"].append(
        {
            "what": ticket.what,
            "facility": ticket.facility,
            "devices": ticket.devices,
            "since": _day(ticket.opened_at),
            "state": ticket.state,
        }
    )


def _answer(ticket: Ticket) -> dict[str, Any]:
    return {
        "what": ticket.what,
        "facility": ticket.facility,
        "answer": ticket.answer,
        "answered_at": None if ticket.answered_at is None else _day(ticket.answered_at),
    }


def _activity(line: ActivityLine) -> dict[str, Any]:
    activity = line.activity
    return {
        "id": line.id,
        "title": activity.title,
        "kind": activity.kind,
        "starts_at": activity.starts_at.astimezone(CHINA_TIME).isoformat(timespec="minutes"),
        "ends_at": activity.ends_at.astimezone(CHINA_TIME).isoformat(timespec="minutes"),
        "text": activity.text,
        "ics": f"/activities/{line.id}.ics",
    }


def _day(moment: datetime) -> str:
    return clock.china_day(moment).isoformat()
