"""A workspace: one folder that holds what Yizhan knows of one city.

* ``yizhan.toml``: what the city has settled (`data.settings`), edited by people
* ``districts.geojson``: the districts, where there are any
* ``yizhan.db``: the register, the candidate sites, the results (`data.database`)
* ``cache/``: what can be made again: the road network and the demand as arrays
* ``exports/``: for files that people take out

No file in it names its own place: a workspace can be moved, copied and packed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.array_files import load_arrays, save_arrays
from data.atomic import cannot_write
from data.backup import (
    DATABASE_FILE,
    DISTRICTS_FILE,
    TOWNS_FILE,
    Backup,
    finish_restore,
    restore_backup,
    write_backup,
)
from data.database import Database
from data.database.city import Owner, new_identity
from data.database.clock import china_day, now
from data.database.coming_changes import ComingChanges, overlaid
from data.database.photos import Photos
from data.demand_store import check_name, load_demand, save_demand
from data.districts import Districts
from data.files.district_files import read_districts, write_districts
from data.network_store import load_network, save_network
from data.photos.store import PhotoStore
from data.settings import SETTINGS_FILE, Settings, default_settings, read_settings
from data.settings_text import settle_identity, write_template
from geo.datum import Datum
from geo.errors import InputError, NothingYetError, WorkspaceError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    import numpy.typing as npt

    from data.database import (
        Changes,
        Contents,
        Import,
        OrganisationRegister,
        Register,
        Result,
    )
    from data.database.kept_reports import KeptReports
    from data.database.scenarios import Scenarios
    from data.demand import Demand
    from data.organisations import Organisations
    from data.sites import CandidateSites
    from data.stations import Stations
    from geo.measure import Box
    from geo.network import RoadNetwork

_NETWORK_FILE: Final = "network.bin"
_DEMAND: Final = "demand"
_DENSITY: Final = "density"


@dataclass(frozen=True, eq=False)
class Workspace:
    """One city's folder, opened; make it by `Workspace.create` or `Workspace.open`."""

    folder: Path
    settings: Settings
    districts: Districts
    #: Of the PostgreSQL database, where that holds the register; it carries a password.
    database_url: str | None = field(default=None, repr=False)

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        name: str,
        box: Box | None = None,
        districts_file: Path | None = None,
        districts_datum: Datum = Datum.wgs84,
        districts: Districts | None = None,
        sample: bool = False,
        database_url: str | None = None,
    ) -> Workspace:
        """Make a workspace in a new folder, or in one that holds none yet.

        Parameters
        ----------
        folder
            made with its parents where it is not there.
        name
            the city's name.
        box
            what lies outside is refused at import; None takes the box of the districts.
        districts_file
            GeoJSON polygons with a name; None for a city that reports by no districts.
        districts_datum
            in what the districts of the file are given.
        districts
            the districts themselves, in the place of a file.
        sample
            True marks everything in it as generated.
        database_url
            a PostgreSQL database with PostGIS instead of a file; None asks DATABASE_URL.

        Raises
        ------
        WorkspaceError
            when the folder is a workspace already, is a file, or cannot be written, or the
            database is that of a city.
        InputError
            when name, box or districts cannot be; nothing is made then.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> from data import Workspace
        >>> from geo import Box
        >>> folder = tempfile.TemporaryDirectory()
        >>> made = Workspace.create(
        ...     Path(folder.name) / "city", name="示例市", box=Box(116.7, 33.9, 116.9, 34.0)
        ... )
        >>> made.settings.metric_crs, len(made.districts)
        ('EPSG:32650', 0)
        >>> folder.cleanup()
        """
        check_new(folder)
        if districts_file is not None:
            districts = read_districts(districts_file, datum=districts_datum)
        elif districts is None:
            districts = no_districts()
        if box is None and not len(districts):
            raise InputError(say("a workspace needs a box (left,bottom,right,top) or districts"))
        around = districts.box if box is None else box
        if (
            len(districts)
            and not around.contains(np.array(districts.frame.total_bounds).reshape(2, 2)).all()
        ):
            raise InputError(
                say(
                    "box {around} does not hold the districts, which need {box}",
                    around=around,
                    box=districts.box,
                )
            )
        settings = default_settings(name, around, sample=sample)
        made = cls(folder, replace(settings, identity=new_identity()), districts, database_url)
        with undone_when_failing(folder):
            (folder / "cache").mkdir(parents=True, exist_ok=True)
            (folder / "exports").mkdir(exist_ok=True)
            if len(districts):
                write_districts(districts, folder / DISTRICTS_FILE)
            write_template(folder / SETTINGS_FILE, made.settings)
            made.database.create()  # the last: a server's is not undone
        return made

    @classmethod
    def open(cls, folder: Path, *, database_url: str | None = None) -> Workspace:
        """Open a workspace that was made before.

        Parameters
        ----------
        folder
            where it lies.
        database_url
            the PostgreSQL database of its register; None asks DATABASE_URL, and where that names
            none it is the file in the folder.

        Returns
        -------
        Workspace
            the settings and districts as they are on the disk now; what else is in it is read when
            it is asked for.

        Raises
        ------
        WorkspaceError
            when the folder is none, a part of it is missing, or the database is that of another
            city.
        InputError
            when ``yizhan.toml`` or the districts cannot be read; the message names the cure.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> from data import Stations, Workspace
        >>> from geo import Box
        >>> folder = tempfile.TemporaryDirectory()
        >>> city = Path(folder.name) / "city"
        >>> made = Workspace.create(city, name="示例市", box=Box(116.7, 33.9, 116.9, 34.0))
        >>> station = {"id": "S1", "name": "东站", "kind": "station", "lon": 116.82, "lat": 33.95}
        >>> changes = made.replace_stations(Stations.from_records([station]))
        >>> workspace = Workspace.open(city)
        >>> workspace.settings.name, workspace.stations().ids
        ('示例市', ('S1',))
        >>> folder.cleanup()
        """
        finish_restore(folder, url=_url(database_url))
        if not (folder / SETTINGS_FILE).is_file():
            raise WorkspaceError(
                say(
                    "{folder} is no workspace (it has no {settings_file}): run yizhan init there, "
                    "or name the workspace with -w",
                    folder=folder,
                    settings_file=SETTINGS_FILE,
                )
            )
        if _url(database_url) is None and not (folder / DATABASE_FILE).is_file():
            raise WorkspaceError(
                say(
                    "{folder} has no {database_file}: put it back, or make a new workspace",
                    folder=folder,
                    database_file=DATABASE_FILE,
                )
            )
        settings = read_settings(folder / SETTINGS_FILE)
        districts_file = folder / DISTRICTS_FILE
        districts = read_districts(districts_file) if districts_file.exists() else no_districts()
        opened = cls(folder, settings, districts, database_url)
        opened.database.check_city()
        return opened

    @property
    def database(self) -> Database:
        """The workspace's database: ``database_url``, else DATABASE_URL, else its file."""
        owner = Owner(
            where=str(self.folder),
            name=self.settings.name,
            identity=self.settings.identity,
            box=self.settings.box,
            settle=partial(settle_identity, self.folder / SETTINGS_FILE),
        )
        return Database(self.folder / DATABASE_FILE, url=_url(self.database_url), owner=owner)

    def register(self) -> Register:
        """Return the register with its history, to ask and to write."""
        return self.database.register()

    @property
    def towns(self) -> Districts:
        """The towns and subdistricts, none where the workspace has no borders of them.

        Raises
        ------
        InputError
            when the file cannot be read; the message names the cure.
        """
        path = self.folder / TOWNS_FILE
        return _towns(path, path.stat().st_mtime_ns) if path.exists() else no_districts()

    def stations(self, *, as_of: date | datetime | None = None) -> Stations:
        """Return the stations as they are today, or on a day (NothingYetError when none).

        Changes ahead that hold on the day go before what the register says. Of a past day it is
        what was known then, of a day to come what is known now.
        """
        stations = self.register().stations(as_of=as_of)
        when = now() if as_of is None else as_of
        day = china_day(when) if isinstance(when, datetime) else when
        return overlaid(stations, self.coming_changes().entered(until=as_of), day)

    def coming_changes(self) -> ComingChanges:
        """Return the changes ahead, to ask and to write."""
        return ComingChanges(self.database.backend)

    def photos(self) -> Photos:
        """Return the photos of stations, to ask and to write; their files lie in `photo_store`."""
        return Photos(self.database.backend)

    def photo_store(self) -> PhotoStore:
        """Return where the files of photos lie: PHOTOS_URL, else ``photos.store``, else here."""
        return PhotoStore(self.folder, address=self.settings.photo_store)

    def replace_stations(self, stations: Stations, *, record: Import | None = None) -> Changes:
        """Lay ``stations`` over the register, all or nothing; see `Register.replace`."""
        return self.register().replace(stations, record=record)

    def sites(self) -> CandidateSites:
        """Return the imported candidate sites (NothingYetError when there are none)."""
        return self.database.sites()

    def replace_sites(self, sites: CandidateSites) -> None:
        """Put ``sites`` in the place of the candidate sites, all or nothing (WorkspaceError)."""
        self.database.replace_sites(sites)

    def clear_sites(self) -> int:
        """Forget the candidate sites; return how many there were (NothingYetError for none)."""
        return self.database.clear_sites()

    def organisation_register(self) -> OrganisationRegister:
        """Return the organisations with their history, to ask and to write."""
        return self.database.organisations()

    def organisations(self) -> Organisations:
        """Return the unions, federations and firms (NothingYetError when none were imported)."""
        return self.organisation_register().organisations()

    def contents(self, what: str) -> Contents | None:
        """Say since when "stations", "sites" or "organisations" are there, and how many.

        None when they never were.
        """
        return self.database.contents(what)

    def demand(self, name: str | None = None) -> Demand:
        """Return the demand that holds, or the variant kept under ``name``.

        Raises
        ------
        NothingYetError
            when none was imported or built.
        InputError
            when there is no variant of that name.
        """
        path = self._variant(_DEMAND, name)
        if not path.exists() and name is not None:
            known = ", ".join(self.demand_names()) or say("none yet")
            raise InputError(
                say(
                    "no demand is named {name} (there are: {known}): build it with --name",
                    name=name,
                    known=known,
                )
            )
        if not path.exists():
            raise NothingYetError(
                say(
                    "{folder}: no demand yet: run yizhan demand import FILE or demand build",
                    folder=self.folder,
                )
            )
        return load_demand(path)

    def replace_demand(self, demand: Demand, name: str | None = None) -> None:
        """Put ``demand`` in the place of what was there, all or nothing (WorkspaceError).

        With a ``name`` it is kept beside the demand that holds.
        """
        save_demand(demand, self._variant(_DEMAND, name))

    def demand_names(self) -> tuple[str, ...]:
        """Return the names of the variants that are kept, in order."""
        folder = self._cached(_DEMAND)
        return tuple(sorted(file.stem for file in folder.glob("*.npz")))

    def density(self, name: str | None = None) -> dict[str, npt.NDArray[Any]] | None:
        """Return the arrays of the model that a built demand came from; None where there is none.

        They are those of `replace_density`; whether they belong to the demand that holds is for
        the reader to check by the hash in them.
        """
        path = self._variant(_DENSITY, name)
        return (
            load_arrays(path, cure=say("run yizhan demand build again")) if path.exists() else None
        )

    def replace_density(
        self, arrays: Mapping[str, npt.NDArray[Any]], name: str | None = None
    ) -> None:
        """Keep the model of a built demand as named arrays, all or nothing (WorkspaceError)."""
        save_arrays(arrays, self._variant(_DENSITY, name))

    def layers_folder(self) -> Path:
        """Return the folder of the layers, ``cache/layers``; it is made where it is not there."""
        return self._cached("layers", folder=True)

    def network(self) -> RoadNetwork:
        """Return the road network (NothingYetError when none was built)."""
        path = self._cached(_NETWORK_FILE)
        if not path.exists():
            raise NothingYetError(
                say(
                    "{folder}: no road network yet: run yizhan network build --osm FILE",
                    folder=self.folder,
                )
            )
        return _load_network(path, path.stat().st_mtime_ns)

    def has_network(self) -> bool:
        """Tell whether a road network was built and is still there."""
        return self._cached(_NETWORK_FILE).exists()

    def replace_network(self, network: RoadNetwork) -> None:
        """Put ``network`` in the place of what was there, all or nothing (WorkspaceError)."""
        path = self._cached(_NETWORK_FILE)
        save_network(network, path)

    def save_result(
        self, kind: str, *, inputs: Mapping[str, Any], body: Mapping[str, Any]
    ) -> Result:
        """Keep one answer of the engine beside the earlier ones; see `Database.save_result`."""
        return self.database.save_result(kind, inputs=inputs, body=body)

    def newest_result(self, kind: str) -> Result | None:
        """Return the newest answer of a kind ("coverage", "plan", …); None when there is none."""
        newest = self.database.results(kind, limit=1)
        return newest[0] if newest else None

    def results(self, kind: str, *, limit: int = 100) -> tuple[Result, ...]:
        """Return the newest ``limit`` answers of a kind, the newest first."""
        return self.database.results(kind, limit=limit)

    def scenarios(self) -> Scenarios:
        """Return the kept scenarios, to ask and to write."""
        return self.database.scenarios()

    def kept_reports(self) -> KeptReports:
        """Return the kept reports, to ask and to add to."""
        return self.database.kept_reports()

    def back_up(self, path: Path) -> Backup:
        """Write all of it but ``cache`` into one file; see `data.backup.write_backup`."""
        return write_backup(self.folder, self.database.backend, path)

    def _variant(self, what: str, name: str | None) -> Path:
        """Return the file of a demand or its model: the one that holds, or that of a name."""
        if name is None:
            return self._cached(f"{what}.npz")
        return self._cached(what, folder=True) / f"{check_name(name)}.npz"

    def _cached(self, name: str, *, folder: bool = False) -> Path:
        """Return the path of a part in ``cache``, which is made where somebody emptied it."""
        cache = self.folder / "cache"
        try:
            (cache / name if folder else cache).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(cache, error) from None
        return cache.resolve() / name


