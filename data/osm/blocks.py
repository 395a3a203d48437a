"""Blocks of a PBF extract: which objects each holds, told without an object of Python for any.

A PBF file is a row of blocks of some 8,000 objects, each packed by itself. `Blocks` reads their
ids, references and places as arrays; where the header says that the file is in order of type and
id, it finds single objects by halving and unpacks few blocks.
"""

from __future__ import annotations

import os
import zlib
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Final, Literal, NamedTuple, TypeVar

import numpy as np

from data.osm.pbf_loops import fields, linked_things, running_sums
from geo.errors import FileFormatError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from data.osm.pbf_loops import Bytes, Ints

Kind = Literal["n", "w", "r"]
T = TypeVar("T")

_RANK: Final[dict[Kind, int]] = {"n": 0, "w": 1, "r": 2}
_KIND_OF_FIELD: Final[dict[int, Kind]] = {2: "n", 3: "w", 4: "r"}
# fields of BlobHeader, Blob and PrimitiveBlock
_TYPE, _SIZE = 1, 3
_RAW, _ZLIB = 1, 3
_GROUP, _GRANULARITY, _LAT_OFFSET, _LON_OFFSET = 2, 17, 19, 20
_BLOCK_DATA = b"OSMData"
_LONGEST_HEADER: Final = 1 << 16  # bytes, by the format's own limit (64 KiB)
_LONGEST_STEP: Final = 100_000  # between ids of one run, as a border drawn in one sitting is
_LOOKS_A_RUN: Final = 16  # blocks unpacked to find one run, at most
_NANODEGREES: Final = 100  # in a unit: places are kept as whole ten-millionths of a degree


class OtherFormError(Exception):
    """The file is packed in a way that is not read here: libosmium has to write it anew."""


class Place(NamedTuple):
    """A block in the file: where it begins, head included, where its data begin, and its end."""

    begin: int
    data: int
    end: int


@dataclass(frozen=True, eq=False)
class Table:
    """The objects of one kind in a block.

    ``ids`` int64[n]. ``x`` and ``y`` int64 are places in ten-millionths of a degree: of nodes
    [n], of ways that carry the places of their nodes [m], else empty. ``refs`` int64[m] are the
    nodes of ways or the members (of any type) of relations, those of row i at
    ``offset[i]:offset[i + 1]``; empty for nodes.
    """

    kind: Kind
    ids: Ints
    x: Ints
    y: Ints
    offset: Ints
    refs: Ints


