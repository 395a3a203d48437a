"""Claims that a keeper of districts reads and writes there and nowhere else."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
import shapely
import sqlalchemy as sa
from flask import g

from data.accounts import Account
from data.coming_changes import ComingChange
from data.database.edits import Edits
from data.database.rounds import Rounds
from data.database.schema import METADATA
from data.districts import Districts
from data.organisations import Organisations
from data.permissions import reach_of
from data.report_book import ReportBook
from data.rounds import Round
from data.stations import Stations
from data.workspace import Workspace
from geo.measure import Box
from tests.data.photos.drawn import drawn
from tests.data.photos.drawn import saved as saved_photo
from tests.web.admin.visits import PASSWORD_HASH, logged_in, send, ticket, token_of
from web.admin.routes import ACTS, is_allowed, is_allowed_at, stations_for
from web.app import create_app
from web.services.photos import take_photo
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


@dataclass(frozen=True)
class Foreign:
    """What stands in the south, as the city's keeper left it there: numbers by what they are of."""

    ticket: str
    moved: str
    edit: int
    move: int
    change: int
    photo: str
    round: int


def _foreign(app: Flask) -> Foreign:
    """Let everything that can be written of a station be there for "b", in the south."""
    workspace, book = app.extensions["yizhan"].workspace(), ReportBook(_workspace(app))
    edits, day = Edits(workspace.database.backend), date(2035, 1, 31)
    numbers = []
    for station, said in (("b", {"phone": "110"}), ("a2", {"lon": 116.72, "lat": 33.95})):
        since = edits.versions([station])[station]
        saved = edits.save(station, said, since=since, source="register", by="quan")
        numbers.append(saved.number)
    change = ComingChange("b", day, None, {"status": "closed"}, "")
    photo = take_photo(workspace, saved_photo(drawn(64, 48), "JPEG"), station="b", by="quan")
    moved = [
        book.take_report(
            station="a",
            what="moved",
            lon=116.8,
            lat=33.85,
            when=datetime.now(UTC).isoformat(),
            device=f"d{n:020}",
            nonce=f"m{n:020}",
        ).number
        for n in range(2)
    ]
    return Foreign(
        ticket=ticket(book, "b"),
        moved=moved[0],
        edit=numbers[0],
        move=numbers[1],
        change=workspace.coming_changes().add(change, by="quan"),
        photo=photo.id,
        round=Rounds(workspace.database.backend).add(Round("南", ("b",), day), by="quan"),
    )


def _workspace(app: Flask) -> Workspace:
    workspace: Workspace = app.extensions["yizhan"].workspace()
    return workspace


def _tries(app: Flask, there: Foreign) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """Return by endpoint how a keeper of the north might write in the south: path and form."""
    workspace, photo = _workspace(app), saved_photo(drawn(32, 24), "JPEG")
    newest = Edits(workspace.database.backend).versions("ab")
    station = {"name": "南站", "kind": "station", "status": "open", "sure": "yes"}
    south = {**station, "datum": "wgs84", "lon": "116.8", "lat": "33.85"}
    bulk = {"field": "phone", "value": "119"}
    union = {"id": "S9", "name": "南工会", "kind": "union", "district": "南区"}
    ticked = {"which": "ticked", "station": ["a", "b"]}
    found = {"which": "found"}
    visit = {"station": "b", "nonce": "n" * 32, "open": "suspended"}
    meeting = {"station": "b", "title": "义诊", "kind": "health_visit"}
    meeting |= {"starts_at": "2035-01-01T09:00", "ends_at": "2035-01-01T10:00"}
    of_ticket, of_photo = f"/admin/tickets/{there.ticket}", f"/admin/photos/{there.photo}"
    return {
        "answer_ticket": [(f"{of_ticket}/answer", {"answer": "好"})],
        "fix_ticket": [(f"{of_ticket}/fix", {})],
        "settle_ticket": [
            (f"{of_ticket}/settle", {"offer": "0"}),
            (f"/admin/tickets/{there.moved}/settle", {"offer": "0"}),  # out of the north
        ],
        "save_station": [
            (f"/admin/register/s/{one}", {**south, "version": str(newest[one])}) for one in "ab"
        ],
        "add_station": [("/admin/register/new", south)],
        "bulk_edit": [
            ("/admin/register/bulk", {**bulk, **ticked}),
            ("/admin/register/bulk?text=b", {**bulk, **found}),
        ],
        "undo_edit": [(f"/admin/register/undo/{one}", {}) for one in (there.edit, there.move)],
        "add_change": [
            ("/admin/register/ahead/b", {"from_day": "2035-02-01", "status": "closed"}),
            ("/admin/register/ahead/a", {"from_day": "2035-02-01", "lon": "116.8", "lat": "33.85"}),
        ],
        "withdraw_change": [(f"/admin/register/withdraw/{there.change}", {})],
        "add_photos": [("/admin/photos/of/b", {"photo": (io.BytesIO(photo), "x.jpg")})],
        "change_photo": [(f"{of_photo}/change", {"caption": "换"})],
        "remove_photo": [(f"{of_photo}/remove", {})],
        "restore_photo": [(f"{of_photo}/restore", {})],
        "add_organisation": [("/admin/organisations/new", union)],
        "change_organisation": [("/admin/organisations/one/S1", {**union, "version": "1"})],
        "remove_organisation": [("/admin/organisations/remove/S1", {})],
        "add_round": [
            ("/admin/rounds/add", {"name": "南", "stations": "a b", "due": "2035-01-31"}),
        ],
        "add_visit": [(f"/admin/rounds/{there.round}/visits", visit)],
        "close_round": [(f"/admin/rounds/{there.round}/close", {})],
        "add_activity": [("/admin/activities/add", meeting)],
    }


