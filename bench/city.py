"""Whole siting questions, travel times included: the sample city, and a city of 572,000 nodes."""

from __future__ import annotations

import resource
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from bench import instances
from bench.network import reached_from
from data.sites import network_grid_sites
from data.workspace import Workspace
from geo.contraction import hilbert_order
from geo.search import StateGraph
from planning import CoverageProblem, SolveParams, solve
from planning.siting import plan_stations
from web.cli import yizhan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.tables import Row

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
    """Plan twelve stations in the sample city, the existing ones fixed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "sample"
        yizhan.main(["demo", "-w", str(folder), "--no-serve"], standalone_mode=False)
        workspace = Workspace.open(folder)
        demand, stations, network = workspace.demand(), workspace.stations(), workspace.network()
        sites = network_grid_sites(
            network,
            spacing_m=workspace.settings.candidate_spacing_m,
            metric_crs=workspace.settings.metric_crs,
            within=workspace.districts,
        )
        questions: dict[str, dict[str, int | None]] = {
            "12 stations": {"station": None},
            "8 stations, 4 driver homes": {"station": 8, "driver_home": 4},
        }
        for words, kinds in questions.items():
            for gap in (0.01, 0.0):
                start = time.perf_counter()
                plan = plan_stations(
                    demand,
                    stations,
                    sites,
                    network,
                    workspace.settings,
                    new=12,
                    kinds=kinds,
                    params=SolveParams(time_limit_s=60, gap=gap),
                )
                asked = f"{words}, gap {100 * gap:g} % asked"
                took_s = time.perf_counter() - start
                work = f"sample city: {len(demand):,} cells x 5 groups, {len(sites):,} sites"
                yield _row(f"{work}, {asked}", plan, took_s)


def generated_city() -> list[Row]:
    """Choose 40 of 2,000 sites for 1.2 million workers within 10 minutes on 572,000 nodes."""
    matrix, places = instances.generator().city_graph(760)
    order = hilbert_order(places)
    matrix = matrix[order][:, order].tocsr()
    rng = np.random.default_rng(11)
    n_nodes = matrix.shape[0]
    weights = rng.multinomial(_WORKERS, rng.dirichlet(np.full(n_nodes, 0.5))).astype(np.float64)
    sites = np.sort(rng.choice(n_nodes, _CANDIDATES, replace=False))
    start = time.perf_counter()
    graph = StateGraph(
        matrix.indptr.astype(np.int64),
        matrix.indices.astype(np.int32),
        matrix.data.astype(np.float32),
    )
    with ThreadPoolExecutor(2) as pool:  # sites stand in the order of the nodes: halves are near
        parts = list(pool.map(lambda some: _covers(graph, some), np.array_split(sites, 2)))
    covers = sp.csr_array(sp.vstack(parts))
    searched_s = time.perf_counter() - start
    problem = CoverageProblem(weights, covers, max_open=_NEW)
    plan = solve(problem, params=SolveParams(time_limit_s=12, gap=0.003))
    took_s = time.perf_counter() - start
    work = f"{n_nodes:,} nodes, {_WORKERS:,} workers, 2,000 sites, p = 40, 10 min"
    return [_row(f"{work} (travel times {searched_s:.1f} s of it)", plan, took_s)]


def _covers(graph: StateGraph, sites: np.ndarray) -> sp.csr_array:
    """Return the nodes within the cutoff of each site; the graph is the same both ways."""
    indptr, nodes, _ = reached_from(graph, sites, _CUTOFF_S)
    shape = (len(sites), graph.n_states)
    covers = sp.csr_array((np.ones(len(nodes), dtype=np.bool_), nodes, indptr), shape=shape)
    covers.sort_indices()
    return covers


def _row(work: str, plan: Any, took_s: float) -> Row:  # noqa: ANN401 - a plan of either kind
    return {
        "work": work,
        "covered": plan.objective,
        "bound": plan.bound,
        "gap %": 100 * plan.gap,
        "status": plan.status,
        "seconds": took_s,
        "MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
