"""The accounts of a planner's question, as figures and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.commands.language import spoken, told

if TYPE_CHECKING:
    from web.services import Figures
    from web.services.decision_accounts import DecisionAccounts


def accounts_figures(kept: DecisionAccounts) -> Figures:
    """Return the totals by payer, year and rule, the money beside them, and who is not paid."""
    told_all = kept.accounts.as_dict()
    money = [
        {
            "name": row.budget.name,
            "years": list(row.budget.years or ()),
            "payer": row.budget.payer,
            "yuan": row.budget.yuan,
            "today_yuan": row.budget.today_yuan,
            "spent_yuan": row.spent_yuan,
            "left_yuan": row.left_yuan,
        }
        for row in kept.money
    ]
    return {
        "total_yuan": told_all["total_yuan"],
        "by": told_all["by"],
        "money": money,
        "unpaid": list(kept.unpaid),
    }


def accounts_words(kept: DecisionAccounts) -> list[object]:
    """Say what is left of the money, and what is paid by members and posts."""
    t = spoken()
    words: list[object] = [
        t(
            "{name}: {spent} of {yuan} yuan spent, {left} left.",
            name=told(row.budget.name),
            spent=f"{row.spent_yuan:,}",
            yuan=f"{row.budget.yuan:,}",
            left=f"{row.left_yuan:,}",
        )
        if not row.budget.today_yuan
        else t(
            "{name}: {spent} of {yuan} yuan spent, {left} left; {today} of it are what stations "
            "that may close or move cost as they are.",
            name=told(row.budget.name),
            spent=f"{row.spent_yuan:,}",
            yuan=f"{row.budget.yuan:,}",
            left=f"{row.left_yuan:,}",
            today=f"{row.budget.today_yuan:,}",
        )
        for row in kept.money
    ]
    by_cost = kept.accounts.totals("of")
    beside = sum(yuan for (of,), yuan in by_cost.items() if of in {"members", "posts"})
    if beside:
        words.append(
            t(
                "Beside the plan organisations are paid {yuan} yuan by members and posts.",
                yuan=f"{beside:,}",
            )
        )
    if kept.unpaid:
        words.append(
            t(
                "Nobody is paid by {rules}: no organisations were imported "
                "(yizhan organisations import FILE).",
                rules=t.listed(kept.unpaid),
            )
        )
    return words
