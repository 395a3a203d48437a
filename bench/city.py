"""Whole siting questions, travel times included: the sample city, and a city of 572,000 nodes."""

from __future__ import annotations

import resource
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from bench import instances
from bench.network import reached_from
from data.cells import make_cells
from data.demand import Demand
from data.sites import CandidateSites, network_grid_sites
from data.workspace import Workspace
from geo.contraction import hilbert_order
from geo.search import StateGraph
from planning import CoverageProblem, SolveParams, solve
from planning.siting.question import plan_stations, siting_question
from web.cli import yizhan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.tables import Row
    from planning import Plan, SitingPlan

_WORKERS = 1_200_000
_CANDIDATES = 2_000
_NEW = 40
_CUTOFF_S = 600.0


def run() -> list[Row]:
    """Answer each question twice: the first time compiles what is not compiled yet."""
    rows = list(_sample_city())
    if instances.FOLDER.exists():
        generated_city()
        rows += generated_city()
    return rows


def _sample_city() -> Iterator[Row]:
    """Plan in the sample city, the existing stations fixed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "sample"
        yizhan.main(["demo", "-w", str(folder), "--no-serve"], standalone_mode=False)
        workspace = Workspace.open(folder)
        settings = workspace.settings
        sites = network_grid_sites(
            workspace.network(),
            spacing_m=settings.candidate_spacing_m,
            metric_crs=settings.metric_crs,
            within=workspace.districts,
        )
        yield from _usual_questions(workspace, sites)
        yield from _whole_city(workspace)


def _usual_questions(workspace: Workspace, sites: CandidateSites) -> Iterator[Row]:
    """Ask for twelve stations as the demo does, and for a mix of kinds."""
    demand = workspace.demand()
    work = f"sample city: {len(demand):,} cells x 5 groups, {len(sites):,} sites"
    questions: dict[str, dict[str, int | None]] = {
        "12 stations": {"station": None},
        "8 stations, 4 driver homes": {"station": 8, "driver_home": 4},
    }
    for words, kinds in questions.items():
        for gap in (0.01, 0.0):
            watch = Stopwatch()
            plan = plan_stations(
                demand,
                workspace.stations(),
                sites,
                workspace.network(),
                workspace.settings,
                new=12,
                kinds=kinds,
                params=SolveParams(time_limit_s=60, gap=gap),
            )
            yield _row(f"{work}, {words}, gap {100 * gap:g} % asked", plan, watch)


def _whole_city(workspace: Workspace) -> Iterator[Row]:
    """Every 250 m cell of the city, also where nobody works, and 3,000 sites; then ask again."""
    settings = workspace.settings
    demand = every_cell(workspace)
    sites = network_grid_sites(
        workspace.network(),
        spacing_m=400.0,
        metric_crs=settings.metric_crs,
        within=workspace.districts,
    )
    rng = np.random.default_rng(3)
    kept = np.sort(rng.choice(len(sites), min(len(sites), 3_000), replace=False))
    sites = CandidateSites(sites.frame.iloc[kept])
    work = f"sample city, every cell: {len(demand):,} x 5 groups, {len(sites):,} sites"
    params = SolveParams(time_limit_s=60, gap=0.01)
    watch = Stopwatch()
    question = siting_question(
        demand, workspace.stations(), sites, workspace.network(), settings, kinds=("station",)
    )
    searched_s = watch.wall_s
    plan = question.plan(new=12, params=params)
    yield _row(f"{work}, 12 stations (travel times {searched_s:.1f} s of it)", plan, watch)
    asked: dict[str, dict[str, Any]] = {
        "13 stations": {"new": 13},
        "12 without the first site": {"new": 12, "without": [plan.sites[0].site_id]},
    }
    for words, changed in asked.items():
        watch = Stopwatch()
        again = question.plan(params=params, last=plan, **changed)
        yield _row(f"{work}, asked again: {words}", again, watch)


def every_cell(workspace: Workspace) -> Demand:
    """Put the workers of the sample city into every 250 m cell of its districts.

    A cell without workers of a group gets a fiftieth of a worker, so that no cell can be left out.
    """
    cells = make_cells(workspace.districts, metric_crs=workspace.settings.metric_crs)
    known = workspace.demand()
    cell = cells.locate(known.lonlat)
    weights = np.zeros((len(cells), len(known.groups)))
    np.add.at(weights, cell[cell >= 0], known.weights[cell >= 0])
    return Demand(
        ids=cells.ids,
        lonlat=cells.lonlat,
        weights=np.maximum(weights, 0.02),
        groups=known.groups,
        district=cells.district,
        district_names=cells.district_names,
    )


def generated_city() -> list[Row]:
    """Choose 40 of 2,000 sites for 1.2 million workers within 10 minutes on 572,000 nodes."""
    matrix, places = instances.generator().city_graph(760)
    order = hilbert_order(places)
    matrix = matrix[order][:, order].tocsr()
    rng = np.random.default_rng(11)
    n_nodes = matrix.shape[0]
    weights = rng.multinomial(_WORKERS, rng.dirichlet(np.full(n_nodes, 0.5))).astype(np.float64)
    sites = np.sort(rng.choice(n_nodes, _CANDIDATES, replace=False))
    watch = Stopwatch()
    graph = StateGraph(
        matrix.indptr.astype(np.int64),
        matrix.indices.astype(np.int32),
        matrix.data.astype(np.float32),
    )
    with ThreadPoolExecutor(2) as pool:  # sites stand in the order of the nodes: halves are near
        parts = list(pool.map(lambda some: _covers(graph, some), np.array_split(sites, 2)))
    covers = sp.csr_array(sp.vstack(parts))
    searched_s = watch.wall_s
    problem = CoverageProblem(weights, covers, max_open=_NEW)
    plan = solve(problem, params=SolveParams(time_limit_s=12, gap=0.003))
    work = f"{n_nodes:,} nodes, {_WORKERS:,} workers, 2,000 sites, p = 40, 10 min"
    first = _row(f"{work} (travel times {searched_s:.1f} s of it)", plan, watch)
    return [first, *_asked_again(problem, plan)]


def _asked_again(problem: CoverageProblem, plan: Plan) -> Iterator[Row]:
    """Change a site, the number or the money, and answer from the last answer."""
    n = problem.n_options
    costs = np.random.default_rng(12).integers(200, 600, n) * 1_000.0
    spent = float(costs[plan.chosen].sum())
    numbers = np.arange(n)
    changes: dict[str, dict[str, Any]] = {
        "41 sites": {"max_open": _NEW + 1},
        "38 sites": {"max_open": _NEW - 2},
        "a site cannot be had": {"forbidden": numbers == plan.chosen[0]},
        "a site is promised": {
            "required": numbers == np.setdiff1d(numbers, plan.chosen)[0],
            "max_open": _NEW - 1,
        },
        "a budget a tenth below what it cost": {"costs": costs, "budget": 0.9 * spent},
    }
    for words, changed in changes.items():
        watch = Stopwatch()
        params = SolveParams(time_limit_s=0.3, gap=max(plan.gap, 0.003), start=plan)
        again = solve(replace(problem, **changed), params=params)
        yield _row(f"the same asked again: {words}", again, watch)


def _covers(graph: StateGraph, sites: np.ndarray) -> sp.csr_array:
    """Return the nodes within the cutoff of each site; the graph is the same both ways."""
    indptr, nodes, _ = reached_from(graph, sites, _CUTOFF_S)
    shape = (len(sites), graph.n_states)
    covers = sp.csr_array((np.ones(len(nodes), dtype=np.bool_), nodes, indptr), shape=shape)
    covers.sort_indices()
    return covers


class Stopwatch:
    """Wall and processor seconds since its birth."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    @property
    def wall_s(self) -> float:
        """Seconds on the wall clock."""
        return time.perf_counter() - self._wall

    @property
    def cpu_s(self) -> float:
        """Seconds of the processor, all threads together."""
        return time.process_time() - self._cpu


def _row(work: str, plan: Plan | SitingPlan, watch: Stopwatch) -> Row:
    return {
        "work": work,
        "covered": plan.objective,
        "bound": plan.bound,
        "gap %": 100 * plan.gap,
        "status": plan.status,
        "seconds": watch.wall_s,
        "cpu s": watch.cpu_s,
        "engine s": plan.runtime_s,
        "MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
