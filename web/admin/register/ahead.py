"""Changes ahead of a station: entered with their days, and taken back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import redirect, request
from werkzeug.exceptions import BadRequest, NotFound

from data.coming_changes import ComingChange
from geo.errors import InputError
from geo.messages import message_of, say
from web.admin.register.limits import refuse_beyond
from web.admin.routes import account_here, admin, here, is_allowed
from web.site.city import city_here

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse


@admin.post("/register/ahead/<path:station_id>")
def add_change(station_id: str) -> BaseResponse:
    """Enter what will be otherwise from a day on."""
    if not is_allowed(station_id):
        raise NotFound
    workspace = city_here().workspace()
    try:
        change = _change_of_form(station_id)
        refuse_beyond(change.said)
        workspace.coming_changes().add(change, by=account_here().name)
    except InputError as error:
        raise BadRequest(message_of(error)) from None
    return redirect(here("admin.station_form", station_id=station_id, done="ahead"), 303)


@admin.post("/register/withdraw/<int:number>")
def withdraw_change(number: int) -> BaseResponse:
    """Take a change ahead back."""
    changes = city_here().workspace().coming_changes()
    found = changes.change(number) if number < 2**31 else None
    if found is None or not is_allowed(found.station):
        raise NotFound
    try:
        changes.withdraw(number, by=account_here().name)
    except InputError as error:
        raise BadRequest(message_of(error)) from None
    return redirect(here("admin.station_form", station_id=found.station, done="withdrawn"), 303)


def _change_of_form(station_id: str) -> ComingChange:
    """Read the form; what is left empty stays as the register has it."""
    form = request.form
    said: dict[str, Any] = {
        name: form[name].strip() for name in ("status", "hours") if form.get(name, "").strip()
    }
    for name in ("lon", "lat"):
        if form.get(name, "").strip():
            try:
                said[name] = float(form[name])
            except ValueError:
                raise InputError(say("{what} must be a number of degrees", what=name)) from None
    _refuse_outside(said)
    first, last = _day("from_day"), _day("to_day")
    if first is None:
        raise InputError(say("a change ahead needs its first day, such as 2026-10-01"))
    return ComingChange(station_id, first, last, said, form.get("why", ""))


def _refuse_outside(said: dict[str, Any]) -> None:
    left, bottom, right, top = city_here().settings.box
    lon, lat = said.get("lon", left), said.get("lat", bottom)
    if not (left <= lon <= right and bottom <= lat <= top):
        raise InputError(say("the place lies outside of the city"))


def _day(name: str) -> date | None:
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(say("a change ahead needs its first day, such as 2026-10-01")) from None
