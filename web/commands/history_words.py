"""The history of a station or an organisation, as figures and in words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from web.commands.common import table
from web.commands.language import shown, spoken
from web.languages import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.database import Event, OrganisationEvent

_LONGEST_VALUE = 60
_KINDS_OF_EVENT: Final = {
    "added": message("added"),
    "changed": message("changed"),
    "removed": message("removed"),
    "observed": message("observed"),
    "noted": message("noted"),
    "confirmed": message("confirmed"),
}


def event_words(events: Sequence[Event | OrganisationEvent], *, whose: str) -> list[object]:
    """Tell events in a table: when, of when, what, by whom, from which file and row."""
    t = spoken()
    rows = [
        (
            f"{event.recorded_at.astimezone():%Y-%m-%d %H:%M}",
            f"{event.observed_at.astimezone():%Y-%m-%d}",
            shown(event.kind, lambda kind: t(_KINDS_OF_EVENT.get(kind, kind))),
            " ".join(filter(None, (event.source, event.by))),
            _origin(event),
            "; ".join(f"{name} = {_value(value)}" for name, value in event.changes.items()),
        )
        for event in events
    ]
    headings = (t("recorded"), t("of"), t("what"), t("by"), t("file"), t("values"))
    said = t.plural("{station}: {n} event.", "{station}: {n} events.", n=len(events), station=whose)
    return [said, table(headings, rows, left=6)]


def event_figures(events: Sequence[Event | OrganisationEvent]) -> list[dict[str, Any]]:
    """Return events as plain values, for JSON."""
    return [
        {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in vars(event).items()
        }
        for event in events
    ]


def _origin(event: Event | OrganisationEvent) -> str:
    if event.row is None:
        return event.file
    return spoken()("{file} row {row}", file=event.file, row=event.row)


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        text = "、".join(map(str, value)) or "–"
    else:
        text = "–" if value is None or value == "" else str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
