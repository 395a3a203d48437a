"""From one file to a city: `yizhan init --osm FILE --city NAME`, and what goes on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import osmium
import pytest

from data.layers import load_layers
from data.workspace import Workspace
from tests.data.osm.provinces import SUIXI, Province, area, cells, huaibei
from web.services import cities

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli


@pytest.fixture
def anhui(tmp_path: Path) -> Path:
    return huaibei().write(tmp_path / "anhui.osm.pbf")


def test_one_file_makes_a_city_with_borders_roads_and_layers(
    cli: Cli, anhui: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "huaibei"
    answer = cli("init", "--osm", anhui, "--city", "淮北", folder)
    assert answer.code == 0, answer.err
    workspace = Workspace.open(folder)
    assert workspace.settings.name == "淮北市"
    assert workspace.districts.names == ("相山区", "杜集区", "濉溪县")
    assert tuple(workspace.settings.box) == pytest.approx((116.4, 33.4, 117.0, 33.8))
    assert workspace.settings.metric_crs == "EPSG:32650"
    network = workspace.network()
    assert (network.n_nodes, network.n_edges) == (4, 2)  # (4, 4) to (5, 4) is in the box too
    layers = load_layers(workspace.layers_folder())
    assert (layers["restaurants"].total, layers["restaurants"].source) == (1, "anhui.osm.pbf")
    assert "Its border is 淮北市 r900001 (level 5, code 340600)." in answer.out
    assert "3 districts of level 6: 相山区, 杜集区, 濉溪县." in answer.out
    assert "Nothing was found of malls" in answer.out
    assert "cutting out 淮北市" in answer.err


def test_the_same_network_build_is_not_done_twice(cli: Cli, anhui: Path, tmp_path: Path) -> None:
    folder = tmp_path / "huaibei"
    assert cli("init", "--osm", anhui, "--city", "淮北市", folder).code == 0
    again = cli("network", "build", "--osm", anhui, "-w", folder, "--json")
    assert again.json["built"] is False


def test_demand_and_coverage_go_on_from_it(cli: Cli, anhui: Path, tmp_path: Path) -> None:
    folder = tmp_path / "huaibei"
    assert cli("init", "--osm", anhui, "--city", "淮北市", "-w", folder).code == 0
    stations = tmp_path / "stations.csv"
    stations.write_text("id,name,kind,lon,lat\nS1,站,station,116.5,33.5\n", encoding="utf-8")
    totals = tmp_path / "totals.csv"
    totals.write_text("zone,courier\n相山区,60\n杜集区,30\n濉溪县,10\n", encoding="utf-8")
    words = ["stations", "import", stations, "--datum", "wgs84", "-w", folder]
    assert cli(*words).code == 0
    built = cli("demand", "build", "--totals", totals, "-w", folder, "--json")
    assert built.code == 0, built.err
    assert cli("coverage", "-w", folder).code == 0


def test_json_holds_what_is_missing(cli: Cli, tmp_path: Path) -> None:
    province = huaibei()
    province.areas[1] = area(5, [*cells(0, 0, 4, 4), (5, 0)], name="淮北市", parts=(77,))
    province.areas.pop(3)  # no Duji
    province.streets.clear()
    answer = cli(
        *("init", "--osm", province.write(tmp_path / "a.osm.pbf"), "--city", "淮北市"),
        *(tmp_path / "city", "--json"),
    )
    assert answer.code == 0, answer.err
    told = answer.json
    assert told["districts"] == ["相山区", "濉溪县"]
    assert told["districts_level"] == 6
    assert told["districts_missing"] == [{"relation": 77, "name": "", "reason": "not in the file"}]
    assert told["gap_km2"] == pytest.approx(3 * 9.27 * 11.09, rel=0.01)
    assert told["network"] is None
    assert told["city"] == {"relation": 900_001, "level": 5, "code": "", "others": []}


def test_words_tell_what_is_missing_in_both_languages(cli: Cli, tmp_path: Path) -> None:
    province = huaibei()
    province.streets.clear()
    province.without_ways.add(((3, 2), (3, 3)))
    file = province.write(tmp_path / "a.osm.pbf")
    english = cli("init", "--osm", file, "--city", "淮北市", tmp_path / "en").out
    assert "District missing: 相山区 r900002: the extract cuts off its border." in english
    assert "km2 of the city lie in no district." in english
    assert "No roads: the file holds none in the city." in english
    chinese = cli("--lang", "zh", "init", "--osm", file, "--city", "淮北市", tmp_path / "zh").out
    assert "缺区县：相山区 r900002：提取文件把它的边界截断了。" in chinese
    assert "文件里没有本市的道路" in chinese


def test_a_city_without_districts_is_one_district(cli: Cli, anhui: Path, tmp_path: Path) -> None:
    answer = cli("init", "--osm", anhui, "--city", "濉溪县", "--name", "濉溪", tmp_path / "suixi")
    assert answer.code == 0, answer.err
    assert "It has no districts in the file: the whole city is one." in answer.out
    workspace = Workspace.open(tmp_path / "suixi")
    assert workspace.settings.name == "濉溪"
    assert workspace.districts.names == ("濉溪",)
    assert workspace.districts.areas[0].equals(area(6, [*SUIXI, (5, 0)]).ground)


def test_what_was_taken_from_another_level_is_said(cli: Cli, tmp_path: Path) -> None:
    twins = [area(6, cells(0, 0, 2, 2), name="Porto"), area(7, cells(0, 0, 1, 1), name="Porto")]
    file = Province(twins).write(tmp_path / "portugal.osm.pbf")
    answer = cli("init", "--osm", file, "--city", "porto", tmp_path / "porto")
    assert "Its border is Porto r900000 (level 6)." in answer.out
    assert (
        "Also of this name, to be taken by --city rNUMBER: Porto r900001 (level 7)." in answer.out
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--osm", "a.osm.pbf"], "--osm FILE and --city CITY belong together"),
        (["--city", "淮北市"], "--osm FILE and --city CITY belong together"),
        (["--name", "城"], "give one of --box"),
        (["--box", "1,1,2,2"], "give the city's name: --name NAME"),
        (["--osm", "a", "--city", "b", "--box", "1,1,2,2"], "give one of --box"),
        (["--osm", "a", "--city", "b", "--sample"], "--sample goes with --box or --districts"),
        (["--osm", "a.osm.pbf", "--city", "b"], "a.osm.pbf: no such file"),
    ],
)
def test_words_that_cannot_be_are_refused(
    cli: Cli, tmp_path: Path, words: list[str], said: str
) -> None:
    answer = cli("init", *words, tmp_path / "city")
    assert answer.code == 2
    assert said in answer.err
    assert not (tmp_path / "city").exists()


def test_the_folder_is_given_once(cli: Cli, tmp_path: Path) -> None:
    answer = cli("init", "--name", "城", "--box", "1,1,2,2", "-w", tmp_path / "a", tmp_path / "b")
    assert (answer.code, list(tmp_path.iterdir())) == (2, [])
    assert "give the folder once" in answer.err


@pytest.mark.parametrize("city", ["准北市", "nowhere"])
def test_a_refusal_leaves_the_folder_as_it_was(
    cli: Cli, anhui: Path, tmp_path: Path, city: str
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    assert cli("init", "--osm", anhui, "--city", city, folder).code == 2
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


def test_a_stop_on_the_way_leaves_the_folder_as_it_was(
    anhui: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cities, "read_layers", stopped)
    with pytest.raises(KeyboardInterrupt):
        cities.city_of_extract(tmp_path / "new" / "city", extract=anhui, city="淮北市")
    assert not (tmp_path / "new").exists()


def test_a_workspace_is_not_made_twice_and_the_file_is_not_read_for_it(
    cli: Cli, tmp_path: Path
) -> None:
    folder = tmp_path / "city"
    assert cli("init", "--name", "城", "--box", "116,33,117,34", folder).code == 0
    answer = cli("init", "--osm", tmp_path / "none.osm.pbf", "--city", "淮北市", folder)
    assert "is a workspace already" in answer.err


def test_the_piece_goes_with_its_block(anhui: Path) -> None:
    with cities.piece_of_extract(anhui, "淮北市") as piece:
        assert piece.file.exists()
        ways = list(osmium.FileProcessor(str(piece.file), osmium.osm.WAY))
        assert piece.kept == {"ways": len(ways), "relations": 0}
    assert not piece.file.exists()
