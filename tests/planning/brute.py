"""What plans are worth, counted in whole numbers from a case's data: the oracle of the proofs.

Plain numpy on int64, all plans of a small case at once; nothing of the engine is used. A value is
a whole number of the case's own `unit`, so that two plans are compared without any rounding.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import maximum_flow

if TYPE_CHECKING:
    from tests.planning.random_problems import Case

MAXIMISING = frozenset({"coverage", "backup", "capacitated", "max-min"})
# Marks an item that no open site reaches.
FAR = 2**52


@dataclass(frozen=True)
class Worth:
    """``value`` int64[k] and ``allowed`` bool[k] of k plans; ``unit`` turns them into the caller's.

    ``most`` tells whether more is better.
    """

    value: np.ndarray
    allowed: np.ndarray
    unit: float
    most: bool

    @property
    def best(self) -> float | None:
        """The best value that keeps all rules, in the caller's unit; None when no plan does."""
        if not self.allowed.any():
            return None
        kept = self.value[self.allowed]
        return float(kept.max() if self.most else kept.min()) * self.unit


# With so many options every set of them is counted, with more only those of few options.
ALL_SETS = 12


def all_plans(case: Case) -> np.ndarray:
    """Every set of options that may be a plan, bool[k, n]; the forbidden ones are left to `worth`.

    Where options are many, sets of at most ``most`` beside the required ones.
    """
    n = case.n_options
    if n <= ALL_SETS:
        return ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(bool)
    assert case.most is not None
    free = np.flatnonzero(~case.required)
    chosen = [c for k in range(case.most + 1) for c in itertools.combinations(free, k)]
    opened = np.zeros((len(chosen), n), dtype=bool)
    opened[:, case.required] = True
    for plan, options in zip(opened, chosen, strict=True):
        plan[list(options)] = True
    return opened


def worth(case: Case, opened: np.ndarray) -> Worth:
    """Count the plans ``opened`` bool[k, n]."""
    allowed = _marks(case, opened) & _rows(case, opened)
    count = {
        "coverage": _coverage,
        "set cover": _set_cover,
        "backup": _backup,
        "capacitated": _capacitated,
        "max-min": _max_min,
        "median": _median,
        "center": _center,
    }[case.kind]
    value, kept, unit = count(case, opened)
    return Worth(value=value, allowed=allowed & kept, unit=unit, most=case.kind in MAXIMISING)


def _marks(case: Case, opened: np.ndarray) -> np.ndarray:
    kept = (opened | ~case.required).all(axis=1) & ~(opened & case.forbidden).any(axis=1)
    if case.most is not None:
        kept &= (opened & ~case.required).sum(axis=1) <= case.most
    if case.site is not None:
        for label in np.unique(case.site):
            kept &= opened[:, case.site == label].sum(axis=1) <= 1
    return np.asarray(kept)


def _rows(case: Case, opened: np.ndarray) -> np.ndarray:
    kept = np.ones(len(opened), dtype=bool)
    if case.budget is not None:
        kept &= opened @ case.costs <= case.budget
    for members, most, budget in case.limits:
        inside = opened & members
        if most is not None:
            kept &= inside.sum(axis=1) <= most
        if budget is not None:
            kept &= inside @ case.costs <= budget
    return kept


def _covered(case: Case, opened: np.ndarray) -> np.ndarray:
    """The best cover value of each item, int64[k, m] in twentieths or in 0 and 1."""
    best = np.zeros((len(opened), case.cover.shape[1]), dtype=np.int64)
    for j, row in enumerate(case.cover):
        np.maximum(best, np.where(opened[:, [j]], row, 0), out=best)
    return best


def _floors_kept(case: Case, covered: np.ndarray, full: int) -> np.ndarray:
    kept = np.ones(len(covered), dtype=bool)
    for members, percent in case.floors:
        part = np.where(members, case.weights, 0)
        kept &= 100 * (covered @ part) >= percent * full * part.sum()
    return kept


def _coverage(case: Case, opened: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    covered = _covered(case, opened)
    unit = case.weight_scale / case.full
    return covered @ case.weights, _floors_kept(case, covered, case.full), unit


def _set_cover(case: Case, opened: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    covered = _covered(case, opened)
    kept = _floors_kept(case, covered, 1)
    kept &= 100 * (covered @ case.weights) >= case.percent * case.weights.sum()
    if case.percent == 100:
        kept &= covered.all(axis=1)
    return opened @ case.costs, kept, case.cost_scale


def _backup(case: Case, opened: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    count = opened.astype(np.int64) @ case.cover
    value = (count >= 1) @ case.weights + (count >= 2) @ case.second
    kept = (count >= 1).all(axis=1) if case.cover_all else np.ones(len(opened), dtype=bool)
    return value, kept, case.weight_scale


def _capacitated(case: Case, opened: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    n = opened.shape[1]
    if len(opened) == 2**n:
        value = _least_cuts(case, opened)
    else:
        value = np.array([_flow(case, row) for row in opened], dtype=np.int64)
    return value, np.ones(len(opened), dtype=bool), case.weight_scale


def _least_cuts(case: Case, opened: np.ndarray) -> np.ndarray:
    """The greatest flow of all plans by their least cuts (Ford and Fulkerson 1956).

    A cut leaves a subset T of the open options on the source's side: it cuts the items that T
    covers and the capacity of the other open ones. The least over subsets is passed on bit by bit.
    """
    n = opened.shape[1]
    room = opened @ case.capacity
    least = _covered(case, opened) @ case.weights - room
    for j in range(n):
        parted = least.reshape(-1, 2, 2**j)
        np.minimum(parted[:, 1], parted[:, 0], out=parted[:, 1])
    return np.asarray(room + least)


def _flow(case: Case, opened: np.ndarray) -> int:
    m, n = len(case.weights), len(opened)
    option, item = np.nonzero(case.cover * opened[:, None])
    graph = sp.csr_array(
        (
            np.r_[case.weights, case.weights[item], case.capacity].astype(np.int32),
            (
                np.r_[np.full(m, m + n), item, m + np.arange(n)],
                np.r_[np.arange(m), m + option, np.full(n, m + n + 1)],
            ),
        ),
        shape=(m + n + 2, m + n + 2),
    )
    return int(maximum_flow(graph, m + n, m + n + 1).flow_value)


def _max_min(case: Case, opened: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    whole = case.classes @ case.weights
    common = math.lcm(*(int(w) for w in whole))
    # beyond int64 in whole numbers of Python: never in floats
    kind = object if common > FAR else np.int64
    factor = np.array([common // int(w) for w in whole], dtype=kind)
    part = (case.classes * case.weights).astype(kind) * factor[:, None]
    value = (_covered(case, opened).astype(kind) @ part.T).min(axis=1)
    return value, np.ones(len(opened), dtype=bool), 1.0 / common


def _nearest(case: Case, opened: np.ndarray) -> np.ndarray:
    end = FAR if case.penalty is None else case.penalty
    nearest = np.full((len(opened), case.seconds.shape[1]), end, dtype=np.int64)
    for j, row in enumerate(np.where(case.seconds < 0, FAR, case.seconds)):
        np.minimum(nearest, np.where(opened[:, [j]], row, FAR), out=nearest)
    return nearest


def _median(case: Case, opened: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    nearest = _nearest(case, opened)
    kept = (nearest < FAR).all(axis=1)
    value = np.where(nearest < FAR, nearest, 0) @ case.weights
    return value, kept, case.second_scale * case.weight_scale


def _center(case: Case, opened: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    longest = _nearest(case, opened).max(axis=1)
    return longest, longest < FAR, case.second_scale
