"""A budget over 368 drawn cities: the proven gap by points a city, with and without prices.

The curves are drawn (seeded): each city's best rises to a ceiling of its own, what plans cover
stands up to 0.3 % below it and what is proved up to 0.3 % above. A price is the slope of the best,
and its line stands 0.1 % above what is proved. The greedy peer buys the best next step of any city
until the money ends, and proves nothing.
"""

from __future__ import annotations

import heapq
import time
from typing import TYPE_CHECKING, Final

import numpy as np

from planning.nation import CityCurve, NationalFloors, allocate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.tables import Row

N_CITIES: Final = 368
N_PROVINCES: Final = 31
BUDGET_YUAN: Final = 2e9
GAP: Final = 0.003
_FLOORS: Final = NationalFloors(
    city_share=0.4, province_share={str(number): 0.5 for number in range(N_PROVINCES)}
)


def run() -> list[Row]:
    """Return a row for each number of points, with and without prices and floors."""
    rows: list[Row] = []
    for n_points in (100, 10):
        for priced in (False, True):
            curves = drawn_nation(n_points, priced=priced)
            for words, floors in (("none", None), ("city 40 %, province 50 %", _FLOORS)):
                begun = time.process_time()
                divided = allocate(curves, BUDGET_YUAN, floors=floors)
                rows.append(
                    {
                        "points a city": n_points,
                        "prices": "yes" if priced else "no",
                        "floors": words,
                        "gap %": round(100.0 * divided.gap, 3),
                        "CPU s": round(time.process_time() - begun, 2),
                        "more than greedy": None
                        if floors is not None
                        else round(divided.total - _greedy(curves, BUDGET_YUAN)),
                    }
                )
    return rows


def drawn_nation(n_points: int, *, priced: bool, seed: int = 1) -> tuple[CityCurve, ...]:
    """Draw the curves of all cities."""
    rng = np.random.default_rng(seed)
    return tuple(_drawn(number, n_points, rng, priced=priced) for number in range(N_CITIES))


def _drawn(number: int, n_points: int, rng: np.random.Generator, *, priced: bool) -> CityCurve:
    workers = rng.uniform(5e3, 2e5)
    now, top = workers * rng.uniform(0.2, 0.5), workers * rng.uniform(0.6, 0.95)
    most_yuan, bend = rng.uniform(2e6, 4e7), rng.uniform(2.0, 6.0)
    amounts = np.linspace(0.0, most_yuan, n_points)
    best = now + (top - now) * (1.0 - np.exp(-bend * amounts / most_yuan))
    covered = np.maximum.accumulate(best * (1.0 - GAP * rng.random(n_points)))
    bounds = np.minimum.accumulate((best * (1.0 + GAP * rng.random(n_points)))[::-1])[::-1]
    slope = (top - now) * bend / most_yuan * np.exp(-bend * amounts / most_yuan)
    return CityCurve(
        city=str(number),
        province=str(number % N_PROVINCES),
        workers=workers,
        amounts=amounts,
        covered=covered,
        bounds=np.maximum(bounds, covered),
        cut_values=bounds * 1.001 if priced else np.empty(0),
        cut_prices=slope if priced else np.empty(0),
        most=top * 1.01,
    )


def _greedy(curves: Sequence[CityCurve], budget: float) -> float:
    """Return what the best next step of any city, again and again, covers in all."""
    steps = [curve.lower() for curve in curves]
    total = sum(float(covered[0]) for _, covered in steps)
    left = budget
    waiting = [_step(steps, number, 0) for number in range(len(curves))]
    heapq.heapify(waiting)
    while waiting:
        _, number, at = heapq.heappop(waiting)
        amounts, covered = steps[number]
        if at + 1 >= len(amounts):
            continue
        cost = float(amounts[at + 1] - amounts[at])
        if cost <= left:
            left -= cost
            total += float(covered[at + 1] - covered[at])
            heapq.heappush(waiting, _step(steps, number, at + 1))
    return total


def _step(
    steps: Sequence[tuple[np.ndarray, np.ndarray]], number: int, at: int
) -> tuple[float, int, int]:
    amounts, covered = steps[number]
    if at + 1 >= len(amounts):
        return 0.0, number, at
    worth = (covered[at + 1] - covered[at]) / (amounts[at + 1] - amounts[at])
    return -float(worth), number, at
