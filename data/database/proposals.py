"""Workers' proposals in the database: submitted, reviewed, answered, adopted as candidate sites."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.china_time import CHINA_TIME
from data.database import clock
from data.database.audit import desk_rows, note
from data.database.numbers import new_number
from data.database.schema import PROPOSALS
from data.database.sites import add_site
from data.database.tickets import Receipt, forget_devices
from data.plain_text import plain_text
from data.review_days import LEVELS
from data.vocabulary import quote
from data.worker_reports import LONGEST_TEXT
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.database.backend import Backend
    from data.proposals import Proposal
    from data.sites import CandidateSites

NEW, ANSWERED, ADOPTED, REJECTED = "new", "answered", "adopted", "rejected"
#: Taken up, without being a candidate site.
ACCEPTED: Final = "accepted"
TAKEN_UP: Final = (ACCEPTED, ADOPTED)
DECIDED: Final = (*TAKEN_UP, REJECTED)
AWARDS: Final = ("commended", "good", "best")
_P: Final = PROPOSALS.c
_MANY: Final = 100_000


@dataclass(frozen=True)
class ProposalLine:
    """One proposal as it was kept; WGS-84 degrees or no place, ``answered_at`` None before."""

    number: str
    name: str
    text: str
    lon: float | None
    lat: float | None
    received_at: datetime
    state: str
    answer: str
    answered_at: datetime | None
    answered_by: str
    site_id: str
    #: One of `LEVELS`, empty before somebody gave it; and the day by which the review is due.
    level: str = ""
    due_on: date | None = None
    #: One of `AWARDS`, or empty.
    award: str = ""
    #: Whether it stands on the public list of what was taken up.
    published: bool = False


@dataclass(frozen=True)
class Review:
    """What the desk says of a proposal beside its answer; see `ProposalLine`.

    Raises
    ------
    InputError
        when level or award is none.
    """

    level: str = ""
    due_on: date | None = None
    award: str = ""
    published: bool = False

    def __post_init__(self) -> None:
        for what, word, known in (("level", self.level, LEVELS), ("award", self.award, AWARDS)):
            if word and word not in known:
                raise InputError(
                    say(
                        "{what} {word} is none of {known}",
                        what=what,
                        word=quote(word[:40]),
                        known=", ".join(known),
                    )
                )


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

    def undecided(self) -> tuple[ProposalLine, ...]:
        """Return those that were neither taken up nor turned down, the newest first."""
        return self._find(_P.state.not_in(DECIDED), limit=_MANY)

    def between(self, since: date, until: date) -> tuple[ProposalLine, ...]:
        """Return those that came or were answered in the days from ``since`` to ``until``."""
        first = clock.moment_text(datetime.combine(since, time(0), tzinfo=CHINA_TIME))
        last = clock.end_of(until)
        came = _P.received_at.between(first, last)
        return self._find(came | _P.answered_at.between(first, last), limit=_MANY)

    def answer(
        self, number: str, text: str, *, by: str, reject: bool = False, accept: bool = False
    ) -> None:
        """Answer who proposed; with ``accept`` or ``reject`` it is decided, and they read why.

        Raises
        ------
        InputError
            when there is no such proposal, no words stand for the answer or the reason, or it was
            adopted before it is turned down.
        """
        words = plain_text(text, what=say("answer"), longest=LONGEST_TEXT)
        with self._backend.transaction(write=True) as connection:
            before = _row(connection, number)
            if reject and before.state == ADOPTED:
                raise InputError(say("proposal {number} was adopted already", number=number))
            if not words and not (before.answer and (accept or reject)):
                raise InputError(say("say why in the answer: who proposed reads it"))
            decided = REJECTED if reject else ACCEPTED if accept else ANSWERED
            keeps = before.state == ADOPTED or (decided == ANSWERED and before.state != NEW)
            values = {"state": before.state if keeps else decided, "answered_by": by}
            if words:
                values["answer"] = words
            if before.state not in DECIDED or not before.answered_at:
                values["answered_at"] = clock.moment_text(clock.now())
            connection.execute(sa.update(PROPOSALS).where(_P.number == number).values(values))
            action = "reject" if reject else "accept" if accept else "answer"
            note(connection, who=by, action=action, subject=number, detail=words)

    def review(self, number: str, review: Review, *, by: str) -> None:
        """Give a proposal its level, the day it is due, its award and its place on the list.

        Raises
        ------
        InputError
            when there is no such proposal, or one that was not taken up gets an award or is
            published.
        """
        with self._backend.transaction(write=True) as connection:
            state = _row(connection, number).state
            if (review.award or review.published) and state not in TAKEN_UP:
                raise InputError(say("only what was taken up gets an award or is published"))
            values = {
                "level": review.level,
                "due_on": "" if review.due_on is None else review.due_on.isoformat(),
                "award": review.award,
                "published": int(review.published),
            }
            connection.execute(sa.update(PROPOSALS).where(_P.number == number).values(values))
            shown = "published" if review.published else ""
            detail = " ".join(
                filter(None, (review.level, str(values["due_on"]), review.award, shown))
            )
            note(connection, who=by, action="review", subject=number, detail=detail)

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
            when there is no such proposal, it has no place, or it was adopted before.
        """
        with self._backend.transaction(write=True) as connection:
            before = _row(connection, number)
            if before.state == ADOPTED:
                raise InputError(say("proposal {number} was adopted already", number=number))
            row = connection.execute(
                sa.select(_P.name, _P.lon, _P.lat).where(_P.number == number)
            ).one()
            if row.lon is None:
                raise InputError(
                    say("proposal {number} has no place: accept it instead", number=number)
                )
            site_id = f"proposal-{number}"
            record = {"id": site_id, "name": row.name, "lon": row.lon, "lat": row.lat}
            add_site(connection, record, base=base)
            values = {"state": ADOPTED, "site_id": site_id, "answered_by": by}
            if before.state not in DECIDED or not before.answered_at:
                values["answered_at"] = clock.moment_text(clock.now())
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
                level=row.level,
                due_on=date.fromisoformat(row.due_on) if row.due_on else None,
                award=row.award,
                published=bool(row.published),
            )
            for row in desk_rows(self._backend, query)
        )


def _row(connection: sa.Connection, number: str) -> Any:  # noqa: ANN401 - a row of a query
    query = sa.select(_P.state, _P.answer, _P.answered_at).where(_P.number == number)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise InputError(say("there is no proposal {number}", number=number[:20]))
    return row
