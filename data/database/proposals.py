"""Workers' proposals in the database: submitted, reviewed, answered, adopted as candidate sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from data.database import clock
from data.database.audit import desk_rows, note
from data.database.numbers import new_number
from data.database.schema import PROPOSALS
from data.database.sites import add_site
from data.database.tickets import Receipt, forget_devices
from data.plain_text import plain_text
from data.worker_reports import LONGEST_TEXT
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from data.database.backend import Backend
    from data.proposals import Proposal
    from data.sites import CandidateSites

NEW, ANSWERED, ADOPTED, REJECTED = "new", "answered", "adopted", "rejected"
_P: Final = PROPOSALS.c


@dataclass(frozen=True)
class ProposalLine:
    """One proposal as it was kept; WGS-84 degrees, ``answered_at`` None before."""

    number: str
    name: str
    text: str
    lon: float
    lat: float
    received_at: datetime
    state: str
    answer: str
    answered_at: datetime | None
    answered_by: str
    site_id: str


class Proposals:
    """The proposals of one workspace, the same on SQLite and PostgreSQL."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def add(self, proposal: Proposal) -> Receipt:
        """Take a proposal; one that was taken before changes nothing."""
        with self._backend.transaction(write=True) as connection:
            same = (_P.device == proposal.device) & (_P.nonce == proposal.nonce)
            known = connection.execute(sa.select(_P.number, _P.state).where(same)).one_or_none()
            if known is not None:
                return Receipt(known.number, known.state, again=True)
            now = clock.now()
            forget_devices(connection, PROPOSALS, now)
            number = new_number(connection)
            blank = dict.fromkeys(
                ("answer", "answered_at", "answered_by", "site_id", "level", "due_on", "award"), ""
            )
            connection.execute(
                sa.insert(PROPOSALS).values(
                    **blank,
                    number=number,
                    name=proposal.name,
                    text=proposal.text,
                    lon=proposal.lon,
                    lat=proposal.lat,
                    received_at=clock.moment_text(now),
                    device=proposal.device,
                    nonce=proposal.nonce,
                    state=NEW,
                    published=0,
                )
            )
        return Receipt(number, NEW, again=False)

    def proposal(self, number: str) -> ProposalLine | None:
        """Return one proposal; None when there is none of this number."""
        found = self._find(_P.number == number)
        return found[0] if found else None

    def proposals(self, *, limit: int = 500) -> tuple[ProposalLine, ...]:
        """Return the proposals, the newest first."""
        return self._find(sa.true(), limit=limit)

    def answer(self, number: str, text: str, *, by: str, reject: bool = False) -> None:
        """Answer who proposed; with ``reject`` the proposal is turned down."""
        words = plain_text(text, what=say("answer"), longest=LONGEST_TEXT, least=0 if reject else 1)
        with self._backend.transaction(write=True) as connection:
            state = _state(connection, number)
            if reject and state == ADOPTED:
                raise InputError(say("proposal {number} was adopted already", number=number))
            new = REJECTED if reject else ANSWERED if state == NEW else state
            values = {"state": new, "answered_by": by}
            if words:
                values |= {"answer": words, "answered_at": clock.moment_text(clock.now())}
            connection.execute(sa.update(PROPOSALS).where(_P.number == number).values(values))
            note(
                connection,
                who=by,
                action="reject" if reject else "answer",
                subject=number,
                detail=words,
            )

    def adopt(self, number: str, *, by: str, base: Callable[[], CandidateSites]) -> str:
        """Make a proposal a candidate site beside all that are there; returns the site's id.

        Parameters
        ----------
        base
            the sites that the planner takes where none were imported: they are kept beside the
            new one.

        Raises
        ------
        InputError
            when there is no such proposal, or it was adopted before.
        """
        with self._backend.transaction(write=True) as connection:
            if _state(connection, number) == ADOPTED:
                raise InputError(say("proposal {number} was adopted already", number=number))
            row = connection.execute(
                sa.select(_P.name, _P.lon, _P.lat).where(_P.number == number)
            ).one()
            site_id = f"proposal-{number}"
            record = {"id": site_id, "name": row.name, "lon": row.lon, "lat": row.lat}
            add_site(connection, record, base=base)
            values = {"state": ADOPTED, "site_id": site_id, "answered_by": by}
            connection.execute(sa.update(PROPOSALS).where(_P.number == number).values(values))
            note(connection, who=by, action="adopt", subject=number, detail=site_id)
        return site_id

    def _find(
        self, condition: sa.ColumnElement[bool], *, limit: int = 500
    ) -> tuple[ProposalLine, ...]:
        query = sa.select(PROPOSALS).where(condition)
        query = query.order_by(_P.received_at.desc(), _P.number).limit(limit)
        return tuple(
            ProposalLine(
                number=row.number,
                name=row.name,
                text=row.text,
                lon=row.lon,
                lat=row.lat,
                received_at=clock.read_moment(row.received_at),
                state=row.state,
                answer=row.answer,
                answered_at=clock.read_moment(row.answered_at) if row.answered_at else None,
                answered_by=row.answered_by,
                site_id=row.site_id,
            )
            for row in desk_rows(self._backend, query)
        )


def _state(connection: sa.Connection, number: str) -> str:
    state = connection.execute(sa.select(_P.state).where(_P.number == number)).scalar()
    if state is None:
        raise InputError(say("there is no proposal {number}", number=number[:20]))
    return str(state)
