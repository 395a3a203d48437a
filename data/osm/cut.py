"""The cut: what of an extract lies in a box, as a small extract of its own.

Kept are the nodes in the box, the ways with a node there, whole, turn restrictions over such ways,
and areas of which such a way is a part, with all their ways. It is what ``osmium extract`` calls
"smart" (its manual), with one difference: an area around the whole box, none of whose corners lies
in it, is not kept either way. Memory is taken for what is kept and for a few blocks of the file.
"""

# pyosmium ships no types that tell nodes from ways: what comes out of it is Any on purpose.
# ruff: noqa: ANN401

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import osmium

from data.osm.gate import NODE, RELATION, WAY
from data.osm.pbf_loops import among, sieve_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import numpy.typing as npt

    from data.osm.blocks import Blocks, Kind, Table
    from data.osm.gate import Extract
    from data.osm.pbf_loops import Ints
    from geo.measure import Box

_UNITS_PER_DEGREE: Final = 1e7
_BLOCKS_AT_ONCE: Final = 32  # some megabytes, and ids near each other
_ENTITIES: Final = {"n": NODE, "w": WAY, "r": RELATION}
_NONE: Final = np.empty(0, dtype=np.int64)


@dataclass
class _Kept:
    """Ids of one kind that are kept, and from where to where the ids of each block reach."""

    ids: Ints = field(default_factory=lambda: _NONE)
    spans: list[tuple[int, int, int]] = field(default_factory=list)

    def note(self, row: int, span: tuple[int, int]) -> None:
        self.spans.append((row, *span))

    def batches(self) -> Iterator[tuple[list[int], Ints]]:
        """Give rows of blocks that hold something kept, some at once, and the ids in them."""
        rows: list[int] = []
        low, high = 0, 0
        for row, first, last in self.spans:
            begin, end = np.searchsorted(self.ids, first), np.searchsorted(self.ids, last, "right")
            if begin == end:
                continue
            if not rows:
                low, high = int(begin), int(end)
            rows.append(row)
            low, high = min(low, int(begin)), max(high, int(end))
            if len(rows) == _BLOCKS_AT_ONCE:
                yield rows, self.ids[low:high]
                rows = []
        if rows:
            yield rows, self.ids[low:high]


def write_cut(
    extract: Extract,
    blocks: Blocks,
    target: Path,
    *,
    box: Box,
    on_progress: Callable[[float], None],
) -> dict[str, int]:
    """Write what lies in a box (degrees) to ``target``, a PBF file.

    ``blocks`` are those of the extract's file. ``on_progress`` is told the share that is done.
    Returns how many ways and relations are kept.
    """
    nodes, ways, relations = _Kept(), _Kept(), _Kept()
    tell = _Progress(on_progress, 3 * len(blocks))
    nodes.ids = _nodes_inside(blocks, box, nodes, tell)
    ways.ids, refs = _ways_touching(blocks, box, nodes.ids, ways, tell)
    relations.ids, parts = _relations_over(blocks, ways.ids, relations, tell)
    more = np.setdiff1d(parts, ways.ids, assume_unique=True)
    ways.ids, added = _with_ways(blocks, ways.ids, more)
    nodes.ids = np.unique(np.concatenate([nodes.ids, refs, added]))
    options = "pbf,locations_on_ways=" + ("true" if extract.located else "false")
    with osmium.SimpleWriter(
        osmium.io.File(str(target), options), header=_header(extract), overwrite=True
    ) as writer:
        for kind, kept in (("n", nodes), ("w", ways), ("r", relations)):
            for rows, ids in kept.batches():
                _copy(blocks, rows, kind, ids, writer)
                tell.more(len(rows))
    on_progress(1.0)
    return {"ways": len(ways.ids), "relations": len(relations.ids)}


@dataclass
class _Progress:
    """Tells the share of the blocks that are done, of about ``most``."""

    tell: Callable[[float], None]
    most: int
    done: int = 0

    def more(self, blocks: int) -> None:
        self.done += blocks
        self.tell(min(self.done / max(self.most, 1), 1.0))


def _each(
    blocks: Blocks, kind: Kind, kept: _Kept, tell: _Progress, make: Callable[[Table], Any]
) -> Iterator[Any]:
    """Give what ``make`` makes of each table of a kind, and note where its ids reach."""

    def made(table: Table) -> tuple[tuple[int, int], Any] | None:
        if table.kind != kind:
            return None
        return (int(table.ids.min()), int(table.ids.max())), make(table)

    before = -1
    for row, one in blocks.each(blocks.rows_of(kind), made):
        tell.more(int(row != before))
        before = row
        if one is not None:
            kept.note(row, one[0])
            yield one[1]


