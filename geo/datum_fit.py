"""Which reading of a file's coordinates fits the roads: the judgement behind the datum doctor.

Rest stations stand beside roads. Read in a wrong datum all of them are moved by the same half
kilometre or so, and stand where chance puts them: some on a road, most behind one. So for each
reading the points' *misfit* is the mean over the points of ``log(1 + (d / 15 m)^2)``, where ``d``
is the distance to the nearest road, cut at 150 m; a point outside every district counts as one
without a road, one outside the box of the roads is left out. It is compared with the misfit of the
very same points under *other shifts*, 300 to 800 m away from a reading all around, none of which
can be right:

    strength = (mean misfit of the other shifts - misfit) / their standard deviation

The scale is thus made by the data: dense streets, few points and points that lie together all
widen it. A reading is told to be right when its strength reaches `SURE` and exceeds that of every
other by `AHEAD`; what does not is left undecided, and so are fewer than `FEWEST` points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.errors import InputError
from geo.messages import say
from geo.roads import metres_per_degree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from geo.measure import Box

    Points = NDArray[np.float64]
    Distances = Callable[[Points], NDArray[np.float64]]
    Insides = Callable[[Points], NDArray[np.bool_]]

FEWEST: Final = 8
MOST: Final = 2_000
SURE: Final = 3.5
AHEAD: Final = 2.0
NEAR_M: Final = 30.0
FAR_M: Final = 150.0
_SOFT_M: Final = 15.0
_SHIFTS_M: Final = (300.0, 500.0, 800.0)
_DIRECTIONS: Final = 12
_APART_M: Final = 120.0
_LEAST_COVERED: Final = 0.6
_FEWEST_SHIFTS: Final = 10
_LEAST_SPREAD: Final = 1e-6


@dataclass(frozen=True)
class Reading:
    """How the points fit when they are read in one way.

    ``median_m`` and ``near_share`` (within `NEAR_M`) are of the distance to the nearest road, cut
    at `FAR_M`; ``inside_share`` of the points lie in a district (NaN where there are none);
    ``shift_m`` is how far the reading moves them, in the median, from the stated one.
    """

    name: str
    median_m: float
    near_share: float
    inside_share: float
    shift_m: float
    strength: float


@dataclass(frozen=True)
class DatumFit:
    """The readings of one file, compared.

    ``points`` were used; ``likely`` is the reading that fits, None when none can be told, and
    ``why_not`` then says "few points", "no roads", "same place" (outside China all datums are one)
    or "undecided".
    """

    stated: str
    points: int
    readings: tuple[Reading, ...]
    likely: str | None
    why_not: str

    @property
    def doubtful(self) -> bool:
        """Whether another reading than the stated one fits."""
        return self.likely is not None and self.likely != self.stated

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values, for JSON; a strength that cannot be told is None."""
        return {
            "stated": self.stated,
            "likely": self.likely,
            "why_not": self.why_not,
            "doubtful": self.doubtful,
            "points": self.points,
            "readings": {
                reading.name: {
                    "median_m": round(reading.median_m, 1),
                    "near_share": round(reading.near_share, 4),
                    "inside_share": _rounded(reading.inside_share, 4),
                    "shift_m": round(reading.shift_m, 1),
                    "strength": _rounded(reading.strength, 2),
                }
                for reading in self.readings
            },
        }

    def reading(self, name: str) -> Reading:
        """Return one reading by its name (KeyError when there is none)."""
        return {reading.name: reading for reading in self.readings}[name]


def fit_readings(
    readings: Mapping[str, Points],
    *,
    stated: str,
    to_road_m: Distances,
    box: Box,
    inside: Insides | None = None,
) -> DatumFit:
    """Judge under which reading points fit the roads and the districts.

    Parameters
    ----------
    readings
        name -> float64[n, 2], the same points in degrees of WGS-84 as each reading puts them; of
        more than `MOST` points an even sample is judged. Points at one place count once.
    stated
        the reading that the file claims.
    to_road_m
        points -> metres to the nearest road, NaN where none is near.
    box
        where roads are known.
    inside
        points -> whether they lie in a district; None where there are no districts.

    Raises
    ------
    InputError
        when ``stated`` is none of the readings, or their shapes differ.
    """
    if stated not in readings or len({points.shape for points in readings.values()}) != 1:
        raise InputError(
            say("datum fit: the readings must be of the same points, the stated one too")
        )
    rows = _judged_rows(readings[stated])
    placed = {name: points[rows] for name, points in readings.items()}
    if not len(rows):
        return DatumFit(stated, 0, (), None, "few points")
    place = _Place(to_road_m, box, inside)
    others = np.array([place.misfit(points) for points in _other_shifts(placed[stated], placed)])
    others = others[np.isfinite(others)]
    enough = len(others) >= _FEWEST_SHIFTS
    mean = float(others.mean()) if enough else np.nan
    spread = max(float(others.std(ddof=1)), _LEAST_SPREAD) if enough else np.nan
    found = tuple(
        Reading(
            name=name,
            median_m=float(np.median(place.distances(points))),
            near_share=float(np.mean(place.distances(points) <= NEAR_M)),
            inside_share=place.inside_share(points),
            shift_m=float(np.hypot(*_shift_m(placed[stated], points))),
            strength=(mean - place.misfit(points)) / spread,
        )
        for name, points in placed.items()
    )
    likely, why_not = _judge(found, points=len(rows))
    return DatumFit(stated, len(rows), found, likely, why_not)


