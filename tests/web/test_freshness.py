"""Claims about a plan whose register has changed since."""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from data.sites import CandidateSites
from data.stations import Stations
from data.workspace import Workspace
from web.app import create_app
from web.languages import ENGLISH
from web.maps.city_map import map_of_workspace
from web.reports.pages import report_of, write_report
from web.services.coverage import keep_coverage
from web.services.drawings import drawn_of
from web.services.effective import effective_of
from web.services.freshness import newest_outdated
from web.services.report_basis import basis_of
from web.site.city import City

if TYPE_CHECKING:
    from pathlib import Path

BAND = "规划之后站点登记有变"


@pytest.fixture
def changed(city_folder: Path, tmp_path: Path) -> Workspace:
    """The planned city after a month: half of its stations are no longer there."""
    folder = tmp_path / "changed"
    shutil.copytree(city_folder, folder)
    workspace = Workspace.open(folder)
    frame = workspace.stations().frame
    workspace.replace_stations(Stations(frame.iloc[::2].reset_index(drop=True)))
    return workspace


def test_a_plan_of_the_present_inputs_says_nothing(city: Workspace, city_folder: Path) -> None:
    assert newest_outdated(city) is None
    assert basis_of(city).other is not None
    client = create_app(city_folder, testing=True).test_client()
    for text in (client.get("/plan").text, client.get("/report").text):
        assert "outdated-band" not in text


def test_plan_report_and_map_say_that_the_register_has_changed_since(
    changed: Workspace, tmp_path: Path
) -> None:
    client = create_app(changed.folder, testing=True).test_client()
    write_report(changed, tmp_path / "report")
    texts = {
        "/plan": client.get("/plan").text,
        "/report": client.get("/report").text,
        "map": map_of_workspace(changed).html(),
        "report": (tmp_path / "report" / "report.html").read_text("utf-8"),
    }
    for name, text in texts.items():
        assert text.count('<p class="outdated-band"') == 1, name
        assert BAND in text, name
        assert "<code>yizhan plan</code>" in text, name
    assert "The register of stations has changed" in client.get("/plan?lang=en").text
    assert "The register of stations has changed" in client.get("/report?lang=en").text
    assert "The register of stations" in map_of_workspace(changed, language=ENGLISH).html()


def test_the_old_plans_figures_stand_without_the_new_registers_count(changed: Workspace) -> None:
    report = report_of(changed)
    assert report.figures.plan is not None
    assert report.figures.stations is None
    assert report.figures.other is not None  # of the plan's own inputs
    assert "个开放站点" not in report.body
    assert "规划时" in report.body


def test_the_report_file_tells_of_the_present_and_leaves_the_old_plan_out(
    changed: Workspace, tmp_path: Path
) -> None:
    write_report(changed, tmp_path)
    report = report_of(changed)
    stations = changed.stations()
    assert report.figures.plan is None
    assert report.figures.inputs["stations"] == stations.content_hash
    assert report.figures.before.standard == "group"
    assert f"有 {report.figures.n_open} 个开放站点" in report.body
    assert "本报告只列现状" in report.body
    assert "data-site" not in report.body
    rows = list(csv.reader(io.StringIO((tmp_path / "plan.csv").read_text("utf-8-sig"))))
    assert len(rows) == 1


@pytest.fixture
def planned(city_folder: Path, tmp_path: Path) -> Workspace:
    """The planned city with its coverage, to be written to."""
    folder = tmp_path / "planned"
    shutil.copytree(city_folder, folder)
    workspace = Workspace.open(folder)
    keep_coverage(workspace, standard="national")
    return workspace


CONFIRMED = {"status": "open", "hours": "8:00-18:00"}


@pytest.mark.parametrize(
    "said", [CONFIRMED, {"phone": "0123"}, {"contact": "老王"}, {"name": "驿站"}], ids=str
)
def test_a_confirmation_or_another_phone_leaves_plan_and_coverage_as_they_are(
    planned: Workspace, said: dict[str, str]
) -> None:
    before = planned.stations().content_hash
    planned.register().observe("S1", said, source="workers")
    assert planned.stations().content_hash != before
    assert newest_outdated(planned) is None
    assert newest_outdated(planned, "coverage") is None
    basis = basis_of(planned)
    assert basis.plan is not None
    assert basis.other is not None
    assert basis.inputs["stations"] == planned.stations().content_hash
    page = create_app(planned.folder, testing=True).test_client().get("/plan").text
    assert "outdated-band" not in page


