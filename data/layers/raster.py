"""Population out of a GeoTIFF (WorldPop, GHSL): every cell becomes a point with its people.

A raster in any CRS is taken: the centres of its cells are brought to WGS-84, the numbers stay what
they are, so that nobody is lost or counted twice by resampling. Only GeoTIFF is opened: GDAL's
other formats can make it read other files.
"""

from __future__ import annotations

import importlib
import math
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import numpy as np

from data.layers.layer import Layer, LayerArea
from data.layers.raster_numbers import refuse_impossible_people
from data.osm_rules import POPULATION
from geo.crs import to_wgs84_from
from geo.errors import FileFormatError, InputError
from geo.measure import to_metric
from geo.messages import message_of, reason_of, say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt
    import pyproj

    from geo.measure import Box

Holes = Literal["refuse", "zero"]
MOST_CELLS: Final = 10_000_000
_BIGGEST_BLOCK: Final = 64_000_000
_TIFF: Final = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_FEW_HOLES: Final = 0.01  # share of the city: a river's width of cells is no fault
_SAMPLED_AREAS: Final = 1000  # cells of which the area is measured before any is doubted
_AREA_SLACK: Final = 0.9  # areas vary by less within a city
_EDGE_POINTS: Final = 51  # along each side of the box, for it bends in another CRS


