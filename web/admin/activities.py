"""Activities at the stations: published, taken away, and who came."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from flask import redirect, request
from werkzeug.exceptions import NotFound

from data.activities import KINDS_OF_ACTIVITY, Activity, read_local, read_places
from data.database import clock
from geo.errors import InputError
from geo.messages import say
from web.admin.page_parts import do, render, station_names
from web.admin.routes import account_here, admin, book, here, is_allowed, stations_for
from web.site.city import city_here

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from data.database.activities import ActivityLine
    from web.admin.page_parts import Shown

_STATIONS_LISTED: Final = 2000
_MOST_FOUND: Final = 500
_LONGEST_SEARCH: Final = 100
_MOST_DIGITS: Final = 6
#: So long after its end an activity waits on the page for who came.
_COUNTED_FOR: Final = timedelta(days=60)


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
    book().activities.remove(_there(number).id, by=account_here().name)
    return redirect(here("admin.activities", done="remove"), 303)


@admin.get("/activities/<int:number>")
def activity(number: int) -> str:
    """Show one activity with the numbers of those who signed up, and the form for who came."""
    return _activity_page(_there(number))


@admin.post("/activities/<int:number>/attendance")
def count_attendance(number: int) -> BaseResponse | Shown:
    """Say how many came, and which of those who signed up."""
    found = _there(number)
    came = frozenset(request.form.getlist("came"))
    return do(
        lambda: book().activities.attend(
            found.id,
            attended=_attended(request.form.get("attended", ""), least=len(came)),
            came=came,
            by=account_here().name,
        ),
        then=here("admin.activity", number=found.id, done="attendance"),
        otherwise=lambda error: _activity_page(found, error=error),
    )


def _attended(text: str, *, least: int) -> int:
    """Return how many came; where nothing is written, those who are ticked."""
    digits = text.strip()
    if not digits:
        return least
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _MOST_DIGITS:
        raise InputError(say("attended must be a number of people"))
    return int(digits)


def _there(number: int) -> ActivityLine:
    found = book().activities.activity(number) if number < 2**31 else None
    if found is None or not is_allowed(found.activity.station):
        raise NotFound
    return found


def _activity_page(found: ActivityLine, *, error: str = "") -> str:
    return render(
        "activity",
        error=error,
        found=found,
        names=station_names(),
        coming=book().sign_ups.of(found.id),
    )


def _activities_page(*, error: str = "") -> str:
    seen = stations_for("see activities")
    lines = [
        line
        for line in book().activities.not_over(clock.now())
        if seen is None or line.activity.station in seen
    ]
    now = clock.now()
    over = [
        line
        for line in book().activities.over_since(now - _COUNTED_FOR, until=now)
        if seen is None or line.activity.station in seen
    ]
    names = station_names()
    asked = request.args.get("find", "").replace("\x00", "").strip()[:_LONGEST_SEARCH]
    return render(
        "activities",
        error=error,
        lines=lines,
        over=over[::-1],
        coming=book().sign_ups.counts(),
        names=names,
        asked=asked,
        stations=_stations_to_pick(names, asked),
        kinds=KINDS_OF_ACTIVITY,
        form=request.form,
    )


def _stations_to_pick(names: dict[str, str], asked: str) -> list[tuple[str, str]]:
    """Return the stations for which the account publishes: of a search those that it finds."""
    mine = stations_for("add activities")
    allowed = names if mine is None else dict.fromkeys(mine)
    register = city_here().workspace().register()
    found = register.search(asked, limit=_MOST_FOUND) if asked else allowed
    picked = [(station, names.get(station, station)) for station in found if station in allowed]
    return picked[:_STATIONS_LISTED]


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
        places=read_places(request.form.get("places", "")),
    )
