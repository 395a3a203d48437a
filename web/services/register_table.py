"""The register as a table to work in: filtered, searched, sorted, a page at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from data.china_time import today_here
from data.stations import Stations
from data.vocabulary import KINDS_BY_ID, STATUSES_BY_ID
from geo.errors import NothingYetError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from data.workspace import Workspace

PAGE_ROWS: Final = 100
COLUMNS: Final = (
    "id",
    "kind",
    "district",
    "status",
    "hours",
    "checked_at",
    "tickets",
    "unknown",
    "access",
    "facilities",
    "groups",
    "address",
    "phone",
    "host_type",
    "host_name",
    "operator",
    "seats",
)
"""What can be shown beside the name."""
SHOWN: Final = ("kind", "district", "status", "hours", "checked_at", "tickets", "unknown")
AGES: Final = ("30", "90", "older", "never")
"""Checked within 30 or 90 days, longer ago, never."""
NOT_KNOWN: Final = ("hours", "access", "facilities", "seats", "phone", "operator", "address")
"""What is asked for when something is not known."""
_LONGEST_SEARCH: Final = 100
_OLD_DAYS: Final = 90


@dataclass(frozen=True)
class Row:
    """One station of the table.

    ``record`` has the register's columns, ``unknown`` those of `NOT_KNOWN` of which nothing is
    known; ``place`` is its row in the register.
    """

    place: int
    district: str
    tickets: int
    unknown: tuple[str, ...]
    record: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The station's id."""
        return str(self.record["id"])

    def value(self, column: str) -> Any:  # noqa: ANN401 - a cell of the register
        """Return what stands in a column."""
        own = {"district": self.district, "tickets": self.tickets, "unknown": self.unknown}
        return own[column] if column in own else self.record[column]


@dataclass(frozen=True)
class Query:
    """What of the register is asked for, as an address says it; words that are none are left out.

    ``sort`` is a column, with "-" before it the other way round; "" is the register's order.
    """

    text: str = ""
    kind: str = ""
    district: str = ""
    status: str = ""
    age: str = ""
    unknown: str = ""
    tickets: str = ""
    sort: str = ""
    page: int = 1
    columns: tuple[str, ...] = SHOWN

    @classmethod
    def of_args(cls, args: Mapping[str, str], columns: Iterable[str]) -> Query:
        """Read an address's words; ``columns`` are those named in it (none: as usual)."""

        def known(name: str, words: Collection[str]) -> str:
            word = args.get(name, "")
            return word if word in words else ""

        page = args.get("page", "1")
        chosen = set(columns)
        sorts = {f"{sign}{column}" for sign in ("", "-") for column in ("name", *COLUMNS)}
        return cls(
            text=" ".join(args.get("text", "").replace("\x00", "").split())[:_LONGEST_SEARCH],
            kind=known("kind", KINDS_BY_ID),
            district=args.get("district", "")[:_LONGEST_SEARCH],
            status=known("status", STATUSES_BY_ID),
            age=known("age", AGES),
            unknown=known("unknown", NOT_KNOWN),
            tickets=known("tickets", ("yes",)),
            sort=known("sort", sorts),
            page=max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) < 7 else 1,  # noqa: PLR2004 - digits of a page
            columns=tuple(c for c in COLUMNS if c in chosen) if chosen else SHOWN,
        )

    def args(self, **other: Any) -> dict[str, Any]:  # noqa: ANN401 - words of an address
        """Return the words of the address that asks for this, some of them otherwise."""
        asked = replace(self, **other)
        words: dict[str, Any] = {
            name: getattr(asked, name)
            for name in ("text", "kind", "district", "status", "age", "unknown", "tickets", "sort")
        }
        if asked.page > 1:
            words["page"] = asked.page
        if asked.columns != SHOWN:
            words["column"] = list(asked.columns)
        return {name: value for name, value in words.items() if value}

    @property
    def is_filtered(self) -> bool:
        """Whether less than the whole register is asked for."""
        return bool(set(self.args(sort="", page=1, columns=SHOWN)))


@dataclass(frozen=True)
class Page:
    """One page of what was asked for: its rows, how many there are in all, and of how many pages.

    ``query`` is the question with a page that is there.
    """

    rows: tuple[Row, ...]
    total: int
    pages: int
    query: Query


