"""Where a station could stand: candidate sites in, out, and as people name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from data.files.site_files import read_sites, write_sites
from data.sites import CandidateSites, network_grid_sites, network_node_sites
from geo.errors import NothingYetError
from geo.measure import to_metric
from geo.snapping import snap

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from data.files.spoken_tables import Reader
    from data.workspace import Workspace
    from geo.datum import Datum


@dataclass(frozen=True)
class Candidates:
    """The candidate sites of a workspace; ``imported`` is False where they are a grid's."""

    sites: CandidateSites
    imported: bool


def candidates(workspace: Workspace) -> Candidates:
    """Take the imported candidate sites, or the network's nodes on a grid where there are none.

    NothingYetError when there are no sites and no road network either.
    """
    try:
        return Candidates(workspace.sites(), imported=True)
    except NothingYetError:
        grid = grid_sites(workspace, spacing_m=workspace.settings.candidate_spacing_m)
        return Candidates(grid, imported=False)


def grid_sites(workspace: Workspace, *, spacing_m: float) -> CandidateSites:
    """Take the road nodes of a grid of another step, all of them where it is 0."""
    settings = workspace.settings
    within = workspace.districts if len(workspace.districts) else settings.box
    if spacing_m <= 0:
        return network_node_sites(workspace.network(), within=within)
    return network_grid_sites(
        workspace.network(),
        spacing_m=spacing_m,
        metric_crs=settings.metric_crs,
        within=within,
    )


class Distances(NamedTuple):
    """How far sites lie from what is there, float64[n] metres; NaN where that is not known.

    ``road_m`` to the nearest street for walking within the snap limit; ``station_m`` in a straight
    line to the nearest station of the register that is not closed.
    """

    road_m: npt.NDArray[np.float64]
    station_m: npt.NDArray[np.float64]


def distances(workspace: Workspace, lonlat: npt.NDArray[np.float64]) -> Distances:
    """Measure points float64[n, 2] against the roads and the register, where there are any."""
    settings = workspace.settings
    road_m, station_m = np.full(len(lonlat), np.nan), np.full(len(lonlat), np.nan)
    try:
        network = workspace.network()
    except NothingYetError:
        pass
    else:
        snaps = snap(network, lonlat, mode="foot", limit_m=settings.snap_limit_m)
        road_m = np.asarray(snaps.distance_m, dtype=np.float64)
    try:
        stations = workspace.stations()
    except NothingYetError:
        return Distances(road_m, station_m)
    standing = stations.lonlat[(stations.frame["status"] != "closed").to_numpy(dtype=np.bool_)]
    if len(standing) and len(lonlat):
        there, here = (to_metric(of, crs=settings.metric_crs) for of in (standing, lonlat))
        station_m = np.asarray(cKDTree(there).query(here)[0], dtype=np.float64)
    return Distances(road_m, station_m)


def import_sites(
    workspace: Workspace,
    *,
    file: Path,
    datum: str | Datum | None,
    sheet: str | None = None,
    crs: str | None = None,
) -> CandidateSites:
    """Put the sites of a file in the place of the workspace's, all or nothing; returns them.

    Raises
    ------
    InputError
        when a row cannot be taken; nothing is changed then.
    """
    sites = read_sites(file, datum=datum, box=workspace.settings.box, sheet=sheet, crs=crs)
    workspace.replace_sites(sites)
    return sites


def export_sites(workspace: Workspace, *, file: Path, reader: Reader | None = None) -> Candidates:
    """Write the candidate sites to a file, those of the grid too: a list to begin with."""
    found = candidates(workspace)
    write_sites(found.sites, file, sample=workspace.settings.sample, reader=reader)
    return found


def clear_sites(workspace: Workspace) -> int:
    """Forget the imported sites, so that the grid holds again; return how many there were.

    NothingYetError when none were imported.
    """
    return workspace.clear_sites()
