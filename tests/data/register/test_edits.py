"""Claims about edits by hand: what they write, what two people see, what goes back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from data.database.edits import MOST_AT_ONCE, Edits
from data.database.records import check_records, records_of, stations_of
from data.database.schema import FIELDS
from geo.errors import InputError
from tests.data.register.records import FULL, STATION, numbered, stations

if TYPE_CHECKING:
    from data.database import Database
    from tests.data.register.records import Clock


@pytest.fixture
def edits(database: Database, clock: Clock) -> Edits:
    database.register().replace(stations(STATION, FULL))
    clock.moment += timedelta(days=1)
    return Edits(database.backend)


def _row(database: Database, station: str) -> dict[str, Any]:
    frame = database.register().stations().frame
    return dict(frame[frame["id"] == station].iloc[0])


def _save(edits: Edits, station: str, by: str = "li", **values: object) -> int:
    said = {name.replace("__", "."): value for name, value in values.items()}
    since = edits.versions([station])[station]
    return edits.save(station, said, since=since, source="register", by=by).number


def test_an_edit_is_one_line_with_source_day_and_person(database: Database, edits: Edits) -> None:
    number = _save(edits, "a", hours="7:00-21:00", facility__toilet="broken")
    event = database.register().history("a")[-1]
    assert (event.source, event.by, event.kind) == ("register", "li", "observed")
    assert event.changes == {"hours": "7:00-21:00", "facility.toilet": "broken"}
    row = _row(database, "a")
    assert (row["hours"], row["facilities_broken"], row["checked_at"]) == (
        "7:00-21:00",
        ("toilet",),
        "",
    )
    said = database.register().evidence("a")["hours"]
    assert (said.by, said.confidence) == ("li", 1.0)
    assert edits.versions(["a", "b"])["a"] == number


def test_a_save_names_what_is_known_from_a_later_day(edits: Edits) -> None:
    _save(edits, "a", hours="7:00-21:00")
    since = edits.versions(["a"])["a"]
    older = {"source": "inspector", "by": "li", "observed_at": date(2026, 2, 1)}
    saved = edits.save("a", {"hours": "8:00-18:00", "seats": 4.0}, since=since, **older)
    assert saved.noted == {"hours"}
    assert edits.newest_of("a") == (saved.number + 1, edits.at("a", saved.number + 1))
    assert edits.newest_of("a")[1]["seats"] == 4.0
    assert edits.newest_of("nobody") is None


def test_the_second_of_two_editors_sees_the_first_ones_value(
    database: Database, edits: Edits
) -> None:
    seen = edits.versions(["a"])["a"]
    _save(edits, "a", by="li", hours="7:00-21:00", phone="1")
    second = {"source": "register", "by": "wang", "since": seen}
    refused = edits.save("a", {"hours": "8:00-18:00", "seats": 4.0}, **second)
    clash = refused.clashes[0]
    assert [clash.field for clash in refused.clashes] == ["hours"]
    assert (clash.kept, clash.by, clash.wanted) == ("7:00-21:00", "li", "8:00-18:00")
    assert database.register().history("a")[-1].by == "li"
    assert edits.save("a", {"hours": "7:00-21:00", "seats": 4.0}, **second).number
    assert (_row(database, "a")["phone"], _row(database, "a")["seats"]) == ("1", 4.0)


def test_what_an_editor_saw_can_be_read_again(edits: Edits) -> None:
    seen = edits.versions(["b"])["b"]
    _save(edits, "b", hours="7:00-21:00")
    assert edits.at("b", seen)["hours"] == "24小时"
    assert edits.at("b", seen)["facility.microwave"] == "broken"


def test_undo_puts_values_back_with_the_worth_they_had(database: Database, edits: Edits) -> None:
    before, known = _row(database, "b"), database.register().evidence("b")["hours"]
    number = _save(edits, "b", hours="8:00-9:00", facility__microwave="yes", facility__wifi="yes")
    undone = edits.undo(number, by="wang")
    assert (undone.back, undone.stays) == (("b",), ())
    after = _row(database, "b")
    assert {name: sorted(v) if isinstance(v, tuple) else v for name, v in after.items()} == {
        name: sorted(v) if isinstance(v, tuple) else v for name, v in before.items()
    }
    event = database.register().history("b")[-1]
    assert (event.source, event.by) == ("undo", "wang")
    assert event.weight == pytest.approx(known.confidence, abs=1e-6)
    assert edits.undo(undone.number, by="li").back == ("b",)
    assert _row(database, "b")["hours"] == "8:00-9:00"


def test_undo_leaves_what_somebody_changed_since_and_says_it(
    database: Database, edits: Edits
) -> None:
    number = edits.save_all(
        {one: {"hours": "7:00-21:00", "phone": "5"} for one in "ab"},
        versions=edits.versions("ab"),
        source="register",
        by="li",
    )
    _save(edits, "b", by="wang", hours="9:00-10:00")
    undone = edits.undo(number, by="li")
    assert undone.stays == (("b", "hours"),)
    assert (_row(database, "a")["hours"], _row(database, "b")["hours"]) == ("", "9:00-10:00")
    assert _row(database, "b")["phone"] == FULL["phone"]
    _save(edits, "a", phone="7", hours="1:00-2:00")
    _save(edits, "b", phone="8")
    with pytest.raises(InputError, match="nothing to undo"):
        edits.undo(undone.number, by="li")


def test_an_added_station_stands_last_and_goes_by_undo(database: Database, edits: Edits) -> None:
    new = {**STATION, "id": "c", "datum": "wgs84", "source_lon": 116.8, "source_lat": 33.9}
    number = edits.add(new, source="inspector", by="li", observed_at=date(2026, 3, 1))
    register = database.register()
    assert register.stations().ids == ("a", "b", "c")
    assert register.stations(as_of=date(2026, 3, 2)).ids == ("a", "b", "c")
    assert register.evidence("c")["name"].by == "li"
    with pytest.raises(InputError, match="c is in the register already"):
        edits.add(new, source="inspector", by="li")
    edits.undo(number, by="li")
    assert register.stations().ids == ("a", "b")
    assert [event.kind for event in register.history("c")] == ["added", "removed"]


def test_the_first_station_of_an_empty_register_can_be_added(database: Database) -> None:
    place = {"datum": "wgs84", "source_lon": 116.8, "source_lat": 33.9}
    Edits(database.backend).add({**STATION, **place}, source="register", by="li")
    assert database.register().stations().ids == ("a",)
    assert database.register().imports()[0].by == "li"


def test_a_bulk_edit_is_all_or_nothing(database: Database, edits: Edits) -> None:
    how = {"versions": edits.versions("ab"), "source": "register", "by": "li"}
    with pytest.raises(InputError, match="status king is not in the vocabulary"):
        edits.save_all({"a": {"hours": "1:00-2:00"}, "b": {"status": "king"}}, **how)
    assert _row(database, "a")["hours"] == ""
    _save(edits, "b", phone="9")
    with pytest.raises(InputError, match="station b was changed meanwhile"):
        edits.save_all({key: {"hours": "1:00-2:00"} for key in "ab"}, **how)
    many = {f"s{number}": {"hours": ""} for number in range(MOST_AT_ONCE + 1)}
    with pytest.raises(InputError, match="5,001 stations are too many at once"):
        edits.save_all(many, **how)


def test_the_newest_edits_are_listed_with_what_they_touched(
    database: Database, edits: Edits
) -> None:
    database.register().replace(stations(STATION, FULL, *numbered(3)))
    _save(edits, "a", hours="7:00-21:00")
    versions = edits.versions([f"s{number}" for number in range(3)])
    said = {station: {"phone": "5", "contact": "李"} for station in versions}
    number = edits.save_all(said, versions=versions, source="register", by="wang")
    newest = edits.newest()
    assert [(one.by, len(one.stations), one.fields) for one in newest] == [
        ("wang", 3, ("phone", "contact")),
        ("li", 1, ("hours",)),
    ]
    assert newest[0].number == number
    assert [one.by for one in edits.newest(station_id="a")] == ["li"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "castle"),
        ("status", "king"),
        ("sign", "maybe"),
        ("operator_kind", "nobody"),
        ("facilities", ("pool",)),
        ("facilities_broken", ("toilet", "toilet")),
        ("groups", ("kings",)),
        ("access", ("window",)),
        ("seats", 1.5),
        ("seats", -1.0),
        ("area_m2", float("inf")),
        ("checked_at", "2026-13-01"),
        ("lon", 181.0),
        ("lat", None),
    ],
)
def test_what_no_station_can_have_is_refused_alike_with_and_without_a_frame(
    field: str, value: object
) -> None:
    record = list(records_of(stations(FULL))[0])
    record[FIELDS.index(field)] = value
    with pytest.raises(InputError) as by_frame:
        stations_of([tuple(record)])
    with pytest.raises(InputError) as by_record:
        check_records([tuple(record)])
    assert str(by_record.value) == str(by_frame.value)


def test_what_a_station_can_have_is_taken_without_a_frame() -> None:
    check_records(records_of(stations(STATION, FULL)))


def test_an_edit_of_many_and_its_undoing_ask_as_little_as_those_of_few(
    database: Database, edits: Edits
) -> None:
    ids = [f"s{number}" for number in range(1_100)]
    database.register().replace(stations(*numbered(len(ids), hours="8:00-18:00")))
    _save(edits, "s0", phone="5")
    asked: list[str] = []

    def note(*args: Any) -> None:  # noqa: ANN401 - as the hook hands them over
        asked.append(args[2])

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        said = {station: {"hours": "7:00-21:00"} for station in ids}
        how = {"versions": edits.versions(ids), "source": "register", "by": "li"}
        number = edits.save_all(said, **how)
        _save(edits, "s7", hours="9:00-10:00")
        undone = edits.undo(number, by="wang")
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert len(asked) < 100
    assert (len(undone.back), undone.stays) == (len(ids) - 1, (("s7", "hours"),))
    frame = database.register().stations().frame.set_index("id")
    assert set(frame.drop("s7")["hours"]) == {"8:00-18:00"}
    assert (frame.loc["s7", "hours"], frame.loc["s0", "phone"]) == ("9:00-10:00", "5")
    again = edits.undo(undone.number, by="li")  # the undoing is an edit, and can be undone
    assert len(again.back) == len(ids) - 1
    newest = edits.newest(limit=5)
    assert [len(one.stations) for one in newest] == [1_099, 1_099, 1, 1_100, 1]


def test_the_oldest_edit_of_a_list_is_whole(
    database: Database, edits: Edits, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [f"s{number}" for number in range(9)]
    database.register().replace(stations(*numbered(len(ids))))
    for hours in ("7:00-8:00", "8:00-9:00"):
        said = {station: {"hours": hours} for station in ids}
        edits.save_all(said, versions=edits.versions(ids), source="register", by="li")
    monkeypatch.setattr("data.database.edits.MOST_AT_ONCE", 9)
    assert [len(one.stations) for one in edits.newest(limit=2)] == [9, 9]