def _all_rows(workspace: Workspace) -> dict[str, list[tuple[Any, ...]]]:
    """Return what stands in every table but the log of who signed in and out."""
    quiet = {"audit", "attempts"}
    with workspace.database.backend.transaction() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table))]
            for table in METADATA.sorted_tables
            if table.name not in quiet
        }


@pytest.mark.parametrize("name", ["bei", "wang", "li"])
def test_who_looks_after_some_is_refused_elsewhere_by_every_way_of_writing(
    app: Flask, name: str
) -> None:
    workspace = _workspace(app)
    unions = [{"id": "S1", "name": "南", "kind": "union", "district": "南区"}]
    workspace.organisation_register().replace(Organisations.from_records(unions))
    operator = Account("wang", PASSWORD_HASH, "operator", ("a",))
    ReportBook(workspace).accounts.add(operator, by="test")
    tries = _tries(app, _foreign(app))
    posts = {
        rule.endpoint.removeprefix("admin.")
        for rule in app.url_map.iter_rules()
        if rule.methods and "POST" in rule.methods and rule.endpoint in ACTS
    }
    role = {"bei": "register_keeper", "wang": "operator", "li": "register_keeper"}[name]
    limited = {one for one in posts if reach_of(role, ACTS[f"admin.{one}"]) in {"districts", "own"}}
    assert limited - set(tries) <= {"remove_activity", "count_attendance"}  # of `test_desk`
    client = logged_in(app, name)
    token, before = token_of(client, "/admin/"), _all_rows(workspace)
    for endpoint, ways in tries.items():
        for path, form in ways:
            answer = client.post(path, data={**form, "token": token})
            if seen := re.search(r'name="seen" value="([0-9a-f]+)"', answer.text):
                again = {**form, "act": "save", "seen": seen[1], "token": token}
                answer = client.post(path, data=again)
            rows = _all_rows(workspace)
            if name != "li":
                assert answer.status_code in {200, 400, 404}, (endpoint, path)
                assert rows == before, (endpoint, path)
        changed = rows != before
        assert changed == (name == "li"), endpoint  # who may all does all of it
        before = rows


def test_an_edit_of_all_that_was_found_is_one_of_the_keepers_own(app: Flask) -> None:
    client = logged_in(app, "bei")
    form = {"which": "found", "field": "phone", "value": "119"}
    token = token_of(client, "/admin/")
    page = client.post("/admin/register/bulk", data={**form, "act": "preview", "token": token}).text
    assert "2 个站点" in page
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert seen is not None
    form |= {"act": "save", "seen": seen[1], "token": token}
    assert client.post("/admin/register/bulk", data=form).status_code == 303
    frame = _workspace(app).register().stations().frame.set_index("id")
    assert frame["phone"].to_dict() == {"a": "119", "a2": "119", "b": "", "c": ""}
