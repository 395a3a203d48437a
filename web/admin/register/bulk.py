"""Many stations changed at once, seen before it is done; and edits taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import g, redirect, render_template, request
from werkzeug.exceptions import NotFound

from data.database.conflicts import PLACE
from geo.errors import InputError
from geo.messages import message_of, say
from web.admin.register.limits import refuse_fields
from web.admin.register.table import found_here, query_here
from web.admin.register.words import column_words, names_of, source_words, value_words
from web.admin.routes import account_here, admin, here, stations_for
from web.languages import message
from web.services.register_edits import bulk_change, edits_of
from web.site.city import city_here

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from data.database.edits import EditLine
    from web.services.register_edits import BulkChange

_DONE: Final = {
    "bulk": message("已修改，可在这里撤销。"),
    "undone": message("已撤销，历史里多了一条记录。"),
}
_NAMES_SHOWN: Final = 20
_EDITS_SHOWN: Final = 50
Shown = str | tuple[str, int]


@admin.post("/register/bulk")
def bulk_edit() -> BaseResponse | Shown:
    """Show what an edit of many stations would change, and do it when that was seen."""
    form = request.form
    field = form.get("field", "")
    try:
        refuse_fields([field])
        change = bulk_change(
            city_here().workspace(),
            _chosen(),
            field=field,
            text=form.get("value", "").strip()[:500],
        )
        if form.get("act") == "save" and form.get("seen") == change.seen and change.values:
            edits_of(city_here().workspace()).save_all(
                change.values, versions=change.versions, source="register", by=account_here().name
            )
            return redirect(here("admin.edits", done="bulk"), 303)
    except InputError as error:
        return _bulk_page(None, error=g.language.told(message_of(error))), 400
    return _bulk_page(change)


@admin.get("/register/edits")
def edits() -> str:
    """Show the newest edits by hand, each with a way back."""
    return _edits_page()


@admin.post("/register/undo/<int:number>")
def undo_edit(number: int) -> BaseResponse | Shown:
    """Take an edit back where nobody changed it since, and say what stays."""
    made = edits_of(city_here().workspace())
    try:
        line = made.edit(number) if number < 2**53 else None
        own = stations_for("edit register")
        if line is None or (own is not None and not set(line.stations) <= set(own)):
            raise NotFound
        _refuse_way_back(line, is_limited=own is not None)
        undone = made.undo(number, by=account_here().name)
    except InputError as error:
        return _edits_page(error=g.language.told(message_of(error))), 400
    if undone.stays:
        return _edits_page(stays=undone.stays)
    return redirect(here("admin.edits", done="undone"), 303)


def _refuse_way_back(line: EditLine, *, is_limited: bool) -> None:
    """Refuse to take back what the account does not say, or a move, which may leave a district."""
    refuse_fields(line.fields)
    if is_limited and set(PLACE) & set(line.fields):
        raise InputError(say("a move is taken back by who looks after all stations"))


def _chosen() -> list[str]:
    """Return the stations that are meant: those ticked, or the account's own that were found."""
    form, mine = request.form, stations_for("edit register")
    own = None if mine is None else set(mine)
    if form.get("which") == "found":
        found = [row.id for row in found_here(query_here())]
        chosen = [station for station in found if own is None or station in own]
        if found and not chosen:
            raise InputError(say("this account looks after other stations"))
        return chosen
    chosen = form.getlist("station")
    if not chosen:
        raise InputError(say("no station is ticked: tick some, or take all that were found"))
    if own is not None and not set(chosen) <= own:
        raise NotFound
    return chosen


def _bulk_page(change: BulkChange | None, *, error: str = "") -> str:
    names = dict.fromkeys(() if change is None else list(change.values)[:_NAMES_SHOWN], "")
    if names:
        frame = city_here().workspace().register().stations().frame
        named = dict(zip(frame["id"], frame["name"], strict=True))
        names = {station: named.get(station, station) for station in names}
    return render_template(
        "admin_register_bulk.html",
        page="admin",
        tab="register",
        error=error,
        change=change,
        names=names,
        form=request.form,
        query=query_here(),
        chosen=request.form.getlist("station"),
        column_words=column_words,
        value_words=value_words,
        again=request.form.get("act") == "save",
    )


def _edits_page(*, error: str = "", stays: tuple[tuple[str, str], ...] = ()) -> str:
    mine = stations_for("see register")
    lines = [
        line
        for line in edits_of(city_here().workspace()).newest(limit=_EDITS_SHOWN)
        if mine is None or set(line.stations) <= set(mine)
    ]
    words: dict[str, Any] = {
        "column_words": column_words,
        "names_of": names_of,
        "source_words": source_words,
    }
    return render_template(
        "admin_register_edits.html",
        page="admin",
        tab="register",
        error=error,
        stays=stays,
        lines=lines,
        done=_DONE.get(request.args.get("done", "")),
        **words,
    )
