"""Hours of a day in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.demand import HOURS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from web.languages import Language


def hour_words(hours: Sequence[int], t: Language) -> str:
    """Write hours 0 to 23 as runs, over midnight too: 23–2 时, or 23:00–2:00 in English."""
    there = set(hours)
    if len(there) == HOURS:
        return t("0–23 时")
    runs = []
    for first in (hour for hour in sorted(there) if (hour - 1) % HOURS not in there):
        last = first
        while (last + 1) % HOURS in there:
            last = (last + 1) % HOURS
        runs.append((first, last))
    said = (
        t("{hour}", context="of hours", hour=first)
        if first == last
        else t("{first}–{last}", context="of hours", first=first, last=last)
        for first, last in runs
    )
    return t("{hours} 时", hours=t.listed(said))
