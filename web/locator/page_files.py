"""The files that the worker's page carries along: stations in columns, details, names, the roads.

Each has the hash of its content in its address, so that a phone keeps it for ever and a change is a
new address; ``/api/page/now.json`` says which ones hold now. All are compressed once and kept.
"""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import NotFound

from data.china_time import today_here
from geo.errors import NothingYetError
from geo.pocket import pack_roads
from web.locator.station_alerts import standings_here
from web.locator.station_columns import detail_columns, station_columns
from web.site.city import city_here
from web.site.packing import Packed
from web.stations.sounds import name_sounds

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from web.site.city import City

page_files = Blueprint("page_files", __name__)

FOLDER: Final = "/api/page/"
LARGE_BYTES: Final = 3_000_000
"""Roads that weigh more are fetched only when the reader asks for exact times."""
_SORTS: Final = ("stations", "details", "sounds", "roads")
_JSON: Final = "application/json"
_DIGITS: Final = 16
_BINARY: Final = "application/octet-stream"
_FOR_EVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class PageFile:
    """One file as it goes over the wire: its name with the hash, and its bytes as they are sent."""

    name: str
    content_type: str
    packed: Packed

    @property
    def address(self) -> str:
        """Where the page finds it."""
        return FOLDER + self.name

    @property
    def n_bytes(self) -> int:
        """What it weighs on the wire for those who take gzip alone."""
        return len(self.packed.gzip)


class PageFiles:
    """The files of one city, each made anew when what it was made of changed."""

    def __init__(self, city: City) -> None:
        self._city = city
        # one each: packing the roads of a large city takes seconds, and the list must not wait
        self._locks = {sort: threading.Lock() for sort in _SORTS}
        self._kept: dict[str, tuple[Hashable, PageFile | None]] = {}

    def stations(self) -> PageFile:
        """Return all that the list needs, in columns."""
        told, standings = standings_here()
        made = self._keep(
            "stations",
            (self._city.stations_version(), told),
            lambda: _as_json(station_columns(self._city, standings)),
        )
        assert made is not None  # noqa: S101 - only the roads can be missing
        return made

    def details(self) -> PageFile:
        """Return what the pages of single stations say besides."""
        made = self._keep(
            "details", self._city.stations_version(), lambda: _as_json(detail_columns(self._city))
        )
        assert made is not None  # noqa: S101 - only the roads can be missing
        return made

    def sounds(self) -> PageFile:
        """Return what names are searched by (`web.stations.sounds`)."""
        made = self._keep(
            "sounds", self._sounds_version(), lambda: _as_json(name_sounds(self._city))
        )
        assert made is not None  # noqa: S101 - only the roads can be missing
        return made

    def sounds_address(self) -> str:
        """Return where they are, by what they are made of: nothing is read for it."""
        return f"{FOLDER}sounds-{self._sounds_version()}.json"

    def _sounds_version(self) -> str:
        told = repr((version("yizhan"), self._city.stations_key(), self._city.roads_version()))
        return hashlib.sha256(told.encode()).hexdigest()[:_DIGITS]

    def roads(self) -> PageFile | None:
        """Return the pocket roads (`geo.pocket`); None where there is no network yet."""
        return self._keep("roads", self._city.roads_version(), self._roads)

    def named(self, name: str) -> PageFile | None:
        """Return the file of a sort (``stations-….json``) as it is now; None for no such sort."""
        sorts: dict[str, Callable[[], PageFile | None]] = {
            "stations": self.stations,
            "details": self.details,
            "sounds": self.sounds,
            "roads": self.roads,
        }
        make = sorts.get(name.partition("-")[0])
        return None if make is None else make()

    def _keep(
        self, sort: str, key: Hashable, make: Callable[[], tuple[bytes, str, str] | None]
    ) -> PageFile | None:
        with self._locks[sort]:
            if sort not in self._kept or self._kept[sort][0] != key:
                self._kept[sort] = (key, _page_file(sort, make()))
            return self._kept[sort][1]

    def _roads(self) -> tuple[bytes, str, str] | None:
        try:
            network = self._city.workspace().network()
        except NothingYetError:
            return None
        return pack_roads(network, modes=network.modes), "bin", _BINARY


def files_here() -> PageFiles:
    """Return the files of the city that the running application serves."""
    with _birth:
        made: PageFiles | None = current_app.extensions.get("yizhan-page")
        if made is None:
            made = current_app.extensions["yizhan-page"] = PageFiles(city_here())
    return made


_birth = threading.Lock()


@page_files.get(f"{FOLDER}now.json")
def now() -> Response:
    """Answer which files hold now, and how much the roads weigh.

    With ``only=roads`` nothing is said of the stations, so that a page that draws the roads alone
    does not ask for all stations anew after every edit.
    """
    files = files_here()
    roads = files.roads()
    stations = (
        {}
        if request.args.get("only") == "roads"
        else {
            "stations": files.stations().address,
            "details": files.details().address,
            "sounds": files.sounds_address(),
        }
    )
    answer = jsonify(
        day=today_here().isoformat(),
        **stations,
        roads=None if roads is None else roads.address,
        roads_bytes=0 if roads is None else roads.n_bytes,
        roads_large=roads is not None and roads.n_bytes > LARGE_BYTES,
    )
    answer.cache_control.no_cache = True
    return answer


@page_files.get(f"{FOLDER}<name>")
def one(name: str) -> Response:
    """Answer one file; under an address that is no longer the newest, the newest for now."""
    made = files_here().named(name)
    if made is None:
        raise NotFound
    answer = made.packed.answer(made.content_type)
    newest = files_here().sounds_address() if name.startswith("sounds-") else made.address
    answer.headers["Cache-Control"] = _FOR_EVER if FOLDER + name == newest else "no-cache"
    return answer


def _as_json(content: dict[str, Any]) -> tuple[bytes, str, str]:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode(), "json", _JSON


def _page_file(sort: str, made: tuple[bytes, str, str] | None) -> PageFile | None:
    if made is None:
        return None
    body, ending, content_type = made
    name = f"{sort}-{hashlib.sha256(body).hexdigest()[:_DIGITS]}.{ending}"
    return PageFile(name, content_type, Packed.of(body))