@dataclass(frozen=True)
class Blocks:
    """The blocks of a PBF file, in its order."""

    path: Path
    in_order: bool
    header: Place
    places: tuple[Place, ...]
    _tables: Callable[[int], tuple[Table, ...]] = field(repr=False)

    @classmethod
    def of(cls, path: Path, *, in_order: bool) -> Blocks:
        """Look over the heads of the blocks; ``in_order`` says that types and ids rise.

        OtherFormError where they are packed in a way that is not read here, FileFormatError where
        the file is cut short.
        """
        with path.open("rb") as file:
            places = list(_places(file, path.stat().st_size, named=path))
        if not places:
            raise OtherFormError
        # a few blocks are asked for again and again while objects are looked for by halving
        tables = lru_cache(maxsize=64)(lambda row: tuple(_tables_of(path, places[row + 1])))
        made = cls(path, in_order, places[0], tuple(places[1:]), tables)
        for row in {0, len(made) - 1} if len(made) else ():
            made.tables(row)  # one way of packing is that of the whole file
        return made

    def __len__(self) -> int:
        return len(self.places)

    def tables(self, row: int) -> tuple[Table, ...]:
        """Read the objects of a block, one table for each of its groups, which have one kind."""
        return self._tables(row)

    def look(self) -> tuple[bool, bool]:
        """Tell whether ways carry places, and whether types and ids rise from 1, each id once."""

        def told(table: Table) -> tuple[Kind, int, int, bool, bool]:
            ids, placed = table.ids, table.kind == "w" and len(table.x) > 0
            return table.kind, int(ids[0]), int(ids[-1]), bool((np.diff(ids) > 0).all()), placed

        located, in_order, last = False, True, (0, 0)
        for _, (kind, first, final, rises, placed) in self.each(range(len(self)), told):
            rank = _RANK[kind]
            in_order &= rises and first > 0 and (rank, first) > last
            last, located = (rank, final), located or placed
        return located, in_order

    def rows_of(self, kind: Kind) -> range | list[int]:
        """Give the rows of the blocks that may hold a kind: all, or a range where it is in order.

        A block that holds two kinds is in the range of both.
        """
        if not self.in_order:
            return range(len(self))
        first = _first(len(self), lambda row: _RANK[self._last_kind(row)] >= _RANK[kind])
        behind = _first(len(self), lambda row: _RANK[self._first_kind(row)] > _RANK[kind])
        return range(first, behind)

    def find(self, kind: Kind, wanted: Ints) -> Iterator[Table]:
        """Give the tables of a kind that may hold some of ``wanted`` (ascending ids).

        Where few runs of ids are asked for and the file is in order, by halving; else by reading
        all.
        """
        rows = self.rows_of(kind)
        runs = 1 + int((np.diff(wanted) > _LONGEST_STEP).sum()) if len(wanted) else 0
        if self.in_order and _LOOKS_A_RUN * runs < len(rows):
            yield from self._halved(kind, wanted, rows)
            return

        def holding(table: Table) -> Table | None:
            if table.kind != kind:
                return None
            first, last = np.searchsorted(wanted, [table.ids.min(), table.ids.max() + 1])
            return table if first < last else None

        for _, table in self.each(rows if runs else (), holding):
            if table is not None:
                yield table

    def _halved(self, kind: Kind, wanted: Ints, rows: Sequence[int]) -> Iterator[Table]:
        at, least = 0, 0
        while at < len(wanted) and least < len(rows):
            least = self._first_reaching(rows, kind, int(wanted[at]), least)
            if least == len(rows):
                return
            yield from (table for table in self.tables(rows[least]) if table.kind == kind)
            last = self._last_id(rows[least], kind)
            at = int(np.searchsorted(wanted, last, side="right"))
            least += 1

    def each(self, rows: Sequence[int], make: Callable[[Table], T]) -> Iterator[tuple[int, T]]:
        """Give (row, what ``make`` makes) of each table in some blocks, worked at by two threads.

        Only a few blocks are in memory at a time.
        """
        places = [self.places[row] for row in rows]

        def made(place: Place) -> list[T]:
            return [make(table) for table in _tables_of(self.path, place)]

        threads = max(1, min(4, os.cpu_count() or 1))
        with ThreadPoolExecutor(max_workers=threads) as pool:
            ahead = deque(pool.submit(made, place) for place in places[: 4 * threads])
            for number, row in enumerate(rows):
                done = ahead.popleft().result()
                if number + 4 * threads < len(places):
                    ahead.append(pool.submit(made, places[number + 4 * threads]))
                for one in done:
                    yield row, one

    def copy(self, rows: Sequence[int]) -> bytes:
        """Give a PBF file of some of the blocks, as they are, with the header."""
        parts = []
        with self.path.open("rb") as file:
            for place in (self.header, *(self.places[row] for row in rows)):
                file.seek(place.begin)
                parts.append(file.read(place.end - place.begin))
        return b"".join(parts)

    def _first_reaching(self, rows: Sequence[int], kind: Kind, number: int, least: int) -> int:
        return _first(len(rows), lambda row: self._last_id(rows[row], kind) >= number, least)

    def _first_kind(self, row: int) -> Kind:
        return self.tables(row)[0].kind

    def _last_kind(self, row: int) -> Kind:
        return self.tables(row)[-1].kind

    def _last_id(self, row: int, kind: Kind) -> int:
        ids = [int(table.ids[-1]) for table in self.tables(row) if table.kind == kind]
        return ids[-1] if ids else -1


