"""Roads on a plane: small networks drawn by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from geo.roads import RawRoads, Turn

if TYPE_CHECKING:
    from collections.abc import Callable

LON, LAT = 116.80, 33.96


def roads(
    nodes: list[tuple[float, float]],
    ways: list[tuple[list[int], dict[str, str]]],
    node_tags: dict[int, dict[str, str]] | None = None,
    turns: tuple[Turn, ...] = (),
) -> RawRoads:
    """Roads on a plane in units of about 100 m east and north of Huaibei's centre."""
    sets: list[dict[str, str]] = [{}]
    marks = np.zeros(len(nodes), dtype=np.int32)
    for node, tags in (node_tags or {}).items():
        marks[node] = len(sets)
        sets.append(tags)
    way_tags = []
    for _, tags in ways:
        way_tags.append(len(sets))
        sets.append(tags)
    return RawRoads(
        node_id=np.arange(100, 100 + len(nodes), dtype=np.int64),
        node_lonlat=np.array([(LON + x * 0.001, LAT + y * 0.001) for x, y in nodes]),
        node_tags=marks,
        way_id=np.arange(len(ways), dtype=np.int64),
        way_offset=np.concatenate([[0], np.cumsum([len(w) for w, _ in ways])]).astype(np.int64),
        way_node=np.array([n for w, _ in ways for n in w], dtype=np.int32),
        way_tags=np.array(way_tags, dtype=np.int32),
        way_name=np.full(len(ways), -1, dtype=np.int32),
        tag_sets=tuple(sets),
        names=(),
        turns=turns,
    )


@pytest.fixture
def plane_roads() -> Callable[..., RawRoads]:
    return roads
