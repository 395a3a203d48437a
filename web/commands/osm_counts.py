"""What of an extract was passed over or is not applied, told by kind in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from web.commands.language import spoken
from web.languages import message
from web.site.number_words import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: The gate's counts: how many objects of the file are not read, by why.
PASSED_OVER: Final = {
    "objects_deleted": message("objects marked as deleted"),
    "versions_older": message("older versions of objects"),
    "objects_twice": message("objects given twice"),
}
_WORDS: Final = PASSED_OVER | {
    "nodes_missing": message("corners of roads that are not in the file"),
    "turns_without_members": message("turn restrictions without all members"),
    "turns_not_placed": message("turn restrictions whose ways do not meet"),
    "hosts_given_twice": message("hosts given twice"),
    "hosts_mapped_twice": message("hosts mapped twice"),
    "hosts_at_rim": message("hosts cut off at the extract's rim"),
    "hosts_closed": message("hosts closed for good"),
    "hosts_without_place": message("hosts without a place"),
    "hosts_outside": message("hosts outside the city"),
    "hosts_off_roads": message("hosts without a road near"),
    "hosts_near_station": message("hosts nearer to a station than asked"),
    "other_places": message("places of other kinds"),
}
_EXPECTED: Final = "nodes_outside_box"  # what a box cuts off is no surprise


def counts_line(counts: Mapping[str, int]) -> list[str]:
    """Tell the counts that are not zero as one line; no line where all are."""
    t = spoken()
    told = [
        f"{t(_WORDS.get(kind, kind))} {count(number)}"
        for kind, number in counts.items()
        if number and kind != _EXPECTED
    ]
    words = t("; ").join(told)
    return [t("Passed over or not applied: {counts}.", counts=words)] if told else []


def layers_line(left_out: Iterable[Mapping[str, int]]) -> list[str]:
    """Tell what of an extract was passed over for all layers; each of them counts the same."""
    all_of_them = list(left_out)
    most = {kind: max((one.get(kind, 0) for one in all_of_them), default=0) for kind in PASSED_OVER}
    return counts_line(most)
