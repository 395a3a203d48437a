"""The network store: a road network as one file that is checked and mapped when it is opened."""

from __future__ import annotations

import json
import zlib
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from data.atomic import replacing
from data.file_seal import SEAL_BYTES, is_whole, seal_of
from data.system import mapped_files_can_be_replaced
from geo.errors import FileFormatError
from geo.messages import reason_of, say
from geo.network import RoadNetwork

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MAGIC = b"YIZHAN-ROADS-1\n"
_ALIGN = 64


def _array_names() -> list[str]:
    return [spec.name for spec in fields(RoadNetwork) if "NDArray" in str(spec.type)]


def save_network(network: RoadNetwork, path: Path) -> None:
    """Write ``network`` to ``path``, whole or not at all.

    The file is a magic line, the header's length (8 bytes), a JSON header, the arrays, each at a
    multiple of 64 bytes, and a line with the CRC-32 of all that. WorkspaceError when the folder
    cannot be written or the disk is full.
    """
    arrays = {name: np.ascontiguousarray(getattr(network, name)) for name in _array_names()}
    places, at = {}, 0
    for name, array in arrays.items():
        places[name] = {"dtype": array.dtype.str, "shape": list(array.shape), "at": at}
        at += -(-array.nbytes // _ALIGN) * _ALIGN
    header = {
        "arrays": places,
        "bytes": at,
        "modes": list(network.modes),
        "names": list(network.names),
        "left_out": dict(network.left_out),
        "content_hash": network.content_hash,
    }
    text = json.dumps(header, ensure_ascii=False).encode()
    begin = len(MAGIC) + 8 + len(text)
    padding = -begin % _ALIGN
    head = MAGIC + (len(text) + padding).to_bytes(8, "little") + text + b" " * padding
    with replacing(path) as draft, draft.open("wb") as file:
        checksum = 0
        for part in (head, *(_padded(array) for array in arrays.values())):
            checksum = zlib.crc32(part, checksum)
            file.write(part)
        file.write(seal_of(checksum))


def load_network(path: Path) -> RoadNetwork:
    """Open the network in ``path``, its arrays mapped read-only from the file (see `data.system`).

    All of it is read once and held to its checksum. A file of an earlier version has none: its
    arrays are held to the hash of its content.

    FileFormatError when the file is missing, cut short, damaged or of another format.
    """
    header, begin = _header(path)
    try:
        end = begin + int(header.get("bytes", 0))
        if path.stat().st_size < end:
            raise FileFormatError(say("{path}: is cut short: build the network anew", path=path))
        has_seal = path.stat().st_size > end
        if has_seal and not (path.stat().st_size == end + SEAL_BYTES and is_whole(path)):
            raise _damaged(path)
        whole = _bytes(path, begin)
        arrays = {name: _view(whole, place) for name, place in header["arrays"].items()}
        network = RoadNetwork(
            **arrays,
            modes=tuple(header["modes"]),
            names=tuple(header["names"]),
            left_out=header["left_out"],
            known_hash=header["content_hash"],
        )
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, FileFormatError):
            raise
        raise _damaged(path) from error
    if not has_seal and not network.is_as_hashed():
        raise _damaged(path)
    return network


def _damaged(path: Path) -> FileFormatError:
    return FileFormatError(say("{path}: is damaged: build the network anew", path=path))


def _padded(array: NDArray[Any]) -> bytes:
    return array.tobytes() + b"\0" * (-array.nbytes % _ALIGN)


def _bytes(path: Path, begin: int) -> NDArray[np.uint8]:
    """Map the file from ``begin`` on, or read it where a mapped file could not be replaced."""
    if mapped_files_can_be_replaced():
        return np.memmap(path, dtype=np.uint8, mode="r", offset=begin)
    read = np.fromfile(path, dtype=np.uint8, offset=begin)
    read.flags.writeable = False
    return read


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """Read the header of a network file and where its arrays begin."""
    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise FileFormatError(
                    say("{path}: is no road network of this version: build it anew", path=path)
                )
            size = int.from_bytes(file.read(8), "little")
            if size > path.stat().st_size:
                raise FileFormatError(
                    say("{path}: is cut short: build the network anew", path=path)
                )
            header = json.loads(file.read(size))
    except OSError as error:
        raise FileFormatError(
            say("{path}: cannot be opened ({reason})", path=path, reason=reason_of(error))
        ) from error
    except ValueError as error:
        if isinstance(error, FileFormatError):
            raise
        raise _damaged(path) from error
    if not isinstance(header, dict):
        raise _damaged(path)
    return header, len(MAGIC) + 8 + size


def _view(whole: NDArray[np.uint8], place: dict[str, Any]) -> NDArray[Any]:
    dtype, shape = np.dtype(place["dtype"]), tuple(place["shape"])
    size = int(np.prod(shape)) * dtype.itemsize
    if not size:
        return np.zeros(shape, dtype=dtype)
    part = np.asarray(whole[place["at"] : place["at"] + size]).view(dtype)
    made: NDArray[Any] = part.reshape(shape)
    return made
