"""Clean copies: an extract in which every object stands once, alive, and nodes before ways."""

# pyosmium ships no types that tell nodes from ways: what comes out of it is Any on purpose.
# ruff: noqa: ANN401

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import osmium

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    import numpy.typing as npt

ABOVE: Final = 1 << 40
"""Ids below zero are moved above all real ones (some 2**34), since libosmium has no index for them.
"""

_KINDS: Final = (("n", osmium.osm.NODE), ("w", osmium.osm.WAY), ("r", osmium.osm.RELATION))


def write_clean_copy(
    source: Path, target: Path, *, deleted: Collection[tuple[str, int]], located: bool
) -> dict[str, int]:
    """Write the newest living version of every object of ``source``, and count the others.

    ``deleted`` are objects (type, id) that are marked as gone in a way that libosmium does not
    read; ``located`` says that the ways carry their nodes' places. Of two objects of one version
    the later timestamp counts, then the later in the file. Ids below zero become
    `ABOVE` minus the id; `own_ids` turns them back.
    """
    passed = {"objects_deleted": 0, "versions_older": 0, "objects_twice": 0}
    options = "pbf,pbf_compression=none,locations_on_ways=" + ("true" if located else "false")
    with osmium.SimpleWriter(osmium.io.File(str(target), options), overwrite=True) as writer:
        for kind, entities in _KINDS:
            chosen = _newest(source, kind, entities, deleted, passed)
            for row, thing in enumerate(_all(source, entities)):
                if chosen.get(thing.id) == row:
                    writer.add(_above_zero(thing))
    return {what: count for what, count in passed.items() if count}


def own_ids(ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Turn ids of a clean copy back into those of the file."""
    return np.where(ids > ABOVE, ABOVE - ids, ids)


def _all(path: Path, entities: Any) -> Iterator[Any]:
    yield from osmium.FileProcessor(str(path), entities)


def _newest(
    path: Path,
    kind: str,
    entities: Any,
    deleted: Collection[tuple[str, int]],
    passed: dict[str, int],
) -> dict[int, int]:
    """Give for each id the row of its newest version, and none where that is gone."""
    best: dict[int, tuple[tuple[int, Any], int, bool]] = {}
    for row, thing in enumerate(_all(path, entities)):
        rank = (thing.version, thing.timestamp)
        known = best.get(thing.id)
        if known is not None:
            passed["objects_twice" if known[0][0] == rank[0] else "versions_older"] += 1
            if rank < known[0]:
                continue
        best[thing.id] = (rank, row, bool(thing.visible))
    chosen = {
        number: row
        for number, (_, row, visible) in best.items()
        if visible and (kind, number) not in deleted
    }
    passed["objects_deleted"] += len(best) - len(chosen)
    return chosen


def _above(number: int) -> int:
    return ABOVE - number if number < 0 else number


def _above_zero(thing: Any) -> Any:
    """Give the object, its own id and those it names above zero."""
    if thing.is_node():
        return thing.replace(id=_above(thing.id)) if thing.id < 0 else thing
    if thing.is_way():
        refs = [node.ref for node in thing.nodes]
        if min(refs, default=0) >= 0 and thing.id >= 0:
            return thing
        return thing.replace(id=_above(thing.id), nodes=[_above(ref) for ref in refs])
    members = [(one.type, one.ref, one.role) for one in thing.members]
    if min((ref for _, ref, _ in members), default=0) >= 0 and thing.id >= 0:
        return thing
    moved = [(kind, _above(ref), role) for kind, ref, role in members]
    return thing.replace(id=_above(thing.id), members=moved)
