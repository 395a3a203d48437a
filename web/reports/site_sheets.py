"""A folder of sheets, one a site of a decision, with an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.files.page_folder import page_archive, refuse_other_folder, write_page_folder
from data.workspace import Workspace
from planning.scenarios.decision_document import done_actions
from web.labels.places import names_of, option_names
from web.languages import CHINESE, language_of
from web.maps.city_map import source_of
from web.maps.site_picture import picture_ground
from web.reports.site_sheet import SiteSheet, proof_words
from web.services import unheard
from web.services.apart import apart
from web.services.scenarios import kept_of
from web.services.site_sheets import sheets_of_kept
from web.site.pages import render

if TYPE_CHECKING:
    from pathlib import Path

    from data.scenarios import Scenario
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


def sheet_pages(of: SheetSet, *, language: Language = CHINESE) -> dict[str, str]:
    """Return an index and a page for each site of a decision, as HTML by file name."""
    t = language
    sheets = sheets_of(of, language=t)
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
    pages = {
        sheet.file: render("site_sheet.html", t, sheet=sheet, mark_of_sheets=MARK)
        for sheet in sheets
    }
    return {INDEX: index, **pages}


def write_sheets(of: SheetSet, folder: Path, *, language: Language = CHINESE) -> list[Path]:
    """Write a page for each site of a decision and an index; returns the files.

    Raises
    ------
    InputError
        when the folder holds anything but sheets of an earlier run.
    WorkspaceError
        when the folder cannot be written.
    """
    return write_page_folder(folder, sheet_pages(of, language=language), mark=MARK)


def sheets_archive(workspace: Workspace, scenario: Scenario, *, language: Language) -> bytes:
    """Return the sheets of a decision as a ZIP of pages to print.

    Raises
    ------
    InputError
        as `ask_kept`, and where nothing is to do.
    ProblemError
        as `ask_kept`.
    """
    with unheard("") as done:
        of = sheets_of_kept(workspace, kept_of(workspace, scenario), done=done)
    return page_archive(sheet_pages(of, language=language))


def sheets_archive_apart(folder: Path, scenario: Scenario, *, language: str) -> bytes:
    """Return what `sheets_archive` does, made in a process of its own.

    The search lays arrays over the whole network, which a server would keep for good.
    """
    return apart(_archive, folder, scenario, language)


def _archive(folder: Path, scenario: Scenario, language: str) -> bytes:
    return sheets_archive(Workspace.open(folder), scenario, language=language_of(language))
