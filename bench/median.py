"""p-median and p-center on the published instances, beside plain HiGHS and spopt.

Every case runs as a process of its own, so that its peak memory is its own. `python -m bench.median
KIND NAME P LIMIT_S` runs one case and prints its row as JSON.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from typing import TYPE_CHECKING

import numpy as np

from bench import instances
from bench.tables import Row, measure_command
from planning import PCenterProblem, PMedianProblem, SolveParams, solve
from planning.engine.mip import solve_mip
from planning.engine.p_median.candidate_lists import reduce_median
from planning.engine.p_median.radius_formulation import RadiusPairs, radius_model
from planning.engine.verify import broken_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

PEER_LIMIT_S = 20.0
MEDIANS = (("rl1304", (5, 10, 20, 50, 100, 200, 300, 400, 500), 30), ("pcb3038", (100,), 60))
CENTERS = (("u1060", (10, 100), 15), ("rl1304", (10, 100), 15))
# p-centers that SOURCES.md of the instances tells
KNOWN_CENTERS = {
    ("u1060", 10): 2273.08,
    ("u1060", 100): 570.01,
    ("rl1304", 10): 3001.93,
    ("rl1304", 100): 758.87,
}
PEERS = (("highs", "pmed1"), ("highs", "pmed17"), ("highs", "pmed37"), ("spopt", "pmed1"))


def run() -> list[Row]:
    """Run every case; nothing when the instances are not beside the checkout."""
    if not instances.FOLDER.exists():
        return []
    return [_measured(*words) for words in _cases()]


def _cases() -> Iterator[tuple[str, str, int, float]]:
    pmed = instances.table("pmed/optima.csv")
    for kind in ("median", "center"):
        yield kind, "pmed", 0, 30
    for kind, name in PEERS:
        p = next(int(row["p"]) for row in pmed if row["instance"] == name)
        yield kind, name, p, PEER_LIMIT_S
    for kind, cases in (("median", MEDIANS), ("center", CENTERS)):
        for name, counts, limit_s in cases:
            for p in counts:
                yield kind, name, p, limit_s


def _measured(kind: str, name: str, p: int, limit_s: float) -> Row:
    words = [sys.executable, "-m", "bench.median", kind, name, str(p), str(limit_s)]
    measured = measure_command(words)
    row: dict[str, object] = json.loads(measured.out.splitlines()[-1])
    return row | {"MiB": round(measured.peak_mib)}


def _distances(kind: str, name: str) -> np.ndarray:
    if name.startswith("pmed"):
        return instances.pmed(int(name[4:]))
    points = instances.tsplib(name)
    metres = np.hypot(*(points[:, None] - points).T)
    return metres if kind == "center" else np.floor(metres)


def _known(kind: str, name: str, p: int) -> float:
    if kind == "center" and not name.startswith("pmed"):
        return KNOWN_CENTERS[name, p]
    if name.startswith("pmed"):
        column = "pcenter_opt" if kind == "center" else "pmedian_opt"
        rows = [r for r in instances.table("pmed/optima.csv") if r["instance"] == name]
    else:
        column = "opt_or_best_known"
        rows = instances.table("tsplib/pmedian_optima.csv")
        rows = [r for r in rows if r["instance"] == name and int(r["p"]) == p]
    return float(rows[0][column])


def all_pmed(kind: str, limit_s: float) -> Row:
    """Solve every pmed instance in this process; one row for all of them."""
    pmed = instances.table("pmed/optima.csv")
    rows = [one_case(kind, row["instance"], int(row["p"]), limit_s) for row in pmed]
    proved = [row["proven gap"] == "0.000%" and row["value"] == row["known"] for row in rows]
    return {
        "work": f"p-{kind}, all {len(rows)} pmed",
        "by": "ours",
        "value": sum(float(str(row["value"])) for row in rows),
        "known": sum(float(str(row["known"])) for row in rows),
        "proven gap": f"{sum(proved)} of {len(rows)} proved",
        "seconds": round(sum(float(str(row["seconds"])) for row in rows), 2),
    }


def one_case(kind: str, name: str, p: int, limit_s: float) -> Row:
    """Solve one case in this process."""
    if name == "pmed":
        return all_pmed(kind, limit_s)
    distances = _distances(kind, name)
    weights = np.ones(len(distances))
    start = time.perf_counter()
    if kind == "highs":
        value, bound = _plain_highs(PMedianProblem(distances, weights, p), limit_s)
    elif kind == "spopt":
        value, bound = _spopt(distances, weights, p)
    else:
        problem = (
            PCenterProblem(distances, p)
            if kind == "center"
            else PMedianProblem(distances, weights, p)
        )
        plan = solve(problem, params=SolveParams(time_limit_s=limit_s))
        if broken_rules(problem, plan):
            raise AssertionError(broken_rules(problem, plan))
        value, bound = plan.objective, plan.bound
    return {
        "work": f"p-{'center' if kind == 'center' else 'median'} {name}, p = {p}",
        "by": kind if kind in {"highs", "spopt"} else "ours",
        "value": value,
        "known": _known(kind, name, p),
        "proven gap": f"{abs(value - bound) / value:.3%}" if np.isfinite(value) else "no plan",
        "seconds": round(time.perf_counter() - start, 2),
    }


def _plain_highs(problem: PMedianProblem, limit_s: float) -> tuple[float, float]:
    """HiGHS on the whole radius model, without a start or anything ruled out."""
    pairs = reduce_median(problem).pairs
    whole = RadiusPairs(
        item=np.repeat(np.arange(pairs.n_items), np.diff(pairs.item_offset)),
        site=pairs.item_site.astype(np.int64),
        cost=pairs.item_cost,
        base=np.full(pairs.n_items, np.inf),
        n_sites=pairs.n_sites,
    )
    model, constant = radius_model(whole, problem.p)
    answer = solve_mip(model, time_limit_s=limit_s)
    bound = answer.bound.plus(constant).figure(absent=0.0, nothing=np.nan)
    return answer.objective + constant, bound


def _spopt(distances: np.ndarray, weights: np.ndarray, p: int) -> tuple[float, float]:
    """Solve a p-median by spopt and CBC, which runs to its end."""
    with warnings.catch_warnings():
        # spopt and PuLP still use what numpy and Python have deprecated
        warnings.simplefilter("ignore")
        import pulp  # noqa: PLC0415 - heavy, and only for this peer
        from spopt.locate import PMedian  # noqa: PLC0415 - as above

        model = PMedian.from_cost_matrix(distances.T, weights, p_facilities=p)
        model = model.solve(pulp.PULP_CBC_CMD(msg=False))
        value = float(pulp.value(model.problem.objective))
    return value, value


if __name__ == "__main__":
    print(json.dumps(one_case(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))))
