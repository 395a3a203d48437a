"""Who may do what: a row for each role of the vocabulary, one table for pages and commands.

A role does an act for every station, for those in the districts of its account (all of them where
the account names none), for the stations of its account only, or not at all. To add a role, or to
move a limit, change the table; what each face offers and refuses follows.
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
    "see register",
    "edit register",
    "see rounds",
    "make rounds",
    "visit stations",
    "see organisations",
    "edit organisations",
    "read the log",
    "see accounts",
    "edit accounts",
    "see runs",
    "ask questions",
    "see reports",
    "make reports",
    "review reports",
    "issue reports",
]
Reach = Literal["all", "districts", "own"]
ACTS: Final[tuple[Act, ...]] = get_args(Act)
#: The role that holds every act; the last working account of it stays.
ADMINISTRATOR: Final = "administrator"

PERMISSIONS: Final[Mapping[str, Mapping[Act, Reach]]] = MappingProxyType(
    {
        ADMINISTRATOR: dict.fromkeys(ACTS, "all"),
        "register_keeper": {
            "see tickets": "districts",
            "answer tickets": "districts",
            "close tickets": "districts",
            "see activities": "districts",
            "see register": "all",
            "edit register": "districts",
            "see rounds": "districts",
            "make rounds": "districts",
            "visit stations": "districts",
            "see organisations": "all",
            "edit organisations": "districts",
            "see reports": "all",
            "review reports": "all",
        },
        "moderator": {
            "see tickets": "all",
            "answer tickets": "all",
            "publish answers": "all",
            "close tickets": "all",
            "reject reports": "all",
            "see proposals": "all",
            "answer proposals": "all",
            "adopt proposals": "all",
            "see activities": "all",
            "add activities": "all",
            "remove activities": "all",
            "see register": "all",
            "see rounds": "all",
            "visit stations": "all",
            "see organisations": "all",
        },
        "operator": {
            "see tickets": "own",
            "answer tickets": "own",
            "close tickets": "own",
            "see activities": "own",
            "add activities": "own",
            "remove activities": "own",
            "see register": "own",
            "edit register": "own",
        },
        "planner": {
            "see tickets": "all",
            "see proposals": "all",
            "adopt proposals": "all",
            "see activities": "all",
            "see register": "all",
            "see rounds": "all",
            "see organisations": "all",
            "see runs": "all",
            "ask questions": "all",
            "see reports": "all",
            "make reports": "all",
            "review reports": "all",
        },
        "viewer": {
            "see tickets": "all",
            "see proposals": "all",
            "see activities": "all",
            "see register": "all",
            "see rounds": "all",
            "see organisations": "all",
            "see runs": "all",
            "see reports": "all",
        },
    }
)
"""The reach of each act by role; an act that is left out is refused."""

#: What an operator says of its own stations; name, kind, place and who runs it say the keepers.
OPERATOR_FIELDS: Final = frozenset(
    {
        "hours",
        "status",
        "status_since",
        "facilities",
        "facilities_absent",
        "facilities_broken",
        "seats",
        "truck_spaces",
        "phone",
        "contact",
        "checked_at",
    }
)


def reach_of(role: str, act: Act) -> Reach | None:
    """Return for which stations a role does an act; None where it may not."""
    return PERMISSIONS[role].get(act)


def is_bound(role: str) -> bool:
    """Tell whether the accounts of a role look after stations of their own, which they name."""
    return "own" in PERMISSIONS[role].values()


def goes_by_district(role: str) -> bool:
    """Tell whether the accounts of a role may be kept to districts, which they name."""
    return "districts" in PERMISSIONS[role].values()


def fields_of(role: str) -> frozenset[str] | None:
    """Return the columns of a station that a role says where it edits it; None for all of them."""
    return OPERATOR_FIELDS if reach_of(role, "edit register") == "own" else None
