"""The register: every rest station of a city, checked."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from data.points import NUMBER_COLUMNS, check_points, frame_hash, frame_lonlat, frame_of_records
from data.vocabulary import (
    ACCESS_MODES_BY_ID,
    FACILITIES_BY_ID,
    GROUPS_BY_ID,
    KINDS_BY_ID,
    STATUSES_BY_ID,
)
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    import geopandas as gpd
    import numpy.typing as npt

    from data.settings import GroupSettings

    Columns = Mapping[str, Any] | gpd.GeoDataFrame

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
    "host_type",
    "host_name",
    "operator",
    "operator_kind",
    "access",
    "who_may_enter",
    "seats",
    "area_m2",
    "truck_spaces",
    "status_since",
    "sign",
    "contact",
    "facilities_absent",
    "facilities_broken",
    "checked_at",
    "geometry",
)
#: What stands in a column where nothing is known; the columns that are not here are needed.
UNKNOWN: Final[Mapping[str, Any]] = {
    "host_type": "",
    "host_name": "",
    "operator": "",
    "operator_kind": "",
    "access": (),
    "who_may_enter": "",
    "seats": np.nan,
    "area_m2": np.nan,
    "truck_spaces": np.nan,
    "status_since": "",
    "sign": "",
    "contact": "",
    "facilities_absent": (),
    "facilities_broken": (),
    "checked_at": "",
}
OPERATOR_KINDS: Final = ("union", "firm", "authority")
SIGNS: Final = ("yes", "no")
#: The columns of facilities, and what each says of those in it.
FACILITY_COLUMNS: Final[Mapping[str, str]] = {
    "facilities": "yes",
    "facilities_absent": "no",
    "facilities_broken": "broken",
}
_COUNTS: Final = ("seats", "truck_spaces")
_DATES: Final = ("status_since", "checked_at")
_SERVICE: Final = (
    "kind",
    "groups",
    "status",
    "hours",
    "access",
    "facilities",
    "seats",
    "area_m2",
    "truck_spaces",
)


@dataclass(frozen=True, eq=False)
class Stations:
    """The stations of a city in the order of the register.

    ``frame`` has the columns `STATION_COLUMNS` and no others; those of `UNKNOWN` are filled with
    what is unknown where they are missing:

    * id (unique), name, kind (an id of `data.vocabulary.KINDS`), groups (a tuple of ids; empty
      means "whom the kind serves")
    * address, hours, phone, contact, host_type, host_name (in whose house it stands), operator,
      who_may_enter: text, empty when not known
    * operator_kind: "union", "firm", "authority" or ""; sign: "yes", "no" or ""
    * access: a tuple of ids of `data.vocabulary.ACCESS_MODES`, empty when not known
    * facilities (there, and working or not known to be broken), facilities_absent (known not to be
      there), facilities_broken (there but broken): tuples of ids; a facility stands in one of the
      three, and in none when nothing is known of it
    * seats and truck_spaces (numbers), area_m2: NaN when not known
    * status, status_since and checked_at (the last observation): ISO dates, empty when not known
    * where it stands: geometry (points in WGS-84) beside the coordinates as they were handed in
      (source_lon, source_lat, degrees in ``datum``)

    The frame is copied at birth; treat it as read-only.

    Raises
    ------
    InputError
        when a column is missing, an id is blank or double, a word is not in the vocabulary, a
        facility stands twice, a number is negative, a date is none or a point is none.
    """

    frame: gpd.GeoDataFrame

    def __post_init__(self) -> None:
        missing = [column for column in STATION_COLUMNS if column not in self.frame.columns]
        needed = [column for column in missing if column not in UNKNOWN]
        if needed:
            raise InputError(say("stations: no column {needed}", needed=", ".join(needed)))
        frame = self.frame.reset_index(drop=True).copy()
        for column in missing:
            frame[column] = _unknown(column, len(frame))
        frame = frame[list(STATION_COLUMNS)]
        check_points(frame, what=say("station"))
        check_columns(frame)
        object.__setattr__(self, "frame", frame)

    def __len__(self) -> int:
        return len(self.frame)

    @classmethod
    def from_records(cls, records: Sequence[Mapping[str, Any]]) -> Stations:
        """Make a register of plain records, one mapping a station.

        Parameters
        ----------
        records
            needed are id, name, kind, lon, lat (WGS-84 degrees); the other columns of
            `STATION_COLUMNS` default to what an unknown value is: empty text or tuple, status
            "open", datum "wgs84" and the source coordinates equal to lon and lat.

        Returns
        -------
        Stations
            in the order of the records.

        Raises
        ------
        InputError
            when an id is double or empty, a word is none of the vocabulary, or a coordinate cannot
            be.

        Examples
        --------
        >>> from data import Stations
        >>> stations = Stations.from_records([
        ...     {"id": "S1", "name": "东站", "kind": "station", "lon": 116.82, "lat": 33.95},
        ...     {"id": "S2", "name": "司机之家", "kind": "driver_home", "lon": 116.84, "lat": 33.93,
        ...      "hours": "24小时", "facilities": ("toilet", "shower")},
        ... ])
        >>> len(stations), stations.ids, stations.lonlat.shape
        (2, ('S1', 'S2'), (2, 2))
        """
        unknown = {"address": "", "hours": "", "phone": "", "facilities": (), "groups": ()}
        defaults = {**unknown, **UNKNOWN, "status": "open", "datum": "wgs84"}
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
        """sha256 (hex) of the content, the same in every process.

        A column of which nothing is known in any row does not count: a register keeps its hash
        when the record learns a new column.
        """
        told = [column for column in STATION_COLUMNS[:-1] if not self._is_unknown(column)]
        return frame_hash("stations", self.frame, told, self.lonlat)

    @cached_property
    def service_hash(self) -> str:
        """sha256 (hex) of where stations stand, whom they serve, when and with what.

        Nominal coverage and plans hang on nothing else. Ids, names, contacts and days of checks do
        not count, nor does the order.
        """
        columns = [self.lonlat.tolist(), *(self.frame[name] for name in _SERVICE)]
        rows = (
            [sorted(value) if isinstance(value, tuple) else value for value in row]
            for row in zip(*columns, strict=True)
        )
        text = "\n".join(sorted(json.dumps(row, ensure_ascii=False) for row in rows))
        return hashlib.sha256(f"yizhan service 1\n{text}".encode()).hexdigest()

    def _is_unknown(self, column: str) -> bool:
        """Tell whether a column says nothing in any row."""
        if column not in UNKNOWN:
            return False
        values = self.frame[column]
        return bool(values.isna().all()) if column in NUMBER_COLUMNS else not any(values)

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


def check_columns(columns: Columns) -> None:
    """Refuse what no station can have in the columns of a register (InputError).

    They are those of `STATION_COLUMNS` but for the points, as a frame or as lists by name.
    """
    for column, words in (("kind", KINDS_BY_ID), ("status", STATUSES_BY_ID)):
        _check_words(columns, column, [(word,) for word in columns[column]], words)
    for column, known in (("operator_kind", OPERATOR_KINDS), ("sign", SIGNS)):
        _check_words(columns, column, [(word,) if word else () for word in columns[column]], known)
    for column in FACILITY_COLUMNS:
        _check_words(columns, column, columns[column], FACILITIES_BY_ID)
    _check_words(columns, "groups", columns["groups"], GROUPS_BY_ID)
    _check_words(columns, "access", columns["access"], ACCESS_MODES_BY_ID)
    _check_facilities(columns)
    _check_numbers(columns)
    _check_dates(columns)


def _unknown(column: str, count: int) -> pd.Series[Any]:
    """Return a column of which nothing is known."""
    dtype = "float64" if column in NUMBER_COLUMNS else "object"
    return pd.Series([UNKNOWN[column]] * count, dtype=dtype)


def _check_words(
    columns: Columns, column: str, words: Iterable[Sequence[str]], known: Container[str]
) -> None:
    for station, listed in zip(columns["id"], words, strict=True):
        for word in listed:
            if word not in known:
                raise InputError(
                    say(
                        "station {station}: {column} {word} is not in the vocabulary",
                        station=station,
                        column=column,
                        word=word,
                    )
                )


def _check_facilities(columns: Columns) -> None:
    """Refuse a facility that is said to be there and not there, or working and broken."""
    said = [columns[column] for column in FACILITY_COLUMNS]
    for station, *listed in zip(columns["id"], *said, strict=True):
        there, absent, broken = listed
        if not absent and not broken:
            continue
        words = [*there, *absent, *broken]
        if len(set(words)) < len(words):
            twice = next(word for word in words if words.count(word) > 1)
            columns_said = ", ".join(FACILITY_COLUMNS)
            raise InputError(
                say(
                    "station {station}: facility {twice} stands twice in {columns_said}",
                    station=station,
                    twice=twice,
                    columns_said=columns_said,
                )
            )


def _check_numbers(columns: Columns) -> None:
    for column in (*_COUNTS, "area_m2"):
        values = np.asarray(columns[column], dtype=np.float64)
        wrong = (values < 0) | np.isinf(values)
        if column in _COUNTS:
            wrong |= np.isfinite(values) & (values != np.floor(values))
        if wrong.any():
            row = int(np.argmax(wrong))
            number = say("number") if column == "area_m2" else say("whole number")
            raise InputError(
                say(
                    "station {id}: {column} {value:g} must be a {number}, 0 or more",
                    id=list(columns["id"])[row],
                    column=column,
                    value=values[row],
                    number=number,
                )
            )


def _check_dates(columns: Columns) -> None:
    for column in _DATES:
        seen: set[str] = {""}
        for station, text in zip(columns["id"], columns[column], strict=True):
            if text in seen:
                continue
            if not _is_date(text):
                raise InputError(
                    say(
                        "station {station}: {column} {text} is no date: write it as 2026-11-23",
                        station=station,
                        column=column,
                        text=text,
                    )
                )
            seen.add(text)


def _is_date(text: object) -> bool:
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