@pytest.mark.parametrize(
    "said",
    [
        {"lon": 116.79, "lat": 33.95},
        {"hours": "8:00-20:00"},
        {"status": "closed"},
        {"groups": ("courier",)},
        {"access": ("key",)},
        {"facility.toilet": "broken"},
    ],
    ids=str,
)
def test_another_place_hour_or_offer_makes_the_plan_one_of_before(
    planned: Workspace, said: dict[str, object]
) -> None:
    planned.register().observe("S1", said, source="inspector")
    band = newest_outdated(planned)
    assert band is not None
    assert band.changed == ("stations",)


def test_effective_coverage_is_measured_anew_after_a_confirmation(planned: Workspace) -> None:
    effective_of(planned)
    assert newest_outdated(planned, "effective") is None
    planned.register().observe("S1", CONFIRMED, source="workers")
    assert newest_outdated(planned, "effective") is not None
    assert report_of(planned).answer is None


def test_a_plan_that_knows_only_the_whole_register_is_compared_with_that(
    planned: Workspace,
) -> None:
    kept = planned.newest_result("plan")
    assert kept is not None
    older = {name: value for name, value in kept.inputs.items() if name != "service"}
    planned.save_result("plan", inputs=older, body={**kept.body, "inputs": older})
    assert newest_outdated(planned) is None
    planned.register().observe("S1", {"phone": "0123"}, source="inspector")
    assert newest_outdated(planned) is not None


def test_a_change_of_the_workers_is_named_and_the_register_stays(changed: Workspace) -> None:
    before = Workspace.open(changed.folder)
    demand = before.demand()
    before.replace_demand(replace(demand, weights=2 * demand.weights))
    band = newest_outdated(before)
    assert band is not None
    assert band.changed == ("stations", "demand")
    assert "站点登记、户外劳动者人数有变" in map_of_workspace(before).html()


def test_sites_are_compared_only_where_some_were_imported(city: Workspace) -> None:
    result = city.newest_result("plan")
    assert result is not None
    assert "sites" in result.inputs
    assert city.contents("sites") is None
    assert newest_outdated(city) is None


def test_sites_that_came_after_the_plan_make_it_one_of_before(
    city_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "sites"
    shutil.copytree(city_folder, folder)
    workspace = Workspace.open(folder)
    site = {"id": "s", "name": "银行", "lon": 116.8, "lat": 33.96}
    workspace.replace_sites(CandidateSites.from_records([site]))
    band = newest_outdated(workspace)
    assert band is not None
    assert band.changed == ("sites",)
    assert newest_outdated(workspace, "coverage") is None  # it knows no sites


def test_coverage_alone_says_that_it_is_of_another_time(changed: Workspace, tmp_path: Path) -> None:
    """A city that measured coverage and never planned."""
    old = changed.results("coverage")[0]
    folder = tmp_path / "unplanned"
    workspace = Workspace.create(folder, name="试验市", box=changed.settings.box)
    workspace.replace_stations(changed.stations())
    workspace.save_result("coverage", inputs=old.inputs, body=old.body)
    text = create_app(folder, testing=True).test_client().get("/report").text
    assert "覆盖之后站点登记" in text
    assert "<code>yizhan coverage</code>" in text
    assert "个开放站点" not in text


def test_a_plan_of_another_hour_says_so_and_has_no_usual_figures_beside_it(
    city_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "night"
    shutil.copytree(city_folder, folder)
    workspace = Workspace.open(folder)
    kept = workspace.newest_result("plan")
    assert kept is not None
    inputs = {**kept.inputs, "when": "night"}
    body = {**kept.body, "inputs": inputs, "beside": None}
    workspace.save_result("plan", inputs=inputs, body=body)
    assert basis_of(workspace).other is None
    client = create_app(folder, testing=True).test_client()
    for path in ("/plan", "/report"):
        assert "道路快慢按夜间计算" in client.get(f"{path}?lang=zh").text
        assert "Roads as they are at night" in client.get(f"{path}?lang=en").text


def test_a_network_built_anew_is_drawn_without_a_restart(changed: Workspace) -> None:
    city = City(changed.folder)
    roads, drawn = city.roads_version(), drawn_of(changed)
    changed.replace_network(changed.network())
    assert city.roads_version() != roads
    assert drawn_of(changed).asked != drawn.asked
