"""A planner's decisions: what to do where and in which year, and who pays for it.

``money`` splits what an action costs between payers before a question is solved; ``accounts`` adds
up, to the yuan, what a chosen plan costs whom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from planning.decisions.accounts import AccountLine, Accounts, Budget, keep_accounts
    from planning.decisions.money import GrossCosts, PayerCosts, split_costs

__all__ = [
    "AccountLine",
    "Accounts",
    "Budget",
    "GrossCosts",
    "PayerCosts",
    "keep_accounts",
    "split_costs",
]

__getattr__, __dir__ = lazy_face(__name__)
