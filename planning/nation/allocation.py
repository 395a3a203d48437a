r"""A budget divided over cities so that most workers are covered, with a bound on every division.

With :math:`x_i` for city i, its province p(i) and the curve f of `city_curve`,

.. math:: \max \sum_i f_i(x_i) \quad\text{with}\quad \sum_i x_i \le B,\;
   f_i(x_i) \ge \varphi_i,\; \sum_{i \in p} f_i(x_i) \ge \Phi_p,\; y_p \ge m_p

where a province p gets :math:`y_p \ge \sum_{i \in p} x_i` and the :math:`y_p` share the budget.

**From below** each city takes one of its points: a multiple-choice knapsack (Sinha and Zoltners
1979), solved as an integer programme. **From above** U stands for f, and for all multipliers
:math:`\lambda \ge \nu_p \ge 0`, :math:`\mu_p \ge 0`,

.. math:: \lambda B - \sum_p (\lambda - \nu_p)\, m_p - \sum_p \mu_p \Phi_p
   + \sum_i \max_x \bigl((1 + \mu_p)\, U_i(x) - \nu_p\, x\bigr)

is passed by no division (Everett 1963). A linear programme over the corners of the U gives good
multipliers; the bound is computed anew from them, so that nothing rests on its tolerances.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import highspy
import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import linprog

from geo.errors import ProblemError
from geo.messages import say
from planning.engine.mip import MipModel, loaded
from planning.engine.params import relative_gap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planning.nation.city_curve import CityCurve

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Gap at which a choice of points is good enough: far below that of the curves.
_POINTS_GAP = 1e-6
# Parts of the whole by which points may be worse than the best of their city, tried in turn.
_WINDOWS = (1e-5, 1e-4, 1e-3, np.inf)
# A row's side in the programme, and how often its tolerances may be made up for.
_ROW_SIZE, _TRIES = 1024.0, 3
# Sums of a few hundred products in double precision stand this near the truth, as a part of them.
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class NationalFloors:
    """What a division must give to everyone.

    Parameters
    ----------
    city_share
        the share of its workers that each city covers at least, 0 to 1.
    province_share
        province -> the share of its workers that its cities together cover at least.
    province_money
        province -> what its cities get at least, in the unit of the budget.

    Raises
    ------
    ProblemError
        A share outside 0 to 1, or money below 0.
    """

    city_share: float = 0.0
    province_share: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    province_money: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        for share in (self.city_share, *self.province_share.values()):
            if not 0.0 <= share <= 1.0:
                raise ProblemError(say("a floor of {share} is no share: give 0 to 1", share=share))
        for province, money in self.province_money.items():
            if not 0.0 <= money < np.inf:
                raise ProblemError(
                    say(
                        "province {province}: at least {money} is no sum",
                        province=province,
                        money=money,
                    )
                )


@dataclass(frozen=True, eq=False, kw_only=True)
class Allocation:
    """A division of a budget, and how good it is proved to be.

    ``status``: ``allocated``; ``infeasible`` (proved: no division keeps the floors) or ``unknown``
    (no choice of known points keeps them, and nothing is proved): then the arrays are empty, the
    figures nan, and ``reasons`` says why. ``amounts`` and ``covered`` float64[n_cities] are what
    each city gets and covers with it at least. ``bound`` is what no division covers more than,
    ``price`` the workers that one unit more of the budget brings at most, as far as is proved.
    ``slack`` float64[n_cities] is each city's part of what lies between ``total`` and ``bound``:
    where a finer curve pays.
    """

    status: Literal["allocated", "infeasible", "unknown"]
    cities: tuple[str, ...]
    amounts: Floats
    covered: Floats
    slack: Floats
    bound: float
    price: float
    reasons: tuple[str, ...] = ()

    @property
    def total(self) -> float:
        """Workers covered in all cities, at least; nan where there is no division."""
        return float(self.covered.sum()) if self.status == "allocated" else np.nan

    @property
    def spent(self) -> float:
        """What the cities take of the budget; nan where there is no division."""
        return float(self.amounts.sum()) if self.status == "allocated" else np.nan

    @property
    def gap(self) -> float:
        """The proven relative gap, as that of a plan; nan where there is no division."""
        return relative_gap(self.total, self.bound)


def allocate(
    curves: Sequence[CityCurve],
    budget: float,
    *,
    floors: NationalFloors | None = None,
    time_limit_s: float = 30.0,
) -> Allocation:
    """Divide a budget over cities.

    Parameters
    ----------
    curves
        one a city, all in the unit of the budget.
    budget
        yuan or stations.
    floors
        what each city and province must have; None: nothing.
    time_limit_s
        seconds for the choice of points.

    Returns
    -------
    Allocation
        what each city gets, in the order of ``curves``.

    Raises
    ------
    ProblemError
        No curves, two of one city, a budget that is no sum, or a floor for a province without a
        city.

    Examples
    --------
    >>> from planning.nation import CityCurve, allocate
    >>> small = CityCurve(city="a", workers=9, amounts=[0, 4], covered=[0, 6], bounds=[0, 6])
    >>> large = CityCurve(city="b", workers=9, amounts=[0, 5], covered=[0, 9], bounds=[0, 9])
    >>> divided = allocate([small, large], budget=8.0)
    >>> divided.amounts.tolist(), divided.total
    ([0.0, 5.0], 9.0)
    """
    floors = floors or NationalFloors()
    _check(curves, budget, floors)
    nation = _Nation.of(curves, float(budget), floors)
    if nation.hopeless:
        return _without(curves, "infeasible", nation.hopeless)
    multipliers = _relaxed(nation, nation.corners)
    if multipliers is None:
        return _without(curves, *_shortage(nation, _provinces(curves)))
    chosen = _choose(nation, time_limit_s)
    if chosen is None:
        return _without(
            curves,
            "unknown",
            (say("no choice of the curves' points keeps the floors: make the curves finer"),),
        )
    bound, slack = _proved(nation, multipliers, chosen.x, chosen.value)
    return Allocation(
        status="allocated",
        cities=tuple(curve.city for curve in curves),
        amounts=chosen.x,
        covered=chosen.value,
        slack=slack,
        bound=max(bound, float(chosen.value.sum())),
        price=multipliers.budget,
    )


def _check(curves: Sequence[CityCurve], budget: float, floors: NationalFloors) -> None:
    if not curves:
        raise ProblemError(say("there is no city to divide the budget over"))
    if not 0.0 <= budget < np.inf:
        raise ProblemError(say("a budget of {budget} is no sum", budget=budget))
    seen: set[str] = set()
    for curve in curves:
        if curve.city in seen:
            raise ProblemError(say("city {city} has two curves", city=curve.city))
        seen.add(curve.city)
    provinces = {curve.province for curve in curves}
    for province in (*floors.province_share, *floors.province_money):
        if province not in provinces:
            raise ProblemError(
                say("province {province} has a floor and no city", province=province)
            )


def _provinces(curves: Sequence[CityCurve]) -> list[str]:
    return sorted({curve.province for curve in curves})


class _Multipliers(NamedTuple):
    """Prices of the programme's rows: of the budget, and by province of money and of coverage."""

    budget: float
    money: Floats
    coverage: Floats