def restore_workspace(
    path: Path, folder: Path, *, database_url: str | None = None, replace: bool = False
) -> Backup:
    """Make a workspace of a backup, in the database of ``database_url``, else DATABASE_URL.

    See `data.backup.restore_backup`.
    """
    return restore_backup(path, folder, url=_url(database_url), replace=replace)


def check_new(folder: Path) -> None:
    """Refuse a folder that is a workspace already, or a file (WorkspaceError)."""
    if (folder / SETTINGS_FILE).exists() or (folder / DATABASE_FILE).exists():
        raise WorkspaceError(
            say("{folder} is a workspace already: choose another folder", folder=folder)
        )
    if folder.exists() and not folder.is_dir():
        raise WorkspaceError(say("{folder} is a file: choose another folder", folder=folder))


def _url(url: str | None) -> str | None:
    """Return ``url``, else DATABASE_URL; None where the database is the workspace's file."""
    return url or os.environ.get("DATABASE_URL") or None


def no_districts() -> Districts:
    """Return the districts of a city that reports by none."""
    return Districts.from_areas({})


@lru_cache(maxsize=2)
def _load_network(path: Path, _changed_ns: int) -> RoadNetwork:
    """Load the network; kept until the file changes."""
    return load_network(path)


@contextlib.contextmanager
def undone_when_failing(folder: Path) -> Iterator[None]:
    """Take away again what the block made in ``folder`` when it fails."""
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    before = set(folder.iterdir()) if folder.exists() else set()
    try:
        yield
    except BaseException as error:
        if missing:
            shutil.rmtree(missing[-1], ignore_errors=True)
        for made in set(folder.iterdir()) - before if folder.exists() else ():
            shutil.rmtree(made) if made.is_dir() else made.unlink(missing_ok=True)
        if isinstance(error, OSError) and not isinstance(error, WorkspaceError):
            raise cannot_write(folder, error) from None
        raise


@lru_cache(maxsize=8)
def _towns(path: Path, _changed_ns: int) -> Districts:
    """Read the towns once for each state of their file."""
    return read_districts(path)
