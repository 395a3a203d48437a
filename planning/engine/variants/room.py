"""What still fits beside what is open: one count, one option a site, rows of money or number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from planning.engine.mclp.side_constraints import SLACK

if TYPE_CHECKING:
    from planning.engine.mclp.side_constraints import PackingRows

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Room:
    """Which options are open, and what they use of the rows; whole arrays, changed in place.

    ``counted`` bool[n_options] are the options that the count counts.
    """

    def __init__(self, rows: PackingRows, *, counted: Mask) -> None:
        self.rows, self.counted = rows, counted
        self.open = np.zeros(len(rows.site), dtype=np.bool_)
        self._used = np.zeros(len(rows.capacity))
        self._site_used = np.zeros(max(rows.n_sites, 1), dtype=np.int64)
        self._owner = np.repeat(np.arange(len(rows.site)), np.diff(rows.offset))

    def put(self, option: int, sign: int) -> None:
        """Open an option (``sign`` 1), or close it (-1)."""
        self.open[option] = sign > 0
        taken = slice(*self.rows.offset[option : option + 2])
        self._used[self.rows.row[taken]] += sign * self.rows.amount[taken]
        if self.rows.site[option] >= 0:
            self._site_used[self.rows.site[option]] += sign

    def may_open(self) -> Mask:
        """bool[n_options]: which closed options fit beside what is open."""
        rows = self.rows
        if int((self.open & self.counted).sum()) >= rows.most:
            return np.asarray(~self.open & ~self.counted)
        fits = ~self.open & ~((rows.site >= 0) & (self._site_used[rows.site] > 0))
        passed = self._used[rows.row] + rows.amount > rows.capacity[rows.row] * (1.0 + SLACK)
        fits[self._owner[passed]] = False
        return np.asarray(fits)

    def takes(self) -> Floats:
        """float64[n_options]: the largest part of what a row has left that each takes."""
        rows = self.rows
        left = np.maximum(rows.capacity - self._used, 0.0)
        part = rows.amount / np.maximum(left[rows.row], SLACK)
        most = np.zeros(len(self.open))
        np.maximum.at(most, self._owner, part)
        return most
