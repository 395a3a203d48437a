"""Files that are there whole or not at all.

A file is written beside its place under another name, flushed to the disk, and renamed: a reader
sees the old file or the new one, and a full disk or a power cut leaves the old one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data.system import flush_file, flush_folder, replace_file
from geo.errors import DiskFullError, WorkspaceError
from geo.messages import reason_of, say

if TYPE_CHECKING:
    from collections.abc import Iterator

#: How the name of what is not yet finished begins.
DRAFT: Final = ".new-"
#: What nobody has written to for so long is nobody's any more.
DRAFT_LIVES_S: Final = 6 * 3600.0
_RIGHTS = say("check the owner and the rights of its folder, or choose another")
_IN_THE_WAY = say("a file stands where a folder must be: rename it or choose another folder")
_CURES: Final = {
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: say("the disk may only be read: choose another folder"),
    errno.ENOENT: say("make its folder first"),
    errno.ENOTDIR: _IN_THE_WAY,
    errno.EEXIST: _IN_THE_WAY,
    errno.EISDIR: say("a folder has this name: choose another name"),
    errno.ENAMETOOLONG: say("choose a shorter name"),
}


@contextlib.contextmanager
def replacing(path: Path, *, mode: int | None = None) -> Iterator[Path]:
    """Give the path of a new empty file beside ``path`` that takes its place when all went well.

    When the block raises, the new file is removed and the old one stays as it was. Without a
    ``mode``, who may read the old file may read the new one; a first one may be read by all.

    Raises
    ------
    WorkspaceError
        when the disk is full, or the folder is missing or may not be written.
    """
    try:
        # The suffix is kept: some writers choose the format by it.
        handle, name = tempfile.mkstemp(prefix=DRAFT, suffix=path.suffix, dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise cannot_write(path, error) from None
    draft = Path(name)
    try:
        yield draft
        flush_file(draft)
        if mode is None:
            mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644
        draft.chmod(mode)
        replace_file(draft, path)
        flush_folder(path.parent)
    except OSError as error:
        if isinstance(error, WorkspaceError):
            raise
        raise cannot_write(path, error) from error
    finally:
        draft.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file with line ends as they are in ``text``, whole or not at all."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all (WorkspaceError)."""
    with replacing(path) as draft:
        draft.write_bytes(content)


def sweep_drafts(folder: Path, *, older_than_s: float = DRAFT_LIVES_S) -> int:
    """Remove the drafts that killed processes left in a folder and those in it; return how many.

    A draft that was written to within ``older_than_s`` may be somebody's at work, and stays.
    """
    before, swept = time.time() - older_than_s, 0
    for draft in folder.rglob(f"{DRAFT}*"):
        with contextlib.suppress(OSError):
            if draft.stat().st_mtime >= before:
                continue
            shutil.rmtree(draft) if draft.is_dir() else draft.unlink()
            swept += 1
    return swept


def cannot_write(path: Path, error: OSError) -> WorkspaceError:
    """Say in one line why ``path`` cannot be written and what to do."""
    cure = _CURES.get(error.errno or 0, say("free some space or choose another folder"))
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return (DiskFullError if full else WorkspaceError)(
        say(
            "{path} cannot be written ({reason}): {cure}; what was there before is unchanged",
            path=path,
            reason=reason_of(error),
            cure=cure,
        )
    )
