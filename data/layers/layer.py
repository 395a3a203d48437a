"""Layers: weighted points of one kind, to which everything that draws workers is reduced."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.measure import Box


OWN: Final = "own:"
"""With what the id of a layer of a city's own begins."""


@dataclass(frozen=True, eq=False)
class Layer:
    """Weighted points of one kind, with where they come from.

    ``id`` names it (restaurants, roads.trunk, own:NAME). ``lonlat`` float64[n, 2] degrees of
    WGS-84, ``value`` float64[n] >= 0 in ``unit`` (places, m2, people, m). ``source`` is the file or
    service, ``date`` the ISO date its content is of (empty when it does not say), ``licence`` under
    what it may be used (empty when it does not say). ``left_out`` counts what the source held and
    the layer does not, by reason. A layer may be empty: then nothing of its kind was found. The
    arrays are copied at birth and cannot be written.

    Raises
    ------
    InputError
        when the arrays do not fit together, or a value is negative or not finite.
    """

    id: str
    lonlat: npt.NDArray[np.float64]
    value: npt.NDArray[np.float64]
    unit: str
    source: str
    date: str
    licence: str
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("lonlat", "value"):
            array = np.array(getattr(self, name), dtype=np.float64, order="C")
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        n = len(self.value)
        if not self.id:
            raise InputError(say("a layer needs an id"))
        if self.value.shape != (n,) or self.lonlat.shape != (n, 2):
            shapes = f"{self.lonlat.shape} and {self.value.shape}"
            raise InputError(
                say(
                    "layer {id}: points and values have the shapes {shapes}",
                    id=self.id,
                    shapes=shapes,
                )
            )
        if not np.isfinite(self.lonlat).all():
            raise InputError(say("layer {id}: a point is not finite", id=self.id))
        if not np.isfinite(self.value).all() or (self.value < 0).any():
            raise InputError(say("layer {id}: a value is negative or not finite", id=self.id))

    def __len__(self) -> int:
        return len(self.value)

    @property
    def total(self) -> float:
        """Sum of the values, in ``unit``."""
        return float(self.value.sum())

    @cached_property
    def content_hash(self) -> str:
        """sha256 (hex) of all that it holds, the same in every process."""
        words = [self.id, self.unit, self.source, self.date, self.licence]
        digest = hashlib.sha256(b"yizhan layer 1\n")
        digest.update(json.dumps(words, ensure_ascii=False).encode())
        for array in (self.lonlat, self.value):
            digest.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
        return digest.hexdigest()

    def summary(self) -> dict[str, Any]:
        """Say what it is and how much it holds, JSON-able."""
        return {
            "id": self.id,
            "points": len(self),
            "total": round(self.total, 3),
            "unit": self.unit,
            "source": self.source,
            "date": self.date,
            "licence": self.licence,
            "left_out": dict(self.left_out),
        }


@dataclass(frozen=True, eq=False)
class Layers(Mapping[str, Layer]):
    """Layers by their id, in the order in which they were given; ``layers["restaurants"]``.

    Raises
    ------
    InputError
        when two layers have one id.
    """

    layers: tuple[Layer, ...] = ()

    def __post_init__(self) -> None:
        names = [layer.id for layer in self.layers]
        if len(set(names)) != len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise InputError(say("layer {twice} stands twice", twice=twice))

    def __getitem__(self, name: str) -> Layer:
        return self._by_id[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self.layers)

    @cached_property
    def _by_id(self) -> dict[str, Layer]:
        return {layer.id: layer for layer in self.layers}

    @cached_property
    def content_hash(self) -> str:
        """sha256 (hex) over the layers' own hashes, in the order of their ids."""
        digest = hashlib.sha256(b"yizhan layers 1\n")
        digest.update("\n".join(self[name].content_hash for name in sorted(self)).encode())
        return digest.hexdigest()

    def updated(self, new: tuple[Layer, ...] | Layers) -> Layers:
        """Return these layers with ``new`` ones in the place of those of the same id, or added."""
        fresh = {layer.id: layer for layer in (new.values() if isinstance(new, Layers) else new)}
        return Layers(tuple({**self._by_id, **fresh}.values()))


@dataclass(frozen=True)
class LayerArea:
    """Of where layers are wanted: the city's box (degrees), and the CRS in which it is measured."""

    box: Box
    metric_crs: str


class LayerReader(Protocol):
    """What makes layers: a frozen object that knows its file or service and how to read it.

    `OsmExtract`, `RoadLengths`, `Raster`, `CellsTable`, `OwnPoints` and `OsmOnline` are such.
    """

    def read(self, area: LayerArea) -> tuple[Layer, ...]:
        """Read the layers of ``area``; InputError (one line, with the cure) when it cannot."""
        ...
