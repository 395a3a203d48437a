r"""Who pays how much of every action, by year, computed before a question is solved.

For the cost :math:`g` of an action (its capital, or what it takes to run it for a year), the rules
:math:`1 \dots m` of a price in the order written, with shares :math:`p_i`, caps :math:`c_i` and the
greatest own share :math:`q` that holds for the action:

.. math::

    b = g - \lceil q g \rceil  \\
    x_i = \min\Bigl(\lfloor p_i B_i \rfloor,\; c_i,\; b - \sum_{j<i} x_j\Bigr)  \\
    \text{own} = g - \sum_i x_i

where :math:`B_i` is what is left, :math:`g - \sum_{j<i} x_j`, or the whole, :math:`g`.

Everything is whole yuan. A share that a rule pays is rounded down ("at most 60 %" stays at most
60 %), the own share up, and what is left over is the operator's, so that the parts add up to the
cost exactly. A cost below zero (a saving) is the operator's, and no rule pays.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from data.questions.money_rules import (
    MOST_YUAN,
    OWN,
    MoneyRules,
    OfWord,
    OwnShareRule,
    ShareRule,
    exact_share,
)
from geo.errors import ProblemError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.questions.money_rules import PriceRule

Yuan = npt.NDArray[np.int64]
Words = npt.NDArray[np.str_]
_COSTS: tuple[OfWord, ...] = ("capital", "running")


@dataclass(frozen=True, eq=False, kw_only=True)
class GrossCosts:
    """What each option costs before any rule: an option is an action in a year.

    Parameters
    ----------
    capital_yuan
        int64[n], once, in the year of the action.
    running_yuan_a_year
        int64[n], each year from the year of the action on; below zero is a saving.
    kind, district, action
        str[n], the kind of station after the action, its district ("" outside all), and what is
        done.
    year
        int64[n], the year of the action.

    Raises
    ------
    ProblemError
        when the lengths differ, or a cost is not whole or beyond `MOST_YUAN` either way.
    """

    capital_yuan: Yuan
    running_yuan_a_year: Yuan
    kind: Words
    district: Words
    action: Words
    year: Yuan

    def __post_init__(self) -> None:
        for name in ("capital_yuan", "running_yuan_a_year", "year"):
            self._keep(name, _whole_numbers(name, getattr(self, name)))
        for name in ("kind", "district", "action"):
            self._keep(name, np.array(getattr(self, name), dtype=np.str_))
        lengths = {name: np.shape(value) for name, value in vars(self).items()}
        if len(set(lengths.values())) != 1 or len(self.capital_yuan.shape) != 1:
            raise ProblemError(
                say("costs of options: shapes {shapes} must be one and the same", shapes=lengths)
            )

    def _keep(self, name: str, array: npt.NDArray[Any]) -> None:
        array.flags.writeable = False
        object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.capital_yuan)

    def by_year(self, of: OfWord, years: Sequence[int]) -> Yuan:
        """Return one of the two costs, int64[n, n_years]: yuan spent in each of ``years``."""
        at = np.asarray(years, dtype=np.int64)[None, :]
        if of == "capital":
            return np.where(at == self.year[:, None], self.capital_yuan[:, None], 0)
        return np.where(at >= self.year[:, None], self.running_yuan_a_year[:, None], 0)


@dataclass(frozen=True)
class CostLine:
    """One line of the split: the rule that pays (`OWN` for none), its payer, and of which cost."""

    rule: str
    payer: str
    of: OfWord


@dataclass(frozen=True, eq=False, kw_only=True)
class PayerCosts:
    """What every option costs each payer in each year, in whole yuan; made by `split_costs`.

    Parameters
    ----------
    lines
        a line for each rule that pays, in order, and two of the operator: capital and running.
    years
        the years of the plan, ascending.
    yuan
        int64[n_lines, n_options, n_years]; over all lines they add up to the gross cost exactly.
    """

    lines: tuple[CostLine, ...]
    years: tuple[int, ...]
    yuan: Yuan

    @property
    def payers(self) -> tuple[str, ...]:
        """Each payer once, in the order of the rules; the operator (`OWN`) is the last."""
        return tuple(dict.fromkeys(line.payer for line in self.lines))

    @cached_property
    def by_payer(self) -> Yuan:
        """int64[n_payers, n_options, n_years]."""
        of = [[line.payer == payer for line in self.lines] for payer in self.payers]
        return np.array([self.yuan[mask].sum(axis=0) for mask in of], dtype=np.int64)

    @property
    def gross(self) -> Yuan:
        """int64[n_options, n_years]: what all payers pay together."""
        return np.asarray(self.yuan.sum(axis=0), dtype=np.int64)

    def cost_vector(
        self, *, payers: Sequence[str] | None = None, years: Sequence[int] | None = None
    ) -> Yuan:
        """Return int64[n_options]: yuan of some payers in some years; None means all of them.

        It is what a limit on a payer's or a year's money counts. A payer or a year that is not
        there pays nothing.
        """
        rows = [payers is None or payer in payers for payer in self.payers]
        columns = [years is None or year in years for year in self.years]
        return np.asarray(self.by_payer[rows][:, :, columns].sum(axis=(0, 2)), dtype=np.int64)


def split_costs(costs: GrossCosts, rules: MoneyRules, *, years: Sequence[int]) -> PayerCosts:
    """Split what every option costs between those who pay, by the module's formula.

    Parameters
    ----------
    costs
        before any rule.
    rules
        those of organisations are passed over: they stand in the accounts.
    years
        of the plan, ascending; running money is counted to the last of them.

    Raises
    ------
    ProblemError
        when years do not ascend or an option's year is none of them.

    Examples
    --------
    A project of 200,000 yuan with 60 % and at most 100,000 from the city:

    >>> from data.questions import MoneyRules
    >>> from planning.decisions import GrossCosts, split_costs
    >>> rules = MoneyRules.from_dicts(
    ...     [{"rule": "share", "payer": "市总工会", "share": 0.6, "cap_yuan": 100000}]
    ... )
    >>> costs = GrossCosts(
    ...     capital_yuan=[200_000], running_yuan_a_year=[12_000], kind=["station"],
    ...     district=["相山区"], action=["build"], year=[2027],
    ... )
    >>> split = split_costs(costs, rules, years=(2027, 2028))
    >>> split.payers
    ('市总工会', 'own')
    >>> split.by_payer[:, 0].tolist()
    [[100000, 0], [112000, 12000]]
    """
    span = tuple(int(year) for year in years)
    if not span or any(later <= year for year, later in pairwise(span)):
        raise ProblemError(say("years of a plan must ascend, at least one of them"))
    outside = ~np.isin(costs.year, span)
    if outside.any():
        raise ProblemError(
            say(
                "option {option} is of {year}, which is no year of the plan",
                option=int(np.argmax(outside)),
                year=int(costs.year[np.argmax(outside)]),
            )
        )
    lines: list[CostLine] = []
    parts: list[Yuan] = []
    own: list[Yuan] = []
    for of in _COSTS:
        gross = costs.by_year(of, span)
        paying = [r for r in rules.price_rules if isinstance(r, ShareRule) and r.of == of]
        free = np.maximum(gross - _own_share(costs, rules, gross, of=of, years=span), 0)
        left = gross.copy()
        for rule in paying:
            base = np.maximum(left if rule.base == "left" else gross, 0)
            paid = np.minimum(_share(base, rule), free)
            if rule.cap_yuan is not None:
                paid = np.minimum(paid, rule.cap_yuan)
            paid = np.where(_holds(rule, costs, span), paid, 0)
            free, left = free - paid, left - paid
            lines.append(CostLine(rule.label, rule.payer, of))
            parts.append(paid)
        own.append(left)
    lines += [CostLine(OWN, OWN, of) for of in _COSTS]
    return PayerCosts(lines=tuple(lines), years=span, yuan=np.array([*parts, *own]))


def _own_share(
    costs: GrossCosts, rules: MoneyRules, gross: Yuan, *, of: OfWord, years: Sequence[int]
) -> Yuan:
    """Return the least that the operator bears, int64[n, n_years]: the greatest of its rules."""
    least = np.zeros_like(gross)
    for rule in rules.price_rules:
        if isinstance(rule, OwnShareRule) and rule.of == of:
            borne = -_share(-gross, rule)  # down below zero is up above it
            least = np.maximum(least, np.where(_holds(rule, costs, years), borne, 0))
    return least


def _share(base: Yuan, rule: PriceRule) -> Yuan:
    """Return the share of a rule, rounded down to the yuan."""
    share = exact_share(rule.share)
    return base * share.numerator // share.denominator


def _holds(rule: PriceRule, costs: GrossCosts, years: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Return where a rule holds, bool[n, n_years]; an empty list of a rule holds for all."""
    holds = np.ones(len(costs), dtype=np.bool_)
    scopes = ((rule.kinds, costs.kind), (rule.districts, costs.district))
    for words, of in (*scopes, (rule.actions, costs.action)):
        if words:
            holds &= np.isin(of, words)
    spent = np.isin(years, rule.years) if rule.years else np.ones(len(years), dtype=np.bool_)
    return holds[:, None] & spent[None, :]


def _whole_numbers(name: str, values: npt.ArrayLike) -> Yuan:
    """Copy whole numbers of any type as int64."""
    given = np.asarray(values)
    with np.errstate(invalid="ignore"):
        fits = given.dtype.kind in "iuf" and bool((np.abs(given) <= MOST_YUAN).all())
        whole = given.astype(np.int64) if fits else np.zeros(0, dtype=np.int64)
    if given.size and not (fits and (whole == given).all()):
        raise ProblemError(
            say("{name} must be whole numbers within {most} either way", name=name, most=MOST_YUAN)
        )
    return whole if fits else np.zeros(given.shape, dtype=np.int64)
