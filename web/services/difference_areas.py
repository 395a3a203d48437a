"""Where scenarios differ in reach: each group's area by its own standard, in one or in all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import shapely

from data.files.layer_styles import LayerStyle
from data.files.map_layers import MapLayer, write_layers
from geo.errors import NothingYetError, ProblemError
from geo.measure import to_metric
from web.design.markers import QGIS_SHAPES
from web.design.palette import KIND_COLOURS, ONE_OF_MANY
from web.languages import CHINESE
from web.services.assignments import standing_after
from web.services.scenarios import difference_columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from data.settings import ServiceStandard
    from data.workspace import Workspace
    from web.languages import Language
    from web.services.scenarios import Compared

# A part of a difference that is smaller comes of how areas are drawn: a hectare.
_LEAST_M2: Final = 10_000.0


class DifferenceArea(NamedTuple):
    """From where a group has a place in the scenarios ``holders`` and in no other.

    ``standards`` are those that the scenarios count the group by: one, unless they differ.
    """

    group: str
    standards: tuple[ServiceStandard, ...]
    holders: tuple[int, ...]
    area: BaseGeometry


def difference_areas(workspace: Workspace, compared: Compared) -> tuple[DifferenceArea, ...]:
    """Draw, group by group, what one scenario alone has in reach, and what all have.

    The group with the largest difference comes first; of a group without workers there is nothing.
    Empty where the workspace no longer holds what a scenario changes.
    """
    try:
        stands = [standing_after(workspace, one) for one in compared.scenarios]
    except (NothingYetError, ProblemError):
        return ()
    areas = [one.areas() for one in stands]
    crs, everyone = workspace.settings.metric_crs, tuple(range(len(stands)))
    found: list[tuple[float, list[DifferenceArea]]] = []
    for number, group in enumerate(stands[0].groups):
        if not any(one.demand.weights[:, number].any() for one in stands):
            continue
        own = [of[group.id] for of in areas]
        standards = tuple(dict.fromkeys(one.standards[group.id] for one in stands))
        alone = [
            _sizeable(shapely.difference(area, shapely.union_all([*own[:k], *own[k + 1 :]])), crs)
            for k, area in enumerate(own)
        ]
        parts = [
            DifferenceArea(group.id, standards, (k,), area)
            for k, area in enumerate(alone)
            if not area.is_empty
        ]
        common = _sizeable(shapely.intersection_all(own), crs)
        if not common.is_empty:
            parts.append(DifferenceArea(group.id, standards, everyone, common))
        found.append((sum(area_m2(area, crs) for area in alone), parts))
    found.sort(key=lambda one: -one[0])
    return tuple(part for _, parts in found for part in parts)


def area_m2(area: BaseGeometry, metric_crs: str) -> float:
    """Return square metres of an area in degrees."""
    return float(shapely.transform(area, lambda xy: to_metric(xy, crs=metric_crs)).area)


def _sizeable(area: BaseGeometry, metric_crs: str) -> BaseGeometry:
    """Leave out the slivers of an area, and what is no area."""
    parts = [
        part
        for part in shapely.get_parts(area, return_index=False)
        if part.geom_type == "Polygon" and area_m2(part, metric_crs) >= _LEAST_M2
    ]
    return shapely.MultiPolygon(parts)


def write_difference_layers(
    workspace: Workspace, compared: Compared, path: Path, *, language: Language = CHINESE
) -> None:
    """Write the layers ``differences`` (actions) and ``areas`` into one GeoPackage.

    Raises
    ------
    WorkspaceError
        when the file cannot be written.
    """
    sample = any(one.sample for one in compared.scenarios) or workspace.settings.sample
    areas = difference_areas(workspace, compared)
    layers = [_areas_layer(areas, compared.comparison.names, language)] if areas else []
    write_layers([*layers, _actions_layer(compared, language)], path, sample=sample)


def _areas_layer(areas: Sequence[DifferenceArea], names: tuple[str, ...], t: Language) -> MapLayer:
    ids = list(dict.fromkeys(one.group for one in areas))
    held = [one.standards[0] for one in areas]
    return MapLayer(
        name="areas",
        sort="area",
        geometry=[one.area for one in areas],
        columns={
            "group": [one.group for one in areas],
            "held_by": [tuple(names[k] for k in one.holders) for one in areas],
            "n_held_by": [len(one.holders) for one in areas],
            "mode": [one.mode for one in held],
            "minutes": [one.cutoff_s / 60 for one in held],
            "radius_m": [np.nan if one.radius_m is None else one.radius_m for one in held],
        },
        style=LayerStyle(
            column="group",
            colours={group: ONE_OF_MANY[k % len(ONE_OF_MANY)] for k, group in enumerate(ids)},
            labels={group: t.group(group) for group in ids},
            opacity=0.12,
            width_mm=0.4,
        ),
    )


def _actions_layer(compared: Compared, t: Language) -> MapLayer:
    columns: dict[str, list[Any]] = difference_columns(compared)
    kinds = list(dict.fromkeys(columns["kind"]))
    points = zip(columns.pop("lon"), columns.pop("lat"), strict=True)
    return MapLayer(
        name="differences",
        sort="point",
        geometry=[shapely.Point(point) for point in points],
        columns=columns,
        style=LayerStyle(
            column="kind",
            colours={kind: KIND_COLOURS[kind] for kind in kinds},
            labels={kind: t.kind(kind) for kind in kinds},
            shapes=QGIS_SHAPES,
        ),
    )
