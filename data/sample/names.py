"""Street names that nobody can take for real ones: 示例大道 3, 示例路 12."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from data.sample.lines import CODE, HIGHWAYS

if TYPE_CHECKING:
    from data.sample.lines import Lines

_WORDS = {
    "motorway": "示例高速",
    "trunk": "示例国道",
    "primary": "示例大道",
    "secondary": "示例路",
    "tertiary": "示例街",
    "unclassified": "示例乡道",
    "residential": "示例巷",
}
_RING = "示例环路"  # the one trunk road with two carriageways
_NAMED_FROM_M = {"unclassified": 1_500.0, "residential": 300.0}


def street_names(lines: Lines) -> tuple[str, ...]:
    """Name every line after its street; the longest street of a word bears the lowest number.

    Service roads, tracks, paths and short lanes have no name, which is an empty text.
    """
    length = shapely.length(lines.geometry)
    streets, row = np.unique(lines.street, return_inverse=True)
    by_street = np.bincount(row, length)
    best = np.full(len(streets), len(HIGHWAYS))
    np.minimum.at(best, row, lines.highway)
    names = np.full(len(streets), "", dtype=object)
    for word, name in _WORDS.items():
        chosen = np.flatnonzero(best == CODE[word])
        chosen = chosen[by_street[chosen] > _NAMED_FROM_M.get(word, 0.0)]
        order = chosen[np.argsort(-by_street[chosen], kind="stable")]
        names[order] = [f"{name} {number}" for number in range(1, len(order) + 1)]
    of_line = names[row]
    of_line[lines.one_way & (lines.highway == CODE["trunk"])] = _RING
    return tuple(str(name) for name in of_line)
