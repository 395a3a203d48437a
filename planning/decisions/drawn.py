r"""What the items of a question weigh when workers are not where they are assumed to be.

For drawn workers ``d`` of cell c and group g beside those assumed, ``a``, a year y has

.. math:: p_{ycg} = \max(p^0_{ycg} + d_{cg} - a_{cg}, 0)

with ``p^0`` those of the question: what it changes itself stays as it is stated. An item weighs
``p`` times what one worker counts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from planning.decisions.decide import AskedQuestion
    from planning.decisions.items import DemandItems

Floats = npt.NDArray[np.float64]


class Drawn(Protocol):
    """Workers of each draw, made when they are asked for."""

    def __len__(self) -> int:
        """How many draws there are."""

    def __getitem__(self, number: int, /) -> npt.NDArray[np.floating]:
        """float[n_cells, n_groups]: the workers of a draw."""


class DrawnWeights:
    """The weights of a question's problem in each draw, made when they are asked for.

    ``workers`` gives float64[n_cells, n_groups] for each draw, ``assumed`` are those of the demand
    that the question was asked of.
    """

    def __init__(self, asked: AskedQuestion, workers: Drawn, *, assumed: Floats) -> None:
        self._asked, self._workers, self._assumed = asked, workers, assumed

    def __len__(self) -> int:
        return len(self._workers)

    def __getitem__(self, number: int, /) -> Floats:
        """float64[n_demand]: what each item adds to the goal in a draw."""
        more = np.asarray(self._workers[number], dtype=np.float64) - self._assumed
        items = drawn_items(self._asked.items, more)
        return self._asked.problem.weights_of(self._asked.question, items)


def drawn_items(items: DemandItems, more: Floats) -> DemandItems:
    """Return the items with ``more`` float64[n_cells, n_groups] workers, below 0: fewer."""
    each = items.each
    people = np.maximum(each.people + more, 0.0)
    n_years, n_places = len(people), len(items.districts) + 1
    shape = (n_years, len(items.groups), len(items.classes), n_places)
    sums = []
    for part in (each.standing, each.beyond):
        table = np.zeros(shape)
        for group, by_class in enumerate(part):
            for hours, of_one in enumerate(by_class):
                for year in range(n_years):
                    table[year, group, hours] = np.bincount(
                        each.place,
                        weights=people[year, :, group] * of_one,
                        minlength=n_places,
                    )
        sums.append(table)
    # the rest stands group by group, then class by class, then place by place
    standing, beyond = (table.reshape(n_years, -1) for table in sums)
    weights = people[:, items.cell, items.labels.group] * each.items
    return replace(items, weights=weights, standing=standing, beyond=beyond)