class _Line(NamedTuple):
    """Points of all cities' curves, by city: int64[n], what they take and what they cover."""

    city: Ints
    x: Floats
    value: Floats

    @classmethod
    def of(cls, parts: Sequence[tuple[Floats, Floats]]) -> _Line:
        return cls(
            np.repeat(np.arange(len(parts)), [len(x) for x, _ in parts]),
            np.concatenate([x for x, _ in parts]),
            np.concatenate([value for _, value in parts]),
        )

    def where(self, kept: npt.NDArray[np.bool_]) -> _Line:
        return _Line(self.city[kept], self.x[kept], self.value[kept])


@dataclass(frozen=True, eq=False)
class _Nation:
    """The curves as arrays: corners of each upper line, points of each lower one, by city.

    ``hopeless`` says which cities cannot reach their floor with any sum.
    """

    budget: float
    province_of: Ints
    workers_below: Floats
    least_money: Floats
    corners: _Line
    points: _Line
    hopeless: tuple[str, ...]

    @classmethod
    def of(cls, curves: Sequence[CityCurve], budget: float, floors: NationalFloors) -> _Nation:
        provinces = _provinces(curves)
        number = {province: n for n, province in enumerate(provinces)}
        province_of = np.array([number[curve.province] for curve in curves], dtype=np.int64)
        workers = np.bincount(
            province_of, weights=[curve.workers for curve in curves], minlength=len(provinces)
        )
        corners, points, hopeless = [], [], []
        for curve in curves:
            floor = floors.city_share * curve.workers
            least = curve.least_for(floor * (1.0 - _ROUNDING))
            if least > budget:
                hopeless.append(_hopeless_words(curve, floor, least, budget))
                least = 0.0
            corners.append(curve.upper_hull(budget, least=least))
            x, covered = curve.lower()
            kept = (covered >= floor * (1.0 - _ROUNDING)) & (x <= budget)
            points.append((x[kept], covered[kept]))
        return cls(
            budget,
            province_of,
            workers * [floors.province_share.get(province, 0.0) for province in provinces],
            np.array([floors.province_money.get(province, 0.0) for province in provinces]),
            _Line.of(corners),
            _Line.of(points),
            tuple(hopeless),
        )

    @property
    def n_cities(self) -> int:
        return len(self.province_of)

    @property
    def n_provinces(self) -> int:
        return len(self.least_money)

    def rows(self, line: _Line) -> tuple[sp.csr_array, Floats]:
        """Return the rows ``matrix @ (choice, money by province) <= right`` of either programme.

        First the budget, then for each province that its cities take no more than it gets, then
        that they cover enough.
        """
        n, p = len(line.city), self.n_provinces
        province = self.province_of[line.city]
        every, each = np.arange(n), np.arange(p)
        row = np.concatenate((np.zeros(p), 1 + province, 1 + each, 1 + p + province))
        column = np.concatenate((n + each, every, n + each, every))
        entry = np.concatenate((np.ones(p), line.x, -np.ones(p), -line.value))
        matrix = sp.csr_array((entry, (row.astype(np.int64), column)), shape=(1 + 2 * p, n + p))
        return matrix, np.concatenate(([self.budget], np.zeros(p), -self.workers_below))

    def bounds(self, line: _Line) -> tuple[Floats, Floats]:
        """Return the least and the most of each choice, and of the money of each province."""
        n, p = len(line.city), self.n_provinces
        return (
            np.concatenate((np.zeros(n), self.least_money)),
            np.concatenate((np.ones(n), np.full(p, np.inf))),
        )

    def best_of(self, line: _Line, multipliers: _Multipliers) -> tuple[Floats, Floats]:
        """Return what each point is worth at these prices, and the best of each city."""
        province = self.province_of[line.city]
        worth = (1.0 + multipliers.coverage[province]) * line.value
        worth -= multipliers.money[province] * line.x
        best = np.full(self.n_cities, -np.inf)
        np.maximum.at(best, line.city, worth)
        return worth, best

    def lacking(self, choice: _Line) -> Floats:
        """float64[n_rows]: by how much a choice of a point a city breaks each row, 0 where not."""
        province = self.province_of[choice.city]
        p = self.n_provinces
        taken = np.bincount(province, weights=choice.x, minlength=p)
        covered = np.bincount(province, weights=choice.value, minlength=p)
        over = np.maximum(taken, self.least_money).sum() - self.budget
        # sums of whole yuan are exact; those of workers are not
        short = self.workers_below * (1.0 - _ROUNDING) - covered
        return np.maximum(np.concatenate(([over], np.zeros(p), short)), 0.0)

    def constant(self, multipliers: _Multipliers) -> float:
        """Return the part of the bound that no city's choice changes."""
        price, money, coverage = multipliers
        return float(
            price * self.budget
            - ((price - money) * self.least_money).sum()
            - (coverage * self.workers_below).sum()
        )

    def one_a_city(self, line: _Line) -> sp.csr_array:
        """Return rows that sum what is chosen of each city."""
        n = len(line.city)
        return sp.csr_array(
            (np.ones(n), (line.city, np.arange(n))), shape=(self.n_cities, n + self.n_provinces)
        )


