"""What an import changes in the register, as figures and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web.commands.common import table
from web.commands.language import spoken
from web.commands.stations_check import read_words
from web.languages import Language, message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table

    from data.database import Change, Changes
    from data.doctor import Checkup

_PLACE_FIELDS = frozenset({"lon", "lat", "datum", "source_lon", "source_lat"})
_EXAMPLES = 2
_MOST_NAMED = 20
_LONGEST_VALUE = 40
_FATE = {
    "remove": message("removed"),
    "keep": message("kept as they are"),
    "close": message("closed"),
}


def import_figures(
    checkup: Checkup, changes: Changes, moved_m: Mapping[str, float]
) -> dict[str, Any]:
    """Return what was read, what was found and what changes, as plain values."""
    from data.doctor import Severity

    return {
        "columns_read": list(checkup.read),
        "columns_passed_over": list(checkup.passed_over),
        "examples": checkup.examples,
        "findings": {str(severity): checkup.count(severity) for severity in Severity},
        "datum_checked": checkup.datum_fit is not None,
        "datum_fit": None if checkup.datum_fit is None else checkup.datum_fit.as_dict(),
        **change_figures(changes, moved_m),
    }


def change_figures(changes: Changes, moved_m: Mapping[str, float]) -> dict[str, Any]:
    """Return what changes, as plain values."""
    return {
        **changes.counts(),
        "moved": len(moved_m),
        "moved_most_m": round(max(moved_m.values(), default=0.0), 1),
        "fields": {
            name: {
                "stations": len(found),
                "examples": [
                    {
                        "id": change.id,
                        "name": change.name,
                        "before": value_words(change.before.get(name)),
                        "after": value_words(change.after[name]),
                    }
                    for change in found[:_EXAMPLES]
                ],
            }
            for name, found in by_field(changes).items()
        },
        "old_cells": changes.old_cells,
        "conflicts": [
            {
                "id": one.id,
                "name": one.name,
                "field": one.field or None,
                "exported": value_words(one.exported),
                "register": value_words(one.register),
                "file": value_words(one.listed),
            }
            for one in changes.conflicts
        ],
        "added_ids": list(changes.added[:_MOST_NAMED]),
        "missing_ids": list(changes.missing[:_MOST_NAMED]),
    }


def import_words(
    checkup: Checkup, changes: Changes, moved_m: Mapping[str, float], *, missing: str
) -> list[str | Table]:
    """Say what was read, what was found and what changes."""
    from data.doctor import Severity

    t = spoken()
    words: list[str | Table] = [
        *read_words(checkup, t),
        *_unchecked_words(checkup, t),
        *change_words(changes, moved_m, missing=missing),
    ]
    worrying = checkup.count(Severity.error) + checkup.count(Severity.warning)
    if worrying:
        words.append(
            t.plural(
                "{n} finding: see it with yizhan stations check {file}.",
                "{n} findings: see them with yizhan stations check {file}.",
                n=worrying,
                file=checkup.file,
            )
        )
    return words


def _unchecked_words(checkup: Checkup, t: Language) -> list[str]:
    """Say that nothing could be held against the datum that is stated, if so."""
    if checkup.datum_fit is not None:
        return []
    return [
        t(
            "Datum not checked: there are no roads to hold the places against; "
            "yizhan network build brings them."
        )
    ]


def change_words(
    changes: Changes, moved_m: Mapping[str, float], *, missing: str, whose: str = "stations"
) -> list[str | Table]:
    """Say what changes, ``whose`` (in English) the rows are."""
    t = spoken()
    words: list[str | Table] = [*_count_words(changes, missing, t)]
    words += _conflict_words(changes, t)
    fields = by_field(changes)
    if fields:
        rows = [
            (
                name,
                len(found),
                "; ".join(
                    f"{change.id}: {value_words(change.before.get(name)) or '–'} -> "
                    f"{value_words(change.after[name]) or '–'}"
                    for change in found[:_EXAMPLES]
                ),
            )
            for name, found in fields.items()
        ]
        words.append(table((t("field"), t(whose), t("such as")), rows))
    if moved_m:
        farthest = max(moved_m, key=lambda station: moved_m[station])
        words.append(
            t.plural(
                "{n} station stands elsewhere, {farthest} by {metres:,.0f} m.",
                "{n} stations stand elsewhere, {farthest} by {metres:,.0f} m.",
                n=len(moved_m),
                farthest=farthest,
                metres=moved_m[farthest],
            )
        )
    return words


def _conflict_words(changes: Changes, t: Language) -> list[str | Table]:
    """Say what the register and the list both changed since the list was exported."""
    words: list[str | Table] = []
    if changes.old_cells:
        words.append(
            t.plural(
                "{n} value of the register stays: it was changed there since the file was "
                "exported.",
                "{n} values of the register stay: they were changed there since the file was "
                "exported.",
                n=changes.old_cells,
            )
        )
    if changes.conflicts:
        words.append(
            t.plural(
                "{n} conflict: changed in the register and in the file since it was exported.",
                "{n} conflicts: changed in the register and in the file since it was exported.",
                n=len(changes.conflicts),
            )
        )
        rows = [
            (
                one.id,
                one.field or t("the station"),
                *(value_words(side) or "–" for side in (one.exported, one.register, one.listed)),
            )
            for one in changes.conflicts[:_MOST_NAMED]
        ]
        headings = (t("id"), t("field"), t("exported"), t("register"), t("file"))
        words.append(table(headings, rows, left=5))
    return words


def _count_words(changes: Changes, missing: str, t: Language) -> list[str]:
    """Say how many stations are added, changed, unchanged and missing, and which are missing."""
    counts = changes.counts()
    said = t(
        "{added} added, {changed} changed, {unchanged} unchanged, {missing} missing",
        added=counts["added"],
        changed=counts["changed"],
        unchanged=counts["unchanged"],
        missing=counts["missing"],
    )
    fate = t(" ({fate})", fate=t(_FATE[missing])) if changes.missing else ""
    words = [t("{words}.", words=said + fate)]
    if counts["kept"]:
        words.append(
            t.plural(
                "{n} value stays: it was observed after this list.",
                "{n} values stay: they were observed after this list.",
                n=counts["kept"],
            )
        )
    if changes.missing:
        words.append(t("Missing: {stations}.", stations=_named(changes.missing, t)))
    return words


def by_field(changes: Changes) -> dict[str, list[Change]]:
    """Return the stations that change by field, the most first; the place is told apart."""
    fields: dict[str, list[Change]] = {}
    for change in changes.changed:
        for name in change.after:
            if name not in _PLACE_FIELDS:
                fields.setdefault(name, []).append(change)
    return dict(sorted(fields.items(), key=lambda pair: -len(pair[1])))


def value_words(value: object) -> str:
    """Write a value shortly; nothing where nothing is known."""
    if isinstance(value, list | tuple):
        text = "、".join(map(str, value))
    elif isinstance(value, float):
        text = f"{value:g}"
    else:
        text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _named(ids: tuple[str, ...], t: Language) -> str:
    """List ids, the first of them where they are many."""
    shown = ", ".join(ids[:_MOST_NAMED])
    more = len(ids) - _MOST_NAMED
    return t("{names} and {n} more", names=shown, n=more) if more > 0 else shown