def _first(n: int, holds: Callable[[int], bool], low: int = 0) -> int:
    """Give the first of low ... n - 1 from which on something holds, n if none.

    Steps of 1, 2, 4 ... lead to where it holds, then halves: what is near is found with few looks.
    """
    high, step = low, 1
    while high < n and not holds(high):
        low, high, step = high + 1, high + step, 2 * step
    high = min(high, n)
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _places(file: IO[bytes], size: int, *, named: Path) -> Iterator[Place]:
    """Go from head to head: four bytes of length, a BlobHeader, the Blob."""
    begin = 0
    while begin < size:
        file.seek(begin)
        length = int.from_bytes(file.read(4), "big")
        if not 0 < length <= _LONGEST_HEADER:
            raise OtherFormError
        head = file.read(length)
        found = fields(np.frombuffer(head, dtype=np.uint8), 0, len(head)).tolist()
        of = {number: (first, last) for number, first, last in found}
        if not {_TYPE, _SIZE} <= set(of):
            raise OtherFormError
        data = begin + 4 + length
        end = data + of[_SIZE][0]
        if end > size:
            raise FileFormatError(
                say("{file}: is cut short (it ends within a block): get it anew", file=named)
            )
        kind = head[slice(*of[_TYPE])]
        if begin == 0 or kind == _BLOCK_DATA:
            yield Place(begin, data, end)
        begin = end


def _tables_of(path: Path, place: Place) -> Iterator[Table]:
    with path.open("rb") as file:
        file.seek(place.data)
        blob = file.read(place.end - place.data)
    data = np.frombuffer(_unpacked(blob), dtype=np.uint8)
    found = fields(data, 0, len(data))
    number = {int(row[0]): int(row[1]) for row in found if row[2] < 0}
    scale = number.get(_GRANULARITY, _NANODEGREES)
    shift = number.get(_LON_OFFSET, 0), number.get(_LAT_OFFSET, 0)
    tables: list[Table] = []
    for _, begin, end in (row for row in found.tolist() if row[0] == _GROUP):
        table = _group(data, begin, end, scale, shift)
        if table is not None:
            tables.append(table)
    yield from tables


def _unpacked(blob: bytes) -> bytes:
    found = fields(np.frombuffer(blob, dtype=np.uint8), 0, len(blob)).tolist()
    for number, begin, end in found:
        if number == _RAW:
            return blob[begin:end]
        if number == _ZLIB:
            try:
                return zlib.decompress(memoryview(blob)[begin:end])
            except zlib.error as error:
                raise RuntimeError(str(error)) from error
    raise OtherFormError


def _group(data: Bytes, begin: int, end: int, scale: int, shift: tuple[int, int]) -> Table | None:
    """Read a group of objects, which are all of one kind."""
    things = fields(data, begin, end)
    if not len(things):
        return None
    kind = _KIND_OF_FIELD.get(int(things[0, 0]))
    if kind is None:
        raise OtherFormError  # nodes one by one, as no program writes them today
    if kind == "n":
        return _nodes(data, int(things[0, 1]), int(things[0, 2]), scale, shift)
    refs_field, lon, lat = (8, 10, 9) if kind == "w" else (9, 0, 0)
    ids, offset, refs, x, y = linked_things(data, things, refs_field, lon, lat)
    if kind == "w" and len(x) == len(y) == len(refs):
        return Table(
            kind, ids, _units(x, scale, shift[0]), _units(y, scale, shift[1]), offset, refs
        )
    return Table(kind, ids, _NONE, _NONE, offset, refs)


def _nodes(data: Bytes, begin: int, end: int, scale: int, shift: tuple[int, int]) -> Table | None:
    parts = {number: (first, last) for number, first, last in fields(data, begin, end).tolist()}
    ids, lat, lon = (running_sums(data, *parts.get(number, (0, 0))) for number in (1, 8, 9))
    if not len(ids):
        return None
    return Table("n", ids, _units(lon, scale, shift[0]), _units(lat, scale, shift[1]), _NONE, _NONE)


def _units(raw: Ints, scale: int, shift: int) -> npt.NDArray[np.int64]:
    if scale == _NANODEGREES and not shift:
        return raw
    return np.rint((raw * scale + shift) / _NANODEGREES).astype(np.int64)


_NONE: Final = np.empty(0, dtype=np.int64)
