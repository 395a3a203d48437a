r"""The mean time to the nearest open place, as covering by levels of time.

A worker of group g in cell i goes :math:`t_{i}(x) = \min(b_i, \min_{j\ \text{open}} t_{ij})`
seconds: to the nearest open place that serves the group within its standard, and :math:`b_i` where
no new one is nearer, which is the time to the nearest fixed station, and the stated time P where
there is none. With the distinct times :math:`v_1 < \dots < v_K < v_{K+1} = b_i` of the places that
could be nearer,

.. math::
   \sum_i w_i t_i(x) = \sum_i w_i b_i
   - \sum_i \sum_{k=1}^{K} w_i (v_{k+1} - v_k) \, [\text{an open } j \text{ has } t_{ij} \le v_k]

so the least mean time is a maximal covering problem whose items are the levels (the p-median of
Hakimi 1964 by radius, as in Garcia, Labbe and Marin 2011), and every limit of a question holds as
it does for workers covered. Where there are too many levels the times to new places are rounded
down to steps, the coarser the fewer workers a trip has for its pairs of level and place, and a trip
of next to nobody is counted as if its shortest way were there: the steps :math:`s_i` that make
:math:`\sum_i w_i e_i(s_i) + \lambda \sum_i n_i(s_i)` least, with ``e`` the seconds rounded off a
pair in the mean and ``n`` the pairs. The bound is then that of times which are too short, and stays
below every true mean, while a plan is told by its true times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.errors import ProblemError
from geo.messages import say
from planning.coverage.nominal import standard_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.questions.question import Question
    from data.settings import GroupSettings, Settings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

#: Pairs of level and option, over all years, up to which times are taken as they are.
MAX_LEVEL_PAIRS = 16_000_000
#: The steps, in seconds, to which times may be rounded down; inf: as if the shortest way were.
STEPS_S = (0.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, np.inf)
# How often the price of a pair is halved or doubled, and in which powers of two it lies.
_PRICINGS, _POWERS = 40, (-60.0, 40.0)


@dataclass(frozen=True, eq=False)
class Trips:
    """Who goes how long: a trip for each cell with workers of each group.

    ``seconds`` float64 CSR [n_states, n_trips] to the states that serve the group within the
    standard (absence: out of reach, a stored 0 a real 0); ``stands_s`` float64[n_trips] to the
    nearest fixed station, else the stated time; ``beyond_s`` float64[n_trips] that time;
    ``people`` float64[n_years, n_trips]; ``group`` int64[n_trips].
    """

    seconds: sp.csr_array
    stands_s: Floats
    beyond_s: Floats
    people: Floats
    group: Ints

    def shortest_s(self, states: Sequence[int] | Ints) -> Floats:
        """float64[n_trips]: seconds of each trip where these states stand beside what is fixed."""
        rows = sp.csr_array(self.seconds[np.asarray(states, dtype=np.int64)])
        shortest = self.stands_s.copy()
        np.minimum.at(shortest, rows.indices, rows.data)
        return shortest


class TimeLevels(NamedTuple):
    """Levels as items: ``covers`` bool CSR [n_states, n_levels], seconds that a state saves.

    ``weights`` float64[n_years, n_levels] worker-seconds, as the goal counts workers; ``step_s``
    float64[n_trips] what times were rounded down to (`STEPS_S`); ``rounded_off`` worker-seconds of
    all years that are saved in any case by a trip which is counted as if its shortest way were
    there.
    """

    covers: sp.csr_array
    weights: Floats
    step_s: Floats
    rounded_off: float


class TripRule(NamedTuple):
    """How a group's trips count: seconds of who reaches none, and its speed beside the usual."""

    beyond_s: float
    speed: float


