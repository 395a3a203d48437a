"""Claims about plans and coverages over draws: drawn hardly apart, they are the figures as made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.demand import Demand
from data.settings import GroupSettings, ServiceStandard, Settings
from data.sites import CandidateSites
from data.stations import Stations
from geo.measure import Box
from planning.coverage.nominal import ALL, measure_coverage
from planning.coverage.ranges import range_of_coverage
from planning.density import DensityModel, PlainCells, allocate
from planning.engine.params import SolveParams
from planning.siting.question import siting_question
from planning.siting.robustness import plan_over_draws
from tests.planning.street import N_PLACES, PLACES, street_network

if TYPE_CHECKING:
    from geo.network import RoadNetwork

GROUPS = ("sanitation_worker", "courier")
FACTOR = np.array([0.5, 0.25])
CERTAIN = 1e9
"""A concentration at which every draw is the model's own weights, to a part in thousands."""


@dataclass(frozen=True)
class Street:
    """A street whose workers come from a model; a station at its west end, sites along it."""

    model: DensityModel
    demand: Demand
    stations: Stations
    sites: CandidateSites
    network: RoadNetwork
    settings: Settings


@pytest.fixture(scope="module")
def street() -> Street:
    random = np.random.default_rng(3)
    ids = np.array([f"c{k}" for k in range(N_PLACES)])
    model = DensityModel(
        cells=PlainCells(ids, PLACES, np.ones(N_PLACES)),
        groups=GROUPS,
        layers=(("homes", "depots"),) * 2,
        features=tuple(random.random((N_PLACES, 2)) for _ in GROUPS),
        weights=(np.array([0.6, 0.4]), np.array([0.3, 0.7])),
        totals=np.array([[900.0], [400.0]]),
        zone=np.zeros(N_PLACES, dtype=np.int32),
        zone_names=("city",),
    )
    standards = (ServiceStandard("foot", 130.0), ServiceStandard("ebike", 60.0))
    record = {"name": "甲", "lat": PLACES[0, 1]}
    sites = [record | {"id": f"k{k}", "lon": PLACES[k, 0]} for k in (2, 4, 6)]
    return Street(
        model=model,
        demand=Demand.at_points(
            ids=ids.tolist(), lonlat=PLACES, weights=allocate(model).weights, groups=GROUPS
        ),
        stations=Stations.from_records(
            [record | {"id": "s", "kind": "station", "lon": PLACES[0, 0]}]
        ),
        sites=CandidateSites.from_records(sites),
        network=street_network(),
        settings=Settings(
            name="Testing",
            box=Box(116.79, 33.95, 116.83, 33.99),
            metric_crs="EPSG:32650",
            groups=tuple(
                GroupSettings(group, standard, frozenset({"station"}))
                for group, standard in zip(GROUPS, standards, strict=True)
            ),
        ),
    )


def test_the_range_of_a_coverage_counts_of_each_group_the_share_that_is_asked_for(
    street: Street,
) -> None:
    measured = measure_coverage(street.demand, street.stations, street.network, street.settings)
    ranges = range_of_coverage(
        measured, street.demand, street.model, factor=FACTOR, n=5, seed=1, concentration=CERTAIN
    )
    wanted = {
        name: sum(FACTOR[g] * getattr(measured.row(group), name) for g, group in enumerate(GROUPS))
        for name in ("workers", "within_one")
    }
    assert 0 < wanted["within_one"] < wanted["workers"] == 900 * 0.5 + 400 * 0.25
    [whole] = [row for row in ranges if (row.group, row.district) == (ALL, ALL)]
    assert whole.workers == pytest.approx((wanted["workers"],) * 2)
    assert whole.within_one == pytest.approx((wanted["within_one"],) * 2, rel=1e-3)
    assert whole.share_one == pytest.approx((whole.within_one[0] / whole.workers[0],) * 2, rel=1e-3)


@pytest.mark.parametrize("factor", [np.ones(2), FACTOR])
def test_a_plan_drawn_hardly_apart_covers_what_it_covers_with_the_stations_that_stand(
    street: Street, factor: np.ndarray
) -> None:
    question = siting_question(
        street.demand, street.stations, street.sites, street.network, street.settings
    )
    params = SolveParams(gap=0.0)
    made = question.plan(new=1, params=params)
    drawn = plan_over_draws(
        question,
        made,
        street.model,
        factor=factor,
        new=1,
        kinds={"station": None},
        n=4,
        seed=2,
        concentration=CERTAIN,
        params=params,
    )
    covered = sum(
        share * made.after.row(group).within_one
        for share, group in zip(factor, GROUPS, strict=True)
    )
    assert made.covered_before > 0
    assert drawn.covered_after == pytest.approx((covered,) * 2, rel=1e-3)
    assert drawn.best_after[0] >= drawn.covered_after[0] * (1 - 1e-9)
    assert sum(site.share for site in drawn.sites) == pytest.approx(1.0)
    if (factor == 1.0).all():
        assert drawn.regret == pytest.approx(0.0, abs=1e-3)
        assert (drawn.sites[0].site_id, drawn.sites[0].share) == (made.sites[0].site_id, 1.0)
