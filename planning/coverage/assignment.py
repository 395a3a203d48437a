r"""Who goes where: each cell's workers of a group to the nearest open place that serves them.

With room for all, everybody goes to the place that is reached first. With seats, the shortest ways
are filled first: over all pairs (item, place) in the order of their seconds,

.. math:: f_{ij} = \min\bigl(w_i - \sum_{k} f_{ik},\; q_j - \sum_{k} f_{kj}\bigr)

so that whoever finds the nearest place full goes on to the next one. It is the stable matching of
Gale and Shapley (1962) where workers prefer the nearer place and places the nearer worker. Of equal
seconds the group, then the cell, that stands first in the demand comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from geo import travel_times
from geo.compiled import compiled
from geo.errors import InputError
from geo.messages import say
from planning.coverage.nominal import by_standard, groups_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from data.demand import Demand
    from data.settings import Settings
    from data.vocabulary import StandardWord
    from geo.network import RoadNetwork

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class StandingPlaces:
    """Places as they serve, today or after a plan.

    ``order`` is 0 for what stands already as it is, else the number of the action that made it so.
    ``lonlat`` float64[n, 2] WGS-84 degrees; ``serves`` bool[n_groups, n]; ``open`` bool[n, 168] of
    a plain week, Monday first; ``knows_hours`` bool[n]; ``seats`` float64[n], NaN where they are
    not known.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    order: tuple[int, ...]
    lonlat: Floats
    serves: Mask
    open: Mask
    knows_hours: Mask
    seats: Floats

    def __post_init__(self) -> None:
        n, n_groups = len(self.ids), len(self.serves)
        shapes = (self.lonlat.shape, self.serves.shape, self.open.shape, self.seats.shape)
        if shapes != ((n, 2), (n_groups, n), (n, 168), (n,)):
            raise InputError(say("places: shapes {shapes} do not fit", shapes=shapes))

    def __len__(self) -> int:
        return len(self.ids)


class Ways(NamedTuple):
    """Every way within the standard that somebody may go, the shortest first.

    ``item`` int32[n] is ``group * n_cells + cell``, ``place`` int32[n], ``seconds`` float32[n].
    """

    item: Small
    place: Small
    seconds: npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Assignment:
    """Who goes where: ``workers`` float64[n] of a ``cell`` and ``group`` (int64[n]) to a ``place``.

    ``seconds`` float64[n] on the roads. ``left`` float64[n_cells, n_groups] are those who have no
    place within their standard, or none with room.
    """

    cell: Ints
    group: Ints
    place: Ints
    seconds: Floats
    workers: Floats
    left: Floats

    def __len__(self) -> int:
        return len(self.cell)


def ways_within(
    demand: Demand,
    places: StandingPlaces,
    network: RoadNetwork,
    settings: Settings,
    *,
    standard: StandardWord = "group",
    speed_factors: Mapping[str, float] | None = None,
    on_progress: Callable[[str, float], None] | None = None,
) -> Ways:
    """Search all ways from cells to the places that serve their groups, within the standard.

    Parameters
    ----------
    demand, network, settings
        the city; groups are those of the demand.
    places
        what stands.
    standard
        each group's own, or the national one for all.
    speed_factors
        by mode, times its speed: 0.8 is a fifth slower.
    on_progress
        is told of the travel times.

    Raises
    ------
    InputError
        when the demand has a group that the settings do not name.
    """
    factors = speed_factors or {}
    groups, n_cells = groups_of(demand, settings), len(demand)
    parts: list[tuple[Small, Small, npt.NDArray[np.float32]]] = []
    for held, numbers in by_standard(groups, settings, standard=standard).items():
        serving = np.flatnonzero(places.serves[numbers].any(axis=0))
        if not len(serving) or not n_cells:
            continue
        factor = factors.get(held.mode, 1.0)
        times = travel_times(
            network,
            mode=held.mode,
            origins=demand.lonlat,
            destinations=places.lonlat[serving],
            cutoff_s=held.cutoff_s * factor,
            cutoff_m=held.radius_m,
            snap_limit_m=settings.snap_limit_m,
            on_progress=on_progress,
        ).csr
        cell = np.repeat(np.arange(n_cells, dtype=np.int32), np.diff(times.indptr))
        place = serving[times.indices].astype(np.int32)
        seconds = (times.data / np.float32(factor)).astype(np.float32)
        for number in numbers:
            kept = places.serves[number][place] & (demand.weights[:, number] > 0)[cell]
            item = (number * n_cells + cell[kept]).astype(np.int32)
            parts.append((item, place[kept], seconds[kept]))
    if not parts:
        none = np.empty(0, dtype=np.int32)
        return Ways(none, none, np.empty(0, dtype=np.float32))
    item, place = (np.concatenate([part[number] for part in parts]) for number in (0, 1))
    seconds = np.concatenate([part[2] for part in parts])
    order = np.lexsort((place, item, seconds))
    return Ways(item[order], place[order], seconds[order])


def assign(
    ways: Ways, people: Floats, *, is_open: Mask | None = None, room: Floats | None = None
) -> Assignment:
    """Send everybody to the nearest open place, or the nearest with room.

    Parameters
    ----------
    ways
        as `ways_within` searched them.
    people
        float64[n_cells, n_groups].
    is_open
        bool[n_places]: places that take somebody; None: all.
    room
        float64[n_places], how many each takes, infinity for no end; None: no end anywhere.

    Examples
    --------
    Ten people, two places of four seats each; two stay without:

    >>> import numpy as np
    >>> from planning.coverage.assignment import Ways, assign
    >>> ways = Ways(np.array([0, 0], np.int32), np.array([1, 0], np.int32),
    ...             np.array([60, 90], np.float32))
    >>> made = assign(ways, np.array([[10.0]]), room=np.array([4.0, 4.0]))
    >>> made.place.tolist(), made.workers.tolist(), made.left.tolist()
    ([1, 0], [4.0, 4.0], [[2.0]])
    """
    n_cells, n_groups = people.shape
    n_places = int(ways.place.max(initial=-1)) + 1
    opened = np.ones(n_places, dtype=np.bool_) if is_open is None else is_open
    left = np.ascontiguousarray(people.T, dtype=np.float64).ravel().copy()
    free = np.full(max(n_places, len(opened)), np.inf) if room is None else room.copy()
    flow = _fill(ways.item, ways.place, opened, left, free)
    gone = np.flatnonzero(flow > 0.0)
    group, cell = np.divmod(ways.item[gone].astype(np.int64), n_cells)
    return Assignment(
        cell=cell,
        group=group,
        place=ways.place[gone].astype(np.int64),
        seconds=ways.seconds[gone].astype(np.float64),
        workers=flow[gone],
        left=left.reshape(n_groups, n_cells).T.copy(),
    )


@compiled
def _fill(item: Small, place: Small, is_open: Mask, left: Floats, room: Floats) -> Floats:
    """Fill the shortest ways first; ``left`` and ``room`` become what is left of both."""
    flow = np.zeros(len(item))
    for k in range(len(item)):
        i, j = item[k], place[k]
        if not is_open[j] or left[i] <= 0.0 or room[j] <= 0.0:
            continue
        flow[k] = min(left[i], room[j])
        left[i] -= flow[k]
        room[j] -= flow[k]
    return flow