@dataclass(frozen=True)
class Raster:
    """The reader of a GeoTIFF with people per cell.

    ``band`` is needed where the file has several. ``holes`` says what cells without a value are:
    by default a city of which they are more than 1 % is refused, "zero" says that nobody lives
    there (WorldPop's constrained grids). ``date`` and ``licence`` are what the source's page says.

    Raises
    ------
    InputError
        when ``band`` is no number from 1, or ``holes`` is another word.
    """

    path: Path
    layer: str = POPULATION
    band: int | None = None
    holes: Holes = "refuse"
    date: str = ""
    licence: str = ""
    unit: str = "people"

    def __post_init__(self) -> None:
        if self.band is not None and self.band < 1:
            raise InputError(say("band {band}: bands are counted from 1", band=self.band))
        if self.holes not in {"refuse", "zero"}:
            raise InputError(say('holes "{holes}": write refuse or zero', holes=self.holes))

    def read(self, area: LayerArea) -> tuple[Layer, ...]:
        """Read the cells whose centre lies in the box and that hold anybody.

        InputError (a FileFormatError where the file is at fault) when it is no GeoTIFF, says
        nothing of its CRS, lies elsewhere, has holes or negative numbers; or rasterio is missing.
        """
        _check_magic(self.path)
        with _opened(self.path) as source:
            band = _band(self.path, source, self.band)
            to_wgs84 = _to_wgs84(self.path, source, area.box)
            window = _window(self.path, source, area.box, to_wgs84)
            if window.beyond > _FEW_HOLES and self.holes == "refuse":
                raise FileFormatError(
                    say(
                        "{file}: does not reach {beyond:.0%} of the city's box "
                        "{box}: merge it with its neighbours (gdal_merge.py), or say "
                        "--holes zero if nobody lives there",
                        file=self.path.name,
                        beyond=window.beyond,
                        box=area.box,
                    )
                )
            values = source.read(band, window=(window.rows, window.columns), masked=True)
            centres = _centres(source, window, values.shape)
            scale, offset = source.scales[band - 1], source.offsets[band - 1]
            cells = _Cells(source.transform, to_wgs84, area.metric_crs)
        lonlat = cells.degrees(centres)
        inside = area.box.contains(lonlat)
        number = np.ma.getdata(values).ravel().astype(np.float64) * scale + offset
        hole = np.ma.getmaskarray(values).ravel() | ~np.isfinite(number)
        left_out = self._check(number[inside], hole[inside], centres[inside], cells, area.box)
        if window.beyond > _FEW_HOLES:
            left_out[
                say("parts of the box beyond the raster ({beyond:.0%})", beyond=window.beyond)
            ] = 1
        keep = inside & ~hole & (number > 0)
        return (
            Layer(
                id=self.layer,
                lonlat=lonlat[keep],
                value=number[keep],
                unit=self.unit,
                source=self.path.name,
                date=self.date,
                licence=self.licence,
                left_out=left_out,
            ),
        )

    def _check(
        self,
        number: npt.NDArray[np.float64],
        hole: npt.NDArray[np.bool_],
        centres: npt.NDArray[np.float64],
        cells: _Cells,
        box: Box,
    ) -> dict[str, int]:
        """Refuse what cannot be; count the holes that were taken for 0."""
        name = self.path.name
        if not len(number):
            raise FileFormatError(
                say(
                    "{name}: has no cell in the box {box}: take the city's own tile",
                    name=name,
                    box=box,
                )
            )
        if hole.all():
            raise FileFormatError(
                say("{name}: has no value in the box {box}: take another tile", name=name, box=box)
            )
        filled = centres[~hole]
        sampled = filled[:: max(1, len(filled) // _SAMPLED_AREAS)]
        refuse_impossible_people(
            name,
            number[~hole],
            areas_km2=lambda rows: cells.areas_km2(filled[rows]),
            least_area_km2=_AREA_SLACK * float(cells.areas_km2(sampled).min()),
        )
        share = float(hole.mean())
        if share > _FEW_HOLES and self.holes == "refuse":
            raise FileFormatError(
                say(
                    "{name}: {share:.1%} of the box's cells have no value: take a raster without "
                    "holes, or say --holes zero if nobody lives there",
                    name=name,
                    share=share,
                )
            )
        count = int(hole.sum())
        return {say("cells without a value ({share:.1%})", share=share): count} if count else {}


def _check_magic(path: Path) -> None:
    """Let GDAL see nothing that does not begin as a TIFF does."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except FileNotFoundError:
        raise FileFormatError(say("{path}: no such file", path=path)) from None
    except OSError as error:
        raise FileFormatError(
            say("{path}: cannot be read ({reason})", path=path, reason=reason_of(error))
        ) from None
    if not head:
        raise FileFormatError(say("{file}: is empty", file=path.name))
    if head not in _TIFF:
        raise FileFormatError(
            say("{file}: is no GeoTIFF: export it as GeoTIFF (.tif)", file=path.name)
        )


def _rasterio() -> Any:  # noqa: ANN401 - rasterio ships no types
    try:
        return importlib.import_module("rasterio")
    except ImportError:
        raise InputError(
            say(
                "reading a raster needs the package rasterio: pip install 'yizhan[raster]', or "
                "hand in a CSV of cells"
            )
        ) from None


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a GeoTIFF by that driver alone, without looking at files beside it."""
    rasterio = _rasterio()
    try:
        with (
            warnings.catch_warnings(
                category=rasterio.errors.NotGeoreferencedWarning, action="ignore"
            ),
            rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR", GDAL_PAM_ENABLED="NO"),
            rasterio.open(path.resolve(), driver="GTiff") as source,
        ):
            yield source
    except rasterio.errors.RasterioError as error:
        reason = " ".join(str(error).split())[:160]
        raise FileFormatError(
            say(
                "{file}: is a broken GeoTIFF ({reason}): get it anew", file=path.name, reason=reason
            )
        ) from None


def _band(path: Path, source: Any, wanted: int | None) -> int:  # noqa: ANN401 - as above
    if wanted is None and source.count != 1:
        raise FileFormatError(
            say(
                "{file}: has {count} bands: take out the one with people (gdal_translate -b 1)",
                file=path.name,
                count=source.count,
            )
        )
    band = wanted or 1
    if band > source.count:
        raise FileFormatError(
            say(
                "{file}: has no band {band}: it has {count}",
                file=path.name,
                band=band,
                count=source.count,
            )
        )
    if np.dtype(source.dtypes[band - 1]).kind not in "iuf":
        raise FileFormatError(
            say("{file}: band {band} holds no plain numbers", file=path.name, band=band)
        )
    if math.prod(source.block_shapes[band - 1]) > _BIGGEST_BLOCK:
        raise FileFormatError(
            say("{file}: is packed in one piece: export it again in tiles", file=path.name)
        )
    return band


class _Window(NamedTuple):
    """Rows and columns, as rasterio takes them, and the share of the box that has none."""

    rows: tuple[int, int]
    columns: tuple[int, int]
    beyond: float


def _window(
    path: Path,
    source: Any,  # noqa: ANN401 - as above
    box: Box,
    to_wgs84: pyproj.Transformer,
) -> _Window:
    """Find the rows and columns that may lie in the box."""
    if source.transform.is_degenerate:
        raise FileFormatError(
            say("{file}: does not say how large its cells are: export it again", file=path.name)
        )
    edge = np.linspace(0.0, 1.0, _EDGE_POINTS)
    lon = box.left + edge * (box.right - box.left)
    lat = box.bottom + edge * (box.top - box.bottom)
    grid_lon, grid_lat = np.meshgrid(lon, lat)
    x, y = to_wgs84.transform(grid_lon.ravel(), grid_lat.ravel(), direction="INVERSE")
    back = ~source.transform
    column = back.a * x + back.b * y + back.c
    row = back.d * x + back.e * y + back.f
    there = np.isfinite(column) & np.isfinite(row)
    if not there.any():
        raise _elsewhere(path, source, box)
    first_row, last_row = _span(row[there], source.height)
    first_column, last_column = _span(column[there], source.width)
    cells = max(last_row - first_row, 0) * max(last_column - first_column, 0)
    if not cells:
        raise _elsewhere(path, source, box)
    if cells > MOST_CELLS:
        raise FileFormatError(
            say(
                "{file}: has {cells:,} cells in the box, more than {most_cells:,}: "
                "take a coarser grid (100 m will do)",
                file=path.name,
                cells=cells,
                most_cells=MOST_CELLS,
            )
        )
    # a raster cut to the box may end within a cell of it
    reached = there & (row >= -1) & (row <= source.height + 1)
    reached &= (column >= -1) & (column <= source.width + 1)
    beyond = 1.0 - float(reached.mean())
    return _Window((first_row, last_row), (first_column, last_column), beyond)


def _span(at: npt.NDArray[np.float64], size: int) -> tuple[int, int]:
    """Give the first cell and the one after the last, one further out on both sides."""
    low = int(np.clip(np.floor(at.min()) - 1, 0, size))
    high = int(np.clip(np.ceil(at.max()) + 1, 0, size))
    return low, high


def _elsewhere(path: Path, source: Any, box: Box) -> FileFormatError:  # noqa: ANN401 - as above
    bounds = ",".join(f"{edge:.6g}" for edge in source.bounds)
    return FileFormatError(
        say(
            "{file}: covers {bounds} in {crs}, which is not the city's "
            "box {box}: take the city's own tile, or set the right CRS",
            file=path.name,
            bounds=bounds,
            crs=source.crs.to_string()[:40],
            box=box,
        )
    )


def _centres(
    source: Any,  # noqa: ANN401 - as above
    window: _Window,
    shape: tuple[int, int],
) -> npt.NDArray[np.float64]:
    """Give the middles of the cells in the raster's own CRS, row by row."""
    row, column = np.mgrid[: shape[0], : shape[1]]
    row = row.ravel() + window.rows[0] + 0.5
    column = column.ravel() + window.columns[0] + 0.5
    to = source.transform
    return np.column_stack([to.a * column + to.b * row + to.c, to.d * column + to.e * row + to.f])


def _to_wgs84(
    path: Path,
    source: Any,  # noqa: ANN401 - as above
    box: Box,
) -> pyproj.Transformer:
    """Return what brings the raster's coordinates to WGS-84."""
    if source.crs is None:
        raise FileFormatError(
            say(
                "{file}: does not say in which CRS it is: set it in QGIS (“Assign projection”)",
                file=path.name,
            )
        )
    try:
        return to_wgs84_from(source.crs.to_wkt(), box=box)
    except InputError as error:
        raise FileFormatError(
            say("{file}: {reason}", file=path.name, reason=message_of(error))
        ) from None


@dataclass(frozen=True)
class _Cells:
    """The cells of a raster on the ground; points are centres in the raster's own CRS."""

    transform: Any
    to_wgs84: pyproj.Transformer
    metric_crs: str

    def degrees(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(self.to_wgs84.transform(points[:, 0], points[:, 1]))

    def areas_km2(self, centres: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Measure cells, each as the parallelogram of its two sides."""
        start, right, down = (
            to_metric(self.degrees(centres + step), crs=self.metric_crs)
            for step in (
                (0.0, 0.0),
                (self.transform.a, self.transform.d),
                (self.transform.b, self.transform.e),
            )
        )
        across, along = right - start, down - start
        return np.abs(across[:, 0] * along[:, 1] - across[:, 1] * along[:, 0]) / 1e6
