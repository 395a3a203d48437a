"""Claims that a keeper of districts reads and writes there and nowhere else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import shapely
from flask import g

from data.accounts import Account
from data.districts import Districts
from data.report_book import ReportBook
from data.stations import Stations
from data.workspace import Workspace
from geo.measure import Box
from tests.web.admin.visits import PASSWORD_HASH, logged_in, send, ticket
from web.admin.routes import is_allowed, is_allowed_at, stations_for
from web.app import create_app
from web.services.station_districts import district_of

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

# Two squares that share the parallel 33.9; "c" lies outside of both.
AREAS = {
    "北区": shapely.box(116.7, 33.9, 116.9, 34.0),
    "南区": shapely.box(116.7, 33.8, 116.9, 33.9),
}
POINTS = {"a": (116.8, 33.95), "b": (116.8, 33.85), "c": (116.95, 33.95), "a2": (116.71, 33.91)}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    made = Workspace.create(
        tmp_path / "city",
        name="市",
        box=Box(116.7, 33.8, 117.0, 34.0),
        districts=Districts.from_areas(AREAS),
    )
    made.replace_stations(
        Stations.from_records(
            [
                {"id": one, "name": f"驿站 {one}", "kind": "station", "lon": lon, "lat": lat}
                for one, (lon, lat) in POINTS.items()
            ]
        )
    )
    accounts = ReportBook(made).accounts
    accounts.add(Account("li", PASSWORD_HASH), by="test")
    north = Account("bei", PASSWORD_HASH, "register_keeper", districts=("北区",))
    accounts.add(north, by="test")
    accounts.add(Account("quan", PASSWORD_HASH, "register_keeper"), by="test")
    return create_app(made.folder, testing=True)


def test_a_keeper_is_refused_outside_of_its_districts(app: Flask) -> None:
    book = ReportBook(app.extensions["yizhan"].workspace())
    own, foreign, nowhere = (ticket(book, station) for station in ("a", "b", "c"))
    client = logged_in(app, "bei")
    queue = client.get("/admin/").text
    assert (own in queue, foreign in queue, nowhere in queue) == (True, False, False)
    answer = {"answer": "修好了", "page": f"/admin/tickets/{own}"}
    assert send(client, f"/admin/tickets/{own}/answer", **answer) == 303
    assert send(client, f"/admin/tickets/{own}/fix", page=f"/admin/tickets/{own}") == 303
    for number in (foreign, nowhere):
        assert client.get(f"/admin/tickets/{number}").status_code == 404
        for act in ("answer", "fix"):
            assert send(client, f"/admin/tickets/{number}/{act}", **answer) == 404
        found = book.tickets.ticket(number)
        assert found is not None
        assert (found.state, found.answer) == ("open", "")
    everywhere = logged_in(app, "quan")
    assert foreign in everywhere.get("/admin/").text
    assert send(everywhere, f"/admin/tickets/{foreign}/answer", **answer) == 303


@pytest.mark.parametrize(
    ("name", "stations", "places"),
    [
        ("bei", {"a", "a2"}, {"a", "a2"}),
        ("quan", set(POINTS), set(POINTS)),
        ("li", set(POINTS), set(POINTS)),
    ],
)
def test_what_may_be_edited_is_told_by_station_by_place_and_as_a_list(
    app: Flask, name: str, stations: set[str], places: set[str]
) -> None:
    book = ReportBook(app.extensions["yizhan"].workspace())
    with app.test_request_context():
        g.account = book.accounts.account(name)
        assert {one for one in POINTS if is_allowed(one, act="edit register")} == stations
        at = {one for one, (x, y) in POINTS.items() if is_allowed_at(x, y, act="edit register")}
        assert at == places
        listed = stations_for("edit register")
        assert (set(POINTS) if listed is None else set(listed)) == stations
        assert not is_allowed("nobody's", act="read the log") or name == "li"


def test_the_district_of_a_station_is_that_of_its_point(app: Flask) -> None:
    workspace = app.extensions["yizhan"].workspace()
    found = {one: district_of(workspace, one) for one in (*POINTS, "nobody's")}
    assert found == {"a": "北区", "b": "南区", "c": None, "a2": "北区", "nobody's": None}


def test_a_keeper_edits_and_places_stations_in_its_districts_only(app: Flask) -> None:
    client, register = logged_in(app, "bei"), app.extensions["yizhan"].workspace().register()
    assert 'value="save"' not in client.get("/admin/register/s/b").text
    page = "/admin/register/s/a"
    assert 'value="save"' in client.get(page).text
    version = re.search(r'name="version" value="([0-9]+)"', client.get(page).text)
    assert version is not None
    form = {"version": version[1], "name": "驿站 a", "kind": "station", "status": "open"}
    form |= {"datum": "wgs84", "lon": "116.8", "lat": "33.95", "hours": "7:00-21:00"}
    form |= {"sure": "yes", "page": page}
    assert send(client, "/admin/register/s/b", **form) == 404
    away = {**form, "lat": "33.85"}
    assert send(client, page, **away) == 400
    assert send(client, "/admin/register/new", **{**away, "name": "新站"}) == 400
    ahead = {"from_day": "2027-03-01", "lon": "116.8", "lat": "33.85", "page": page}
    assert send(client, "/admin/register/ahead/a", **ahead) == 400
    assert register.evidence("a")["name"].by == ""
    assert send(client, page, **form) == 303
    assert register.evidence("a")["hours"].by == "bei"


def test_a_round_over_two_districts_is_closed_by_who_looks_after_both(app: Flask) -> None:
    everywhere, north = logged_in(app, "quan"), logged_in(app, "bei")
    form = {"name": "巡查", "rule": "", "stations": "a b", "due": "2035-01-31"}
    assert send(everywhere, "/admin/rounds/add", page="/admin/rounds", **form) == 303
    [number] = re.findall(r"/admin/rounds/(\d+)", everywhere.get("/admin/rounds").text)[:1]
    close = f"/admin/rounds/{number}/close"
    assert "结束巡查" not in north.get(f"/admin/rounds/{number}").text
    assert send(north, close) == 404
    assert send(everywhere, close) == 303
