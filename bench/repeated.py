"""An extract repeated over a grid, block by block: a large file in a minute, sorted as real ones.

The ids of each copy follow those of the copy before; ids and places of a PBF block are differences,
so that the first of each list moves all.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import osmium

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STEP = 0.437, 0.418  # degrees: the size of Porto's extract
CORNER = -8.795, 40.981
_IDS_A_COPY = 10_000_000_000
_UNITS = 10_000_000  # a degree, at the granularity that every writer uses
_GROUP, _DENSE, _WAY, _RELATION = 2, 2, 3, 4


@dataclass(frozen=True)
class _Shift:
    ids: int
    lon: int
    lat: int


def write_repeated(source: Path, target: Path, *, side: int) -> None:
    """Write ``side`` times ``side`` copies of a sorted PBF extract, each in a city "Porto N"."""
    header, *blocks = list(_blobs(source.read_bytes()))
    shifts = [
        _Shift(
            number * _IDS_A_COPY,
            round(number % side * STEP[0] * _UNITS),
            round(number // side * STEP[1] * _UNITS),
        )
        for number in range(side * side)
    ]
    small = target.with_suffix(".borders.pbf")
    _write_borders(small, shifts)
    borders = list(_blobs(small.read_bytes()))[1:]
    small.unlink()
    with target.open("wb") as file:
        _write(file, b"OSMHeader", _sorted_header(header[1]))
        for kind in (_DENSE, _WAY, _RELATION):
            of_kind = [data for _, data in blocks if _kind(data) == kind]
            for shift in shifts:
                for data in of_kind:
                    _write(file, b"OSMData", _moved_block(data, shift))
            for _, data in borders:
                if _kind(data) == kind:
                    _write(file, b"OSMData", data)


def _write_borders(path: Path, shifts: list[_Shift]) -> None:
    make, first = osmium.osm.mutable, (len(shifts) + 1) * _IDS_A_COPY
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, shift in enumerate(shifts):
            left, bottom = CORNER[0] + shift.lon / _UNITS, CORNER[1] + shift.lat / _UNITS
            for corner, (right, up) in enumerate(((0, 0), (1, 0), (1, 1), (0, 1))):
                place = (left + right * STEP[0], bottom + up * STEP[1])
                writer.add_node(make.Node(id=first + 4 * number + corner, location=place))
        for number in range(len(shifts)):
            refs = [first + 4 * number + corner for corner in (0, 1, 2, 3, 0)]
            writer.add_way(make.Way(id=first + number, nodes=refs))
        for number in range(len(shifts)):
            tags = {"type": "boundary", "boundary": "administrative", "admin_level": "5"}
            tags["name"] = f"Porto {number}"
            members = [("w", first + number, "outer")]
            writer.add_relation(make.Relation(id=first + number, members=members, tags=tags))


def _blobs(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from(">i", data, at)
        head = {number: value for number, _, value in _fields(data[at + 4 : at + 4 + length])}
        at += 4 + length
        blob = {number: value for number, _, value in _fields(data[at : at + int(head[3])])}
        at += int(head[3])
        yield bytes(head[1]), zlib.decompress(bytes(blob[3])) if 3 in blob else bytes(blob[1])


def _write(file: IO[bytes], kind: bytes, data: bytes) -> None:
    blob = _field(2, len(data)) + _field(3, zlib.compress(data, 6))
    head = _field(1, kind) + _field(3, len(blob))
    file.write(struct.pack(">i", len(head)) + head + blob)


def _sorted_header(data: bytes) -> bytes:
    """Take the box out, which is that of one copy, and say that the file is sorted."""
    kept = b"".join(raw for number, raw, _ in _fields(data) if number != 1)
    return kept + _field(5, b"Sort.Type_then_ID")


def _kind(block: bytes) -> int:
    group = next(bytes(value) for number, _, value in _fields(block) if number == _GROUP)
    return next(number for number, _, _ in _fields(group))


def _moved_block(block: bytes, shift: _Shift) -> bytes:
    return b"".join(
        _field(_GROUP, _moved_group(bytes(value), shift)) if number == _GROUP else raw
        for number, raw, value in _fields(block)
    )


def _moved_group(group: bytes, shift: _Shift) -> bytes:
    moves = {
        _DENSE: {1: shift.ids, 8: shift.lat, 9: shift.lon},
        _WAY: {8: shift.ids},
        _RELATION: {9: shift.ids},
    }
    parts = []
    for number, _, value in _fields(group):
        parts.append(_field(number, _moved(bytes(value), moves[number], shift, number != _DENSE)))
    return b"".join(parts)


def _moved(thing: bytes, moves: dict[int, int], shift: _Shift, own_id: bool) -> bytes:  # noqa: FBT001 - of this module alone
    made = []
    for number, raw, value in _fields(thing):
        if own_id and number == 1:
            made.append(_field(1, int(value) + shift.ids))
        elif number in moves:
            made.append(_field(number, _first_moved(bytes(value), moves[number])))
        else:
            made.append(raw)
    return b"".join(made)


def _first_moved(packed: bytes, by: int) -> bytes:
    if not packed:
        return packed
    value, at = _varint(packed, 0)
    moved = ((value >> 1) ^ -(value & 1)) + by
    return _as_varint(2 * moved if moved >= 0 else -2 * moved - 1) + packed[at:]


def _fields(data: bytes) -> Iterator[tuple[int, bytes, int | bytes]]:
    at = 0
    while at < len(data):
        begin = at
        key, at = _varint(data, at)
        value, at = _varint(data, at)
        if key & 7 == 2:
            at += value
            yield key >> 3, data[begin:at], data[at - value : at]
        else:
            yield key >> 3, data[begin:at], value


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _as_varint(number << 3) + _as_varint(value)
    return _as_varint(number << 3 | 2) + _as_varint(len(value)) + value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def _as_varint(value: int) -> bytes:
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    made.append(value)
    return bytes(made)
