"""Named arrays in one file of a workspace's cache."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

from data.atomic import write_bytes
from geo.errors import WorkspaceError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt


def save_arrays(arrays: Mapping[str, npt.NDArray[Any]], path: Path) -> None:
    """Write named arrays, whole or not at all (WorkspaceError)."""
    packed = io.BytesIO()
    np.savez(packed, **arrays)  # type: ignore[arg-type]  # numpy's stubs take a keyword for a flag
    write_bytes(path, packed.getvalue())


def load_arrays(path: Path, *, cure: str) -> dict[str, npt.NDArray[Any]]:
    """Read named arrays; WorkspaceError with ``cure`` when the file is broken."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise WorkspaceError(
            say("{path}: is broken ({error}): {cure}", path=path, error=error, cure=cure)
        ) from None
