"""What happens at the stations: activities from a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

from data.activities import read_activities
from data.china_time import CHINA_TIME
from data.database import clock
from data.report_book import ReportBook
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

    from data.workspace import Workspace

_OWNER: Final = "command line"


@dataclass(frozen=True)
class ActivityFigures:
    """What became of the activities that ended in a period, both days included.

    ``places`` adds up those of the activities that have a limit, ``signed_up`` who signed up and
    did not cancel; ``counted`` are the activities of which somebody said how many came,
    ``attended`` adds those up.
    """

    since: date
    until: date
    held: int
    places: int
    signed_up: int
    counted: int
    attended: int


def activity_figures(workspace: Workspace, *, since: date, until: date) -> ActivityFigures:
    """Count the activities of a period that are over (InputError when it ends before it begins)."""
    if until < since:
        raise InputError(say("the period ends before it begins"))
    book, now = ReportBook(workspace), clock.now()
    first = datetime.combine(since, time(0), tzinfo=CHINA_TIME)
    last = datetime.combine(until, time.max, tzinfo=CHINA_TIME)
    lines = book.activities.over_since(first, until=min(last, now)) if first <= now else ()
    coming = book.sign_ups.counts()
    counted = [line.attended for line in lines if line.attended is not None]
    return ActivityFigures(
        since=since,
        until=until,
        held=len(lines),
        places=sum(line.activity.places or 0 for line in lines),
        signed_up=sum(coming.get(line.id, 0) for line in lines),
        counted=len(counted),
        attended=sum(counted),
    )


def import_activities(workspace: Workspace, *, file: Path) -> tuple[int, ...]:
    """Add the activities of a table to those that are there; returns their numbers.

    Raises
    ------
    InputError
        when a row cannot be taken or a station is not in the register; nothing is added then.
    """
    return tuple(ReportBook(workspace).activities.add(read_activities(file), by=_OWNER))
