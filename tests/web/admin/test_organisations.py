"""Claims about the organisations in the browser: with history, and by district."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shapely

from data.accounts import Account
from data.districts import Districts
from data.organisations import Organisations
from data.report_book import ReportBook
from data.workspace import Workspace
from tests.web.admin.visits import HOSTILE, PASSWORD_HASH, logged_in, send
from web.app import create_app
from web.services.organisations import OrganisationQuery, find_organisations, organisation_of

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

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
    assert send(client, there, **changed) == 303
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
