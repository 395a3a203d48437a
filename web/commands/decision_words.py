"""What the answer to a question says beside its actions: times to the nearest open place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.commands.common import table
from web.commands.language import shown

if TYPE_CHECKING:
    from planning.decisions import Decision
    from web.languages import Language


def times_words(made: Decision, t: Language) -> list[object]:
    """Say how long workers go, in the mean and by group; nothing where no time is counted."""
    if not made.times:
        return []
    last = made.time(year=made.years[-1])
    words: list[object] = [
        t(
            "Mean time to the nearest open place: {mean} min in {year}, without the plan "
            "{before} min. Who has none within the standard counts the time that the question "
            "states, or the standard's.",
            mean=_minutes(last.mean_s),
            year=last.year,
            before=_minutes(last.before_s),
        )
    ]
    if made.goal == "mean_time":
        words.append(
            t(
                "Over all years, as the goal counts workers: {mean} min, and no plan is below "
                "{bound} min.",
                mean=_minutes(made.objective),
                bound=_minutes(made.bound),
            )
        )
    rows = []
    for group in dict.fromkeys(line.group for line in made.times):
        lines = {line.year: line for line in made.times if line.group == group}
        rows.append(
            (
                t("all") if group == "all" else shown(group, t.group),
                _minutes(next(iter(lines.values())).before_s),
                *(_minutes(lines[y].mean_s) if y in lines else "—" for y in made.years),
            )
        )
    return [*words, table((t("minutes"), t("without"), *map(str, made.years)), rows)]


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.2f}"
