"""A folder of sheets, one a site of a decision, with an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.files.page_folder import refuse_other_folder, write_page_folder
from planning.scenarios.decision_document import done_actions
from web.labels.places import names_of, option_names
from web.languages import CHINESE
from web.maps.city_map import source_of
from web.maps.site_picture import picture_ground
from web.reports.site_sheet import SiteSheet, proof_words
from web.site.pages import render

if TYPE_CHECKING:
    from pathlib import Path

    from web.languages import Language
    from web.services.site_sheets import SheetSet

#: What stands in the head of every page: a folder that holds others is never written.
MARK: Final = "yizhan site sheets"
INDEX: Final = "index.html"


def refuse_sheets_folder(folder: Path) -> None:
    """Refuse a folder that holds anything else, before work is done for it (InputError)."""
    refuse_other_folder(folder, mark=MARK)


def sheets_of(of: SheetSet, *, language: Language = CHINESE) -> tuple[SiteSheet, ...]:
    """Return the sheets of a decision in the order of its actions."""
    t, actions = language, done_actions(of.decision)
    called = names_of(actions, of.network, t)
    names = option_names(of.others, of.lonlat, of.network, t)
    names |= {one.site_id: name for one, name in zip(actions, called, strict=True)}
    by_order = {one.order: name for one, name in zip(actions, called, strict=True)}
    places = tuple(
        by_order.get(order, name)
        for order, name in zip(of.places.order, of.places.names, strict=True)
    )
    ground = picture_ground(of.network, of.districts, of.places, places)
    return tuple(SiteSheet(of, facts, ground, names, t) for facts in of.facts)


def write_sheets(of: SheetSet, folder: Path, *, language: Language = CHINESE) -> list[Path]:
    """Write a page for each site of a decision and an index; returns the files.

    Raises
    ------
    InputError
        when the folder holds anything but sheets of an earlier run.
    WorkspaceError
        when the folder cannot be written.
    """
    t = language
    sheets = sheets_of(of, language=t)
    pages = {
        sheet.file: render("site_sheet.html", t, sheet=sheet, mark_of_sheets=MARK)
        for sheet in sheets
    }
    index = render(
        "site_sheets.html",
        t,
        sheets=sheets,
        of=of,
        title=of.question.name or t("{city}选址单", city=of.settings.name),
        proof=proof_words(of, t),
        source=source_of(of.settings, t),
        mark_of_sheets=MARK,
    )
    return write_page_folder(folder, {INDEX: index, **pages}, mark=MARK)
