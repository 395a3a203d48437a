"""The base map: the city's own roads and districts in one PMTiles file, without any service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from data.atomic import replacing
from geo.access import HIGHWAY_CLASSES

if TYPE_CHECKING:
    from pathlib import Path

    from geo.network import RoadNetwork

LAYER = "city"
ATTRIBUTION = "© OpenStreetMap contributors"
_MIN_ZOOM, _MAX_ZOOM = 8, 14
_SIMPLER_DEG = 1e-5  # about a metre: below a pixel of the deepest zoom


def write_base_map(
    network: RoadNetwork,
    path: Path,
    *,
    districts: gpd.GeoDataFrame | None = None,
    source: str = ATTRIBUTION,
) -> None:
    """Write ``network``'s roads and the ``districts`` (columns name, geometry) as vector tiles.

    One layer `LAYER`, as the driver takes only one. ``kind`` tells its features apart: ``road``
    (class, name, rank: 0 the motorway, rising), ``district`` (name; its outline) and
    ``district_name`` (name; a point to write it at). Zoom 8 to 14. ``source`` says
    whose roads they are and stands in the file's metadata. WorkspaceError when the file
    cannot be written.
    """
    frames = [_roads(network)]
    if districts is not None and len(districts):
        frames += _districts(districts)
    frame = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs="EPSG:4326")
    with replacing(path) as draft:
        draft.unlink()  # the driver makes new files only
        tiles = draft.with_name(f"{draft.name}.pmtiles")  # and chooses itself by the ending
        try:
            pyogrio.write_dataframe(
                frame,
                tiles,
                driver="PMTiles",
                layer=LAYER,
                geometry_type="Unknown",
                dataset_options={
                    "NAME": path.stem,
                    "DESCRIPTION": source,
                    "MINZOOM": str(_MIN_ZOOM),
                    "MAXZOOM": str(_MAX_ZOOM),
                },
            )
            tiles.replace(draft)
        finally:
            tiles.unlink(missing_ok=True)


def _roads(network: RoadNetwork) -> gpd.GeoDataFrame:
    """Roads of one class and name as one feature each: fewer, and names are written once."""
    sizes = np.diff(network.shape_offset)
    points_of = np.repeat(np.arange(network.n_edges), sizes)
    made = shapely.linestrings(network.shape_lonlat, indices=points_of)
    lines = np.asarray(made, dtype=np.object_).reshape(-1)
    key = network.edge_class.astype(np.int64) * (len(network.names) + 1) + network.edge_name + 1
    order = np.argsort(key, kind="stable")
    _, first, group = np.unique(key[order], return_index=True, return_inverse=True)
    merged = shapely.line_merge(shapely.multilinestrings(lines[order], indices=group))
    edge = order[first]
    return gpd.GeoDataFrame(
        {
            "kind": "road",
            "class": np.array(HIGHWAY_CLASSES)[network.edge_class[edge]],
            "name": [network.names[n] if n >= 0 else "" for n in network.edge_name[edge]],
            "rank": network.edge_class[edge].astype(np.int32),
        },
        geometry=shapely.simplify(merged, _SIMPLER_DEG),
        crs="EPSG:4326",
    )


def _districts(districts: gpd.GeoDataFrame) -> list[gpd.GeoDataFrame]:
    outlines = districts.geometry.to_numpy()
    both = (("district", shapely.boundary(outlines)), ("district_name", None))
    return [
        gpd.GeoDataFrame(
            {"kind": kind, "class": "", "name": list(districts["name"]), "rank": np.int32(0)},
            geometry=shapely.point_on_surface(outlines) if shape is None else shape,
            crs="EPSG:4326",
        )
        for kind, shape in both
    ]
