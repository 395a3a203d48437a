"""Candidate sites: places where a station could be set up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from data.points import check_points, frame_hash, frame_lonlat, frame_of_records
from data.vocabulary import KINDS_BY_ID
from geo.errors import InputError, NetworkError
from geo.measure import Box, to_metric
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import numpy.typing as npt

    from data.districts import Districts

SITE_COLUMNS: Final = (
    "id",
    "name",
    "kind",
    "cost_yuan",
    "host_type",
    "datum",
    "source_lon",
    "source_lat",
    "geometry",
)

# The host of a site is kept and decides nothing: a plan is not outdated by it.
_HASHED: Final = tuple(column for column in SITE_COLUMNS[:-1] if column != "host_type")


class NodeNetwork(Protocol):
    """What a grid of sites needs of a road network (`geo.network.RoadNetwork` is one)."""

    @property
    def node_lonlat(self) -> npt.NDArray[np.float64]:
        """float64[n_nodes, 2], degrees of WGS-84."""

    def in_main(self, mode: str) -> npt.NDArray[np.bool_]:
        """bool[n_nodes]: which nodes lie in the connected main part of ``mode``."""


@dataclass(frozen=True, eq=False)
class CandidateSites:
    """Places where a station could be set up, in the order of the list.

    ``frame`` has the columns `SITE_COLUMNS` and no others: id (unique), name, kind (an id of
    `data.vocabulary.KINDS`, empty when the settings' candidate kind holds), cost_yuan (NaN when
    not known), host_type (an id of `data.vocabulary.HOST_TYPES` or other text, empty when not
    known), and where it is, as in `data.stations.Stations`. The frame is copied at birth;
    treat it as read-only.

    Raises
    ------
    InputError
        when a column is missing, an id is blank or double, a kind is not known, a cost is negative
        or a point is none.
    """

    frame: gpd.GeoDataFrame

    def __post_init__(self) -> None:
        missing = [column for column in SITE_COLUMNS if column not in self.frame.columns]
        if missing:
            raise InputError(say("sites: no column {missing}", missing=", ".join(missing)))
        frame = self.frame[list(SITE_COLUMNS)].reset_index(drop=True).copy()
        check_points(frame, what=say("site"))
        for site, kind, cost in zip(frame["id"], frame["kind"], frame["cost_yuan"], strict=True):
            if kind and kind not in KINDS_BY_ID:
                raise InputError(
                    say("site {site}: kind {kind} is not in the vocabulary", site=site, kind=kind)
                )
            if cost < 0 or cost == np.inf:
                raise InputError(
                    say("site {site}: cost_yuan {cost} must be 0 or more", site=site, cost=cost)
                )
        object.__setattr__(self, "frame", frame)

    def __len__(self) -> int:
        return len(self.frame)

    @classmethod
    def from_records(cls, records: Sequence[Mapping[str, Any]]) -> CandidateSites:
        """Make a list of sites of plain records, one mapping a site.

        Parameters
        ----------
        records
            needed are id, name, lon, lat (WGS-84 degrees); kind defaults to empty (the question
            says what may be built), cost_yuan to NaN and host_type to empty (not known), datum to
            "wgs84" and the source coordinates to lon and lat.

        Returns
        -------
        CandidateSites
            in the order of the records.

        Raises
        ------
        InputError
            when an id is double or empty, a kind is none, or a coordinate cannot be.

        Examples
        --------
        >>> from data import CandidateSites
        >>> sites = CandidateSites.from_records([
        ...     {"id": "A", "name": "西口", "lon": 116.80, "lat": 33.95},
        ...     {"id": "B", "name": "银行", "lon": 116.81, "lat": 33.95, "cost_yuan": 80_000.0},
        ... ])
        >>> sites.ids
        ('A', 'B')
        """
        defaults = {"kind": "", "cost_yuan": np.nan, "host_type": "", "datum": "wgs84"}
        return cls(frame_of_records(records, SITE_COLUMNS[:-1], defaults=defaults))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids in order."""
        return tuple(self.frame["id"])

    @cached_property
    def lonlat(self) -> npt.NDArray[np.float64]:
        """float64[n, 2], degrees of WGS-84, longitude first; not writeable."""
        return frame_lonlat(self.frame)

    @cached_property
    def content_hash(self) -> str:
        """sha256 (hex) of the content, the same in every process."""
        return frame_hash("sites", self.frame, _HASHED, self.lonlat)


