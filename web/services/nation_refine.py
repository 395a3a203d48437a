"""A budget divided again and again, with more points of the curves where the gap sits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.nation.refinement import points_to_add
from web.services.nation_budget import divide_budget
from web.services.nation_run import keep_more_points, one_by_one, run_nation

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.nation.nation_file import Nation
    from planning.nation import NationalFloors
    from web.services.nation_budget import NationalBudget
    from web.services.nation_run import Runner, StepState


def divide_refined(
    nation: Nation,
    budget: float,
    *,
    floors: NationalFloors,
    rounds: int,
    gap: float,
    runner: Runner = one_by_one,
    on_state: Callable[[StepState], None] = lambda _state: None,
) -> NationalBudget:
    """Divide a budget, then draw more points of the curves that hold the gap, and divide again.

    Parameters
    ----------
    nation
        the nation; its kept curves are the basis, and the finer ones are kept.
    budget, floors
        as `divide_budget` takes them.
    rounds
        how often more points are drawn at most.
    gap
        the proven relative gap that is good enough.
    runner, on_state
        as `run_nation` takes them.

    Raises
    ------
    NothingYetError, ProblemError
        as `divide_budget` does.
    """
    divided = divide_budget(nation, budget, floors=floors)
    for _ in range(rounds):
        made = divided.allocation
        if made.status != "allocated" or made.gap <= gap:
            break
        more = points_to_add(made, divided.curves, budget)
        if not more:
            break
        keep_more_points(nation, more)
        run_nation(nation, only=tuple(more), runner=runner, on_state=on_state)
        divided = divide_budget(nation, budget, floors=floors)
    return divided
