"""The cover matrix of a question, put together from its parts, against scipy's own way."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from planning.decisions.problem import Part, side_by_side


@pytest.mark.parametrize("seed", range(20))
def test_parts_stand_side_by_side_as_scipy_puts_them(seed: int) -> None:
    rng = np.random.default_rng([33, seed])
    n_rows, parts, blocks, column = int(rng.integers(1, 7)), [], [], 0
    for _ in range(rng.integers(1, 4)):
        of = rng.random((int(rng.integers(1, 5)), int(rng.integers(1, 6)))) < 0.5
        row = rng.integers(-1, len(of), n_rows)
        gap = int(rng.integers(0, 3))
        blocks += [np.zeros((n_rows, gap), dtype=bool), of[row] & (row >= 0)[:, None]]
        parts.append(Part(sp.csr_array(of), row, column + gap))
        column += gap + of.shape[1]
    last = np.flatnonzero(rng.random(column) < 0.5)
    made = side_by_side(parts, last, n_columns=column)
    asked = np.vstack([np.hstack(blocks), np.isin(np.arange(column), last)[None]])
    assert made.dtype == np.bool_
    assert made.has_canonical_format
    assert np.array_equal(made.toarray(), asked)
