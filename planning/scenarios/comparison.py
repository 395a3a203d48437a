"""Two to four answers side by side: who is covered, what is paid, what is done in one alone."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.scenarios.figures import ActionKey, CoveredRow, DoneAction, ScenarioFigures

LEAST: Final = 2
MOST: Final = 4


@dataclass(frozen=True)
class ComparedRow:
    """A group, a district and a class of hours in a year, in each answer.

    Each list has one place an answer, None where it has no such row; ``year`` is None where years
    were not asked for.
    """

    group: str
    district: str
    hours: str
    workers: tuple[float | None, ...]
    before: tuple[float | None, ...]
    after: tuple[float | None, ...]
    year: int | None = None


@dataclass(frozen=True)
class ComparedMoney:
    """What a payer pays in a year in each answer, in yuan; 0 where it pays nothing."""

    year: int | None
    payer: str
    yuan: tuple[int, ...]


@dataclass(frozen=True)
class ComparedAction:
    """One action and its order in each answer, None where that answer does without it.

    ``action`` is as the first answer that has it says; ``years`` and ``adds_workers`` are by
    answer, as ``orders``.
    """

    action: DoneAction
    orders: tuple[int | None, ...]
    years: tuple[int | None, ...]
    adds_workers: tuple[float | None, ...]

    @property
    def holders(self) -> tuple[int, ...]:
        """The numbers of the answers that have it, from 0."""
        return tuple(number for number, order in enumerate(self.orders) if order is not None)

    @property
    def is_common(self) -> bool:
        """Whether every answer has it."""
        return len(self.holders) == len(self.orders)


@dataclass(frozen=True)
class Comparison:
    """Answers side by side; ``names`` and every list by answer have the same order."""

    names: tuple[str, ...]
    figures: tuple[ScenarioFigures, ...]
    rows: tuple[ComparedRow, ...]
    money: tuple[ComparedMoney, ...]
    actions: tuple[ComparedAction, ...]

    @property
    def differing(self) -> tuple[ComparedAction, ...]:
        """The actions that not every answer has."""
        return tuple(one for one in self.actions if not one.is_common)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "names": list(self.names),
            "answers": [
                {
                    "name": name,
                    "objective": of.objective,
                    "bound": of.bound,
                    "gap": of.gap,
                    "proven_best": of.proven_best,
                    "cost_yuan": of.cost_yuan,
                    "actions": len(of.actions),
                }
                for name, of in zip(self.names, self.figures, strict=True)
            ],
            "rows": [asdict(row) for row in self.rows],
            "money": [asdict(row) for row in self.money],
            "actions": [
                {
                    **{
                        part: getattr(one.action, part)
                        for part in ("what", "site_id", "name", "kind", "district", "lon", "lat")
                    },
                    "orders": list(one.orders),
                    "years": list(one.years),
                    "adds_workers": list(one.adds_workers),
                }
                for one in self.actions
            ],
        }


def compare_figures(figures: Mapping[str, ScenarioFigures]) -> Comparison:
    """Set answers side by side, by name.

    Rows, payers and actions come in the order of the first answer that has them; of the actions
    those that some answer does without come first.

    Raises
    ------
    InputError
        when there are fewer than two answers or more than four, or they count different things.
    """
    if not LEAST <= len(figures) <= MOST:
        raise InputError(
            say("compare {least} to {most} scenarios, not {n}", least=LEAST, most=MOST,
                n=len(figures))
        )  # fmt: skip
    measures = {of.measure: name for name, of in figures.items()}
    if len(measures) > 1:
        (one, first), (other, second) = list(measures.items())[:LEAST]
        raise InputError(
            say(
                "{first} counts {one} and {second} counts {other}: compare answers that count the "
                "same",
                first=first,
                one=one.replace("_", "-"),
                second=second,
                other=other.replace("_", "-"),
            )
        )
    answers = tuple(figures.values())
    actions = _actions(answers)
    return Comparison(
        names=tuple(figures),
        figures=answers,
        rows=_rows(answers),
        money=_money(answers),
        actions=tuple(sorted(actions, key=lambda one: one.is_common)),
    )


def _rows(answers: tuple[ScenarioFigures, ...]) -> tuple[ComparedRow, ...]:
    tables: list[dict[tuple[str, str, str, int | None], CoveredRow]] = [
        {(row.group, row.district, row.hours, row.year): row for row in of.covered}
        for of in answers
    ]
    keys = dict.fromkeys(key for table in tables for key in table)
    made = []
    for key in keys:
        found = [table.get(key) for table in tables]
        workers, before, after = (
            tuple(None if row is None else float(getattr(row, part)) for row in found)
            for part in ("workers", "before", "after")
        )
        group, district, hours, year = key
        made.append(ComparedRow(group, district, hours, workers, before, after, year))
    return tuple(made)


def _money(answers: tuple[ScenarioFigures, ...]) -> tuple[ComparedMoney, ...]:
    paid: dict[tuple[int | None, str], list[int]] = {}
    for number, of in enumerate(answers):
        for row in of.money:
            paid.setdefault((row.year, row.payer), [0] * len(answers))[number] += row.yuan
    return tuple(ComparedMoney(*key, tuple(yuan)) for key, yuan in paid.items())


def _actions(answers: tuple[ScenarioFigures, ...]) -> tuple[ComparedAction, ...]:
    tables: list[dict[ActionKey, DoneAction]] = [
        {action.key: action for action in of.actions} for of in answers
    ]
    made = []
    for key in dict.fromkeys(key for table in tables for key in table):
        found = [table.get(key) for table in tables]
        made.append(
            ComparedAction(
                action=next(action for action in found if action is not None),
                orders=tuple(None if one is None else one.order for one in found),
                years=tuple(None if one is None else one.year for one in found),
                adds_workers=tuple(None if one is None else one.adds_workers for one in found),
            )
        )
    return tuple(made)
