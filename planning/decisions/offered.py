"""Which explanations each goal has; what it has not is refused before anything is solved.

What is offered is exact: a figure, or two proved ends. Other plans are sought where "nearly as
good" is a limit of a covering problem; the curve is drawn where money against the goal is no front
of two measures (`front`) already; draws weigh the workers of a covering problem anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable

_FRONTS: Final = frozenset({"worst_group", "worst_district", "mean_time"})
_ALL: Final = frozenset(
    {"runners_up", "prices", "alternatives", "curve", "score", "draws", "floors"}
)
_SOLVED_AGAIN: Final = frozenset({"runners_up", "prices", "score"})
_NEAR: Final = _SOLVED_AGAIN | {"alternatives"}
#: The explanations of each goal, by the words of their options.
OFFERED: Final[dict[str, frozenset[str]]] = {
    "workers": _ALL,
    "worker_hours": _ALL,
    "cheapest": _NEAR,
    "worst_group": _NEAR,
    "worst_district": _NEAR,
    "two_in_reach": _SOLVED_AGAIN,
    "mean_time": _NEAR,
    "seated": _SOLVED_AGAIN,
}


def refuse_unoffered(goal: str, wanted: Iterable[str]) -> None:
    """Refuse an explanation that the goal does not have (InputError)."""
    missing = [word for word in wanted if word not in OFFERED[goal]]
    if "draws" in missing:
        raise InputError(
            say(
                "--draws is made for the goals workers and worker_hours, whose plans it makes anew "
                "in each draw: ask for one of them"
            )
        )
    if "floors" in missing:
        raise InputError(
            say(
                "how far floors can be raised is told for the goals workers and worker_hours: ask "
                "for one of them"
            )
        )
    if "alternatives" in missing:
        raise InputError(
            say(
                "--alternatives is not made for the goal {goal}: ask without it, or for the goal "
                "workers",
                goal=goal,
            )
        )
    if "curve" in missing and goal in _FRONTS:
        raise InputError(
            say(
                "--curve is made for the goals workers and worker_hours: --front money {goal} "
                "weighs this goal against money",
                goal=goal,
            )
        )
    if missing:
        raise InputError(
            say(
                "--curve is made for the goals workers and worker_hours: ask for one of them, or "
                "without it"
            )
        )
