"""The questions that the engine answers: frozen, checked at birth.

Every problem speaks of *options* (what may be opened: a kind of station at a site) and *demand
items* (cell x group x hour, each with a weight of workers). Matrices are [n_options, n_demand].
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.errors import ProblemError
from geo.messages import say
from planning.engine import checks

if TYPE_CHECKING:
    import scipy.sparse as sp

Mask = npt.NDArray[np.bool_]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Limit:
    """At most so many of some options, or so much money for them: a kind, a district.

    Every chosen option counts, required ones included.

    Parameters
    ----------
    members
        bool[n_options], which options are counted.
    max_open
        how many of them at most; None: any number.
    budget
        yuan over all of them; None: no limit.
    costs
        float64[n_options], what each option takes of this budget, where that is not the problem's
        ``costs``: the money of one year, of one payer. None: the problem's.
    name
        stands in messages.

    Raises
    ------
    ProblemError
        A limit without a number, a number below zero, or costs without a budget.

    Examples
    --------
    At most one of the first two options:

    >>> from planning import CoverageProblem, Limit, solve
    >>> problem = CoverageProblem(
    ...     weights=[10.0, 20.0, 5.0],
    ...     covers=[[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    ...     max_open=2,
    ...     limits=(Limit(members=[True, True, False], max_open=1, name="kind"),),
    ... )
    >>> solve(problem).chosen.tolist()
    [1, 2]
    """

    members: Mask
    max_open: int | None = None
    budget: float | None = None
    name: str = ""
    costs: Vector | None = None

    def __post_init__(self) -> None:
        members = np.asarray(self.members)
        object.__setattr__(
            self, "members", checks.mask(members, name=say("limit members"), length=members.size)
        )
        if self.costs is not None:
            if self.budget is None:
                raise ProblemError(say("a limit has costs and no budget: give the yuan"))
            costs = checks.float_vector(
                self.costs, name="costs", length=members.size, unit=say("yuan")
            )
            object.__setattr__(self, "costs", costs)
        if self.max_open is None and self.budget is None:
            raise ProblemError(say("a limit needs max_open or budget: give one of them"))
        if self.max_open is not None:
            object.__setattr__(
                self, "max_open", checks.count(self.max_open, name=say("max_open of a limit"))
            )
        if self.budget is not None:
            checks.amount(self.budget, name=say("budget of a limit"))


@dataclass(frozen=True, eq=False, kw_only=True)
class Floor:
    """At least a share of the weight of some demand items must be covered: a group, a district.

    Parameters
    ----------
    members
        bool[n_demand], which items are counted.
    min_share
        0 to 1, of their whole weight, reachable or not.
    weights
        float64[n_demand], what the items weigh in this floor, where that is not what they are worth
        in the problem: workers, where the goal counts some of them twice. None: the problem's.
        Items without weight in the problem are not looked at.
    name
        stands in messages.

    Raises
    ------
    ProblemError
        A share outside [0, 1], or weights of another length.

    Examples
    --------
    The last item must be covered, though others weigh more:

    >>> from planning import CoverageProblem, Floor, solve
    >>> problem = CoverageProblem(
    ...     weights=[10.0, 20.0, 5.0],
    ...     covers=[[1, 1, 0], [0, 0, 1]],
    ...     max_open=1,
    ...     floors=(Floor(members=[False, False, True], min_share=1.0, name="east"),),
    ... )
    >>> solve(problem).chosen.tolist()
    [1]
    """

    members: Mask
    min_share: float
    name: str = ""
    weights: Vector | None = None

    def __post_init__(self) -> None:
        members = np.asarray(self.members)
        object.__setattr__(
            self, "members", checks.mask(members, name=say("floor members"), length=members.size)
        )
        if self.weights is not None:
            weights = checks.float_vector(
                self.weights, name="weights", length=members.size, unit=say("workers")
            )
            object.__setattr__(self, "weights", weights)
        checks.share(self.min_share, name=say("min_share of a floor"))


@dataclass(frozen=True, eq=False)
class CoverageProblem:
    """Cover as much weight as possible: the maximal covering problem with all its limits.

    Parameters
    ----------
    weights
        float64[n_demand], what each item is worth: workers.
    covers
        CSR [n_options, n_demand] (a dense matrix is taken too), bool, or float in [0, 1] for
        gradual coverage: an item counts as the best open option covers it.
    costs
        float64[n_options], yuan; None: options cost nothing.
    budget
        yuan over all chosen options; None: no limit.
    max_open
        how many options at most, those that are required not counted; None: any number.
    site
        int[n_options], where each option stands: at most one option a site. None: no two share one.
    required, forbidden
        bool[n_options], what must be open and what cannot; None: nothing.
    limits, floors
        further rules, as `Limit` and `Floor`.

    Raises
    ------
    ProblemError
        For arrays of the wrong shape, NaN or negative values, an option required and forbidden at
        once, more to open than there are options, or a cover matrix without any entry.

    Examples
    --------
    Three places along a street of four blocks; the one in the middle reaches most:

    >>> import scipy.sparse as sp
    >>> from planning import CoverageProblem, solve
    >>> covers = sp.csr_array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]])
    >>> problem = CoverageProblem(weights=[10.0, 20.0, 30.0, 5.0], covers=covers, max_open=1)
    >>> solve(problem).chosen.tolist()
    [1]
    """

    weights: Vector
    covers: sp.csr_array
    costs: Vector | None = None
    budget: float | None = None
    max_open: int | None = None
    site: npt.NDArray[np.int64] | None = None
    required: Mask | None = None
    forbidden: Mask | None = None
    limits: tuple[Limit, ...] = ()
    floors: tuple[Floor, ...] = ()

    def __post_init__(self) -> None:
        weights = checks.float_vector(self.weights, name="weights", unit=say("workers"))
        object.__setattr__(self, "weights", weights)
        covers = checks.cover_matrix(self.covers, n_demand=len(weights))
        object.__setattr__(self, "covers", covers)
        checks.set_options(self, n_options=covers.shape[0])
        object.__setattr__(self, "limits", tuple(self.limits))
        object.__setattr__(self, "floors", tuple(self.floors))
        if self.max_open is not None:
            most = checks.most_open(self.max_open, n_options=self.n_options)
            object.__setattr__(self, "max_open", most)
        if self.budget is not None:
            checks.amount(self.budget, name="budget")
        needs_costs = self.budget is not None or any(
            limit.budget is not None and limit.costs is None for limit in self.limits
        )
        if needs_costs and self.costs is None:
            raise ProblemError(say("a budget needs costs: give yuan for each option"))
        checks.option_marks(self.limits, n_options=self.n_options)
        checks.item_marks(self.floors, n_demand=len(weights))
        owns = any(floor.weights is not None for floor in self.floors)
        is_gradual = owns and covers.data.dtype != np.bool_
        if is_gradual and ((covers.data != 0) & (covers.data != 1)).any():
            raise ProblemError(say("floors with weights of their own take covers of 0 and 1 only"))

    def with_weights(self, weights: npt.ArrayLike) -> CoverageProblem:
        """Return the same problem with other weights, nothing else being looked at anew.

        Raises
        ------
        ProblemError
            For weights of another length, NaN or negative ones.
        """
        own = checks.float_vector(
            weights, name="weights", length=self.n_demand, unit=say("workers")
        )
        other = copy.copy(self)
        object.__setattr__(other, "weights", own)
        return other

    def costs_of(self, limit: Limit) -> Vector:
        """float64[n_options]: what each option takes of a limit's budget, 0 for no member."""
        costs = self.costs if limit.costs is None else limit.costs
        if costs is None:
            return np.zeros(self.n_options)
        return np.where(limit.members, costs, 0.0)

    def weights_of(self, floor: Floor) -> Vector:
        """float64[n_demand]: what each item weighs in a floor, 0 for no member."""
        return np.where(floor.members, self.weights if floor.weights is None else floor.weights, 0)

    @property
    def n_options(self) -> int:
        """Rows of the cover matrix."""
        return int(self.covers.shape[0])

    @property
    def n_demand(self) -> int:
        """Columns of the cover matrix."""
        return int(self.covers.shape[1])


