r"""Why each action of a plan stands where it stands, in figures that a sheet of its own tells.

With ``w_i`` the items of the last year that the plan covers, ``n_i`` how many places could serve
item i then, each by any action that is allowed there, and ``k_i`` how many stations it needs:

.. math:: \text{only here}(p) = \sum_{i \in p,\ n_i = k_i} w_i .

It is a part of what the plan loses without the place, for what no other place could serve nothing
else of the plan serves either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.errors import ProblemError
from geo.messages import say
from planning.coverage.nominal import OUTSIDE
from planning.decisions.accounts import lines_of_option
from planning.engine.checks import known

if TYPE_CHECKING:
    from planning.decisions.accounts import AccountLine
    from planning.decisions.actions import Action
    from planning.decisions.decide import AskedQuestion, Served
    from planning.decisions.decision import DecidedAction, Decision

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class HourGain:
    """What an action adds in a class of hours: ``hours`` bool[168] of a plain week."""

    hours: Mask
    adds: float


@dataclass(frozen=True, eq=False)
class SiteReasons:
    """What is known of one action beside `DecidedAction`, in the measure of the question.

    ``by_district`` and ``by_hours`` part what it adds in its first year, each most first;
    ``by_hours`` is empty where hours do not count. ``only_here`` is what no other place could serve
    in the last year. ``payments`` are those for what it makes, in the order of years. ``cells``
    int64[k] are the cells of the demand where it adds somebody, ``cell_adds`` float64[k] how many.
    """

    action: DecidedAction
    by_district: dict[str, float]
    by_hours: tuple[HourGain, ...]
    only_here: float
    payments: tuple[AccountLine, ...]
    cells: Ints
    cell_adds: Floats


def site_reasons(asked: AskedQuestion, decision: Decision) -> tuple[SiteReasons, ...]:
    """Return the reasons of each action of a decision, in its order.

    Raises
    ------
    ProblemError
        when the decision holds no plan, or was read back from a document (`with_plan`).
    """
    if decision.plan is None or not decision.is_plan:
        raise ProblemError(say("this decision holds no plan: ask the question again"))
    served = asked.served(decision.plan.chosen)
    only = _only_here(asked, decision.plan.chosen, served)
    told = [
        SiteReasons(
            action,
            _by_district(asked, one),
            _by_hours(asked, one),
            alone,
            _payments(asked, one.option),
            *_by_cell(asked, one),
        )
        for action, one, alone in zip(decision.actions, served, only, strict=False)
    ]
    closed = decision.actions[len(served) :]
    nowhere = np.empty(0, dtype=np.int64)
    nothing = [SiteReasons(one, {}, (), 0.0, (), nowhere, np.empty(0)) for one in closed]
    return (*told, *nothing)


def _by_cell(asked: AskedQuestion, one: Served) -> tuple[Ints, Floats]:
    cells, of = np.unique(asked.items.cell[one.fresh], return_inverse=True)
    adds = np.bincount(of.ravel(), weights=asked.items.weights[one.year][one.fresh])
    return cells.astype(np.int64), adds.astype(np.float64)


def _changed(asked: AskedQuestion, one: Served) -> tuple[Ints, Floats]:
    """Return the items that an action covers first, then those that it leaves, these below 0."""
    weights = asked.items.weights[one.year]
    return np.r_[one.fresh, one.gone], np.r_[weights[one.fresh], -weights[one.gone]]


def _by_district(asked: AskedQuestion, one: Served) -> dict[str, float]:
    items = asked.items
    names = (*items.districts, OUTSIDE)
    of, workers = _changed(asked, one)
    place = items.labels.district[of]
    sums = np.bincount(
        np.where(place < 0, len(names) - 1, place), weights=workers, minlength=len(names)
    )
    found = {name: float(adds) for name, adds in zip(names, sums, strict=True) if adds}
    return dict(sorted(found.items(), key=lambda part: -part[1]))


def _by_hours(asked: AskedQuestion, one: Served) -> tuple[HourGain, ...]:
    items = asked.items
    if items.classes.shape[1] == 1:
        return ()
    of, workers = _changed(asked, one)
    sums = np.bincount(items.labels.hours[of], weights=workers, minlength=len(items.classes))
    gains = [
        HourGain(hours, float(adds))
        for hours, adds in zip(items.classes, sums, strict=True)
        if adds
    ]
    return tuple(sorted(gains, key=lambda gain: -gain.adds))


def _only_here(asked: AskedQuestion, chosen: Ints, served: tuple[Served, ...]) -> list[float]:
    """Add up for each action what the plan covers in the last year and no other place could."""
    items, of = asked.items, asked.problem.options
    own = chosen[chosen < asked.problem.standing_option]
    covered = asked.covered_items(own)[-1]
    could = _places_that_could(asked)
    is_sole = covered & (could == items.needs)
    weights = np.where(is_sole, items.weights[-1], 0.0)
    rows = [asked.table.actions[int(of.action[one.option])].state for one in served]
    return [float(weights[sp.csr_array(items.covers[[row]]).indices].sum()) for row in rows]


def _places_that_could(asked: AskedQuestion) -> Ints:
    """int64[n_items]: how many places could serve an item in the last year, whatever is chosen."""
    of, items = asked.problem.options, asked.items
    n = asked.problem.standing_option
    allowed = ~known(asked.problem.problem.forbidden)[:n]
    allowed &= of.ends == len(asked.question.years_meant)
    acts: list[Action] = [asked.table.actions[int(k)] for k in np.unique(of.action[allowed])]
    place = np.array([one.place for one in acts], dtype=np.int64)
    state = np.array([one.state for one in acts], dtype=np.int64)
    shape = (int(place.max(initial=-1)) + 1, items.covers.shape[0])
    stands = sp.csr_array((np.ones(len(acts), dtype=np.int32), (place, state)), shape=shape)
    reached = sp.csr_array(stands @ items.covers.astype(np.int32))
    return np.asarray(np.bincount(reached.indices, minlength=items.covers.shape[1]), np.int64)


def _payments(asked: AskedQuestion, option: int) -> tuple[AccountLine, ...]:
    action = asked.table.actions[int(asked.problem.options.action[option])]
    return tuple(
        lines_of_option(
            asked.problem.split[0],
            option,
            id_=action.id,
            name=action.name,
            action=action.what,
            kind=action.kind,
            district=action.district,
        )
    )
