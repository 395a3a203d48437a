"""Claims about the register: what lists and observations make of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from data.database import Changes, Database, Import, Register
from geo.errors import InputError, NothingYetError, WorkspaceError
from geo.measure import Box
from tests.data.register.records import FULL, STATION, Clock, numbered, stations


def test_the_whole_record_comes_back_as_it_went_in(register: Register) -> None:
    given = stations(FULL, STATION)
    changes = register.replace(given)
    assert changes.counts() == {
        **dict.fromkeys(("changed", "missing", "refused", "unchanged", "kept"), 0),
        "added": 2,
    }
    assert register.stations().frame.equals(given.frame)
    assert register.stations().content_hash == given.content_hash


def test_nothing_yet_is_told_apart_from_an_emptied_register(register: Register) -> None:
    with pytest.raises(NothingYetError, match="yizhan stations import"):
        register.stations()
    register.replace(stations())
    assert len(register.stations()) == 0


def test_an_import_says_before_what_it_does_after(register: Register) -> None:
    register.replace(stations(STATION, FULL))
    new = stations({**STATION, "hours": "8:00-18:00"}, {**STATION, "id": "c"})
    before = register.compare(new)
    assert len(register.stations()) == 2
    assert register.stations().ids == ("a", "b")
    done = register.replace(new)
    assert before == done
    assert (done.added, done.missing, done.unchanged) == (("c",), ("b",), 0)
    [change] = done.changed
    assert (change.id, change.name) == ("a", "甲驿站")
    assert (change.before, change.after) == ({"hours": ""}, {"hours": "8:00-18:00"})
    assert register.stations().frame.equals(new.frame)
    assert register.compare(new) == Changes(unchanged=2)


def test_a_list_keeps_what_it_has_no_column_for(register: Register) -> None:
    register.replace(stations(FULL))
    short = {name: FULL[name] for name in ("id", "name", "kind", "lon", "lat")}
    fields = frozenset({"id", "name", "kind", "lon", "lat", "facilities"})
    register.replace(
        stations({**short, "name": "新名", "facilities": ("toilet", "microwave", "aed")}),
        record=Import(fields=fields),
    )
    [row] = register.stations().frame.to_dict("records")
    assert (row["name"], row["hours"], row["seats"]) == ("新名", "24小时", 12)
    # What is known to be broken or absent from elsewhere is not contradicted by the list.
    assert row["facilities"] == ("toilet",)
    assert row["facilities_broken"] == ("microwave",)
    assert (row["datum"], row["source_lon"]) == ("wgs84", 116.7)


def test_a_partial_list_leaves_the_other_stations_where_they_are(register: Register) -> None:
    register.replace(stations(*numbered(3)))
    changes = register.replace(
        stations({**STATION, "id": "s1", "name": "新"}, {**STATION, "id": "x"}),
        record=Import(partial=True),
    )
    assert changes.missing == ()
    assert register.stations().ids == ("s0", "s1", "s2", "x")
    assert register.stations().frame["name"].tolist() == ["驿站0", "新", "驿站2", "甲驿站"]


def test_closing_whom_a_list_does_not_name_leaves_the_closed_and_who_was_seen_open_later(
    register: Register, clock: Clock
) -> None:
    """s0 is named, s1 was closed in January, s2 was seen open after the list's day, s3 is gone."""
    shut = {"status": "closed", "status_since": "2026-01-05"}
    first, *others = numbered(4)
    register.replace(stations(first, {**others[0], **shut}, *others[1:]))
    clock.moment += timedelta(days=20)
    register.observe("s2", {"status": "open"}, source="inspector")
    clock.moment += timedelta(days=1)
    named = Import(partial=True, keep_newer=True, observed_at=date(2026, 3, 10))
    register.replace(stations(first), record=named, close_others=True)
    frame = register.stations().frame
    assert frame["status"].tolist() == ["open", "closed", "open", "closed"]
    assert frame["status_since"].tolist()[1::2] == ["2026-01-05", "2026-03-10"]


def test_what_was_observed_after_the_list_was_true_stays(register: Register, clock: Clock) -> None:
    register.replace(stations({**STATION, "facilities": ("microwave", "toilet")}))
    clock.moment += timedelta(days=30)
    register.observe("a", {"facility.microwave": "broken", "hours": "24小时"}, source="inspector")
    clock.moment += timedelta(days=1)
    old = stations({**STATION, "facilities": ("microwave", "toilet"), "phone": "110"})
    listed = Import(observed_at=date(2026, 3, 20), keep_newer=True)
    changes = register.replace(old, record=listed)
    assert changes.kept == 3  # the microwave, the hours, and that it was checked
    [row] = register.stations().frame.to_dict("records")
    assert (row["phone"], row["hours"]) == ("110", "24小时")
    assert (row["facilities"], row["facilities_broken"]) == (("toilet",), ("microwave",))
    register.replace(old, record=Import(observed_at=date(2026, 4, 1), keep_newer=True))
    assert register.stations().frame.equals(old.frame)


