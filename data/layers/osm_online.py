"""Layers of a place that is downloaded: OSM features by OSMnx from Overpass and Nominatim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import osmnx
import shapely

from data.layers.osm import OSM_LICENCE, layers_of_features
from data.layers.osm_features import OsmFeatures
from data.layers.osm_rules import KEYS, OSM_RULES, OsmSorter
from data.osm.download import download_settings, osmnx_settings, refusing
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from data.layers.layer import Layer, LayerArea

_LEVELS = "building:levels"


@dataclass(frozen=True)
class OsmOnline:
    """The reader of the layers of `OSM_RULES` from the network.

    Overpass is asked for plain values: ``nightclub;restaurant`` is only had from an extract.

    ``place`` is a name that Nominatim knows; empty takes the box. ``cache`` is a folder for the
    answers (none: nothing is kept), the two addresses replace the public services.
    """

    place: str = ""
    cache: Path | None = None
    overpass_url: str | None = None
    nominatim_url: str | None = None

    def read(self, area: LayerArea) -> tuple[Layer, ...]:
        """Download what makes a layer and read it as an extract is read.

        InputError when the place is not known or holds nothing; NetworkError when the services
        cannot be reached: then take an extract file.
        """
        settings = download_settings(self.overpass_url, self.nominatim_url, self.cache)
        name = self.place or f"box {area.box}"
        with refusing(name, say("features")), osmnx_settings(settings):
            if self.place:
                frame = osmnx.features_from_place(self.place, _wanted())
            else:
                frame = osmnx.features_from_polygon(shapely.box(*area.box), _wanted())
        today = datetime.now(tz=UTC).date().isoformat()
        features = features_of_frame(frame, date=today)
        source = f"OpenStreetMap, {name}"
        return layers_of_features(features, area, source=source, licence=OSM_LICENCE)


def _wanted() -> dict[str, bool | str | list[str]]:
    """Say the rules' first tags in OSMnx's words: True is any value."""
    wanted: dict[str, set[str] | None] = {}
    for rule in OSM_RULES:
        for all_of in rule.any_of:
            tag = all_of[0]
            known = wanted.setdefault(tag.key, set())
            if not tag.values:
                wanted[tag.key] = None
            elif known is not None:
                known.update(tag.values)
    return {key: True if values is None else sorted(values) for key, values in wanted.items()}


def features_of_frame(frame: gpd.GeoDataFrame, *, date: str) -> OsmFeatures:
    """Turn OSMnx's frame of features into those of an extract; lines have no outline."""
    sorter = OsmSorter()
    columns = [name for name in frame.columns if name in KEYS or name in {_LEVELS, "name"}]
    records = frame[columns].to_dict("records")
    tags = [{str(k): v for k, v in record.items() if isinstance(v, str)} for record in records]
    shapes = frame.geometry.to_numpy()
    keep = np.array([sorter.wants(one) for one in tags], dtype=bool)
    keep &= ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    rows = np.flatnonzero(keep)
    kind = [str(one)[0] for one in frame.index.get_level_values(0)]
    number = frame.index.get_level_values(1).to_numpy()
    shapes = shapes[rows]
    areal = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004 - areas
    outline = np.full(len(shapes), None, dtype=object)
    outline[areal] = shapes[areal]
    return OsmFeatures(
        kind=np.array(kind, dtype=np.str_)[rows],
        osm_id=number[rows].astype(np.int64),
        tags=tuple(tags[row] for row in rows),
        names=tuple(tags[row].get("name", "") for row in rows),
        outline=outline,
        lonlat=shapely.get_coordinates(shapely.point_on_surface(shapes)).reshape(-1, 2),
        date=date,
        generator="osmnx",
    )
