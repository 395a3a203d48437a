"""Claims about changes ahead: they hold on their days, go before the register, and leave it be."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from data.coming_changes import ComingChange, days_of
from data.workspace import Workspace
from geo.errors import InputError
from geo.measure import Box
from tests.data.register.records import FULL, STATION, Clock, stations

if TYPE_CHECKING:
    from pathlib import Path

SHUT = {"status": "suspended"}


@pytest.fixture
def city(tmp_path: Path, database_url: str | None, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    clock = Clock(datetime(2026, 9, 1, 4, tzinfo=UTC))
    monkeypatch.setattr("data.database.clock.now", clock)
    monkeypatch.setattr("data.workspace.now", clock)
    made = Workspace.create(
        tmp_path / "city", name="市", box=Box(116, 33, 117, 34), database_url=database_url
    )
    made.replace_stations(stations({**STATION, "hours": "8:00-18:00"}, FULL))
    return made


def _at(city: Workspace, day: date) -> tuple[str, str, list[float]]:
    found = city.stations(as_of=day)
    row = found.frame.iloc[0]
    return row["status"], row["hours"], found.lonlat[0].tolist()


def test_a_change_holds_from_its_first_day_to_its_last(city: Workspace) -> None:
    changes = city.coming_changes()
    closed = ComingChange("a", date(2026, 10, 1), date(2026, 10, 7), SHUT, "装修")
    number = changes.add(closed, by="li")
    changes.add(ComingChange("a", date(2027, 3, 1), None, {"lon": 116.5, "lat": 33.5}), by="li")
    days = [date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 7), date(2026, 10, 8)]
    assert [_at(city, day)[0] for day in days] == ["open", "suspended", "suspended", "open"]
    assert _at(city, date(2027, 2, 28))[2] == [116.8, 33.9]
    assert _at(city, date(2027, 3, 1))[2] == [116.5, 33.5]
    assert city.register().stations().lonlat[0].tolist() == [116.8, 33.9]
    before = changes.version()
    changes.withdraw(number, by="wang")
    assert _at(city, date(2026, 10, 3))[0] == "open"
    assert changes.version() != before
    assert [one.said for one in changes.of("a")] == [{"lon": 116.5, "lat": 33.5}]
    with pytest.raises(InputError, match="no change"):
        changes.withdraw(number, by="wang")


def test_of_two_changes_of_one_field_the_later_begun_holds(city: Workspace) -> None:
    long = ComingChange("a", date(2026, 10, 1), date(2026, 10, 9), {"hours": "7:00-24:00"})
    short = ComingChange("a", date(2026, 10, 3), date(2026, 10, 3), {"hours": "9:00-10:00"})
    for change in (short, long):
        city.coming_changes().add(change, by="li")
    hours = [_at(city, date(2026, 10, day))[1] for day in (2, 3, 4, 10)]
    assert hours == ["7:00-24:00", "9:00-10:00", "7:00-24:00", "8:00-18:00"]
    assert days_of([long, short], "open", "x", first=date(2026, 10, 2), days=2) == [
        ("open", "7:00-24:00"),
        ("open", "9:00-10:00"),
    ]


def test_a_change_of_a_station_that_is_not_there_is_refused(city: Workspace) -> None:
    with pytest.raises(InputError, match="nobody is not in the register"):
        city.coming_changes().add(ComingChange("nobody", date(2026, 10, 1), None, SHUT), by="li")


@pytest.mark.parametrize(
    ("said", "last", "says"),
    [
        ({}, None, "needs a status, hours or a place"),
        ({"name": "x"}, None, "needs a status, hours or a place"),
        ({"lon": 1.0}, None, "both lon and lat"),
        ({"status": "king"}, None, "status king"),
        ({"hours": "看情况"}, None, "cannot be read"),
        (SHUT, date(2026, 9, 30), "before it begins"),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    said: dict[str, object], last: date | None, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        ComingChange("a", date(2026, 10, 1), last, said)
