"""A planner's question in the sample city: ours, HiGHS and greedy on the same model, in one run.

The opening question of the planner's guide (three years of money, a money rule, longer hours, a
floor, a zone), and one of worker-hours of a week. Each row is a process of its own on a workspace
that is made once. ``python -m bench.decisions FOLDER WHAT SECONDS`` measures a single one.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from bench.tables import Row, measure_command
from data.questions import Question
from data.workspace import Workspace
from planning import SolveParams, warm_up
from planning.decisions.explain import money_curve
from planning.engine.mclp.milp import cover_programme
from planning.engine.mclp.reduction import reduce_coverage
from planning.engine.mip import solve_mip
from web.cli import yizhan
from web.services.decisions import ask_workspace

if TYPE_CHECKING:
    from planning.decisions import AskedQuestion
    from planning.engine.problems import CoverageProblem

OPENING: dict[str, Any] = {
    "years": {"first": 2027, "count": 3},
    "money": {"yuan_by_year": [600_000, 500_000, 500_000]},
    "actions": {
        "build": ["station", "driver_home"],
        "existing": "upgrade",
        "extend_hours": ["7:00-22:00"],
    },
    "floors": [{"name": "truckers", "least_share": 0.3, "groups": ["truck_driver"]}],
    "zones": [
        {
            "name": "yard",
            "around": [116.80, 33.95],
            "within_m": 2500.0,
            "rule": "require",
            "kinds": ["driver_home"],
        }
    ],
    "money_rules": [{"rule": "share", "payer": "市总工会", "share": 0.6, "cap_yuan": 100_000}],
}
HOURS: dict[str, Any] = {
    "goal": {"what": "worker_hours"},
    "money": {"yuan_by_year": [900_000]},
    "actions": {
        "build": ["station", "driver_home"],
        "build_hours": ["8:00-20:00", "0:00-24:00"],
        "existing": "upgrade",
        "extend_hours": ["6:00-24:00"],
    },
}
WHAT = (
    ("opening", "ours", 3.0),
    ("opening", "ours", 15.0),
    ("opening", "edited", 15.0),
    ("opening", "HiGHS", 60.0),
    ("opening", "greedy", 60.0),
    ("opening", "curve of 30", 10.0),
    ("worker-hours", "ours", 10.0),
)


def run() -> list[Row]:
    """Measure every question by every way."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "city"
        yizhan.main(["demo", "-w", str(folder), "--no-serve"], standalone_mode=False)
        for question, by, limit_s in WHAT:
            command = [sys.executable, "-m", "bench.decisions", str(folder), question, by]
            measured = measure_command([*command, str(limit_s)])
            row: Row = json.loads(measured.out)
            head = {"question": question, "by": by, "limit s": limit_s}
            rows.append({**head, **row, "MiB": measured.peak_mib})
    return rows


def measure(folder: Path, name: str, by: str, limit_s: float) -> Row:
    """Ask one question in one way."""
    warm_up(floors=True)
    question = Question.from_dict(OPENING if name == "opening" else HOURS)
    begun = time.perf_counter(), time.process_time()
    workspace = Workspace.open(folder)
    asked = ask_workspace(workspace, question, done=lambda _what, _share: None)
    ready = time.perf_counter(), time.process_time()
    answer = {"HiGHS": highs, "greedy": greedy}.get(by)
    if answer is None:
        row = ours(workspace, asked, by, limit_s)
    else:
        row = answer(asked.problem.problem, limit_s)
    return {
        "options": asked.problem.problem.n_options,
        "items": asked.problem.problem.n_demand,
        "ready s": ready[0] - begun[0],
        "ready cpu s": ready[1] - begun[1],
        **row,
    }


def ours(workspace: Workspace, asked: AskedQuestion, by: str, limit_s: float) -> Row:
    """Answer by the engine; ``edited`` takes 50,000 yuan off the last year, from the answer."""
    params = SolveParams(time_limit_s=limit_s, gap=0.005)
    start = time.perf_counter(), time.process_time()
    made = asked.decide(params=params)
    if by == "edited" and made.plan is not None:
        tables = asked.question.as_dict()
        tables["money"]["yuan_by_year"][-1] -= 50_000
        start = time.perf_counter(), time.process_time()
        changed = asked.with_limits(
            Question.from_dict(tables), stations=workspace.stations(), settings=workspace.settings
        )
        made = changed.decide(params=params, start_from=made)
    if by.startswith("curve"):
        start = time.perf_counter(), time.process_time()
        curve = money_curve(asked, made, n=30, time_limit_s=limit_s)
        points = () if curve is None else curve.points
        gaps = [point.gap for point in points if np.isfinite(point.gap)]
        return {"gap %": 100 * max(gaps), "status": "largest of 30", **_clock(start)}
    return {
        "value": made.objective,
        "bound": made.bound,
        "gap %": 100 * made.gap,
        "status": made.status,
        **_clock(start),
    }


def highs(problem: CoverageProblem, limit_s: float) -> Row:
    """Solve the same reduced model by HiGHS, cold."""
    reduced = reduce_coverage(problem)
    start = time.perf_counter(), time.process_time()
    answer = solve_mip(cover_programme(reduced.task), time_limit_s=limit_s)
    fixed = reduced.fixed_value
    value = fixed - answer.objective
    bound = answer.bound.times(-1.0).plus(fixed).figure(absent=np.inf, nothing=0.0)
    return {
        "value": value,
        "bound": bound,
        "gap %": 100 * (bound / value - 1.0) if value > 0 else np.inf,
        "status": "peer: HiGHS",
        **_clock(start),
    }


def greedy(problem: CoverageProblem, limit_s: float) -> Row:
    """Open what adds most for its money until nothing fits; floors are not looked at."""
    del limit_s
    start = time.perf_counter(), time.process_time()
    costs = np.asarray(problem.costs, dtype=np.float64)
    rows = [costs, *(problem.costs_of(limit) for limit in problem.limits)]
    most = [problem.budget or np.inf]
    most += [np.inf if limit.budget is None else limit.budget for limit in problem.limits]
    left = np.array(problem.weights)
    covers = sp.csr_array(problem.covers.astype(np.float64))
    chosen = list(np.flatnonzero(problem.required))
    left[sp.csr_array(covers[chosen]).indices] = 0.0
    room, spent = np.array(most), np.zeros(len(most))
    free = ~np.asarray(problem.required) & ~np.asarray(problem.forbidden)
    site = np.asarray(problem.site)
    amounts = np.array(rows)
    while True:
        fits = free & (spent[:, None] + amounts <= room[:, None]).all(axis=0)
        if not fits.any():
            break
        gains = np.where(fits, (covers @ left) / np.maximum(costs, 1.0), -1.0)
        best = int(gains.argmax())
        if gains[best] <= 0.0:
            break
        chosen.append(best)
        spent += amounts[:, best]
        left[covers.indices[covers.indptr[best] : covers.indptr[best + 1]]] = 0.0
        free &= site != site[best]
    value = float(problem.weights.sum() - left.sum())
    return {"value": value, "status": "greedy", **_clock(start)}


def _clock(start: tuple[float, float]) -> Row:
    return {
        "seconds": time.perf_counter() - start[0],
        "cpu s": time.process_time() - start[1],
    }


if __name__ == "__main__":
    figures = measure(Path(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4]))
    print(json.dumps(figures, default=float))
