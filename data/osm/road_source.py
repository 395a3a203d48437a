"""Where a city's roads come from: an extract, a place's name, a polygon or somebody's own graph."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import shapely

from data.files.district_files import read_districts
from data.osm.roads import read_roads
from geo.errors import FileFormatError
from geo.messages import reason_of, say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geo.measure import Box
    from geo.roads import RawRoads

Kind = Literal["osm", "place", "polygon", "graphml"]

# Ways to a station may lead outside the city's box: so much is read around it.
MARGIN_M = 5_000.0


@dataclass(frozen=True)
class RoadSource:
    """One source of roads.

    ``kind`` "osm" is an OSM extract in a file, "graphml" a graph as OSMnx saves it; "place" is a
    name that Nominatim knows and "polygon" a GeoJSON file of areas, both downloaded by OSMnx.
    ``where`` is the file or the name. ``cut`` is a smaller extract that is read in the place of an
    extract, where what is asked for was cut out of it (`data.osm.cut`).
    """

    kind: Kind
    where: str | Path
    cut: Path | None = None

    def __str__(self) -> str:
        return str(self.where)

    def content_hash(self) -> str | None:
        """Sha-256 (hex) of the file's bytes; None for what is downloaded anew each time.

        FileFormatError when the file cannot be read.
        """
        if isinstance(self.where, str) or self.kind in {"place", "polygon"}:
            return None
        try:
            with self.where.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise FileFormatError(
                say("{where}: cannot be read ({reason})", where=self.where, reason=reason_of(error))
            ) from None

    def read(self, *, box: Box, on_progress: Callable[[str, float], None] | None) -> RawRoads:
        """Read or download the roads; an extract is cut at ``box`` with `MARGIN_M` around it.

        FileFormatError for a file that cannot be taken, InputError for a place that is not known,
        NetworkError when the services cannot be reached.
        """
        if self.kind == "osm" and not isinstance(self.where, str):
            left, bottom, right, top = box.grown(MARGIN_M)
            file = self.cut or self.where
            return read_roads(file, box=(left, bottom, right, top), on_progress=on_progress)
        # OSMnx takes seconds to import, and nobody who has an extract needs it.
        if self.kind == "graphml" and not isinstance(self.where, str):
            from data.osm.graph import read_graphml  # noqa: PLC0415

            return read_graphml(self.where)
        from data.osm.download import download_roads  # noqa: PLC0415

        if isinstance(self.where, str):
            return download_roads(self.where)
        area = shapely.union_all(read_districts(self.where).frame.geometry.to_numpy())
        if not isinstance(area, shapely.Polygon | shapely.MultiPolygon):
            raise FileFormatError(say("{where}: holds no area: give polygons", where=self.where))
        return download_roads(area)
