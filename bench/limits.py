"""Time limits in every class, and a share at least cost: ours, HiGHS and plain greedy in one run.

`python -m bench.limits NAME` runs one case in a process of its own and prints its row as JSON.
Limits are processor seconds of all threads, so that others' work on the machine takes from none.
Instances are read from ``../shared/instances``; without that folder there are no rows.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from bench import instances
from bench.tables import Row, measure_command
from bench.weak_classes import by_the_processor
from planning import (
    PCenterProblem,
    PMedianProblem,
    Progress,
    SetCoverProblem,
    SolveParams,
    solve,
)
from planning.engine.cover_arrays import from_rows
from planning.engine.lscp.partial_covering import partial_task, share_model
from planning.engine.mip import solve_mip

if TYPE_CHECKING:
    from collections.abc import Callable

Result = dict[str, object]

CLASSES = ("plain", "budget", "capacitated", "backup", "gradual", "max_min", "floors", "lscp")
SHARES = tuple(
    (n, radius, share)
    for n in (1000, 2500)
    for radius in (3.5, 3.75, 4.0)
    for share in (0.5, 0.6, 0.7)
)


def town(n: int) -> np.ndarray:
    """Whole distances between n points of a square of 1,000."""
    x, y = np.random.default_rng(0).random((2, n)) * 1000
    return np.floor(np.hypot(x[:, None] - x, y[:, None] - y))


def ours(small: Any, problem: Any, limit_s: float) -> Result:  # noqa: ANN401 - any problem
    """Solve a problem after a small one of its class, which loads the compiled loops."""
    solve(small, params=SolveParams(time_limit_s=5.0))
    news: list[tuple[float, Progress]] = []
    cpu = time.process_time()

    def listen(progress: Progress) -> None:
        news.append((time.process_time() - cpu, progress))

    with by_the_processor():
        plan = solve(problem, params=SolveParams(time_limit_s=limit_s, on_progress=listen))
    cpu_s = time.process_time() - cpu
    is_last = [spent for spent, now in news if now.incumbent == plan.objective]
    return {
        "by": "ours",
        "value": plan.objective,
        "bound": plan.bound,
        "gap %": round(100 * plan.gap, 2),
        "status": plan.status,
        "cpu s": round(cpu_s, 2),
        "plan at cpu s": round(min(is_last, default=cpu_s), 2),
        "past the limit s": round(max(cpu_s - plan.compiling_s - limit_s, 0.0), 2),
    }


def share_of(name: str) -> tuple[sp.csr_array, np.ndarray, float]:
    """Cover, weights and share of a case of partial covering."""
    if name == "weak":
        problem = instances.weak_classes().problem("partial")
        return problem.covers, problem.weights, problem.share
    n, radius, share = name.split()
    points, demand = instances.psclp(int(n))
    return instances.within(points, float(radius)), demand, float(share)


def greedy_share(covers: sp.csr_array, weights: np.ndarray, share: float) -> Result:
    """Open what adds most until the share is covered."""
    rows, left = sp.csr_array(covers).astype(np.float64), weights.astype(np.float64)
    need, opened, start = share * left.sum(), 0, time.process_time()
    while need > 0.0:
        gains = rows @ left
        best = int(gains.argmax())
        need -= gains[best]
        left[rows.indices[rows.indptr[best] : rows.indptr[best + 1]]] = 0.0
        opened += 1
    return {"by": "greedy", "value": opened, "cpu s": round(time.process_time() - start, 2)}


def highs_share(covers: sp.csr_array, weights: np.ndarray, share: float, limit_s: float) -> Result:
    """Give the plain model to HiGHS, cold."""
    rows = sp.csr_array(covers)
    cover = from_rows(
        rows.indptr.astype(np.int64), rows.indices.astype(np.int32), weights.astype(np.float64)
    )
    n = rows.shape[0]
    model = share_model(
        partial_task(cover, np.ones(n), share * float(weights.sum())), np.ones(n, dtype=np.bool_)
    )
    start = time.process_time()
    answer = solve_mip(model, time_limit_s=limit_s)
    bound = answer.bound.figure(absent=0.0, nothing=np.nan)
    return {
        "by": "HiGHS",
        "value": answer.objective,
        "bound": bound,
        "gap %": round(100 * (1 - bound / answer.objective), 2),
        "cpu s": round(time.process_time() - start, 2),
    }


def _limit_case(name: str) -> Result:
    kind, _, size = name.partition(" ")
    if kind == "center":
        return ours(PCenterProblem(town(60), 4), PCenterProblem(town(int(size)), 20), 1.0)
    if kind == "median":
        small, large = (PMedianProblem(town(n), np.ones(n), 20) for n in (60, int(size)))
        return ours(small, large, 1.0)
    make = instances.weak_classes().problem
    large = {"items": 40_000, "options": 3_000, "p": 100} if size else {}
    return ours(make(kind, items=400, options=40, p=4), make(kind, **large), 1.0)


def _share_case(name: str, by: str) -> Result:
    covers, weights, share = share_of(name)
    limit_s = 10.0 if name == "weak" else 60.0
    if by == "greedy":
        return greedy_share(covers, weights, share)
    if by == "HiGHS":
        return highs_share(covers, weights, share, limit_s)
    rng = np.random.default_rng(0)
    small = SetCoverProblem(sp.csr_array(rng.random((120, 900)) < 0.05), share=share)
    return ours(small, SetCoverProblem(covers, None, weights, share), limit_s)


def cases() -> dict[str, Callable[[], Result]]:
    """Every row by its name."""
    sizes = [f"center {n}" for n in (1000, 2000, 4000)] + [f"median {n}" for n in (1000, 4000)]
    made: dict[str, Callable[[], Result]] = {
        f"1 s: {name}": lambda name=name: _limit_case(name)
        for name in (*CLASSES, "partial", *sizes, *(f"{kind} large" for kind in CLASSES))
    }
    for by in ("ours", "HiGHS", "greedy"):
        made[f"90 % of 20,000 x 1,000, 10 s: {by}"] = lambda by=by: _share_case("weak", by)
    for n, radius, share in SHARES:
        words = f"{n} {radius} {share}"
        for by in ("ours", "greedy"):
            made[f"share {words}: {by}"] = lambda w=words, by=by: _share_case(w, by)
    return made


def run() -> list[Row]:
    """Measure every row, each in a process of its own."""
    if not instances.FOLDER.exists():
        return []
    rows: list[Row] = []
    for name in cases():
        measured = measure_command([sys.executable, "-m", "bench.limits", name])
        row: dict[str, object] = json.loads(measured.out.splitlines()[-1])
        rows.append({"case": name} | row)
    return rows


if __name__ == "__main__":
    print(json.dumps(cases()[sys.argv[1]](), default=float))
