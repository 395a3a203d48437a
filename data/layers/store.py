"""The layer store: all layers of a workspace in one file of its cache."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.array_files import load_arrays, save_arrays
from data.atomic import cannot_write
from data.layers.layer import Layer, Layers
from geo.errors import WorkspaceError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

FILE: Final = "layers.npz"
_VERSION: Final = 1


def save_layers(layers: Layers, folder: Path) -> None:
    """Put ``layers`` in the place of those in ``folder`` (a workspace's ``cache/layers``).

    The folder is made where it is missing. WorkspaceError when it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from None
    head = {
        "version": _VERSION,
        "content_hash": layers.content_hash,
        "layers": [
            {
                "id": layer.id,
                "unit": layer.unit,
                "source": layer.source,
                "date": layer.date,
                "licence": layer.licence,
                "left_out": dict(layer.left_out),
            }
            for layer in layers.values()
        ],
    }
    text = json.dumps(head, ensure_ascii=False).encode()
    arrays: dict[str, npt.NDArray[Any]] = {"head": np.frombuffer(text, dtype=np.uint8)}
    for number, layer in enumerate(layers.values()):
        arrays[f"lonlat{number}"] = layer.lonlat
        arrays[f"value{number}"] = layer.value
    save_arrays(arrays, folder / FILE)


def load_layers(folder: Path) -> Layers:
    """Return the layers kept in ``folder``; none at all when none were saved.

    WorkspaceError when the file is broken or of another version.
    """
    path = folder / FILE
    if not path.exists():
        return Layers()
    told = path.stat()
    return _load_layers(path, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=1)
def _load_layers(path: Path, _changed_ns: int, _size: int) -> Layers:
    """Load the layers; kept until the file changes."""
    arrays = load_arrays(path, cure=_AGAIN)
    try:
        head = json.loads(arrays["head"].tobytes())
        if head["version"] != _VERSION:
            raise WorkspaceError(
                say("{path}: is of another version: {again}", path=path, again=_AGAIN)
            )
        made = Layers(
            tuple(
                Layer(lonlat=arrays[f"lonlat{n}"], value=arrays[f"value{n}"], **words)
                for n, words in enumerate(head["layers"])
            )
        )
    except (ValueError, KeyError, TypeError) as error:
        raise WorkspaceError(
            say("{path}: is broken ({error}): {again}", path=path, error=error, again=_AGAIN)
        ) from None
    if made.content_hash != head["content_hash"]:
        raise WorkspaceError(
            say("{path}: was changed by other hands: {again}", path=path, again=_AGAIN)
        )
    return made


_AGAIN: Final = say("run yizhan demand layers again")
