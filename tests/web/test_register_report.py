"""Claims about the report of an office that begins: the register alone, and no other figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.stations import Stations
from data.workspace import Workspace
from geo.errors import NothingYetError
from web.languages import CHINESE, ENGLISH
from web.reports.document import Paragraph, Table
from web.reports.keeping import kept_document, make_report

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workspace(empty_folder: Path) -> Workspace:
    """Three open stations in the west: one day and night, one of unknown hours and seats."""
    made = Workspace.open(empty_folder)
    left, bottom, _, top = made.districts.areas[0].bounds
    rows = [("a", "24小时", 8.0, "open"), ("b", "8:00-18:00", 4.0, "open")]
    rows += [("c", "", None, "open"), ("d", "24小时", 9.0, "closed")]
    made.replace_stations(
        Stations.from_records(
            [
                {"id": one, "name": one, "kind": "station", "lon": left + 0.001 * (n + 1)}
                | {"lat": (bottom + top) / 2, "hours": hours, "status": status}
                | ({} if seats is None else {"seats": seats})
                for n, (one, hours, seats, status) in enumerate(rows)
            ]
        )
    )
    return made


def test_the_register_alone_is_counted_by_district(workspace: Workspace) -> None:
    kept = make_report(workspace, period="2026-Q1", author="李四", by="li")
    document = kept_document(kept, CHINESE)
    tables = {table.id: table for _, table in document.tables()}
    west, east = tables["register_by_district"].rows
    assert west[1:] == (3, 1, 1, 12)
    assert east[1:] == (0, 0, 0, 0)
    assert tables["register_by_district"].total == ("全市", 3, 1, 1, 12)
    assert tables["register_by_kind"].rows[0][1:] == (3, 1, 1, 12)


def test_what_was_not_computed_is_said_and_no_figure_of_it_is_kept(workspace: Workspace) -> None:
    kept = make_report(workspace, period="2026-Q1", author="李四", by="li")
    first = kept_document(kept, ENGLISH).sections[0]
    said = [block.text for block in first.blocks if isinstance(block, Paragraph)]
    assert "there are no roads and there are no numbers of workers, so it has no figures" in said[1]
    names = {name.split("/")[0] for name in kept.figures}
    assert names == {"headlines", "register_by_district", "register_by_kind", "aims", "running"}


def test_seats_that_nobody_wrote_down_are_no_nought(workspace: Workspace) -> None:
    frame = workspace.stations().frame
    workspace.replace_stations(Stations(frame.assign(seats=float("nan"))))
    kept = make_report(workspace, period="2026-Q1", author="李四", by="li")
    table = next(
        block
        for section in kept_document(kept, CHINESE).sections
        for block in section.blocks
        if isinstance(block, Table) and block.id == "register_by_district"
    )
    assert table.rows[0][4] is None
    assert kept.figures[f"register_by_kind/{CHINESE.kind('station')}/seats"] is None


def test_without_any_station_there_is_nothing_to_report(empty_folder: Path) -> None:
    with pytest.raises(NothingYetError):
        make_report(Workspace.open(empty_folder), period="2026-Q1", author="李四", by="li")
