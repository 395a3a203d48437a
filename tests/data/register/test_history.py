"""Claims about the history: whose word stands, what it is worth, what was when."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from data.database import Database, Import, Register
from data.stations import Stations
from geo.errors import InputError, NothingYetError, WorkspaceError
from tests.data.register.records import FULL, STATION, Clock, stations


def test_every_value_knows_who_said_it_last_and_grows_old(register: Register, clock: Clock) -> None:
    listed = {**STATION, "hours": "24小时", "facilities": ("toilet",)}
    first = Import(file="a.xlsx", by="总工会", rows=(7,), observed_at=date(2026, 2, 1))
    register.replace(stations(listed), record=first)
    clock.moment += timedelta(days=10)
    register.observe("a", {"facility.toilet": "broken"}, source="workers", by="3", weight=0.5)
    clock.moment += timedelta(days=170)
    evidence = register.evidence("a", half_life_days=180)
    hours, toilet = evidence["hours"], evidence["facility.toilet"]
    assert (hours.value, hours.source, hours.by) == ("24小时", "register", "总工会")
    assert (hours.file, hours.row) == ("a.xlsx", 7)
    # 1 February noon in China to 28 August noon in China: 208 days.
    assert hours.confidence == pytest.approx(0.5 ** (208 / 180))
    assert (toilet.value, toilet.source, toilet.by) == ("broken", "workers", "3")
    assert toilet.confidence == pytest.approx(0.5 * 0.5 ** (170 / 180))
    assert "facility.aed" not in evidence
    assert "seats" not in evidence


def test_a_list_that_says_it_again_renews_what_it_has_a_column_for(
    register: Register, clock: Clock
) -> None:
    listed = {**STATION, "hours": "24小时", "facilities": ("toilet",)}
    register.replace(stations(listed), record=Import(file="old.csv"))
    clock.moment += timedelta(days=100)
    fields = frozenset({"id", "name", "kind", "lon", "lat", "hours"})
    register.replace(stations(listed), record=Import(file="new.csv", fields=fields))
    clock.moment += timedelta(days=1)
    evidence = register.evidence("a")
    assert (evidence["hours"].file, evidence["facility.toilet"].file) == ("new.csv", "old.csv")
    assert evidence["lon"].file == "new.csv"
    before = register.evidence("a", clock.moment - timedelta(days=50))
    assert before["hours"].file == "old.csv"


def test_the_evidence_of_all_is_that_of_each(register: Register, clock: Clock) -> None:
    register.replace(stations(STATION, FULL))
    clock.moment += timedelta(days=3)
    register.observe("b", {"facility.toilet": "broken"}, source="inspector")
    at = clock.moment
    clock.moment += timedelta(days=3)
    register.replace(stations({**STATION, "hours": "24小时"}))
    assert register.evidence_of_all() == {"a": register.evidence("a")}
    assert register.evidence_of_all(at) == {key: register.evidence(key, at) for key in "ab"}


def test_an_inspector_who_sees_the_same_again_renews_it(register: Register, clock: Clock) -> None:
    register.replace(stations({**STATION, "facilities": ("toilet",)}))
    clock.moment += timedelta(days=100)
    register.observe("a", {"facility.toilet": "yes"}, source="inspector")
    assert register.evidence("a")["facility.toilet"].source == "inspector"
    assert register.evidence("a")["facility.toilet"].confidence == 1
    assert register.stations().frame["facilities"][0] == ("toilet",)


def test_what_was_seen_earlier_than_what_is_known_is_only_noted(
    register: Register, clock: Clock
) -> None:
    register.replace(stations({**STATION, "hours": "24小时"}))
    clock.moment += timedelta(days=10)
    event = register.observe(
        "a", {"hours": "8:00-18:00", "sign": "yes"}, source="workers", observed_at=date(2026, 2, 1)
    )
    assert (event.kind, dict(event.changes)) == (
        "observed",
        {"checked_at": "2026-02-01", "sign": "yes"},
    )
    assert [(e.kind, dict(e.changes)) for e in register.history("a")[1:2]] == [
        ("noted", {"hours": "8:00-18:00"})
    ]
    [row] = register.stations().frame.to_dict("records")
    assert (row["hours"], row["sign"]) == ("24小时", "yes")


def test_an_older_list_that_says_the_same_leaves_the_word_of_who_looked_later(
    register: Register, clock: Clock
) -> None:
    register.replace(stations({**STATION, "hours": "24小时"}))
    clock.moment += timedelta(days=100)
    register.observe("a", {"hours": "24小时"}, source="inspector", by="李")
    clock.moment += timedelta(days=1)
    old = Import(file="spring.csv", observed_at=date(2026, 3, 20))
    register.replace(stations({**STATION, "hours": "24小时"}), record=old)
    hours = register.evidence("a")["hours"]
    assert (hours.source, hours.by, hours.file) == ("inspector", "李", "")
    assert hours.confidence == pytest.approx(0.5 ** (1 / 180))


def test_a_partial_list_says_nothing_of_the_stations_that_it_does_not_name(
    register: Register, clock: Clock
) -> None:
    register.replace(stations(STATION, FULL), record=Import(file="all.csv"))
    clock.moment += timedelta(days=180)
    register.replace(
        stations({**STATION, "hours": "24小时"}), record=Import(file="some.csv", partial=True)
    )
    before, after = register.evidence("b")["hours"], register.evidence("a")["hours"]
    assert (before.file, before.confidence) == ("all.csv", pytest.approx(0.5))
    assert (after.file, after.confidence) == ("some.csv", 1)


def test_what_was_only_noted_is_in_no_register_of_the_past(
    register: Register, clock: Clock
) -> None:
    register.replace(stations({**STATION, "hours": "24小时"}))
    clock.moment += timedelta(days=10)
    register.observe("a", {"hours": "8:00-18:00"}, source="workers", observed_at=date(2026, 2, 1))
    clock.moment += timedelta(days=1)
    assert register.history("a")[-1].kind == "noted"
    assert register.stations().frame["hours"].tolist() == ["24小时"]
    rebuilt = register.stations(as_of=clock.moment)
    assert rebuilt.frame.equals(register.stations().frame)


def test_of_two_words_of_one_day_the_one_said_later_holds(register: Register, clock: Clock) -> None:
    day = date(2026, 3, 1)
    register.replace(stations({**STATION, "hours": "24小时"}), record=Import(observed_at=day))
    clock.moment += timedelta(hours=1)
    register.observe("a", {"hours": "8:00-18:00"}, source="inspector", observed_at=day)
    assert register.stations().frame["hours"].tolist() == ["8:00-18:00"]
    clock.moment += timedelta(hours=1)
    register.observe("a", {"hours": "9:00-17:00"}, source="inspector", observed_at=day)
    assert register.stations().frame["hours"].tolist() == ["9:00-17:00"]


def test_a_day_ends_at_midnight_in_china(register: Register, clock: Clock) -> None:
    clock.moment = datetime(2026, 3, 1, 15, 59, tzinfo=UTC)  # 23:59 in China
    register.replace(stations(STATION))
    clock.moment = datetime(2026, 3, 1, 16, 1, tzinfo=UTC)
    register.replace(stations(FULL))
    with pytest.raises(NothingYetError, match="no stations on 2026-02-28"):
        register.stations(as_of=date(2026, 2, 28))
    assert register.stations(as_of=date(2026, 3, 1)).ids == ("a",)
    assert register.stations(as_of=date(2026, 3, 2)).ids == ("b",)
    assert register.stations(as_of=datetime(2026, 3, 1, 23, 59, 30)).ids == ("a",)  # noqa: DTZ001 - without a zone it is China's


def test_a_clock_that_was_put_back_does_not_mix_up_the_history(
    register: Register, clock: Clock
) -> None:
    register.replace(stations(STATION))
    clock.moment -= timedelta(days=1)
    register.replace(stations(FULL))
    events = [*register.history("a"), *register.history("b")]
    moments = [event.recorded_at for event in events]
    assert moments == sorted(moments)
    assert register.stations(as_of=moments[-1]).ids == ("b",)
    assert register.stations(as_of=moments[0]).ids == ("a",)


class Model:
    """The register in plain Python: what it was after each write."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a test
        self.now: list[dict[str, Any]] = []
        self.then: list[tuple[datetime, Stations]] = []

    def record(self, station_id: str) -> dict[str, Any]:
        rng = self.random
        words = rng.sample(("toilet", "aed", "wifi", "books", "microwave"), 4)
        cut = rng.randint(0, 4)
        return {
            "id": station_id,
            "name": f"驿站{rng.randint(1, 3)}",
            "kind": rng.choice(("station", "base")),
            "lon": 116 + rng.random(),
            "lat": 33 + rng.random(),
            "facilities": tuple(words[:cut]),
            "facilities_broken": tuple(words[cut:][: rng.randint(0, 2)]),
            "seats": rng.choice((float("nan"), 4.0)),
            "hours": rng.choice(("", "24小时")),
        }

    def next_list(self) -> Stations:
        rng = self.random
        stay = [dict(r) for r in self.now if rng.random() < 0.7]
        again = [self.record(r["id"]) if rng.random() < 0.3 else r for r in stay]
        there = {r["id"] for r in again}
        new = [i for i in range(12) if f"n{i}" not in there and rng.random() < 0.2]
        listed = again + [self.record(f"n{i}") for i in new]
        if rng.random() < 0.4:
            rng.shuffle(listed)
        self.now = listed
        return Stations.from_records(listed)

    def observe(self, row: dict[str, Any], day: date) -> dict[str, Any]:
        word, state = (
            self.random.choice(("toilet", "wifi")),
            self.random.choice(("yes", "no", "broken", "unknown")),
        )
        seats = self.random.choice((2.0, 9.0))
        columns = {"yes": "facilities", "no": "facilities_absent", "broken": "facilities_broken"}
        for says, column in columns.items():
            listed = row.get(column, ())
            if says == state and word not in listed:
                row[column] = (*listed, word)
            elif says != state:
                row[column] = tuple(other for other in listed if other != word)
        row |= {"seats": seats, "checked_at": max(row.get("checked_at", ""), day.isoformat())}
        return {f"facility.{word}": state, "seats": seats}


