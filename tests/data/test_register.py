from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from data.database import Changes, Database, Import, Register
from data.stations import Stations
from geo.errors import InputError, NothingYetError, WorkspaceError
from geo.measure import Box, great_circle_m

if TYPE_CHECKING:
    from collections.abc import Sequence

STATION = {"id": "a", "name": "甲驿站", "kind": "station", "lon": 116.8, "lat": 33.9}
FULL = {
    "id": "b",
    "name": "乙 'x' <b> \\ \t%_",
    "kind": "driver_home",
    "lon": 116.7,
    "lat": 33.8,
    "address": "濉溪路 1 号",
    "hours": "24小时",
    "facilities": ("shower", "toilet"),
    "facilities_absent": ("aed",),
    "facilities_broken": ("microwave",),
    "groups": ("truck_driver",),
    "status": "suspended",
    "status_since": "2026-01-02",
    "phone": "+86 561",
    "datum": "gcj02",
    "source_lon": 116.706,
    "source_lat": 33.799,
    "host_type": "fuel_station",
    "operator": "总工会",
    "operator_kind": "union",
    "access": ("qr_code", "key"),
    "who_may_enter": "持证司机",
    "seats": 12,
    "area_m2": 40.5,
    "truck_spaces": 0,
    "sign": "yes",
    "contact": "值班室",
    "checked_at": "2026-10-01",
}


def stations(*records: dict[str, Any]) -> Stations:
    return Stations.from_records(records)


def numbered(count: int, **values: object) -> list[dict[str, Any]]:
    return [{**STATION, "id": f"s{i}", "name": f"驿站{i}", **values} for i in range(count)]


class Clock:
    """A clock that is set by hand."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock(datetime(2026, 3, 1, 4, tzinfo=UTC))
    monkeypatch.setattr("data.database.clock.now", made)
    return made


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


def by_hand(points: np.ndarray, lon: float, lat: float) -> list[float]:
    return great_circle_m(np.broadcast_to((lon, lat), points.shape), points).tolist()


def test_the_nearest_are_those_that_a_look_at_every_station_finds(register: Register) -> None:
    rng = np.random.default_rng(7)
    towns = rng.uniform((75, 18), (134, 53), (12, 2))
    points = np.concatenate(
        [rng.normal(town, 0.05, (30, 2)) for town in towns] + [[[179.9, 60.0], [-179.9, 60.0]]]
    )
    register.replace(
        stations(
            *(
                {**STATION, "id": f"s{i}", "lon": lon, "lat": lat}
                for i, (lon, lat) in enumerate(points.tolist())
            )
        )
    )
    asked: Sequence[tuple[float, float]] = [
        *map(tuple, points[::40].tolist()),
        *map(tuple, rng.uniform((75, 18), (134, 53), (20, 2)).tolist()),
        *((179.99, 60), (-179.99, 60), (0, 90), (0, -90), (-70, -30)),
    ]
    for lon, lat in asked:
        for k in (1, 5, 400):
            near = register.nearest(lon, lat, k)
            expected = sorted(by_hand(points, lon, lat))[:k]
            assert [n.distance_m for n in near] == pytest.approx(expected, rel=1e-9, abs=1e-6)
    with register:
        assert register.nearest(*asked[0], 3) == register.nearest(*asked[0], 3)


def test_a_place_that_is_none_has_no_neighbours(register: Register) -> None:
    assert register.nearest(116.8, 33.9) == ()
    for lon, lat in ((200, 33), (116, 91), (float("nan"), 33)):
        with pytest.raises(InputError, match="nowhere on earth"):
            register.nearest(lon, lat)
    with pytest.raises(InputError, match="1 or more"):
        register.nearest(116, 33, 0)


def test_a_box_holds_its_edges_to_the_last_digit(register: Register) -> None:
    lon, lat = 116.80000000000001, 33.9
    register.replace(stations({**STATION, "lon": lon, "lat": lat}))
    assert register.in_box(Box(lon, lat, 117, 34)) == ("a",)
    assert register.in_box(Box(116, 33, lon, lat)) == ("a",)
    assert register.in_box(Box(np.nextafter(lon, 200), lat, 117, 34)) == ()
    assert register.in_box(Box(116, 33, np.nextafter(lon, 0), 34)) == ()


def test_words_are_found_in_names_addresses_and_ids(register: Register) -> None:
    register.replace(
        stations(
            {**STATION, "id": "x1", "name": "淮海路爱心驿站", "address": "相山区淮海路 8 号"},
            {**STATION, "id": "x2", "name": "爱心驿站", "address": "Huaihai Road 100%_\\"},
            {**STATION, "id": "x3", "name": '司机之家 "A\'B"', "address": "濉溪县"},
            {**STATION, "id": "爱心驿站3", "name": "爱心驿站（三店）"},
        )
    )
    assert register.search("爱心驿站") == ("x2", "爱心驿站3", "x1")
    assert register.search("淮海") == ("x1",)
    assert register.search("驿站 淮海路") == ("x1",)
    assert register.search("huaihai ROAD") == ("x2",)
    assert register.search("路") == ("x1",)
    assert register.search("100%_") == ("x2",)
    assert register.search("%") == ("x2",)
    assert register.search("_\\") == ("x2",)
    assert register.search('"A\'B"') == ("x3",)
    assert register.search("没有这样的") == ()
    assert register.search("爱心驿站", limit=1) == ("x2",)
    for text in ("", "  ", "x" * 201):
        with pytest.raises(InputError, match="1 to 200 characters"):
            register.search(text)


def test_what_finds_stations_follows_every_change(register: Register) -> None:
    register.replace(stations(*numbered(30)))
    register.replace(stations(*numbered(20, lon=116.1, name="新名字")))
    register.observe("s3", {"name": "改名了"}, source="inspector")
    assert register.search("驿站") == ()
    assert len(register.search("新名字")) == 19
    assert register.search("改名了") == ("s3",)
    assert register.in_box(Box(116.79, 33, 116.81, 34)) == ()
    assert len(register.in_box(Box(116.09, 33, 116.11, 34))) == 20


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


def test_weights_and_half_lives_must_be_possible(register: Register) -> None:
    register.replace(stations(STATION))
    with pytest.raises(InputError, match="weight 2"):
        register.observe("a", {"seats": 1}, source="x", weight=2)
    with pytest.raises(InputError, match="half-life 0"):
        register.evidence("a", half_life_days=0)
