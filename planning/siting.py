"""Where the next stations do most: candidate sites, workers by cell and group, the engine."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.spatial import cKDTree

from geo.errors import ProblemError
from planning.coverage import (
    CellCounts,
    Coverage,
    Places,
    StandardWord,
    by_standard,
    count_stations,
    coverage_of_counts,
    groups_of,
    standard_of,
)
from planning.marginals import Step, deployment_order
from planning.params import Plan, SolveParams
from planning.problems import CoverageProblem
from planning.reach import reach, straight_counts
from planning.solver import solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.demand import Demand
    from data.settings import Settings
    from data.sites import CandidateSites
    from data.stations import Stations
    from geo.network import RoadNetwork

# A plan within 0.1 % of the best possible is better than the demand is known.
SITING_PARAMS = SolveParams(time_limit_s=10.0, gap=0.001)


@dataclass(frozen=True)
class PlannedSite:
    """One site of a plan, in the order in which to build (each next one adds most).

    ``adds_workers`` are those whom it covers beside the existing stations and the sites before
    it; ``lost_without`` those who would lose cover if it alone were left out of the whole plan.
    """

    order: int
    site_id: str
    name: str
    lon: float
    lat: float
    kind: str
    district: str
    adds_workers: float
    adds_by_group: dict[str, float]
    lost_without: float


@dataclass(frozen=True, eq=False)
class SitingPlan:
    """Where to build, how good that is proven to be, and coverage before and after.

    ``objective`` is the number of workers covered after (existing stations and plan together),
    ``bound`` what no choice of as many sites can pass, ``gap`` their relative distance.
    """

    status: str
    objective: float
    bound: float
    gap: float
    runtime_s: float
    method: str
    sites: tuple[PlannedSite, ...]
    before: Coverage
    after: Coverage
    inputs: dict[str, str]

    @property
    def covered_before(self) -> float:
        """Workers within the standard of an existing station."""
        return self.before.row().within_one

    @property
    def covered_after(self) -> float:
        """Workers within the standard of an existing or planned station."""
        return self.after.row().within_one

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "status": self.status,
            "objective": self.objective,
            "covered_before": self.covered_before,
            "covered_after": self.covered_after,
            "bound": self.bound,
            "gap": self.gap,
            "runtime_s": self.runtime_s,
            "method": self.method,
            "sites": [asdict(site) for site in self.sites],
            "before": self.before.as_dict(),
            "after": self.after.as_dict(),
            "inputs": dict(self.inputs),
        }

    @classmethod
    def from_dict(cls, body: dict[str, Any]) -> SitingPlan:
        """Read back what `as_dict` wrote."""
        return cls(
            status=str(body["status"]),
            objective=float(body["objective"]),
            bound=float(body["bound"]),
            gap=float(body["gap"]),
            runtime_s=float(body["runtime_s"]),
            method=str(body["method"]),
            sites=tuple(PlannedSite(**site) for site in body["sites"]),
            before=Coverage.from_dict(body["before"]),
            after=Coverage.from_dict(body["after"]),
            inputs=dict(body["inputs"]),
        )


class SitingDemand(NamedTuple):
    """The siting problem's items: cell x group, group by group.

    ``covers`` bool CSR [n_sites, n_groups * n_cells]; ``weights`` float64 workers; ``covered``
    marks the items that existing stations cover for good.
    """

    covers: sp.csr_array
    weights: npt.NDArray[np.float64]
    covered: npt.NDArray[np.bool_]


def plan_stations(
    demand: Demand,
    stations: Stations,
    sites: CandidateSites,
    network: RoadNetwork,
    settings: Settings,
    *,
    new: int,
    kind: str = "station",
    standard: StandardWord = "group",
    params: SolveParams | None = None,
    on_progress: Callable[[str, float], None] | None = None,
) -> SitingPlan:
    """Choose ``new`` sites that cover the most workers whom no station covers yet.

    A site gets its own kind where it has one, else ``kind``; one station a site. Existing stations
    that serve a group within its standard cover it for good. ``params`` default to
    `SITING_PARAMS`; ``on_progress`` is told of the travel times, ``params.on_progress`` of the
    solving.

    Raises
    ------
    ProblemError
        when ``new`` is below 0, or no site reaches a worker who is not covered yet.
    """
    if new < 0:
        raise ProblemError(f"new is {new}: give a number of stations of 0 or more")
    if not len(sites):
        raise ProblemError("there are no candidate sites: import some or make a grid")
    kinds = tuple(own or kind for own in sites.frame["kind"])
    before = count_stations(
        demand, stations, network, settings, standard=standard, on_progress=on_progress
    )
    items = siting_demand(
        demand, before, Places(sites.lonlat, kinds), network, settings,
        standard=standard, on_progress=on_progress,
    )  # fmt: skip
    settled = float(items.weights[items.covered].sum())
    open_weights = np.where(items.covered, 0.0, items.weights)
    if new and not (items.covers @ open_weights).any():
        raise ProblemError(
            "no candidate site reaches a worker who is not covered yet: "
            "add sites or check their kind against the groups' kinds"
        )
    found = _solve(items, open_weights, new=new, params=params or SITING_PARAMS)
    steps = deployment_order(items.covers, open_weights, found.chosen)
    after = _counts_after(demand, before, items, sites, kinds, found.chosen, settings, standard)
    return SitingPlan(
        status=found.status,
        objective=found.objective + settled,
        bound=found.bound + settled,
        gap=(found.bound - found.objective) / (found.objective + settled or 1.0),
        runtime_s=found.runtime_s,
        method=found.method,
        sites=_planned_sites(steps, demand, sites, kinds, open_weights),
        before=coverage_of_counts(demand, before, standard=standard),
        after=coverage_of_counts(demand, after, standard=standard),
        inputs={
            "demand": demand.content_hash,
            "stations": stations.content_hash,
            "sites": sites.content_hash,
            "network": network.content_hash,
            "standard": standard,
            "kind": kind,
            "new": str(new),
        },
    )


def siting_demand(
    demand: Demand,
    before: CellCounts,
    places: Places,
    network: RoadNetwork,
    settings: Settings,
    *,
    standard: StandardWord = "group",
    on_progress: Callable[[str, float], None] | None = None,
) -> SitingDemand:
    """Return the items of the siting problem; each distinct service standard is searched once."""
    groups = groups_of(demand, settings)
    blocks: list[sp.csr_array] = [sp.csr_array((0, 0))] * len(groups)
    for held, numbers in by_standard(groups, settings, standard=standard).items():
        within = reach(
            network,
            standard=held,
            origins=demand.lonlat,
            destinations=places.lonlat,
            snap_limit_m=settings.snap_limit_m,
            on_progress=on_progress,
        )
        for number in numbers:
            serving = places.serve(groups[number])
            blocks[number] = within if serving.all() else _rows_kept(within, serving)
    return SitingDemand(
        covers=sp.csr_array(sp.hstack(blocks, format="csr")),
        weights=demand.weights.T.ravel(),
        covered=(before.road > 0).T.ravel(),
    )


def _rows_kept(matrix: sp.csr_array, kept: npt.NDArray[np.bool_]) -> sp.csr_array:
    size = np.where(kept, np.diff(matrix.indptr), 0)
    entries = np.repeat(kept, np.diff(matrix.indptr))
    return sp.csr_array(
        (matrix.data[entries], matrix.indices[entries], np.r_[0, np.cumsum(size)]),
        shape=matrix.shape,
    )


def _solve(
    items: SitingDemand, weights: npt.NDArray[np.float64], *, new: int, params: SolveParams
) -> Plan:
    n_sites = items.covers.shape[0]
    if new == 0:
        none = np.empty(0, dtype=np.int64)
        return Plan(
            status="optimal", chosen=none, objective=0.0, bound=0.0, runtime_s=0.0, method="none"
        )
    problem = CoverageProblem(weights, items.covers, max_open=min(new, n_sites))
    return solve(problem, params=params)


def _planned_sites(
    steps: tuple[Step, ...],
    demand: Demand,
    sites: CandidateSites,
    kinds: tuple[str, ...],
    weights: npt.NDArray[np.float64],
) -> tuple[PlannedSite, ...]:
    """Return the sites in order; a site that adds nobody is left out."""
    n_cells = len(demand)
    planned: list[PlannedSite] = []
    districts = _district_of_sites(demand, sites.lonlat)
    for step in steps:
        if step.adds <= 0.0:
            continue
        adds = np.bincount(
            step.items // n_cells, weights=weights[step.items], minlength=len(demand.groups)
        )
        planned.append(
            PlannedSite(
                order=len(planned) + 1,
                site_id=str(sites.frame["id"].iloc[step.option]),
                name=str(sites.frame["name"].iloc[step.option]),
                lon=float(sites.lonlat[step.option, 0]),
                lat=float(sites.lonlat[step.option, 1]),
                kind=kinds[step.option],
                district=districts[step.option],
                adds_workers=step.adds,
                adds_by_group=dict(zip(demand.groups, map(float, adds), strict=True)),
                lost_without=step.lost_without,
            )
        )
    return tuple(planned)


def _district_of_sites(demand: Demand, lonlat: npt.NDArray[np.float64]) -> list[str]:
    """Return the district of the nearest demand point: sites carry none of their own."""
    if not len(demand):
        return [""] * len(lonlat)
    _, nearest = cKDTree(demand.lonlat).query(lonlat)
    names = (*demand.district_names, "")
    return [names[number] for number in demand.district[nearest]]


def _counts_after(  # noqa: PLR0917 - compiled: positional only
    demand: Demand,
    before: CellCounts,
    items: SitingDemand,
    sites: CandidateSites,
    kinds: tuple[str, ...],
    chosen: npt.NDArray[np.int64],
    settings: Settings,
    standard: StandardWord,
) -> CellCounts:
    """Add the chosen sites to the stations in reach."""
    shape = (len(demand.groups), len(demand))
    road = before.road + items.covers[chosen].astype(np.uint16).sum(axis=0).reshape(shape).T
    straight = before.straight.copy()
    places = Places(sites.lonlat[chosen], tuple(kinds[j] for j in chosen))
    for number, group in enumerate(groups_of(demand, settings)):
        straight[:, number] += straight_counts(
            standard=standard_of(group, settings, standard=standard),
            origins=demand.lonlat,
            destinations=places.lonlat[places.serve(group)],
        ).astype(np.uint16)
    return CellCounts(road.astype(np.uint16), straight)
