"""Features: what each layer has round each cell, by a kernel over the roads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy.sparse as sp

from geo.errors import InputError
from geo.kernels import kernel_sums
from geo.messages import say
from geo.profiles import MODES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from data.layers import Layer
    from geo.network import RoadNetwork
    from planning.density.model import CellTable


Lost = Callable[[str, str, float], None]


@dataclass(frozen=True)
class LayerTerm:
    """One thing that draws a group: a layer, or several of one unit, and its weight.

    ``parts`` says how much one unit of each layer counts (``{"roads.trunk": .7, "roads.primary":
    .4}``); by default it is the layer of the term's own name.
    """

    name: str
    weight: float
    parts: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = dict(self.parts) or {self.name: 1.0}
        object.__setattr__(self, "parts", MappingProxyType(parts))
        for what, value in (("weight", self.weight), *self.parts.items()):
            if not 0 <= value < np.inf:
                raise InputError(
                    say(
                        "layer {name}: {what} {value} must be 0 or more, and finite",
                        name=self.name,
                        what=what,
                        value=value,
                    )
                )


@dataclass(frozen=True)
class GroupSpec:
    """How one group is spread: the layers that draw it, and how far they draw, by which mode."""

    group: str
    terms: tuple[LayerTerm, ...]
    bandwidth_m: float
    mode: str = "foot"
    over: str = "network"
    eps: float = 0.02

    def __post_init__(self) -> None:
        names = [term.name for term in self.terms]
        if not self.terms or len(set(names)) != len(names):
            raise InputError(
                say("{group}: needs at least one layer, and each once", group=self.group)
            )
        if self.mode not in MODES:
            raise InputError(
                say(
                    "{group}: no mode {mode}: one of {known}",
                    group=self.group,
                    mode=self.mode,
                    known=", ".join(MODES),
                )
            )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the terms, in order."""
        return tuple(term.name for term in self.terms)

    @property
    def weights(self) -> NDArray[np.float64]:
        """The weights of the terms, in order."""
        return np.array([term.weight for term in self.terms], dtype=np.float64)


class _LostMass:
    """What of each column of one search no road comes near."""

    def __init__(self, n_columns: int) -> None:
        self.mass = np.zeros(n_columns)

    def put(self, mass: NDArray[np.float64]) -> None:
        """Take what `kernel_sums` tells."""
        self.mass = mass

    def shares(self, values: sp.csr_array) -> NDArray[np.float64]:
        """Return it as shares of the columns, float64[n_columns]; 0 of an empty one."""
        whole = np.asarray(values.sum(axis=0)).ravel()
        return np.divide(self.mass, whole, out=np.zeros(len(whole)), where=whole > 0)


class _Reach(NamedTuple):
    """Groups that share these share a search."""

    mode: str
    bandwidth_m: float
    over: str


def group_features(
    network: RoadNetwork | None,
    cells: CellTable,
    layers: Mapping[str, Layer],
    specs: Sequence[GroupSpec],
    *,
    snap_limit_m: float = 500.0,
    on_progress: Callable[[str, float], None] | None = None,
    on_lost: Lost | None = None,
) -> tuple[NDArray[np.float64], ...]:
    """Sum each group's layers round each cell: float64[n_cells, n_terms] for each of ``specs``.

    A feature is the kernel sum at the cell's point times the cell's land: what is near a square
    counts for a sliver of it in proportion. All layers of one mode and bandwidth are summed in one
    search. A layer that is not there counts as empty. ``on_lost`` is told group, term and the share
    of the term's layers that lies beyond ``snap_limit_m`` from every road, where there is any.
    InputError when a term's parts have different units.
    """
    features = [np.zeros((len(cells.area_m2), len(spec.terms))) for spec in specs]
    searches: dict[_Reach, list[tuple[int, int]]] = {}
    for g, spec in enumerate(specs):
        # straight kernels do not look at the mode
        mode = spec.mode if spec.over == "network" else ""
        reach = _Reach(mode, spec.bandwidth_m, spec.over)
        searches.setdefault(reach, []).extend((g, k) for k in range(len(spec.terms)))
    tell = on_progress or (lambda _step, _share: None)
    for done, (reach, wanted) in enumerate(searches.items()):
        parts = {tuple(sorted(specs[g].terms[k].parts.items())) for g, k in wanted}
        columns = {key: column for column, key in enumerate(sorted(parts))}
        lonlat, values = _sources(layers, list(columns))
        lost = _LostMass(values.shape[1])
        sums = kernel_sums(
            network,
            mode=reach.mode,
            targets=cells.lonlat,
            sources=lonlat,
            values=values,
            bandwidth_m=reach.bandwidth_m,
            over=reach.over,
            snap_limit_m=snap_limit_m,
            on_progress=lambda step, share: tell(step, (done + share) / len(searches)),  # noqa: B023 - called before the loop goes on
            on_lost=lost.put,
        )
        away = lost.shares(values)
        sums *= np.asarray(cells.area_m2)[:, None]
        for g, k in wanted:
            key = tuple(sorted(specs[g].terms[k].parts.items()))
            features[g][:, k] = sums[:, columns[key]]
            if on_lost is not None and away[columns[key]] > 0:
                on_lost(specs[g].group, specs[g].terms[k].name, float(away[columns[key]]))
    return tuple(features)


def _sources(
    layers: Mapping[str, Layer], columns: list[tuple[tuple[str, float], ...]]
) -> tuple[NDArray[np.float64], sp.csr_array]:
    """All points that any column counts, and what each counts in each: [n_points, n_columns]."""
    names = sorted({name for parts in columns for name, _ in parts if name in layers})
    start = dict(
        zip(names, np.cumsum([0, *(len(layers[name].value) for name in names)]), strict=False)
    )
    rows, place, amount = [], [], []
    for column, parts in enumerate(columns):
        units = {layers[name].unit for name, factor in parts if name in layers and factor}
        if len(units) > 1:
            raise InputError(
                say(
                    "layers {layers}: units {units}"
                    " cannot be added up: make them layers of their own, each with a weight",
                    layers=", ".join(name for name, _ in parts),
                    units=", ".join(sorted(units)),
                )
            )
        for name, factor in parts:
            if name in layers and factor:
                n = len(layers[name].value)
                rows.append(start[name] + np.arange(n))
                place.append(np.full(n, column))
                amount.append(factor * layers[name].value)
    n_points = sum(len(layers[name].value) for name in names)
    shape = (n_points, len(columns))
    if not n_points:
        return np.zeros((0, 2)), sp.csr_array(shape, dtype=np.float64)
    made: sp.csr_array = sp.csr_array(
        (np.concatenate(amount), (np.concatenate(rows), np.concatenate(place))), shape=shape
    )
    return np.concatenate([layers[name].lonlat for name in names]), made
