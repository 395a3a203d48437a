"""What the pages read of a workspace, kept in memory for as long as nothing changed."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from data.settings import SETTINGS_FILE
from data.vocabulary import SAMPLE_NOTICE
from data.workspace import Workspace
from geo.errors import NothingYetError
from web.city_map import base_roads, city_map, contents_of
from web.report_pages import report_of
from web.station_features import station_features
from web.station_hours import today_here

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

    from data.settings import Settings
    from data.stations import Stations
    from web.city_map import CityContents, CityMap
    from web.language import Language
    from web.report_pages import Report
    from web.station_features import Feature

T = TypeVar("T")


class City:
    """One workspace behind the pages.

    What was read or drawn is kept under a key that names its inputs; a new import or plan gives a
    new key, and only the newest of each sort stays.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: dict[str, tuple[Hashable, Any]] = {}
        self._lock = threading.RLock()
        self.workspace()

    def workspace(self) -> Workspace:
        """Return the opened workspace; opened anew after an edit of its settings."""
        settings_file = self.folder / SETTINGS_FILE
        changed = settings_file.stat().st_mtime_ns if settings_file.exists() else 0
        return self._keep("workspace", changed, lambda: Workspace.open(self.folder))

    @property
    def settings(self) -> Settings:
        """The settings of the city."""
        return self.workspace().settings

    def stations(self) -> Stations:
        """Return the register, read once for each state of it (NothingYetError when none)."""
        return self._keep("stations", self._stations_key(), lambda: self.workspace().stations())

    def features(self) -> list[Feature]:
        """Return the stations as features, in the order to list; empty with no register yet.

        The service centres first, then by district and name, the same in both languages.
        """
        return self._keep("features", (self._stations_key(), today_here()), self._read_features)

    def collection(self, features: list[Feature]) -> dict[str, Any]:
        """Return features as a GeoJSON collection, with the notice of a generated sample."""
        body: dict[str, Any] = {"type": "FeatureCollection", "features": features}
        if self.settings.sample:
            body["notice"] = SAMPLE_NOTICE
        return body

    def stations_version(self) -> str:
        """Return a short text that changes with the register, the settings and the day."""
        return _short_hash((self._stations_key(), today_here()))

    @property
    def has_roads(self) -> bool:
        """Whether a road network is there to be shown."""
        return self._changed("network.bin") > 0

    def roads_version(self) -> str:
        """Return a short text that changes when the road network changes."""
        return _short_hash(self._changed("network.bin"))

    def roads_json(self) -> str:
        """Return the base map of the worker's page as GeoJSON; empty where no roads are yet."""
        return self._keep("roads", self._changed("network.bin"), self._draw_roads)

    def contents(self) -> CityContents:
        """Return what maps and reports show (NothingYetError when there is nothing to draw)."""
        return self._keep("contents", self._map_key(), lambda: contents_of(self.workspace()))

    def map(self, language: Language) -> CityMap:
        """Return the map of the newest plan (NothingYetError when there is nothing to draw)."""
        key = self._map_key()
        return self._keep(
            f"map {language.code}",
            key,
            lambda: city_map(self.contents(), language=language),
        )

    def report(self, language: Language) -> Report:
        """Return the report of the newest plan or coverage (NothingYetError when there is none)."""
        kept = [self.workspace().newest_result(kind) for kind in ("coverage", "effective")]
        key = (
            self._map_key(),
            tuple(None if result is None else result.id for result in kept),
        )
        return self._keep(
            f"report {language.code}",
            key,
            lambda: report_of(self.workspace(), language=language, contents=self.contents()),
        )

    def map_version(self) -> str:
        """Return a short text that changes when the map would."""
        return _short_hash(self._map_key())

    def _keep(self, sort: str, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made under this key, or make it, once for all threads."""
        with self._lock:
            if sort not in self._kept or self._kept[sort][0] != key:
                self._kept[sort] = (key, make())
            made: T = self._kept[sort][1]
            return made

    def _stations_key(self) -> Hashable:
        contents = self.workspace().contents("stations")
        return (repr(contents), self._settings_changed())

    def _map_key(self) -> Hashable:
        plan = self.workspace().newest_result("plan")
        return (
            today_here(),
            self._stations_key(),
            repr(self.workspace().contents("sites")),
            None if plan is None else plan.id,
            self._changed("network.bin"),
            self._changed("demand.npz"),
        )

    def _settings_changed(self) -> int:
        path = self.folder / SETTINGS_FILE
        return path.stat().st_mtime_ns if path.exists() else 0

    def _changed(self, name: str) -> int:
        path = self.folder / "cache" / name
        return path.stat().st_mtime_ns if path.exists() else 0

    def _read_features(self) -> list[Feature]:
        try:
            stations = self.stations()
        except NothingYetError:
            return []
        features = station_features(stations, self.settings.groups)
        district = self.workspace().districts.locate(stations.lonlat).tolist()
        keys = [
            (
                feature["properties"]["kind"] != "service_centre",
                number < 0,
                number,
                _by_number(name),
            )
            for feature, number, name in zip(
                features, district, stations.frame["name"], strict=True
            )
        ]
        return [features[row] for row in sorted(range(len(features)), key=keys.__getitem__)]

    def _draw_roads(self) -> str:
        try:
            network = self.workspace().network()
        except NothingYetError:
            return json.dumps(self.collection([]))
        roads = base_roads(network, most_points=25_000)
        collection = self.collection([lines.as_feature() for lines in roads])
        return json.dumps(collection, ensure_ascii=False, separators=(",", ":"))


def _by_number(name: str) -> list[tuple[bool, int, str]]:
    """Return a key by which "驿站 9" stands before "驿站 10"."""
    parts = re.findall(r"[0-9]{1,18}|[^0-9]+", name)
    return [(False, int(part), "") if part.isdecimal() else (True, 0, part) for part in parts]


def _short_hash(key: Hashable) -> str:
    return hashlib.sha256(repr(key).encode()).hexdigest()[:16]
