"""Where the files of photos lie: the workspace's folder, or a store that fsspec knows.

Each file is named by the hash of its content: the same photo is kept once, what is there never
changes, and a file that was cut off is known by its name.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, Any, Final

from data.atomic import cannot_write, write_bytes
from geo.errors import InputError, WorkspaceError
from geo.messages import reason_of, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from data.photos.picture import Picture

FOLDER: Final = "photos"
#: Names the store in the environment, before `yizhan.toml`.
VARIABLE: Final = "PHOTOS_URL"
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+]*://[^\s?#@]+")
_NAME: Final = re.compile(r"[0-9a-f]{64}(-small)?\.jpg")


def check_photo_store(address: object) -> str:
    """Return the address of a store of photos; "" is the workspace's folder.

    Raises
    ------
    InputError
        when it is none; what it says is not repeated, for a key may stand in it.
    """
    if address == "":
        return ""
    if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
        raise InputError(
            say(
                "photos.store must be like s3://bucket/folder, without a key in it: keys stand in "
                "the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)"
            )
        )
    return address.rstrip("/")


def read_photo_store(table: object) -> str:
    """Read the table ``[photos]``; its keys are known to be those of the settings."""
    if not isinstance(table, dict):
        raise InputError(say("photos must be a table: write it as [photos]"))
    return check_photo_store(table.get("store", ""))


class PhotoStore:
    """The files of photos of one workspace.

    ``address`` is that of a store ("s3://bucket/folder"), "" for the folder ``photos`` of the
    workspace; every method raises WorkspaceError when the place cannot be used.
    """

    def __init__(self, folder: Path, *, address: str = "") -> None:
        self._folder = folder / FOLDER
        self.address = check_photo_store(os.environ.get(VARIABLE) or address)

    @property
    def where(self) -> str:
        """The place as messages name it."""
        return self.address or str(self._folder)

    def keep(self, picture: Picture) -> None:
        """Keep both files of a photo; the thumbnail goes first, so that a photo has one."""
        name = picture.content_hash
        self.write(f"{name}-small.jpg", picture.thumbnail)
        self.write(f"{name}.jpg", picture.content)

    def write(self, name: str, content: bytes) -> None:
        """Keep a file under a name, whole or not at all."""
        if self.address:
            try:
                self._ask("pipe_file", f"{self._root()}/{name}", content)
            except FileNotFoundError as error:  # there is no such bucket
                raise self._cannot(error) from None
            return
        try:
            self._folder.mkdir(exist_ok=True)
        except OSError as error:
            raise cannot_write(self._folder, error) from None
        write_bytes(self._folder / name, content)

    def read(self, content_hash: str, *, small: bool = False) -> bytes | None:
        """Return a file; None where it is not there."""
        return self.file(f"{content_hash}-small.jpg" if small else f"{content_hash}.jpg")

    def file(self, name: str) -> bytes | None:
        """Return the file of a name; None where it is not there, or is no name of a photo's."""
        if not self.is_photo(name):
            return None
        try:
            if not self.address:
                return (self._folder / name).read_bytes()
            content: bytes = self._ask("cat_file", f"{self._root()}/{name}")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._cannot(error) from None
        return content

    @staticmethod
    def is_photo(name: str) -> bool:
        """Tell whether a file is called as those of photos are."""
        return bool(_NAME.fullmatch(name))

    def names(self) -> list[str]:
        """Return the names of all files of photos, in order."""
        if not self.address:
            found = [path.name for path in self._folder.glob("*.jpg")]
        else:
            try:
                listed = self._ask("ls", self._root(), detail=False)
            except FileNotFoundError:
                listed = []
            found = [str(path).rsplit("/", 1)[-1] for path in listed]
        return sorted(name for name in found if self.is_photo(name))

    def faults(self, hashes: Mapping[str, int]) -> dict[str, str]:
        """Return which photos (hash -> bytes) are "missing" or "changed", by their hash."""
        found = {}
        for content_hash, size in hashes.items():
            content = self.read(content_hash)
            if content is None:
                found[content_hash] = "missing"
            elif len(content) != size or hashlib.sha256(content).hexdigest() != content_hash:
                found[content_hash] = "changed"
        return found

    def _root(self) -> str:
        return self.address.split("://", 1)[1]

    def _ask(self, act: str, *args: object, **options: object) -> Any:  # noqa: ANN401 - fsspec is not typed
        """Do something with the store by fsspec (FileNotFoundError stays what it is)."""
        import fsspec  # noqa: PLC0415 - heavy, and of those who keep photos elsewhere alone

        kind = self.address.split("://", 1)[0]
        try:
            return getattr(fsspec.filesystem(kind), act)(*args, **options)
        except FileNotFoundError:
            raise
        except (ImportError, ValueError):
            raise WorkspaceError(
                say(
                    "{where}: no way into a store of that kind: for s3:// run pip install s3fs",
                    where=self.where,
                )
            ) from None
        except Exception as error:  # noqa: BLE001 - each store has errors of its own
            raise self._cannot(error) from None

    def _cannot(self, error: Exception) -> WorkspaceError:
        reason = reason_of(error) if isinstance(error, OSError) else type(error).__name__
        return WorkspaceError(
            say(
                "{where}: the store of the photos does not answer ({reason}): look at its address "
                "and the keys in the environment",
                where=self.where,
                reason=reason,
            )
        )
