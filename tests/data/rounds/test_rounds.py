"""Rounds are kept, and what a visit found is in the register once, or said to be known better."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.database import Import
from data.database.rounds import Rounds
from data.rounds import Round, Visit
from data.stations import Stations
from geo.errors import InputError
from tests.data.register.records import FULL, STATION

if TYPE_CHECKING:
    from data.database import Database

NOW = datetime.now(UTC)
YESTERDAY = NOW - timedelta(days=1)
ROUND = Round("西片", ("b", "a"), date(2026, 12, 7), inspector="王五", rule="unchecked 90")


@pytest.fixture
def rounds(database: Database) -> Rounds:
    listed = Stations.from_records([STATION, FULL])
    ago = NOW - timedelta(days=30)
    database.register().replace(listed, record=Import(observed_at=ago))
    return Rounds(database.backend)


def _visit(nonce: str = "n1", **said: str) -> Visit:
    return Visit("a", YESTERDAY, nonce, said or {"status": "open", "facility.toilet": "broken"})


def test_a_round_is_kept_in_its_order_until_it_is_closed(rounds: Rounds) -> None:
    number = rounds.add(ROUND, by="李四")
    (kept,) = rounds.rounds()
    assert (kept.id, kept.round, kept.made_by) == (number, ROUND, "李四")
    assert (kept.closed_at, kept.visited) == (None, frozenset())
    assert rounds.rounds(inspector="王五") == [kept]
    assert rounds.rounds(inspector="赵六") == []
    rounds.close(number, by="李四")
    assert rounds.rounds() == []
    assert [one.id for one in rounds.rounds(closed=True)] == [number]
    assert rounds.round(number + 1) is None


def test_a_station_that_is_not_there_makes_no_round(rounds: Rounds) -> None:
    with pytest.raises(InputError, match="no station has the id zz"):
        rounds.add(replace(ROUND, stations=("a", "zz")), by="李四")
    assert rounds.rounds() == []
    with pytest.raises(InputError, match="visits each station once"):
        replace(ROUND, stations=("a", "a"))


def test_a_visit_is_an_observation_and_counts_once(rounds: Rounds, database: Database) -> None:
    number = rounds.add(ROUND, by="李四")
    kept = rounds.add_visit(_visit(), by="王五", round_id=number)
    assert rounds.add_visit(_visit(), by="王五", round_id=number) == kept
    register = database.register()
    known = register.evidence("a")["facility.toilet"]
    assert (known.value, known.source, known.by) == ("broken", "inspector", "王五")
    assert known.observed_at == YESTERDAY
    assert len([event for event in register.history("a") if event.source == "inspector"]) == 1
    (again,) = rounds.rounds()
    assert (again.visits, again.visited) == ((kept,), frozenset({"a"}))
    assert rounds.add_visit(_visit(), by="赵六").id != kept.id  # another phone


def test_what_is_known_from_a_later_day_stays_and_is_told(
    rounds: Rounds, database: Database
) -> None:
    database.register().observe("a", {"hours": "24小时"}, source="operator", observed_at=NOW)
    kept = rounds.add_visit(_visit(hours="8:00-18:00", status="open"), by="王五")
    assert kept.conflicts == {"hours": "24小时"}
    frame = database.stations().frame.set_index("id")
    assert frame["hours"]["a"] == "24小时"


def test_the_visit_of_a_station_that_was_taken_away_is_kept_and_says_so(
    rounds: Rounds, database: Database
) -> None:
    number = rounds.add(ROUND, by="李四")
    database.replace_stations(Stations.from_records([FULL]))
    kept = rounds.add_visit(_visit(), by="王五", round_id=number)
    assert kept.is_of_gone
    assert rounds.rounds()[0].visits == (kept,)


def test_a_visit_that_cannot_be_is_refused_and_not_kept(rounds: Rounds) -> None:
    late = replace(_visit(), seen_at=NOW + timedelta(days=3))
    with pytest.raises(InputError, match="lies in the future"):
        rounds.add_visit(late, by="王五")
    with pytest.raises(InputError, match="no column that can be observed"):
        rounds.add_visit(_visit(shoe="yes"), by="王五")
    kept = rounds.add_visit(_visit(status="closed"), by="王五")
    assert kept.visit.said == {"status": "closed"}


def test_a_database_of_an_earlier_step_has_no_rounds_yet(
    rounds: Rounds, database: Database
) -> None:
    from tests.data.older import without_the_desk  # noqa: PLC0415 - of this test only

    with database.backend.transaction(write=True) as connection:
        without_the_desk(connection)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0007'")
    database.close()
    assert rounds.rounds() == []
    assert rounds.add(ROUND, by="李四") == 1
