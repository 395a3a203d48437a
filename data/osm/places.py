"""Places out of OSM: what carries a tag, as points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from data.osm.features import OsmFeatures, read_features

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def read_places(path: Path, *, tags: Mapping[str, str | tuple[str, ...]]) -> gpd.GeoDataFrame:
    """Nodes, closed ways and multipolygons of ``path`` that carry one of ``tags``, as points.

    ``tags`` maps a key to the value or values wanted. Columns: id (``n123``, ``w123`` or ``r123``),
    name (empty where none), key, value, geometry in WGS-84; an area counts by a point inside its
    outline. The frame is empty when nothing matches; FileFormatError as in `read_roads`.
    """
    wanted = {key: (of,) if isinstance(of, str) else tuple(of) for key, of in tags.items()}

    def fits(found: Mapping[str, str]) -> bool:
        return any(found.get(key) in values for key, values in wanted.items())

    return _frame(read_features(path, first=wanted, wanted=fits), wanted)


def _frame(features: OsmFeatures, wanted: Mapping[str, tuple[str, ...]]) -> gpd.GeoDataFrame:
    drawn = ~shapely.is_missing(features.outline)
    rows = np.flatnonzero((features.kind == "n") | drawn).tolist()
    tags = [features.tags[row] for row in rows]
    keys = [next(key for key, of in wanted.items() if tag.get(key) in of) for tag in tags]
    return gpd.GeoDataFrame(
        {
            "id": [f"{features.kind[row]}{features.osm_id[row]}" for row in rows],
            "name": [features.names[row] for row in rows],
            "key": keys,
            "value": [tag[key] for tag, key in zip(tags, keys, strict=True)],
        },
        geometry=shapely.points(features.lonlat[rows]),
        crs="EPSG:4326",
    )
