"""The sample city's streets, drawn in order: cores, roads between them, blocks, villages."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely

from data.sample.blocks import BlockStyle, cut_blocks
from data.sample.cores import Core, draw_core
from data.sample.country import (
    county_roads,
    exit_roads,
    links_to_roads,
    shore_roads,
    trunk_roads,
    village_roads,
)
from data.sample.frame import Warp, rotation
from data.sample.graph import (
    cut_at_crossings,
    largest_part,
    merge_near_nodes,
    without_stubs,
)
from data.sample.lines import CODE, Lines, together
from data.sample.settlements import (
    CITY,
    COUNTY_TOWN,
    DUJI,
    LIESHAN,
    OLD_TOWN,
    PARKS,
    Villages,
    draw_towns,
    draw_villages,
    village_places,
)
from data.sample.terrain import Terrain, draw_terrain

_BORDER_INSET_M = 150.0
_MERGE_M = 22.0
_STUB_M = 45.0
_SIMPLE_M = 1.2


@dataclass(frozen=True, eq=False)
class StreetPlan:
    """Streets that meet only at their ends, with the ground and settlements they grew from."""

    lines: Lines
    terrain: Terrain
    cores: tuple[Core, ...]
    villages: Villages


def _old_town_edge() -> shapely.Polygon:
    """Draw the rounded square where the city's walls once stood."""
    angle = np.linspace(0.0, 2.0 * np.pi, 60, endpoint=False)
    round_ = (np.abs(np.cos(angle)) ** 5 + np.abs(np.sin(angle)) ** 5) ** (-1.0 / 5.0)
    local = np.column_stack([1.12 * np.cos(angle), 0.9 * np.sin(angle)]) * round_[:, None]
    xy = local * OLD_TOWN.radius_m @ rotation(OLD_TOWN.angle_deg) + OLD_TOWN.centre_m
    return shapely.Polygon(xy)


def draw_cores(terrain: Terrain, rng: np.random.Generator) -> tuple[Core, ...]:
    """Draw the city with its old town, the three smaller cores and the parks."""
    closed = terrain.closed
    old_outline = _old_town_edge()
    city = draw_core(CITY, rng, keep_off=closed)
    old = draw_core(OLD_TOWN, rng, outline=old_outline)
    through = city.streets.highway <= CODE["primary"]
    streets = together(
        [
            city.streets[through],
            city.streets[~through].with_geometry(
                shapely.difference(city.streets.geometry[~through], old_outline)
            ),
        ]
    )
    city = Core(city.plan, streets, city.outline, city.gates_m, city.outward)
    others = [
        draw_core(plan, rng, keep_off=closed) for plan in (COUNTY_TOWN, DUJI, LIESHAN, *PARKS)
    ]
    return (city, old, *others)


def _core_blocks(
    cores: tuple[Core, ...], main: Lines, closed: shapely.Geometry, rng: np.random.Generator
) -> Lines:
    """Cut the ground between main streets of every core into blocks."""
    tree = shapely.STRtree(main.geometry)
    lines = []
    old = next(core for core in cores if core.plan is OLD_TOWN)
    for core in cores:
        near = main.geometry[tree.query(core.outline, predicate="intersects")]
        edges = shapely.union_all(
            np.array([*near, core.outline.boundary], dtype=object), grid_size=0.5
        )
        faces = shapely.get_parts(shapely.polygonize([edges]))
        spots = shapely.point_on_surface(faces)
        within = shapely.contains(core.outline, spots)
        if core.plan is CITY:
            within &= ~shapely.contains(old.outline, spots)
        faces = shapely.difference(faces[within], closed)
        style = BlockStyle(alleys=0.3) if core is old else BlockStyle()
        lines.append(cut_blocks(faces, core.block_m2, style=style, rng=rng))
    return together(lines)


def _tidied(lines: Lines) -> Lines:
    """Cut at crossings, merge what lies too near, drop stubs and everything cut off."""
    lines = cut_at_crossings(lines)
    lines = merge_near_nodes(lines, near_m=_MERGE_M)
    lines = without_stubs(lines, shorter_m=_STUB_M)
    return largest_part(lines)


def draw_streets(outline: shapely.Polygon, rng: np.random.Generator) -> StreetPlan:
    """Draw every street of the sample city inside its outline, in the unwarped frame."""
    terrain = draw_terrain(rng)
    closed = terrain.closed
    cores = draw_cores(terrain, rng)
    ground = shapely.difference(shapely.buffer(outline, -1200.0), closed)
    towns = draw_towns(ground, cores, rng)
    settled = tuple(core for core in cores if core.plan is not OLD_TOWN) + towns
    everything = cores + towns
    county = together([county_roads(settled, terrain, rng), exit_roads(towns, outline, terrain)])
    roads = together([trunk_roads(), county])
    inner = shapely.union_all([core.outline for core in cores])
    roads = together(
        [
            roads[roads.highway == CODE["trunk"]],
            roads[roads.highway != CODE["trunk"]].with_geometry(
                shapely.difference(roads.geometry[roads.highway != CODE["trunk"]], closed)
            ),
        ]
    )
    old = next(core for core in cores if core.plan is OLD_TOWN)
    ring = shapely.simplify(old.outline.exterior, 5.0)
    ring_road = Lines(
        np.array([ring], dtype=object),
        np.array([CODE["secondary"]], dtype=np.int8),
        np.zeros(1, dtype=np.int32),
    )
    main = together(
        [*(core.streets for core in everything), roads, ring_road, shore_roads(terrain)]
    )
    blocks = _core_blocks(everything, main, closed, rng)
    built = shapely.union_all([core.outline for core in everything])
    open_ground = shapely.difference(
        shapely.buffer(outline, -500.0), shapely.buffer(shapely.union_all([built, closed]), 280.0)
    )
    villages = draw_villages(village_places(open_ground, roads.geometry, rng), rng)
    field = together([village_roads(villages, rng), villages.lanes])
    crossing = shapely.intersects(field.geometry, closed)
    field = field[~crossing]
    field = field.with_geometry(shapely.difference(field.geometry, inner))
    links = links_to_roads(villages, main.geometry, within_m=900.0)
    whole = together([main, blocks, field, links])
    inset = shapely.buffer(outline, -_BORDER_INSET_M)
    whole = whole.with_geometry(shapely.intersection(whole.geometry, inset))
    return _warped(StreetPlan(_tidied(whole), terrain, everything, villages), rng)


def _warped(plan: StreetPlan, rng: np.random.Generator) -> StreetPlan:
    """Bend everything drawn so far by one smooth warp, so that no street is ruled straight."""
    warp = Warp.drawn(rng, lengths_m=(1_600.0, 9_000.0), slope=0.11)
    dense = shapely.segmentize(plan.lines.geometry, 90.0)
    bent = shapely.simplify(shapely.transform(dense, warp), _SIMPLE_M)
    terrain = replace(
        plan.terrain,
        lakes=tuple(shapely.transform(lake, warp) for lake in plan.terrain.lakes),
        hills=tuple(shapely.transform(hill, warp) for hill in plan.terrain.hills),
    )
    return StreetPlan(replace(plan.lines, geometry=bent), terrain, plan.cores, plan.villages)
