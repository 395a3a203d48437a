"""Activities at the stations: published and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import redirect, request
from werkzeug.exceptions import NotFound

from data.activities import KINDS_OF_ACTIVITY, Activity, read_local
from data.database import clock
from geo.errors import InputError
from geo.messages import say
from web.admin.page_parts import do, render, station_names
from web.admin.routes import account_here, admin, book, here, is_allowed, stations_for

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from web.admin.page_parts import Shown

_STATIONS_LISTED: Final = 2000


@admin.get("/activities")
def activities() -> str:
    """Show what is to come at the stations, and the form for more."""
    return _activities_page()


@admin.post("/activities/add")
def add_activity() -> BaseResponse | Shown:
    """Publish an activity."""
    return do(
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


def _activities_page(*, error: str = "") -> str:
    seen = stations_for("see activities")
    lines = [
        line
        for line in book().activities.not_over(clock.now())
        if seen is None or line.activity.station in seen
    ]
    names = station_names()
    mine = stations_for("add activities")
    stations = [
        (station, names.get(station, station)) for station in (names if mine is None else mine)
    ]
    return render(
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