def trip_rules(
    question: Question, groups: Sequence[GroupSettings], settings: Settings
) -> tuple[TripRule, ...]:
    """Return the rule of each group; ``settings`` are those of the usual speed.

    Raises
    ------
    ProblemError
        when the question states a time that is shorter than a standard's.
    """
    stated, rules = question.goal.beyond_s, []
    for group in groups:
        held = standard_of(group, settings, standard=question.goal.standard)
        if stated is not None and stated < held.cutoff_s:
            raise ProblemError(
                say(
                    "goal.beyond_s is {stated_s:g} s and the standard of {group} is {cutoff_s:g} "
                    "s: who is out of reach cannot count less than who is within",
                    stated_s=stated,
                    group=group.id,
                    cutoff_s=held.cutoff_s,
                )
            )
        speed = question.world.speed_factors.get(held.mode, 1.0)
        rules.append(TripRule(held.cutoff_s if stated is None else stated, speed))
    return tuple(rules)


def trips_of(
    seconds: sp.csr_array,
    serves: Mask,
    *,
    fixed: Mask,
    people: Floats,
    rule: TripRule,
    group: int,
) -> Trips:
    """Return a group's trips.

    Parameters
    ----------
    seconds
        float [n_states + n_stations, n_cells] within the standard, at the usual speed.
    serves, fixed
        bool[n_states], bool[n_stations]: which of them serve the group.
    people
        float64[n_years, n_cells]; cells without anybody are left out.
    rule
        how they count.
    group
        its number.
    """
    there = np.flatnonzero((people > 0).any(axis=0))
    table = sp.csr_array(seconds[:, there])
    time_s = table.data.astype(np.float64) / rule.speed
    row = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    n_states = len(serves)
    stands = np.full(len(there), rule.beyond_s)
    of_fixed = np.r_[np.zeros(n_states, dtype=np.bool_), fixed][row]
    np.minimum.at(stands, table.indices[of_fixed], time_s[of_fixed])
    kept = np.r_[serves, np.zeros(len(fixed), dtype=np.bool_)][row]
    states = sp.csr_array(
        (time_s[kept], (row[kept], table.indices[kept])), shape=(n_states, len(there))
    )
    return Trips(
        seconds=states,
        stands_s=stands,
        beyond_s=np.full(len(stands), rule.beyond_s),
        people=people[:, there],
        group=np.full(len(stands), group, dtype=np.int64),
    )


def all_trips(of_groups: Sequence[Trips | None]) -> Trips | None:
    """Put the trips of all groups side by side; None where none are counted."""
    parts = [one for one in of_groups if one is not None]
    if not parts:
        return None
    return Trips(
        seconds=sp.csr_array(sp.hstack([one.seconds for one in parts], format="csr")),
        stands_s=np.concatenate([one.stands_s for one in parts]),
        beyond_s=np.concatenate([one.beyond_s for one in parts]),
        people=np.hstack([one.people for one in parts]),
        group=np.concatenate([one.group for one in parts]),
    )


def time_levels(trips: Trips, worth: Floats) -> TimeLevels:
    """Make levels of trips, ``worth`` float64[n_trips] being what the goal counts a worker."""
    by_trip = sp.csr_array(trips.seconds.T)
    trip = np.repeat(np.arange(by_trip.shape[0]), np.diff(by_trip.indptr))
    nearer = by_trip.data < trips.stands_s[trip]
    trip, state, seconds = trip[nearer], by_trip.indices[nearer], by_trip.data[nearer]
    order = np.lexsort((state, seconds, trip))
    pairs = _Pairs(trip[order], seconds[order], trips.stands_s)
    state = state[order]
    weight = trips.people * worth
    n_years = len(weight)
    # an option that begins in a year stands in all that follow
    most_pairs = MAX_LEVEL_PAIRS // (n_years * (n_years + 1) // 2)
    step_s = _steps(pairs, weight.sum(axis=0), most_pairs)
    levels = pairs.levels(step_s)
    place = np.arange(levels.size.sum()) - np.repeat(
        np.cumsum(levels.size) - levels.size, levels.size
    )
    place += np.repeat(levels.start, levels.size)
    covers = sp.csr_array(
        (
            np.ones(len(place), dtype=np.bool_),
            (state[place], np.repeat(np.arange(len(levels.size)), levels.size)),
        ),
        shape=(trips.seconds.shape[0], len(levels.size)),
    )
    given = np.isinf(step_s)
    return TimeLevels(
        covers=covers,
        weights=np.asarray(weight[:, levels.trip] * levels.width_s),
        step_s=step_s,
        rounded_off=float((weight.sum(axis=0) * pairs.most_saved_s)[given].sum()),
    )


