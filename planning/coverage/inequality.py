r"""Inequality: how unevenly something is shared among workers.

With workers in order of what they have, the Lorenz curve ``L(p)`` (Lorenz 1905) is the share of the
whole that the first ``p`` of them hold. From it follow the Gini coefficient (Gini 1912)

.. math:: G = 1 - 2 \int_0^1 L(p) \, dp ,

the Palma ratio (Palma 2011; Cobham and Sumner 2013) ``(1 - L(0.9)) / L(0.4)``, what the tenth with
most hold beside the four tenths with least, and the share of the worst tenth, ``L(0.1)``. Within
one value all workers are alike, so that a border may run through them: the curve is straight there.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

Floats = npt.NDArray[np.float64]
_TENTH, _FOUR_TENTHS, _NINE_TENTHS = 0.1, 0.4, 0.9


class LorenzCurve(NamedTuple):
    """The corners of a Lorenz curve from (0, 0) to (1, 1): shares of workers and of the whole.

    Both are float64[k], rising.
    """

    workers: Floats
    whole: Floats

    def at(self, share: float) -> float:
        """Return what share of the whole the worst-off ``share`` of the workers hold."""
        return float(np.interp(share, self.workers, self.whole))


@dataclass(frozen=True)
class Inequality:
    """How unevenly something is shared.

    ``gini`` 0 where all have the same, towards 1 where few have everything. ``palma`` is None where
    the four tenths with least have nothing: no ratio says how much more the others have.
    ``worst_tenth`` is the share of the whole that the tenth with least hold, ``nothing`` the share
    of the workers who have nothing.
    """

    gini: float
    palma: float | None
    worst_tenth: float
    nothing: float

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Inequality:
        """Read back what `as_dict` wrote."""
        return cls(**{name: body[name] for name in cls.__dataclass_fields__})


def lorenz_curve(values: npt.ArrayLike, workers: npt.ArrayLike) -> LorenzCurve | None:
    """Return the Lorenz curve of what workers have.

    Parameters
    ----------
    values
        float64[n], what each of the workers of a place has, 0 or more.
    workers
        float64[n], how many they are, 0 or more.

    Returns
    -------
    LorenzCurve or None
        None where there is nobody, or nobody has anything: nothing is shared then.

    Raises
    ------
    InputError
        when a number is negative or not finite, or the two do not fit together.

    Examples
    --------
    Three workers have nothing, one has all:

    >>> curve = lorenz_curve([0.0, 8.0], [3.0, 1.0])
    >>> curve.at(0.75), curve.at(0.9)
    (0.0, 0.6)
    """
    held, people = _checked(values, workers)
    kept = people > 0.0
    held, people = held[kept], people[kept]
    order = np.argsort(held, kind="stable")
    in_order, total = held[order] * people[order], float(held @ people)
    if total <= 0.0:
        return None
    shares = np.r_[0.0, np.cumsum(people[order])], np.r_[0.0, np.cumsum(in_order)]
    # By their own sums: the last corner is (1, 1) exactly, whatever the rounding.
    return LorenzCurve(shares[0] / shares[0][-1], shares[1] / shares[1][-1])


def inequality_of(values: npt.ArrayLike, workers: npt.ArrayLike) -> Inequality | None:
    """Tell how unevenly something is shared; None and errors are those of `lorenz_curve`.

    Examples
    --------
    >>> shared = inequality_of([0.0, 8.0], [3.0, 1.0])
    >>> shared.gini, shared.palma, shared.worst_tenth, shared.nothing
    (0.75, None, 0.0, 0.75)
    """
    curve = lorenz_curve(values, workers)
    if curve is None:
        return None
    held, people = _checked(values, workers)
    least = curve.at(_FOUR_TENTHS)
    return Inequality(
        gini=max(1.0 - 2.0 * float(np.trapezoid(curve.whole, curve.workers)), 0.0),
        palma=(1.0 - curve.at(_NINE_TENTHS)) / least if least > 0.0 else None,
        worst_tenth=curve.at(_TENTH),
        nothing=float(people[held == 0.0].sum() / people.sum()),
    )


def _checked(values: npt.ArrayLike, workers: npt.ArrayLike) -> tuple[Floats, Floats]:
    held, people = (np.asarray(given, dtype=np.float64).ravel() for given in (values, workers))
    if held.shape != people.shape:
        raise InputError(
            say(
                "inequality: {values} values do not fit {workers} numbers of workers",
                values=len(held),
                workers=len(people),
            )
        )
    for numbers in (held, people):
        if not np.isfinite(numbers).all() or (numbers < 0.0).any():
            raise InputError(say("inequality: a number is negative or not finite"))
    return held, people
