"""The table of the register: what is asked for, a page at a time, and out of it as a file."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from flask import g, render_template, request
from werkzeug.exceptions import NotFound

from data.database.edits import MOST_AT_ONCE
from data.database.tickets import LIVE
from data.files.station_files import write_stations
from data.vocabulary import KINDS, STATUSES
from web.admin.page_parts import file_answer, reader_here
from web.admin.register.fields import bulk_fields, bulk_words
from web.admin.register.words import AGES, COLUMNS, cell_words, column_words, value_words
from web.admin.routes import admin, book, stations_for
from web.languages import message
from web.services.register_table import (
    AGES as ALL_AGES,
)
from web.services.register_table import COLUMNS as ALL_COLUMNS
from web.services.register_table import NOT_KNOWN, Query, RegisterTable
from web.site.city import city_here

if TYPE_CHECKING:
    from flask import Response

    from web.services.register_table import Row

_DONE: Final = {
    "saved": message("已保存。"),
    "added": message("已新建。"),
    "bulk": message("已修改所选站点。"),
    "undone": message("已撤销。"),
}
_MOST_TICKETS: Final = 100_000
_MINOR: Final = frozenset(ALL_COLUMNS) - {"kind", "status"}


@admin.get("/register")
def register() -> str:
    """Show the register, as much of it as is asked for."""
    query = query_here()
    table, rows = table_here(), found_here(query)
    page = table.page(query, rows)
    return render_template(
        "admin_register.html",
        tab="register",
        done=_DONE.get(request.args.get("done", "")),
        found=page,
        query=page.query,
        table=table,
        most=MOST_AT_ONCE,
        **table_words(),
    )


@admin.get("/register/export.<suffix>")
def export_register(suffix: str) -> Response:
    """Answer the stations that are asked for as a file, which an import takes back.

    A workbook speaks the reader's language.
    """
    city = city_here()
    version = city.workspace().register().version()
    stations = table_here().subset(found_here(query_here()))
    if stations is None:
        raise NotFound
    return file_answer(
        "register",
        suffix,
        lambda file: write_stations(
            stations, file, sample=city.settings.sample, version=version, reader=reader_here()
        ),
    )


def table_here() -> RegisterTable:
    """Return the register of the city that is served, read once for each state of it."""
    city = city_here()
    return city.keep("register", city.stations_key(), lambda: RegisterTable.of(city.workspace()))


def query_here() -> Query:
    """Read what the address asks for."""
    return Query.of_args(request.args, request.args.getlist("column"))


def found_here(query: Query) -> list[Row]:
    """Return the rows that are asked for, of the stations that the account may see."""
    live = book().tickets.tickets(LIVE, limit=_MOST_TICKETS)
    return table_here().found(
        query,
        tickets=Counter(ticket.station for ticket in live),
        mine=stations_for("see register"),
    )


def table_words() -> dict[str, Any]:
    """Return what the template of the table names."""
    return {
        "page": "admin",
        "bulk_fields": bulk_fields(g.language),
        "bulk_words": bulk_words(g.language),
        "error": "",
        "cell_words": cell_words,
        "column_words": column_words,
        "value_words": value_words,
        "minor": _MINOR,
        "kinds": [(term.id, g.language.kind(term.id)) for term in KINDS],
        "statuses": [(term.id, g.language.status(term.id)) for term in STATUSES],
        "ages": [(age, g.language(AGES[age])) for age in ALL_AGES],
        "unknowns": [(name, column_words(name, g.language)) for name in NOT_KNOWN],
        "columns": [(name, g.language(COLUMNS[name])) for name in ALL_COLUMNS],
    }
