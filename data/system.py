"""What Windows does otherwise than other systems, each with its reason.

A planner or an office works on Windows too. All else that touches the system goes through calls
that mean the same everywhere.
"""

from __future__ import annotations

import os
import stat
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

ON_WINDOWS: Final = os.name == "nt"
PATIENCE_S: Final = 5.0
_AGAIN_S: Final = 0.05
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def flush_file(path: Path) -> None:
    """Wait until a file is on the disk.

    It is opened for writing too: Windows flushes nothing through a handle that may only read.
    """
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def flush_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk.

    Windows opens no folder as a file, and NTFS keeps a journal of names by itself.
    """
    if ON_WINDOWS:
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_to_others(path: Path) -> bool:
    """Tell whether others than its owner may read a file.

    On Windows the bits of a mode only say whether a file may be written; who may read it is what
    its folder grants, and a person's own folder grants nobody else.
    """
    return not ON_WINDOWS and bool(path.stat().st_mode & _OTHERS)


def replace_file(draft: Path, path: Path) -> None:
    """Let a file take the place of another at once: a reader sees the old one or the new one.

    Windows refuses that for as long as somebody has the old one open, which for our files is a
    moment: it is tried again for `PATIENCE_S`.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            draft.replace(path)
        except PermissionError:
            if not ON_WINDOWS or path.is_dir() or time.monotonic() > until:
                raise
            time.sleep(_AGAIN_S)
        else:
            return


def mapped_files_can_be_replaced() -> bool:
    """Tell whether a file that a process has mapped can be replaced, and its folder renamed.

    Windows refuses both for as long as the mapping stands.
    """
    return not ON_WINDOWS
