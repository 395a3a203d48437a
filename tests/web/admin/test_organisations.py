"""Claims about the organisations in the browser: with history, and by district."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pytest
import shapely

from data.accounts import Account
from data.demand import Demand
from data.districts import Districts
from data.files.organisation_files import read_organisations
from data.organisations import Organisations
from data.report_book import ReportBook
from data.stations import Stations
from data.workspace import Workspace
from tests.web.admin.visits import HOSTILE, PASSWORD_HASH, logged_in, send, token_of
from web.app import create_app
from web.services.organisations import OrganisationQuery, find_organisations, organisation_of

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

AREAS = {
    "北区": shapely.box(116.7, 33.9, 116.9, 34.0),
    "南区": shapely.box(116.7, 33.8, 116.9, 33.9),
}
RECORDS: list[dict[str, Any]] = [
    {
        "id": "U/1",
        "name": "快递工会",
        "kind": "union",
        "district": "北区",
        "courier": 120,
        "posts": 2,
    },
    {"id": "U2", "name": HOSTILE, "kind": "firm", "district": "南区", "truck_driver": 26},
    {"id": "U3", "name": "联合会", "kind": "federation", "other_members": 7},
]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    districts = Districts.from_areas(AREAS)
    made = Workspace.create(tmp_path / "city", name="市", districts=districts)
    made.organisation_register().replace(Organisations.from_records(RECORDS))
    accounts = ReportBook(made).accounts
    accounts.add(Account("li", PASSWORD_HASH), by="test")
    north = Account("bei", PASSWORD_HASH, "register_keeper", districts=("北区",))
    accounts.add(north, by="test")
    accounts.add(Account("kan", PASSWORD_HASH, "viewer"), by="test")
    return made


@pytest.fixture
def app(workspace: Workspace) -> Flask:
    return create_app(workspace.folder, testing=True)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({}, ["U/1", "U2", "U3"]),
        ({"kind": "firm"}, ["U2"]),
        ({"district": "北区"}, ["U/1"]),
        ({"district": "-"}, ["U3"]),
        ({"words": "u 快递"}, ["U/1"]),
        ({"words": "快递", "kind": "firm"}, []),
    ],
)
def test_organisations_are_found_by_kind_district_and_words(
    workspace: Workspace, query: dict[str, str], ids: list[str]
) -> None:
    found = find_organisations(workspace, OrganisationQuery(**query))
    assert [record["id"] for record in found] == ids


def test_one_is_added_edited_and_removed_and_its_history_stays(
    app: Flask, workspace: Workspace
) -> None:
    client = logged_in(app, "li")
    page = client.get("/admin/organisations").text
    assert "153" in page  # 120 + 26 + 7 members
    assert "<script>window" not in page
    form = {"id": "U4", "name": "网约车工会", "kind": "union", "ride_hailing_driver": "30"}
    assert send(client, "/admin/organisations/new", **form) == 303
    assert send(client, "/admin/organisations/new", **form) == 400
    there = "/admin/organisations/one/U/1"
    assert 'value="120"' in client.get(there).text
    changed = {"name": "快递行业工会", "kind": "union", "district": "南区", "courier": "125"}
    assert send(client, there, **changed) == 409  # which version did it see?
    assert send(client, there, **changed, version=_version(client, there)) == 303
    now = organisation_of(workspace, "U/1")
    assert now is not None
    assert (now["name"], now["district"], now["courier"], now["posts"]) == (
        *("快递行业工会", "南区"),
        *(125, 0),
    )
    assert [one["id"] for one in find_organisations(workspace, OrganisationQuery())][:3] == [
        *("U/1", "U2", "U3")
    ]
    assert send(client, "/admin/organisations/remove/U/1") == 303
    assert client.get(there).status_code == 404
    history = workspace.organisation_register().history("U/1")
    assert [(one.kind, one.by) for one in history] == [
        *(("added", ""), ("changed", "li")),
        ("removed", "li"),
    ]
    assert len(workspace.organisations()) == 3


def _version(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="version" value="([0-9]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def test_the_second_editor_of_an_organisation_decides_field_by_field(
    app: Flask, workspace: Workspace
) -> None:
    client, there = logged_in(app, "li"), "/admin/organisations/one/U/1"
    seen = {"version": _version(client, there), "kind": "union", "district": "北区"}
    first = {**seen, "name": "快递行业工会", "courier": "120", "posts": "2"}
    second = {**seen, "name": "快递员工会", "courier": "150", "posts": "2"}
    assert send(client, there, **first) == 303
    token = token_of(client, there)
    refused = client.post(there, data={**second, "token": token})
    assert refused.status_code == 409
    assert re.findall(r'name="(keep\.[^"]+)"', refused.text) == ["keep.name"] * 2
    assert "对方的：快递行业工会" in refused.text
    decided = {**second, "version": _version(client, there), "keep.name": "theirs"}
    assert send(client, there, **decided) == 303
    now = organisation_of(workspace, "U/1")
    assert now is not None
    assert (now["name"], now["courier"]) == ("快递行业工会", 150)
    page = client.get(there).text
    assert "快递员会员：<del>120</del> → <ins>150</ins>" in page
    assert "名称：<del>快递工会</del> → <ins>快递行业工会</ins>" in page


def test_hosts_and_operators_are_picked_from_the_list_and_told_on_its_pages(
    app: Flask, workspace: Workspace
) -> None:
    place = {"kind": "station", "lon": 116.8, "lat": 33.95}
    own = {"id": "a", "name": "甲站", "host_name": HOSTILE, "operator": "U/1", **place}
    other = {"id": "b", "name": "乙站", "operator": "外头的公司", **place}
    workspace.replace_stations(Stations.from_records([own, other]))
    client = logged_in(app, "li")
    form = client.get("/admin/register/s/a").text
    assert form.count('list="organisations"') == 2
    offered = form.split('<datalist id="organisations">')[1].split("</datalist>")[0]
    assert offered.count("<option") == 3
    assert "<script>window" not in form
    assert '/admin/organisations/one/U/1">快递工会</a>' in form
    assert "不在单位名单里" in client.get("/admin/register/s/b").text
    lines = client.get("/admin/organisations").text
    assert ("管理 1 个站点" in lines, "设有 1 个站点" in lines) == (True, True)
    assert '/admin/register/s/a">甲站</a>' in client.get("/admin/organisations/one/U2").text


def test_the_totals_of_the_demand_are_laid_beside_the_members(
    app: Flask, workspace: Workspace
) -> None:
    client = logged_in(app, "li")
    assert "会员与工人总数" not in client.get("/admin/organisations").text
    lonlat = np.array([[116.8, 33.95], [116.8, 33.85]])
    weights = np.array([[120.0, 0.0], [0.0, 26.0]])
    demand = Demand.at_points(
        ids=["n", "s"], lonlat=lonlat, weights=weights, groups=["courier", "truck_driver"]
    )
    workspace.replace_demand(demand)
    inputs = {"demand": demand.content_hash, "name": "", "totals": "organisations"}
    workspace.save_result("demand", inputs=inputs, body={"sources": ["organisations"]})
    assert "仍然一致" in client.get("/admin/organisations").text
    changed = {**RECORDS[0], "courier": 121}
    register = workspace.organisation_register()
    register.save(changed, since=register.version("U/1"), by="li")
    page = client.get("/admin/organisations").text
    assert "请重新生成需求" in page
    assert "名单最后改动：li" in page


@pytest.mark.parametrize(
    "form",
    [
        {"name": ""},
        {"kind": "club"},
        {"district": "火星"},
        {"courier": "-1"},
        {"courier": "many"},
        {"courier": "9" * 9},
        {"name": "x" * 5000},
    ],
)
def test_an_organisation_that_cannot_be_is_refused(
    app: Flask, workspace: Workspace, form: dict[str, str]
) -> None:
    client = logged_in(app, "li")
    before = workspace.organisations().content_hash
    whole = {"id": "U9", "name": "工会", "kind": "union", **form}
    assert send(client, "/admin/organisations/new", **whole) == 400
    assert send(client, "/admin/organisations/one/U2", **whole) == 400
    assert workspace.organisations().content_hash == before


def test_a_keeper_of_a_district_writes_there_only_and_a_viewer_nowhere(
    app: Flask, workspace: Workspace
) -> None:
    keeper, viewer = logged_in(app, "bei"), logged_in(app, "kan")
    before = workspace.organisations().content_hash
    form = {"id": "U9", "name": "工会", "kind": "union"}
    south = {**form, "district": "南区"}
    assert send(keeper, "/admin/organisations/new", **south) == 400
    assert send(keeper, "/admin/organisations/new", **form) == 400  # the whole city
    for foreign in ("U2", "U3"):
        assert keeper.get(f"/admin/organisations/one/{foreign}").text.count("<form") == 1
        path = f"/admin/organisations/one/{foreign}"
        assert send(keeper, path, **{**form, "district": "北区"}) == 404
        assert send(keeper, f"/admin/organisations/remove/{foreign}") == 404
    assert send(keeper, "/admin/organisations/one/U/1", **south) == 400  # out of the district
    for path in ("new", "one/U/1", "remove/U/1"):
        assert send(viewer, f"/admin/organisations/{path}", **form) == 404
    assert viewer.get("/admin/organisations").status_code == 200
    assert workspace.organisations().content_hash == before
    assert send(keeper, "/admin/organisations/new", **{**form, "district": "北区"}) == 303


def test_what_is_looked_for_goes_out_in_the_reader_s_words_and_comes_back(
    app: Flask, workspace: Workspace, tmp_path: Path
) -> None:
    client, file = logged_in(app, "kan"), tmp_path / "list.xlsx"
    answer = client.get("/admin/organisations/export.xlsx?lang=zh&kind=union")
    assert answer.status_code == 200, answer.text
    file.write_bytes(answer.data)
    rows = list(openpyxl.load_workbook(file).worksheets[0].iter_rows(values_only=True))
    told = dict(zip(rows[0], rows[1], strict=True))
    assert (told["编号"], told["名称"], told["类型"]) == ("U/1", "快递工会", "工会")
    assert len(rows) == 2
    file.write_bytes(client.get("/admin/organisations/export.xlsx?lang=en").data)
    back = read_organisations(file, districts=workspace.districts).organisations
    assert back.content_hash == workspace.organisations().content_hash
    plain = client.get("/admin/organisations/export.csv?lang=zh&words=U/1")
    assert "U/1" in plain.text
    assert "union" in plain.text
    assert "'<script>" not in plain.text
    for none in ("export.exe", "export.xlsx?words=nobody"):
        assert client.get(f"/admin/organisations/{none}").status_code == 404
