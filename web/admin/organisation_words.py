"""An organisation in words: its columns, their values, and what its history says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from data.organisations import NUMBERS, OTHERS
from data.vocabulary import GROUPS_BY_ID, ORGANISATION_KINDS_BY_ID
from web.languages import message
from web.site.number_words import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data.database.organisations import OrganisationEvent
    from web.languages import Language

_COLUMNS: Final = {
    "name": message("名称"),
    "kind": message("类型"),
    "district": message("区县"),
    OTHERS: message("其他会员"),
    "posts": message("兼职岗位数"),
}


@dataclass(frozen=True)
class ToldEvent:
    """A line of the history and its changes: (column, value before, value after).

    In the line that added it the values before are None.
    """

    event: OrganisationEvent
    changes: tuple[tuple[str, Any, Any], ...]


def field_words(column: str, t: Language) -> str:
    """Name a column of an organisation; that of a group of members after the group."""
    if column in GROUPS_BY_ID:
        return t("{group}会员", group=t.term(GROUPS_BY_ID[column]))
    return t(_COLUMNS.get(column, column))


def field_value(column: str, value: Any, t: Language) -> str:  # noqa: ANN401 - a cell of the list
    """Say a value of an organisation in words."""
    if column == "district":
        return value or t("全市", context="reach")
    if column == "kind":
        term = ORGANISATION_KINDS_BY_ID.get(value)
        return value if term is None else t.term(term)
    return count(value) if column in NUMBERS else str(value)


def told_history(events: Sequence[OrganisationEvent]) -> tuple[ToldEvent, ...]:
    """Return the history with what each line changed, the newest line first."""
    told: list[ToldEvent] = []
    record: Mapping[str, Any] = {}
    for event in events:
        known = event.kind == "changed"
        empty: Mapping[str, Any] = {"district": "", **dict.fromkeys(NUMBERS, 0)} if known else {}
        before = {**empty, **record}
        told.append(
            ToldEvent(
                event,
                tuple((name, before.get(name), value) for name, value in event.changes.items()),
            )
        )
        record = {} if event.kind == "removed" else {**record, **event.changes}
    return tuple(reversed(told))
