"""Loops over the bytes of a PBF block: ids, references and places, in machine code.

The messages are those of OSM's ``osmformat.proto``; numbers are varints and zigzag varints of
protocol buffers (its manual, "Encoding"), and lists of ids and places hold differences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.compiled import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Ints = npt.NDArray[np.int64]

HASH_BITS: Final = 27
_MORE: Final = 128  # a byte from here on is not the last of its number
_NUMBER, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5  # wire types
_ID_KEY: Final = 8  # field 1, a number
_ODD: Final = 0x9E3779B97F4A7C15  # 2**64 over the golden ratio (Knuth 1973, 6.4)


@compiled
def varint(data: Bytes, at: int) -> tuple[int, int]:
    """Read the number that begins at ``at``, and tell where the next thing begins."""
    value = shift = 0
    while at < len(data):
        byte = int(data[at])
        at += 1
        value |= (byte & 127) << shift
        if byte < _MORE:
            break
        shift += 7
    return value, at


@compiled
def running_sums(data: Bytes, begin: int, end: int) -> Ints:
    """Read a packed list of signed differences as the numbers that they add up to."""
    n = 0
    for at in range(begin, end):
        n += data[at] < _MORE
    made = np.empty(n, dtype=np.int64)
    value, shift, total, row = np.int64(0), np.int64(0), np.int64(0), 0
    for at in range(begin, end):
        byte = np.int64(data[at])
        value |= (byte & 127) << shift
        if byte >= _MORE:
            shift += 7
            continue
        total += (value >> 1) ^ -(value & 1)
        made[row] = total
        row += 1
        value, shift = np.int64(0), np.int64(0)
    return made


@compiled
def fields(data: Bytes, begin: int, end: int) -> Ints:
    """List the fields of a message: int64[n, 3] of number, begin and end, or value and -1.

    A field of four or eight bytes is passed over; what is no message ends the list.
    """
    made = np.empty((8, 3), dtype=np.int64)
    n, at = 0, begin
    while at < end:
        key, at = varint(data, at)
        kind = key & 7
        if kind in {_EIGHT_BYTES, _FOUR_BYTES}:
            at += 8 if kind == _EIGHT_BYTES else 4
            continue
        if kind not in {_NUMBER, _BYTES}:
            break
        value, at = varint(data, at)
        if kind == _BYTES and (value < 0 or at + value > end):
            break  # longer than what holds it
        if n == len(made):  # twice as much room
            more = np.empty((2 * n, 3), dtype=np.int64)
            more[:n] = made
            made = more
        made[n, 0] = key >> 3
        made[n, 1] = at if kind == _BYTES else value
        made[n, 2] = at + value if kind == _BYTES else -1
        n += 1
        if kind == _BYTES:
            at += value
    return made[:n]


@compiled
def linked_things(
    data: Bytes, things: Ints, list_field: int, lon_field: int, lat_field: int
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Read ways or relations: ids, offsets of their references, references, their lon and lat.

    ``things`` int64[n, 3] are rows of `fields`. Places are raw numbers of the block, and as many as
    the references where the ways carry them, none otherwise.
    """
    n = len(things)
    ids, offset = np.empty(n, dtype=np.int64), np.zeros(n + 1, dtype=np.int64)
    whole = things[n - 1, 2] - things[0, 1] if n else 0
    refs = np.empty(whole, dtype=np.int64)  # no reference takes less than a byte
    lon, lat = np.empty(whole, dtype=np.int64), np.empty(whole, dtype=np.int64)
    n_lon = n_lat = 0
    for row in range(n):
        at, end = things[row, 1], things[row, 2]
        ids[row] = 0
        total = offset[row]
        while at < end:
            key, at = varint(data, at)
            value, at = varint(data, at)
            if key == _ID_KEY:
                ids[row] = value
            if key & 7 != _BYTES:
                continue
            if value < 0 or at + value > end:
                break  # longer than what holds it
            number = key >> 3
            if number in {list_field, lon_field, lat_field}:
                sums = running_sums(data, at, at + value)
                if number == list_field:
                    refs[total : total + len(sums)] = sums
                    total += len(sums)
                elif number == lon_field:
                    lon[n_lon : n_lon + len(sums)] = sums
                    n_lon += len(sums)
                else:
                    lat[n_lat : n_lat + len(sums)] = sums
                    n_lat += len(sums)
            at += value
        offset[row + 1] = total
    return ids, offset, refs[: offset[n]], lon[:n_lon], lat[:n_lat]


@compiled
def sieve_of(ids: Ints) -> Bytes:
    """Mark ids in a table of bits, so that most that are not among them are told at one look."""
    bits = np.zeros(1 << (HASH_BITS - 3), dtype=np.uint8)
    for one in ids:
        spot = (np.uint64(one) * np.uint64(_ODD)) >> np.uint64(64 - HASH_BITS)
        bits[spot >> np.uint64(3)] |= np.uint8(1) << np.uint8(spot & np.uint64(7))
    return bits


@compiled
def among(wanted: Ints, sieve: Bytes, asked: Ints) -> npt.NDArray[np.bool_]:
    """Tell which of ``asked`` stand in ``wanted`` (ascending), whose sieve is `sieve_of`."""
    found = np.zeros(len(asked), dtype=np.bool_)
    for row in range(len(asked)):
        one = asked[row]
        spot = (np.uint64(one) * np.uint64(_ODD)) >> np.uint64(64 - HASH_BITS)
        if not sieve[spot >> np.uint64(3)] & (np.uint8(1) << np.uint8(spot & np.uint64(7))):
            continue
        at = np.searchsorted(wanted, one)
        found[row] = at < len(wanted) and wanted[at] == one
    return found