def network_grid_sites(
    network: NodeNetwork,
    *,
    spacing_m: float,
    metric_crs: str,
    within: Districts | Box | None = None,
) -> CandidateSites:
    """Take one road node of every square of a grid as a candidate site.

    The squares are ``spacing_m`` metres wide and anchored at the origin of ``metric_crs``, so that
    a rebuilt network gives the same ids; of each square it is the node nearest to the middle.

    Parameters
    ----------
    network
        only nodes in its main part for walking are taken: everybody must be able to get there.
    spacing_m
        width of a square, metres.
    metric_crs
        the metric CRS of the workspace.
    within
        take only nodes inside; None, or a city without districts, takes all.

    Returns
    -------
    CandidateSites
        a site a square that has a node, without a kind and a cost.

    Raises
    ------
    NetworkError
        when no node is left.

    Examples
    --------
    >>> from geo import RawRoads, build_network
    >>> from data import network_grid_sites
    >>> street = [(116.80, 33.95), (116.81, 33.95), (116.82, 33.95)]
    >>> network = build_network(RawRoads.of_lines([(street, {"highway": "residential"})]))
    >>> network_grid_sites(network, spacing_m=500.0, metric_crs="EPSG:32650").ids
    ('grid-963-7513', 'grid-966-7513')
    """
    lonlat, _ = _nodes(network, within)
    xy = to_metric(lonlat, crs=metric_crs)
    square = np.floor(xy / spacing_m).astype(np.int64)
    off_middle = np.hypot(*(xy - (square + 0.5) * spacing_m).T)
    order = np.lexsort((off_middle, square[:, 0], square[:, 1]))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (np.diff(square[order], axis=0) != 0).any(axis=1)
    chosen = order[first]
    names = [f"{column}-{row}" for column, row in square[chosen].tolist()]
    return CandidateSites.from_records(
        [
            {"id": f"grid-{name}", "name": f"候选点 {number}", "lon": lon, "lat": lat}
            for number, (name, (lon, lat)) in enumerate(
                zip(names, lonlat[chosen].tolist(), strict=True), start=1
            )
        ]
    )


def network_node_sites(
    network: NodeNetwork, *, within: Districts | Box | None = None
) -> CandidateSites:
    """Take every road node that people on foot can get to as a candidate site.

    Parameters and errors are those of `network_grid_sites`; an id tells the number of the node.

    Examples
    --------
    >>> from geo import RawRoads, build_network
    >>> from data.sites import network_node_sites
    >>> street = [(116.80, 33.95), (116.81, 33.95), (116.82, 33.95)]
    >>> network = build_network(RawRoads.of_lines([(street, {"highway": "residential"})]))
    >>> network_node_sites(network).ids
    ('node-0', 'node-1')
    """
    lonlat, nodes = _nodes(network, within)
    return CandidateSites.from_records(
        [
            {"id": f"node-{node}", "name": f"路口 {node}", "lon": lon, "lat": lat}
            for node, (lon, lat) in zip(nodes.tolist(), lonlat.tolist(), strict=True)
        ]
    )


def _nodes(
    network: NodeNetwork, within: Districts | Box | None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return the points and numbers of the nodes of the main part for walking that lie inside."""
    lonlat = np.asarray(network.node_lonlat, dtype=np.float64)
    keep = np.asarray(network.in_main("foot"), dtype=np.bool_)
    if isinstance(within, Box):
        keep = keep & within.contains(lonlat)
    elif within is not None and len(within):
        keep = keep & (within.locate(lonlat) >= 0)
    nodes = np.flatnonzero(keep)
    if not len(nodes):
        raise NetworkError(
            say("no road node for a candidate site: does the network cover the box?")
        )
    return lonlat[nodes], nodes
