"""`yizhan sites`: listed, taken out, edited, brought in again, forgotten."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from data.sites import CandidateSites
from data.workspace import Workspace
from geo.errors import NothingYetError
from geo.measure import Box
from web.services.plans import Asked, asked_by_id
from web.services.sites import clear_sites

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

BOX = Box(116.70, 33.90, 116.90, 34.00)
SITES = CandidateSites.from_records(
    [
        {"id": "b1", "name": "工商银行", "lon": 116.80, "lat": 33.96, "cost_yuan": 80_000},
        {"id": "b2", "name": "加油站", "lon": 116.81, "lat": 33.96, "kind": "driver_home"},
    ]
)


@pytest.fixture
def city(tmp_path: Path) -> Workspace:
    workspace = Workspace.create(tmp_path / "city", name="市", box=BOX)
    workspace.replace_sites(SITES)
    return workspace


def test_the_imported_sites_are_listed_with_their_ids(city: Workspace, cli: Cli) -> None:
    answer = cli("sites", "list", "-w", str(city.folder), "--json")
    assert answer.json["imported"] is True
    assert [site["id"] for site in answer.json["sites"]] == ["b1", "b2"]
    assert answer.json["sites"][0]["cost_yuan"] == 80_000
    said = cli("sites", "list", "-w", str(city.folder), "--find", "加油", "--most", "1").out
    assert "b2" in said
    assert "b1" not in said


def test_sites_go_out_are_edited_and_come_in_again(
    city: Workspace, cli: Cli, tmp_path: Path
) -> None:
    file = tmp_path / "sites.csv"
    assert cli("sites", "export", "-w", str(city.folder), "-o", str(file)).code == 0
    with file.open(encoding="utf-8-sig") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["name"] for row in rows] == ["工商银行", "加油站"]
    text = file.read_text(encoding="utf-8-sig").replace("加油站", "服务区")
    file.write_text(text, encoding="utf-8-sig")
    answer = cli("sites", "import", str(file), "--datum", "wgs84", "-w", str(city.folder))
    assert answer.code == 0, answer.err
    assert list(city.sites().frame["name"]) == ["工商银行", "服务区"]


def test_sites_that_are_cleared_are_gone(city: Workspace, cli: Cli) -> None:
    assert cli("sites", "clear", "-w", str(city.folder), "--json").json["forgotten"] == 2
    with pytest.raises(NothingYetError, match="no sites yet"):
        city.sites()
    again = cli("sites", "clear", "-w", str(city.folder))
    assert again.code == 2
    assert "no sites yet" in again.err


def test_cleared_sites_count_as_never_imported(city: Workspace) -> None:
    assert clear_sites(city) == 2
    assert city.contents("sites") is None


def test_a_number_means_a_site_of_the_newest_plan(city: Workspace) -> None:
    body = {"sites": [{"order": 1, "site_id": "b2"}, {"order": 2, "site_id": "gone"}]}
    city.save_result("plan", inputs={}, body=body)
    asked = Asked(1, {"station": None}, keep=("1",), without=("工商银行",))
    meant = asked_by_id(city, asked, SITES)
    assert (meant.keep, meant.without) == (("b2",), ("b1",))
