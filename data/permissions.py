"""Who may do what: a row for each role of the vocabulary, one table for pages and commands.

A role does an act for every station, for the stations of its account only, or not at all. To add a
role, or to move a limit, change the table; what each face offers and refuses follows.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

Act = Literal[
    "see tickets",
    "answer tickets",
    "publish answers",
    "close tickets",
    "reject reports",
    "see proposals",
    "answer proposals",
    "adopt proposals",
    "see activities",
    "add activities",
    "remove activities",
    "read the log",
]
Reach = Literal["all", "own"]
ACTS: Final[tuple[Act, ...]] = get_args(Act)

PERMISSIONS: Final[Mapping[str, Mapping[Act, Reach]]] = MappingProxyType(
    {
        "moderator": dict.fromkeys(ACTS, "all"),
        "operator": {
            "see tickets": "own",
            "answer tickets": "own",
            "close tickets": "own",
            "see activities": "own",
            "add activities": "own",
            "remove activities": "own",
        },
    }
)
"""The reach of each act by role; an act that is left out is refused."""


def reach_of(role: str, act: Act) -> Reach | None:
    """Return for which stations a role does an act; None where it may not."""
    return PERMISSIONS[role].get(act)


def is_bound(role: str) -> bool:
    """Tell whether the accounts of a role look after stations of their own, which they name."""
    return "own" in PERMISSIONS[role].values()
