"""What can be changed at many stations at once, and the words that can be written there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.vocabulary import (
    ACCESS_MODES,
    FACILITIES,
    FACILITY_STATES,
    HOST_TYPES,
    KINDS,
    OPERATOR_KINDS,
    STATUSES,
)
from web.admin.register.words import column_words
from web.services.register_edits import AT_ONCE

if TYPE_CHECKING:
    from web.languages import Language

_WORDS = (*STATUSES, *KINDS, *ACCESS_MODES, *HOST_TYPES, *OPERATOR_KINDS, *FACILITY_STATES)


def bulk_fields(t: Language) -> list[tuple[str, str]]:
    """Return what can be changed at many stations at once, and what it is called."""
    names = (*AT_ONCE, *(f"facility.{term.id}" for term in FACILITIES))
    return [(name, column_words(name, t)) for name in names]


def bulk_words(t: Language) -> list[str]:
    """Return the words of the vocabularies, as a form suggests them."""
    return list(dict.fromkeys(t.term(term) for term in _WORDS))
