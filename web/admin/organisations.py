"""Organisations: listed, added, edited and removed, with what was said of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import request
from werkzeug.exceptions import NotFound

from data.organisations import MEMBERS, NUMBERS
from data.vocabulary import GROUPS_BY_ID, ORGANISATION_KINDS
from geo.errors import InputError
from geo.messages import say
from web.admin.page_parts import do, render
from web.admin.routes import account_here, admin, here
from web.services import organisations as service
from web.services.organisations import WHOLE_CITY, OrganisationQuery
from web.site.city import city_here

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from web.admin.page_parts import Shown

_ON_A_PAGE: Final = 100
_LONGEST: Final = 100
_MOST_DIGITS: Final = 6


@admin.get("/organisations")
def organisations() -> str:
    """Show the organisations that are looked for, page by page."""
    names = ("kind", "district", "words")
    asked = {name: request.args.get(name, "").strip()[:_LONGEST] for name in names}
    found = service.find_organisations(city_here().workspace(), OrganisationQuery(**asked))
    digits = request.args.get("page", "")[:_MOST_DIGITS]
    number = max(int(digits), 1) if digits.isascii() and digits.isdigit() else 1
    return _page(
        "organisations",
        lines=found[(number - 1) * _ON_A_PAGE : number * _ON_A_PAGE],
        found=len(found),
        members=sum(line["members"] for line in found),
        posts=sum(line["posts"] for line in found),
        asked=asked,
        number=number,
        pages=max(1, -(-len(found) // _ON_A_PAGE)),
        whole_city=WHOLE_CITY,
    )


@admin.get("/organisations/new")
def new_organisation() -> str:
    """Show the empty form."""
    return _form({}, is_new=True)


@admin.post("/organisations/new")
def add_organisation() -> BaseResponse | Shown:
    """Add an organisation."""
    return do(
        lambda: service.add_organisation(
            city_here().workspace(), _checked({}), by=account_here().name
        ),
        then=here("admin.organisations", done="organisation"),
        otherwise=lambda error: _form(request.form.to_dict(), is_new=True, error=error),
    )


@admin.get("/organisations/one/<path:organisation_id>")
def organisation(organisation_id: str) -> str:
    """Show one organisation with its history, and the form where it may be edited."""
    return _form(_there(organisation_id), is_new=False)


@admin.post("/organisations/one/<path:organisation_id>")
def change_organisation(organisation_id: str) -> BaseResponse | Shown:
    """Give an organisation new values."""
    before = _editable(organisation_id)
    return do(
        lambda: service.change_organisation(
            city_here().workspace(),
            {**_checked({"id": organisation_id}), "id": organisation_id},
            by=account_here().name,
        ),
        then=here("admin.organisations", done="organisation"),
        otherwise=lambda error: _form(
            {**before, **request.form.to_dict(), "id": organisation_id}, is_new=False, error=error
        ),
    )


@admin.post("/organisations/remove/<path:organisation_id>")
def remove_organisation(organisation_id: str) -> BaseResponse | Shown:
    """Take an organisation out of the table."""
    before = _editable(organisation_id)
    return do(
        lambda: service.remove_organisation(
            city_here().workspace(), organisation_id, by=account_here().name
        ),
        then=here("admin.organisations", done="removed"),
        otherwise=lambda error: _form(before, is_new=False, error=error),
    )


def _checked(fixed: dict[str, str]) -> dict[str, Any]:
    """Read the form; who is kept to districts says nothing of another, nor of the whole city."""
    names = ("id", "name", "kind", "district", *NUMBERS)
    form = {name: request.form.get(name, "") for name in names}
    checked = service.check_organisation(city_here().workspace(), {**form, **fixed})
    if not _may_edit(checked["district"]):
        raise InputError(say("this account looks after other districts"))
    return checked


def _may_edit(district: str) -> bool:
    return account_here().may_in("edit organisations", district or None)


def _there(organisation_id: str) -> dict[str, Any]:
    found = service.organisation_of(city_here().workspace(), organisation_id)
    if found is None:
        raise NotFound
    return found


def _editable(organisation_id: str) -> dict[str, Any]:
    found = _there(organisation_id)
    if not _may_edit(found["district"]):
        raise NotFound
    return found


def _form(values: dict[str, Any], *, is_new: bool, error: str = "") -> str:
    workspace = city_here().workspace()
    history = () if is_new else workspace.organisation_register().history(str(values["id"]))
    return _page(
        "organisation",
        error=error,
        values=values,
        is_new=is_new,
        can_edit=is_new or _may_edit(_there(str(values["id"]))["district"]),
        history=history[::-1],
    )


def _page(name: str, **context: Any) -> str:  # noqa: ANN401 - a template takes what it names
    return render(
        name,
        kinds=ORGANISATION_KINDS,
        districts=city_here().workspace().districts.names,
        groups=[GROUPS_BY_ID.get(name) for name in MEMBERS],
        columns=MEMBERS,
        **context,
    )
