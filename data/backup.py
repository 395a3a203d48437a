"""A whole workspace in one file, and a workspace made of it again.

The file is a zip: ``manifest.json`` with the sha256 of everything else, ``yizhan.db`` (SQLite,
also where the city lies on a server), ``yizhan.toml``, the districts, the secret key and the
photos. It holds accounts and the key, so only its owner may read it. ``cache/`` is not in it.

A restore unpacks and checks everything into ``.restoring`` beside the workspace's files and then
writes a mark. Before the mark nothing was changed; from the mark on whoever opens the workspace
next finishes the work, however often it is killed: so there is the old state or the new one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from data.atomic import DRAFT, cannot_write, replacing, write_bytes
from data.database.copying import copy_tables, has_rows
from data.database.photos import Photos
from data.database.postgres import Postgres
from data.database.sqlite import Sqlite
from data.photos.store import FOLDER as PHOTOS_FOLDER
from data.photos.store import PhotoStore
from data.settings import SETTINGS_FILE, read_settings
from data.workspace_key import KEY_FILE
from geo.errors import FileFormatError, WorkspaceError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from data.database.backend import Backend

DATABASE_FILE: Final = "yizhan.db"
DISTRICTS_FILE: Final = "districts.geojson"
#: Borders of towns and subdistricts, where somebody put them there.
TOWNS_FILE: Final = "towns.geojson"
_FORM: Final = "yizhan backup 1"
_MANIFEST: Final = "manifest.json"
_LONGEST_MANIFEST: Final = 64 << 20
_STAGE: Final = ".restoring"
_MARK: Final = "ready"
_LOCK: Final = "lock"
_PATIENCE_S: Final = 60.0
_PRIVATE: Final = 0o600
_PART: Final = 1 << 20
#: What a broken zip ends in.
_TORN: Final = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)
_SMALL: Final = (SETTINGS_FILE, DISTRICTS_FILE, TOWNS_FILE, KEY_FILE)
_NAMES: Final = re.compile(
    rf"{re.escape(DATABASE_FILE)}|{re.escape(SETTINGS_FILE)}|{re.escape(DISTRICTS_FILE)}"
    rf"|{re.escape(TOWNS_FILE)}|{re.escape(KEY_FILE)}|{PHOTOS_FOLDER}/[0-9A-Za-z_-]{{1,80}}\.[a-z]{{1,5}}"
)


@dataclass(frozen=True)
class Backup:
    """What a backup says of itself; ``files`` has bytes and sha256 of each of its files.

    ``lost_photos`` are hashes of photos that the database names and of which no whole file was
    there to be taken in; it is known where the backup was made.
    """

    city: str
    name: str
    made_at: str
    files: Mapping[str, tuple[int, str]]
    lost_photos: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files, unpacked."""
        return sum(size for size, _ in self.files.values())


def write_backup(folder: Path, backend: Backend, path: Path) -> Backup:
    """Write a workspace into one file, while others read and write.

    An older file of that name is there until the new one is whole.

    Raises
    ------
    WorkspaceError
        when the database cannot be read or the file cannot be written.
    """
    settings = read_settings(folder / SETTINGS_FILE)
    try:
        holder = tempfile.TemporaryDirectory(prefix=DRAFT, dir=path.parent)
    except OSError as error:
        raise cannot_write(path, error) from None
    with holder as room, replacing(path, mode=_PRIVATE) as draft:
        database = Path(room) / DATABASE_FILE
        if isinstance(backend, Sqlite):
            backend.save_copy(database)
        else:
            copy_tables(backend, Sqlite(database))
        _forget_attempts(database)
        files = {DATABASE_FILE: _size_and_hash(database)}
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as package:
            package.write(database, DATABASE_FILE)
            store = PhotoStore(folder, address=settings.photo_store)
            for name, content in _contents(folder, store):
                files[name] = (len(content), hashlib.sha256(content).hexdigest())
                package.writestr(name, content)
            made = Backup(
                settings.identity,
                settings.name,
                datetime.now(UTC).isoformat(timespec="seconds"),
                files,
                _lost_photos(Photos(Sqlite(database)), files),
            )
            package.writestr(_MANIFEST, _manifest_text(made))
    return made


