"""The terms of the field as messages: those of the vocabulary, counted kinds, groups, months.

The vocabulary and the aims of the standard name things in Chinese and English, so Chinese and
English need no catalogue for them; every other language does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from data.vocabulary import (
    ACCESS_MODES,
    ACTIONS,
    FACILITIES,
    GROUPS,
    HOST_TYPES,
    KINDS,
    OPERATOR_KINDS,
    ORGANISATION_KINDS,
    ROLES,
    STATUSES,
)
from planning.coverage.aims import AIMS
from web.languages.messages import Marked, message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.vocabulary import Term

# On a page of stations the nine signs of 户外劳动者服务驿站 say no more than 驿站 does.
SHORT_KINDS: Final = {
    "service_centre": message("服务中心", context="kind"),
    "base": message("服务基地", context="kind"),
    "station": message("驿站", context="kind"),
}
_MONTHS: Final = range(1, 13)


class Named(NamedTuple):
    """A message that code puts together, and the languages that need no catalogue for it."""

    message: Marked
    codes: frozenset[str]
    counted: bool = False


def counted_kind(kind: Term) -> Marked:
    """Return the message that names so many stations of a kind: {n} 个司机之家."""
    return Marked(f"{{n}} 个{SHORT_KINDS.get(kind.id, kind.zh)}", kind.id)


def people_of(group: Term) -> Marked:
    """Return the message that names those of a group, all of them: "couriers"."""
    return Marked(group.zh, f"those of {group.id}")


def month_of(number: int, *, short: bool = False) -> Marked:
    """Return the message that names a month beside a day."""
    return Marked(str(number), "short month" if short else "month")


def terms() -> Iterator[Named]:
    """Yield all messages of this module that no call writes out."""
    both, source = frozenset({"zh", "en"}), frozenset({"zh"})
    kinds = [term for term in KINDS if term.id not in SHORT_KINDS]
    places = (FACILITIES, ACCESS_MODES, HOST_TYPES, OPERATOR_KINDS, ORGANISATION_KINDS)
    groups = (GROUPS, kinds, *places, STATUSES, ACTIONS, ROLES)
    for term in (term for group in groups for term in group):
        yield Named(Marked(term.zh, term.id), both)
    for aim in AIMS:
        yield Named(Marked(aim.zh, aim.id), both)
        yield Named(Marked(aim.asks_zh, aim.id), both)
    for kind in KINDS:
        yield Named(counted_kind(kind), source, counted=True)
    for group in GROUPS:
        yield Named(people_of(group), source)
    for number in _MONTHS:
        yield Named(month_of(number), source)
        yield Named(month_of(number, short=True), source)
