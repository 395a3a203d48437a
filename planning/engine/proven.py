"""What is proved of all plans of a question (`Bound`), and what a formulation hands over (`Draft`).

`verdict` makes a status of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from geo.errors import ProblemError
from geo.messages import say

if TYPE_CHECKING:
    from planning.engine.params import WarmStart

Ints = npt.NDArray[np.int64]

# A bound so little beyond a whole number is no proof of the next one.
WHOLE_SLACK = 1e-4


@dataclass(frozen=True)
class Bound:
    """What a proof says of every plan that was asked for.

    ``absent``: nothing is proved yet. ``value``: no plan passes ``value`` (above it when
    maximising, below it when minimising). ``nothing``: no plan is left; where a cutoff was given,
    none as good as the cutoff. Only the second has a number, and it is finite: a float that is not
    finite never stands for a proof.

    Raises
    ------
    ProblemError
        A value that is not finite.
    """

    kind: Literal["absent", "value", "nothing"]
    value: float = 0.0

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ProblemError(
                say("a bound of {value} proves nothing: say that it is absent", value=self.value)
            )

    @classmethod
    def at(cls, value: float) -> Bound:
        """Return a bound at a figure from outside, which is absent where it is not finite."""
        return cls("value", float(value)) if math.isfinite(value) else ABSENT

    @property
    def is_nothing(self) -> bool:
        """Whether it is proved that no plan is left."""
        return self.kind == "nothing"

    def times(self, factor: float) -> Bound:
        """Return the bound in another unit, or of the negated objective."""
        return Bound.at(self.value * factor) if self.kind == "value" else self

    def plus(self, constant: float) -> Bound:
        """Return the bound of an objective that is higher by a constant."""
        return Bound.at(self.value + constant) if self.kind == "value" else self

    def figure(self, *, absent: float, nothing: float) -> float:
        """Return the bound as a number: ``absent`` and ``nothing`` say what the other two mean."""
        if self.kind == "value":
            return self.value
        return nothing if self.kind == "nothing" else absent


ABSENT = Bound("absent")
NOTHING = Bound("nothing")


def whole_above(bound: float) -> float:
    """Return a lower bound of whole numbers, raised to the next one that it proves."""
    return float(np.ceil(bound - WHOLE_SLACK))


def whole_below(bound: float) -> float:
    """Return an upper bound of whole numbers, lowered to the next one that it proves."""
    return float(np.floor(bound + WHOLE_SLACK))


@dataclass(frozen=True, eq=False, kw_only=True)
class Draft:
    """What a formulation has found: no status, which only `verdict` gives.

    ``chosen`` are the options of a plan in the problem's numbering, None when none was found;
    ``nearest`` is then the plan that lacks least of the rules. ``bound`` holds for every plan of
    the problem, in the units that the formulation was given. ``contradiction`` says why no plan can
    exist, where that is proved, and ``reasons`` what else is to be told.
    """

    chosen: Ints | None
    bound: Bound = ABSENT
    method: str = "check"
    contradiction: str | None = None
    nearest: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    reasons: tuple[str, ...] = ()
    basis: WarmStart | None = None


def contradicted(reason: str, *, method: str = "check") -> Draft:
    """Return the draft of a problem that no plan can meet."""
    return Draft(chosen=None, contradiction=reason, method=method)
