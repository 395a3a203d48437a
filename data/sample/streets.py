"""The sample city's streets, drawn in order: cores, roads between them, blocks, villages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from data.sample.blocks import BlockStyle, cut_blocks
from data.sample.cores import Core, draw_core
from data.sample.country import (
    county_roads,
    exit_roads,
    links_to_roads,
    trunk_roads,
    village_roads,
)
from data.sample.frame import Warp, rotation
from data.sample.graph import (
    cut_at_crossings,
    doubled,
    honest_classes,
    largest_part,
    merge_near_nodes,
    renamed_by_strokes,
    without_stubs,
)
from data.sample.leisure import hill_paths, park_paths, riverside_roads, shore_ways
from data.sample.lines import CODE, Lines, of_geometry, together
from data.sample.motorway import Motorway, draw_motorway, middle_line
from data.sample.settlements import (
    CITY,
    COUNTY_TOWN,
    DUJI,
    LIESHAN,
    OLD_TOWN,
    PARKS,
    draw_towns,
    draw_villages,
    village_places,
)
from data.sample.terrain import Terrain, draw_terrain

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BORDER_INSET_M = 150.0
_MERGE_M = 22.0
_STUB_M = 45.0
_LANE_END_M = 210.0
_APART_M = 26.0
_SIMPLE_M = 1.2
_BESIDE_M = 140.0
_BESIDE_OF_FIVE = 2
_BESIDE_FROM_M = 190.0
_ARRIVAL_M = 900.0
_COUNTY_ROAD_M = 3_000.0
_MOTORWAY_CLEAR_M = 420.0
_FRINGE_BUILT = 0.5
_VILLAGE_BRIDGES = 0.25
_GREEN_PARKS = 9
_PARK_M2 = (70_000.0, 330_000.0)


@dataclass(frozen=True, eq=False)
class StreetPlan:
    """Streets that meet only at their ends, with the ground and settlements they grew from."""

    lines: Lines
    terrain: Terrain
    cores: tuple[Core, ...]


def draw_streets(outline: shapely.Polygon, rng: np.random.Generator) -> StreetPlan:
    """Draw every street of the sample city inside its outline."""
    terrain = draw_terrain(rng)
    closed = terrain.closed
    middle = middle_line(outline)
    cores = _draw_cores(terrain, rng)
    ground = shapely.difference(
        shapely.buffer(outline, -1_200.0),
        shapely.union(shapely.buffer(closed, 900.0), shapely.buffer(middle, 1_100.0)),
    )
    towns = draw_towns(ground, cores, rng)
    everything = cores + towns
    roads = _great_roads(cores, towns, outline, terrain, rng)
    motorway = draw_motorway(middle, roads)
    built = shapely.union_all([core.outline for core in everything])
    old = next(core for core in cores if core.plan is OLD_TOWN)
    ring = of_geometry(
        np.array([shapely.simplify(old.outline.exterior, 5.0)], dtype=object), "secondary"
    )
    banks = riverside_roads(terrain, built)
    streets = together([core.streets for core in everything])
    avenues = roads.geometry[roads.highway <= CODE["primary"]]
    guides = np.concatenate([avenues, banks.geometry, ring.geometry])
    streets = _not_beside(streets, guides)
    streets = _bridged(streets, terrain.water, CODE["secondary"])
    main = together([streets, roads, ring, banks, _arrivals(roads, streets)])
    main = together([main, shore_ways(terrain, main.geometry)])
    blocks = _core_blocks(everything, main, shapely.union(closed, terrain.water), rng)
    field = _field_roads(
        main,
        outline=outline,
        terrain=terrain,
        built=built,
        middle=middle,
        inner=shapely.union_all([core.outline for core in cores]),
        rng=rng,
    )
    planar = together([main, blocks, field, hill_paths(terrain, rng)])
    inset = shapely.buffer(outline, -_BORDER_INSET_M)
    planar = planar.clipped(inset)
    return _warped(StreetPlan(_tidied(planar, motorway), terrain, everything), rng)


def _old_town_edge() -> shapely.Polygon:
    """Draw the rounded square where the city's walls once stood."""
    angle = np.linspace(0.0, 2.0 * np.pi, 60, endpoint=False)
    round_ = (np.abs(np.cos(angle)) ** 5 + np.abs(np.sin(angle)) ** 5) ** (-1.0 / 5.0)
    local = np.column_stack([1.12 * np.cos(angle), 0.9 * np.sin(angle)]) * round_[:, None]
    xy = local * OLD_TOWN.radius_m @ rotation(OLD_TOWN.angle_deg) + OLD_TOWN.centre_m
    return shapely.Polygon(xy)


