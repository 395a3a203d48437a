"""Workers' reports in the database, and the tickets that they make.

A complaint opens a ticket, "waiting", or joins the one that stands for the same station, kind and
facility. A second device within `WINDOW_DAYS` opens it: the station is amber until it is closed.
`FINE_TO_SETTLE` devices that found all fine since then close a ticket that is still waiting.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.china_time import CHINA_TIME
from data.database import clock
from data.database.attempts import is_new_voice
from data.database.audit import desk_rows, has_desk, note
from data.database.numbers import new_number
from data.database.schema import STATIONS, TICKETS, WORKER_REPORTS
from data.plain_text import plain_text
from data.worker_reports import (
    DEVICE_KEPT_DAYS,
    DEVICES_FOR_AMBER,
    DOUBTING,
    FINE,
    FINE_TO_SETTLE,
    LONGEST_TEXT,
    WINDOW_DAYS,
)
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from data.database.backend import Backend
    from data.worker_reports import WorkerReport

WAITING, OPEN, ANSWERED, CLOSED, REJECTED = "waiting", "open", "answered", "closed", "rejected"
AMBER: Final = (OPEN, ANSWERED)
LIVE: Final = (WAITING, *AMBER)
TAKEN: Final = "taken"
#: So long one sender is one voice in a ticket, seconds: its hash is forgotten then.
VOICE_S: Final = 3600.0
#: How far the register was told of a ticket.
UNTOLD, DOUBT_TOLD, MENDING_TOLD = 0, 1, 2
_R, _T = WORKER_REPORTS.c, TICKETS.c


@dataclass(frozen=True)
class Receipt:
    """What became of a report: its ticket (empty for "all fine"), and whether it was known."""

    number: str
    state: str
    again: bool


@dataclass(frozen=True)
class Ticket:
    """One ticket; ``answered_at``, ``amber_at`` and ``closed_at`` are None before.

    ``devices`` is how many independent devices say so, ``reports`` how many reports there are
    (those rejected are in neither), ``last_seen`` when the newest of them saw it.
    """

    number: str
    station: str
    what: str
    facility: str
    state: str
    opened_at: datetime
    amber_at: datetime | None
    answer: str
    answered_at: datetime | None
    answered_by: str
    public: bool
    closed_at: datetime | None
    told: int
    devices: int
    reports: int
    last_seen: datetime | None


@dataclass(frozen=True)
class ReportLine:
    """One report as a moderator sees it; its device cannot be told from it."""

    id: int
    station: str
    what: str
    facility: str
    text: str
    seen_at: datetime
    received_at: datetime
    counts: bool
    state: str
    said: Mapping[str, Any]


class Tickets:
    """The reports and tickets of one workspace, the same on SQLite and PostgreSQL."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def add(self, report: WorkerReport, *, sender: str = "") -> Receipt:
        """Take a report in one transaction; one that was taken before changes nothing.

        ``sender`` is a keyed hash of the address that it came from. It is not kept with the report:
        for `VOICE_S` seconds one sender counts as one voice in a ticket, with however many devices.

        Raises
        ------
        InputError
            when the station is not in the register.
        """
        with self._backend.transaction(write=True) as connection:
            known = _known(connection, report)
            if known is not None:
                return known
            there = sa.select(STATIONS.c.id).where(STATIONS.c.id == report.station)
            if connection.execute(there).one_or_none() is None:
                raise InputError(say("station is not in the register"))
            now = clock.now()
            forget_devices(connection, WORKER_REPORTS, now)
            number = "" if report.what == FINE else _ticket_for(connection, report, now)
            _insert(connection, report, number, now, sender)
            _settle(connection, report.station, now)
            if number:
                _promote(connection, number, now)
            return Receipt(number, _state(connection, number), again=False)

    def ticket(self, number: str) -> Ticket | None:
        """Return one ticket; None when there is none of this number."""
        found = self._find(_T.number == number)
        return found[0] if found else None

    def tickets(
        self, states: Iterable[str], *, stations: Sequence[str] | None = None, limit: int = 500
    ) -> tuple[Ticket, ...]:
        """Return tickets in these states, of some stations only, the newest first."""
        condition: sa.ColumnElement[bool] = _T.state.in_(list(states))
        if stations is not None:
            condition &= _T.station_id.in_(list(stations))
        return self._find(condition, limit=limit)

    def published(self, *, since: datetime) -> tuple[Ticket, ...]:
        """Return the tickets whose answer was published since then, the newest first."""
        condition = (_T.public == 1) & (_T.answered_at >= clock.moment_text(since))
        return self._find(condition, limit=5000)

    def reports(self, number: str) -> tuple[ReportLine, ...]:
        """Return the reports of a ticket, the first one first."""
        query = sa.select(WORKER_REPORTS).where(_R.ticket == number).order_by(_R.id)
        return tuple(_line(row) for row in desk_rows(self._backend, query))

    def all_reports(self, *, limit: int = 100_000) -> tuple[tuple[str, ReportLine], ...]:
        """Return (ticket, report) of every report, the newest first."""
        query = sa.select(WORKER_REPORTS).order_by(_R.id.desc()).limit(limit)
        return tuple((row.ticket, _line(row)) for row in desk_rows(self._backend, query))

    def report_ticket(self, report_id: int) -> str | None:
        """Return the ticket of a report; None when there is no such report or it has none."""
        query = sa.select(_R.ticket).where(_R.id == report_id)
        with self._backend.transaction() as connection:
            return connection.execute(query).scalar() or None

    def fine(self, *, since: datetime) -> dict[str, tuple[int, datetime]]:
        """Return for each station how many devices found all fine since, and when one last did."""
        query = (
            sa.select(
                _R.station_id,
                sa.func.count(_R.device.distinct())
                .filter(_R.counts == 1, _R.seen_at >= clock.moment_text(since))
                .label("devices"),
                sa.func.max(_R.seen_at).label("last_seen"),
            )
            .where(_R.what == FINE, _R.state == TAKEN)
            .group_by(_R.station_id)
        )
        rows = desk_rows(self._backend, query)
        return {
            row.station_id: (int(row.devices), clock.read_moment(row.last_seen)) for row in rows
        }

    def doubted(self) -> frozenset[str]:
        """Return the stations that a ticket in an amber state speaks against."""
        query = sa.select(_T.station_id).where(
            _T.state.in_(AMBER), _T.what.in_(DOUBTING), _T.facility == ""
        )
        return frozenset(row.station_id for row in desk_rows(self._backend, query))

    def version(self) -> str:
        """Return a short text that changes with every report and every change of a ticket."""
        newest = sa.select(
            sa.func.max(_R.id), sa.func.sum(sa.case((_R.state == TAKEN, 1), else_=0))
        )
        tickets = sa.select(
            sa.func.count(),
            sa.func.max(_T.answered_at),
            sa.func.max(_T.closed_at),
            sa.func.sum(_T.public),
        )
        with self._backend.transaction() as connection:
            if not has_desk(self._backend, connection):
                return "none"
            told = [tuple(connection.execute(query).one()) for query in (newest, tickets)]
        return str(told)

    def answer(self, number: str, text: str, *, public: bool, by: str) -> None:
        """Answer the reporters of a ticket; published, the answer stands with the station.

        A ticket that was closed or rejected stays so.
        """
        words = plain_text(text, what=say("answer"), longest=LONGEST_TEXT, least=1)
        with self._backend.transaction(write=True) as connection:
            state = _live_or_done(connection, number)
            values = {
                "answer": words,
                "answered_at": clock.moment_text(clock.now()),
                "answered_by": by,
                "public": int(public),
                "state": ANSWERED if state == OPEN else state,
            }
            connection.execute(sa.update(TICKETS).where(_T.number == number).values(values))
            action = "answer and publish" if public else "answer"
            note(connection, who=by, action=action, subject=number, detail=words)

    def close(self, number: str, *, by: str, action: str = "fix", detail: str = "") -> None:
        """Mark what a ticket is about as mended: its station is amber no longer.

        The log says ``action``: "fix", or "settle" where the value that was reported was taken.
        """
        with self._backend.transaction(write=True) as connection:
            if _live_or_done(connection, number) not in LIVE:
                raise InputError(say("ticket {number} is closed already", number=number))
            _close(connection, number, CLOSED, clock.now())
            note(connection, who=by, action=action, subject=number, detail=detail)

    def reject(self, report_id: int, *, by: str) -> str:
        """Reject a report as spam, with all that its device said in the ticket; returns that.

        A ticket that loses its second device waits again, one that loses all is rejected.
        """
        with self._backend.transaction(write=True) as connection:
            query = sa.select(_R.ticket, _R.device, _R.state).where(_R.id == report_id)
            row = connection.execute(query).one_or_none()
            if row is None or not row.ticket:
                raise InputError(say("there is no such report"))
            same = _R.id == report_id
            if row.device is not None:
                same |= (_R.ticket == row.ticket) & (_R.device == row.device)
            connection.execute(sa.update(WORKER_REPORTS).where(same).values(state=REJECTED))
            note(connection, who=by, action="reject", subject=row.ticket, detail=f"#{report_id}")
            state, devices = _state(connection, row.ticket), _devices(connection, row.ticket)
            if devices == 0 and state in LIVE:
                _close(connection, row.ticket, REJECTED, clock.now())
            elif devices < DEVICES_FOR_AMBER and state in AMBER:
                ours = sa.update(TICKETS).where(_T.number == row.ticket)
                connection.execute(ours.values(state=WAITING, amber_at=""))
            return str(row.ticket)

    def untold(self) -> tuple[Ticket, ...]:
        """Return the open tickets of which the register was not told."""
        return self._find((_T.told == UNTOLD) & _T.state.in_(AMBER))

    def mark_told(self, number: str, told: int, *, before: int) -> bool:
        """Note how far the register is told of a ticket; False where another was faster."""
        ours = sa.update(TICKETS).where(_T.number == number, _T.told == before)
        with self._backend.transaction(write=True) as connection:
            return connection.execute(ours.values(told=told)).rowcount == 1

    def _find(self, condition: sa.ColumnElement[bool], *, limit: int = 500) -> tuple[Ticket, ...]:
        taken = _R.state == TAKEN
        query = (
            sa.select(
                *TICKETS.columns,
                sa.func.coalesce(sa.func.sum(_R.counts).filter(taken), 0).label("devices"),
                sa.func.count(_R.id).filter(taken).label("reports"),
                sa.func.max(_R.seen_at).filter(taken).label("last_seen"),
            )
            .select_from(TICKETS.outerjoin(WORKER_REPORTS, _R.ticket == _T.number))
            .where(condition)
            .group_by(*TICKETS.columns)
            .order_by(_T.opened_at.desc(), _T.number)
            .limit(limit)
        )
        return tuple(_ticket(row) for row in desk_rows(self._backend, query))


