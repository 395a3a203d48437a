"""The accounts of an answered question, and its money set beside what the plan spends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.errors import ProblemError
from geo.messages import say
from planning.decisions.accounts import (
    Accounts,
    Budget,
    lines_of_option,
    lines_of_organisations,
)
from planning.decisions.options import by_payer, paid_today, spending

if TYPE_CHECKING:
    from data.organisations import Organisations
    from planning.decisions.accounts import AccountLine
    from planning.decisions.decide import AskedQuestion
    from planning.decisions.decision import Decision


def accounts_of(
    asked: AskedQuestion, decision: Decision, *, organisations: Organisations | None = None
) -> Accounts:
    """Write who pays what for each action of a decision, by year, rule and cost.

    A station that is changed later costs until then what it costs to run as it is (the action
    "keep"). With ``organisations`` the question's rules of members and posts pay them too.

    Raises
    ------
    ProblemError
        when the decision holds no plan, or was read back from a document: ask it again.
    """
    if decision.plan is None or not decision.is_plan:
        raise ProblemError(
            say("this decision holds no plan to keep accounts of: ask the question again")
        )
    table, options = asked.table, asked.problem.options
    after, before = asked.problem.split
    chosen = decision.plan.chosen
    lines: list[AccountLine] = []
    for option in chosen[chosen < asked.problem.standing_option].tolist():
        action = table.actions[int(options.action[option])]
        place = {"id_": action.id, "name": action.name, "district": action.district}
        if action.before >= 0:
            kind = table.states[action.before].kind
            lines += lines_of_option(before, option, action="keep", kind=kind, **place)
        lines += lines_of_option(after, option, action=action.what, kind=action.kind, **place)
    if organisations is not None:
        lines += lines_of_organisations(organisations, asked.question.money_rules, after.years)
    return Accounts(tuple(lines))


def money_of(asked: AskedQuestion) -> tuple[Budget, ...]:
    """Return the money of a question as budgets: up to each year where it is carried over.

    Beside the new money stands what free stations cost as they are; what organisations are paid is
    no part of it. Empty where the question sets no money.
    """
    question, sums = asked.question, asked.question.money_by_year
    if sums is None:
        return ()
    table, options = asked.table, asked.problem.options
    spend, split = spending(question, table, options)
    payer = question.money.payer
    today = paid_today(table, options, spend if payer is None else by_payer(split, payer))
    olds = today.kept.sum(axis=0).tolist()
    years, carried = question.years_meant, question.money.carry_over
    pots = []
    for at, year in enumerate(years):
        part = slice(0 if carried else at, at + 1)
        up_to, of = say("money up to {year}", year=year), say("money of {year}", year=year)
        pots.append(
            Budget(
                name=up_to if carried else of,
                yuan=sum(sums[part]) + sum(olds[part]),
                payer=payer,
                years=years[part],
                organisations=False,
                today_yuan=sum(olds[part]),
            )
        )
    return tuple(pots)
