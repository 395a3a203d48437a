"""The workers' letterbox: reports and proposals without an account, and a ticket's answer.

JSON in, JSON out, errors as problem details. No cookie, no position, no address is taken or kept;
what comes again is known by its nonce and counts once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import BadRequest, NotFound, TooManyRequests, UnsupportedMediaType

from data.database.attempts import AttemptLimits, Attempts
from data.database.sign_ups import CANCELLED
from data.database.tickets import WAITING
from data.report_book import ReportBook
from data.worker_reports import read_number
from geo.errors import InputError
from geo.messages import say
from web.site.city import city_here
from web.site.rate_limit import (
    Limiter,
    hashed_address,
    network_of,
    refuse_foreign,
    refuse_when_full,
    too_many,
    visitor,
)
from web.site.security import problem

if TYPE_CHECKING:
    from datetime import datetime

    from data.database.proposals import ProposalLine
    from data.database.sign_ups import SignUpLine
    from data.database.tickets import Receipt, Ticket

reporting = Blueprint("reporting", __name__)

MOST_BYTES: Final = 4096
HOUR_S: Final = 3600.0
#: Reports and proposals an hour of one address; one of each address while very many post.
POSTS_AN_HOUR: Final = 10
POST_LIMITS: Final = AttemptLimits(
    period_s=HOUR_S,
    most=POSTS_AN_HOUR,
    most_in_a_crowd=1,
    crowd=1000,
    crowd_about=1000,
    most_overall=50_000,
)
#: Answers asked for an hour, of one address and of all together.
ASKS_AN_HOUR: Final = 60
ALL_ASKS_AN_HOUR: Final = 20_000

_REPORT: Final = frozenset({"station", "what", "when", "device", "nonce"})
_SIGN_UP: Final = frozenset({"activity", "device", "nonce"})
_PROPOSAL: Final = frozenset({"name", "device", "nonce"})


@dataclass(frozen=True)
class Gates:
    """What counts the questions that one application is asked."""

    asks: Limiter = field(
        default_factory=lambda: Limiter(
            most=ASKS_AN_HOUR, period_s=HOUR_S, most_overall=ALL_ASKS_AN_HOUR
        )
    )


def gates() -> Gates:
    """Return the counters of the running application."""
    made: Gates = current_app.extensions.setdefault("yizhan-gates", Gates())
    return made


@reporting.post("/api/reports")
def report() -> Response:
    """Take a worker's report on a station."""
    body = _body(_REPORT, also={"facility", "text", "hours", "lon", "lat"})
    receipt = _book().take_report(**body, sender=_sender())
    return _taken(receipt, station=body["station"])


@reporting.post("/api/proposals")
def proposal() -> Response:
    """Take a worker's proposal, with a place that was chosen on the map or without one."""
    return _taken(_book().take_proposal(**_body(_PROPOSAL, also={"text", "lon", "lat"})))


@reporting.post("/api/sign_ups")
def sign_up() -> Response:
    """Give a worker a place at an activity: a number, without an account or a name."""
    return _taken(_book().take_sign_up(**_body(_SIGN_UP, also=set())))


@reporting.post("/api/sign_ups/<number>/cancel")
def cancel_sign_up(number: str) -> Response:
    """Give a place back; whoever has the number may."""
    refuse_foreign(request)
    _refuse_posts()
    read = read_number(number[:40])
    book = _book()
    if read is None or book.sign_ups.sign_up(read) is None:
        raise NotFound(say("there is no ticket of this number"))
    book.sign_ups.cancel(read)
    return _no_store(jsonify(ticket=read, state=CANCELLED))


@reporting.get("/api/tickets/<number>")
def ticket(number: str) -> Response:
    """Answer what became of a report or proposal, to whoever has its number."""
    refuse_when_full(gates().asks, visitor(request))
    read = read_number(number[:40])
    book = _book()
    found = None if read is None else book.tickets.ticket(read)
    proposed = None if read is None or found is not None else book.proposals.proposal(read)
    if found is not None:
        return _no_store(jsonify(_ticket_body(found)))
    if proposed is not None:
        return _no_store(jsonify(_proposal_body(proposed)))
    coming = None if read is None else book.sign_ups.sign_up(read)
    if coming is not None:
        return _no_store(jsonify(_sign_up_body(coming, book)))
    raise NotFound(say("there is no ticket of this number"))


@reporting.errorhandler(TooManyRequests)
def _too_many(error: TooManyRequests) -> Response:
    answer = problem(429, error.description or "")
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _book() -> ReportBook:
    return ReportBook(city_here().workspace())


def _sender() -> str:
    """Return the keyed hash of the address that asks, of IPv6 that of its household."""
    return hashed_address(city_here().folder, network_of(request))


def _refuse_posts() -> None:
    """Count a post in the database, for all processes; refuse it when there were too many."""
    attempts = Attempts(city_here().workspace().database.backend, "post", POST_LIMITS)
    wait_s = attempts.take(_sender())
    if wait_s > 0:
        raise too_many(wait_s)


def _body(needed: frozenset[str], *, also: set[str]) -> dict[str, Any]:
    """Read the request's body: a small JSON object with just these keys."""
    refuse_foreign(request)
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(say("send JSON with Content-Type: application/json"))
    request.max_content_length = MOST_BYTES
    _refuse_posts()
    try:
        body = json.loads(request.get_data(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BadRequest(say("the body is no JSON")) from None
    if not isinstance(body, dict):
        raise BadRequest(say("the body must be a JSON object"))
    unknown = sorted(set(body) - needed - also)
    if unknown:
        raise InputError(say("key {key!r} is not known: nothing was taken", key=unknown[0][:40]))
    missing = sorted(needed - set(body))
    if missing:
        raise InputError(say("key {key!r} is missing", key=missing[0]))
    return body


def _no_constant(word: str) -> float:
    raise ValueError(word)


def _taken(receipt: Receipt, **more: str) -> Response:
    """Answer with the ticket: 201 the first time, 200 when the same comes again."""
    answer = jsonify(ticket=receipt.number or None, state=receipt.state, **more)
    answer.status_code = 200 if receipt.again else 201
    return _no_store(answer)


def _ticket_body(ticket: Ticket) -> dict[str, Any]:
    answered = ticket.state == WAITING and ticket.answer
    return {
        "ticket": ticket.number,
        "kind": "report",
        "state": "answered" if answered else ticket.state,
        "station": ticket.station,
        "what": ticket.what,
        "facility": ticket.facility,
        "opened_at": _second(ticket.opened_at),
        "answer": ticket.answer,
        "answered_at": _second(ticket.answered_at),
    }


def _proposal_body(proposal: ProposalLine) -> dict[str, Any]:
    return {
        "ticket": proposal.number,
        "kind": "proposal",
        "state": proposal.state,
        "name": proposal.name,
        "opened_at": _second(proposal.received_at),
        "answer": proposal.answer,
        "answered_at": _second(proposal.answered_at),
        "award": proposal.award,
    }


def _sign_up_body(line: SignUpLine, book: ReportBook) -> dict[str, Any]:
    found = book.activities.activity(line.activity)
    return {
        "ticket": line.number,
        "kind": "sign_up",
        "state": line.state,
        "activity": line.activity,
        "name": "" if found is None else found.activity.title,
        "starts_at": None if found is None else _second(found.activity.starts_at),
        "opened_at": _second(line.made_at),
    }


def _second(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _no_store(response: Response) -> Response:
    response.cache_control.no_store = True
    return response
