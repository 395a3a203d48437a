"""What each chosen option is worth: its gain in order of deployment, the loss without it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp


class Step(NamedTuple):
    """One option of a plan in the order of deployment.

    ``adds`` is the weight that it covers and the options before it do not, ``items`` those demand
    items; ``lost_without`` is the weight that only it covers in the whole plan (its irreplaceable
    part).
    """

    option: int
    adds: float
    items: npt.NDArray[np.int64]
    lost_without: float


def deployment_order(
    covers: sp.csr_array,
    weights: npt.NDArray[np.float64],
    chosen: npt.ArrayLike,
) -> tuple[Step, ...]:
    """Put the chosen options in an order whose every beginning is good.

    Each next option is the one that adds most to those before it. Coverage is submodular, so the
    first k cover at least ``1 - 1/e`` of what the best k of the chosen could (Nemhauser, Wolsey
    and Fisher 1978). Ties go to the lower option number.

    Parameters
    ----------
    covers
        CSR [n_options, n_demand], entries that are not zero cover.
    weights
        float64[n_demand].
    chosen
        Option numbers.

    Returns
    -------
    tuple of Step
        every chosen option once.

    Examples
    --------
    >>> import numpy as np
    >>> import scipy.sparse as sp
    >>> from planning import deployment_order
    >>> covers = sp.csr_array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]])
    >>> weights = np.array([10.0, 20.0, 30.0, 5.0])
    >>> [(step.option, step.adds) for step in deployment_order(covers, weights, [0, 1, 2])]
    [(1, 50.0), (0, 10.0), (2, 5.0)]
    """
    options = np.unique(np.asarray(chosen, dtype=np.int64))
    rows = sp.csr_array(covers[options])
    rows = sp.csr_array((np.ones(rows.nnz), rows.indices, rows.indptr), shape=rows.shape)
    times_covered = rows.sum(axis=0)
    alone = rows @ np.where(times_covered == 1, weights, 0.0)
    uncovered = np.array(weights, dtype=np.float64)
    left = np.ones(len(options), dtype=np.bool_)
    steps = []
    for _ in options:
        gains = np.where(left, rows @ uncovered, -1.0)
        best = int(gains.argmax())
        left[best] = False
        items = rows.indices[rows.indptr[best] : rows.indptr[best + 1]]
        fresh = items[uncovered[items] > 0].astype(np.int64)
        steps.append(Step(int(options[best]), float(gains[best]), fresh, float(alone[best])))
        uncovered[items] = 0.0
    return tuple(steps)
