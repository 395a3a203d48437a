"""The density model: what spreads the workers of each group over the cells of its zones.

For group g, zone d and cell i (dasymetric, volume-preserving; Tobler 1979, Eicher & Brewer 2001):

    w[g, i] = W[g, d] * (eps * a[i] + sum_k b[g, d, k] * z[g, i, k]) / (eps + sum_k b[g, k])

``a`` is the cell's share of the zone's land and ``z[., k]`` its share of what layer k has in the
zone, so both add up to 1 over a zone: ``w`` adds up to ``W`` exactly, and a weight ``b`` is
literally the share of the zone's workers that the layer draws. A layer with nothing in a zone hands
its weight there to the others, in proportion: ``b[g, d, k]`` is ``b[g, k]`` times what all layers
weigh over what those present weigh. Where no layer has anything, land alone counts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


class CellTable(Protocol):
    """What the model takes of cells; `data.cells.Cells` has it."""

    @property
    def ids(self) -> NDArray[np.str_]:
        """str[n], unique."""
        ...

    @property
    def lonlat(self) -> NDArray[np.float64]:
        """float64[n, 2] degrees of WGS-84, a point on each cell."""
        ...

    @property
    def area_m2(self) -> NDArray[np.float64]:
        """float64[n] land of each cell."""
        ...


@dataclass(frozen=True, eq=False)
class PlainCells:
    """Cells reduced to what the model takes of them."""

    ids: NDArray[np.str_]
    lonlat: NDArray[np.float64]
    area_m2: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DensityModel:
    """Cells, what draws each group to them, and how many workers each zone has.

    ``layers[g]`` names the columns of ``features[g]`` float64[n_cells, n_layers_g] >= 0, what each
    layer has in each cell in any unit; ``weights[g]`` float64[n_layers_g] are b. ``totals``
    float64[n_groups, n_zones] workers; ``zone`` int32[n_groups, n_cells] into ``zone_names``, -1
    where a group has no zone (one row [n_cells] is taken for all groups). ``eps`` float64[n_groups]
    is the weight of bare land beside b (one number is taken for all). The arrays are copied at
    birth and cannot be written.

    Raises
    ------
    InputError
        when shapes do not fit, a number is negative or not finite, every weight of a group is 0
        with ``eps`` 0 too, or a zone that has workers holds no land.
    """

    cells: CellTable
    groups: tuple[str, ...]
    layers: tuple[tuple[str, ...], ...]
    features: tuple[NDArray[np.float64], ...]
    weights: tuple[NDArray[np.float64], ...]
    totals: NDArray[np.float64]
    zone: NDArray[np.int32]
    zone_names: tuple[str, ...]
    eps: NDArray[np.float64] = field(default_factory=lambda: np.full(1, 0.02))

    def __post_init__(self) -> None:
        n, n_groups, n_zones = len(self.cells.area_m2), len(self.groups), len(self.zone_names)
        if not n_groups or len(set(self.groups)) != n_groups:
            raise InputError(say("density: needs at least one group, and each once"))
        _same_length(self, n_groups)
        self._freeze("eps", np.broadcast_to(np.asarray(self.eps, dtype=np.float64), (n_groups,)))
        zone = np.asarray(self.zone, dtype=np.int32)
        if zone.shape not in {(n,), (n_groups, n)}:
            raise InputError(
                say("density: zone has the shape {shape} for {n} cells", shape=zone.shape, n=n)
            )
        self._freeze("zone", np.broadcast_to(zone, (n_groups, n)))
        self._freeze("totals", np.asarray(self.totals, dtype=np.float64))
        for name in ("features", "weights"):
            kept = tuple(_frozen(np.asarray(one, dtype=np.float64)) for one in getattr(self, name))
            object.__setattr__(self, name, kept)
        object.__setattr__(self, "layers", tuple(tuple(names) for names in self.layers))
        if self.totals.shape != (n_groups, n_zones):
            raise InputError(
                say(
                    "density: totals have the shape {shape} for {n_groups} groups and"
                    " {n_zones} zones",
                    shape=self.totals.shape,
                    n_groups=n_groups,
                    n_zones=n_zones,
                )
            )
        if zone.size and not -1 <= zone.min() <= zone.max() < n_zones:
            raise InputError(say("density: a zone number lies outside zone_names"))
        for g, group in enumerate(self.groups):
            self._check_group(g, group)

    def _freeze(self, name: str, value: NDArray[Any]) -> None:
        object.__setattr__(self, name, _frozen(value))

    def _check_group(self, g: int, group: str) -> None:
        area = np.asarray(self.cells.area_m2)
        shape = (len(area), len(self.layers[g]))
        if self.features[g].shape != shape or self.weights[g].shape != shape[1:]:
            raise InputError(
                say(
                    "density of {group}: features {features} and weights"
                    " {weights} for {n_layers} layers and {n_cells} cells",
                    group=group,
                    features=self.features[g].shape,
                    weights=self.weights[g].shape,
                    n_layers=shape[1],
                    n_cells=shape[0],
                )
            )
        amounts = {
            "a feature": self.features[g],
            "a weight": self.weights[g],
            "a total": self.totals[g],
            "eps": self.eps[g],
            say("an area"): area,
        }
        for what, array in amounts.items():
            if not np.isfinite(array).all() or (np.asarray(array) < 0).any():
                raise InputError(
                    say(
                        "density of {group}: {what} is negative or not finite",
                        group=group,
                        what=what,
                    )
                )
        if not self.weights[g].sum() + self.eps[g] > 0:
            raise InputError(
                say("density of {group}: every weight is 0: give one layer some", group=group)
            )
        land = self.sum_by_zone(area, g)
        bare = np.flatnonzero((self.totals[g] > 0) & (land <= 0))
        if len(bare):
            raise InputError(
                say(
                    "density of {group}: zone {zone} has"
                    " {total:g} workers and no cell with land: check its name and"
                    " its border",
                    group=group,
                    zone=self.zone_names[bare[0]],
                    total=self.totals[g, bare[0]],
                )
            )

    def __len__(self) -> int:
        return len(self.cells.area_m2)

    def sum_by_zone(self, amount: NDArray[np.float64], g: int) -> NDArray[np.float64]:
        """Add ``amount`` float64[n_cells] up over the zones of group ``g``: float64[n_zones]."""
        inside = self.zone[g] >= 0
        sums = np.bincount(
            self.zone[g][inside], weights=amount[inside], minlength=len(self.zone_names)
        )
        return sums.astype(np.float64)

    def with_weights(self, weights: Mapping[str, Sequence[float] | NDArray[Any]]) -> DensityModel:
        """Return this model with other weights for the groups named."""
        unknown = sorted(set(weights) - set(self.groups))
        if unknown:
            raise InputError(
                say(
                    "density: no group {name}: one of {groups}",
                    name=unknown[0],
                    groups=", ".join(self.groups),
                )
            )
        changed = tuple(
            np.asarray(weights.get(group, self.weights[g]), dtype=np.float64)
            for g, group in enumerate(self.groups)
        )
        return replace(self, weights=changed)

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """Give plain arrays (no objects) that `from_arrays` reads back."""
        names = {"groups": self.groups, "layers": self.layers, "zone_names": self.zone_names}
        made: dict[str, NDArray[Any]] = {
            "names": np.array(json.dumps(names, ensure_ascii=False)),
            "ids": np.asarray(self.cells.ids, dtype=np.str_),
            "lonlat": np.asarray(self.cells.lonlat),
            "area_m2": np.asarray(self.cells.area_m2),
            "totals": self.totals,
            "zone": self.zone,
            "eps": self.eps,
        }
        for g in range(len(self.groups)):
            made[f"features_{g}"], made[f"weights_{g}"] = self.features[g], self.weights[g]
        return made

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> DensityModel:
        """Read back what `as_arrays` gave; its cells are `PlainCells`."""
        names = json.loads(str(arrays["names"]))
        n_groups = len(names["groups"])
        return cls(
            cells=PlainCells(arrays["ids"], arrays["lonlat"], arrays["area_m2"]),
            groups=tuple(names["groups"]),
            layers=tuple(tuple(some) for some in names["layers"]),
            features=tuple(arrays[f"features_{g}"] for g in range(n_groups)),
            weights=tuple(arrays[f"weights_{g}"] for g in range(n_groups)),
            totals=arrays["totals"],
            zone=arrays["zone"],
            zone_names=tuple(names["zone_names"]),
            eps=arrays["eps"],
        )


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    own = np.array(array, order="C")
    own.flags.writeable = False
    return own


def _same_length(model: DensityModel, n_groups: int) -> None:
    for name in ("layers", "features", "weights"):
        if len(getattr(model, name)) != n_groups:
            raise InputError(
                say(
                    "density: {name} of {n_found} groups, not of {n_groups}",
                    name=name,
                    n_found=len(getattr(model, name)),
                    n_groups=n_groups,
                )
            )