def _inside(table: Table, box: Box) -> npt.NDArray[np.bool_]:
    left, bottom, right, top = (round(degrees * _UNITS_PER_DEGREE) for degrees in box)
    x, y = table.x, table.y
    found: npt.NDArray[np.bool_] = (x >= left) & (x <= right) & (y >= bottom) & (y <= top)
    return found


def _nodes_inside(blocks: Blocks, box: Box, kept: _Kept, tell: _Progress) -> Ints:
    return _joined(_each(blocks, "n", kept, tell, lambda table: table.ids[_inside(table, box)]))


def _ways_touching(
    blocks: Blocks, box: Box, nodes: Ints, kept: _Kept, tell: _Progress
) -> tuple[Ints, Ints]:
    """Give the ids of ways that have a node in the box, and all their nodes."""
    sieve = sieve_of(nodes)

    def touching(table: Table) -> tuple[Ints, Ints]:
        hit = among(nodes, sieve, table.refs)
        if len(table.x):
            hit |= _inside(table, box)
        return _rows_hit(table, hit)

    made = list(_each(blocks, "w", kept, tell, touching))
    return _joined(ids for ids, _ in made), _joined(refs for _, refs in made)


def _rows_hit(table: Table, hit: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Give the ids of which a reference is hit, and all references of those."""
    before = np.concatenate([[0], np.cumsum(hit)])
    rows = before[table.offset[1:]] > before[table.offset[:-1]]
    return table.ids[rows], table.refs[np.repeat(rows, np.diff(table.offset))]


def _relations_over(blocks: Blocks, ways: Ints, kept: _Kept, tell: _Progress) -> tuple[Ints, Ints]:
    """Give the ids of areas and turn restrictions over some ways, and the ways of the areas."""
    sieve = sieve_of(ways)

    def near(table: Table) -> Ints:  # a member may be a node of that number: it is looked at again
        return _rows_hit(table, among(ways, sieve, table.refs))[0]

    candidates = _joined(_each(blocks, "r", kept, tell, near))
    found: list[int] = []
    parts: list[int] = []
    for rows, ids in _Kept(candidates, kept.spans).batches():
        for relation in _areas_and_turns(blocks, rows, ids):
            members = [one.ref for one in relation.members if one.type == "w"]
            if not among(ways, sieve, np.array(members, dtype=np.int64)).any():
                continue
            found.append(relation.id)
            if relation.tags["type"] != "restriction":
                parts += members
    return np.array(sorted(found), dtype=np.int64), np.unique(np.array(parts, dtype=np.int64))


def _areas_and_turns(blocks: Blocks, rows: list[int], ids: Ints) -> Iterator[Any]:
    for relation in osmium.FileProcessor(
        osmium.io.FileBuffer(blocks.copy(rows), "pbf"), RELATION
    ).with_filter(osmium.filter.IdFilter(ids.tolist())):
        kind = relation.tags.get("type", "")
        border = relation.tags.get("boundary") == "administrative"
        if kind in {"restriction", "multipolygon"} or (kind == "boundary" and not border):
            yield relation


def _with_ways(blocks: Blocks, ways: Ints, more: Ints) -> tuple[Ints, Ints]:
    """Add ways to others, where they are in the file; give the nodes of the added too."""
    refs, found = [_NONE], [_NONE]
    for table in blocks.find("w", more):
        rows = np.isin(table.ids, more)
        found.append(table.ids[rows])
        refs.append(table.refs[np.repeat(rows, np.diff(table.offset))])
    return np.union1d(ways, np.concatenate(found)), np.concatenate(refs)


def _joined(parts: Iterable[Ints]) -> Ints:
    return np.unique(np.concatenate([_NONE, *parts]))


def _header(extract: Extract) -> Any:
    header = osmium.io.Header()
    header.set("generator", extract.generator)
    if extract.date:
        header.set("osmosis_replication_timestamp", f"{extract.date}T00:00:00Z")
    if extract.in_order:
        header.set("sorting", "Type_then_ID")
    return header


def _copy(blocks: Blocks, rows: list[int], kind: str, ids: Ints, writer: Any) -> None:
    source = osmium.io.FileBuffer(blocks.copy(rows), "pbf")
    with osmium.io.Reader(source, _ENTITIES[kind]) as reader:
        osmium.apply(reader, osmium.filter.IdFilter(ids.tolist()), writer)
