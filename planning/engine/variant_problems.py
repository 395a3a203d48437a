"""Further questions of coverage: a second station within reach, seats, the worst served class.

Shapes and marks are those of `problems`; `Problem` is any question that the engine answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.errors import ProblemError
from geo.messages import say
from planning.engine import checks
from planning.engine.problems import (
    CoverageProblem,
    Floor,
    Limit,
    PCenterProblem,
    PMedianProblem,
    SetCoverProblem,
)

if TYPE_CHECKING:
    import scipy.sparse as sp

    from planning.engine.problems import Mask, Vector


@dataclass(frozen=True, eq=False)
class BackupProblem:
    """Cover by one station and by two: the weighted mix of Hogan and ReVelle (1986).

    The first station that covers item i adds ``weights[i]``, the second adds
    ``second_weights[i]``, further ones nothing. ``second_weights`` may not pass ``weights``.
    ``cover_all`` asks that every item is covered at least once. The limits are those of
    `CoverageProblem`, its ``floors`` of what is covered once; ``second_floors`` ask for what is
    covered twice.

    Raises
    ------
    ProblemError
        As `CoverageProblem`; also when a second weight is above the first, or covers is gradual.
    """

    weights: Vector
    covers: sp.csr_array
    max_open: int | None
    second_weights: Vector
    cover_all: bool = False
    required: Mask | None = None
    forbidden: Mask | None = None
    costs: Vector | None = None
    budget: float | None = None
    site: npt.NDArray[np.int64] | None = None
    limits: tuple[Limit, ...] = ()
    floors: tuple[Floor, ...] = ()
    second_floors: tuple[Floor, ...] = ()

    def __post_init__(self) -> None:
        once = self.once
        for name in ("weights", "covers", "required", "forbidden", "costs", "site"):
            object.__setattr__(self, name, getattr(once, name))
        checks.whole_cover(once.covers, kind="backup")
        second = checks.float_vector(
            self.second_weights, name="second_weights", length=once.n_demand, unit=say("workers")
        )
        if (second > once.weights).any():
            where = int(np.flatnonzero(second > once.weights)[0])
            raise ProblemError(
                say("second_weights[{where}] is above weights[{where}]", where=where)
            )
        object.__setattr__(self, "second_weights", second)
        checks.item_marks(self.second_floors, n_demand=once.n_demand)

    @cached_property
    def once(self) -> CoverageProblem:
        """The same options and limits where only the first station counts."""
        return CoverageProblem(
            self.weights,
            self.covers,
            costs=self.costs,
            budget=self.budget,
            max_open=self.max_open,
            site=self.site,
            required=self.required,
            forbidden=self.forbidden,
            limits=self.limits,
            floors=self.floors,
        )


@dataclass(frozen=True, eq=False)
class CapacitatedProblem:
    """Cover as much weight as stations can serve: each worker is assigned, within capacity.

    ``capacity`` float64[n_options] in workers; ``covers`` bool; an item's workers may be split
    between stations. ``max_open`` counts only options that are not required. ``rules`` is a
    coverage problem over the same options with the same marks and count: its limits, sites and
    floors (of what is in reach, seat or no seat) hold too.

    ``period`` int64[n_demand] is the year of each item, from 0, where there are several: a station
    then serves its capacity in each, or, with ``capacity`` float64[n_options, n_periods], that of
    the year. ``worth`` float64[n_demand] is what a worker of each item counts, 1 unless it is said.

    Raises
    ------
    ProblemError
        As `CoverageProblem`; also for rules with other options, marks or another count, and for
        capacities of other periods than the items'.
    """

    weights: Vector
    covers: sp.csr_array
    capacity: Vector
    max_open: int
    required: Mask | None = None
    forbidden: Mask | None = None
    rules: CoverageProblem | None = None
    period: npt.NDArray[np.int64] | None = None
    worth: Vector | None = None

    def __post_init__(self) -> None:
        _check_plain_cover(self, kind="capacitated")
        n_options, n_demand = self.covers.shape
        if self.period is not None:
            period = checks.site_labels(self.period, length=n_demand)
            object.__setattr__(self, "period", period)
        if self.worth is not None:
            worth = checks.float_vector(self.worth, name="worth", length=n_demand)
            object.__setattr__(self, "worth", worth)
        given = np.array(self.capacity, dtype=np.float64)
        size = n_options * self.n_periods if given.ndim > 1 else n_options
        flat = checks.float_vector(given.ravel(), name="capacity", length=size, unit=say("workers"))
        object.__setattr__(self, "capacity", flat.reshape(given.shape))
        most = checks.most_open(self.max_open, n_options=self.covers.shape[0])
        object.__setattr__(self, "max_open", most)
        if self.rules is not None and not self._is_ruled(self.rules):
            raise ProblemError(say("rules speak of other options: give the same marks and count"))

    @property
    def n_periods(self) -> int:
        """Number of periods; 1 where none are given."""
        return 1 if self.period is None else int(self.period.max(initial=0)) + 1

    @property
    def rooms(self) -> Vector:
        """float64[n_options, n_periods]: the capacity of each option in each period."""
        given = self.capacity if self.capacity.ndim > 1 else self.capacity[:, None]
        return np.broadcast_to(given, (len(given), self.n_periods))

    @property
    def in_period(self) -> npt.NDArray[np.int64]:
        """int64[n_demand]: the period of each item."""
        return np.zeros(len(self.weights), np.int64) if self.period is None else self.period

    @property
    def counts(self) -> Vector:
        """float64[n_demand]: what a worker of each item counts."""
        return np.ones(len(self.weights)) if self.worth is None else self.worth

    def _is_ruled(self, rules: CoverageProblem) -> bool:
        return (
            np.array_equal(checks.known(rules.required), checks.known(self.required))
            and np.array_equal(checks.known(rules.forbidden), checks.known(self.forbidden))
            and (rules.n_options if rules.max_open is None else rules.max_open) == self.max_open
        )


@dataclass(frozen=True, eq=False)
class MaxMinProblem:
    """Make the worst covered class as well covered as possible: groups, districts.

    ``classes`` bool[n_classes, n_demand]; the objective is the least covered share of a class's
    weight. Classes without weight are refused.

    Raises
    ------
    ProblemError
        As `CoverageProblem`; also for a class without weight.
    """

    weights: Vector
    covers: sp.csr_array
    classes: Mask
    max_open: int
    required: Mask | None = None
    forbidden: Mask | None = None

    def __post_init__(self) -> None:
        _check_plain_cover(self, kind="max-min")
        classes = np.array(self.classes)
        if classes.ndim != 2 or classes.shape[1] != len(self.weights) or not len(classes):  # noqa: PLR2004 - classes x demand
            raise ProblemError(
                say("classes has the shape {shape}: give classes x demand", shape=classes.shape)
            )
        classes = classes.astype(np.bool_)
        classes.flags.writeable = False
        object.__setattr__(self, "classes", classes)
        empty = np.flatnonzero(classes @ self.weights <= 0)
        if len(empty):
            raise ProblemError(say("class {number} has no weight: leave it out", number=empty[0]))
        most = checks.most_open(self.max_open, n_options=self.covers.shape[0])
        object.__setattr__(self, "max_open", most)


Problem = (
    CoverageProblem
    | BackupProblem
    | SetCoverProblem
    | PMedianProblem
    | PCenterProblem
    | CapacitatedProblem
    | MaxMinProblem
)


def _check_plain_cover(problem: CapacitatedProblem | MaxMinProblem, *, kind: str) -> None:
    """Set weights, covers of 0 and 1, required and forbidden to checked arrays."""
    weights = checks.float_vector(problem.weights, name="weights", unit=say("workers"))
    object.__setattr__(problem, "weights", weights)
    covers = checks.cover_matrix(problem.covers, n_demand=len(weights))
    object.__setattr__(problem, "covers", covers)
    checks.whole_cover(covers, kind=kind)
    checks.set_options(problem, n_options=covers.shape[0])
