"""In which order to visit places, by the times between them: a good open tour, not a proven best.

Nearest neighbour from every place as the first, the best of them improved by 2-opt (Croes 1958)
until no reversal of a part makes it shorter. Times may differ by direction: a reversed part is
counted the other way round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST_GAIN_S = 1e-6


def open_tour(seconds: NDArray[np.float64]) -> tuple[int, ...]:
    """Return the places in the order of a tour that begins and ends anywhere.

    Parameters
    ----------
    seconds
        float64[n, n], from row to column; every one finite and 0 or more.

    Raises
    ------
    InputError
        when the table is not square or holds a time that is none.

    Examples
    --------
    >>> import numpy as np
    >>> from geo.open_tour import open_tour
    >>> along = np.array([3.0, 1.0, 2.0])
    >>> open_tour(abs(along[:, None] - along[None, :]))
    (0, 2, 1)
    """
    n = len(seconds)
    if seconds.shape != (n, n) or not np.isfinite(seconds).all() or (seconds < 0).any():
        raise InputError(say("a tour needs a square table of times, each finite and 0 or more"))
    if not n:
        return ()
    starts = [_nearest_neighbour(seconds, start) for start in range(n)]
    return tuple(_two_opt(seconds, min(starts, key=lambda tour: tour_seconds(seconds, tour))))


def tour_seconds(seconds: NDArray[np.float64], tour: list[int] | tuple[int, ...]) -> float:
    """Return how long a tour takes on the way."""
    return float(seconds[list(tour[:-1]), list(tour[1:])].sum())


def _nearest_neighbour(seconds: NDArray[np.float64], start: int) -> list[int]:
    left = np.ones(len(seconds), dtype=np.bool_)
    tour = [start]
    left[start] = False
    while left.any():
        there = np.flatnonzero(left)
        tour.append(int(there[np.argmin(seconds[tour[-1], there])]))
        left[tour[-1]] = False
    return tour


def _two_opt(seconds: NDArray[np.float64], tour: list[int]) -> list[int]:
    """Reverse the part that gains most, again and again."""
    n = len(tour)
    while True:
        at = np.array(tour)
        # Along the tour and against it, up to each place.
        ahead = np.concatenate([[0.0], np.cumsum(seconds[at[:-1], at[1:]])])
        back = np.concatenate([[0.0], np.cumsum(seconds[at[1:], at[:-1]])])
        best, change = _LEAST_GAIN_S, (0, 0)
        for first in range(n - 1):
            last = np.arange(first + 1, n)
            before = ahead[last] - ahead[first]
            after = back[last] - back[first]
            if first:  # the way into the part
                before = before + seconds[at[first - 1], at[first]]
                after = after + seconds[at[first - 1], at[last]]
            out = last < n - 1  # the way out of it
            following = at[np.minimum(last + 1, n - 1)]
            before = before + np.where(out, seconds[at[last], following], 0.0)
            after = after + np.where(out, seconds[at[first], following], 0.0)
            gain = before - after
            most = int(np.argmax(gain))
            if gain[most] > best:
                best, change = float(gain[most]), (first, int(last[most]))
        if change == (0, 0):
            return tour
        first, end = change
        tour = [*tour[:first], *reversed(tour[first : end + 1]), *tour[end + 1 :]]
