"""The textbook models, handed to HiGHS as they stand: the oracle where there are too many plans.

Written in a case's whole numbers, divided by the greatest of them; the plan that HiGHS finds is
counted by `tests.planning.brute`, so that nothing hangs on its tolerances but which plan is best.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from tests.planning.brute import Worth, worth

if TYPE_CHECKING:
    from tests.planning.random_problems import Case

INF = highspy.kHighsInf


class Model:
    """Columns and rows added one by one; binary options come first."""

    def __init__(self, n: int) -> None:
        self.highs: Any = highspy.Highs()
        for option, value in {
            "output_flag": False,
            "threads": 1,
            "mip_rel_gap": 0.0,
            "mip_abs_gap": 0.0,
            "mip_feasibility_tolerance": 1e-9,
            "primal_feasibility_tolerance": 1e-9,
            "dual_feasibility_tolerance": 1e-9,
        }.items():
            self.highs.setOptionValue(option, value)
        self.n = n
        for j in range(n):
            self.column(0.0, 1.0)
            self.highs.changeColIntegrality(j, highspy.HighsVarType.kInteger)

    def column(self, cost: float, upper: float) -> int:
        """Add a variable from 0 to ``upper``; its number."""
        self.highs.addVar(0.0, upper)
        number = int(self.highs.getNumCol()) - 1
        self.highs.changeColCost(number, cost)
        return number

    def row(self, terms: dict[int, float], lower: float = -INF, upper: float = INF) -> None:
        """Add ``lower <= sum of terms <= upper``."""
        columns = np.array(list(terms), dtype=np.int32)
        values = np.array(list(terms.values()), dtype=np.float64)
        self.highs.addRow(lower, upper, len(columns), columns, values)

    def solved(self) -> np.ndarray | None:
        """The options that are open in an optimum; None when there is none."""
        self.highs.run()
        status = self.highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        assert status == highspy.HighsModelStatus.kOptimal, status
        return np.array(self.highs.getSolution().col_value[: self.n]) > 0.5


def best_by_highs(case: Case) -> float | None:
    """The optimum of a case in its own units; None when no plan keeps the rules."""
    model = Model(case.n_options)
    _common_rows(case, model)
    if case.kind in {"median", "center"}:
        _travel_rows(case, model)
    elif case.kind == "capacitated":
        _flow_rows(case, model)
    elif case.kind == "backup":
        _backup_rows(case, model)
    elif case.kind == "max-min":
        _class_rows(case, model)
    else:
        _cover_rows(case, model)
    opened = model.solved()
    if opened is None:
        return None
    counted: Worth = worth(case, opened[None, :])
    assert counted.allowed[0]
    return counted.best


def _common_rows(case: Case, model: Model) -> None:
    n = case.n_options
    for j in range(n):
        model.highs.changeColBounds(j, float(case.required[j]), float(not case.forbidden[j]))
    if case.most is not None:
        free = np.flatnonzero(~case.required)
        model.row(dict.fromkeys(free, 1.0), upper=case.most)
    if case.site is not None:
        for label in np.unique(case.site):
            model.row(dict.fromkeys(np.flatnonzero(case.site == label), 1.0), upper=1.0)
    money = [(np.ones(n, dtype=bool), None, case.budget), *case.limits]
    for members, most, budget in money:
        inside = np.flatnonzero(members)
        if most is not None:
            model.row(dict.fromkeys(inside, 1.0), upper=most)
        if budget is not None:
            great = float(max(case.costs.max(), 1))
            model.row({j: case.costs[j] / great for j in inside}, upper=budget / great)


def _cover_rows(case: Case, model: Model) -> None:
    """Items, or the levels of gradual cover, each with the weight of its step."""
    great = float(max(case.weights.max(), 1))
    floors = [(members, percent) for members, percent in case.floors]
    if case.kind == "set cover":
        floors.append((np.ones(len(case.weights), dtype=bool), case.percent))
        for j in range(case.n_options):
            model.highs.changeColCost(j, case.costs[j] / float(max(case.costs.max(), 1)))
    terms: list[dict[int, float]] = [{} for _ in floors]
    for i, column in enumerate(case.cover.T):
        below = 0
        for level in np.unique(column[column > 0]):
            step = case.weights[i] / great * (level - below) / case.full
            y = model.column(-step if case.kind == "coverage" else 0.0, 1.0)
            below = level
            model.row({y: 1.0} | dict.fromkeys(np.flatnonzero(column >= level), -1.0), upper=0.0)
            for (members, _), row in zip(floors, terms, strict=True):
                if members[i]:
                    row[y] = step
        if case.kind == "set cover" and case.percent == 100:
            model.row(dict.fromkeys(np.flatnonzero(column), 1.0), lower=1.0)
    for (members, percent), row in zip(floors, terms, strict=True):
        whole = float(case.weights[members].sum()) / great
        model.row(row, lower=percent / 100 * whole - 1e-12 * whole)


def _backup_rows(case: Case, model: Model) -> None:
    great = float(max(case.weights.max(), 1))
    for i, column in enumerate(case.cover.T):
        first = model.column(-case.weights[i] / great, 1.0)
        second = model.column(-case.second[i] / great, 1.0)
        reached = dict.fromkeys(np.flatnonzero(column), -1.0)
        model.row({first: 1.0, second: 1.0} | reached, upper=0.0)
        if case.cover_all:
            model.row(reached, upper=-1.0)


def _flow_rows(case: Case, model: Model) -> None:
    great = float(max(case.weights.max(), 1))
    flows = {
        (j, i): model.column(-1.0, case.weights[i] / great)
        for j, i in zip(*np.nonzero(case.cover), strict=True)
    }
    for i, weight in enumerate(case.weights):
        model.row({f: 1.0 for (_, at), f in flows.items() if at == i}, upper=weight / great)
    for j, room in enumerate(case.capacity):
        model.row({f: 1.0 for (k, _), f in flows.items() if k == j} | {j: -room / great}, upper=0.0)


def _class_rows(case: Case, model: Model) -> None:
    least = model.column(-1.0, 1.0)
    items = []
    for column in case.cover.T:
        y = model.column(0.0, 1.0)
        model.row({y: 1.0} | dict.fromkeys(np.flatnonzero(column), -1.0), upper=0.0)
        items.append(y)
    for members in case.classes:
        part = np.where(members, case.weights, 0) / float(case.weights[members].sum())
        model.row({least: -1.0} | {y: part[i] for i, y in enumerate(items)}, lower=0.0)


def _travel_rows(case: Case, model: Model) -> None:
    """One assignment variable for each pair within reach, and one for the penalty."""
    great = float(max(case.seconds.max(), 1))
    heavy = float(max(case.weights.max(initial=1), 1))
    longest = model.column(1.0, INF) if case.kind == "center" else -1
    for i, column in enumerate(case.seconds.T):
        served, trip = {}, {}
        for j in np.flatnonzero(column >= 0):
            cost = column[j] / great
            y = model.column(0.0 if longest >= 0 else cost * case.weights[i] / heavy, 1.0)
            model.row({y: 1.0, int(j): -1.0}, upper=0.0)
            served[y], trip[y] = 1.0, cost
        if case.penalty is not None:
            served[model.column(case.penalty / great * case.weights[i] / heavy, 1.0)] = 1.0
        model.row(served, lower=1.0, upper=1.0)
        if longest >= 0:
            model.row(trip | {longest: -1.0}, upper=0.0)
