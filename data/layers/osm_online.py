"""Layers of a place that is downloaded: OSM features by OSMnx from Overpass and Nominatim."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import shapely

from data.layers.osm import OSM_LICENCE, layers_of_features
from data.osm.download import download_settings, downloaded, features_query
from data.osm.features import read_features
from data.osm_rules import FIRST_TAGS, OsmSorter
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

    from data.layers.layer import Layer, LayerArea


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
        place = self.place or shapely.box(*area.box)
        query = features_query(_wanted())
        with downloaded(place, query=query, what=say("features"), settings=settings) as (
            path,
            asked,
        ):
            features = read_features(path, first=FIRST_TAGS, wanted=OsmSorter().wants, box=area.box)
        today = datetime.now(tz=UTC).date().isoformat()
        return layers_of_features(
            replace(features.within(asked), date=today),
            area,
            source=f"OpenStreetMap, {name}",
            licence=OSM_LICENCE,
        )


def _wanted() -> dict[str, bool | str | list[str]]:
    """Say the rules' first tags in OSMnx's words: True is any value."""
    return {key: sorted(values) if values else True for key, values in FIRST_TAGS.items()}
