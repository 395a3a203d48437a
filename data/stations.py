"""The register: every rest station of a city, checked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.points import check_points, frame_hash, frame_lonlat, frame_of_records
from data.vocabulary import FACILITIES_BY_ID, GROUPS_BY_ID, KINDS_BY_ID, STATUSES_BY_ID
from geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd
    import numpy.typing as npt

    from data.settings import GroupSettings

STATION_COLUMNS: Final = (
    "id",
    "name",
    "kind",
    "address",
    "hours",
    "facilities",
    "groups",
    "status",
    "phone",
    "datum",
    "source_lon",
    "source_lat",
    "geometry",
)


@dataclass(frozen=True, eq=False)
class Stations:
    """The stations of a city in the order of the register.

    ``frame`` has the columns `STATION_COLUMNS` and no others: id (unique), name, kind (an id of
    `data.vocabulary.KINDS`), address, hours and phone (text, empty when not known), facilities and
    groups (tuples of ids; empty groups mean "whom the kind serves"), status, and where it stands:
    geometry (points in WGS-84) beside the coordinates as they were handed in (source_lon,
    source_lat, degrees in ``datum``). The frame is copied at birth; treat it as read-only.

    Raises
    ------
    InputError
        when a column is missing, an id is blank or double, a word is not in the vocabulary or a
        point is none.
    """

    frame: gpd.GeoDataFrame

    def __post_init__(self) -> None:
        missing = [column for column in STATION_COLUMNS if column not in self.frame.columns]
        if missing:
            raise InputError(f"stations: no column {', '.join(missing)}")
        frame = self.frame[list(STATION_COLUMNS)].reset_index(drop=True).copy()
        check_points(frame, what="station")
        for column, words in (("kind", KINDS_BY_ID), ("status", STATUSES_BY_ID)):
            _check_words(frame, column, [(word,) for word in frame[column]], words)
        _check_words(frame, "facilities", frame["facilities"], FACILITIES_BY_ID)
        _check_words(frame, "groups", frame["groups"], GROUPS_BY_ID)
        object.__setattr__(self, "frame", frame)

    def __len__(self) -> int:
        return len(self.frame)

    @classmethod
    def from_records(cls, records: Sequence[Mapping[str, Any]]) -> Stations:
        """Make a register of plain records, one mapping a station.

        Needed are id, name, kind, lon, lat (WGS-84 degrees); the other columns default to what an
        unknown value is: empty text or tuple, status "open", datum "wgs84" and the source
        coordinates equal to lon and lat.
        """
        unknown = {"address": "", "hours": "", "phone": "", "facilities": (), "groups": ()}
        defaults = {**unknown, "status": "open", "datum": "wgs84"}
        return cls(frame_of_records(records, STATION_COLUMNS[:-1], defaults=defaults))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids in order."""
        return tuple(self.frame["id"])

    @cached_property
    def lonlat(self) -> npt.NDArray[np.float64]:
        """float64[n, 2], degrees of WGS-84, longitude first; not writeable."""
        return frame_lonlat(self.frame)

    @cached_property
    def content_hash(self) -> str:
        """sha256 (hex) of the content, the same in every process."""
        return frame_hash("stations", self.frame, STATION_COLUMNS[:-1], self.lonlat)

    def serves(self, group: GroupSettings) -> npt.NDArray[np.bool_]:
        """Tell for each station whether it is there for ``group``.

        A station serves when its status is open and the register names the group; where the
        register names no groups, when its kind is one of ``group.kinds``.
        """
        frame = self.frame
        named = np.array([group.id in groups for groups in frame["groups"]], dtype=np.bool_)
        silent = np.array([not groups for groups in frame["groups"]], dtype=np.bool_)
        by_kind = frame["kind"].isin(list(group.kinds)).to_numpy(dtype=np.bool_)
        is_open = (frame["status"] == "open").to_numpy(dtype=np.bool_)
        return np.asarray(is_open & (named | (silent & by_kind)), dtype=np.bool_)


def _check_words(
    frame: gpd.GeoDataFrame, column: str, words: Iterable[Sequence[str]], known: Mapping[str, Any]
) -> None:
    for station, listed in zip(frame["id"], words, strict=True):
        for word in listed:
            if word not in known:
                raise InputError(f"station {station}: {column} {word} is not in the vocabulary")
