"""The accounts of a chosen plan: who pays what, for which place or organisation, in which year.

Every line is whole yuan, and what is added up of them is their sum: there is no rounding here.
Beside the actions of a plan stand what the rules of organisations pay by the table of organisations
(`data.organisations`), which is no part of what is solved.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from data.questions.money_rules import MembersRule, MoneyRules
from geo.errors import ProblemError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data.organisations import Organisations
    from data.questions.money_rules import OrganisationRule
    from planning.decisions.money import GrossCosts, PayerCosts

PaidFor = Literal["capital", "running", "members", "posts"]
Column = Literal["id", "name", "action", "kind", "district", "year", "of", "rule", "payer"]
_COLUMNS: tuple[Column, ...] = get_args(Column)


@dataclass(frozen=True, kw_only=True)
class AccountLine:
    """One payment: who pays how much, by which rule, in which year, for what.

    ``id`` and ``name`` are those of the place or of the organisation; ``action`` is what is done at
    a place and empty for an organisation. ``of`` is the cost that is paid, or what an organisation
    is paid by. ``yuan`` is below zero where an action saves money.
    """

    id: str
    name: str
    action: str
    kind: str
    district: str
    year: int
    of: PaidFor
    rule: str
    payer: str
    yuan: int


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Money that may be spent, in all or by payer, years, district and kind (None: all of them).

    Several ``years`` are one pot: what is left of a year is carried over to the next of them. What
    organisations are paid is spent out of it too, unless ``organisations`` is False.
    ``today_yuan`` is the part of it that is not new: what stations cost as they are.
    """

    yuan: int
    name: str = ""
    payer: str | None = None
    years: tuple[int, ...] | None = None
    district: str | None = None
    kind: str | None = None
    organisations: bool = True
    today_yuan: int = 0

    def counts(self, line: AccountLine) -> bool:
        """Tell whether a payment is made out of this budget."""
        return (
            (self.payer is None or line.payer == self.payer)
            and (self.years is None or line.year in self.years)
            and (self.district is None or line.district == self.district)
            and (self.kind is None or line.kind == self.kind)
            and (self.organisations or line.of in {"capital", "running"})
        )


@dataclass(frozen=True)
class BudgetRow:
    """A budget beside what is spent out of it; ``left_yuan`` is below zero where it is overrun."""

    budget: Budget
    spent_yuan: int

    @property
    def left_yuan(self) -> int:
        """What is left of it."""
        return self.budget.yuan - self.spent_yuan


