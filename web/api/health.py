"""Whether the server can do its work: `/healthz` with what is there, `/readyz` in a word.

Both answer 200 only where the database is whole and the register can be read, and 503 otherwise;
why stands in the log and never in the answer.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, current_app, jsonify

from geo.errors import YizhanError
from geo.messages import message_of, say
from web.site.city import city_here
from web.site.security import problem
from web.stations.at_hand import features_of

if TYPE_CHECKING:
    from data.workspace import Workspace

health = Blueprint("health", __name__)

#: So long one look at the whole database holds, seconds.
LOOK_S: Final = 60.0


@health.get("/healthz")
def healthz() -> Response:
    """Answer what is there; 503 where it cannot be read."""
    return _answer(is_told=True)


@health.get("/readyz")
def readyz() -> Response:
    """Answer whether pages can be served."""
    return _answer(is_told=False)


def _answer(*, is_told: bool) -> Response:
    city = city_here()
    try:
        workspace = city.workspace()
        fault = city.keep("whole", int(time.monotonic() / LOOK_S), lambda: _fault_of(workspace))
        if fault:
            return _unreadable(fault)
        n_stations = len(features_of(city))
        plan = city.keep_while_unwritten("newest plan", lambda: _planned_at(workspace))
    except (YizhanError, ValueError, LookupError) as error:  # a damaged row may be anything
        return _unreadable(str(error))
    if not is_told:
        return jsonify(status="ok")
    return jsonify(
        status="ok",
        name=city.settings.name,
        sample=city.settings.sample,
        stations=n_stations,
        plan=plan,
        settings="ok" if city.trouble is None else "the last good ones",
    )


def _unreadable(fault: str) -> Response:
    current_app.logger.error("the workspace cannot be read: %s", fault)
    return problem(503, say("the server cannot read its data: its log says why"))


def _fault_of(workspace: Workspace) -> str:
    """Look through the whole database; "" where it is whole, else what is wrong with it."""
    try:
        workspace.database.check_whole()
    except YizhanError as error:
        return message_of(error)
    return ""


def _planned_at(workspace: Workspace) -> str | None:
    plan = workspace.newest_result("plan")
    return None if plan is None else str(plan.created_at)