@dataclass(frozen=True, eq=False)
class RegisterTable:
    """The register at one state, made ready to be asked often."""

    stations: Stations | None
    districts: tuple[str, ...]
    rows: tuple[Row, ...]
    _words: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, workspace: Workspace) -> RegisterTable:
        """Read the register; an empty table where there is none yet."""
        try:
            stations = workspace.register().stations()
        except NothingYetError:
            return cls(None, (), ())
        districts = workspace.districts
        names = (*districts.names, "")
        located = districts.locate(stations.lonlat).tolist()
        rows = tuple(
            Row(place, names[number], 0, _unknown(record), record)
            for place, (number, record) in enumerate(zip(located, _records(stations), strict=True))
        )
        words = {row.place: _plain(row) for row in rows}
        return cls(stations, tuple(districts.names), rows, words)

    def found(
        self,
        query: Query,
        *,
        tickets: Mapping[str, int],
        mine: Collection[str] | None = None,
        today: date | None = None,
    ) -> list[Row]:
        """Return all rows that are asked for, in order.

        ``tickets`` counts the open ones by station; ``mine`` are the stations that the reader may
        see (None: all).
        """
        tests = self._tests(query, tickets, mine, today_here() if today is None else today)
        rows = [row for row in self.rows if all(test(row) for test in tests)]
        if tickets:
            rows = [
                replace(row, tickets=tickets[row.id]) if row.id in tickets else row for row in rows
            ]
        if query.sort:
            column = query.sort.removeprefix("-")
            rows.sort(key=lambda row: _sort_key(row.value(column)), reverse=query.sort[0] == "-")
        return rows

    def page(self, query: Query, rows: list[Row]) -> Page:
        """Return one page of what was found; the last one where the page asked for is beyond."""
        pages = max(1, math.ceil(len(rows) / PAGE_ROWS))
        number = min(query.page, pages)
        shown = rows[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]
        return Page(tuple(shown), len(rows), pages, replace(query, page=number))

    def subset(self, rows: Iterable[Row]) -> Stations | None:
        """Return some rows as stations, in their order; None where there is no register."""
        if self.stations is None:
            return None
        return Stations(self.stations.frame.iloc[[row.place for row in rows]])

    def _tests(
        self,
        query: Query,
        tickets: Mapping[str, int],
        mine: Collection[str] | None,
        today: date,
    ) -> list[Callable[[Row], bool]]:
        """Return what a row must pass."""
        tests: list[Callable[[Row], bool]] = []
        if mine is not None:
            own = frozenset(mine)
            tests.append(lambda row: row.id in own)
        if query.kind:
            tests.append(lambda row: row.record["kind"] == query.kind)
        if query.status:
            tests.append(lambda row: row.record["status"] == query.status)
        if query.district:
            wanted = "" if query.district == "-" else query.district
            tests.append(lambda row: row.district == wanted)
        if query.age:
            tests.append(_age_test(query.age, today))
        if query.unknown:
            tests.append(lambda row: query.unknown in row.unknown)
        if query.tickets:
            tests.append(lambda row: row.id in tickets)
        tests += [self._word_test(word) for word in query.text.casefold().split()]
        return tests

    def _word_test(self, word: str) -> Callable[[Row], bool]:
        """Find a word in what is written, or, in Latin letters, in how the name is spoken."""
        if not (word.isascii() and word.isalpha()):
            return lambda row: word in self._words[row.place]
        return lambda row: (
            word in self._words[row.place]
            or any(word in spoken for spoken in spoken_names(row.record["name"]))
        )


@lru_cache(maxsize=65_536)
def spoken_names(name: str) -> tuple[str, str]:
    """Return how a name is spoken in pinyin without tones: whole, and its first letters.

    A sign that is no Chinese one stays as it is.

    Examples
    --------
    >>> spoken_names("相山公园")
    ('xiangshangongyuan', 'xsgy')
    """
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - only a search by sound needs its dictionary

    parts = lazy_pinyin(name.casefold())
    return "".join(parts), "".join(part[:1] for part in parts)


def _records(stations: Stations) -> list[dict[str, Any]]:
    columns = [name for name in stations.frame.columns if name != "geometry"]
    values = [stations.frame[name].tolist() for name in columns]
    return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]


def _plain(row: Row) -> str:
    """Return what a word is looked for in."""
    names = ("id", "name", "address", "host_name", "operator", "hours", "phone")
    return "\n".join(row.record[name] for name in names).casefold()


def _unknown(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return of which columns nothing is known."""
    found = []
    for name in NOT_KNOWN:
        value = record[name]
        if name == "facilities":
            value = (*value, *record["facilities_absent"], *record["facilities_broken"])
        missing = isinstance(value, float) and math.isnan(value)
        if missing or (not isinstance(value, float) and not value):
            found.append(name)
    return tuple(found)


def _age_test(age: str, today: date) -> Callable[[Row], bool]:
    if age == "never":
        return lambda row: not row.record["checked_at"]
    days = _OLD_DAYS if age == "older" else int(age)
    since = (today - timedelta(days=days)).isoformat()
    if age == "older":
        return lambda row: "" < row.record["checked_at"] < since
    return lambda row: bool(row.record["checked_at"] >= since)


def _sort_key(value: object) -> tuple[int, float, str]:
    """Order numbers by size, lists by length, texts by their signs; the unknown comes first."""
    if isinstance(value, float | int):
        return (0, 0.0, "") if math.isnan(value) else (1, float(value), "")
    if isinstance(value, tuple):
        return (1, float(len(value)), "")
    return (1 if value else 0, 0.0, str(value))