def _hopeless_words(curve: CityCurve, floor: float, least: float, budget: float) -> str:
    if not np.isfinite(least):
        return say(
            "city {city}: the floor is {floor} workers, and its candidates cover {most} at most",
            city=curve.city,
            floor=f"{floor:,.0f}",
            most=f"{curve.upper([np.inf])[0]:,.0f}",
        )
    return say(
        "city {city}: its floor needs at least {least}, the whole budget is {budget}",
        city=curve.city,
        least=f"{least:,.0f}",
        budget=f"{budget:,.0f}",
    )


def _relaxed(nation: _Nation, line: _Line) -> _Multipliers | None:
    """Return good prices by the linear programme over points; None where it has no answer."""
    p = nation.n_provinces
    rows = nation.rows(line)
    answer = _programme(nation, line, np.concatenate((-line.value, np.zeros(p))), rows)
    if answer.status != 0:
        return None
    price = np.maximum(-answer.ineqlin.marginals, 0.0)
    budget = float(price[0])
    return _Multipliers(budget, np.minimum(price[1 : 1 + p], budget), price[1 + p :])


def _programme(
    nation: _Nation, line: _Line, cost: Floats, rows: tuple[sp.csr_array, Floats]
) -> Any:  # noqa: ANN401 - scipy does not publish the class of its answer
    whole: Any = linprog  # its stubs know no sparse rows
    return whole(
        cost,
        A_ub=rows[0],
        b_ub=rows[1],
        A_eq=nation.one_a_city(line),
        b_eq=np.ones(nation.n_cities),
        bounds=np.column_stack(nation.bounds(line)),
        method="highs",
    )


