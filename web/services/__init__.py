"""What can be asked of a workspace: each use case a function, with a frozen result.

No Click, no Flask, no HTML: commands, pages, notebooks and benchmarks call the same functions. What
a map or a report looks like is for `web.maps` and `web.reports`, which offer `write_map` and
`write_report` in the same form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

__all__ = [
    "LONGER",
    "Done",
    "Figures",
    "access",
    "accounts",
    "activities",
    "apart",
    "asked_again",
    "assignments",
    "before_after",
    "cities",
    "counted",
    "coverage",
    "decision_accounts",
    "decision_answers",
    "decisions",
    "demand",
    "demand_provenance",
    "demo",
    "difference_areas",
    "drawings",
    "effective",
    "freshness",
    "hosts",
    "layers",
    "loosening",
    "measuring",
    "nation_budget",
    "nation_cities",
    "nation_cluster",
    "nation_figures",
    "nation_import",
    "nation_refine",
    "nation_run",
    "nation_sample",
    "nation_steps",
    "near_sites",
    "networks",
    "nothing_yet",
    "organisations",
    "photos",
    "plan_files",
    "plan_pages",
    "plans",
    "processes",
    "proposals",
    "register",
    "register_edits",
    "register_table",
    "report_basis",
    "rounds",
    "run_heart",
    "run_questions",
    "run_work",
    "running",
    "runs",
    "scenarios",
    "site_sheets",
    "sites",
    "station_districts",
    "stations",
    "unheard",
    "worker_reports",
]

#: Is told what is being done, and the share of it that is done from 0 to 1.
Done = Callable[[str, float], None]
#: Opens a step of the work under a name, for as long as its block runs.
Step = Callable[[str], AbstractContextManager[Done]]
Figures = dict[str, Any]
#: Hours by which stations open longer in the list of those that would gain most, unless said.
LONGER: Final = 3


@contextmanager
def unheard(_words: str) -> Iterator[Done]:
    """Open a step of which nobody is told."""
    yield lambda _what, _share: None


def part_of(done: Done | None, number: int, parts: int) -> Done | None:
    """Return what hears of one part of the work, of so many equal ones; None where nobody does."""
    if done is None:
        return None
    return lambda what, share: done(what, (number + share) / parts)
