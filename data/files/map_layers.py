"""Layers of a map out to one GeoPackage, styled for QGIS, or to one GeoJSON file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import geopandas as gpd
import numpy as np
import pyogrio
from shapely.geometry import mapping

from data.atomic import cannot_write, replacing, write_text
from data.files.cell_text import clean_text
from data.files.layer_styles import LayerStyle, add_styles
from data.files.table_files import LIST_JOINT
from data.vocabulary import SAMPLE_NOTICE
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

Sort = Literal["line", "area", "point"]
LAYER_SUFFIXES: Final = (".gpkg", ".geojson")
_GEOMETRY: Final = {"line": "LineString", "area": "MultiPolygon", "point": "Point"}
_COLUMN: Final = "geom"


@dataclass(frozen=True, eq=False)
class MapLayer:
    """One layer: features of one sort in WGS-84 degrees, with their columns and their style.

    Values are text, numbers or tuples of words.
    """

    name: str
    sort: Sort
    geometry: Sequence[BaseGeometry]
    columns: Mapping[str, Sequence[Any]]
    style: LayerStyle


def write_layers(layers: Sequence[MapLayer], path: Path, *, sample: bool) -> None:
    """Write layers into one file by its ending, whole or not at all.

    A GeoPackage has a table for each and their styles in ``layer_styles``, so that QGIS draws them
    as they are meant; GeoJSON has all features in one collection, each with the property ``layer``.
    ``sample`` adds a column ``notice``.

    Raises
    ------
    InputError
        when the ending is none of `LAYER_SUFFIXES`.
    WorkspaceError
        when the file cannot be written.
    """
    suffix = path.suffix.casefold()
    if suffix not in LAYER_SUFFIXES:
        raise InputError(
            say(
                "{file}: the ending must be one of {endings}",
                file=path.name,
                endings=", ".join(LAYER_SUFFIXES),
            )
        )
    (_write_gpkg if suffix == ".gpkg" else _write_geojson)(layers, path, sample=sample)


def _columns(layer: MapLayer, *, sample: bool) -> dict[str, list[Any]]:
    columns = {
        name: [clean_text(value) if isinstance(value, str) else value for value in values]
        for name, values in layer.columns.items()
    }
    return {**columns, "notice": [SAMPLE_NOTICE] * len(layer.geometry)} if sample else columns


def _write_gpkg(layers: Sequence[MapLayer], path: Path, *, sample: bool) -> None:
    notice = SAMPLE_NOTICE if sample else ""
    metadata = {"notice": notice} if notice else None
    with replacing(path) as draft:
        draft.unlink()  # GDAL makes its own file and does not open an empty one
        try:
            for number, layer in enumerate(layers):
                columns = _columns(layer, sample=sample)
                frame = gpd.GeoDataFrame(
                    {name: list(map(_in_one, values)) for name, values in columns.items()},
                    geometry=np.array(layer.geometry, dtype=object),
                    crs="EPSG:4326",
                )
                pyogrio.write_dataframe(
                    frame,
                    draft,
                    driver="GPKG",
                    layer=layer.name,
                    geometry_type=_GEOMETRY[layer.sort],
                    promote_to_multi=layer.sort == "area",
                    append=number > 0,
                    layer_options={"GEOMETRY_NAME": _COLUMN, "DESCRIPTION": notice or layer.name},
                    layer_metadata=metadata,
                )
        except (pyogrio.errors.DataSourceError, pyogrio.errors.FeatureError) as error:
            raise cannot_write(path, OSError(str(error))) from None
        add_styles(draft, [(layer.name, _COLUMN, layer.style.qml(layer.sort)) for layer in layers])


def _write_geojson(layers: Sequence[MapLayer], path: Path, *, sample: bool) -> None:
    features = []
    for layer in layers:
        columns = _columns(layer, sample=sample)
        for shape, *values in zip(layer.geometry, *columns.values(), strict=True):
            features.append(
                {
                    "type": "Feature",
                    "properties": {
                        "layer": layer.name,
                        **dict(zip(columns, map(_plain, values), strict=True)),
                    },
                    "geometry": mapping(shape),
                }
            )
    collection: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if sample:
        collection["notice"] = SAMPLE_NOTICE
    write_text(path, json.dumps(collection, ensure_ascii=False, allow_nan=False))


def _in_one(value: Any) -> Any:  # noqa: ANN401 - a value of a table
    """Write a list of words as one text: a table has no lists."""
    return LIST_JOINT.join(value) if isinstance(value, tuple) else value


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON values
    """Write NaN, a number that is not known, as null."""
    return None if isinstance(value, float) and value != value else value  # noqa: PLR0124 - NaN