def _proved(
    nation: _Nation, multipliers: _Multipliers, at: Floats, covered: Floats
) -> tuple[float, Floats]:
    """Return the bound that the multipliers prove, and each city's part of the gap to a choice."""
    _, best = nation.best_of(nation.corners, multipliers)
    chosen, _ = nation.best_of(_Line(np.arange(nation.n_cities), at, covered), multipliers)
    constant = nation.constant(multipliers)
    # what the sums may have lost to rounding is given back
    lost = _ROUNDING * (
        float(np.abs(best).sum()) + abs(constant) + multipliers.budget * nation.budget
    )
    return float(best.sum()) + constant + lost, best - chosen


def _choose(nation: _Nation, time_limit_s: float) -> _Line | None:
    """Return the best choice of a point for each city, in their order; None: none is known."""
    points = nation.points
    prices = _relaxed(nation, points)
    if len(np.unique(points.city)) < nation.n_cities or prices is None:
        return None
    worth, best = nation.best_of(points, prices)
    relaxed = float(best.sum()) + nation.constant(prices)
    for share in _WINDOWS:
        # a choice with a point that is worse by more than the window is itself worse by that
        window = share * relaxed
        chosen = _solve(nation, points.where(best[points.city] - worth <= window), time_limit_s)
        if chosen is not None and relaxed - float(chosen.value.sum()) <= window:
            return chosen
    return chosen


def _solve(nation: _Nation, points: _Line, time_limit_s: float) -> _Line | None:
    """Choose among points by an integer programme, each sum checked without its tolerances."""
    n, p = len(points.city), nation.n_provinces
    matrix, right = nation.rows(points)
    least, most = nation.bounds(points)
    # each row at a size where the tolerances of the programme are a billionth of its side
    size = np.concatenate(([nation.budget], np.full(p, nation.budget), nation.workers_below))
    size = np.where(size > 0.0, size / _ROW_SIZE, 1.0)
    scaled = sp.csr_array(sp.diags_array(1.0 / size) @ matrix)
    room = np.zeros(len(right))
    once = np.ones(nation.n_cities)
    whole = np.arange(n + p) < n
    for _ in range(_TRIES):
        model = MipModel(
            cost=np.concatenate((-points.value, np.zeros(p))),
            lower=least,
            upper=most,
            integer=whole,
            matrix=sp.csr_array(sp.vstack([scaled, nation.one_a_city(points)])),
            row_lower=np.concatenate((np.full(len(right), -np.inf), once)),
            row_upper=np.concatenate(((right - room) / size, once)),
        )
        values = _best_of(model, time_limit_s)
        if values is None:
            return None
        choice = points.where(np.round(values[:n]) == 1.0)
        lacking = nation.lacking(choice)
        if not (lacking > 0.0).any():
            return choice
        room = np.maximum(room, 2.0 * lacking)
    return None


