"""Claims about spreading totals over a city by its settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from data.cells import make_cells
from data.demand_settings import DemandSettings, GroupDensity
from data.districts import Districts
from data.files.total_files import CITY, Totals
from data.layers import Layer, LayerArea, Layers
from data.osm import read_roads
from data.road_layers import URBAN_KM_A_KM2, with_roads
from data.settings import Settings, default_settings
from geo.errors import InputError
from geo.measure import Box, to_metric
from geo.network import build_network
from planning.density.build_demand import group_spec, spread_workers

BOX = Box(116.75, 33.90, 116.85, 33.95)
WEST, EAST = shapely.box(116.75, 33.90, 116.80, 33.95), shapely.box(116.80, 33.90, 116.85, 33.95)
DISTRICTS = Districts.from_areas({"西区": WEST, "东区": EAST})
GROUPS = ("courier", "delivery_rider")


def settings(**weights: dict[str, float]) -> Settings:
    """Two groups with straight kernels, so that no roads are needed."""
    base = default_settings("市", BOX)
    groups = tuple(
        GroupDensity(name, weights.get(name, {"shops": 1.0}), 400.0, over="straight", eps=0.0)
        for name in base.group_ids
    )
    return replace(base, demand=DemandSettings(groups=groups))


def layer(name: str, *places: tuple[float, float], unit: str = "places") -> Layer:
    lonlat = np.array(places).reshape(-1, 2)
    return Layer(name, lonlat, np.ones(len(lonlat)), unit, "hand", "2026-01-01", "none")


def totals(
    counts: list[list[float]],
    *,
    zones: tuple[str, ...] = ("西区", "东区", CITY),
    of_city: tuple[bool, bool] = (False, False),
    areas: tuple[shapely.Polygon, ...] | None = None,
) -> Totals:
    return Totals(zones, np.array(counts), GROUPS, np.array(of_city), "t.csv", areas)


SHOPS = layer("shops", (116.76, 33.92), (116.84, 33.93))


def test_districts_keep_their_totals_and_a_group_of_the_city_goes_where_its_layer_is() -> None:
    counts = [[10.0, 0.0], [5.5, 0.0], [0.0, 100.0]]
    one = layer("restaurants", (116.84, 33.91))
    spread = spread_workers(
        totals(counts, of_city=(False, True)),
        Layers((SHOPS, one)),
        None,
        settings(delivery_rider={"restaurants": 1.0}),
        DISTRICTS,
    )
    demand = spread.demand
    west = demand.district == 0
    assert demand.of("courier")[west].sum() == pytest.approx(10, abs=1e-6)
    assert demand.of("courier")[~west].sum() == pytest.approx(5.5, abs=1e-6)
    assert demand.total("delivery_rider") == pytest.approx(100, abs=1e-6)
    assert demand.of("delivery_rider")[west].sum() == 0
    away_m = np.linalg.norm(
        to_metric(demand.lonlat, crs="EPSG:32650")
        - to_metric(np.array([[116.84, 33.91]]), crs="EPSG:32650"),
        axis=1,
    )
    assert away_m[demand.of("delivery_rider") > 0].max() <= 800.0  # two bandwidths


def test_drawn_zones_keep_their_totals_and_cells_are_cut_along_them() -> None:
    south, north = (
        shapely.box(116.75, 33.90, 116.85, 33.9231),
        shapely.box(116.75, 33.9231, 116.85, 33.95),
    )
    spread = spread_workers(
        totals([[7.0, 0.0], [3.0, 1.0]], zones=("南镇", "北镇"), areas=(south, north)),
        Layers((SHOPS,)),
        None,
        settings(),
        DISTRICTS,
    )
    demand = spread.demand
    assert demand.district_names == ("西区", "东区")
    inside = shapely.contains_xy(south, demand.lonlat)
    assert demand.of("courier")[inside].sum() == pytest.approx(7, abs=1e-6)
    assert demand.of("courier")[~inside].sum() == pytest.approx(3, abs=1e-6)
    whole = make_cells(DISTRICTS, metric_crs="EPSG:32650")
    assert len(demand) > 0.9 * len(whole)


def test_a_zone_without_any_layer_is_spread_over_its_land_and_says_so() -> None:
    west_only = layer("shops", (116.76, 33.92))
    spread = spread_workers(
        totals([[1.0, 0.0], [8.0, 0.0], [0.0, 0.0]]),
        Layers((west_only,)),
        None,
        settings(),
        DISTRICTS,
    )
    east = spread.demand.district == 1
    found = spread.demand.of("courier")[east]
    assert found.sum() == pytest.approx(8, abs=1e-6)
    assert (found > 0).all()
    assert any("courier: no layer has anything in 东区" in note for note in spread.notes)


def test_floors_stand_for_residents_where_nobody_counted_them() -> None:
    of = GroupDensity("courier", {"population": 1.0}, 400.0)
    floors = layer("buildings", (116.76, 33.92), unit="m2")
    base = default_settings("市", BOX)
    spec, notes = group_spec(of, Layers((floors,)), base)
    assert dict(spec.terms[0].parts) == {"buildings": 1.0}
    assert notes == ["courier: no layer population was read: buildings stand for it"]
    people = layer("population", (116.76, 33.92), unit="people")
    spec, notes = group_spec(of, Layers((floors, people)), base)
    assert dict(spec.terms[0].parts) == {"population": 1.0}
    assert notes == []


def test_a_group_goes_by_the_mode_of_its_standard_and_roads_by_class() -> None:
    base = default_settings("市", BOX)
    spec, _ = group_spec(base.demand.group("truck_driver"), Layers(), base)
    assert spec.mode == "truck"
    roads = next(term for term in spec.terms if term.name == "roads")
    assert roads.parts["roads.trunk"] == 0.7
    spec, _ = group_spec(base.demand.group("sanitation_worker"), Layers(), base)
    assert set(spec.terms[0].parts) >= {"urban_roads.primary", "urban_roads.residential"}


def test_a_layer_of_ones_own_that_was_not_read_is_refused_with_the_cure() -> None:
    of = GroupDensity("courier", {"own:lockers": 1.0}, 400.0)
    with pytest.raises(InputError, match="run yizhan demand layers --points lockers=FILE"):
        group_spec(of, Layers(), default_settings("市", BOX))


def test_hexagons_keep_the_totals_too() -> None:
    pytest.importorskip("h3")
    spread = spread_workers(
        totals([[10.0, 2.0], [5.5, 0.0], [0.0, 0.0]]),
        Layers((SHOPS,)),
        None,
        settings(),
        DISTRICTS,
        h3_resolution=8,
    )
    for number, expected in enumerate((10, 5.5)):
        here = spread.demand.district == number
        assert spread.demand.of("courier")[here].sum() == pytest.approx(expected, abs=1e-6)


def test_a_cell_of_no_size_is_refused_and_not_taken_for_the_default() -> None:
    with pytest.raises(InputError, match="a cell of 0 m cannot be"):
        spread_workers(
            totals([[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]), Layers((SHOPS,)), None, settings(),
            DISTRICTS, cell_m=0.0,
        )  # fmt: skip


def test_water_takes_no_workers() -> None:
    bare = totals([[1000.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
    place = np.array([[116.775, 33.925]])
    cells = make_cells(DISTRICTS, metric_crs="EPSG:32650")
    wet = int(cells.locate(place)[0])
    lake = Layer("water", place, np.array([1e6]), "m2", "hand", "", "")
    spread = spread_workers(bare, Layers((lake,)), None, settings(), DISTRICTS)
    assert spread.demand.of("courier")[spread.demand.ids == cells.ids[wet]].sum() == 0
    assert spread.demand.total("courier") == pytest.approx(1001, abs=1e-6)


def test_a_road_is_in_town_where_streets_lie_close(tmp_path: Path) -> None:
    """A grid of streets 100 m apart with a long road that leads away from it."""
    step, n = 0.001, 12
    nodes = {(c, r): 1 + r * n + c for c in range(n) for r in range(n)}
    text = "".join(
        f'<node id="{at}" lon="{116.76 + c * step}" lat="{33.91 + r * step}"/>'
        for (c, r), at in nodes.items()
    )
    text += '<node id="999" lon="116.84" lat="33.91"/>'
    lines = [[nodes[c, r] for c in range(n)] for r in range(n)]
    lines += [[nodes[c, r] for r in range(n)] for c in range(n)]
    ways = [("residential", line) for line in lines] + [("trunk", [nodes[6, 5], 999])]
    for number, (kind, line) in enumerate(ways):
        refs = "".join(f'<nd ref="{ref}"/>' for ref in line)
        text += f'<way id="{5000 + number}">{refs}<tag k="highway" v="{kind}"/></way>'
    (tmp_path / "town.osm").write_text(f'<osm version="0.6">{text}</osm>', encoding="utf-8")
    network = build_network(read_roads(tmp_path / "town.osm"))
    area = LayerArea(BOX, "EPSG:32650")
    layers = with_roads(Layers((SHOPS,)), network, area)
    assert URBAN_KM_A_KM2 < 20  # what such a grid has
    streets = layers["urban_roads.residential"].total
    assert streets == pytest.approx(layers["roads.residential"].total, rel=0.05)
    trunk, whole = layers["urban_roads.trunk"].total, layers["roads.trunk"].total
    assert 0 < trunk < 0.3 * whole
    again = with_roads(layers, network, area)
    assert again.content_hash == layers.content_hash


def test_what_no_road_comes_near_is_told(tmp_path: Path) -> None:
    """One street in the west; of four shops, one weighted like all, stands 3 km off it."""
    (tmp_path / "street.osm").write_text(
        '<osm version="0.6"><node id="1" lon="116.76" lat="33.92"/>'
        '<node id="2" lon="116.79" lat="33.92"/><way id="3"><nd ref="1"/><nd ref="2"/>'
        '<tag k="highway" v="residential"/></way></osm>',
        encoding="utf-8",
    )
    network = build_network(read_roads(tmp_path / "street.osm"))
    shops = layer("shops", (116.77, 33.9201), (116.775, 33.92), (116.78, 33.92), (116.82, 33.93))
    base = settings()
    over_roads = tuple(replace(of, over="network") for of in base.demand.groups)
    held = replace(base, demand=replace(base.demand, groups=over_roads))
    counts = totals([[10.0, 0.0], [5.0, 0.0], [0.0, 0.0]])
    spread = spread_workers(counts, Layers((shops,)), network, held, DISTRICTS)
    said = [note for note in spread.notes if "lies more than" in note]
    assert len(said) == 1  # nobody rides here, so riders need no note
    assert said[0].startswith("courier: 25% of layer shops lies more than 500 m from every road")
    straight = spread_workers(counts, Layers((shops,)), network, base, DISTRICTS)
    assert not [note for note in straight.notes if "lies more than" in note]


def test_the_page_of_layers_says_what_in_town_means() -> None:
    page = (Path(__file__).parents[2] / "docs" / "layers.md").read_text(encoding="utf-8")
    assert f"add up to {URBAN_KM_A_KM2:g} km a km2 and more" in page
