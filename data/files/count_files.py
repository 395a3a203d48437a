"""Check-ins in from files: how many workers came to a station in an hour."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from data.demand import DAYS, HOURS, DayWord
from data.files.columns import NOTICE_FIELD, SERIAL_FIELD, Faults, match_headings, read_numbers
from data.files.tables import read_rows
from data.vocabulary import GROUPS, Term, find_term, nearest_word, quote, unknown_word
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from data.files.columns import Columns
    from data.settings import Settings
    from data.stations import Stations

COUNT_FIELDS: Final = (
    Term(
        "station", "站点", "station", ("站点编号", "驿站", "编号", "id", "station id", "站点名称")
    ),
    Term("hour", "小时", "hour", ("时段", "时间", "钟点", "time")),
    Term("count", "人次", "count", ("签到数", "签到人次", "人数", "次数", "visits", "check-ins")),
    Term("group", "人群", "group", ("服务人群", "工种", "职业")),
    Term("day", "日期", "day", ("日类型", "date", "工作日周末")),
    NOTICE_FIELD,
    SERIAL_FIELD,
)
COUNT_NEEDS: Final = ("station", "hour", "count")
_DAYS: Final = (
    Term("weekday", "工作日", "weekday", ("平日", "周中", "workday")),
    Term("weekend", "周末", "weekend", ("休息日", "节假日", "双休日", "holiday")),
)
_HOUR: Final = re.compile(r"(\d{1,2})(?:[:时点](?:\d{2}(?::\d{2})?分?)?)?")
_SATURDAY: Final = 5
_MOST: Final = 1e6


@dataclass(frozen=True, eq=False)
class CheckInTable:
    """Check-ins, one row each: a station, an hour of a day, and how many came.

    ``station`` int32[n] is the row of the register, ``hour`` int32[n] 0 to 23, ``day`` int32[n] 0
    for a weekday and 1 for a weekend day, ``count`` float64[n], ``group`` the group of each row,
    empty where nobody asked.

    Raises
    ------
    InputError
        when the columns differ in length, or an hour, a day or a count cannot be.
    """

    station: npt.NDArray[np.int32]
    hour: npt.NDArray[np.int32]
    day: npt.NDArray[np.int32]
    count: npt.NDArray[np.float64]
    group: tuple[str, ...]

    def __post_init__(self) -> None:
        n = len(self.station)
        for name, kind in (
            ("station", np.int32),
            ("hour", np.int32),
            ("day", np.int32),
            ("count", np.float64),
        ):
            array = np.array(getattr(self, name), dtype=kind)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
            if array.shape != (n,):
                raise InputError(
                    say(
                        "check-ins: {name} has the shape {shape} of {n} rows",
                        name=name,
                        shape=array.shape,
                        n=n,
                    )
                )
        if len(self.group) != n:
            raise InputError(
                say("check-ins: {n_groups} groups of {n} rows", n_groups=len(self.group), n=n)
            )
        if n and not (0 <= self.hour.min() <= self.hour.max() < HOURS):
            raise InputError(say("check-ins: an hour lies outside 0 to 23"))
        if not np.isin(self.day, (0, 1)).all():
            raise InputError(say("check-ins: a day is neither weekday nor weekend"))
        if not np.isfinite(self.count).all() or (self.count < 0).any():
            raise InputError(say("check-ins: a count is negative or not finite"))

    def __len__(self) -> int:
        return len(self.station)


def read_counts(path: Path, *, settings: Settings, stations: Stations) -> CheckInTable:
    """Read check-ins: a CSV or XLSX with station, hour and count, and where known group and day.

    A station is named by its id, or by its name where that stands once in the register. The hour is
    0 to 23 (14, 14:00 or 14时); the day a date or the words weekday and weekend, and a weekday
    where it is left out. Rows of one station, hour, day and group may repeat: they are days.

    Raises
    ------
    FileFormatError
        when the file is missing, empty or no such table.
    RowsError
        when a row cannot be; every one is listed and none is taken.
    """
    table = read_rows(path)
    columns = match_headings(table, COUNT_FIELDS, required=COUNT_NEEDS, what=say("count"))
    faults = Faults(table.file)
    station = _read_stations(columns, faults, stations=stations)
    hour = _read_hours(columns, faults)
    count = read_numbers(columns, "count", faults, blank="is empty: write 0 for nobody")
    for row in np.flatnonzero((count < 0) | (count > _MOST)):
        cure = say("write 0 or more") if count[row] < 0 else say("that is more than a city has")
        faults.add(
            table.numbers[row],
            columns.heading("count"),
            say("{count:g} cannot be: {cure}", count=count[row], cure=cure),
        )
    group = _read_groups(columns, faults, settings=settings)
    day = _read_days(columns, faults)
    faults.refuse_if_any()
    return CheckInTable(
        np.array(station, dtype=np.int32),
        np.array(hour, dtype=np.int32),
        np.array(day, dtype=np.int32),
        count,
        tuple(group),
    )


def _read_stations(columns: Columns, faults: Faults, *, stations: Stations) -> list[int]:
    """Read the rows of the stations in the register; -1 where there is none."""
    row_of = {name: row for row, name in enumerate(stations.ids)}
    names = stations.frame["name"].tolist()
    times = Counter(names)
    for row, name in enumerate(names):
        if times[name] == 1:
            row_of.setdefault(name, row)
    found = []
    for number, word in zip(columns.table.numbers, columns.cells("station"), strict=True):
        row = row_of.get(word, -1)
        if row < 0:
            near = nearest_word(word, row_of)
            cure = (
                say("did you mean {near}?", near=near)
                if near
                else say("write its id, see yizhan stations export")
            )
            what = (
                say("{word} is no station of the register", word=quote(word))
                if word
                else say("is empty")
            )
            faults.add(
                number, columns.heading("station"), say("{what}: {cure}", what=what, cure=cure)
            )
        found.append(row)
    return found


def _read_hours(columns: Columns, faults: Faults) -> list[int]:
    found = []
    for number, word in zip(columns.table.numbers, columns.cells("hour"), strict=True):
        match = _HOUR.fullmatch(unicodedata.normalize("NFKC", word).strip())
        hour = int(match.group(1)) if match else HOURS
        if hour >= HOURS:
            reason = say(
                "{word} is no hour: write 0 to 23, where 14 is from two to three", word=quote(word)
            )
            faults.add(number, columns.heading("hour"), reason)
        found.append(hour)
    return found


def _read_groups(columns: Columns, faults: Faults, *, settings: Settings) -> list[str]:
    found = []
    for number, word in zip(columns.table.numbers, columns.cells("group"), strict=True):
        term = find_term(word, GROUPS) if word else None
        if word and term is None:
            faults.add(
                number, columns.heading("group"), unknown_word(word, GROUPS, what=say("group"))
            )
        elif term is not None and term.id not in settings.group_ids:
            reason = say(
                "{term} is no group of this city: add [groups.{term}] to yizhan.toml", term=term.id
            )
            faults.add(number, columns.heading("group"), reason)
        found.append(term.id if term is not None else "")
    return found


def _read_days(columns: Columns, faults: Faults) -> list[int]:
    found = []
    for number, word in zip(columns.table.numbers, columns.cells("day"), strict=True):
        day = _day_of(word)
        if day is None:
            reason = say(
                "{word} is no day: write a date such as 2026-03-02, weekday or weekend",
                word=quote(word),
            )
            faults.add(number, columns.heading("day"), reason)
        found.append(DAYS.index(day or "weekday"))
    return found


def _day_of(word: str) -> DayWord | None:
    """Read a date or a word for a day; empty is a weekday, None what is neither."""
    term = find_term(word, _DAYS) if word else _DAYS[0]
    if term is not None:
        return "weekend" if term.id == "weekend" else "weekday"
    try:
        of = date.fromisoformat(word[:10].replace("/", "-"))
    except ValueError:
        return None
    return "weekend" if of.weekday() >= _SATURDAY else "weekday"
