"""Hosts out of a map or a list of places, taken as candidate sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from data.hosts import is_poi_file, read_hosts, read_poi_hosts
from data.sites import CandidateSites
from geo.datum import Datum, parse_datum
from geo.errors import InputError
from geo.messages import say
from web.services.nothing_yet import or_none
from web.services.sites import Distances, distances

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from data.hosts import Hosts
    from data.workspace import Workspace

_WHY_NONE: Final = ("outside", "off_roads", "near_station")


@dataclass(frozen=True, eq=False)
class HostSites:
    """Hosts as candidate sites, with how far they lie from roads and stations, row by row.

    ``left_out`` counts the hosts of the kinds asked for, and other objects of the file, that are
    not among them, by why. ``date`` is the ISO date of the data, empty where it is not told.
    ``beside`` is how many sites there were before that stay.
    """

    sites: CandidateSites
    distances: Distances
    left_out: Mapping[str, int]
    date: str
    beside: int


def take_hosts(
    workspace: Workspace,
    *,
    file: Path,
    kinds: Sequence[str],
    min_distance_m: float = 0.0,
    datum: str | Datum = Datum.wgs84,
    add: bool = False,
    keeping: bool = True,
) -> HostSites:
    """Find the hosts of some kinds in a file and make them the workspace's candidate sites.

    Parameters
    ----------
    workspace
        its districts, or its box without any, say which hosts are looked at.
    file
        an extract of OpenStreetMap, or a list of places (`data.hosts.is_poi_file`).
    kinds
        ids of `data.vocabulary.HOST_TYPES` (`data.hosts.hosts_meant` reads other words).
    min_distance_m
        a host that lies nearer to a station of the register, in a straight line, is left out.
    datum
        of the coordinates of a list of places.
    add
        keep the sites that were imported before; one of the same id gets what is said now.
    keeping
        False only looks: the workspace stays as it is.

    Returns
    -------
    HostSites
        the hosts; a host without a road within the snap limit is left out.

    Raises
    ------
    InputError
        when no host is left, with how many were left out and why.
    """
    hosts = _hosts_of(workspace, file, kinds=kinds, datum=parse_datum(datum))
    found = distances(workspace, hosts.lonlat)
    if or_none(workspace.network) is not None:
        on_road = np.isfinite(found.road_m)
        hosts = hosts.only(on_road, "hosts_off_roads")
        found = Distances(*(of[on_road] for of in found))
    far = ~(found.station_m < min_distance_m)
    hosts = hosts.only(far, "hosts_near_station")
    found = Distances(*(of[far] for of in found))
    if not len(hosts):
        raise _nothing(file, hosts, min_distance_m)
    sites = hosts.as_sites()
    before = or_none(workspace.sites) if add else None
    beside = 0 if before is None else int((~before.frame["id"].isin(sites.ids)).sum())
    if keeping:
        workspace.replace_sites(sites if before is None else _joined(before, sites))
    return HostSites(sites, found, hosts.left_out, hosts.date, beside)


def _hosts_of(workspace: Workspace, file: Path, *, kinds: Sequence[str], datum: Datum) -> Hosts:
    """Read the hosts of some kinds in the city, each once."""
    settings = workspace.settings
    if is_poi_file(file):
        hosts = read_poi_hosts(file, datum=datum, box=settings.box)
    else:
        hosts = read_hosts(file, box=settings.box)
    hosts = hosts.only(np.isin(np.array(hosts.host_types, dtype=np.str_), list(kinds)))
    inside = settings.box.contains(hosts.lonlat)
    if len(workspace.districts):
        inside = inside & (workspace.districts.locate(hosts.lonlat) >= 0)
    return hosts.only(inside, "hosts_outside").each_once(metric_crs=settings.metric_crs)


def _joined(before: CandidateSites, new: CandidateSites) -> CandidateSites:
    stay = before.frame[~before.frame["id"].isin(new.ids)]
    return CandidateSites(pd.concat([stay, new.frame], ignore_index=True))


def _nothing(file: Path, hosts: Hosts, min_distance_m: float) -> InputError:
    out = {why: hosts.left_out.get(f"hosts_{why}", 0) for why in _WHY_NONE}
    if not any(out.values()):
        return InputError(
            say(
                "{file}: holds no such host in the workspace's box: give other --hosts or a file "
                "that has them, or plan without, on the grid of road nodes",
                file=file.name,
            )
        )
    return InputError(
        say(
            "{file}: no host is left: {outside} outside the districts or the box, {off_roads} "
            "without a road near, {near_station} nearer than {min_distance_m:g} m to a station",
            file=file.name,
            min_distance_m=min_distance_m,
            **out,
        )
    )
