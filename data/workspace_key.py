"""The secret of a workspace: one random key in a file that only its owner may read.

Everything secret is derived from it by purpose (HMAC-SHA-256), so that a session cannot be made out
of a device's hash. The file is made when a key is first needed; there is no default key.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Final

from data.atomic import DRAFT, cannot_write
from data.system import open_to_others
from geo.errors import WorkspaceError
from geo.messages import say

KEY_FILE: Final = "secret.key"
_BYTES: Final = 32


def workspace_key(folder: Path, purpose: str) -> bytes:
    """Return 32 bytes that belong to one workspace and one purpose; the file is made if missing.

    Raises
    ------
    WorkspaceError
        when the file cannot be written, is no key, or may be read by others than its owner.
    """
    path = folder / KEY_FILE
    if not path.exists():
        _make(path)
    key = _read(path, path.stat().st_mtime_ns)
    return hmac.new(key, purpose.encode(), hashlib.sha256).digest()


def _make(path: Path) -> None:
    """Write a new key whole; another process that was faster is taken as it is."""
    try:
        handle, name = tempfile.mkstemp(prefix=DRAFT, dir=path.parent)  # made with 0600
    except OSError as error:
        raise cannot_write(path, error) from None
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
    except FileExistsError:
        return
    except OSError as error:
        raise cannot_write(path, error) from None
    finally:
        draft.unlink(missing_ok=True)


@lru_cache(maxsize=8)
def _read(path: Path, _changed_ns: int) -> bytes:
    """Read a key; kept until the file changes."""
    cure = say("put it back, or delete it: a new one is made, and everybody logs in again")
    if open_to_others(path):
        raise WorkspaceError(
            say(
                "{path}: may be read by others: run chmod 600 on it; if a stranger may have read "
                "it, delete it: a new one is made, and everybody logs in again",
                path=path,
            )
        )
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except (ValueError, OSError) as error:
        raise WorkspaceError(
            say(
                "{path}: cannot be read ({reason}): {cure}",
                path=path,
                reason=type(error).__name__,
                cure=cure,
            )
        ) from None
    if len(key) != _BYTES:
        raise WorkspaceError(
            say("{path}: is no key of this workspace: {cure}", path=path, cure=cure)
        )
    return key
