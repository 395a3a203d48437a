"""Members of zip files that people hand in, unpacked within bounds."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING

from geo.errors import FileFormatError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path


def unpacked(path: Path, package: zipfile.ZipFile, member: str, *, most_bytes: int) -> bytes:
    """Return the bytes of one member, whatever its header says of its size.

    Raises
    ------
    FileFormatError
        when it unpacks to more than ``most_bytes``, is broken, or is locked.
    """
    try:
        with package.open(member) as stream:
            data = stream.read(most_bytes + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error):
        raise FileFormatError(
            say("{file}: {member} in it is broken or locked", file=path.name, member=member[:80])
        ) from None
    if len(data) > most_bytes:
        raise FileFormatError(say("{file}: unpacks to too much: split it", file=path.name))
    return data