def forget_devices(connection: sa.Connection, table: sa.Table, now: datetime) -> None:
    """Erase the hashes of devices that are no longer needed to tell reports apart."""
    until = clock.moment_text(now - timedelta(days=DEVICE_KEPT_DAYS))
    old = (table.c.received_at < until) & table.c.device.is_not(None)
    connection.execute(sa.update(table).where(old).values(device=None, nonce=None))


def _known(connection: sa.Connection, report: WorkerReport) -> Receipt | None:
    query = sa.select(_R.ticket).where(_R.device == report.device, _R.nonce == report.nonce)
    number = connection.execute(query).scalar()
    return None if number is None else Receipt(number, _state(connection, number), again=True)


def _ticket_for(connection: sa.Connection, report: WorkerReport, now: datetime) -> str:
    """Return the ticket that a complaint joins, or that of a new one."""
    query = (
        sa.select(_T.number, _T.state, sa.func.max(_R.seen_at).label("last_seen"))
        .select_from(TICKETS.join(WORKER_REPORTS, _R.ticket == _T.number))
        .where(
            _T.station_id == report.station,
            _T.what == report.what,
            _T.facility == report.facility,
            _T.state.in_(LIVE),
            _R.state == TAKEN,
        )
        .group_by(_T.number, _T.state, _T.opened_at)
        .order_by(_T.opened_at.desc())
    )
    window = timedelta(days=WINDOW_DAYS)
    for row in connection.execute(query).all():
        apart = abs(report.seen_at - clock.read_moment(row.last_seen))
        if row.state in AMBER or apart <= window:
            return str(row.number)
    number = new_number(connection)
    blank = dict.fromkeys(("amber_at", "answer", "answered_at", "answered_by", "closed_at"), "")
    connection.execute(
        sa.insert(TICKETS).values(
            **blank,
            number=number,
            station_id=report.station,
            what=report.what,
            facility=report.facility,
            state=WAITING,
            opened_at=clock.moment_text(now),
            public=0,
            told=UNTOLD,
        )
    )
    return number


