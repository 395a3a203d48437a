r"""Floating catchments: how many seats a worker has for himself, shared with all others in reach.

The two-step floating catchment area (2SFCA; Luo and Wang 2003). First each place shares its seats
among the workers in its catchment, then each worker adds up the shares of the places in reach:

.. math::
    R_j = \frac{S_j}{\sum_{g,i} f_g(t_{gij}) \, w_{gi}}, \qquad
    A_{gi} = \sum_j f_g(t_{gij}) \, R_j

with ``S`` the seats of a place, ``w`` the workers of group g in cell i, ``t`` the seconds of the
way where it lies within the group's standard (0 counts, no way counts nothing) and ``f`` how much a
way of that length still counts:

* ``plain``, 2SFCA: 1 within the standard;
* ``stepped``, the enhanced E2SFCA (Luo and Qi 2009): 1, 0.68 and 0.22 in the first, second and last
  third of the standard's seconds;
* ``gaussian`` (Dai 2010): ``(exp(-u^2/2) - exp(-1/2)) / (1 - exp(-1/2))`` with ``u`` the share of
  the standard's seconds, 1 at the door and 0 at the limit.

What it means: all seats that anybody can reach, shared out, so that over all workers the values add
up to those seats. What it does not mean: that a seat is free, that the place is open, or that a
worker would go there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = npt.NDArray[np.float64]
DecayWord = Literal["plain", "stepped", "gaussian"]
DECAYS: Final[tuple[DecayWord, ...]] = get_args(DecayWord)
#: The weights of the three thirds of a standard, those of slow decay of Luo and Qi (2009).
STEPS: Final = (1.0, 0.68, 0.22)


@dataclass(frozen=True, eq=False)
class Catchment:
    """One group's side: ``workers`` float64[n_cells] and who gets where in how many seconds.

    ``seconds`` CSR [n_places, n_cells] holds the pairs within the group's standard, a stored 0 is a
    way of no length; places that do not serve the group have none. ``cutoff_s`` is the standard's.
    """

    workers: Floats
    seconds: sp.csr_array
    cutoff_s: float


@dataclass(frozen=True, eq=False)
class SeatAccess:
    """Seats a worker: ``per_worker`` float64[n_cells, n_groups], and ``ratio`` float64[n_places].

    ``ratio`` is what a place has for each worker of its catchment, 0 where nobody is in it.
    """

    per_worker: Floats
    ratio: Floats


def seat_access(
    seats: npt.ArrayLike, catchments: Sequence[Catchment], *, decay: DecayWord
) -> SeatAccess:
    """Share the seats of places among the workers in reach.

    Parameters
    ----------
    seats
        float64[n_places], 0 or more; a place whose seats are not known has no place here.
    catchments
        one a group, all of the same places and cells.
    decay
        how much a longer way counts, one of `DECAYS`.

    Returns
    -------
    SeatAccess
        0 for workers who reach no place.

    Raises
    ------
    InputError
        when seats are negative or not known.

    Examples
    --------
    Six seats, two workers at the door and two at the end of the standard:

    >>> ways = sp.csr_array(np.array([[1.0, 900.0]]))
    >>> group = Catchment(np.array([2.0, 2.0]), ways, 900.0)
    >>> seat_access([6.0], [group], decay="plain").per_worker.ravel().tolist()
    [1.5, 1.5]
    """
    supply = np.asarray(seats, dtype=np.float64)
    if not np.isfinite(supply).all() or (supply < 0.0).any():
        raise InputError(say("seats to share must be known, and 0 or more"))
    counted = [_counting(one, decay) for one in catchments]
    asked = np.zeros(len(supply))
    for one, ways in zip(catchments, counted, strict=True):
        asked += ways @ one.workers
    ratio = np.divide(supply, asked, out=np.zeros_like(supply), where=asked > 0.0)
    n_cells = len(catchments[0].workers) if catchments else 0
    per_worker = np.zeros((n_cells, len(catchments)))
    for number, ways in enumerate(counted):
        per_worker[:, number] = ratio @ ways
    return SeatAccess(per_worker, ratio)


def decay_weights(share: npt.ArrayLike, decay: DecayWord) -> Floats:
    """Return how much ways count that take a share (0 to 1) of a standard's seconds."""
    taken = np.asarray(share, dtype=np.float64)
    if decay == "plain":
        return np.ones_like(taken)
    if decay == "stepped":
        third = np.clip(np.ceil(taken * len(STEPS)), 1, len(STEPS)).astype(np.int64) - 1
        return np.asarray(STEPS, dtype=np.float64)[third]
    edge = np.exp(-0.5)
    return np.asarray(np.clip((np.exp(-0.5 * taken**2) - edge) / (1.0 - edge), 0.0, 1.0))


def _counting(one: Catchment, decay: DecayWord) -> sp.csr_array:
    """Return the ways of a group by how much each counts, of the same shape."""
    ways = one.seconds
    weights = decay_weights(np.asarray(ways.data, dtype=np.float64) / one.cutoff_s, decay)
    return sp.csr_array((weights, ways.indices, ways.indptr), shape=ways.shape)
