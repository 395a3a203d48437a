"""The proposals of workers: answered, turned down, taken as candidate sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request
from werkzeug.exceptions import BadRequest, NotFound

from data.database.proposals import NEW
from data.worker_reports import read_number
from geo.messages import say
from web.admin.page_parts import do, render, station_names
from web.admin.routes import account_here, admin, book, here
from web.site.city import city_here

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from data.sites import CandidateSites
    from web.admin.page_parts import Shown


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
    return do(
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


def _proposals_page(*, error: str = "") -> str:
    lines = sorted(book().proposals.proposals(), key=lambda line: line.state != NEW)
    register = city_here().workspace().register()
    near: dict[str, Any] = {}
    for line in lines:
        if line.state == NEW:
            found = register.nearest(line.lon, line.lat, 1)
            near[line.number] = found[0] if found else None
    return render("proposals", error=error, lines=lines, near=near, names=station_names())


def _planners_sites() -> CandidateSites:
    """Return the sites that the planner takes where none were imported."""
    from web.services.sites import candidates  # noqa: PLC0415 - loads the engine

    return candidates(city_here().workspace()).sites