def _insert(
    connection: sa.Connection, report: WorkerReport, number: str, now: datetime, sender: str
) -> None:
    """Write a report; it counts when it is the first of its device and sender in the ticket.

    "All fine" counts once a day; a device whose word was rejected in this ticket stays so. One that
    did not count, because its sender had a voice already, may count later.
    """
    same = (_R.device == report.device) & (_R.station_id == report.station)
    if number:
        same &= _R.ticket == number
    else:
        day = clock.china_day(report.seen_at)
        noon = datetime(day.year, day.month, day.day, tzinfo=CHINA_TIME)
        same &= (_R.what == FINE) & _R.seen_at.between(
            clock.moment_text(noon), clock.moment_text(noon + timedelta(days=1))
        )
    before = connection.execute(sa.select(_R.state, _R.counts).where(same)).all()
    is_rejected = any(row.state == REJECTED for row in before)
    counts = not is_rejected and not any(row.counts for row in before)
    if counts and sender:
        about = number or f"{FINE} {report.station}"
        counts = is_new_voice(connection, sender, about, period_s=VOICE_S)
    connection.execute(
        sa.insert(WORKER_REPORTS).values(
            ticket=number,
            station_id=report.station,
            what=report.what,
            facility=report.facility,
            text=report.text,
            seen_at=clock.moment_text(report.seen_at),
            received_at=clock.moment_text(now),
            device=report.device,
            nonce=report.nonce,
            counts=int(counts),
            state=REJECTED if is_rejected else TAKEN,
            said=json.dumps(report.said) if report.said else "",
        )
    )