def test_observed_facilities_move_between_there_broken_and_absent(
    register: Register, clock: Clock
) -> None:
    register.replace(stations({**STATION, "facilities": ("toilet", "aed")}))
    clock.moment += timedelta(days=2)
    event = register.observe(
        "a",
        {"facility.toilet": "broken", "facility.wifi": "yes", "facility.books": "no"},
        source="inspector",
        by="3 号",
        observed_at=date(2026, 3, 2),
    )
    assert (event.kind, event.source, event.by) == ("observed", "inspector", "3 号")
    [row] = register.stations().frame.to_dict("records")
    assert row["facilities"] == ("aed", "wifi")
    assert row["facilities_broken"] == ("toilet",)
    assert row["facilities_absent"] == ("books",)
    assert row["checked_at"] == "2026-03-02"
    register.observe("a", {"facility.toilet": "yes", "facility.aed": "unknown"}, source="workers")
    assert register.stations().frame["facilities"][0] == ("wifi", "toilet")


def test_contents_follow_an_observation(database: Database) -> None:
    database.replace_stations(stations(STATION))
    database.register().observe("a", {"seats": 4}, source="inspector")
    contents = database.contents("stations")
    assert contents is not None
    assert (contents.rows, contents.content_hash) == (1, database.stations().content_hash)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "needs a value"),
        ({"facility.sauna": "yes"}, "sauna is not in the vocabulary"),
        ({"facility.toilet": "maybe"}, "toilet is maybe: use yes, no, broken, unknown"),
        ({"facilities": ("toilet",)}, "facilities is no column that can be observed"),
        ({"id": "z"}, "id is no column"),
        ({"kind": "tent"}, "kind tent"),
        ({"seats": -1}, "seats -1"),
        ({"lon": 116.8}, "needs both lon and lat"),
    ],
)
def test_what_cannot_be_observed_is_refused_and_nothing_is_written(
    register: Register, values: dict[str, Any], words: str
) -> None:
    register.replace(stations(STATION))
    with pytest.raises(InputError, match=words):
        register.observe("a", values, source="inspector")
    assert len(register.history("a")) == 1


def test_an_unknown_station_is_one_line(register: Register) -> None:
    register.replace(stations(STATION))
    with pytest.raises(InputError, match="station z is not in the register"):
        register.observe("z", {"seats": 1}, source="inspector")
    with pytest.raises(InputError, match="station z was never"):
        register.history("z")
    with pytest.raises(InputError, match="station z is not"):
        register.evidence("z")
    with pytest.raises(InputError, match="lies in the future"):
        register.observe("a", {"seats": 1}, source="x", observed_at=date(2999, 1, 1))


def test_a_station_can_be_found_elsewhere(register: Register) -> None:
    register.replace(stations(FULL))
    register.observe("b", {"lon": 116.9, "lat": 33.7}, source="inspector")
    assert [near.id for near in register.nearest(116.9, 33.7, 1)] == ["b"]
    assert register.in_box(Box(116.89, 33.69, 116.91, 33.71)) == ("b",)
    assert register.in_box(Box(116.69, 33.79, 116.71, 33.81)) == ()
    [row] = register.stations().frame.to_dict("records")
    assert (row["datum"], row["source_lon"], row["source_lat"]) == ("wgs84", 116.9, 33.7)


def test_one_open_connection_sees_what_others_write(database: Database) -> None:
    database.replace_stations(stations(STATION))
    with database.register() as reading:
        assert len(reading.search("甲驿站")) == 1
        database.replace_stations(stations(FULL))
        assert reading.search("甲驿站") == ()
        assert [near.id for near in reading.nearest(116.7, 33.8)] == ["b"]


def test_an_import_that_breaks_leaves_register_and_history_as_they_were(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = database.register()
    register.replace(stations(STATION))
    with monkeypatch.context() as patch:
        # The very last insert then breaks.
        patch.setattr("data.database.clock.second_text", lambda _moment: None)
        with pytest.raises(WorkspaceError, match=r"null|NULL"):
            register.replace(stations(*numbered(50)))
    assert register.stations().ids == ("a",)
    assert len(register.imports()) == 1
    assert register.search("驿站1") == ()


def test_an_import_record_that_contradicts_itself_is_refused(register: Register) -> None:
    with pytest.raises(InputError, match="colour is no column"):
        Import(fields=frozenset({"colour"}))
    with pytest.raises(InputError, match="2 row numbers for 1 stations"):
        register.replace(stations(STATION), record=Import(rows=(2, 3)))
