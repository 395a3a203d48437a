"""`yizhan organisations`: brought in, listed, told, taken out, forgotten; and totals of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from data.workspace import Workspace
from geo.datum import Datum
from geo.errors import InputError, NothingYetError
from geo.measure import Box
from web.services.demand import find_totals

if TYPE_CHECKING:
    from tests.conftest import Answer, Cli

LIST = (
    "编号,名称,类型,货车司机,快递员,会员总数,岗位数\n"
    "U1,货运工会,工会,26,,30,1\nU2,快递工会,工会,,120,,2\nF1,快递公司,企业,,30,,\n"
)


@pytest.fixture
def city(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "city", name="市", box=Box(116.70, 33.90, 116.90, 34.00))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "unions.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def run(cli: Cli, city: Workspace, *words: str | Path) -> Answer:
    return cli("organisations", *words, "-w", city.folder)


def test_a_list_comes_in_and_is_shown_with_where_it_is_from(
    city: Workspace, file: Path, cli: Cli
) -> None:
    taken = run(
        cli, city, "import", file, "--by", "市总", "--observed-at", "2026年3月1日", "--json"
    )
    assert (taken.json["added"], taken.json["missing"], taken.json["dry_run"]) == (3, 0, False)
    assert taken.json["members_by_group"] == {
        "truck_driver": 26,
        "courier": 150,
        "other_members": 4,
    }
    shown = run(cli, city, "list", "--json").json
    assert (shown["organisations"], shown["members"], shown["posts"]) == (3, 180, 3)
    assert (shown["from"]["file"], shown["from"]["by"]) == ("unions.csv", "市总")
    assert [row["members"] for row in shown["organisations_found"]] == [30, 120, 30]
    said = run(cli, city, "list", "--find", "快递", "--most", "1").out
    assert "3 organisations with 180 members and 3 posts." in said
    assert "Newest list: unions.csv, of 2026-03-01, from 市总." in said
    assert "U2" in said
    assert "U1" not in said
    assert "… and 1 more" in said
    told = run(cli, city, "history", "U1").out
    assert "unions.csv row 2" in told
    assert "truck_driver = 26" in told


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    city: Workspace, file: Path, cli: Cli
) -> None:
    said = run(cli, city, "import", file, "--dry-run").out
    assert "3 organisations would be taken from unions.csv." in said
    assert "3 added, 0 changed, 0 unchanged, 0 missing." in said
    assert city.contents("organisations") is None


def test_a_list_that_leaves_out_much_must_say_what_becomes_of_the_rest(
    city: Workspace, file: Path, cli: Cli
) -> None:
    run(cli, city, "import", file)
    file.write_text("\n".join(LIST.splitlines()[:3]), encoding="utf-8")
    refused = run(cli, city, "import", file)
    assert refused.code == 2
    assert "leaves out 1 of the 3 organisations of the table" in refused.err
    assert city.organisations().ids == ("U1", "U2", "F1")
    assert run(cli, city, "import", file, "--missing", "keep").code == 0
    assert city.organisations().ids == ("U1", "U2", "F1")
    assert "1 missing (removed)" in run(cli, city, "import", file, "--missing", "remove").out
    assert city.organisations().ids == ("U1", "U2")


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_what_goes_out_comes_in_again_unchanged(
    city: Workspace, file: Path, cli: Cli, tmp_path: Path, ending: str
) -> None:
    run(cli, city, "import", file)
    out = tmp_path / f"out.{ending}"
    assert run(cli, city, "export", "-o", out, "--json").json["organisations"] == 3
    again = run(cli, city, "import", out, "--json").json
    assert (again["unchanged"], again["changed"], again["added"]) == (3, 0, 0)


def test_what_is_forgotten_is_gone_and_its_history_stays(
    city: Workspace, file: Path, cli: Cli
) -> None:
    nothing = run(cli, city, "list")
    assert nothing.code == 2
    assert "no organisations yet: run yizhan organisations import FILE" in nothing.err
    run(cli, city, "import", file)
    for _ in range(2):  # only said, so there are as many to forget again
        assert run(cli, city, "clear", "--dry-run", "--json").json["forgotten"] == 3
    assert run(cli, city, "clear", "--by", "某人", "--json").json["forgotten"] == 3
    assert run(cli, city, "export", "-o", file).code == 2
    events = run(cli, city, "history", "U1", "--json").json["events"]
    assert [(event["kind"], event["by"]) for event in events] == [
        ("added", ""),
        ("removed", "某人"),
    ]


def test_totals_are_the_members_of_the_organisations_where_it_is_said(
    city: Workspace, file: Path, cli: Cli
) -> None:
    said = Path("organisations")
    with pytest.raises(NothingYetError, match="no organisations yet"):
        find_totals(city, said, datum=Datum.wgs84)
    run(cli, city, "import", file)
    found = find_totals(city, said, datum=Datum.wgs84)
    assert (found.totals.total("courier"), found.totals.total("truck_driver")) == (150, 26)
    assert found.newest is not None
    assert found.newest.file == "unions.csv"
    assert found.inputs == {"organisations": city.organisations().content_hash}
    assert found.notes == ("4 members belong to no group and are not spread",)


def with_totals(city: Workspace, word: object) -> Workspace:
    """The city after somebody wrote where the totals are into its settings."""
    path = city.folder / "yizhan.toml"
    text = path.read_text("utf-8").replace('totals = ""', f"totals = {json.dumps(word)}")
    path.write_text(text, "utf-8")
    return Workspace.open(city.folder)


def test_the_settings_may_say_where_the_totals_are_and_no_two_may_say_otherwise(
    city: Workspace, file: Path, cli: Cli
) -> None:
    with pytest.raises(InputError, match="where are the totals"):
        find_totals(city, None, datum=Datum.wgs84)
    run(cli, city, "import", file)
    settled = with_totals(city, "organisations")
    assert find_totals(settled, None, datum=Datum.wgs84).source == "organisations"
    assert find_totals(settled, Path("organisations"), datum=Datum.wgs84).source == "organisations"
    with pytest.raises(InputError, match=r'demand\.totals = "organisations", and --totals says'):
        find_totals(settled, file, datum=Datum.wgs84)


def test_a_file_of_the_settings_lies_in_the_workspace(city: Workspace) -> None:
    (city.folder / "totals.csv").write_text("zone,courier\n全市,7\n", encoding="utf-8")
    settled = with_totals(city, "totals.csv")
    found = find_totals(settled, None, datum=Datum.wgs84)
    assert (found.source, found.totals.total("courier"), found.newest) == ("totals.csv", 7, None)
    assert find_totals(settled, settled.folder / "totals.csv", datum=Datum.wgs84).source
    with pytest.raises(InputError, match="leave one of them out"):
        find_totals(settled, Path("organisations"), datum=Datum.wgs84)


def test_totals_of_the_settings_must_be_text(city: Workspace) -> None:
    with pytest.raises(InputError, match=r"demand\.totals must be text in quotes"):
        with_totals(city, 7)
