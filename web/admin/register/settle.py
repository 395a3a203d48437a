"""A ticket settled in one press: what the workers say becomes what the register says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, request
from werkzeug.exceptions import BadRequest, NotFound

from data.worker_reports import read_number
from geo.errors import InputError
from geo.messages import message_of
from web.admin.register.limits import refuse_beyond
from web.admin.routes import account_here, admin, book, here, is_allowed

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse


@admin.post("/tickets/<number>/settle")
def settle_ticket(number: str) -> BaseResponse:
    """Take over a value that was reported, with the report as its source, and close the ticket."""
    read = read_number(number[:40])
    found = None if read is None else book().tickets.ticket(read)
    if found is None or not is_allowed(found.station):
        raise NotFound
    offer = request.form.get("offer", "")
    number_of = int(offer) if offer.isascii() and offer.isdecimal() and len(offer) < 4 else -1  # noqa: PLR2004 - few values
    try:
        for one in book().offers(found.number)[number_of : number_of + 1]:
            refuse_beyond(one.said)
        book().settle(found.number, offer=number_of, by=account_here().name)
    except InputError as error:
        raise BadRequest(message_of(error)) from None
    return redirect(here("admin.ticket", number=found.number, done="settle"), 303)