def _settle(connection: sa.Connection, station_id: str, now: datetime) -> None:
    """Close what waits at a station where enough devices found all fine since."""
    query = (
        sa.select(_T.number, sa.func.max(_R.seen_at).label("last_seen"))
        .select_from(TICKETS.join(WORKER_REPORTS, _R.ticket == _T.number))
        .where(_T.station_id == station_id, _T.state == WAITING, _R.state == TAKEN)
        .group_by(_T.number)
    )
    for row in connection.execute(query).all():
        fine = sa.select(sa.func.count(_R.device.distinct())).where(
            _R.station_id == station_id,
            _R.what == FINE,
            _R.counts == 1,
            _R.state == TAKEN,
            _R.seen_at > row.last_seen,
        )
        if connection.execute(fine).scalar_one() >= FINE_TO_SETTLE:
            _close(connection, row.number, CLOSED, now)


def _promote(connection: sa.Connection, number: str, now: datetime) -> None:
    """Open a ticket that a second device confirmed, and one that was answered before another."""
    ours = sa.update(TICKETS).where(_T.number == number)
    state = _state(connection, number)
    if state == WAITING and _devices(connection, number) >= DEVICES_FOR_AMBER:
        connection.execute(ours.values(state=OPEN, amber_at=clock.moment_text(now)))
    newest = sa.select(_R.counts, _R.state).where(_R.ticket == number).order_by(_R.id.desc())
    row = connection.execute(newest.limit(1)).one()
    if state == ANSWERED and row.counts and row.state == TAKEN:
        connection.execute(ours.values(state=OPEN))


def _devices(connection: sa.Connection, number: str) -> int:
    query = sa.select(sa.func.coalesce(sa.func.sum(_R.counts), 0)).where(
        _R.ticket == number, _R.state == TAKEN
    )
    return int(connection.execute(query).scalar_one())


def _state(connection: sa.Connection, number: str) -> str:
    """Return the state of a ticket; "thanks" where there is none."""
    query = sa.select(_T.state).where(_T.number == number)
    return str(connection.execute(query).scalar() or "thanks")


def _live_or_done(connection: sa.Connection, number: str) -> str:
    state = _state(connection, number)
    if state == "thanks":
        raise InputError(say("there is no ticket {number}", number=number[:20]))
    return state


def _close(connection: sa.Connection, number: str, state: str, now: datetime) -> None:
    ours = sa.update(TICKETS).where(_T.number == number)
    connection.execute(ours.values(state=state, closed_at=clock.moment_text(now)))


def _moment(text: str | None) -> datetime | None:
    return clock.read_moment(text) if text else None


def _ticket(row: Any) -> Ticket:  # noqa: ANN401 - a row of a query
    return Ticket(
        number=row.number,
        station=row.station_id,
        what=row.what,
        facility=row.facility,
        state=row.state,
        opened_at=clock.read_moment(row.opened_at),
        amber_at=_moment(row.amber_at),
        answer=row.answer,
        answered_at=_moment(row.answered_at),
        answered_by=row.answered_by,
        public=bool(row.public),
        closed_at=_moment(row.closed_at),
        told=row.told,
        devices=int(row.devices),
        reports=int(row.reports),
        last_seen=_moment(row.last_seen),
    )


def _line(row: Any) -> ReportLine:  # noqa: ANN401 - a row of a query
    return ReportLine(
        id=row.id,
        station=row.station_id,
        what=row.what,
        facility=row.facility,
        text=row.text,
        seen_at=clock.read_moment(row.seen_at),
        received_at=clock.read_moment(row.received_at),
        counts=bool(row.counts),
        state=row.state,
        said=json.loads(row.said) if row.said else {},
    )
