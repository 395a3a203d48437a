"""Reads that share an opened file see every write, and a write never goes where they read."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from data.database import Database
from data.database.sqlite import Sqlite
from data.stations import Stations
from tests.data.register.records import STATION

if TYPE_CHECKING:
    from pathlib import Path

    import sqlalchemy as sa


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(tmp_path / "yizhan.db")
    made.create()
    made.replace_stations(_list("a"))
    return made


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each opening of the file to read."""
    told: list[str] = []
    opens = Sqlite._connect_to_read

    def counted(self: Sqlite) -> sa.Connection:
        told.append(threading.current_thread().name)
        return opens(self)

    monkeypatch.setattr(Sqlite, "_connect_to_read", counted)
    return told


def _list(*ids: str) -> Stations:
    return Stations.from_records([{**STATION, "id": one} for one in ids])


def _ids(database: Database) -> tuple[str, ...]:
    return database.register().stations().ids


def test_reads_of_one_block_open_the_file_once_and_those_outside_each_time(
    database: Database, opened: list[str]
) -> None:
    with database.backend.sharing_reads():
        with database.backend.sharing_reads():
            assert _ids(database) == ("a",)
        assert _ids(database) == ("a",)
        assert len(opened) == 1
    _ids(database)
    _ids(database)
    assert len(opened) == 3


def test_a_block_sees_what_it_and_others_write_meanwhile(database: Database) -> None:
    with database.backend.sharing_reads():
        assert _ids(database) == ("a",)
        database.replace_stations(_list("a", "b"))
        assert _ids(database) == ("a", "b")
        other = threading.Thread(target=lambda: database.replace_stations(_list("c")))
        other.start()
        other.join()
        assert _ids(database) == ("c",)


def test_a_thread_of_its_own_opens_its_own_file(database: Database, opened: list[str]) -> None:
    with database.backend.sharing_reads():
        _ids(database)
        other = threading.Thread(target=lambda: _ids(database), name="other")
        other.start()
        other.join()
    assert opened.count("other") == 1


def test_a_read_within_a_read_is_a_transaction_of_its_own(database: Database) -> None:
    backend = database.backend
    with backend.sharing_reads(), backend.transaction() as outer:
        with backend.transaction() as inner:
            assert inner is not outer
        assert outer.in_transaction()


@pytest.mark.skipif(os.name == "nt", reason="no open file is put away there")
def test_a_write_goes_into_the_file_that_is_there_now(database: Database, tmp_path: Path) -> None:
    copy = Database(tmp_path / "copy.db")
    copy.create()
    copy.replace_stations(_list("a", "b"))
    with database.backend.sharing_reads():
        assert _ids(database) == ("a",)
        (tmp_path / "copy.db").replace(tmp_path / "yizhan.db")
        database.replace_stations(_list("a", "b", "c"))
    assert _ids(database) == ("a", "b", "c")
