"""Why a plan has fewer sites than were asked for: the limits that keep the next one away."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from planning.siting.candidates import SitePins, SitingDemand, SitingOptions

#: No other candidate site reaches a worker who has no station yet.
NO_GAIN: Final = "no_gain"
#: Every candidate site is in the plan.
ALL_BUILT: Final = "all_built"
#: Nothing but the end of the search keeps another site out.
STOPPED: Final = "stopped"
#: The site is one of those that cannot be had.
WITHOUT: Final = "without"
#: The site gets another kind already.
ONE_A_SITE: Final = "one_a_site"
#: The limit of a kind is used up: this word, a colon, and the limit as it was asked for.
KIND: Final = "kind"


@dataclass(frozen=True)
class Shortfall:
    """One reason for which no further site is in a plan that has fewer than were asked for.

    ``limits`` would have to give way together: ``kind:station:3`` (the limit of that kind),
    ``without``, ``one_a_site``; then ``n_sites`` candidate sites would each reach workers who have
    no station yet, the best of them ``adds_workers``. Or ``limits`` is one of ``stopped`` (nothing
    stands in the way: the search ended before), ``no_gain`` and ``all_built`` (then nobody would be
    added, and ``n_sites`` is the number of candidate sites).
    """

    limits: tuple[str, ...]
    n_sites: int
    adds_workers: float


def shortfalls(
    options: SitingOptions,
    items: SitingDemand,
    built: npt.NDArray[np.int64],
    *,
    pins: SitePins,
    kinds: Mapping[str, int | None],
) -> tuple[Shortfall, ...]:
    """Recompute from the data what keeps each option that is not ``built`` out of a plan.

    Of two sets of limits, one within the other, the smaller is the reason. The reason behind which
    most workers stand comes first.
    """
    uncovered = ~items.covered
    uncovered[items.covers[built].indices] = False
    gains = items.covers @ np.where(uncovered, items.weights, 0.0)
    gains[built] = 0.0
    n_sites = len(options.lonlat)
    if not gains.any():
        word = ALL_BUILT if len(np.unique(options.site[built])) == n_sites else NO_GAIN
        return (Shortfall((word,), n_sites, 0.0),)
    held: dict[frozenset[str], list[int]] = defaultdict(list)
    used_up = _kinds_used_up(options, built, kinds)
    taken = set(options.site[built].tolist())
    for option in np.flatnonzero(gains).tolist():
        limits = {used_up[options.kinds[option]]} if options.kinds[option] in used_up else set()
        limits |= {WITHOUT} if pins.forbidden[option] else set()
        limits |= {ONE_A_SITE} if int(options.site[option]) in taken else set()
        held[frozenset(limits)].append(option)
    shorts = [
        Shortfall(
            tuple(sorted(limits)) or (STOPPED,),
            len(np.unique(options.site[members])),
            float(gains[members].max()),
        )
        for limits, members in held.items()
        if not any(other < limits for other in held)
    ]
    return tuple(sorted(shorts, key=lambda one: (-one.adds_workers, one.limits)))


def _kinds_used_up(
    options: SitingOptions, built: npt.NDArray[np.int64], kinds: Mapping[str, int | None]
) -> dict[str, str]:
    """Return the kinds of which no more may be built, each with its limit as a word."""
    n_built = Counter(options.kinds[option] for option in built.tolist())
    return {
        kind: f"{KIND}:{kind}:{most}"
        for kind, most in kinds.items()
        if most is not None and n_built[kind] >= most
    }
