"""Random planning problems with mixed features, in whole numbers and then in the caller's units."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from planning import (
    BackupProblem,
    CapacitatedProblem,
    CoverageProblem,
    Floor,
    Limit,
    MaxMinProblem,
    PCenterProblem,
    PMedianProblem,
    SetCoverProblem,
)

if TYPE_CHECKING:
    from planning.engine.variant_problems import Problem

KINDS = ("coverage", "set cover", "backup", "capacitated", "max-min", "median", "center")
SCALES = (1e-9, 1e-7, 1e-6, 1.0, 1e6, 1e12)
# Cover values of gradual cover are whole twentieths.
TWENTIETHS = 20
NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False, kw_only=True)
class Case:
    """A problem in whole numbers; the scales turn them into the caller's units.

    ``cover`` int64[n, m] in 0..``full``; ``seconds`` int64[n, m], -1 out of reach; ``limits`` are
    (members, most, budget), ``floors`` (members, percent).
    """

    kind: str
    number: int
    required: np.ndarray
    forbidden: np.ndarray
    weights: np.ndarray
    cover: np.ndarray = field(default_factory=lambda: NONE)
    full: int = 1
    most: int | None = None
    costs: np.ndarray = field(default_factory=lambda: NONE)
    budget: int | None = None
    site: np.ndarray | None = None
    limits: tuple[tuple[np.ndarray, int | None, int | None], ...] = ()
    floors: tuple[tuple[np.ndarray, int], ...] = ()
    percent: int = 100
    second: np.ndarray = field(default_factory=lambda: NONE)
    cover_all: bool = False
    capacity: np.ndarray = field(default_factory=lambda: NONE)
    classes: np.ndarray = field(default_factory=lambda: NONE)
    seconds: np.ndarray = field(default_factory=lambda: NONE)
    penalty: int | None = None
    weight_scale: float = 1.0
    cost_scale: float = 1.0
    second_scale: float = 1.0
    gap: float = 0.0
    features: tuple[str, ...] = ()

    @property
    def n_options(self) -> int:
        """How many options there are."""
        return len(self.required)

    @property
    def problem(self) -> Problem:
        """The problem as a caller hands it over."""
        marks: dict[str, Any] = {"required": self.required, "forbidden": self.forbidden}
        weights = self.weights * self.weight_scale
        if self.kind in {"median", "center"}:
            seconds = np.where(self.seconds < 0, np.inf, self.seconds * self.second_scale)
            if self.kind == "center":
                return PCenterProblem(seconds, self.most or 0, **marks)
            penalty = None if self.penalty is None else self.penalty * self.second_scale
            return PMedianProblem(seconds, weights, self.most or 0, penalty, **marks)
        covers = sp.csr_array(self.cover / self.full)
        most = self.most or 0
        if self.kind == "backup":
            second = self.second * self.weight_scale
            return BackupProblem(weights, covers, most, second, self.cover_all, **marks)
        if self.kind == "capacitated":
            room = self.capacity * self.weight_scale
            return CapacitatedProblem(weights, covers, room, most, **marks)
        if self.kind == "max-min":
            return MaxMinProblem(weights, covers, self.classes, most, **marks)
        return self._with_floors(weights, covers, marks)

    def _with_floors(
        self, weights: np.ndarray, covers: sp.csr_array, marks: dict[str, Any]
    ) -> CoverageProblem | SetCoverProblem:
        costs = self.costs * self.cost_scale
        floors = tuple(Floor(members=m, min_share=share / 100) for m, share in self.floors)
        if self.kind == "set cover":
            marks |= {"site": self.site, "floors": floors}
            return SetCoverProblem(covers, costs, weights, self.percent / 100, **marks)
        limits = tuple(
            Limit(members=m, max_open=most, budget=None if b is None else b * self.cost_scale)
            for m, most, b in self.limits
        )
        budget = None if self.budget is None else self.budget * self.cost_scale
        return CoverageProblem(
            weights,
            covers,
            costs,
            budget,
            self.most,
            self.site,
            limits=limits,
            floors=floors,
            **marks,
        )


def random_case(
    kind: str, number: int, *, seed: int = 0, n: int | None = None, m: int | None = None
) -> Case:
    """Draw the case of a number; n options and m items, small ones when None."""
    rng = np.random.default_rng([seed, KINDS.index(kind), number])
    n = int(rng.integers(2, 11)) if n is None else n
    m = int(rng.integers(1, 21)) if m is None else m
    cover = _cover(rng, n, m)
    weights = _weights(rng, m)
    common: dict[str, Any] = {
        "kind": kind,
        "number": number,
        "weight_scale": _scale(rng),
        "cost_scale": _scale(rng),
        "second_scale": _scale(rng),
        "gap": float(rng.choice([0.0, 0.0, 0.0, 0.01, 0.2])),
        **_marks(rng, n),
    }
    if kind in {"median", "center"}:
        return Case(weights=weights, **_travel(rng, cover, kind), **common)
    common |= {"weights": weights, "cover": cover, "most": _few(rng, n)}
    if kind in {"coverage", "set cover"}:
        return Case(**(common | _money_and_floors(rng, cover, kind)))
    if kind == "backup":
        second = np.floor(weights * rng.choice([0.0, 0.3, 0.7, 1.0], m)).astype(np.int64)
        return Case(second=second, cover_all=bool(rng.random() < 0.35), **common)
    if kind == "capacitated":
        room = rng.integers(0, max(int(weights.sum()) // 2, 2), n)
        return Case(capacity=np.where(rng.random(n) < 0.1, 0, room), **common)
    classes = rng.random((int(rng.integers(1, 4)), m)) < 0.5
    common["weights"] = np.where(weights.sum(), weights, np.maximum(weights, 1))
    classes[:, int(common["weights"].argmax())] = True
    return Case(classes=classes, **common)


def _scale(rng: np.random.Generator) -> float:
    return 1.0 if rng.random() < 0.3 else float(rng.choice(SCALES))


def _few(rng: np.random.Generator, n: int) -> int:
    return int(rng.integers(0, n + 1)) if rng.random() < 0.3 else int(rng.integers(1, n // 2 + 1))


def _marks(rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    if rng.random() < 0.6:
        return {"required": np.zeros(n, dtype=bool), "forbidden": np.zeros(n, dtype=bool)}
    mark = rng.choice(3, n, p=[0.76, 0.12, 0.12])
    return {"required": mark == 1, "forbidden": mark == 2}


def _cover(rng: np.random.Generator, n: int, m: int) -> np.ndarray:
    """0 and 1 with empty rows and columns, and rows and columns twice."""
    cover = rng.random((n, m)) < rng.uniform(0.15, 0.55)
    if rng.random() < 0.25:
        # two or three options an item: the relaxation is far from whole
        cover = rng.random((n, m)).argsort(axis=0) < rng.integers(2, 4)
    if rng.random() < 0.25:
        cover[rng.integers(n)] = False
    if rng.random() < 0.3:
        cover[:, rng.integers(m)] = cover[:, rng.integers(m)]
        cover[rng.integers(n)] = cover[rng.integers(n)]
    if rng.random() < 0.7:
        bare = np.flatnonzero(~cover.any(axis=0))
        cover[rng.integers(n, size=len(bare)), bare] = True
    cover[rng.integers(n), rng.integers(m)] = True
    return cover.astype(np.int64)


def _weights(rng: np.random.Generator, m: int) -> np.ndarray:
    style = rng.random()
    if style < 0.15:
        weights = np.ones(m, dtype=np.int64)
    elif style < 0.5:
        weights = rng.integers(0, 10, m)  # many ties
    elif style < 0.85:
        weights = rng.integers(1, 100_000, m)
    else:  # great ones beside small ones
        weights = 10 ** rng.integers(0, rng.choice([3, 5, 7]), m) + rng.integers(0, 9, m)
    return np.where(rng.random(m) < 0.1, 0, weights)


def _costs(rng: np.random.Generator, n: int) -> np.ndarray:
    style = rng.random()
    if style < 0.3:
        return np.ones(n, dtype=np.int64)
    costs = rng.integers(1, 10, n) if style < 0.6 else rng.integers(1, 10_000, n)
    return np.where(rng.random(n) < 0.05, 0, costs)


def _money_and_floors(rng: np.random.Generator, cover: np.ndarray, kind: str) -> dict[str, Any]:
    n, m = cover.shape
    costs = _costs(rng, n)
    more: dict[str, Any] = {"costs": costs}
    if rng.random() < 0.3:
        more["site"] = rng.integers(0, max(2, (2 * n) // 3), n)
    if rng.random() < 0.4:
        more["floors"] = tuple(
            (rng.random(m) < 0.5, int(rng.choice([10, 33, 50, 60, 75, 90, 100])))
            for _ in range(rng.integers(1, 3))
        )
    if kind == "set cover":
        more["most"] = None
        more["percent"] = 100 if rng.random() < 0.5 else int(rng.integers(0, 100))
        return more
    if rng.random() < 0.4:
        more["budget"] = int(rng.integers(0, costs.sum() + 1))
    if rng.random() < 0.2:
        more["most"] = None
    if rng.random() < 0.35:
        more["limits"] = tuple(_limit(rng, costs) for _ in range(rng.integers(1, 3)))
    if rng.random() < 0.3:
        more["cover"] = cover * rng.integers(1, TWENTIETHS + 1, (n, m))
        more["full"] = TWENTIETHS
    return more


def _limit(
    rng: np.random.Generator, costs: np.ndarray
) -> tuple[np.ndarray, int | None, int | None]:
    members = rng.random(len(costs)) < 0.5
    most = int(rng.integers(0, 4)) if rng.random() < 0.6 else None
    budget = int(rng.integers(0, costs.sum() + 1)) if most is None or rng.random() < 0.3 else None
    return members, most, budget


def _travel(rng: np.random.Generator, cover: np.ndarray, kind: str) -> dict[str, Any]:
    """Random seconds, or floors of Euclidean distances, of which many are equal."""
    n, m = cover.shape
    if rng.random() < 0.5:
        seconds = rng.integers(0, 60 if rng.random() < 0.5 else 10_000, (n, m))
    else:
        sites = rng.random((2, n)) * 100
        items = sites if n == m else rng.random((2, m)) * 100
        seconds = np.floor(np.hypot(*(sites[:, :, None] - items[:, None, :]))).astype(np.int64)
    style = rng.random()
    if style < 0.4:
        seconds = np.where(cover == 1, seconds, -1)
    elif style < 0.6:
        seconds = np.where(rng.random((n, m)) < 0.1, -1, seconds)
    if (seconds < 0).all():
        seconds[0, 0] = 5
    penalty = int(rng.integers(1, max(int(seconds.max()), 2))) if rng.random() < 0.4 else None
    return {
        "seconds": seconds.astype(np.int64),
        "most": max(_few(rng, n), 1),
        "penalty": penalty if kind == "median" else None,
    }
