"""The moderators' desk: reports and tickets, proposals, activities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import g, redirect, render_template, request
from werkzeug.exceptions import BadRequest, NotFound

from data.activities import KINDS_OF_ACTIVITY, Activity, read_local
from data.database import clock
from data.database.proposals import NEW
from data.database.tickets import AMBER, CLOSED, LIVE, OPEN, REJECTED, WAITING
from data.worker_reports import read_number
from geo.errors import InputError, NothingYetError
from geo.messages import message_of, say
from web.admin.routes import account_here, admin, book, here, is_allowed, stations_for
from web.labels.worker_reports import (
    activity_kind_words,
    complaint_words,
    offer_words,
    span_words,
    state_words,
)
from web.languages import message
from web.site.city import city_here

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as BaseResponse

    from data.database.tickets import Ticket
    from data.sites import CandidateSites

__all__ = ["admin"]

_DONE: Final = {
    "answer": message("已答复。"),
    "publish": message("已答复并公开。"),
    "fix": message("已标为解决，站点恢复正常。"),
    "settle": message("已采用工友的说法，手机上马上能看到。"),
    "reject": message("已标为无效。"),
    "adopt": message("已列为候选点。"),
    "add": message("活动已发布。"),
    "remove": message("活动已撤下。"),
}
_DONE_SHOWN: Final = 50
_STATIONS_LISTED: Final = 2000
Shown = str | tuple[str, int]


@admin.get("/", strict_slashes=False)
def queue() -> str:
    """Show the tickets: amber ones first, then those of one voice, then what is done."""
    mine = stations_for("see tickets")
    live = book().tickets.tickets(LIVE, stations=mine)
    done = book().tickets.tickets((CLOSED, REJECTED), stations=mine, limit=_DONE_SHOWN)
    amber = sorted((t for t in live if t.state in AMBER), key=lambda t: t.state != OPEN)
    waiting = [ticket for ticket in live if ticket.state == WAITING]
    sections = (("amber", amber), ("waiting", waiting), ("done", done))
    new = sum(line.state == NEW for line in book().proposals.proposals())
    return _render("queue", sections=sections, names=_names(), new_proposals=new)


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
    return _do(
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
    return _do(
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


@admin.get("/proposals")
def proposals() -> str:
    """Show the proposals, the newest first."""
    return _proposals_page()


@admin.post("/proposals/<number>/answer")
def answer_proposal(number: str) -> BaseResponse | Shown:
    """Answer a proposal, or turn it down."""
    found = _proposal(number)
    act = request.form.get("act")
    if act not in {"answer", "reject"}:
        raise BadRequest(say("act must be answer or reject"))
    return _do(
        lambda: book().proposals.answer(
            found,
            request.form.get("answer", ""),
            by=account_here().name,
            reject=act == "reject",
        ),
        then=here("admin.proposals", done=act),
        otherwise=lambda error: _proposals_page(error=error),
    )


@admin.post("/proposals/<number>/adopt")
def adopt_proposal(number: str) -> BaseResponse | Shown:
    """Make a proposal a candidate site of the planner, beside all that are there."""
    found = _proposal(number)
    return _do(
        lambda: book().proposals.adopt(found, by=account_here().name, base=_planners_sites),
        then=here("admin.proposals", done="adopt"),
        otherwise=lambda error: _proposals_page(error=error),
    )


@admin.get("/activities")
def activities() -> str:
    """Show what is to come at the stations, and the form for more."""
    return _activities_page()


@admin.post("/activities/add")
def add_activity() -> BaseResponse | Shown:
    """Publish an activity."""
    return _do(
        lambda: book().activities.add([_activity_of_form()], by=account_here().name),
        then=here("admin.activities", done="add"),
        otherwise=lambda error: _activities_page(error=error),
    )


@admin.post("/activities/<int:number>/remove")
def remove_activity(number: int) -> BaseResponse:
    """Take an activity away."""
    found = book().activities.activity(number) if number < 2**31 else None
    if found is None or not is_allowed(found.activity.station):
        raise NotFound
    book().activities.remove(number, by=account_here().name)
    return redirect(here("admin.activities", done="remove"), 303)


def _do(
    act: Callable[[], object], *, then: str, otherwise: Callable[[str], str]
) -> BaseResponse | Shown:
    """Do something and go on, or show the page again with what was wrong."""
    try:
        act()
    except InputError as error:
        return otherwise(g.language.told(message_of(error))), 400
    return redirect(then, 303)


def _render(name: str, *, error: str = "", **context: Any) -> str:  # noqa: ANN401 - a template takes what it names
    words = {
        "complaint_words": complaint_words,
        "state_words": state_words,
        "kind_words": activity_kind_words,
        "span_words": span_words,
    }
    done = _DONE.get(request.args.get("done", ""))
    return render_template(
        f"admin_{name}.html", page="admin", tab=name, done=done, error=error, **words, **context
    )


def _ticket(number: str) -> Ticket:
    """Return a ticket that the account looks after."""
    read = read_number(number[:40])
    found = None if read is None else book().tickets.ticket(read)
    if found is None or not is_allowed(found.station):
        raise NotFound
    return found


def _proposal(number: str) -> str:
    read = read_number(number[:40])
    if read is None or book().proposals.proposal(read) is None:
        raise NotFound
    return read


def _ticket_page(ticket: Ticket, *, error: str = "") -> str:
    written = request.form.get("answer", ticket.answer)
    return _render(
        "ticket",
        error=error,
        ticket=ticket,
        reports=book().tickets.reports(ticket.number),
        names=_names(),
        is_live=ticket.state in LIVE,
        offers=book().offers(ticket.number) if ticket.state in LIVE else (),
        offer_words=offer_words,
        written=written,
    )


def _proposals_page(*, error: str = "") -> str:
    lines = sorted(book().proposals.proposals(), key=lambda line: line.state != NEW)
    register = city_here().workspace().register()
    near: dict[str, Any] = {}
    for line in lines:
        if line.state == NEW:
            found = register.nearest(line.lon, line.lat, 1)
            near[line.number] = found[0] if found else None
    return _render("proposals", error=error, lines=lines, near=near, names=_names())


def _activities_page(*, error: str = "") -> str:
    seen = stations_for("see activities")
    lines = [
        line
        for line in book().activities.not_over(clock.now())
        if seen is None or line.activity.station in seen
    ]
    names = _names()
    mine = stations_for("add activities")
    stations = [
        (station, names.get(station, station)) for station in (names if mine is None else mine)
    ]
    return _render(
        "activities",
        error=error,
        lines=lines,
        names=names,
        stations=stations[:_STATIONS_LISTED],
        kinds=KINDS_OF_ACTIVITY,
        form=request.form,
    )


def _activity_of_form() -> Activity:
    """Read the form of an activity; times are China's."""
    form = {name: request.form.get(name, "") for name in ("station", "title", "kind", "text")}
    station = form["station"].strip()
    if not is_allowed(station):
        raise InputError(say("this account looks after other stations"))
    return Activity(
        station=station,
        title=form["title"],
        kind=form["kind"],
        starts_at=read_local(request.form.get("starts_at", ""), what="starts_at"),
        ends_at=read_local(request.form.get("ends_at", ""), what="ends_at"),
        text=form["text"],
    )


def _names() -> dict[str, str]:
    """Return the stations' names by their ids."""
    try:
        frame = city_here().stations().frame
    except NothingYetError:
        return {}
    return dict(zip(frame["id"], frame["name"], strict=True))


def _planners_sites() -> CandidateSites:
    """Return the sites that the planner takes where none were imported."""
    from web.services.sites import candidates  # noqa: PLC0415 - loads the engine

    return candidates(city_here().workspace()).sites
