"""The stations that stand, beside a plan: whom each reaches, and what closing it would lose."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.coverage.nominal import Places, count_places, groups_of, reach_by_standard
from planning.decisions.actions import district_of
from planning.decisions.items import slowed
from planning.decisions.redundant import Redundancy, find_redundant
from planning.decisions.world import changed_roads

if TYPE_CHECKING:
    from data.demand import Demand
    from data.settings import Settings
    from data.stations import Stations
    from geo.network import RoadNetwork
    from planning.decisions.decide import AskedQuestion
    from planning.decisions.decision import Decision
    from planning.engine.params import SolveParams

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class StandingLine:
    """One open station that the plan leaves as it is, in workers of today, each counted once.

    ``in_reach`` are the workers whom it reaches and serves, ``lost`` those whom nothing else
    reaches, neither another station nor the plan. ``visits`` are the check-ins that were counted,
    None where nobody counted; ``closes`` whether it is one of the most that could close at once.
    """

    id: str
    name: str
    kind: str
    district: str
    in_reach: float
    lost: float
    closes: bool
    visits: float | None = None

    @property
    def visits_per_worker(self) -> float | None:
        """Visits for each worker in reach; None where nobody counted, or nobody is in reach."""
        return None if self.visits is None or not self.in_reach else self.visits / self.in_reach


@dataclass(frozen=True)
class StandingStations:
    """All of them, the one whose closing loses least first (with visits: the worst used first).

    ``n_redundant`` lose nothing one by one; ``at_most`` is the proved limit of how many can close
    together without a loss, ``n_together`` how many were found that can.
    """

    lines: tuple[StandingLine, ...]
    n_redundant: int
    n_together: int
    at_most: int

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "n_redundant": self.n_redundant,
            "n_together": self.n_together,
            "at_most": self.at_most,
            "stations": [
                asdict(line) | {"visits_per_worker": line.visits_per_worker} for line in self.lines
            ],
        }


def standing_stations(
    asked: AskedQuestion,
    made: Decision,
    *,
    demand: Demand,
    stations: Stations,
    network: RoadNetwork,
    settings: Settings,
    visits: Floats | None = None,
    params: SolveParams | None = None,
) -> StandingStations:
    """Count what closing each station would lose once the plan stands.

    Parameters
    ----------
    asked, made
        the question and its answer.
    demand, stations, network, settings
        the city that it was asked of.
    visits
        float64[n_stations] check-ins of each station, NaN where nobody counted.
    params
        how long and how exactly the most that can close together are sought.
    """
    network = changed_roads(network, asked.question, settings=settings)
    settings = slowed(settings, asked.question)
    groups, standard = groups_of(demand, settings), asked.question.goal.standard
    touched = {one.station for one in made.actions if one.station}
    ids = [str(one) for one in stations.frame["id"]]
    rows = np.flatnonzero(
        stations.frame["status"].eq("open").to_numpy()
        & np.array([one not in touched for one in ids], dtype=np.bool_)
    )
    blocks: dict[int, sp.csr_array] = {}
    for numbers, within in reach_by_standard(
        groups, network, settings, ends=(demand.lonlat, stations.lonlat[rows]), standard=standard
    ):
        for number in numbers:
            serves = sp.diags_array(stations.serves(groups[number])[rows].astype(np.float64))
            blocks[number] = sp.csr_array(serves @ within.astype(np.float64))
    covers = sp.csr_array(sp.hstack([blocks[number] for number in range(len(groups))]))
    covers.eliminate_zeros()
    weights = demand.weights.T.ravel()
    kind_of = dict(zip(ids, stations.frame["kind"].astype(str), strict=True))
    doing = [
        (one.lon, one.lat, kind)
        for one in made.actions
        if one.what != "close"
        # what is made of a station serves whom the station did, too
        for kind in dict.fromkeys((one.kind, kind_of.get(one.station, one.kind)))
    ]
    places = Places(
        np.array([at[:2] for at in doing]).reshape(-1, 2), tuple(kind for *_, kind in doing)
    )
    beside = count_places(demand, places, network, settings, standard=standard).road > 0
    found = (
        find_redundant(covers, weights, covered_else=beside.T.ravel(), params=params)
        if covers.nnz
        else _nobody(len(rows))
    )
    together = set(found.together.tolist())
    districts = district_of(demand, stations.lonlat[rows])
    in_reach = covers @ weights
    frame = stations.frame
    lines = [
        StandingLine(
            id=ids[row],
            name=str(frame["name"].iloc[row]),
            kind=str(frame["kind"].iloc[row]),
            district=districts[number],
            in_reach=float(in_reach[number]),
            lost=float(found.lost[number]),
            closes=number in together,
            visits=None if visits is None or np.isnan(visits[row]) else float(visits[row]),
        )
        for number, row in enumerate(rows.tolist())
    ]
    return StandingStations(
        lines=tuple(sorted(lines, key=_worst_first)),
        n_redundant=len(found.redundant),
        n_together=len(together),
        at_most=found.at_most,
    )


def _nobody(n: int) -> Redundancy:
    """Stations that reach nobody: all can close."""
    every = np.arange(n)
    return Redundancy(
        lost=np.zeros(n), redundant=every, together=every, together_lost=0.0, at_most=n
    )


def _worst_first(line: StandingLine) -> tuple[float, float, str]:
    used = line.visits_per_worker
    return (np.inf if used is None else used, line.lost, line.id)
