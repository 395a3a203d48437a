"""The tickets that workers' reports make: read, answered, published, closed, rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import redirect, request
from werkzeug.exceptions import NotFound

from data.database.proposals import NEW
from data.database.tickets import AMBER, CLOSED, LIVE, OPEN, REJECTED, WAITING
from data.worker_reports import read_number
from web.admin.page_parts import do, render, station_names
from web.admin.routes import account_here, admin, book, here, is_allowed, stations_for
from web.services.proposals import due_proposals
from web.site.city import city_here

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from data.database.tickets import Ticket
    from web.admin.page_parts import Shown

_DONE_SHOWN: Final = 50


@admin.get("/", strict_slashes=False)
def queue() -> str:
    """Show the tickets: amber ones first, then those of one voice, then what is done."""
    mine = stations_for("see tickets")
    live = book().tickets.tickets(LIVE, stations=mine)
    done = book().tickets.tickets((CLOSED, REJECTED), stations=mine, limit=_DONE_SHOWN)
    amber = sorted((t for t in live if t.state in AMBER), key=lambda t: t.state != OPEN)
    waiting = [ticket for ticket in live if ticket.state == WAITING]
    sections = (("amber", amber), ("waiting", waiting), ("done", done))
    new = sum(line.state == NEW for line in book().proposals.undecided())
    late = sum(one.days_left < 0 for one in due_proposals(city_here().workspace()))
    return render(
        "queue", sections=sections, names=station_names(), new_proposals=new, late_proposals=late
    )


@admin.get("/tickets/<number>")
def ticket(number: str) -> str:
    """Show one ticket with its reports."""
    return _ticket_page(_ticket(number))


@admin.post("/tickets/<number>/answer")
def answer_ticket(number: str) -> BaseResponse | Shown:
    """Answer the reporters; a moderator may publish the answer with the station."""
    found = _ticket(number)
    may_publish = is_allowed(found.station, act="publish answers")
    public = may_publish and request.form.get("public") == "yes"
    return do(
        lambda: book().tickets.answer(
            found.number, request.form.get("answer", ""), public=public, by=account_here().name
        ),
        then=here("admin.ticket", number=found.number, done="publish" if public else "answer"),
        otherwise=lambda error: _ticket_page(found, error=error),
    )


@admin.post("/tickets/<number>/fix")
def fix_ticket(number: str) -> BaseResponse | Shown:
    """Mark what a ticket is about as mended."""
    found = _ticket(number)
    return do(
        lambda: book().close(found.number, by=account_here().name),
        then=here("admin.ticket", number=found.number, done="fix"),
        otherwise=lambda error: _ticket_page(found, error=error),
    )


@admin.post("/reports/<int:report_id>/reject")
def reject_report(report_id: int) -> BaseResponse:
    """Reject a report as spam, with all that its device said in the ticket."""
    number = book().tickets.report_ticket(report_id) if report_id < 2**31 else None
    found = None if number is None else book().tickets.ticket(number)
    if found is None or not is_allowed(found.station):
        raise NotFound
    book().reject(report_id, by=account_here().name)
    return redirect(here("admin.ticket", number=found.number, done="reject"), 303)


def _ticket(number: str) -> Ticket:
    """Return a ticket that the account looks after."""
    read = read_number(number[:40])
    found = None if read is None else book().tickets.ticket(read)
    if found is None or not is_allowed(found.station):
        raise NotFound
    return found


def _ticket_page(ticket: Ticket, *, error: str = "") -> str:
    written = request.form.get("answer", ticket.answer)
    return render(
        "ticket",
        error=error,
        ticket=ticket,
        reports=book().tickets.reports(ticket.number),
        names=station_names(),
        is_live=ticket.state in LIVE,
        offers=book().offers(ticket.number) if ticket.state in LIVE else (),
        written=written,
    )
