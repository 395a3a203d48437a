"""A folder of pages that Yizhan writes anew each time, and in which nothing else is ever lost."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Final

from data.atomic import cannot_write, write_text
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_HEAD = 1000
#: The moment of every page in an archive, so that the same pages are the same bytes.
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)


def refuse_other_folder(folder: Path, *, mark: str) -> None:
    """Refuse a folder that holds anything but pages which bear a mark near their beginning.

    One that is not there yet, or is empty, may be written.

    Raises
    ------
    InputError
        when something else stands there, or the folder is a file.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError(say("{folder}: is a file: name a new folder", folder=str(folder)))
    for path in sorted(folder.iterdir()):
        if not _is_ours(path, mark):
            raise InputError(
                say(
                    "{folder}: holds {name}, which is no page of an earlier run: name a new folder",
                    folder=str(folder),
                    name=path.name,
                )
            )


def _is_ours(path: Path, mark: str) -> bool:
    if path.is_symlink() or not path.is_file() or path.suffix != ".html":
        return False
    with path.open("rb") as opened:
        return mark.encode() in opened.read(_HEAD)


def write_page_folder(folder: Path, pages: Mapping[str, str], *, mark: str) -> list[Path]:
    """Write pages by their file names; those of an earlier run that are no more are removed.

    Raises
    ------
    InputError
        as `refuse_other_folder`.
    WorkspaceError
        when the folder cannot be written.
    """
    refuse_other_folder(folder, mark=mark)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if path.name not in pages:
                path.unlink()
    except OSError as error:
        raise cannot_write(folder, error) from None
    for name, text in pages.items():
        write_text(folder / name, text)
    return [folder / name for name in pages]


def page_archive(pages: Mapping[str, str]) -> bytes:
    """Return pages by their file names as a ZIP; the same pages are the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in pages.items():
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return made.getvalue()