@pytest.mark.parametrize("seed", range(4))
def test_the_register_of_any_earlier_moment_is_rebuilt_as_it_was(
    register: Register, clock: Clock, seed: int
) -> None:
    model = Model(seed)
    for _ in range(14):
        clock.moment += timedelta(hours=7)
        if model.now and model.random.random() < 0.5:
            row = model.random.choice(model.now)
            values = model.observe(row, (clock.moment + timedelta(hours=8)).date())
            register.observe(row["id"], values, source="inspector")
        else:
            register.replace(model.next_list())
        expected = Stations.from_records(model.now)
        assert register.stations().frame.equals(expected.frame)
        model.then.append((clock.moment, expected))
    for moment, expected in model.then:
        rebuilt = register.stations(as_of=moment + timedelta(minutes=1))
        assert rebuilt.frame.equals(expected.frame)
        assert rebuilt.content_hash == expected.content_hash


def test_the_history_can_neither_be_changed_nor_shortened(database: Database) -> None:
    database.replace_stations(stations(STATION))
    for statement in (
        "UPDATE events SET source = 'me'",
        "DELETE FROM events",
        "UPDATE imports SET by_whom = 'me'",
        "DELETE FROM imports",
    ):
        with (
            pytest.raises(WorkspaceError, match="the history is append-only"),
            database.backend.transaction(write=True) as connection,
        ):
            connection.exec_driver_sql(statement)
    [event] = database.register().history("a")
    assert event.source == "register"


def test_weights_and_half_lives_must_be_possible(register: Register) -> None:
    register.replace(stations(STATION))
    with pytest.raises(InputError, match="weight 2"):
        register.observe("a", {"seats": 1}, source="x", weight=2)
    with pytest.raises(InputError, match="half-life 0"):
        register.evidence("a", half_life_days=0)