class _Place:
    """Roads and districts as they are asked."""

    def __init__(self, to_road_m: Distances, box: Box, inside: Insides | None) -> None:
        self._to_road_m = to_road_m
        self._box = box
        self._inside = inside

    def distances(self, points: Points) -> NDArray[np.float64]:
        """Metres to the nearest road, cut at `FAR_M`."""
        metres = self._to_road_m(points)
        return np.asarray(np.minimum(np.nan_to_num(metres, nan=FAR_M), FAR_M), dtype=np.float64)

    def inside_share(self, points: Points) -> float:
        """Share of the points that lie in a district; NaN where there are none."""
        return float("nan") if self._inside is None else float(self._inside(points).mean())

    def misfit(self, points: Points) -> float:
        """Mean of ``log(1 + (d / 15 m)^2)``; NaN where most points leave the box of the roads."""
        covered = self._box.contains(points)
        if covered.mean() < _LEAST_COVERED:
            return float("nan")
        metres = self.distances(points[covered])
        if self._inside is not None:
            metres = np.where(self._inside(points[covered]), metres, FAR_M)
        return float(np.log1p((metres / _SOFT_M) ** 2).mean())


def _judged_rows(points: Points) -> NDArray[np.int64]:
    """Rows of finite points, each place once (to 10 m or so), evenly thinned to `MOST`."""
    finite = np.flatnonzero(np.isfinite(points).all(axis=1))
    _, first = np.unique(np.round(points[finite], 4), axis=0, return_index=True)
    rows = finite[np.sort(first)]
    if len(rows) > MOST:
        rows = rows[np.linspace(0, len(rows) - 1, MOST).astype(np.int64)]
    return np.asarray(rows, dtype=np.int64)


def _shift_m(start: Points, end: Points) -> tuple[float, float]:
    """Median metres east and north from one reading to another."""
    per_lon, per_lat = metres_per_degree(start[:, 1])
    east, north = (end - start).T
    return float(np.median(east * per_lon)), float(np.median(north * per_lat))


def _other_shifts(points: Points, placed: Mapping[str, Points]) -> Iterator[Points]:
    """Yield the points under shifts around the readings that are near to none of them."""
    per_lon, per_lat = metres_per_degree(points[:, 1])
    readings = [_shift_m(points, moved) for moved in placed.values()]
    for centre_east, centre_north in dict.fromkeys(readings):
        for ring, radius_m in enumerate(_SHIFTS_M):
            for step in range(_DIRECTIONS):
                angle = 2.0 * np.pi * (step + ring / len(_SHIFTS_M)) / _DIRECTIONS
                east = centre_east + radius_m * np.cos(angle)
                north = centre_north + radius_m * np.sin(angle)
                if min(np.hypot(east - x, north - y) for x, y in readings) >= _APART_M:
                    yield points + np.column_stack([east / per_lon, north / per_lat])


def _rounded(value: float, digits: int) -> float | None:
    """Round a figure; None where it is not known."""
    return round(value, digits) if np.isfinite(value) else None


def _judge(readings: tuple[Reading, ...], *, points: int) -> tuple[str | None, str]:
    """Name the reading that fits, or why none can be told."""
    if points < FEWEST:
        return None, "few points"
    if all(reading.median_m >= FAR_M for reading in readings):
        return None, "no roads"
    if max(reading.shift_m for reading in readings) < _APART_M:
        return None, "same place"
    judged = [reading for reading in readings if np.isfinite(reading.strength)]
    if not judged:
        return None, "undecided"
    best, *rest = sorted(judged, key=lambda reading: -reading.strength)
    ahead = min((best.strength - other.strength for other in rest), default=np.inf)
    return (best.name, "") if best.strength >= SURE and ahead >= AHEAD else (None, "undecided")
