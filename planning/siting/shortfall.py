"""Why a plan has fewer sites than were asked for: the limits that keep the next one away."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import scipy.sparse as sp

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


class Choices(NamedTuple):
    """What may be built, and whom it reaches who has no station yet.

    ``covers`` bool CSR [n_options, n_items], ``weights`` float64[n_items] workers; ``place``
    int64[n_options] the number of each option's site, from 0, ``kinds`` its kind; ``forbidden``
    bool[n_options] those that cannot be had.
    """

    covers: sp.csr_array
    weights: npt.NDArray[np.float64]
    place: npt.NDArray[np.int64]
    kinds: tuple[str, ...]
    forbidden: npt.NDArray[np.bool_]


def shortfalls(
    choices: Choices, built: npt.NDArray[np.int64], *, most: Mapping[str, int | None]
) -> tuple[Shortfall, ...]:
    """Recompute from the data what keeps each option that is not ``built`` out of a plan.

    ``most`` says how many of each kind may be built. Of two sets of limits, one within the other,
    the smaller is the reason. The reason behind which most workers stand comes first.
    """
    place, kinds = choices.place, choices.kinds
    uncovered = np.array(choices.weights)
    uncovered[choices.covers[built].indices] = 0.0
    gains = choices.covers @ uncovered
    gains[built] = 0.0
    n_sites = len(np.unique(place))
    if not gains.any():
        word = ALL_BUILT if len(np.unique(place[built])) == n_sites else NO_GAIN
        return (Shortfall((word,), n_sites, 0.0),)
    held: dict[frozenset[str], list[int]] = defaultdict(list)
    used_up = _kinds_used_up(kinds, built, most)
    taken = set(place[built].tolist())
    for option in np.flatnonzero(gains).tolist():
        limits = {used_up[kinds[option]]} if kinds[option] in used_up else set()
        limits |= {WITHOUT} if choices.forbidden[option] else set()
        limits |= {ONE_A_SITE} if int(place[option]) in taken else set()
        held[frozenset(limits)].append(option)
    shorts = [
        Shortfall(
            tuple(sorted(limits)) or (STOPPED,),
            len(np.unique(place[members])),
            float(gains[members].max()),
        )
        for limits, members in held.items()
        if not any(other < limits for other in held)
    ]
    return tuple(sorted(shorts, key=lambda one: (-one.adds_workers, one.limits)))


def _kinds_used_up(
    kinds: tuple[str, ...], built: npt.NDArray[np.int64], most: Mapping[str, int | None]
) -> dict[str, str]:
    """Return the kinds of which no more may be built, each with its limit as a word."""
    n_built = Counter(kinds[option] for option in built.tolist())
    return {
        kind: f"{KIND}:{kind}:{limit}"
        for kind, limit in most.items()
        if limit is not None and n_built[kind] >= limit
    }
