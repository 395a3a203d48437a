"""Population rasters: written here by rasterio, summed against what was written."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyproj
import pytest
import rasterio
from affine import Affine

import data.layers.raster
from data.layers import LayerArea, Raster
from geo.errors import FileFormatError, InputError
from geo.measure import Box

if TYPE_CHECKING:
    from pathlib import Path

BOX = Box(116.70, 33.90, 116.80, 33.96)
AREA = LayerArea(BOX, "EPSG:32650")
MOLLWEIDE = "ESRI:54009"
RNG = np.random.default_rng(5)


def write(
    path: Path,
    values: npt.NDArray[Any],
    *,
    left: float = 116.69,
    top: float = 33.97,
    step: float = 0.001,
    crs: str | None = "EPSG:4326",
    nodata: float | None = None,
    driver: str = "GTiff",
) -> Path:
    bands = values if values.ndim == 3 else values[None]
    with rasterio.open(
        path, "w", driver=driver, height=bands.shape[1], width=bands.shape[2], count=len(bands),
        dtype=bands.dtype, crs=crs, nodata=nodata,
        transform=Affine(step, 0.0, left, 0.0, -step, top),
    ) as file:  # fmt: skip
        file.write(bands)
    return path


def people(rows: int = 80, columns: int = 120) -> npt.NDArray[np.float64]:
    return RNG.integers(1, 90, (rows, columns)).astype(np.float64)


def test_every_cell_whose_middle_lies_in_the_box_is_a_point_with_its_people(tmp_path: Path) -> None:
    values = people()
    made = Raster(write(tmp_path / "p.tif", values), date="2025", licence="CC BY 4.0").read(AREA)
    (layer,) = made
    lon = 116.69 + (np.arange(120) + 0.5) * 0.001
    lat = 33.97 - (np.arange(80) + 0.5) * 0.001
    inside = np.outer((lat >= 33.90) & (lat <= 33.96), (lon >= 116.70) & (lon <= 116.80))
    assert layer.total == values[inside].sum()
    assert len(layer) == inside.sum() == 6_000
    assert (layer.id, layer.unit, layer.date) == ("population", "people", "2025")
    assert layer.licence == "CC BY 4.0"
    assert layer.left_out == {}
    row, column = 30, 40
    at = np.flatnonzero(np.hypot(*(layer.lonlat - (lon[column], lat[row])).T) < 1e-9)
    assert layer.value[at].tolist() == [values[row, column]]


@pytest.mark.parametrize("crs", [MOLLWEIDE, "EPSG:32650", "EPSG:3857"])
def test_a_raster_in_another_crs_keeps_every_number_at_its_cells_middle(
    tmp_path: Path, crs: str
) -> None:
    change = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    x, y = change.transform([116.68, 116.82, 116.68, 116.82], [33.88, 33.88, 33.98, 33.98])
    rows, columns = int((max(y) - min(y)) // 100), int((max(x) - min(x)) // 100)
    values = people(rows, columns)
    path = write(tmp_path / "m.tif", values, left=min(x), top=max(y), step=100.0, crs=crs)
    (layer,) = Raster(path).read(AREA)
    column, row = np.meshgrid(np.arange(columns) + 0.5, np.arange(rows) + 0.5)
    lon, lat = change.transform(min(x) + column * 100, max(y) - row * 100, direction="INVERSE")
    inside = (lon >= 116.70) & (lon <= 116.80) & (lat >= 33.90) & (lat <= 33.96)
    assert layer.total == values[inside].sum()
    assert len(layer) == inside.sum() > 2_000


def test_cells_of_nobody_are_no_points(tmp_path: Path) -> None:
    values = people()
    values[:, ::2] = 0.0
    (layer,) = Raster(write(tmp_path / "p.tif", values)).read(AREA)
    assert len(layer) == 3_000


def test_few_holes_are_reported_and_many_refused_unless_they_mean_nobody(tmp_path: Path) -> None:
    values = people()
    values[20:24, 30:36] = -99.0
    (layer,) = Raster(write(tmp_path / "few.tif", values, nodata=-99.0)).read(AREA)
    assert layer.left_out == {"cells without a value (0.4%)": 24}
    values[:40] = -99.0
    many = write(tmp_path / "many.tif", values, nodata=-99.0)
    with pytest.raises(FileFormatError, match=r"many.tif: 50\.0% of the box's cells have no value"):
        Raster(many).read(AREA)
    (layer,) = Raster(many, holes="zero").read(AREA)
    assert layer.total == values[40:70, 10:110].sum()


def test_not_a_number_is_a_hole_even_where_no_value_is_named_for_it(tmp_path: Path) -> None:
    values = people()
    values[10:60] = np.nan
    with pytest.raises(FileFormatError, match="have no value: take a raster without holes, or say"):
        Raster(write(tmp_path / "nan.tif", values)).read(AREA)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("negative", r"6,000 cells are negative \(least -200\): set that number as its no-data"),
        ("all holes", "has no value in the box"),
        ("zeros", "holds nobody in the city's box"),
    ],
)
def test_numbers_that_cannot_be_people_are_refused(
    tmp_path: Path, change: str, message: str
) -> None:
    values = {"negative": -200.0, "all holes": np.nan, "zeros": 0.0}[change]
    path = write(tmp_path / "p.tif", np.full((80, 120), values))
    with pytest.raises(FileFormatError, match=message):
        Raster(path).read(AREA)


def test_a_raster_of_another_city_is_refused_with_where_it_lies(tmp_path: Path) -> None:
    path = write(tmp_path / "far.tif", people(), left=10.0, top=50.0)
    with pytest.raises(FileFormatError, match=r"far.tif: covers 10,49\.92,10\.12,50 in EPSG:4326"):
        Raster(path).read(AREA)
    wrong = write(tmp_path / "wrong.tif", people(), crs="EPSG:32650")
    with pytest.raises(FileFormatError, match="which is not the city's box"):
        Raster(wrong).read(AREA)


def test_a_raster_without_a_crs_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "p.tif", people(), crs=None)
    with pytest.raises(FileFormatError, match="does not say in which CRS it is: set it in QGIS"):
        Raster(path).read(AREA)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")  # when written
def test_a_plain_picture_without_a_place_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    with rasterio.open(path, "w", driver="GTiff", height=9, width=9, count=1, dtype="uint8") as f:
        f.write(np.ones((1, 9, 9), dtype=np.uint8))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FileFormatError, match="does not say in which CRS it is"):
            Raster(path).read(AREA)


def test_numbers_kept_with_a_scale_are_people_again(tmp_path: Path) -> None:
    path = write(tmp_path / "p.tif", np.full((80, 120), 25, dtype=np.int16))
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (0.1,), (1.0,)
    (layer,) = Raster(path).read(AREA)
    assert np.unique(layer.value).tolist() == [3.5]


def test_of_several_bands_one_must_be_named(tmp_path: Path) -> None:
    two = np.stack([people(), people() + 100.0])
    path = write(tmp_path / "two.tif", two)
    with pytest.raises(FileFormatError, match="has 2 bands: take out the one with people"):
        Raster(path).read(AREA)
    (layer,) = Raster(path, band=2).read(AREA)
    assert layer.value.min() > 100.0
    with pytest.raises(FileFormatError, match="has no band 3: it has 2"):
        Raster(path, band=3).read(AREA)


def test_options_that_cannot_be_are_refused_at_birth(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="counted from 1"):
        Raster(tmp_path / "p.tif", band=0)
    with pytest.raises(InputError, match="write refuse or zero"):
        Raster(tmp_path / "p.tif", holes="guess")  # type: ignore[arg-type]


def test_only_a_geotiff_is_opened(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.tif", people())
    vrt = tmp_path / "vrt.tif"
    vrt.write_text(
        f'<VRTDataset rasterXSize="120" rasterYSize="80"><SRS>EPSG:4326</SRS>'
        f"<GeoTransform>116.69,0.001,0,33.97,0,-0.001</GeoTransform>"
        f'<VRTRasterBand dataType="Float64" band="1"><SimpleSource>'
        f'<SourceFilename relativeToVRT="0">{secret}</SourceFilename><SourceBand>1</SourceBand>'
        f"</SimpleSource></VRTRasterBand></VRTDataset>"
    )
    png = write(tmp_path / "png.tif", people().astype(np.uint8), driver="PNG")
    for path in (vrt, png):
        with pytest.raises(FileFormatError, match="is no GeoTIFF: export it as GeoTIFF"):
            Raster(path).read(AREA)


def test_what_stands_beside_the_file_is_not_read(tmp_path: Path) -> None:
    path = write(tmp_path / "p.tif", people())
    (tmp_path / "p.tif.aux.xml").write_text(
        "<PAMDataset><SRS>EPSG:3857</SRS><GeoTransform>0,1,0,0,0,-1</GeoTransform></PAMDataset>"
    )
    (layer,) = Raster(path).read(AREA)
    assert len(layer) == 6_000


def test_missing_empty_and_broken_files_are_one_line_each(tmp_path: Path) -> None:
    whole = write(tmp_path / "p.tif", people()).read_bytes()
    (tmp_path / "empty.tif").write_bytes(b"")
    (tmp_path / "cut.tif").write_bytes(whole[:600])
    (tmp_path / "head.tif").write_bytes(whole[:4] + b"\xff" * 40)
    for name in ("missing.tif", "empty.tif", "cut.tif", "head.tif"):
        with pytest.raises(FileFormatError) as caught:
            Raster(tmp_path / name).read(AREA)
        assert name in str(caught.value)
        assert "\n" not in str(caught.value)
    with pytest.raises(FileFormatError, match="cannot be read"):
        Raster(tmp_path).read(AREA)


def test_a_missing_rasterio_is_named_with_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "p.tif", people())

    def missing(_name: str) -> None:
        raise ImportError

    monkeypatch.setattr(data.layers.raster.importlib, "import_module", missing)
    with pytest.raises(InputError, match=r"pip install 'yizhan\[raster\]'"):
        Raster(path).read(AREA)


def test_too_fine_a_raster_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data.layers.raster, "MOST_CELLS", 1_000)
    path = write(tmp_path / "p.tif", people())
    with pytest.raises(FileFormatError, match="take a coarser grid"):
        Raster(path).read(AREA)


def test_a_raster_that_reaches_part_of_the_city_is_refused_unless_the_rest_is_empty(
    tmp_path: Path,
) -> None:
    half = write(tmp_path / "half.tif", people(80, 60))  # to 116.75 of 116.70 to 116.80
    with pytest.raises(FileFormatError, match=r"half.tif: does not reach 4\d% of the city's box"):
        Raster(half).read(AREA)
    (layer,) = Raster(half, holes="zero").read(AREA)
    assert len(layer) == 60 * 50
    assert any("beyond the raster" in reason for reason in layer.left_out)


def test_a_raster_cut_to_the_city_is_whole(tmp_path: Path) -> None:
    cut = write(tmp_path / "cut.tif", people(60, 100), left=116.7004, top=33.9596)
    (layer,) = Raster(cut).read(AREA)
    assert layer.left_out == {}


@pytest.mark.parametrize(
    ("crowd", "cells"), [(3.4e38, 1), (1_900.0, 0), (2_100.0, 1)], ids=["mark", "dense", "denser"]
)
def test_more_people_on_a_square_kilometre_than_any_quarter_holds_are_refused(
    tmp_path: Path, crowd: float, cells: int
) -> None:
    values = people()
    values[40, 60] = crowd  # a cell is 0.001 degrees each way: 0.01024 km2
    path = write(tmp_path / "p.tif", values)
    if not cells:
        assert Raster(path).read(AREA)[0].value.max() == crowd
        return
    with pytest.raises(
        FileFormatError,
        match=r"p\.tif: holds up to .* people in a cell, [\d,]+ per km2, more than 200,000 \(so in",
    ):
        Raster(path).read(AREA)


@pytest.mark.parametrize("mark", [255, 9_999, 32_767, 65_535])
def test_an_undeclared_mark_of_no_data_is_named_with_its_cells(tmp_path: Path, mark: int) -> None:
    values = np.full((80, 120), 10, dtype=np.uint16)
    values[35:40, 45:50] = mark
    path = write(tmp_path / "u16.tif", values)
    with pytest.raises(
        FileFormatError, match=rf"u16\.tif: 25 cells hold {mark:,} .* a usual mark of no data"
    ):
        Raster(path).read(AREA)
    declared = write(tmp_path / "declared.tif", values, nodata=mark)
    (layer,) = Raster(declared, holes="zero").read(AREA)
    assert layer.value.max() == 10


def test_people_that_happen_to_equal_a_mark_are_taken(tmp_path: Path) -> None:
    values = people()
    values[40, 60:64] = (255, 255, 251, 240)  # crowded cells beside others that are nearly so
    (layer,) = Raster(write(tmp_path / "p.tif", values)).read(AREA)
    assert (layer.value == 255).sum() == 2


@pytest.mark.parametrize(
    ("crs", "name"),
    [
        ("EPSG:2345", "Xian 1980"),
        ("EPSG:21420", "Beijing 1954"),
        ("+proj=utm +zone=50 +ellps=krass", "unknown"),
    ],
)
def test_a_raster_in_a_datum_without_a_known_shift_is_refused(
    tmp_path: Path, crs: str, name: str
) -> None:
    change = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    x, y = change.transform(116.69, 33.97)
    path = write(tmp_path / "old.tif", people(90, 130), left=x, top=y, step=100.0, crs=crs)
    with pytest.raises(
        FileFormatError, match=rf"old\.tif: the CRS .*{name}.* shift to WGS-84 is not known"
    ):
        Raster(path).read(AREA)


def test_a_raster_in_the_national_datum_is_taken(tmp_path: Path) -> None:
    values = people()
    (layer,) = Raster(write(tmp_path / "p.tif", values, crs="EPSG:4490")).read(AREA)
    (same,) = Raster(write(tmp_path / "q.tif", values)).read(AREA)
    np.testing.assert_allclose(layer.lonlat, same.lonlat, atol=1e-9)
