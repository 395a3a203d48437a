"""Workers by the hour, counted in squares that a map or a picture can draw.

The number at an hour is the registered workers times presence times the hour's share, so that a
drawing needs each square's workers once and the hours as one small table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import cKDTree

from data.demand import DAYS, DayWord
from data.vocabulary import ALL
from geo.measure import from_metric, to_metric
from web.design.palette import RAMP

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from data.demand import Demand

_SIZES_M: Final = (100.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0)
_M2_A_KM2: Final = 1e6
_SERIES: Final = np.array([m * 10.0**e for e in range(-3, 7) for m in (1.0, 2.0, 5.0)])
_KEPT_SHARES: Final = (0.97, 0.93, 0.88, 0.8, 0.7)
_LEAST_CROWD: Final = 0.025  # of the framed area hold half of the group, or it is a speck
_LEAST_M: Final = 1_500.0
_HEX_NEIGHBOURS, _HEX_SPREAD = 6, 1.35
_HEX_WIDER = 2 / np.sqrt(3)  # the circle within such a square holds a hexagon's middle wherever
_TOP_SHARE: Final = 0.02  # of the workers stand in squares of the darkest class at least


@dataclass(frozen=True, eq=False)
class HourSquares:
    """Squares with workers: ``cell`` int64[n, 2] column and row from ``origin`` in metres.

    ``weights`` float64[n, n_groups] registered workers, ``totals`` float64[n_groups] those of the
    whole city, in the thin squares too that are left out; ``factor`` float64[n_groups, 2, 24] the
    share of them who want a rest place at an hour, ``square_m`` the side.
    """

    cell: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]
    totals: npt.NDArray[np.float64]
    factor: npt.NDArray[np.float64]
    groups: tuple[str, ...]
    square_m: float
    origin: npt.NDArray[np.float64]
    metric_crs: str

    def __len__(self) -> int:
        return len(self.cell)

    @property
    def area_km2(self) -> float:
        """Area of one square."""
        return self.square_m**2 / _M2_A_KM2

    def per_km2(self, group: str, *, hour: int, day: DayWord) -> npt.NDArray[np.float64]:
        """Workers per km2 who want a rest place at an hour, float64[n]; "all" adds all groups."""
        factor = self.factor[:, DAYS.index(day), hour]
        if group != ALL:
            factor = factor * (np.array(self.groups) == group)
        return np.asarray(self.weights @ factor / self.area_km2)

    def total(self, group: str, *, hour: int, day: DayWord) -> float:
        """Workers of the whole city who want a rest place at an hour."""
        return float(self.hours(group, day=day)[hour])

    def hours(self, group: str, *, day: DayWord) -> npt.NDArray[np.float64]:
        """Workers who want a rest place in each hour of a day, float64[24]."""
        own = self.totals
        if group != ALL:
            own = own * (np.array(self.groups) == group)
        return np.asarray(own @ self.factor[:, DAYS.index(day)])

    def fullest(self, group: str, *, day: DayWord) -> tuple[int, ...]:
        """Return the hours of a day at which most want one: several where they are alike."""
        return _alike(self.hours(group, day=day), np.max)

    def emptiest(self, group: str, *, day: DayWord) -> tuple[int, ...]:
        """Return the hours of a day at which fewest want one."""
        return _alike(self.hours(group, day=day), np.min)

    def peak(self, group: str) -> tuple[int, DayWord]:
        """Return the hour and the day at which most of them want one."""
        table = np.array([self.hours(group, day=day) for day in DAYS])
        day, hour = np.unravel_index(int(table.argmax()), table.shape)
        return int(hour), DAYS[int(day)]

    def breaks(self, group: str) -> npt.NDArray[np.float64]:
        """Return the lower ends of the classes, workers per km2: 1, 2, 5, 10, …, seven at most.

        They hold for every hour, so that hours can be compared; the darkest class is what the
        densest fiftieth of the workers stand in at the peak. Thinner than the first is not drawn.
        """
        hour, day = self.peak(group)
        dense = np.sort(self.per_km2(group, hour=hour, day=day))[::-1]
        if not dense.any():
            return _SERIES[:1]
        passed = np.cumsum(dense) / dense.sum()
        top = dense[int(np.searchsorted(passed, _TOP_SHARE))]
        last = int(np.searchsorted(_SERIES, top, side="right")) - 1
        return np.asarray(_SERIES[max(0, last - len(RAMP) + 1) : last + 1])

    def rings(self) -> npt.NDArray[np.float64]:
        """Return the corners in WGS-84, float64[n, 4, 2], counter-clockwise from the south-west.

        Corners are counted in whole squares, so that neighbours share them to the last bit.
        """
        corner = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=np.int64)
        metres = self.origin + (self.cell[:, None, :] + corner) * self.square_m
        return from_metric(metres.reshape(-1, 2), crs=self.metric_crs).reshape(metres.shape)

    def half_area_km2(self, group: str, *, hour: int, day: DayWord) -> float:
        """Area of the densest squares in which half of the city's workers stand."""
        dense = np.sort(self.per_km2(group, hour=hour, day=day))[::-1]
        whole = self.total(group, hour=hour, day=day)
        if not whole > 0:
            return 0.0
        passed = np.cumsum(dense) * self.area_km2
        return float((np.searchsorted(passed, whole / 2) + 1) * self.area_km2)

    def frame(self, group: str) -> tuple[float, float, float, float]:
        """Return the box in metres to be drawn: where most of a group stand, with a margin.

        Nearly all of them, unless they would then be a speck.
        """
        hour, day = self.peak(group)
        crowd_m2 = self.half_area_km2(group, hour=hour, day=day) * _M2_A_KM2
        frames = [self._frame(group, share) for share in _KEPT_SHARES]
        for left, bottom, right, top in frames:
            if crowd_m2 >= _LEAST_CROWD * (right - left) * (top - bottom):
                return left, bottom, right, top
        return frames[-1]

    def _frame(self, group: str, share: float) -> tuple[float, float, float, float]:
        """Return the box that leaves 1 - ``share`` of a group out on each side."""
        hour, day = self.peak(group)
        weight = self.per_km2(group, hour=hour, day=day)
        middle = self.origin + (self.cell + 0.5) * self.square_m
        low, high = np.empty(2), np.empty(2)
        for axis in (0, 1):
            order = np.argsort(middle[:, axis], kind="stable")
            passed = np.cumsum(weight[order]) / weight.sum()
            low[axis], high[axis] = (
                middle[order[min(int(np.searchsorted(passed, part)), len(order) - 1)], axis]
                for part in (1 - share, share)
            )
        half = np.maximum(0.58 * (high - low), _LEAST_M)
        (left, bottom), (right, top) = (low + high) / 2 - half, (low + high) / 2 + half
        return float(left), float(bottom), float(right), float(top)


