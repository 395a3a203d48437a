"""Claims about the report's section on access: its numbers are those of an own count."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest

from data.stations import Stations
from data.workspace import Workspace
from planning.coverage.access import Access, access_of_cells
from planning.coverage.floating_catchment import DECAYS
from tests.planning.grid_town import graph_of
from web.languages import CHINESE, ENGLISH
from web.reports.document import Paragraph, Table
from web.reports.document_access import access_section
from web.services.access import KeptAccess, access_of, kept_access
from web.services.freshness import present_inputs

if TYPE_CHECKING:
    from pathlib import Path

    from web.reports.document import Section


@pytest.fixture(scope="module")
def workspace(city_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("access") / "city"
    return Workspace.open(shutil.copytree(city_folder, folder))


@pytest.fixture(scope="module")
def section(workspace: Workspace) -> Section:
    return access_section(access_of(workspace), CHINESE)


def table_of(section: Section, name: str) -> Table:
    return next(one for one in section.blocks if isinstance(one, Table) and one.id == name)


def test_access_by_other_borders_is_measured_anew(workspace: Workspace) -> None:
    access_of(workspace)
    inputs = present_inputs(workspace)
    assert kept_access(workspace, inputs) is not None
    districts = workspace.districts
    names = [f"{name}*" for name in districts.names]
    renamed = replace(districts, frame=districts.frame.assign(name=names))
    assert kept_access(replace(workspace, districts=renamed), inputs) is None


def test_half_of_the_workers_walk_so_long_as_networkx_says(
    workspace: Workspace, section: Section
) -> None:
    network, demand = workspace.network(), workspace.demand()
    stations, settings = workspace.stations(), workspace.settings
    back = graph_of(network, "foot").reverse()
    nodes = network.node_lonlat
    times: list[tuple[float, float]] = []
    for number, group in enumerate(demand.groups):
        serving = stations.lonlat[stations.serves(settings.group(group))]
        spots = {int(np.abs(nodes - point).sum(axis=1).argmin()) for point in serving}
        found = nx.multi_source_dijkstra_path_length(back, spots, weight="seconds") if spots else {}
        at = [int(np.abs(nodes - point).sum(axis=1).argmin()) for point in demand.lonlat]
        pairs = zip(at, demand.weights[:, number], strict=True)
        times += [(found.get(node, np.inf), workers) for node, workers in pairs if workers]
    times.sort()
    half = sum(workers for _, workers in times) / 2
    walked = np.cumsum([workers for _, workers in times])
    seconds = times[int(np.searchsorted(walked, half))][0]
    total = table_of(section, "access_by_group").total
    assert total is not None
    assert total[1] == pytest.approx(seconds / 60, abs=0.06)


def test_the_seats_of_the_districts_are_those_of_the_register(
    workspace: Workspace, section: Section
) -> None:
    frame = workspace.stations().frame
    is_open = frame["status"] == "open"
    table = table_of(section, "seats_by_district")
    assert table.total is not None
    assert table.total[1] == is_open.sum() == sum(row[1] for row in table.rows)  # type: ignore[misc]
    assert table.total[2] == frame["seats"][is_open].isna().sum()
    assert table.total[3] == frame["seats"][is_open].sum()


def test_without_borders_of_towns_the_report_says_so_and_with_them_it_lists_them(
    workspace: Workspace, section: Section
) -> None:
    notes = [one.text for one in section.blocks if isinstance(one, Paragraph)]
    assert any("没有给出乡镇、街道的边界" in one for one in notes)
    square = workspace.districts.areas[0]
    feature = {
        "type": "Feature",
        "properties": {"name": "甲镇"},
        "geometry": json.loads(json.dumps(square.__geo_interface__)),
    }
    path = workspace.folder / "towns.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    try:
        assert kept_access(workspace, present_inputs(workspace)) is None
        made = access_section(access_of(workspace), ENGLISH)
    finally:
        path.unlink()
    towns, districts = (table_of(made, f"seats_by_{one}") for one in ("town", "district"))
    assert towns.rows[0] == ("甲镇", *districts.rows[0][1:])
    assert kept_access(workspace, present_inputs(workspace)) is not None


def test_every_town_is_listed_however_many_and_the_stations_add_up(workspace: Workspace) -> None:
    held = access_of(workspace).districts
    row = replace(held.row(), workers=10.0, stations=2, seats=4.0, seats_unknown=0)
    towns = [replace(row, area=f"{number}镇") for number in range(75)]
    whole = replace(row, workers=750.0, stations=150, seats=300.0)
    by_town = Access(held.groups, (whole, *towns), held.shared)
    table = table_of(access_section(KeptAccess(held, by_town), CHINESE), "seats_by_town")
    assert [one[0] for one in table.rows] == [one.area for one in towns]
    assert table.total is not None
    assert table.total[1] == 150


def test_known_seats_of_three_stations_are_shared_as_their_definitions_say(
    workspace: Workspace, tmp_path: Path
) -> None:
    copy = Workspace.open(shutil.copytree(workspace.folder, tmp_path / "seated"))
    frame = copy.stations().frame.copy()
    three = frame.index[frame["status"] == "open"][:3]
    frame.loc[three, "seats"] = [4.0, 10.0, 25.0]
    copy.replace_stations(Stations(frame))
    made = access_section(access_of(copy), ENGLISH)
    seats = table_of(made, "seats_by_district").total
    assert seats is not None
    assert seats[2:4] == ((frame["status"] == "open").sum() - 3, 39)
    cells = access_of_cells(copy.demand(), copy.stations(), copy.network(), copy.settings)
    weights = copy.demand().weights.ravel()
    there = weights > 0
    for number, decay in enumerate(DECAYS):
        value, people = cells.seats[decay].ravel()[there], weights[there]
        share = people / people.sum()
        mean = float(share @ value)
        gini = float(share @ np.abs(value[:, None] - value) @ share) / (2 * mean)
        row = table_of(made, "inequality").rows[number]
        assert row[1] == pytest.approx(gini, abs=0.0006)
        assert row[4] == pytest.approx(share[value == 0].sum(), abs=1e-9)
        corners = table_of(made, "lorenz").rows[number][1:]
        ordered = np.argsort(value)
        up_to = np.r_[0.0, np.cumsum(share[ordered])]
        held = np.r_[0.0, np.cumsum((share * value)[ordered])] / mean
        wanted = np.interp(np.arange(1, 10) / 10, up_to, held)
        assert corners == pytest.approx(tuple(wanted), abs=1e-8)


def test_without_known_seats_no_figure_of_fairness_is_given(workspace: Workspace) -> None:
    made = access_section(access_of(workspace), CHINESE)
    frame = workspace.stations().frame
    assert frame["seats"].isna().all()
    assert not [one for one in made.blocks if isinstance(one, Table) and one.id == "inequality"]
    assert any("没有算公平指标" in one.text for one in made.blocks if isinstance(one, Paragraph))
