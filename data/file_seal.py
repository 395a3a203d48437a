"""The seal at the end of a file: one line with the CRC-32 of all that stands before it."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_START: Final = b"CRC-32 "
SEAL_BYTES: Final = len(b"CRC-32 00000000\n")
_BLOCK_BYTES: Final = 1 << 22


def seal_of(checksum: int) -> bytes:
    """Return the line that tells a checksum."""
    return _START + b"%08x\n" % checksum


def is_sealed(path: Path) -> bool:
    """Tell whether a file ends in a seal; those that an earlier version wrote have none."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - SEAL_BYTES))
        return file.read().startswith(_START)


def is_whole(path: Path) -> bool:
    """Tell whether a file is as it was when it was sealed; reads all of it once (OSError)."""
    checksum, left = 0, path.stat().st_size - SEAL_BYTES
    with path.open("rb") as file:
        while block := file.read(max(0, min(left, _BLOCK_BYTES))):
            checksum, left = zlib.crc32(block, checksum), left - len(block)
        return file.read() == seal_of(checksum)