def _best_of(model: MipModel, time_limit_s: float) -> Floats | None:
    """Return HiGHS' best point of a model at its own tolerances; None where it has none."""
    highs = loaded(model)
    highs.setOptionValue("mip_rel_gap", _POINTS_GAP)
    highs.setOptionValue("time_limit", time_limit_s)
    highs.run()
    info = highs.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    return np.array(highs.getSolution().col_value)


def _shortage(
    nation: _Nation, provinces: Sequence[str]
) -> tuple[Literal["infeasible", "unknown"], tuple[str, ...]]:
    """Say what the floors need, where that is proved to be more than there is."""
    most = np.full(nation.n_cities, -np.inf)
    np.maximum.at(most, nation.corners.city, nation.corners.value)
    reached = np.bincount(nation.province_of, weights=most, minlength=nation.n_provinces)
    short = reached < nation.workers_below * (1.0 - _ROUNDING)
    if short.any():
        return "infeasible", tuple(
            say(
                "province {province}: the floor is {floor} workers, and its cities cover {most}"
                " at most with the whole budget",
                province=provinces[number],
                floor=f"{nation.workers_below[number]:,.0f}",
                most=f"{reached[number]:,.0f}",
            )
            for number in np.flatnonzero(short).tolist()
        )
    needed = _needed(nation)
    if needed.sum() > nation.budget * (1.0 + _ROUNDING):
        named = np.flatnonzero(needed > 0.0).tolist()
        each = ", ".join(f"{provinces[number]} {needed[number]:,.0f}" for number in named)
        return "infeasible", (
            say(
                "the floors need at least {needed}, and the budget is {budget} ({each})",
                needed=f"{needed.sum():,.0f}",
                budget=f"{nation.budget:,.0f}",
                each=each,
            ),
        )
    return "unknown", (say("the programme of the floors had no answer: make the curves finer"),)


def _needed(nation: _Nation) -> Floats:
    """float64[n_provinces]: the least money that a province's floors take, as far as is proved.

    For each price mu of a worker, ``mu * floor - sum_i max_x (mu * U_i(x) - x)`` is needed.
    """
    n, p = len(nation.corners.city), nation.n_provinces
    matrix, right = nation.rows(nation.corners)
    money = np.concatenate((np.zeros(n), np.ones(p)))
    answer = _programme(nation, nation.corners, money, (matrix[1:], right[1:]))
    prices = np.zeros(p) if answer.x is None else np.maximum(-answer.ineqlin.marginals[p:], 0.0)
    of_corner = nation.province_of[nation.corners.city]
    best = np.full(nation.n_cities, -np.inf)
    worth = prices[of_corner] * nation.corners.value - nation.corners.x
    np.maximum.at(best, nation.corners.city, worth)
    taken = np.bincount(nation.province_of, weights=best, minlength=p)
    needed = prices * nation.workers_below - taken
    return np.maximum(needed - _ROUNDING * np.abs(needed), nation.least_money)


def _without(
    curves: Sequence[CityCurve],
    status: Literal["infeasible", "unknown"],
    reasons: tuple[str, ...],
) -> Allocation:
    empty = np.empty(0)
    return Allocation(
        status=status,
        cities=tuple(curve.city for curve in curves),
        amounts=empty,
        covered=empty,
        slack=empty,
        bound=np.nan,
        price=np.nan,
        reasons=reasons,
    )
