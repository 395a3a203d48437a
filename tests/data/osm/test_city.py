"""A city out of an extract: found by name or code, its border put together, its districts told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import osmium
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.osm.admin import find_relations, read_admin_relations, stem_of
from data.osm.city import CityBorders, find_city
from data.osm.gate import open_extract
from data.osm.ground import ground_of
from geo.errors import FileFormatError, InputError
from tests.data.osm.provinces import (
    DUJI,
    HUAIBEI,
    LINQUAN,
    SUIXI,
    XIANGSHAN,
    Province,
    area,
    cells,
    huaibei,
)

if TYPE_CHECKING:
    from pathlib import Path

    import shapely

METRIC = "EPSG:32650"


def found(
    province: Province, asked: str, folder: Path, *, name: str = "anhui.osm.pbf"
) -> CityBorders:
    return taken(province.write(folder / name), asked)


def taken(path: Path, asked: str) -> CityBorders:
    with open_extract(path) as extract:
        return find_city(extract.blocks(), asked, named=path, folder=extract.folder)


def ground(squares: list[tuple[int, int]]) -> shapely.Geometry:
    return area(6, squares).ground


def compact(plain: Path, target: Path) -> Path:
    """Put the places of nodes on the ways, and leave untagged nodes out."""
    places = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
    places.ignore_errors()
    tagged = osmium.filter.EmptyTagFilter()
    tagged.enable_for(osmium.osm.NODE)
    options = osmium.io.File(str(target), "pbf,locations_on_ways=true")
    with (
        osmium.io.Reader(str(plain)) as reader,
        osmium.SimpleWriter(options, overwrite=True) as writer,
    ):
        osmium.apply(reader, places, tagged, writer)
    return target


@pytest.mark.parametrize("name", ["anhui.osm.pbf", "anhui.osm"])
def test_a_city_has_the_ground_of_its_squares_with_holes_exclaves_and_shared_borders(
    tmp_path: Path, name: str
) -> None:
    city = found(huaibei(), "淮北市", tmp_path, name=name)
    assert city.area.equals(ground([*HUAIBEI, *LINQUAN]))
    assert city.area.geom_type == "MultiPolygon"
    assert list(city.districts) == ["相山区", "杜集区", "濉溪县"]
    assert city.districts["相山区"].equals(ground(XIANGSHAN))
    assert len(city.districts["相山区"].interiors) == 1
    assert city.districts["杜集区"].equals(ground(DUJI))
    assert city.districts["濉溪县"].equals(ground([*SUIXI, *LINQUAN]))
    assert (city.relation.level, city.level, city.relation.adcode) == (5, 6, "340600")
    assert city.left_out == ()
    assert tuple(city.box) == pytest.approx((116.4, 33.4, 117.0, 33.8))


@pytest.mark.parametrize("options", ["pbf_dense_nodes=false", "pbf_compression=lz4"])
def test_other_ways_of_packing_give_the_same_city(tmp_path: Path, options: str) -> None:
    path = huaibei().write(tmp_path / "anhui.osm.pbf", options)
    assert taken(path, "淮北市").area.equals(ground([*HUAIBEI, *LINQUAN]))


def test_a_compact_extract_gives_the_same_city_and_knows_what_it_lacks(tmp_path: Path) -> None:
    path = compact(huaibei().write(tmp_path / "plain.osm.pbf"), tmp_path / "anhui.osm.pbf")
    assert taken(path, "淮北市").area.equals(ground([*HUAIBEI, *LINQUAN]))
    province = huaibei()
    province.without_nodes.add((6, 1))
    path = compact(province.write(tmp_path / "plain.osm.pbf"), tmp_path / "cut.osm.pbf")
    with pytest.raises(FileFormatError, match=": 0 of its 20 ways and 2 corners"):
        taken(path, "淮北市")


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(squares=st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1))
def test_any_squares_are_put_together_right(tmp_path: Path, squares: set[tuple[int, int]]) -> None:
    province = Province([area(5, squares, name="某市")])
    assert found(province, "某市", tmp_path).area.equals(ground(sorted(squares)))


@pytest.mark.parametrize(
    "asked",
    [
        *("淮北市", "淮北", "Huaibei", "huaibei city", "HUAIBEI SHI", " 淮北市 "),
        *("340600", "3406", "340600000000", "r900001"),
    ],
)
def test_a_city_is_found_by_every_way_of_naming_it(tmp_path: Path, asked: str) -> None:
    assert found(huaibei(), asked, tmp_path).relation.name == "淮北市"


@pytest.mark.parametrize(
    ("asked", "name", "level"),
    [
        ("宿州市", "Suzhou City", 5),
        ("suzhou", "Suzhou City", 5),
        ("Yongqiao", "Yongqiao District", 6),
        ("口子城", "濉溪县", 6),
        ("Suixi County", "濉溪县", 6),
        ("安徽省", "安徽省", 4),
    ],
)
def test_other_names_and_other_levels_are_looked_at(
    tmp_path: Path, asked: str, name: str, level: int
) -> None:
    city = found(huaibei(), asked, tmp_path)
    assert (city.relation.name, city.relation.level) == (name, level)


def test_the_stem_is_the_name_without_its_kind() -> None:
    names = ["淮北市", "内蒙古自治区", "大兴安岭地区", "市", "Huaibei City", "Citytown", "沛县"]
    assert [stem_of(name) for name in names] == [
        *("淮北", "内蒙古", "大兴安岭", "市", "huaibei", "citytown", "沛"),
    ]


def test_a_kind_that_is_named_must_be_the_kind(tmp_path: Path) -> None:
    province = Province([area(4, cells(0, 0, 2, 2), name="吉林省")])
    with pytest.raises(InputError, match="no area is named 吉林市: did you mean 吉林省"):
        found(province, "吉林市", tmp_path)


def test_two_cities_of_one_name_are_told_apart(tmp_path: Path) -> None:
    twin = area(5, cells(7, 0, 8, 1), name="淮北市", ref="999900")
    province = huaibei(more=[twin])
    with pytest.raises(
        InputError, match=r"2 areas .* r900001 \(level 5, code 340600\); .* r900007"
    ):
        found(province, "淮北市", tmp_path)
    assert found(province, "r900007", tmp_path).area.equals(twin.ground)


def test_a_city_goes_before_a_town_of_its_name_and_the_town_is_told(tmp_path: Path) -> None:
    city = found(huaibei(more=[area(8, cells(1, 1, 2, 2), name="淮北")]), "淮北", tmp_path)
    assert city.relation.level == 5
    assert [(one.level, one.name) for one in city.others] == [(8, "淮北")]


def test_near_names_are_suggested(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 淮北市"):
        found(huaibei(), "准北市", tmp_path)
    with pytest.raises(InputError, match="no area is named 喀什; there are 淮北市, Suzhou City"):
        found(huaibei(), "喀什", tmp_path)


def test_a_border_that_the_extract_cuts_off_is_not_closed(tmp_path: Path) -> None:
    province = huaibei()
    province.without_ways.add(((5, 0), (6, 0)))
    with pytest.raises(FileFormatError, match=r"cuts off .* of 淮北市 .*: 1 of its 20 ways"):
        found(province, "淮北市", tmp_path)
    province = huaibei()
    province.without_nodes.add((6, 1))
    with pytest.raises(FileFormatError, match=": 0 of its 20 ways and 2 corners"):
        found(province, "淮北市", tmp_path)


def test_a_border_that_does_not_close_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "open.osm"
    path.write_text(
        '<osm version="0.6"><node id="1" lon="116.4" lat="33.4"/><node id="2" lon="116.5" '
        'lat="33.4"/><node id="3" lon="116.5" lat="33.5"/><way id="1"><nd ref="1"/><nd ref="2"/>'
        '<nd ref="3"/></way><relation id="1"><member type="way" ref="1" role="outer"/>'
        '<tag k="type" v="boundary"/><tag k="boundary" v="administrative"/>'
        '<tag k="admin_level" v="5"/><tag k="name" v="某市"/></relation></osm>',
        encoding="utf-8",
    )
    with pytest.raises(FileFormatError, match=r"某市 .* does not close or crosses itself"):
        taken(path, "某市")


def test_a_district_that_is_cut_off_is_told_and_the_neighbours_are_not(tmp_path: Path) -> None:
    province = huaibei()
    province.without_ways.add(((3, 2), (3, 3)))  # between Xiangshan and Duji
    province.without_ways.add(((5, 3), (5, 4)))  # of Suzhou's far side
    city = found(province, "淮北市", tmp_path)
    assert list(city.districts) == ["濉溪县"]
    assert [(one.name, one.reason) for one in city.left_out] == [
        ("相山区", "cut off"),
        ("杜集区", "cut off"),
    ]
    left = len(XIANGSHAN) + len(DUJI)
    gap = ground_of(city, metric_crs=METRIC).gap_km2
    assert gap == pytest.approx(left * 9.27 * 11.09, rel=0.01)  # km of a tenth of a degree at 33.6


def test_a_part_that_is_not_in_the_file_is_told(tmp_path: Path) -> None:
    whole = area(5, cells(0, 0, 2, 1), name="某市", parts=(900_001, 900_077))
    province = Province([whole, area(6, cells(0, 0, 1, 1), name="东区")])
    city = found(province, "某市", tmp_path)
    assert [(one.id, one.reason) for one in city.left_out] == [(900_077, "not in the file")]
    assert ground_of(city, metric_crs=METRIC).gap_km2 > 0


def test_overlaps_and_what_lies_outside_are_measured(tmp_path: Path) -> None:
    province = Province(
        [
            area(5, cells(0, 0, 3, 1), name="某市"),
            area(6, cells(0, 0, 2, 1), name="西区"),
            area(6, cells(1, 0, 4, 1), name="东区"),
        ]
    )
    told = ground_of(found(province, "某市", tmp_path), metric_crs=METRIC)
    cell_km2 = 9.29 * 11.09
    assert told.gap_km2 == 0
    assert told.outside_km2 == pytest.approx(cell_km2, rel=0.01)
    ((one, other, km2),) = told.overlaps
    assert (one, other) == ("西区", "东区")
    assert km2 == pytest.approx(cell_km2, rel=0.01)


def test_a_city_without_districts_says_so(tmp_path: Path) -> None:
    city = found(Province([area(5, cells(0, 0, 1, 1), name="某市")]), "某市", tmp_path)
    assert (city.level, dict(city.districts)) == (None, {})


def test_districts_come_from_the_next_level_that_has_any(tmp_path: Path) -> None:
    towns = [area(8, cells(x, 0, x + 1, 1), name=f"{x}镇") for x in range(2)]
    province = Province([area(5, cells(0, 0, 2, 1), name="某市"), *towns])
    city = found(province, "某市", tmp_path)
    assert (city.level, list(city.districts)) == (8, ["0镇", "1镇"])


def test_two_districts_of_one_name_have_their_codes_behind_them(tmp_path: Path) -> None:
    twins = [area(6, cells(x, 0, x + 1, 1), name="郊区", ref=f"34070{x}") for x in (1, 2)]
    province = Province([area(5, cells(1, 0, 3, 1), name="某市"), *twins])
    assert list(found(province, "某市", tmp_path).districts) == ["郊区 340701", "郊区 340702"]


def test_a_name_in_several_scripts_is_printed_in_chinese(tmp_path: Path) -> None:
    of = area(5, cells(0, 0, 1, 1), name="乌鲁木齐市 ئۈرۈمچى", name__zh="乌鲁木齐市")
    assert found(Province([of]), "乌鲁木齐", tmp_path).relation.name == "乌鲁木齐市"


def test_codes_are_read_from_the_keys_that_mappers_use(tmp_path: Path) -> None:
    keys = {
        "ref__admin__CN__mca": "340602",
        "ref__cadc__2020": "340603000000",
        "ref": "340604",
    }
    areas = [
        area(6, cells(x, 0, x + 1, 1), name=f"{x}区", **{key: value})
        for x, (key, value) in enumerate(keys.items())
    ]
    areas.append(area(6, cells(3, 0, 4, 1), name="四区", ref="G30"))
    with open_extract(Province(areas).write(tmp_path / "a.osm.pbf")) as extract:
        relations = read_admin_relations(extract.blocks())
    assert [one.adcode for one in relations] == ["340602", "340603", "340604", ""]
    best, _ = find_relations(relations, "340603")
    assert [one.name for one in best] == ["1区"]


def test_an_extract_without_borders_is_refused(porto_pbf: Path, shanghai_osm: Path) -> None:
    for path in (porto_pbf, shanghai_osm):
        with pytest.raises(FileFormatError, match="holds no administrative borders"):
            taken(path, "上海市")


def test_a_real_extract_of_a_quarter_does_not_hold_its_city(helsinki_pbf: Path) -> None:
    with pytest.raises(FileFormatError, match=r"Helsinki r34914 \(level 8\): 56 of its 56 ways"):
        taken(helsinki_pbf, "helsinki")
    with pytest.raises(
        FileFormatError, match=r"Kluuvi r184713 \(level 10\): 1 of its 6 ways and 9"
    ):
        taken(helsinki_pbf, "Kluuvi")
