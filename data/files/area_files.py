"""Areas of reach in a file: isochrones as GeoJSON, the largest first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import shapely

from data.atomic import write_text
from data.vocabulary import SAMPLE_NOTICE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from data.settings import Settings

_DIGITS = 1e-6


def write_areas(
    path: Path,
    areas: Mapping[float, BaseGeometry],
    *,
    station_id: str,
    mode: str,
    settings: Settings,
) -> None:
    """Write one feature an area (minutes -> WGS-84 polygon), in the order given.

    Coordinates are rounded to a millionth of a degree (0.1 m). WorkspaceError when the file cannot
    be written.
    """
    features = [
        {
            "type": "Feature",
            "geometry": json.loads(shapely.to_geojson(shapely.set_precision(area, _DIGITS))),
            "properties": {"station": station_id, "mode": mode, "minutes": minutes},
        }
        for minutes, area in areas.items()
    ]
    body = {"type": "FeatureCollection", "city": settings.name, "features": features}
    if settings.sample:
        body["notice"] = SAMPLE_NOTICE
    write_text(path, json.dumps(body, ensure_ascii=False))