@dataclass(frozen=True)
class Accounts:
    """The payments of a plan, in the order of places, then of organisations; none is of 0 yuan."""

    lines: tuple[AccountLine, ...]

    @property
    def total_yuan(self) -> int:
        """What all pay together."""
        return sum(line.yuan for line in self.lines)

    def totals(self, *by: Column) -> dict[tuple[Any, ...], int]:
        """Add up by columns, such as ``totals("payer", "year")``, in the order they first appear.

        Raises
        ------
        ProblemError
            for a column that a line does not have.
        """
        for column in by:
            if column not in _COLUMNS:
                raise ProblemError(
                    say(
                        "accounts have no {column}: add up by {known}",
                        column=column,
                        known=", ".join(_COLUMNS),
                    )
                )
        sums: defaultdict[tuple[Any, ...], int] = defaultdict(int)
        for line in self.lines:
            sums[tuple(getattr(line, column) for column in by)] += line.yuan
        return dict(sums)

    def against(self, budgets: Sequence[Budget]) -> tuple[BudgetRow, ...]:
        """Set each budget beside what is spent out of it."""
        return tuple(
            BudgetRow(budget, sum(line.yuan for line in self.lines if budget.counts(line)))
            for budget in budgets
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the lines and their totals by payer, year and rule, for JSON."""
        totals = {
            column: [{column: key, "yuan": yuan} for (key,), yuan in self.totals(column).items()]
            for column in ("payer", "year", "rule")
        }
        lines = [asdict(line) for line in self.lines]
        return {"total_yuan": self.total_yuan, "by": totals, "lines": lines}


def keep_accounts(
    costs: GrossCosts,
    split: PayerCosts,
    *,
    chosen: Sequence[int],
    ids: Sequence[str],
    names: Sequence[str],
    rules: MoneyRules | None = None,
    organisations: Organisations | None = None,
) -> Accounts:
    """Write the accounts of the options that a plan chose.

    Parameters
    ----------
    costs, split
        the options before the rules and as they were split (`planning.decisions.money`).
    chosen
        which options, each once.
    ids, names
        of the place of each option, as many as there are options.
    rules, organisations
        pay members and posts; without both nobody is paid so.

    Raises
    ------
    ProblemError
        when lengths differ, or an option is chosen twice or is none.

    Examples
    --------
    >>> from data.questions import MoneyRules
    >>> from planning.decisions import GrossCosts, keep_accounts, split_costs
    >>> rules = MoneyRules.from_dicts([{"rule": "share", "payer": "市总工会", "share": 0.6}])
    >>> costs = GrossCosts(
    ...     capital_yuan=[50_000], running_yuan_a_year=[6_000], kind=["station"],
    ...     district=["相山区"], action=["build"], year=[2027],
    ... )
    >>> split = split_costs(costs, rules, years=(2027, 2028))
    >>> accounts = keep_accounts(costs, split, chosen=[0], ids=["A"], names=["西口"])
    >>> accounts.totals("payer", "year")
    {('市总工会', 2027): 30000, ('own', 2027): 26000, ('own', 2028): 6000}
    """
    if not len(costs) == len(ids) == len(names) == split.yuan.shape[1]:
        raise ProblemError(say("accounts: options, split, ids and names must be as many"))
    picked = [int(option) for option in chosen]
    if len(set(picked)) != len(picked) or not all(0 <= at < len(costs) for at in picked):
        raise ProblemError(say("accounts: an option is chosen twice or is none of the question"))
    lines = [
        line
        for option in picked
        for line in lines_of_option(
            split,
            option,
            id_=ids[option],
            name=names[option],
            action=str(costs.action[option]),
            kind=str(costs.kind[option]),
            district=str(costs.district[option]),
        )
    ]
    if rules is not None and organisations is not None:
        lines += lines_of_organisations(organisations, rules, split.years)
    return Accounts(tuple(lines))


def lines_of_option(
    split: PayerCosts,
    option: int,
    *,
    id_: str,
    name: str,
    action: str,
    kind: str,
    district: str,
) -> Iterator[AccountLine]:
    """Yield the payments for one option of a split, by year; none of 0 yuan."""
    paid = split.yuan[:, option]
    for year_at, line_at in np.argwhere(paid.T != 0).tolist():
        line = split.lines[line_at]
        yield AccountLine(
            id=id_,
            name=name,
            action=action,
            kind=kind,
            district=district,
            year=split.years[year_at],
            of=line.of,
            rule=line.rule,
            payer=line.payer,
            yuan=int(paid[line_at, year_at]),
        )


def lines_of_organisations(
    organisations: Organisations, rules: MoneyRules, years: Sequence[int]
) -> Iterator[AccountLine]:
    """Yield what the rules of organisations pay in each year; none of 0 yuan."""
    frame = organisations.frame
    columns = (frame["id"], frame["name"], frame["kind"], frame["district"])
    numbers = (organisations.members.tolist(), organisations.posts.tolist())
    for id_, name, kind, district, members, posts in zip(*columns, *numbers, strict=True):
        for rule in rules.organisation_rules:
            if (rule.kinds and kind not in rule.kinds) or (
                rule.districts and district not in rule.districts
            ):
                continue
            yuan = rule.yuan(members if rule.rule == "members" else posts)
            for year in _paid_years(rule, years) if yuan else ():
                yield AccountLine(
                    id=id_,
                    name=name,
                    action="",
                    kind=kind,
                    district=district,
                    year=year,
                    of=rule.rule,
                    rule=rule.label,
                    payer=rule.payer,
                    yuan=yuan,
                )


def _paid_years(rule: OrganisationRule, years: Sequence[int]) -> tuple[int, ...]:
    """Return the years of the plan in which a rule pays."""
    held = tuple(year for year in years if not rule.years or year in rule.years)
    return held[:1] if isinstance(rule, MembersRule) and rule.every == "once" else held
