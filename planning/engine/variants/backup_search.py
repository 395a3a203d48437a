"""The search of backup covering: what adds most within the limits, then exchanges.

A floor that is not met comes first: an option counts what it gives of what floors lack, each as a
part of its need. Where the plan is whole, one option after the other makes room for the best that
fits, as long as all floors stay met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.engine.variants.room import Room

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import scipy.sparse as sp

    from planning.engine.mclp.side_constraints import PackingRows

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

#: A second station in reach.
TWICE = 2
# Passes of exchanges over the plan.
PASSES = 3
# By what part an exchange must add at least: sums of doubles.
NOTABLE = 1e-12


class TwiceFloor(NamedTuple):
    """A floor over merged items: what a first and a second cover of each gives to its ``need``.

    ``asked`` is its share of ``whole``, of which what is fixed covers a part already.
    """

    first: Floats
    second: Floats
    need: float
    asked: float
    whole: float
    name: str


class BackupTask(NamedTuple):
    """Merged items: cover CSR [n_options, n_items], first and second weight, what is fixed."""

    covers: sp.csr_array
    first: Floats
    second: Floats
    must: Mask
    options: Ints
    fixed_value: float
    rows: PackingRows
    floors: tuple[TwiceFloor, ...]

    def times(self, chosen: Ints) -> Floats:
        """float64[n_items]: how many of the chosen options cover each item."""
        return np.asarray(self.covers[chosen].sum(axis=0), dtype=np.float64)

    def value(self, chosen: Ints) -> float:
        """Return what a choice of the free options adds to what is fixed."""
        count = self.times(chosen)
        return float(self.first[count >= 1].sum() + self.second[count >= TWICE].sum())

    def short(self, count: Floats) -> Floats:
        """float64[n_floors]: what each floor lacks where items are covered so many times."""
        lacks = [
            floor.need
            - float(floor.first[count >= 1].sum())
            - float(floor.second[count >= TWICE].sum())
            for floor in self.floors
        ]
        return np.maximum(np.array(lacks, dtype=np.float64), 0.0)

    def keeps(self, chosen: Ints) -> bool:
        """Whether a choice covers what must be, and meets every floor."""
        count = self.times(chosen)
        return bool((count[self.must] > 0).all()) and not self.short(count).any()


class _Plan:
    """A plan in the making: what is open, and how often each item is covered."""

    def __init__(self, task: BackupTask) -> None:
        self.task = task
        self.count = np.zeros(len(task.first))
        self.room = Room(task.rows, counted=np.ones(len(task.options), dtype=np.bool_))

    def put(self, option: int, sign: int) -> None:
        """Open an option (``sign`` 1), or close it (-1)."""
        self.room.put(option, sign)
        covered = slice(*self.task.covers.indptr[option : option + 2])
        self.count[self.task.covers.indices[covered]] += sign

    def gains(self) -> Floats:
        """float64[n_options]: what each adds to the value."""
        return self._of_covers(self.task.first, self.task.second)

    def gives(self, short: Floats) -> Floats:
        """float64[n_options]: what each gives of what the floors lack, as parts of their needs."""
        given = np.zeros(len(self.task.options))
        for floor, lacks in zip(self.task.floors, short, strict=True):
            if lacks > 0.0:
                given += np.minimum(self._of_covers(floor.first, floor.second), lacks) / floor.need
        return given

    def _of_covers(self, first: Floats, second: Floats) -> Floats:
        worth = np.where(self.count < 1, first, np.where(self.count < TWICE, second, 0.0))
        return np.asarray(self.task.covers @ worth, dtype=np.float64)

    def fill(self, *, by_price: bool, floors_alone: bool = False) -> None:
        """Open what gives floors most and then what adds most, while anything fits and adds.

        ``by_price`` measures it by what it takes of the scarcest row.
        """
        while True:
            fits = self.room.may_open()
            if not fits.any():
                return
            short = self.task.short(self.count)
            score = self.gives(short) if short.any() else np.zeros(len(fits))
            if not (score[fits] > 0.0).any() and not floors_alone:
                score = self.gains()
            if not (score[fits] > 0.0).any():
                return
            if by_price:
                score = score / np.maximum(self.room.takes(), NOTABLE)
            self.put(int(np.where(fits, score, -1.0).argmax()), 1)

    @property
    def chosen(self) -> Ints:
        """The options that are open."""
        return np.flatnonzero(self.room.open)


def best_found(
    task: BackupTask, starts: Sequence[Ints | None], *, is_over: Callable[[], bool]
) -> Ints | None:
    """Return the best plan found that covers what must be and meets all floors; None: none was.

    ``starts`` are options that are opened first where they fit; from nothing it is tried too.
    """
    best: Ints | None = None
    begins = [np.empty(0, dtype=np.int64), *(one for one in starts if one is not None)]
    for begin in begins:
        for by_price in (False, True) if len(task.rows.capacity) else (False,):
            plan = _Plan(task)
            for option in begin:
                if plan.room.may_open()[option]:
                    plan.put(int(option), 1)
            plan.fill(by_price=by_price)
            _exchange(plan, by_price=by_price, is_over=is_over)
            chosen = plan.chosen
            if task.keeps(chosen) and (best is None or task.value(chosen) > task.value(best)):
                best = chosen
    return best


def floors_met(task: BackupTask) -> Ints | None:
    """Return few options that meet all floors within the limits; None: none were found."""
    for by_price in (True, False):
        plan = _Plan(task)
        plan.fill(by_price=by_price, floors_alone=True)
        if task.keeps(plan.chosen):
            return plan.chosen
    return None


def _exchange(plan: _Plan, *, by_price: bool, is_over: Callable[[], bool]) -> None:
    """Exchange one by one while that adds and time is; what is covered of a need stays so."""
    task = plan.task
    for _ in range(PASSES):
        before = plan.chosen
        lacked = float(task.short(plan.count).sum()) + int((plan.count[task.must] == 0).sum())
        for option in before:
            if is_over():
                return
            plan.put(int(option), -1)
            gains = plan.gains()
            best = int(np.where(plan.room.may_open(), gains, -1.0).argmax())
            if gains[best] <= gains[option] * (1 + NOTABLE):
                best = int(option)
            plan.put(best, 1)
            lacks = float(task.short(plan.count).sum()) + int((plan.count[task.must] == 0).sum())
            if lacks > lacked:
                plan.put(best, -1)
                plan.put(int(option), 1)
        plan.fill(by_price=by_price)
        if np.array_equal(plan.chosen, before):
            return
