"""Organisations: listed, added, edited and removed, with what was said of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import g, redirect, request
from werkzeug.exceptions import NotFound

from data.organisations import MEMBERS, NUMBERS
from data.vocabulary import GROUPS_BY_ID, ORGANISATION_KINDS
from geo.errors import InputError
from geo.messages import message_of, say
from web.admin.organisation_words import field_value, field_words, told_history
from web.admin.page_parts import do, file_answer, reader_here, render
from web.admin.routes import account_here, admin, here
from web.services import organisations as service
from web.services.demand_provenance import check_totals
from web.services.organisations import WHOLE_CITY, OrganisationQuery
from web.site.city import city_here

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Response
    from werkzeug.wrappers import Response as BaseResponse

    from data.database.organisation_edits import OrganisationClash
    from web.admin.page_parts import Shown

_ON_A_PAGE: Final = 100
_LONGEST: Final = 100
_MOST_DIGITS: Final = 6
_MOST_DIGITS_OF_VERSION: Final = 15
_FIELDS: Final = ("name", "kind", "district", *NUMBERS)


@admin.get("/organisations")
def organisations() -> str:
    """Show the organisations that are looked for, page by page."""
    asked = _asked()
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
        links=service.linked_stations(city_here().workspace()),
        totals=check_totals(city_here().workspace()),
    )


@admin.get("/organisations/export.<suffix>")
def export_organisations(suffix: str) -> Response:
    """Answer the organisations that are looked for as a file, which an import takes back.

    A workbook speaks the reader's language.
    """
    workspace, query = city_here().workspace(), OrganisationQuery(**_asked())
    if not service.find_organisations(workspace, query):
        raise NotFound
    return file_answer(
        "organisations",
        suffix,
        lambda file: service.export_organisations(
            workspace, file=file, reader=reader_here(), query=query
        ),
    )


def _asked() -> dict[str, str]:
    names = ("kind", "district", "words")
    return {name: request.args.get(name, "").strip()[:_LONGEST] for name in names}


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
    """Give an organisation new values, or show the fields that somebody else changed meanwhile."""
    before = _editable(organisation_id)
    version = request.form.get("version", "")[:_MOST_DIGITS_OF_VERSION]
    leave = {name for name in _FIELDS if request.form.get(f"keep.{name}") == "theirs"}
    try:
        edit = (
            city_here()
            .workspace()
            .organisation_register()
            .save(
                {**_checked({"id": organisation_id}), "id": organisation_id},
                since=int(version) if version.isascii() and version.isdigit() else 0,
                by=account_here().name,
                leave=leave,
            )
        )
    except InputError as error:
        values = {**before, **request.form.to_dict(), "id": organisation_id}
        told = g.language.told(message_of(error))
        return _form(values, is_new=False, error=told), 400
    if edit.clashes:
        values = {**before, **edit.said}
        return _form(values, is_new=False, clashes=edit.clashes), 409
    return redirect(here("admin.organisations", done="organisation"), 303)


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


def _form(
    values: dict[str, Any],
    *,
    is_new: bool,
    error: str = "",
    clashes: Sequence[OrganisationClash] = (),
) -> str:
    workspace, one = city_here().workspace(), str(values.get("id", ""))
    register = workspace.organisation_register()
    return _page(
        "organisation",
        error=error,
        values=values,
        is_new=is_new,
        can_edit=is_new or _may_edit(_there(one)["district"]),
        clashes=clashes,
        version=0 if is_new else register.version(one),
        history=() if is_new else told_history(register.history(one)),
        links=service.linked_stations(workspace).get(one),
        field_words=field_words,
        field_value=field_value,
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