def _forget_attempts(database: Path) -> None:
    """Take away from a copy what is kept for minutes only: who signed in or posted of late."""
    with contextlib.closing(sqlite3.connect(database)) as copy, copy:
        there = "SELECT name FROM sqlite_schema WHERE name IN ('attempts', 'login_attempts')"
        for (name,) in copy.execute(there).fetchall():
            copy.execute("PRAGMA secure_delete = ON")
            copy.execute(f"DELETE FROM {name}")  # noqa: S608 - one of the two


def restore_backup(path: Path, folder: Path, *, url: str | None, replace: bool) -> Backup:
    """Make a workspace of a backup, in a new folder or, with ``replace``, over one of that city.

    Parameters
    ----------
    url
        of the PostgreSQL database that it goes into; None for the file in the folder.

    Raises
    ------
    FileFormatError
        when the file is no backup, or any part of it is not what its manifest says.
    WorkspaceError
        when the place holds something and ``replace`` is not set, is another city's, or cannot be
        written; nothing was changed then.
    """
    try:
        package = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise WorkspaceError(say("{path}: no such file", path=path)) from None
    except (OSError, zipfile.BadZipFile):
        raise _broken(path) from None
    with package:
        backup = _read_manifest(path, package)
        finish_restore(folder, url=url)
        backend: Backend = Postgres(url) if url else Sqlite(folder / DATABASE_FILE)
        try:
            _refuse_what_is_there(folder, backend, backup, replace=replace)
            stage = folder / _STAGE
            with _cleared_when_failing(stage):
                _unpack(path, package, backup, stage)
                _check_database(path, stage / DATABASE_FILE, backup)
                _hand_over_photos(stage, folder)
                with contextlib.closing(sqlite3.connect(stage / _LOCK)):
                    write_bytes(stage / _MARK, backend.where.encode())
        finally:
            backend.close()
    finish_restore(folder, url=url)
    return backup


def finish_restore(folder: Path, *, url: str | None) -> None:
    """Finish a restore that was decided and did not end; else nothing.

    Raises
    ------
    WorkspaceError
        when it was for another database than ``url``, or the database cannot be written: then it
        is given up, and everything is as it was.
    """
    stage = folder / _STAGE
    if not (stage / _MARK).exists():
        return
    with _alone(stage):
        if not (stage / _MARK).exists():
            return  # another process has finished it
        backend: Backend = Postgres(url) if url else Sqlite(folder / DATABASE_FILE)
        _check_place(stage, backend)
        try:
            _replace_database(stage / DATABASE_FILE, folder, backend)
        except WorkspaceError:
            (stage / _MARK).unlink()
            raise
        finally:
            backend.close()
        _replace_files(stage, folder)
        (stage / _MARK).unlink()
    shutil.rmtree(stage, ignore_errors=True)


@contextlib.contextmanager
def _alone(stage: Path) -> Iterator[None]:
    """Keep other processes out; the lock ends with the block, or with the process."""
    try:
        lock = sqlite3.connect(stage / _LOCK, timeout=_PATIENCE_S, isolation_level=None)
        with contextlib.closing(lock):
            lock.execute("BEGIN EXCLUSIVE")
            yield
    except sqlite3.OperationalError as error:
        if (stage / _MARK).exists():
            raise WorkspaceError(
                say(
                    "{folder}: another process restores a backup here ({reason}): try again when "
                    "that has ended",
                    folder=stage.parent,
                    reason=str(error),
                )
            ) from None


def _check_place(stage: Path, backend: Backend) -> None:
    meant = (stage / _MARK).read_text(encoding="utf-8")
    if "://" in meant and meant != backend.where:
        raise WorkspaceError(
            say(
                "{folder}: a backup was being restored into {where}: set DATABASE_URL to it, and "
                "the next command finishes that",
                folder=stage.parent,
                where=meant,
            )
        )


