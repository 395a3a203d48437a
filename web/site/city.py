"""What the pages read of a workspace, kept in memory for as long as nothing changed."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, TypeVar

from flask import current_app

from data.china_time import today_here
from data.settings import SETTINGS_FILE
from data.vocabulary import SAMPLE_NOTICE
from data.workspace import Workspace
from geo.errors import InputError, WorkspaceError
from geo.messages import message_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

    from data.settings import Settings
    from data.stations import Stations

T = TypeVar("T")
_LOG: Final = logging.getLogger(__name__)


class City:
    """One workspace behind the pages.

    What was read or drawn is kept under a key that names its inputs; a new import or plan gives a
    new key, and only the newest of each sort stays. With ``searches_apart`` what
    searches the roads runs in a process of its own.
    """

    def __init__(self, folder: Path, *, searches_apart: bool = True) -> None:
        # whole: refusals name it, and only so can they be told from what was asked
        self.folder, self.searches_apart = folder.resolve(), searches_apart
        self._kept: dict[str, tuple[Hashable, Any]] = {}
        # one each: what takes long to make holds up only those who ask for the same
        self._locks: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)
        self._birth = threading.Lock()
        #: Why the settings as they are now cannot be used; None while they can.
        self.trouble: str | None = None
        self.workspace()

    def workspace(self) -> Workspace:
        """Return the opened workspace; opened anew after an edit of its settings.

        Where they cannot be read the last good ones stay in force, and `trouble` says why.
        """
        return self.keep("workspace", self._settings_changed(), self._opened)

    def _opened(self) -> Workspace:
        last: Workspace | None = self._kept.get("workspace", (None, None))[1]
        try:
            opened = Workspace.open(self.folder)
        except (InputError, WorkspaceError) as error:
            if last is None:
                raise
            self.trouble = message_of(error)
            _LOG.error("%s; the last good settings stay in force", error)
            return last
        self.trouble = None
        return opened

    @property
    def settings(self) -> Settings:
        """The settings of the city."""
        return self.workspace().settings

    def stations(self) -> Stations:
        """Return the register, read once for each state of it (NothingYetError when none)."""
        return self.keep("stations", self.stations_key(), lambda: self.workspace().stations())

    def collection(self, features: list[dict[str, Any]]) -> dict[str, Any]:
        """Return features as a GeoJSON collection, with the notice of a generated sample."""
        return {"type": "FeatureCollection", "features": features, **self.notice()}

    def notice(self) -> dict[str, str]:
        """Return ``notice``, which a generated sample carries; else nothing."""
        return {"notice": SAMPLE_NOTICE} if self.settings.sample else {}

    def stations_version(self) -> str:
        """Return a short text that changes with register, photos, settings and the day."""
        return _short_hash((self.stations_key(), self.photos_version(), today_here()))

    def photos_version(self) -> str:
        """Return a short text that changes with the photos."""
        return self.keep_while_unwritten("photos", lambda: self.workspace().photos().version())

    @property
    def has_roads(self) -> bool:
        """Whether a road network is there to be shown."""
        return self.changed("network.bin") > 0

    def roads_version(self) -> str:
        """Return a short text that changes when the road network changes."""
        return _short_hash(self.changed("network.bin"))

    def keep(self, sort: str, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made under this key, or make it, once for all threads."""
        with self._birth:
            lock = self._locks[sort]
        with lock:
            if sort not in self._kept or self._kept[sort][0] != key:
                self._kept[sort] = (key, make())
            made: T = self._kept[sort][1]
            return made

    def keep_while_unwritten(self, sort: str, read: Callable[[], T], *, also: Hashable = ()) -> T:
        """Return what was read of the database; anew after a write, new settings, or midnight.

        ``also`` is what else it depends on.

        Where nobody can tell without asking whether something was written, it is read each time.
        """
        state = self.workspace().database.backend.state_at_rest()
        if state is None:
            return read()
        return self.keep(sort, (state, self._settings_changed(), today_here(), also), read)

    def stations_key(self) -> Hashable:
        """Return what the register and the settings are known by."""
        return self.keep_while_unwritten("stations key", self._read_stations_key)

    def _read_stations_key(self) -> Hashable:
        contents = self.workspace().contents("stations")
        ahead = self.workspace().coming_changes().version()
        return (repr(contents), self._settings_changed(), ahead, today_here() if ahead else "")

    def _settings_changed(self) -> int:
        path = self.folder / SETTINGS_FILE
        return path.stat().st_mtime_ns if path.exists() else 0

    def changed(self, name: str) -> int:
        """Return when a file of the cache was last written; 0 where there is none."""
        path = self.folder / "cache" / name
        return path.stat().st_mtime_ns if path.exists() else 0


def _short_hash(key: Hashable) -> str:
    return hashlib.sha256(repr(key).encode()).hexdigest()[:16]


def city_here() -> City:
    """Return the city that the running application serves."""
    city: City = current_app.extensions["yizhan"]
    return city