def _steps(pairs: _Pairs, weight: Floats, most_pairs: int) -> Floats:
    """float64[n_trips]: the steps that round off least with so many pairs of level and state."""
    n_pairs, lost = [], []
    for step_s in STEPS_S:
        of_trip, off_s = pairs.sizes(step_s)
        n_pairs.append(of_trip)
        lost.append(weight * off_s)
    sizes, losses = np.array(n_pairs, dtype=np.float64), np.array(lost)
    # bisection of the price of a pair, in powers of two
    low, high = _POWERS
    chosen = losses.argmin(axis=0)
    columns = np.arange(len(weight))
    if sizes[chosen, columns].sum() > most_pairs:
        chosen = sizes.argmin(axis=0)
        for _ in range(_PRICINGS):
            middle = (low + high) / 2
            trial = (losses + 2.0**middle * sizes).argmin(axis=0)
            if sizes[trial, columns].sum() > most_pairs:
                low = middle
            else:
                high, chosen = middle, trial
    return np.asarray(np.array(STEPS_S)[chosen], dtype=np.float64)


class _Pairs(NamedTuple):
    """Trips and the states that are nearer than what stands, by trip and then by time."""

    trip: Ints
    seconds: Floats
    stands_s: Floats

    @property
    def most_saved_s(self) -> Floats:
        """float64[n_trips]: what the nearest state saves, 0 where there is none."""
        saved = np.zeros(len(self.stands_s))
        np.maximum.at(saved, self.trip, self.stands_s[self.trip] - self.seconds)
        return saved

    def sizes(self, step_s: float) -> tuple[Ints, Floats]:
        """Return the pairs of level and state of each trip, and seconds lost in the mean of it."""
        n_trips = len(self.stands_s)
        n_states = np.maximum(np.bincount(self.trip, minlength=n_trips), 1)
        if np.isinf(step_s):
            saved = self.stands_s[self.trip] - self.seconds
            whole = np.bincount(self.trip, weights=saved, minlength=n_trips)
            return np.zeros(n_trips, dtype=np.int64), self.most_saved_s - 0.5 * whole / n_states
        levels = self.levels(np.full(n_trips, step_s))
        size = np.bincount(levels.trip, weights=levels.size, minlength=n_trips).astype(np.int64)
        off = self.seconds - _down(self.seconds, step_s)
        return size, np.bincount(self.trip, weights=off, minlength=n_trips) / n_states

    def levels(self, step_s: Floats) -> _Levels:
        """Find the levels; the last one of a trip ends at what stands.

        A level ends where the next time of its trip is longer, and all pairs of the trip up to
        there cover it.
        """
        steps = step_s[self.trip]
        kept = np.flatnonzero(~np.isinf(steps))
        trip = self.trip[kept]
        if not len(trip):
            none = np.empty(0, dtype=np.int64)
            return _Levels(none, np.empty(0), none, none)
        values = _down(self.seconds[kept], steps[kept])
        begins = np.r_[True, trip[1:] != trip[:-1]]
        is_last = np.r_[begins[1:], True]
        ends = np.flatnonzero(is_last | np.r_[values[1:] > values[:-1], True])
        upper = np.where(is_last[ends], self.stands_s[trip[ends]], np.r_[values[1:], 0.0][ends])
        start = np.flatnonzero(begins)[np.cumsum(begins)[ends] - 1]
        return _Levels(trip[ends], upper - values[ends], kept[start], ends - start + 1)


class _Levels(NamedTuple):
    """Each level: its trip, its width in seconds, and its states as a run of the sorted pairs."""

    trip: Ints
    width_s: Floats
    start: Ints
    size: Ints


def _down(seconds: Floats, step_s: Floats | float) -> Floats:
    """Round down to whole steps; a step of 0 leaves a time as it is."""
    step = np.broadcast_to(np.asarray(step_s, dtype=np.float64), seconds.shape)
    whole = np.floor(seconds / np.where(step > 0.0, step, 1.0)) * step
    return np.asarray(np.where(step > 0.0, whole, seconds))
