"""Claims about calendar files: RFC 5545, and safe from what people write into titles."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from data.activities import Activity
from data.database.activities import ActivityLine
from data.report_book import ReportBook
from data.stations import Stations
from data.workspace import Workspace
from geo.measure import Box
from web.app import create_app
from web.locator.activities import calendar_text

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

NOW = datetime.now(UTC).replace(microsecond=0)
START = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
HOSTILE = "义诊; a,b\\c\r\nEND:VEVENT\nBEGIN:VEVENT\rDTSTART:20260101T000000Z"


def line(number: int = 4, **more: object) -> ActivityLine:
    values = {
        "station": "a",
        "title": "法律咨询",
        "kind": "legal_advice",
        "starts_at": START,
        "ends_at": START + timedelta(hours=2),
        **more,
    }
    return ActivityLine(number, Activity(**values), START - timedelta(days=9), "li")  # type: ignore[arg-type]


def unfolded(text: str) -> list[str]:
    """Read as RFC 5545 says: a line end and a blank go, then lines end with CRLF."""
    assert not re.search(r"(?<!\r)\n|\r(?!\n)", text)
    assert text.endswith("\r\n")
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def unescaped(value: str) -> str:
    return re.sub(r"\\([\\;,nN])", lambda m: "\n" if m[1] in "nN" else m[1], value)


def test_an_activity_is_one_event_in_utc() -> None:
    text = calendar_text([line()], places={"a": "甲 中山路 1 号"})
    assert unfolded(text) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Yizhan//Activities//ZH",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        "UID:activity-4-20261122T010000000000@yizhan",
        "DTSTAMP:20261122T010000Z",
        "DTSTART:20261201T010000Z",
        "DTEND:20261201T030000Z",
        "SUMMARY:法律咨询",
        "LOCATION:甲 中山路 1 号",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_nine_in_china_is_one_by_greenwich() -> None:
    nine = datetime(2026, 12, 1, 9, 0, tzinfo=timezone(timedelta(hours=8)))
    text = calendar_text([line(starts_at=nine, ends_at=nine + timedelta(hours=2))], places={})
    assert {"DTSTART:20261201T010000Z", "DTEND:20261201T030000Z"} <= set(unfolded(text))


def test_no_line_is_longer_than_75_octets_and_no_character_is_cut() -> None:
    about = "带身份证，" * 100 + "🚲" * 30
    text = calendar_text([line(text=about)], places={"a": "x" * 300})
    for folded in text.split("\r\n"):
        assert len(folded.encode()) <= 75
    [found] = [part for part in unfolded(text) if part.startswith("DESCRIPTION:")]
    assert unescaped(found.removeprefix("DESCRIPTION:")) == about


def test_a_hostile_text_stays_the_value_of_its_own_line() -> None:
    text = calendar_text([line(title="a;b,c\\n", text=HOSTILE)], places={"a": HOSTILE})
    lines = unfolded(text)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    assert sum(part.startswith("DTSTART") for part in lines) == 1
    values = dict(part.split(":", 1) for part in lines)
    assert unescaped(values["SUMMARY"]) == "a;b,c\\n"
    assert unescaped(values["DESCRIPTION"]) == HOSTILE.replace("\r\n", "\n").replace("\r", "\n")


def test_each_activity_has_a_name_of_its_own_that_stays() -> None:
    both = calendar_text([line(4), line(5)], places={})
    names = re.findall(r"UID:(\S+)", both)
    assert len(set(names)) == 2
    assert re.findall(r"UID:(\S+)", calendar_text([line(4)], places={})) == names[:1]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "city", name="市", box=Box(116.7, 33.8, 116.9, 34.0))
    ids = ["a", '甲/1 "x"', "../b"]
    made.replace_stations(
        Stations.from_records(
            [
                {"id": one, "name": "驿站\r\nEND:VCALENDAR", "kind": "station"}
                | {"lon": 116.8, "lat": 33.9 + number / 100}
                for number, one in enumerate(ids)
            ]
        )
    )
    return made


@pytest.fixture
def client(workspace: Workspace) -> FlaskClient:
    return create_app(workspace.folder, testing=True).test_client()


def enter(workspace: Workspace, station: str = "a", days: float = 1) -> int:
    activity = Activity(
        station=station,
        title=HOSTILE[:40],
        kind="training",
        starts_at=NOW + timedelta(days=days),
        ends_at=NOW + timedelta(days=days, hours=2),
    )
    return ReportBook(workspace).activities.add([activity], by="li")[0]


def test_a_station_gives_what_is_to_come(client: FlaskClient, workspace: Workspace) -> None:
    enter(workspace)
    enter(workspace, days=-5)
    enter(workspace, station="../b")
    answer = client.get("/s/a/activities.ics")
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="activities.ics"'
    lines = unfolded(answer.text)
    assert lines.count("BEGIN:VEVENT") == 1
    assert lines.count("END:VCALENDAR") == 1


def test_what_has_begun_and_is_not_over_is_still_to_come(
    client: FlaskClient, workspace: Workspace
) -> None:
    enter(workspace, days=-1 / 24)  # it began an hour ago and lasts two
    assert unfolded(client.get("/s/a/activities.ics").text).count("BEGIN:VEVENT") == 1


def test_one_activity_has_a_file_of_its_own(client: FlaskClient, workspace: Workspace) -> None:
    number = enter(workspace)
    answer = client.get(f"/activities/{number}.ics")
    assert answer.status_code == 200
    disposition = f'attachment; filename="activity-{number}.ics"'
    assert answer.headers["Content-Disposition"] == disposition
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_id_with_signs_of_paths_is_just_an_id(client: FlaskClient, workspace: Workspace) -> None:
    enter(workspace, station='甲/1 "x"')
    answer = client.get("/s/甲/1 %22x%22/activities.ics")
    assert answer.status_code == 200
    assert unfolded(answer.text).count("BEGIN:VEVENT") == 1
    assert "\n" not in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    "path",
    [
        "/s/nowhere/activities.ics",
        "/s/..%2f..%2fyizhan.db/activities.ics",
        "/s/%00/activities.ics",
        "/activities/99.ics",
        "/activities/-1.ics",
        "/activities/99999999999999999999.ics",
        "/activities/a.ics",
    ],
)
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
