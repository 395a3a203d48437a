"""Two lists exported at once and imported one after the other: nothing is undone unsaid."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.database import Import
from data.database.conflicts import settle
from data.database.records import EMPTY
from data.database.schema import FIELDS
from data.stations import Stations
from geo.errors import InputError, RowsError

if TYPE_CHECKING:
    from data.database import Register
    from data.database.conflicts import Take

A_STATION: dict[str, Any] = {"name": "驿站", "kind": "station", "lon": 116.8, "lat": 33.9}
FREE = ("hours", "phone", "address", "operator")


def stations(**by_id: dict[str, Any]) -> Stations:
    return Stations.from_records([{"id": key, **A_STATION, **own} for key, own in by_id.items()])


def list_of(version: int) -> Import:
    return Import(file="list.csv", version=version)


@pytest.fixture
def version(register: Register) -> int:
    """A register of three, and the version in which both lists were exported."""
    register.replace(stations(a={"hours": "8:00-18:00"}, b={"phone": "1"}, c={}))
    return register.version()


def test_cells_that_nobody_touched_do_not_undo_what_came_since(
    register: Register, version: int
) -> None:
    register.replace(
        stations(a={"hours": "9:00-17:00"}, b={"phone": "1"}, c={}, d={}), record=list_of(version)
    )
    register.observe("a", {"facility.toilet": "yes"}, source="inspector")
    changes = register.replace(
        stations(a={"hours": "8:00-18:00"}, b={"phone": "2"}, c={}), record=list_of(version)
    )
    frame = register.stations().frame.set_index("id")
    assert set(frame.index) == {"a", "b", "c", "d"}
    assert frame.loc["a", "hours"] == "9:00-17:00"
    assert frame.loc["a", "facilities"] == ("toilet",)
    assert frame.loc["b", "phone"] == "2"
    assert (len(changes.changed), changes.missing, changes.conflicts) == (1, (), ())
    assert changes.old_cells > 0


def test_what_both_changed_is_refused_by_row_until_somebody_says_whose_word_holds(
    register: Register, version: int
) -> None:
    register.replace(stations(a={"hours": "9:00-17:00"}, b={"phone": "1"}, c={}))
    second = stations(a={"hours": "10:00-16:00"}, b={"phone": "2"}, c={})
    how = replace(list_of(version), rows=(2, 3, 4))
    (conflict,) = register.compare(second, record=how).conflicts
    assert (conflict.id, conflict.field) == ("a", "hours")
    sides = (conflict.exported, conflict.register, conflict.listed)
    assert sides == ("8:00-18:00", "9:00-17:00", "10:00-16:00")
    with pytest.raises(RowsError, match=r"row 2, column hours: a: was .*--take file or --take"):
        register.replace(second, record=how)
    assert register.stations().frame["phone"].tolist() == ["", "1", ""]
    register.replace(second, record=replace(how, take="register"))
    assert register.stations().frame["hours"].tolist() == ["9:00-17:00", "", ""]
    assert register.stations().frame["phone"].tolist() == ["", "2", ""]
    register.replace(second, record=replace(how, take="file"))
    assert register.stations().frame["hours"].tolist() == ["10:00-16:00", "", ""]


def test_a_station_taken_out_since_stays_out_unless_the_list_changed_it(
    register: Register, version: int
) -> None:
    register.replace(stations(a={"hours": "8:00-18:00"}))
    old = stations(a={"hours": "8:00-18:00"}, b={"phone": "1"}, c={})
    assert register.replace(old, record=list_of(version)).added == ()
    edited = stations(a={"hours": "8:00-18:00"}, b={"phone": "9"}, c={})
    with pytest.raises(RowsError, match=r"b: was .* when the list was exported, is – now"):
        register.replace(edited, record=list_of(version))
    register.replace(edited, record=replace(list_of(version), take="file"))
    assert list(register.stations().ids) == ["a", "b"]


def test_a_version_of_another_register_is_refused(register: Register, version: int) -> None:
    with pytest.raises(InputError, match=rf"version {version + 7} of a register, and this one"):
        register.replace(stations(a={}), record=list_of(version + 7))


def record(hours: str, phone: str, address: str, operator: str) -> tuple[Any, ...]:
    own = dict(zip(FREE, (hours, phone, address, operator), strict=True))
    values = {**EMPTY, "id": "a", **A_STATION, **own}
    return tuple(values[name] for name in FIELDS)


WORDS = st.tuples(*(st.sampled_from(["", "x", "y"]) for _ in FREE))


@given(WORDS, WORDS, WORDS, st.sampled_from(["file", "register", None]))
def test_each_cell_is_that_of_the_side_that_changed_it(
    was: tuple[str, ...], now: tuple[str, ...], says: tuple[str, ...], take: Take | None
) -> None:
    settled = settle(record(*was), record(*now), record(*says), take=take)
    assert settled.record is not None
    expected, both = [], set()
    for name, old, here, there in zip(FREE, was, now, says, strict=True):
        if len({old, here, there}) == 3:
            both.add(name)
            expected.append(here if take == "register" else there)
        else:
            expected.append(there if here == old else here)
    assert [settled.record[FIELDS.index(name)] for name in FREE] == expected
    assert {one.field for one in settled.conflicts} == both