def hour_squares(
    demand: Demand, *, metric_crs: str, most: int = 12_000, least_share: float = 0.999
) -> HourSquares:
    """Count a demand in squares: the smallest of 100 m to 4 km of which ``most`` are enough.

    The thinnest squares, which hold less than 1 - ``least_share`` of every group, are left out.
    """
    xy = to_metric(demand.lonlat, crs=metric_crs)
    spacing = _spacing_m(xy)
    for square_m in _SIZES_M:
        if square_m < min(spacing, _SIZES_M[-1]):
            continue
        shift = _shift_m(xy, square_m)
        origin = np.floor((xy.min(axis=0) - shift) / square_m) * square_m + shift
        cell, which = np.unique(
            np.floor((xy - origin) / square_m).astype(np.int64), axis=0, return_inverse=True
        )
        sums = [
            np.bincount(which.ravel(), weights=column, minlength=len(cell))
            for column in demand.weights.T
        ]
        weights = np.stack(sums, axis=1).astype(np.float64)
        kept = _dense(weights, least_share)
        if kept.sum() <= most or square_m == _SIZES_M[-1]:
            break
    return HourSquares(
        cell[kept],
        weights[kept],
        demand.weights.sum(axis=0),
        demand.presence[:, None, None] * demand.profile,
        demand.groups,
        square_m,
        origin,
        metric_crs,
    )


def _alike(of_day: npt.NDArray[np.float64], end: Callable[..., float]) -> tuple[int, ...]:
    extreme = float(end(of_day))
    return tuple(np.flatnonzero(np.isclose(of_day, extreme, rtol=1e-9, atol=1e-9)).tolist())


def _spacing_m(xy: npt.NDArray[np.float64]) -> float:
    """Return how far apart cells of a grid stand: a finer square would leave holes between.

    Hexagons stand in rows nearer than the cells of a row, and every second row is shifted: squares
    must be wider to catch one each.
    """
    some = xy[:: max(1, len(xy) // 2000)]
    if len(xy) < 2:  # noqa: PLR2004 - one cell has no neighbour
        return 0.0
    k = min(len(xy), _HEX_NEIGHBOURS + 1)
    near = np.median(np.asarray(cKDTree(xy).query(some, k=k)[0]), axis=0)
    # in a grid of squares the sixth neighbour stands across a corner, 1.4 times as far
    hexagons = k > _HEX_NEIGHBOURS and near[_HEX_NEIGHBOURS] < _HEX_SPREAD * near[1]
    return float(near[_HEX_NEIGHBOURS] * _HEX_WIDER if hexagons else near[1] * 0.95)


def _shift_m(xy: npt.NDArray[np.float64], square_m: float) -> npt.NDArray[np.float64]:
    """Return where squares begin so that points of a regular grid stand in their middles."""
    turned = np.exp(2j * np.pi * xy / square_m).mean(axis=0)
    phase = np.angle(turned) / (2 * np.pi) * square_m
    regular = np.abs(turned) > 0.3  # noqa: PLR2004 - scattered points point nowhere
    return np.asarray(np.where(regular, phase - square_m / 2, 0.0))


def _dense(weights: npt.NDArray[np.float64], share: float) -> npt.NDArray[np.bool_]:
    """Mark the rows that together hold ``share`` of each column, the densest first."""
    kept = np.zeros(len(weights), dtype=np.bool_)
    for column in weights.T:
        order = np.argsort(-column, kind="stable")
        passed = np.cumsum(column[order])
        if passed[-1] > 0:
            kept[order[: int(np.searchsorted(passed, share * passed[-1])) + 1]] = True
    return kept