@dataclass(frozen=True, eq=False)
class SetCoverProblem:
    """The fewest or cheapest options that cover a share of the weight (1.0: everything).

    Required options are paid for too.

    Parameters
    ----------
    covers
        as in `CoverageProblem`.
    costs
        float64[n_options], yuan; None means 1 each, so that options are counted.
    weights
        float64[n_demand]; None means 1 each.
    share
        0 to 1, of the whole weight, that must be covered; at 1.0 every item must, whatever its
        weight.
    site, required, forbidden, floors
        as in `CoverageProblem`.

    Raises
    ------
    ProblemError
        As `CoverageProblem`; also for a share outside [0, 1].

    Examples
    --------
    >>> from planning import SetCoverProblem, solve
    >>> plan = solve(SetCoverProblem(covers=[[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]]))
    >>> plan.chosen.tolist(), plan.objective
    ([0, 2], 2.0)
    """

    covers: sp.csr_array
    costs: Vector | None = None
    weights: Vector | None = None
    share: float = 1.0
    site: npt.NDArray[np.int64] | None = None
    required: Mask | None = None
    forbidden: Mask | None = None
    floors: tuple[Floor, ...] = ()

    def __post_init__(self) -> None:
        covers = checks.cover_matrix(self.covers)
        object.__setattr__(self, "covers", covers)
        n_options, n_demand = covers.shape
        if ((covers.data != 0) & (covers.data != 1)).any():
            raise ProblemError(say("set covering takes covers of 0 and 1 only"))
        weights = np.ones(n_demand) if self.weights is None else self.weights
        object.__setattr__(
            self, "weights", checks.float_vector(weights, name="weights", length=n_demand)
        )
        costs = np.ones(n_options) if self.costs is None else self.costs
        object.__setattr__(self, "costs", costs)
        checks.set_options(self, n_options=n_options)
        checks.share(self.share, name="share")
        object.__setattr__(self, "floors", tuple(self.floors))
        checks.item_marks(self.floors, n_demand=n_demand)
        if any(floor.weights is not None for floor in self.floors):
            raise ProblemError(say("set covering takes floors without weights of their own"))