def _draw_cores(terrain: Terrain, rng: np.random.Generator) -> tuple[Core, ...]:
    """Draw the city with its old town, the three smaller cores and the parks."""
    closed = terrain.closed
    city = draw_core(CITY, rng, keep_off=closed)
    old = draw_core(OLD_TOWN, rng, outline=_old_town_edge())
    through = city.streets.highway <= CODE["primary"]
    around = city.streets[~through].clipped(old.outline, outside=True)
    city = replace(city, streets=together([city.streets[through], around]))
    others = [
        draw_core(plan, rng, keep_off=closed) for plan in (COUNTY_TOWN, DUJI, LIESHAN, *PARKS)
    ]
    return (city, old, *others)


def _great_roads(
    cores: tuple[Core, ...],
    towns: tuple[Core, ...],
    outline: shapely.Polygon,
    terrain: Terrain,
    rng: np.random.Generator,
) -> Lines:
    """Draw the trunk roads and the roads between towns, clear of lakes and hills."""
    settled = tuple(core for core in cores if core.plan is not OLD_TOWN) + towns
    county = together([county_roads(settled, terrain, rng), exit_roads(towns, outline, terrain)])
    return together([trunk_roads(), county.clipped(terrain.closed, outside=True)])


def _not_beside(streets: Lines, guides: NDArray[np.object_]) -> Lines:
    """Leave out lesser streets that would run close beside a greater road or the river."""
    near = shapely.union_all(shapely.buffer(guides, _BESIDE_M))
    shapely.prepare(near)
    at = np.linspace(0.1, 0.9, 5)
    spots = shapely.line_interpolate_point(streets.geometry[:, None], at, normalized=True)
    beside = shapely.contains(near, spots).sum(axis=1) > _BESIDE_OF_FIVE
    beside &= shapely.length(streets.geometry) > _BESIDE_FROM_M
    return streets[~beside | (streets.highway <= CODE["primary"])]


def _arrivals(roads: Lines, streets: Lines) -> Lines:
    """Lead roads that end before a town, as the street at their gate was left out, to a street."""
    ends = shapely.get_point(roads.geometry[:, None], np.array([0, -1]))
    gates = shapely.get_coordinates(ends).reshape(-1, 1, 2)
    goals = np.concatenate([streets.geometry, roads.geometry[roads.highway == CODE["trunk"]]])
    return links_to_roads(gates, goals, within_m=_ARRIVAL_M, highway="secondary")


def _bridged(lines: Lines, water: shapely.Geometry, least: int) -> Lines:
    """Let only streets of a class ``least`` or greater cross the river."""
    lesser = lines.highway > least
    return together(
        [
            lines[~lesser],
            lines[lesser].clipped(water, outside=True),
        ]
    )


def _core_blocks(
    cores: tuple[Core, ...], main: Lines, closed: shapely.Geometry, rng: np.random.Generator
) -> Lines:
    """Cut the ground between main streets of every core into blocks; leave some as parks."""
    tree = shapely.STRtree(main.geometry)
    lines = []
    old = next(core for core in cores if core.plan is OLD_TOWN)
    for core in cores:
        near = main.geometry[tree.query(core.outline, predicate="intersects")]
        edges = shapely.union_all(
            np.array([*near, core.outline.boundary], dtype=object), grid_size=0.5
        )
        faces = shapely.get_parts(shapely.polygonize([edges]))
        within = shapely.contains(core.outline, shapely.point_on_surface(faces))
        if core.plan is CITY:
            within &= ~shapely.contains(old.outline, shapely.point_on_surface(faces))
        faces = faces[within]
        fringe = shapely.distance(faces, core.outline.boundary) < 1.0
        if core is not old:
            faces = faces[~fringe | (rng.random(len(faces)) < _FRINGE_BUILT)]
        faces = shapely.difference(faces, closed)
        if core.plan in {CITY, COUNTY_TOWN}:
            fits = np.flatnonzero(
                (shapely.area(faces) > _PARK_M2[0])
                & (shapely.area(faces) < _PARK_M2[1])
                & (shapely.get_type_id(faces) == shapely.GeometryType.POLYGON)
            )
            count = _GREEN_PARKS if core.plan is CITY else _GREEN_PARKS // 3
            green = rng.choice(fits, min(count, len(fits)), replace=False)
            lines.append(park_paths(faces[green], rng))
            faces = np.delete(faces, green)
        style = BlockStyle(alleys=0.3) if core is old else BlockStyle()
        lines.append(cut_blocks(faces, core.block_m2, style=style, rng=rng))
    return together(lines)


