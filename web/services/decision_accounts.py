"""The accounts of a planner's question: kept with the workspace's organisations, and written."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from data.files.table_files import write_rows
from geo.errors import InputError
from geo.messages import say
from planning.decisions import Accounts, accounts_of, money_of
from web.services.nothing_yet import or_none

if TYPE_CHECKING:
    from pathlib import Path

    from data.workspace import Workspace
    from planning.decisions import AskedQuestion, Decision
    from planning.decisions.accounts import BudgetRow


@dataclass(frozen=True, eq=False)
class DecisionAccounts:
    """Who pays what for a decision, and the money of its question beside what is spent of it.

    ``unpaid`` are the rules by members and posts that pay nobody, as the workspace has no
    organisations.
    """

    accounts: Accounts
    money: tuple[BudgetRow, ...]
    unpaid: tuple[str, ...]


def keep_decision_accounts(
    workspace: Workspace, asked: AskedQuestion, made: Decision
) -> DecisionAccounts:
    """Keep the accounts of a decision; members and posts are those of the workspace.

    Raises
    ------
    ProblemError
        when the decision holds no plan.
    """
    rules = asked.question.money_rules.organisation_rules
    there = or_none(workspace.organisations) if rules else None
    accounts = accounts_of(asked, made, organisations=there)
    unpaid = tuple(rule.label for rule in rules) if there is None else ()
    return DecisionAccounts(accounts, accounts.against(money_of(asked)), unpaid)


def write_accounts(accounts: Accounts, file: Path, *, sample: bool) -> None:
    """Write a line for each payment: .csv, .xlsx or .json.

    Raises
    ------
    InputError
        when there is no payment, or the ending is none of these.
    WorkspaceError
        when the file cannot be written.
    """
    rows = [asdict(line) for line in accounts.lines]
    if not rows:
        raise InputError(say("{file}: nobody pays anything, so there is no line", file=file.name))
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    write_rows(columns, file, layer="accounts", sample=sample)