@dataclass(frozen=True, eq=False)
class PMedianProblem:
    """Open p sites so that the weighted travel to the nearest open one is least.

    Parameters
    ----------
    seconds
        sparse or dense [n_sites, n_demand]; absence, or inf in a dense matrix, is out of reach.
    weights
        float64[n_demand].
    p
        how many sites are opened, those that are required not counted.
    penalty_s
        what an item costs that no open site reaches, and no item costs more; None means that every
        item must be reached.
    required, forbidden
        bool[n_sites]; None: nothing.

    Raises
    ------
    ProblemError
        As `CoverageProblem`; also when p is 0 with nothing required or above the number of sites.

    Examples
    --------
    >>> import numpy as np
    >>> from planning import PMedianProblem, solve
    >>> seconds = np.array([[0.0, 60.0, 120.0], [60.0, 0.0, 60.0], [120.0, 60.0, 0.0]])
    >>> plan = solve(PMedianProblem(seconds=seconds, weights=[1.0, 1.0, 5.0], p=1))
    >>> plan.chosen.tolist(), plan.objective
    ([2], 180.0)
    """

    seconds: sp.csr_array
    weights: Vector
    p: int
    penalty_s: float | None = None
    required: Mask | None = None
    forbidden: Mask | None = None

    def __post_init__(self) -> None:
        seconds = checks.travel_matrix(self.seconds)
        object.__setattr__(self, "seconds", seconds)
        weights = checks.float_vector(
            self.weights, name="weights", length=seconds.shape[1], unit=say("workers")
        )
        object.__setattr__(self, "weights", weights)
        checks.set_options(self, n_options=seconds.shape[0])
        object.__setattr__(self, "p", _checked_p(self))
        if self.penalty_s is not None:
            checks.amount(self.penalty_s, name="penalty_s")


@dataclass(frozen=True, eq=False)
class PCenterProblem:
    """Open p sites so that the longest travel to the nearest open one is least.

    Parameters
    ----------
    seconds
        as in `PMedianProblem`; every item must be reached.
    p, required, forbidden
        as in `PMedianProblem`.

    Raises
    ------
    ProblemError
        As `PMedianProblem`.

    Examples
    --------
    >>> import numpy as np
    >>> from planning import PCenterProblem, solve
    >>> seconds = np.array([[0.0, 60.0, 120.0], [60.0, 0.0, 60.0], [120.0, 60.0, 0.0]])
    >>> plan = solve(PCenterProblem(seconds=seconds, p=1))
    >>> plan.chosen.tolist(), plan.objective
    ([1], 60.0)
    """

    seconds: sp.csr_array
    p: int
    required: Mask | None = None
    forbidden: Mask | None = None

    def __post_init__(self) -> None:
        seconds = checks.travel_matrix(self.seconds)
        object.__setattr__(self, "seconds", seconds)
        checks.set_options(self, n_options=seconds.shape[0])
        object.__setattr__(self, "p", _checked_p(self))


def _checked_p(problem: PMedianProblem | PCenterProblem) -> int:
    n_sites = int(problem.seconds.shape[0])
    p = checks.count(problem.p, name="p")
    if p > n_sites:
        raise ProblemError(say("p is {p} and there are {n_sites} sites", p=p, n_sites=n_sites))
    if p == 0 and not np.any(problem.required):
        raise ProblemError(say("p is 0 and no site is required: nothing would be open"))
    return p
