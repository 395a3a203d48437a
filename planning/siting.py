"""Where the next stations do most: candidate sites, workers by cell and group, the engine."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.spatial import cKDTree

from geo.errors import ProblemError
from planning.coverage import (
    CellCounts,
    Counts,
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
from planning.problems import CoverageProblem, Limit
from planning.reach import reach, straight_counts
from planning.solver import solve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from data.demand import Demand
    from data.settings import Settings
    from data.sites import CandidateSites
    from data.stations import Stations
    from geo.network import RoadNetwork

ANY_STATION: Final[Mapping[str, int | None]] = MappingProxyType({"station": None})

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


class SitingOptions(NamedTuple):
    """What can be built: one kind at one site an option, at most one option a site.

    ``lonlat`` float64[n_sites, 2]; ``site`` int[n_options] the row of each option's site;
    ``kinds`` the kind of each option.
    """

    lonlat: npt.NDArray[np.float64]
    site: npt.NDArray[np.int64]
    kinds: tuple[str, ...]

    @property
    def places(self) -> Places:
        """All options as stations that do not stand yet."""
        return self.built(np.arange(len(self.site)))

    def built(self, chosen: npt.NDArray[np.int64]) -> Places:
        """Return the chosen options as stations that do not stand yet."""
        return Places(self.lonlat[self.site[chosen]], tuple(self.kinds[j] for j in chosen))

    def of_kind(self, kind: str) -> npt.NDArray[np.bool_]:
        """bool[n_options]: which options build this kind."""
        return np.array([own == kind for own in self.kinds], dtype=np.bool_)


class SitingDemand(NamedTuple):
    """The siting problem's items: cell x group, group by group.

    ``covers`` bool CSR [n_options, n_groups * n_cells]; ``weights`` float64 workers; ``covered``
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
    kinds: Mapping[str, int | None] = ANY_STATION,
    standard: StandardWord = "group",
    params: SolveParams | None = None,
    on_progress: Callable[[str, float], None] | None = None,
) -> SitingPlan:
    """Choose ``new`` sites that cover the most workers whom no station covers yet.

    A site gets its own kind where it has one, else whichever of ``kinds`` does most there; one
    station a site. ``kinds`` maps each kind to how many of it may be built (None: any number).
    Existing stations that serve a group within its standard cover it for good. ``params`` default
    to `SITING_PARAMS`; ``on_progress`` is told of the travel times, ``params.on_progress`` of the
    solving.

    Raises
    ------
    ProblemError
        when ``new`` is below 0, there are no sites or kinds, or no site reaches a worker who is
        not covered yet.
    """
    if new < 0:
        raise ProblemError(f"new is {new}: give a number of stations of 0 or more")
    if not len(sites) or not kinds:
        raise ProblemError("there are no candidate sites: import some or make a grid")
    options = siting_options(sites, kinds)
    before = count_stations(
        demand, stations, network, settings, standard=standard, on_progress=on_progress
    )
    items = siting_demand(
        demand, before, options, network, settings, standard=standard, on_progress=on_progress
    )
    settled = float(items.weights[items.covered].sum())
    open_weights = np.where(items.covered, 0.0, items.weights)
    if new and not (items.covers @ open_weights).any():
        raise ProblemError(
            "no candidate site reaches a worker who is not covered yet: "
            "add sites or check their kind against the groups' kinds"
        )
    found = _solve(
        items, open_weights, options, new=new, kinds=kinds, params=params or SITING_PARAMS
    )
    steps = deployment_order(items.covers, open_weights, found.chosen)
    built = options.built(found.chosen)
    after = CellCounts(
        _road_counts_after(before, items, found.chosen),
        _straight_counts_after(before, demand, built, settings, standard=standard),
    )
    return SitingPlan(
        status=found.status,
        objective=found.objective + settled,
        bound=found.bound + settled,
        gap=(found.bound - found.objective) / (found.objective + settled or 1.0),
        runtime_s=found.runtime_s,
        method=found.method,
        sites=_planned_sites(steps, demand, sites, options, open_weights),
        before=coverage_of_counts(demand, before, standard=standard),
        after=coverage_of_counts(demand, after, standard=standard),
        inputs={
            "demand": demand.content_hash,
            "stations": stations.content_hash,
            "sites": sites.content_hash,
            "network": network.content_hash,
            "settings": settings.content_hash,
            "standard": standard,
            "kind": ", ".join(k if most is None else f"{k}:{most}" for k, most in kinds.items()),
            "new": str(new),
        },
    )


def siting_options(sites: CandidateSites, kinds: Iterable[str]) -> SitingOptions:
    """Return the options of every site: its own kind, or each of ``kinds`` where it has none."""
    pairs = [
        (row, kind)
        for row, own in enumerate(sites.frame["kind"])
        for kind in ((own,) if own else tuple(kinds))
    ]
    return SitingOptions(
        sites.lonlat,
        np.array([row for row, _ in pairs], dtype=np.int64),
        tuple(kind for _, kind in pairs),
    )


def siting_demand(
    demand: Demand,
    before: CellCounts,
    options: SitingOptions,
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
            destinations=options.lonlat,
            snap_limit_m=settings.snap_limit_m,
            on_progress=on_progress,
        )
        within = sp.csr_array(within[options.site])
        for number in numbers:
            serving = options.places.serve(groups[number])
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
    items: SitingDemand,
    weights: npt.NDArray[np.float64],
    options: SitingOptions,
    *,
    new: int,
    kinds: Mapping[str, int | None],
    params: SolveParams,
) -> Plan:
    if new == 0:
        none = np.empty(0, dtype=np.int64)
        return Plan(
            status="optimal", chosen=none, objective=0.0, bound=0.0, runtime_s=0.0, method="none"
        )
    n_sites = len(options.lonlat)
    problem = CoverageProblem(
        weights,
        items.covers,
        max_open=min(new, n_sites),
        site=options.site if len(options.site) > n_sites else None,
        limits=tuple(
            Limit(members=options.of_kind(kind), max_open=most)
            for kind, most in kinds.items()
            if most is not None
        ),
    )
    return solve(problem, params=params)


def _planned_sites(
    steps: tuple[Step, ...],
    demand: Demand,
    sites: CandidateSites,
    options: SitingOptions,
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
        row = int(options.site[step.option])
        planned.append(
            PlannedSite(
                order=len(planned) + 1,
                site_id=str(sites.frame["id"].iloc[row]),
                name=str(sites.frame["name"].iloc[row]),
                lon=float(sites.lonlat[row, 0]),
                lat=float(sites.lonlat[row, 1]),
                kind=options.kinds[step.option],
                district=districts[row],
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


def _road_counts_after(
    before: CellCounts, items: SitingDemand, chosen: npt.NDArray[np.int64]
) -> Counts:
    """Add the chosen options to the stations in reach over the roads."""
    n_cells, n_groups = before.road.shape
    more = items.covers[chosen].astype(np.uint16).sum(axis=0).reshape(n_groups, n_cells)
    return np.asarray((before.road + more.T).astype(np.uint16))


def _straight_counts_after(
    before: CellCounts, demand: Demand, built: Places, settings: Settings, *, standard: StandardWord
) -> Counts:
    """Add the built places to the stations within the circles."""
    straight = before.straight.copy()
    for number, group in enumerate(groups_of(demand, settings)):
        straight[:, number] += straight_counts(
            standard=standard_of(group, settings, standard=standard),
            origins=demand.lonlat,
            destinations=built.lonlat[built.serve(group)],
        ).astype(np.uint16)
    return straight