def _contents(folder: Path, store: PhotoStore) -> Iterator[tuple[str, bytes]]:
    """Give the workspace's files one by one, but for the database; photos from their store."""
    for name in _SMALL:
        if (folder / name).is_file():
            yield name, (folder / name).read_bytes()
    kept = sorted(path.name for path in (folder / PHOTOS_FOLDER).glob("*.*"))
    for photo in kept:
        if _NAMES.fullmatch(name := f"{PHOTOS_FOLDER}/{photo}"):
            yield name, (folder / name).read_bytes()
    for photo in store.names() if store.address else ():
        content = store.file(photo)
        if photo not in kept and content is not None:
            yield f"{PHOTOS_FOLDER}/{photo}", content


def _lost_photos(photos: Photos, files: Mapping[str, tuple[int, str]]) -> tuple[str, ...]:
    """Return the photos of the database whose file was not there, or is not what it was."""
    named = ((one, f"{PHOTOS_FOLDER}/{one}.jpg") for one in photos.files())
    return tuple(one for one, name in named if files.get(name, (0, ""))[1] != one)


def _hand_over_photos(stage: Path, folder: Path) -> None:
    """Bring unpacked photos into the store that the settings name; what is there never changes."""
    address = read_settings(stage / SETTINGS_FILE).photo_store
    store = PhotoStore(folder, address=address)
    for path in _photos(stage) if store.address else ():
        content = path.read_bytes()
        if store.is_photo(path.name):
            if store.file(path.name) != content:
                store.write(path.name, content)
            path.unlink()


