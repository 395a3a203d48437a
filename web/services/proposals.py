"""The proposals of workers: which are due, what was taken up, and the numbers of a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import TYPE_CHECKING, Final

from data.china_time import today_here
from data.database import clock
from data.database.proposals import NEW, REJECTED, TAKEN_UP
from data.report_book import ReportBook
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from data.database.proposals import ProposalLine
    from data.workspace import Workspace

MOST_DAYS_AHEAD: Final = 366
_QUARTERS: Final = 4
_MONTHS: Final = 3


@dataclass(frozen=True)
class DueProposal:
    """A proposal that is not decided: ``days_left`` until its review is due, below 0 when late."""

    proposal: ProposalLine
    due_on: date
    days_left: int


@dataclass(frozen=True)
class ProposalFigures:
    """What became of the proposals of a period, both days included.

    ``received`` came in it; ``adopted``, ``rejected`` and ``awarded`` were decided in it, and
    ``answered`` had their answer in it, whenever they came. ``median_days`` is from the arrival to
    the answer, of those answered in it; None where there is none.
    """

    since: date
    until: date
    received: int
    answered: int
    adopted: int
    rejected: int
    awarded: int
    median_days: float | None


def due_day(workspace: Workspace, proposal: ProposalLine) -> date:
    """Return the day by which a proposal is due: its own, else that of its level's days."""
    received = clock.china_day(proposal.received_at)
    return proposal.due_on or workspace.settings.review_days.due_on(received, proposal.level)


def due_proposals(workspace: Workspace, *, within_days: int = 0) -> tuple[DueProposal, ...]:
    """Return the undecided proposals that are late or due within so many days, the latest first.

    Raises
    ------
    InputError
        when the number of days is none.
    """
    if not 0 <= within_days <= MOST_DAYS_AHEAD:
        raise InputError(say("within must be 0 to {most} days", most=MOST_DAYS_AHEAD))
    today = today_here()
    found = []
    for line in ReportBook(workspace).proposals.undecided():
        due = due_day(workspace, line)
        if due <= today + timedelta(days=within_days):
            found.append(DueProposal(line, due, (due - today).days))
    return tuple(sorted(found, key=lambda one: (one.due_on, one.proposal.number)))


def proposal_figures(workspace: Workspace, *, since: date, until: date) -> ProposalFigures:
    """Count the proposals of a period (InputError when it ends before it begins)."""
    if until < since:
        raise InputError(say("the period ends before it begins"))
    lines = ReportBook(workspace).proposals.between(since, until)
    received = [line for line in lines if since <= clock.china_day(line.received_at) <= until]
    answered = [
        (line, clock.china_day(line.answered_at))
        for line in lines
        if line.answered_at is not None and line.state != NEW
    ]
    here = [(line, day) for line, day in answered if since <= day <= until]
    days = [(day - clock.china_day(line.received_at)).days for line, day in here]
    taken_up = [line for line, _ in here if line.state in TAKEN_UP]
    return ProposalFigures(
        since=since,
        until=until,
        received=len(received),
        answered=len(here),
        adopted=len(taken_up),
        rejected=sum(line.state == REJECTED for line, _ in here),
        awarded=sum(bool(line.award) for line in taken_up),
        median_days=float(median(days)) if days else None,
    )


def quarter_of(day: date) -> tuple[int, int]:
    """Return year and quarter (1 to 4) of a day."""
    return day.year, (day.month - 1) // _MONTHS + 1


def published_of(workspace: Workspace, *, year: int, quarter: int) -> tuple[ProposalLine, ...]:
    """Return what was taken up in a quarter and published, the oldest answer first.

    Raises
    ------
    InputError
        when there is no such quarter.
    """
    if not (1 <= quarter <= _QUARTERS and date.min.year < year < date.max.year):
        raise InputError(say("a quarter is written as a year and 1 to 4"))
    since = date(year, (quarter - 1) * _MONTHS + 1, 1)
    until = _next_quarter(since) - timedelta(days=1)
    lines = ReportBook(workspace).proposals.between(since, until)
    chosen = [
        line
        for line in lines
        if line.published
        and line.state in TAKEN_UP
        and line.answered_at is not None
        and since <= clock.china_day(line.answered_at) <= until
    ]
    return tuple(sorted(chosen, key=lambda line: (line.answered_at, line.number)))


def _next_quarter(first: date) -> date:
    month = first.month + _MONTHS
    return date(first.year + month // 13, (month - 1) % 12 + 1, 1)
