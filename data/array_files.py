"""Named arrays in one file of a workspace's cache."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from data.atomic import write_bytes
from data.file_seal import SEAL_BYTES, is_sealed, is_whole, seal_of
from geo.errors import WorkspaceError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt


def save_arrays(arrays: Mapping[str, npt.NDArray[Any]], path: Path) -> None:
    """Write named arrays, whole or not at all, sealed by the comment of the archive.

    WorkspaceError when the disk is full or the folder cannot be written.
    """
    packed = io.BytesIO()
    np.savez(packed, **arrays)  # type: ignore[arg-type]  # numpy's stubs take a keyword for a flag
    with zipfile.ZipFile(packed, "a") as archive:
        archive.comment = bytes(SEAL_BYTES)
    body = packed.getbuffer()[:-SEAL_BYTES]
    write_bytes(path, b"".join((body, seal_of(zlib.crc32(body)))))


def load_arrays(path: Path, *, cure: str) -> dict[str, npt.NDArray[Any]]:
    """Read named arrays, held to their seal; WorkspaceError with ``cure`` when they are damaged.

    A file of an earlier version has no seal: each of its arrays is held to its own checksum.
    """
    try:
        if is_sealed(path) and not is_whole(path):
            raise WorkspaceError(say("{path}: is damaged: {cure}", path=path, cure=cure))
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile) as error:
        if isinstance(error, WorkspaceError):
            raise
        raise WorkspaceError(
            say("{path}: is broken ({error}): {cure}", path=path, error=error, cure=cure)
        ) from None