def _size_and_hash(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def _manifest_text(backup: Backup) -> str:
    told = {
        "form": _FORM,
        "made_at": backup.made_at,
        "city": backup.city,
        "name": backup.name,
        "files": {
            name: {"bytes": size, "sha256": digest} for name, (size, digest) in backup.files.items()
        },
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _read_manifest(path: Path, package: zipfile.ZipFile) -> Backup:
    """Read the manifest, and refuse a file whose members are not those that it names."""
    try:
        with package.open(_MANIFEST) as file:
            told: Any = json.loads(file.read(_LONGEST_MANIFEST))
        if told["form"] != _FORM:
            raise FileFormatError(
                say("{file}: is a backup of another version of Yizhan", file=path.name)
            )
        files = {
            str(name): (int(part["bytes"]), str(part["sha256"]))
            for name, part in told["files"].items()
        }
        backup = Backup(str(told["city"]), str(told["name"]), str(told["made_at"]), files)
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        RuntimeError,
        NotImplementedError,
    ) as e:
        if isinstance(e, FileFormatError):
            raise
        raise _broken(path) from None
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise _broken(path) from None
    names = sorted(info.filename for info in package.infolist())
    strange = [name for name in files if not _NAMES.fullmatch(name)]
    if (
        names != sorted([*files, _MANIFEST])
        or strange
        or not {DATABASE_FILE, SETTINGS_FILE} <= set(files)
    ):
        raise _broken(path)
    return backup


def _broken(path: Path) -> FileFormatError:
    return FileFormatError(
        say(
            "{file}: is no whole backup of Yizhan (cut off, changed, or something else): take "
            "another copy; nothing was changed",
            file=path.name,
        )
    )


def _refuse_what_is_there(folder: Path, backend: Backend, backup: Backup, *, replace: bool) -> None:
    """Refuse a place that holds something; over another city nothing is ever laid."""
    identity, used = _what_is_there(folder, backend)
    if used and not replace:
        raise WorkspaceError(
            say(
                "{where}: holds a city already: say --replace to put the backup in its place, or "
                "name a new folder with -w; nothing was changed",
                where=backend.where,
            )
        )
    if used and identity and identity != backup.city:
        raise WorkspaceError(
            say(
                "{where}: is of another city ({identity}) than the backup of {city} ({other}): "
                "restore it into a folder and a database of its own; nothing was changed",
                where=backend.where,
                identity=identity,
                city=backup.name,
                other=backup.city,
            )
        )


def _what_is_there(folder: Path, backend: Backend) -> tuple[str, bool]:
    """Return the identity of the city that is there, and whether its database holds anything."""
    if isinstance(backend, Sqlite) and not (folder / DATABASE_FILE).exists():
        return "", False
    with contextlib.suppress(FileFormatError):
        try:
            with backend.errors_in_words(), backend.begin() as connection:
                city = backend.city(connection) if backend.read_revision(connection) else None
                return ("" if city is None else city.identity), has_rows(connection)
        except WorkspaceError:
            if not isinstance(backend, Sqlite):
                raise
    return "", True  # a broken file is something too


def _unpack(path: Path, package: zipfile.ZipFile, backup: Backup, stage: Path) -> None:
    """Unpack every file beside the workspace's, and compare its bytes and hash."""
    for name, (size, digest) in backup.files.items():
        target = stage / name
        target.parent.mkdir(parents=True, exist_ok=True)
        hashed, left = hashlib.sha256(), size
        try:
            with package.open(name) as source, target.open("wb") as file:
                while part := source.read(_PART):
                    left -= len(part)
                    if left < 0:
                        raise _broken(path)
                    hashed.update(part)
                    file.write(part)
        except _TORN:
            raise _broken(path) from None
        if left or hashed.hexdigest() != digest:
            raise _broken(path)


def _check_database(path: Path, database: Path, backup: Backup) -> None:
    """Refuse a database that is not whole or another city's; an older one is brought up to date."""
    try:
        with contextlib.closing(sqlite3.connect(database)) as connection:
            whole = connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    except sqlite3.Error:
        whole = False
    if not whole:
        raise _broken(path)
    backend = Sqlite(database)
    backend.upgrade()
    with backend.transaction() as connection:
        city = backend.city(connection)
    if city is not None and backup.city not in {"", city.identity}:
        raise _broken(path)


def _replace_database(staged: Path, folder: Path, backend: Backend) -> None:
    if isinstance(backend, Postgres):
        copy_tables(Sqlite(staged), backend, clear=backend.drop_all)
        return
    path = folder / DATABASE_FILE
    if not _is_readable(path):
        for name in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
            name.unlink(missing_ok=True)
    Sqlite(path).take_over(staged)


def _is_readable(path: Path) -> bool:
    """Tell whether a file is a database that another content can be laid over."""
    if not path.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_schema")
    except sqlite3.DatabaseError as error:
        return "locked" in str(error)
    return True


def _replace_files(stage: Path, folder: Path) -> None:
    try:
        for name in ("cache", "exports", PHOTOS_FOLDER):
            (folder / name).mkdir(exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from None
    for name in _SMALL:
        if not (stage / name).exists():
            (folder / name).unlink(missing_ok=True)
    for name in (*_SMALL, *(f"{PHOTOS_FOLDER}/{one.name}" for one in _photos(stage))):
        if (stage / name).exists():
            with replacing(folder / name, mode=_PRIVATE if name == KEY_FILE else None) as draft:
                shutil.copyfile(stage / name, draft)


def _photos(stage: Path) -> list[Path]:
    return sorted((stage / PHOTOS_FOLDER).glob("*"))


@contextlib.contextmanager
def _cleared_when_failing(stage: Path) -> Iterator[None]:
    """Make the folder that things are unpacked into, and take it away when the block fails."""
    made = [parent for parent in (stage.parent, *stage.parent.parents) if not parent.exists()]
    try:
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
        yield
    except BaseException as error:
        shutil.rmtree(made[-1] if made else stage, ignore_errors=True)
        if isinstance(error, OSError) and not isinstance(error, WorkspaceError):
            raise cannot_write(stage.parent, error) from None
        raise
