"""Claims about organisations in the database, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from data.database import Database, OrganisationImport
from data.database.organisation_links import (
    LinkedStations,
    read_linked_stations,
    read_organisation_names,
)
from data.organisations import Organisations
from data.stations import Stations
from geo.errors import InputError, NothingYetError, WorkspaceError
from tests.data.older import without_organisations

if TYPE_CHECKING:
    from pathlib import Path

UNION = {"id": "U1", "name": "货运工会", "kind": "union", "truck_driver": 26, "posts": 1}
FIRM = {"id": "F1", "name": "快递 '\"<b> 公司", "kind": "firm", "courier": 30, "district": "东区"}
BOTH = Organisations.from_records([UNION, FIRM])


def test_organisations_come_back_as_they_were_put_in(database: Database) -> None:
    register = database.organisations()
    changes = register.replace(BOTH)
    assert (changes.added, changes.missing, changes.unchanged) == (("U1", "F1"), (), 0)
    assert register.organisations().frame.equals(BOTH.frame)
    contents = database.contents("organisations")
    assert contents is not None
    assert (contents.rows, contents.content_hash) == (2, BOTH.content_hash)
    assert database.info()["organisations"] == 2


def test_before_the_first_list_there_is_nothing(database: Database) -> None:
    register = database.organisations()
    with pytest.raises(NothingYetError, match="run yizhan organisations import FILE"):
        register.organisations()
    with pytest.raises(NothingYetError, match="no organisations yet"):
        register.clear()
    with pytest.raises(InputError, match="organisation U1 was never in the table"):
        register.history("U1")
    assert register.imports() == ()
    assert register.compare(BOTH).added == ("U1", "F1")


def test_a_list_of_none_is_not_nothing_yet(database: Database) -> None:
    register = database.organisations()
    register.replace(Organisations.from_records([]))
    assert len(register.organisations()) == 0


def test_what_would_change_is_what_changes_and_only_replace_writes(database: Database) -> None:
    register = database.organisations()
    register.replace(BOTH)
    new = Organisations.from_records(
        [{"id": "U3", "name": "新", "kind": "federation"}, {**UNION, "truck_driver": 27}]
    )
    would = register.compare(new)
    assert register.organisations().ids == ("U1", "F1")
    assert register.replace(new) == would
    assert (would.added, would.missing) == (("U3",), ("F1",))
    [change] = would.changed
    assert (change.before, change.after) == ({"truck_driver": 26}, {"truck_driver": 27})
    assert register.organisations().frame.equals(new.frame)


def test_a_list_of_a_part_leaves_the_others_as_they_are(database: Database) -> None:
    register = database.organisations()
    register.replace(BOTH)
    part = Organisations.from_records([{**FIRM, "courier": 31}, {**UNION, "id": "U0"}])
    changes = register.replace(part, record=OrganisationImport(partial=True, rows=(5, 9)))
    assert (changes.added, changes.missing) == (("U0",), ())
    assert register.organisations().ids == ("U1", "F1", "U0")
    assert register.organisations().frame["courier"].tolist() == [0, 31, 0]
    assert [event.row for event in register.history("F1")] == [None, 5]
    assert [event.row for event in register.history("U0")] == [9]


def test_the_history_says_who_said_what_of_which_day_from_which_row(database: Database) -> None:
    register = database.organisations()
    register.replace(
        BOTH,
        record=OrganisationImport(
            file="u.csv", by="市总", observed_at=date(2026, 3, 1), rows=(2, 3)
        ),
    )
    more = Organisations.from_records([{**UNION, "posts": 2}])
    register.replace(more, record=OrganisationImport(file="u2.csv", rows=(7,)))
    added, changed = register.history("U1")
    assert (added.kind, added.file, added.row, added.by) == ("added", "u.csv", 2, "市总")
    assert added.observed_at == datetime(2026, 3, 1, 4, tzinfo=UTC)  # noon in China
    assert added.changes == {"name": "货运工会", "kind": "union", "truck_driver": 26, "posts": 1}
    assert (changed.kind, changed.file, changed.row) == ("changed", "u2.csv", 7)
    assert changed.changes == {"posts": 2}
    assert changed.recorded_at > added.recorded_at
    assert [event.kind for event in register.history("F1")] == ["added", "removed"]
    first, second = register.imports()
    assert (first.rows, first.counts) == (2, {"added": 2, "changed": 0, "missing": 0})
    assert (second.file, second.counts["missing"]) == ("u2.csv", 1)


def test_what_is_forgotten_keeps_its_history(database: Database) -> None:
    register = database.organisations()
    register.replace(BOTH)
    assert register.clear(by="管理员") == 2
    assert database.contents("organisations") is None
    with pytest.raises(NothingYetError):
        register.organisations()
    last = register.history("F1")[-1]
    assert (last.kind, last.source, last.by) == ("removed", "cleared", "管理员")
    register.replace(BOTH)
    assert [event.kind for event in register.history("F1")] == ["added", "removed", "added"]


def test_the_history_cannot_be_rewritten(database: Database) -> None:
    database.organisations().replace(BOTH)
    for statement in (
        "DELETE FROM organisation_events",
        "UPDATE organisation_imports SET by_whom = 'x'",
    ):
        with (
            pytest.raises(WorkspaceError, match="append-only"),
            database.backend.transaction(write=True) as connection,
        ):
            connection.execute(sa.text(statement))


def test_a_list_of_the_future_is_refused_and_changes_nothing(database: Database) -> None:
    register = database.organisations()
    with pytest.raises(InputError, match="lies in the future"):
        register.replace(BOTH, record=OrganisationImport(observed_at=date(2999, 1, 1)))
    assert register.imports() == ()


def test_a_database_of_an_older_yizhan_has_no_organisations_until_it_is_written_to(
    tmp_path: Path,
) -> None:
    database = Database(tmp_path / "yizhan.db")
    database.create()
    with database.backend.begin(write=True) as connection:
        without_organisations(connection)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0004'")
    database.close()
    register = database.organisations()
    assert register.imports() == ()
    assert "organisations" not in database.info()
    with pytest.raises(NothingYetError):
        register.organisations()
    with pytest.raises(InputError, match="was never in the table"):
        register.history("U1")
    register.replace(BOTH)
    assert register.organisations().ids == ("U1", "F1")


def test_two_editors_of_one_organisation_clash_by_field_and_only_there(database: Database) -> None:
    register = database.organisations()
    register.replace(BOTH)
    seen = register.version("U1")
    whole = BOTH.frame.set_index("id", drop=False).loc["U1"].to_dict()
    first = {**whole, "name": "货运行业工会", "posts": 3}
    assert not register.save(first, since=seen, by="li").clashes
    second = {**whole, "name": "货车工会", "truck_driver": 40}
    edit = register.save(second, since=seen, by="wang")
    [clash] = edit.clashes
    told = (clash.field, clash.kept, clash.by, clash.wanted)
    assert told == ("name", "货运行业工会", "li", "货车工会")
    row = register.organisations().frame.set_index("id").loc["U1"]
    assert (row["name"], row["truck_driver"]) == ("货运行业工会", 26)
    again = register.save(second, since=seen, by="wang", leave={"name"})
    assert (dict(again.said), again.clashes) == ({"truck_driver": 40}, ())
    row = register.organisations().frame.set_index("id").loc["U1"]
    assert (row["name"], row["truck_driver"], row["posts"]) == ("货运行业工会", 40, 3)
    assert register.save({**whole, "name": "x"}, since=0, by="wang").clashes
    lines = len(register.history("U1"))
    same = {**whole, "name": "货运行业工会", "truck_driver": 40, "posts": 3}
    assert not register.save(same, since=register.version("U1"), by="li").said
    assert len(register.history("U1")) == lines


def test_a_text_means_the_organisation_of_that_id_name_or_earlier_name(
    database: Database,
) -> None:
    register, read = database.organisations(), read_organisation_names
    assert read(database.backend).id_of("货运工会") is None
    register.replace(BOTH)
    named = {"id": "U1", "name": "货车工会", "kind": "union", "truck_driver": 26}
    register.save({**named, "posts": 1}, since=register.version("U1"), by="li")
    names = read(database.backend)
    meant = [names.id_of(text) for text in ("U1", " 货车工会 ", "货运工会", "F1", "", "工会")]
    assert meant == ["U1", "U1", "U1", "F1", None, None]
    register.add({"id": "U9", "name": "货车工会", "kind": "union"}, by="li")  # a namesake
    register.add({"id": "U8", "name": "货运工会", "kind": "union"}, by="li")  # takes the old name
    names = read(database.backend)
    assert [names.id_of(text) for text in ("货车工会", "货运工会", "U9")] == [None, "U8", "U9"]


def test_each_organisation_has_the_stations_that_name_it(database: Database) -> None:
    database.organisations().replace(BOTH)
    place = {"kind": "station", "lon": 116.8, "lat": 33.9}
    database.replace_stations(
        Stations.from_records(
            [
                {"id": "a", "name": "甲", "host_name": FIRM["name"], "operator": "U1", **place},
                {"id": "b", "name": "乙", "host_name": "路边", "operator": FIRM["name"], **place},
                {"id": "c", "name": "丙", **place},
            ]
        )
    )
    names = read_organisation_names(database.backend)
    found = read_linked_stations(database.backend, names)
    assert found == {
        "F1": LinkedStations(hosts=(("a", "甲"),), operates=(("b", "乙"),)),
        "U1": LinkedStations(operates=(("a", "甲"),)),
    }
