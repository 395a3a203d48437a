r"""Plans for the worst covered class: annealing of a soft minimum over exchanges.

The least share alone tells nothing of an exchange that helps the second worst class. Annealed is
the soft minimum of the classes' shares

.. math::
   -\frac{1}{\beta} \log \sum_C e^{-\beta s_C}

which is within :math:`\log(n) / \beta` of the least one and tends to it while :math:`\beta` rises
(Nesterov 2005) as the temperature falls (Kirkpatrick, Gelatt and Vecchi 1983). The best plan is
that of the highest least share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from planning.engine.mclp.annealing import Schedule, is_taken
from planning.engine.mclp.interchange import random_below

if TYPE_CHECKING:
    from planning.engine.cover_arrays import CoverArrays

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

# One exchange in so many goes to any option, the others to a near one.
FAR = 4
# Offers between two looks at the temperature.
OFFERS = 32
# The sharpness of the soft minimum is this part of one over the temperature.
SHARPNESS = 0.3


class ClassState(NamedTuple):
    """An open plan; changed in place.

    ``option`` int64[p] the open options, ``is_open`` bool[n], ``covering`` int32[m] how many of
    them cover an item, ``share`` float64[n_classes]; ``changed`` float64[n_classes] is scratch,
    ``random`` uint64[1] the random source.
    """

    option: Ints
    is_open: npt.NDArray[np.bool_]
    covering: Ints
    share: Floats
    changed: Floats
    random: Ints


def class_state(
    cover: CoverArrays, part: Floats, fixed: Floats, chosen: npt.NDArray[np.int64], *, seed: int
) -> ClassState:
    """Return the state of a plan; ``part`` float64[n_items, n_classes] are shares of classes."""
    is_open = np.zeros(cover.n_options, dtype=np.bool_)
    is_open[chosen] = True
    covering = np.zeros(cover.n_items, dtype=np.int32)
    for j in chosen:
        covering[cover.option_item[cover.option_offset[j] : cover.option_offset[j + 1]]] += 1
    start = np.random.default_rng(seed).integers(1, 2**62, dtype=np.uint64)
    return ClassState(
        option=np.array(chosen, dtype=np.int64),
        is_open=is_open,
        covering=covering,
        share=fixed + part[covering > 0].sum(axis=0),
        changed=np.zeros(len(fixed)),
        random=np.array([start], dtype=np.uint64),
    )


@compiled
def _soft_least(share: Floats, changed: Floats, sharpness: float) -> float:
    """Return the soft minimum of ``share + changed``."""
    least = np.inf
    for c in range(len(share)):
        least = min(least, share[c] + changed[c])
    # from the least one, so that no exponential is too large
    total = 0.0
    for c in range(len(share)):
        total += np.exp(-sharpness * (share[c] + changed[c] - least))
    return float(least - np.log(total) / sharpness)


@compiled
def _count(cover: CoverArrays, part: Floats, state: ClassState, option: int, sign: int) -> int:
    """Enter (1) or take out (-1) an option's items; what classes gain is added to ``changed``."""
    begin, end = cover.option_offset[option], cover.option_offset[option + 1]
    edge = 0 if sign > 0 else 1
    work = end - begin
    for k in range(begin, end):
        i = cover.option_item[k]
        # covered from now on, or no longer
        if state.covering[i] == edge:
            for c in range(len(state.changed)):
                state.changed[c] += sign * part[i, c]
            work += len(state.changed)
        state.covering[i] += sign
    return int(work)


@compiled
def _offer(cover: CoverArrays, state: ClassState, leaving: int) -> int:
    """Draw an option that shares an item with ``leaving``, or any one."""
    size = cover.option_offset[leaving + 1] - cover.option_offset[leaving]
    if size == 0 or random_below(state.random, FAR) == 0:
        return random_below(state.random, len(state.is_open))
    i = cover.option_item[cover.option_offset[leaving] + random_below(state.random, size)]
    degree = cover.item_offset[i + 1] - cover.item_offset[i]
    return int(cover.item_option[cover.item_offset[i] + random_below(state.random, degree)])


@compiled
def anneal_classes(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays,
    part: Floats,
    state: ClassState,
    schedule: Schedule,
    begin: int,
    end: int,
    best: Ints,
    best_value: float,
) -> float:
    """Anneal from step ``begin`` to ``end``; returns the best least share, its plan in ``best``."""
    work = begin
    while work < end and len(state.option) < len(state.is_open):
        # cool geometrically; the minimum hardens as fast
        temperature = schedule.hot * (schedule.cold / schedule.hot) ** (work / schedule.steps)
        sharpness = SHARPNESS / temperature
        state.changed[:] = 0.0
        value = _soft_least(state.share, state.changed, sharpness)
        for _ in range(OFFERS):
            slot = random_below(state.random, len(state.option))
            leaving = state.option[slot]
            entering = _offer(cover, state, leaving)
            work += 8
            if state.is_open[entering]:
                continue
            # exchange, and look what it is worth
            state.changed[:] = 0.0
            work += _count(cover, part, state, entering, 1)
            work += _count(cover, part, state, leaving, -1)
            after = _soft_least(state.share, state.changed, sharpness)
            work += 8 * len(state.share)
            # not taken: back again
            if not is_taken(after - value, temperature, state.random):
                work += _count(cover, part, state, leaving, 1)
                work += _count(cover, part, state, entering, -1)
                continue
            value = after
            state.share[:] += state.changed
            state.option[slot] = entering
            state.is_open[leaving], state.is_open[entering] = False, True
            least = state.share.min()
            if least > best_value:
                best_value = least
                best[:] = state.option
    return best_value