def _field_roads(
    main: Lines,
    *,
    outline: shapely.Polygon,
    terrain: Terrain,
    built: shapely.Geometry,
    middle: shapely.LineString,
    inner: shapely.Geometry,
    rng: np.random.Generator,
) -> Lines:
    """Draw the villages, the roads between them and their links to the greater roads."""
    closed = shapely.union_all([built, terrain.closed, terrain.water])
    closed = shapely.union(shapely.buffer(closed, 280.0), shapely.buffer(middle, _MOTORWAY_CLEAR_M))
    ground = shapely.difference(shapely.buffer(outline, -500.0), closed)
    great = main[main.highway <= CODE["tertiary"]]
    county = great.geometry[shapely.length(great.geometry) > _COUNTY_ROAD_M]
    villages = draw_villages(village_places(ground, county, rng), rng)
    ways = village_roads(villages, rng)
    wet = shapely.intersects(ways.geometry, shapely.union(terrain.water, middle))
    ways = ways[~wet | (rng.random(len(ways)) < _VILLAGE_BRIDGES)]
    field = together([ways, villages.lanes])
    field = field[~shapely.intersects(field.geometry, terrain.closed)]
    field = field.clipped(inner, outside=True)
    links = links_to_roads(villages.gates_m, main.geometry, within_m=900.0, highway="unclassified")
    dry = ~shapely.intersects(links.geometry, shapely.union(terrain.water, middle))
    return together([field, links[dry]])


def _tidied(planar: Lines, motorway: Motorway) -> Lines:
    """Cut at crossings, merge what lies too near, drop stubs and everything cut off."""
    zone = shapely.buffer(motorway.middle, 26.0)
    ramps = shapely.union_all(shapely.buffer(motorway.ramps.geometry, 30.0))
    lesser = planar.highway > CODE["secondary"]
    clear = planar[lesser].clipped(shapely.difference(ramps, zone), outside=True)
    planar = together([planar[~lesser], clear, motorway.ramps])
    lines = cut_at_crossings(planar)
    lines = merge_near_nodes(lines, near_m=_MERGE_M)
    lines = without_stubs(lines, shorter_m=_STUB_M)
    lines = without_stubs(lines, shorter_m=_LANE_END_M, rounds=1, only="unclassified")
    lines = doubled(lines, apart_m=_APART_M)
    ramps = lines.highway == CODE["motorway_link"]
    lines = together([largest_part(lines[~ramps]), lines[ramps], motorway.carriageways])
    lines = largest_part(lines)
    return renamed_by_strokes(honest_classes(lines))


def _warped(plan: StreetPlan, rng: np.random.Generator) -> StreetPlan:
    """Bend everything drawn so far by one smooth warp, so that no street is ruled straight."""
    warp = Warp.drawn(rng, lengths_m=(1_600.0, 9_000.0), slope=0.11)
    dense = shapely.segmentize(plan.lines.geometry, 90.0)
    bent = shapely.simplify(shapely.transform(dense, warp), _SIMPLE_M)
    terrain = replace(
        plan.terrain,
        lakes=tuple(shapely.transform(lake, warp) for lake in plan.terrain.lakes),
        hills=tuple(shapely.transform(hill, warp) for hill in plan.terrain.hills),
        river=shapely.transform(plan.terrain.river, warp),
    )
    return StreetPlan(replace(plan.lines, geometry=bent), terrain, plan.cores)
