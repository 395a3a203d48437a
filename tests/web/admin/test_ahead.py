"""Claims about changes ahead on the pages: entered, told to phones for every day, taken back."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from data.china_time import today_here
from data.coming_changes import ComingChange
from data.hours import WorkCalendar
from planning.coverage.service_week import changing_week, service_week
from tests.web.admin.visits import ON_BOTH, send
from web.stations.hours import changing_properties, hours_properties

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from data.workspace import Workspace

FIRST = date(2026, 9, 28)
DAY = 1440


def _change(first: int, last: int, **said: str) -> ComingChange:
    days = [FIRST + timedelta(days=number) for number in (first, last)]
    return ComingChange("a", days[0], days[1], said)


def test_a_phone_gets_each_day_with_its_own_hours() -> None:
    changes = [_change(3, 9, status="suspended"), _change(12, 12, hours="8:00-24:00")]
    made = changing_properties(changes, "open", "8:00-18:00", first=FIRST)
    opens = {start // DAY: (start % DAY, end - start) for start, end in made["hours_intervals"]}
    plain = (480, 600)
    assert opens == {
        **dict.fromkeys([0, 1, 2, 10, 11, 13, 14], plain),
        12: (480, 960),
    }


@pytest.mark.parametrize("hours", ["8:00-18:00", "24小时", "22:00-6:00", "周一至周五 9:00-17:00"])
def test_without_a_change_a_phone_gets_what_it_got(hours: str) -> None:
    plain = hours_properties(hours, first=FIRST)["hours_intervals"]
    made = changing_properties([], "open", hours, first=FIRST)["hours_intervals"]
    assert made == plain


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    made = changing_properties([_change(1, 1, status="closed")], "open", "22:00-6:00", first=FIRST)
    begins = [start for start, _ in made["hours_intervals"] if start > 0]
    assert begins[:2] == [0 * DAY + 1320, 2 * DAY + 1320]
    assert [1320, 1800] in made["hours_intervals"]


def test_the_service_week_is_shut_on_the_days_of_a_change(workspace: Workspace) -> None:
    stations = workspace.stations()
    frame = stations.frame.assign(hours="8:00-18:00")
    base = type(stations)(frame)
    shut = type(stations)(frame.assign(status=["suspended", "open", "open"]))
    how: dict[str, Any] = {"calendar": WorkCalendar.china(), "on": FIRST}
    groups = workspace.settings.groups
    week = changing_week([base, base, shut, shut, base, base, base], groups, **how)
    plain = service_week(base, groups, **how)
    assert not week.open[0, 2:4].any()
    days = [0, 1, 4, 5, 6]
    assert (week.open[0, days] == plain.open[0, days]).all()
    assert (week.open[1:] == plain.open[1:]).all()
    assert (week.suits == plain.suits).all()


@ON_BOTH
def test_a_closure_is_entered_told_to_phones_and_taken_back(
    moderator: FlaskClient, workspace: Workspace, stranger: FlaskClient
) -> None:
    day = (today_here() + timedelta(days=3)).isoformat()
    form = {"from_day": day, "to_day": day, "status": "suspended", "why": "<b>装修</b>"}
    said = {"page": "/admin/register/s/b", **form}
    assert send(moderator, "/admin/register/ahead/b", **said) == 303
    page = stranger.get("/s/b").text
    assert f"{day}：暂停（&lt;b&gt;装修&lt;/b&gt;）" in page
    now = json.loads(stranger.get("/api/page/now.json").text)
    file = json.loads(stranger.get(now["stations"]).text)
    row = file["columns"]["id"].index("b")
    assert file["standing"]["b"]["changes"][0]["en"].startswith(f"{day}: ")
    assert file["statuses"][file["columns"]["status"][row]] == "open"
    number = re.findall(r"/admin/register/withdraw/(\d+)", moderator.get(said["page"]).text)
    path = f"/admin/register/withdraw/{number[0]}"
    assert send(moderator, path, page=said["page"]) == 303
    assert "暂停（" not in stranger.get("/s/b").text
    assert send(moderator, path, page=said["page"]) == 400
    assert workspace.coming_changes().of("b") == ()


@ON_BOTH
def test_from_the_day_of_a_move_phones_find_the_new_place(
    moderator: FlaskClient, stranger: FlaskClient
) -> None:
    day = (today_here() + timedelta(days=20)).isoformat()
    place = {"from_day": day, "lon": "116.81", "lat": "33.91"}
    assert send(moderator, "/admin/register/ahead/b", **place) == 303
    now = json.loads(stranger.get("/api/page/now.json").text)
    file = json.loads(stranger.get(now["stations"]).text)
    row = file["columns"]["id"].index("b")
    assert file["moves"] == [[row, day, "", 116_810_000, 33_910_000]]
    outside = {"from_day": day, "lon": "1", "lat": "33.91"}
    assert send(moderator, "/admin/register/ahead/b", **outside) == 400


def test_a_program_that_asks_for_a_day_is_told_what_holds_then(
    workspace: Workspace, stranger: FlaskClient
) -> None:
    day = today_here() + timedelta(days=40)
    after = day + timedelta(days=1)
    for change in (
        ComingChange("b", day, day, {"status": "suspended"}),
        ComingChange("a", day, None, {"lon": 116.81, "lat": 33.91}),
        ComingChange("c", day, day, {"hours": "7:00-24:00"}),
    ):
        workspace.coming_changes().add(change, by="li")

    def told(when: str) -> dict[str, tuple[Any, ...]]:
        answer = stranger.get("/api/stations", query_string={"datetime": when})
        assert answer.status_code == 200, answer.text
        return {
            one["id"]: (
                one["properties"]["status"],
                one["geometry"]["coordinates"],
                one["properties"]["hours"],
            )
            for one in json.loads(answer.data)["features"]
        }

    now, then = told(".."), told(day.isoformat())
    assert then["b"] == ("suspended", *now["b"][1:])
    assert then["a"][1] == [116.81, 33.91]
    assert then["c"][2] == "7:00-24:00"
    assert now["a"][1] != then["a"][1]
    # a moment is of its day in China, where it is eight hours later
    assert told(f"{day - timedelta(days=1)}T16:00:00Z") == then
    assert told(f"{day}T15:59:59Z") == then
    assert told(f"{day}T16:00:00Z") == told(after.isoformat()) == {**now, "a": then["a"]}
    # what has been, and a time from one day to another, leaves all as they are now
    assert told("2020-01-01") == told(f"{day}/..") == told(f"2020-01-01/{day}") == now
    for wrong in ("tomorrow", "2026-13-01", "2026-01-01/x/y", "2026-01-01/b"):
        refused = stranger.get("/api/stations", query_string={"datetime": wrong})
        assert refused.status_code == 400
        assert "2027-03-01T08:00:00Z" in refused.text
