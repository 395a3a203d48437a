"""How the stations are run, in figures: checks, tickets, members, targets and their pace, money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import TYPE_CHECKING, Final

from data.china_time import today_here
from data.database.clock import china_day
from data.database.tickets import AMBER, CLOSED, REJECTED, WAITING
from data.report_book import ReportBook
from planning.coverage.evidence import RECENT_DAYS
from planning.scenarios.forms import figures_of
from web.services.nothing_yet import or_none

if TYPE_CHECKING:
    from data.organisations import Organisations
    from data.report_settings import Target
    from data.scenarios import Scenario
    from data.stations import Stations
    from data.workspace import Workspace
    from planning.scenarios.figures import ScenarioFigures

#: Of how many days the answers to tickets are counted.
ANSWER_DAYS: Final = 365
_MOST_TICKETS: Final = 100_000
_DECISION: Final = "decision"


@dataclass(frozen=True)
class Progress:
    """A target with what is reached, and what is by its day at the pace so far (None: not known).

    ``reached`` is None where what it counts is not there: no organisations, no seats known.
    """

    target: Target
    reached: int | None
    forecast: float | None


@dataclass(frozen=True)
class RunningFigures:
    """Counts over the open stations, the tickets and the organisations on a day.

    ``stations`` is None where nothing was imported. ``checked`` were checked within
    `RECENT_DAYS`, ``never_checked`` by nobody. ``open_tickets`` are amber, ``waiting`` have one
    voice; ``answered`` were answered within `ANSWER_DAYS`, in ``median_days`` from their opening.
    ``members`` and ``organisations`` are None where no organisation was imported. ``money`` is that
    of the newest kept decision about money under ``decision``; None where there is none.
    """

    on: date
    stations: int | None
    checked: int
    never_checked: int
    hours_unknown: int
    open_tickets: int
    waiting: int
    answered: int
    median_days: float | None
    organisations: int | None
    members: int | None
    targets: tuple[Progress, ...]
    decision: str = ""
    money: ScenarioFigures | None = None


def running_figures(workspace: Workspace, *, on: date | None = None) -> RunningFigures:
    """Count how the stations of a workspace are run on a day; None is today."""
    day = today_here() if on is None else on
    stations, organisations = or_none(workspace.stations), or_none(workspace.organisations)
    frame = None if stations is None else stations.frame[stations.frame["status"] == "open"]
    since = (day - timedelta(days=RECENT_DAYS)).isoformat()
    tickets = ReportBook(workspace).tickets
    done = tickets.tickets((*AMBER, CLOSED, REJECTED), limit=_MOST_TICKETS)
    answers = [
        (china_day(one.answered_at) - china_day(one.opened_at)).days
        for one in done
        if one.answered_at is not None
        and day - timedelta(days=ANSWER_DAYS) < china_day(one.answered_at) <= day
    ]
    kept = newest_decision(workspace)
    return RunningFigures(
        on=day,
        stations=None if frame is None else len(frame),
        checked=0 if frame is None else sum(one >= since for one in frame["checked_at"] if one),
        never_checked=0 if frame is None else sum(not one for one in frame["checked_at"]),
        hours_unknown=0 if frame is None else sum(not one for one in frame["hours"]),
        open_tickets=sum(one.state in AMBER for one in done),
        waiting=len(tickets.tickets((WAITING,), limit=_MOST_TICKETS)),
        answered=len(answers),
        median_days=float(median(answers)) if answers else None,
        organisations=None if organisations is None else len(organisations),
        members=None if organisations is None else int(organisations.members.sum()),
        targets=tuple(
            _progress(target, stations, organisations, day)
            for target in workspace.settings.report.targets
        ),
        decision="" if kept is None else kept.name,
        money=None if kept is None else figures_of(kept),
    )


def _progress(
    target: Target, stations: Stations | None, organisations: Organisations | None, day: date
) -> Progress:
    reached: int | None
    if target.what == "members":
        reached = None if organisations is None else int(organisations.members.sum())
    elif stations is None:
        reached = None
    else:
        frame = stations.frame[stations.frame["status"] == "open"]
        if target.what == "seats":
            reached = None if frame["seats"].isna().all() else int(frame["seats"].sum())
        else:
            is_kind = frame["kind"] == target.what
            reached = len(frame) if target.what == "stations" else int(is_kind.sum())
    forecast = None if reached is None else target.forecast(reached, on=day)
    return Progress(target, reached, forecast)


def newest_decision(workspace: Workspace) -> Scenario | None:
    """Return the decision that was kept last; None where there is none."""
    found = [one for one in workspace.scenarios().all() if one.form == _DECISION]
    return max(found, key=lambda one: one.made_at, default=None)
