"""Claims about the use cases of a workspace: asked from Python, with no command and no page."""

from __future__ import annotations

import csv
import shutil
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from data.report_book import ReportBook
from data.workspace import Workspace
from geo.datum import Datum
from geo.errors import DatumError, InputError
from web.maps.city_map import write_map
from web.services import unheard
from web.services.accounts import accounts_of, add_account, change_password, remove_account
from web.services.activities import import_activities
from web.services.coverage import coverage_of, keep_coverage
from web.services.sites import import_sites
from web.services.stations import check_stations, import_stations
from web.services.worker_reports import export_reports, tickets_of

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "a long enough password"  # noqa: S105 - of an account of this test


@pytest.fixture
def workspace(city_folder: Path, tmp_path: Path) -> Workspace:
    """The small city, to be written to."""
    return Workspace.open(shutil.copytree(city_folder, tmp_path / "city"))


def table(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def stations_file(folder: Path, *, kind: str = "station") -> Path:
    return table(
        folder / "list.csv",
        "id,name,kind,lon,lat,datum",
        "S0,一号站,station,116.7825,33.9425,wgs84",
        f"N1,新站,{kind},116.7850,33.9450,wgs84",
    )


def test_a_list_is_examined_cured_and_imported_and_each_result_says_what_was_done(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = stations_file(tmp_path)
    checked = check_stations(workspace, file=file, cured_file=tmp_path / "cured.csv")
    assert checked.is_sound
    assert (tmp_path / "cured.csv").exists()
    would = import_stations(workspace, file=file, missing="keep", dry_run=True)
    assert (would.n_stations, would.datum, dict(would.by_kind)) == (2, Datum.wgs84, {"station": 2})
    assert "N1" not in workspace.stations().ids
    done = import_stations(workspace, file=file, missing="keep")
    assert done.taken.changes.added == ("N1",)
    assert "N1" in workspace.stations().ids
    with pytest.raises(FrozenInstanceError):
        done.datum = Datum.gcj02  # type: ignore[misc]  # what is tested


def test_a_list_that_cannot_be_taken_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    before = workspace.stations().content_hash
    file = stations_file(tmp_path, kind="castle")
    assert not check_stations(workspace, file=file).is_sound
    with pytest.raises(InputError, match="castle"):
        import_stations(workspace, file=file, missing="keep")
    with pytest.raises(InputError, match="leaves out"):
        import_stations(workspace, file=stations_file(tmp_path))
    silent = table(tmp_path / "silent.csv", "id,name,kind,lon,lat", "a,b,station,116.78,33.94")
    with pytest.raises(DatumError, match="datum"):
        check_stations(workspace, file=silent)
    assert workspace.stations().content_hash == before


def test_sites_and_activities_come_from_files(workspace: Workspace, tmp_path: Path) -> None:
    sites = table(tmp_path / "sites.csv", "id,name,lon,lat", "x,银行,116.79,33.95")
    assert import_sites(workspace, file=sites, datum=Datum.wgs84).ids == ("x",)
    assert workspace.sites().ids == ("x",)
    planned = table(
        tmp_path / "activities.csv",
        "station,title,kind,starts_at,ends_at,text",
        "S0,义诊,health_visit,2027-01-01 09:00,2027-01-01 11:00,",
    )
    numbers = import_activities(workspace, file=planned)
    assert [line.id for line in ReportBook(workspace).activities.at("S0")] == list(numbers)


def test_an_account_takes_the_role_that_fits_its_stations(workspace: Workspace) -> None:
    asked: list[str] = []

    def password() -> str:
        asked.append("")
        return PASSWORD

    made = add_account(workspace, name="li", password=password)
    bound = add_account(workspace, name="wang", stations=("S0",), password=password)
    assert (made.role, bound.role) == ("administrator", "operator")
    with pytest.raises(InputError, match="needs stations"):
        add_account(workspace, name="zhao", role="operator", password=password)
    with pytest.raises(InputError, match="no account"):
        change_password(workspace, name="zhao", password=password)
    assert len(asked) == 2
    change_password(workspace, name="li", password=password)
    remove_account(workspace, name="wang")
    assert [(one.name, one.epoch) for one in accounts_of(workspace)] == [("li", 1)]


def test_reports_are_listed_and_written_without_their_devices(
    workspace: Workspace, tmp_path: Path
) -> None:
    for device in "ab":
        receipt = ReportBook(workspace).take_report(
            station="S0",
            what="locked",
            when=datetime.now(UTC).isoformat(),
            device=device * 20,
            nonce=device * 20,
        )
    open_now = tickets_of(workspace)
    assert [ticket.number for ticket in open_now] == [receipt.number]
    ReportBook(workspace).close(receipt.number, by="li")
    assert tickets_of(workspace) == ()
    assert [ticket.state for ticket in tickets_of(workspace, also_done=True)] == ["closed"]
    assert export_reports(workspace, output=tmp_path / "reports.csv") == 2
    with (tmp_path / "reports.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["station"] for row in rows] == ["S0", "S0"]
    assert not any("aaaa" in value or "bbbb" in value for row in rows for value in row.values())


def test_coverage_that_the_command_measured_is_not_measured_again(workspace: Workspace) -> None:
    for standard in ("group", "national"):
        coverage_of(workspace, standard=standard)
    n_kept = len(workspace.results("coverage"))
    for standard in ("group", "national"):
        keep_coverage(workspace, standard=standard)
    assert len(workspace.results("coverage")) == n_kept
    workspace.register().observe("S0", {"status": "closed"}, source="inspector")
    keep_coverage(workspace, standard="national")
    assert len(workspace.results("coverage")) == n_kept + 1


def test_a_map_is_a_page_and_its_file_says_its_size(workspace: Workspace, tmp_path: Path) -> None:
    drawn = write_map(workspace, output=tmp_path / "map.html")
    assert drawn.n_bytes == drawn.path.stat().st_size > 100_000
    with pytest.raises(InputError, match=r"end in \.html"):
        write_map(workspace, output=tmp_path / "map.png")


def test_a_step_that_nobody_hears_takes_its_news() -> None:
    with unheard("working") as done:
        done("half", 0.5)
