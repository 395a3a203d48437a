"""The proposals of workers: answered, turned down, taken as candidate sites."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from flask import request
from werkzeug.exceptions import BadRequest, NotFound

from data.china_time import today_here
from data.database.proposals import AWARDS, DECIDED, NEW, TAKEN_UP, Review
from data.review_days import LEVELS
from data.worker_reports import read_number
from geo.errors import InputError
from geo.messages import say
from web.admin.page_parts import do, render, station_names
from web.admin.routes import account_here, admin, book, here
from web.labels.worker_reports import award_words, level_words
from web.services.proposals import due_day, quarter_of
from web.site.city import city_here

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from data.database.proposals import ProposalLine
    from data.sites import CandidateSites
    from web.admin.page_parts import Shown

#: So long before it is due a review is called to mind.
_SOON: Final = timedelta(days=7)


@admin.get("/proposals")
def proposals() -> str:
    """Show the proposals, the newest first."""
    return _proposals_page()


@admin.post("/proposals/<number>/answer")
def answer_proposal(number: str) -> BaseResponse | Shown:
    """Answer a proposal, take it up or turn it down; who proposed reads why."""
    found = _proposal(number)
    act = request.form.get("act")
    if act not in {"answer", "accept", "reject"}:
        raise BadRequest(say("act must be answer, accept or reject"))
    return do(
        lambda: book().proposals.answer(
            found,
            request.form.get("answer", ""),
            by=account_here().name,
            reject=act == "reject",
            accept=act == "accept",
        ),
        then=here("admin.proposals", done=act),
        otherwise=lambda error: _proposals_page(error=error),
    )


@admin.post("/proposals/<number>/review")
def review_proposal(number: str) -> BaseResponse | Shown:
    """Give a proposal its level, the day it is due, its award and its place on the list."""
    found = _proposal(number)
    return do(
        lambda: book().proposals.review(found, _review_of_form(found), by=account_here().name),
        then=here("admin.proposals", done="review"),
        otherwise=lambda error: _proposals_page(error=error),
    )


@admin.post("/proposals/<number>/adopt")
def adopt_proposal(number: str) -> BaseResponse | Shown:
    """Make a proposal a candidate site of the planner, beside all that are there."""
    found = _proposal(number)
    return do(
        lambda: book().proposals.adopt(found, by=account_here().name, base=_planners_sites),
        then=here("admin.proposals", done="adopt"),
        otherwise=lambda error: _proposals_page(error=error),
    )


def _proposal(number: str) -> str:
    read = read_number(number[:40])
    if read is None or book().proposals.proposal(read) is None:
        raise NotFound
    return read


def _review_of_form(number: str) -> Review:
    """Read the form; without a day the review is due by the days of its level."""
    level, due_on = request.form.get("level", ""), request.form.get("due_on", "").strip()
    before = book().proposals.proposal(number)
    if due_on and (before is None or level == before.level or due_on != _shown_due(before)):
        day: date | None = _day(due_on)
    else:
        day = None  # as shown, and the level is another: due by that
    return Review(
        level=level,
        due_on=day,
        award=request.form.get("award", ""),
        published=request.form.get("published") == "yes",
    )


def _shown_due(line: ProposalLine) -> str:
    return due_day(city_here().workspace(), line).isoformat()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(say("due: write the day as 2026-12-01")) from None


def _proposals_page(*, error: str = "") -> str:
    lines = sorted(book().proposals.proposals(), key=lambda line: line.state != NEW)
    register = city_here().workspace().register()
    near: dict[str, Any] = {}
    for line in lines:
        if line.state == NEW and line.lon is not None and line.lat is not None:
            found = register.nearest(line.lon, line.lat, 1)
            near[line.number] = found[0] if found else None
    workspace, today = city_here().workspace(), today_here()
    undecided = [line for line in lines if line.state not in DECIDED]
    due = {line.number: due_day(workspace, line) for line in lines}
    return render(
        "proposals",
        error=error,
        lines=lines,
        near=near,
        names=station_names(),
        due=due,
        late=sorted(
            (line for line in undecided if due[line.number] < today),
            key=lambda line: due[line.number],
        ),
        soon=[line for line in undecided if today <= due[line.number] <= today + _SOON],
        decided=DECIDED,
        taken_up=TAKEN_UP,
        levels=LEVELS,
        awards=AWARDS,
        level_words=level_words,
        award_words=award_words,
        quarter=quarter_of(today),
    )


def _planners_sites() -> CandidateSites:
    """Return the sites that the planner takes where none were imported."""
    from web.services.sites import candidates  # noqa: PLC0415 - loads the engine

    return candidates(city_here().workspace()).sites
