"""Claims about the register's pages: found, changed, doubted, changed at once, taken back."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from data.database import Register
from data.files.station_files import read_stations
from data.stations import Stations
from data.workspace import Workspace
from geo.datum import Datum, to_wgs84
from geo.measure import Box
from tests.web.admin.visits import HOSTILE, ON_BOTH, token_of
from web.services.register_table import Query, RegisterTable

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse


@pytest.fixture
def workspace(workspace: Workspace) -> Workspace:
    extra = {"lat": 33.95, "kind": "courier_home", "checked_at": "2020-01-01"}
    named = [("xs", "相山公园驿站", 116.81), ("dj", "杜集快递之家", 116.82)]
    stations = workspace.stations()
    more = [{"id": one, "name": name, "lon": lon, **extra} for one, name, lon in named]
    kept = [
        {"id": one, "name": name, "kind": "station", "lon": lon, "lat": lat, "hours": "8:00-18:00"}
        for one, name, (lon, lat) in zip(
            stations.ids, stations.frame["name"], stations.lonlat.tolist(), strict=True
        )
    ]
    workspace.replace_stations(Stations.from_records([*kept, *more]))
    return workspace


def _names(client: FlaskClient, query: str) -> list[str]:
    page = client.get(f"/admin/register?{query}").text
    return re.findall(r'name="station" value="([^"]*)"', page)


def _post(client: FlaskClient, path: str, **form: Any) -> TestResponse:  # noqa: ANN401 - values of a form
    return client.post(path, data={**form, "token": token_of(client, "/admin/register/new")})


def _form(client: FlaskClient, station: str, **changes: str) -> dict[str, Any]:
    """Return what the form of a station holds, as a browser would send it."""
    page = client.get(f"/admin/register/s/{station}").text
    form: dict[str, Any] = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    for name, options in re.findall(
        r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        form[name] = chosen[1] if chosen else re.search(r'value="([^"]*)"', options)[1]  # type: ignore[index]
    for name in ("groups", "access"):
        form[name] = re.findall(rf'name="{name}" value="([^"]+)" checked', page)
    form.pop("token")
    return {**form, "act": "save", **changes}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["a", "b", "c", "xs", "dj"]),
        ("text=相山", ["xs"]),
        ("text=xiangshan", ["xs"]),
        ("text=XSGY", ["xs"]),
        ("text=kuaidi+djkd", ["dj"]),
        ("kind=courier_home", ["xs", "dj"]),
        ("unknown=hours", ["xs", "dj"]),
        ("age=older", ["xs", "dj"]),
        ("age=never&sort=-id", ["c", "b", "a"]),
        ("kind=no_kind&page=99", ["a", "b", "c", "xs", "dj"]),
        ("tickets=yes", []),
    ],
)
def test_the_table_shows_what_is_asked_for(
    moderator: FlaskClient, query: str, found: list[str]
) -> None:
    assert _names(moderator, query) == found


@pytest.mark.usefixtures("full")
def test_the_table_counts_open_tickets_and_shows_chosen_columns(
    moderator: FlaskClient,
) -> None:
    assert _names(moderator, "tickets=yes&sort=id") == ["a", "c"]
    page = moderator.get("/admin/register?column=phone&column=seats").text
    assert re.findall(r'<th scope="col" class="m[^>]*><a [^>]*>([^<]+)', page) == [
        "名称",
        "电话",
        "座位",
    ]
    assert HOSTILE not in page


def test_what_is_seen_goes_out_as_a_workbook_in_the_reader_s_words_with_its_version(
    moderator: FlaskClient, workspace: Workspace, tmp_path: Path
) -> None:
    answer = moderator.get("/admin/register/export.xlsx?lang=zh&text=xsgy")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    told = dict(zip(rows[0], rows[1], strict=True))
    assert len(rows) == 2
    assert (told["编号"], told["登记册版本"]) == (
        "xs",
        f"r{workspace.register().version()}",
    )
    file = tmp_path / "register.xlsx"
    for language in ("zh", "en"):
        file.write_bytes(moderator.get(f"/admin/register/export.xlsx?lang={language}").data)
        back = read_stations(file, datum=Datum.wgs84, box=workspace.settings.box)
        assert back.content_hash == workspace.register().stations().content_hash
    assert moderator.get("/admin/register/export.exe").status_code == 404


def test_a_saved_form_is_one_line_of_history_of_its_person(
    moderator: FlaskClient, workspace: Workspace
) -> None:
    before = len(workspace.register().history("xs"))
    assert _post(moderator, "/admin/register/s/xs", **_form(moderator, "xs")).status_code == 303
    assert len(workspace.register().history("xs")) == before
    form = _form(moderator, "xs", hours="周一至周五 7:00-21:00", source="inspector", seats="12")
    form["facility.toilet"] = "broken"
    assert _post(moderator, "/admin/register/s/xs", **form).status_code == 303
    event = workspace.register().history("xs")[-1]
    assert (event.source, event.by) == ("inspector", "li")
    assert set(event.changes) == {"hours", "seats", "facility.toilet", "checked_at"}
    page = moderator.get("/admin/register/s/xs").text
    assert "现场核查 · " in page
    assert "周一至周五 7:00-21:00" in moderator.get("/s/xs").text


@ON_BOTH
def test_a_form_is_shown_and_saved_without_reading_the_other_stations(
    moderator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = _form(moderator, "xs", phone="110")

    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("all stations were read")

    monkeypatch.setattr(Register, "stations", refuse)
    answer = _post(moderator, "/admin/register/s/xs", **form)
    assert answer.status_code == 303
    assert 'value="110"' in moderator.get(answer.location).text
    now = moderator.get("/api/page/now.json?only=roads").json
    assert now is not None
    assert "roads" in now
    assert not {"stations", "details"} & set(now)


@ON_BOTH
def test_the_second_editor_decides_field_by_field(
    moderator: FlaskClient, workspace: Workspace
) -> None:
    second = _form(moderator, "xs", hours="9:00-10:00", phone="110", contact="王")
    first = _form(moderator, "xs", hours="7:00-21:00", operator="总工会")
    assert _post(moderator, "/admin/register/s/xs", **first).status_code == 303
    refused = _post(moderator, "/admin/register/s/xs", **second)
    assert refused.status_code == 409
    assert re.findall(r'name="(keep\.[^"]+)"', refused.text) == ["keep.hours"] * 2
    assert "对方的：7:00-21:00" in refused.text
    version = re.search(r'name="version" value="(\d+)"', refused.text)
    assert version is not None
    again = {**second, "version": version[1], "operator": "总工会", "keep.hours": "theirs"}
    assert _post(moderator, "/admin/register/s/xs", **again).status_code == 303
    row = workspace.stations().frame.set_index("id").loc["xs"]
    assert (row["hours"], row["phone"], row["operator"]) == ("7:00-21:00", "110", "总工会")


@ON_BOTH
def test_a_station_taken_away_while_it_is_edited_keeps_what_was_written(
    moderator: FlaskClient, workspace: Workspace
) -> None:
    form = _form(moderator, "xs", hours="7:00-21:00", phone="<b>110")
    rest = [one for one in workspace.stations().frame["id"] if one != "xs"]
    left = [{"id": one, "name": one, "kind": "station", "lon": 116.8, "lat": 33.9} for one in rest]
    workspace.replace_stations(Stations.from_records(left))
    refused = _post(moderator, "/admin/register/s/xs", **form)
    assert refused.status_code == 409
    assert "已被移出登记册" in refused.text
    assert ('value="7:00-21:00"' in refused.text, 'value="&lt;b&gt;110"' in refused.text) == (
        True,
        True,
    )
    assert "xs" not in workspace.stations().ids
    again = {**form, "id": "xs", "sure": "yes"}
    assert _post(moderator, "/admin/register/new", **again).status_code == 303
    row = workspace.stations().frame.set_index("id").loc["xs"]
    assert (row["hours"], row["phone"]) == ("7:00-21:00", "<b>110")
    assert moderator.get("/admin/register/s/nobody").status_code == 404


def test_the_doctor_asks_before_what_he_doubts_is_saved(
    moderator: FlaskClient, workspace: Workspace
) -> None:
    form = _form(moderator, "xs", name="杜集快递之家", lon="116.82", hours="看情况")
    doubted = _post(moderator, "/admin/register/s/xs", **form)
    assert doubted.status_code == 422
    assert "名称相近，可能重复" in doubted.text
    assert len(workspace.register().history("xs")) == 1
    assert _post(moderator, "/admin/register/s/xs", **form, sure="yes").status_code == 303
    wrong = _form(moderator, "xs", lon="11.6")
    refused = _post(moderator, "/admin/register/s/xs", **wrong, sure="yes")
    assert refused.status_code == 422
    assert "必须改正" in refused.text


@ON_BOTH
def test_a_station_is_added_in_its_own_datum(moderator: FlaskClient, workspace: Workspace) -> None:
    form = _form(moderator, "xs", name="高德站", lon="116.85", lat="33.92", datum="gcj02")
    form |= {"id": "new", "access": ["free_door", "key"]}
    answer = _post(moderator, "/admin/register/new", **form)
    assert answer.status_code == 303
    row = workspace.stations().frame.set_index("id").loc["new"]
    expected = to_wgs84([[116.85, 33.92]], datum=Datum.gcj02)[0]  # type: ignore[arg-type]
    assert (row.geometry.x, row.geometry.y) == pytest.approx(tuple(expected), abs=1e-9)
    assert (row["datum"], row["source_lon"], row["access"]) == (
        "gcj02",
        116.85,
        ("free_door", "key"),
    )
    again = _post(moderator, "/admin/register/new", **form, sure="yes")
    assert again.status_code == 400
    assert "new" in again.text


@ON_BOTH
def test_many_are_changed_after_a_preview_and_taken_back(
    moderator: FlaskClient, workspace: Workspace
) -> None:
    form = {"which": "found", "field": "hours", "value": "7:00-21:00"}
    path = "/admin/register/bulk?kind=station"
    preview = _post(moderator, path, **form, act="preview").text
    assert "3 个站点：<del>8:00-18:00</del> → <ins>7:00-21:00</ins>" in preview
    assert set(workspace.stations().frame["hours"]) == {"8:00-18:00", ""}
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', preview)
    assert seen is not None
    stale = _form(moderator, "b", phone="5")
    assert _post(moderator, "/admin/register/s/b", **stale).status_code == 303
    assert _post(moderator, path, **form, act="save", seen=seen[1]).status_code == 200
    preview = _post(moderator, path, **form, act="preview").text
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', preview)
    assert seen is not None
    assert _post(moderator, path, **form, act="save", seen=seen[1]).status_code == 303
    hours = workspace.stations().frame.set_index("id")["hours"]
    assert hours.to_dict() == {**dict.fromkeys("abc", "7:00-21:00"), "xs": "", "dj": ""}
    later = _form(moderator, "b", hours="9:00-10:00")
    assert _post(moderator, "/admin/register/s/b", **later).status_code == 303
    numbers = re.findall(r"/admin/register/undo/(\d+)", moderator.get("/admin/register/edits").text)
    undone = _post(moderator, f"/admin/register/undo/{numbers[1]}")
    assert "已撤销；之后又有人改过的保持不变" in undone.text
    hours = workspace.stations().frame.set_index("id")["hours"]
    assert hours[["a", "b", "c"]].tolist() == ["8:00-18:00", "9:00-10:00", "8:00-18:00"]


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"which": "ticked", "field": "hours", "value": "x"}, "一个也没有勾选"),
        ({"which": "found", "field": "status", "value": "king"}, "king"),
        ({"which": "found", "field": "name", "value": "x"}, "name"),
        ({"which": "found", "field": "kind", "value": ""}, "kind"),
    ],
)
def test_an_edit_of_many_that_cannot_be_is_refused_in_a_line(
    moderator: FlaskClient, form: dict[str, str], says: str
) -> None:
    answer = _post(moderator, "/admin/register/bulk", **form, act="preview")
    assert answer.status_code == 400
    assert says in answer.text


def test_hours_are_understood_for_the_coming_fortnight(moderator: FlaskClient) -> None:
    page = moderator.get("/admin/register/hours?text=周一至周五 8:00-18:00").text
    assert page.count("<tr") == 14
    assert page.count("不开") >= 4
    assert "读不懂" in moderator.get("/admin/register/hours?text=看情况吧").text


def test_a_register_that_is_empty_is_an_empty_table(tmp_path: Path) -> None:
    empty = Workspace.create(tmp_path / "empty", name="空", box=Box(116.7, 33.8, 116.9, 34.0))
    table = RegisterTable.of(empty)
    page = table.page(Query(page=7), table.found(Query(), tickets={}))
    assert (page.total, page.pages, page.query.page) == (0, 1, 1)


def test_a_station_that_never_was_has_no_form(moderator: FlaskClient) -> None:
    assert moderator.get("/admin/register/s/nobody").status_code == 404


def test_an_operator_says_hours_and_equipment_of_its_own_stations_and_no_more(
    operator: FlaskClient, workspace: Workspace
) -> None:
    def row() -> dict[str, Any]:
        frame = workspace.register().stations().frame
        return dict(frame.loc[frame["id"] == "b"].iloc[0])

    page, before = "/admin/register/s/b", row()
    said = {"hours": "7:00-21:00", "facility.toilet": "broken", "sure": "yes"}
    assert _post(operator, page, **_form(operator, "b", **said)).status_code == 303
    now = row()
    assert (now["hours"], now["facilities_broken"]) == ("7:00-21:00", ("toilet",))
    for name, value in (("name", "别的"), ("kind", "base"), ("lon", "116.85"), ("operator", "我")):
        answer = _post(operator, page, **_form(operator, "b", **{name: value, "sure": "yes"}))
        assert answer.status_code == 400, name
    ahead = {"from_day": "2035-01-01", "lon": "116.85", "lat": "33.95"}
    assert _post(operator, "/admin/register/ahead/b", **ahead).status_code == 400
    many = {"which": "ticked", "station": "b", "field": "kind", "value": "base", "act": "preview"}
    assert _post(operator, "/admin/register/bulk", **many).status_code == 400
    assert repr(row()) == repr(now)
    assert (now["name"], now["kind"]) == (before["name"], before["kind"])
