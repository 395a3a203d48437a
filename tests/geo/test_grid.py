"""Grids: every piece against a plain loop over squares, hexagons against h3's own geometry."""

from __future__ import annotations

import itertools
import time

import h3
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import geo.grid
from geo.errors import InputError
from geo.grid import h3_grid, square_grid

UTM = "EPSG:32650"
L_SHAPE = shapely.Polygon([(0, 0), (900, 0), (900, 300), (300, 300), (300, 900), (0, 900)])
WITH_HOLE = shapely.Polygon(
    [(1_000, 1_000), (2_030, 1_010), (2_000, 1_990), (990, 2_020)],
    [[(1_300, 1_300), (1_700, 1_310), (1_500, 1_720)]],
)
TWO_PARTS = shapely.MultiPolygon([shapely.box(-610, -90, -10, 60), shapely.box(-600, 600, -1, 999)])


def by_hand(area: shapely.Geometry, size: float) -> dict[str, float]:
    """Square -> m2 of the area in it, by one intersection after another."""
    left, bottom, right, top = area.bounds
    found = {}
    for column, row in itertools.product(
        range(int(left // size), int(right // size) + 1),
        range(int(bottom // size), int(top // size) + 1),
    ):
        square = shapely.box(column * size, row * size, (column + 1) * size, (row + 1) * size)
        m2 = area.intersection(square).area
        if m2 > 1e-6:
            found[f"E{column}N{row}"] = m2
    return found


@pytest.mark.parametrize("size", [250.0, 77.0, 2_000.0])
@pytest.mark.parametrize("area", [L_SHAPE, WITH_HOLE, TWO_PARTS], ids=["L", "hole", "parts"])
def test_squares_hold_what_a_loop_over_squares_finds(area: shapely.Geometry, size: float) -> None:
    pieces = square_grid([area], size_m=size)
    wanted = by_hand(area, size)
    assert dict(zip(pieces.cell.tolist(), pieces.area_m2.tolist(), strict=True)) == pytest.approx(
        wanted
    )
    assert (pieces.whole_m2 == size * size).all()
    assert (shapely.area(pieces.shape) == pieces.area_m2).all()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-4e4, 4e4), st.floats(-4e4, 4e4)), min_size=3, max_size=8, unique=True
    ),
    st.floats(700.0, 9e3),
)
def test_pieces_of_any_area_add_up_to_it(corners: list[tuple[float, float]], size: float) -> None:
    area = shapely.MultiPoint(corners).convex_hull
    if area.geom_type != "Polygon" or area.area < 1.0:
        return
    pieces = square_grid([area], size_m=size)
    # a piece of less than a square millimetre is left out
    assert pieces.area_m2.sum() == pytest.approx(area.area, rel=1e-9, abs=1e-4)
    assert len(set(pieces.cell.tolist())) == len(pieces)
    near = shapely.dwithin(shapely.points(pieces.xy), pieces.shape, 1e-6)
    assert near.all()


def test_a_square_cut_by_a_border_gives_one_piece_to_each_side() -> None:
    left, right = shapely.box(0, 0, 600, 500), shapely.box(600, 0, 1_000, 500)
    pieces = square_grid([left, right], size_m=250.0)
    cut = pieces.cell == "E2N0"
    assert pieces.area[cut].tolist() == [0, 1]
    assert pieces.area_m2[cut].tolist() == [100 * 250.0, 150 * 250.0]
    assert len(pieces) == 2 * (3 + 2)


def test_an_area_that_ends_on_a_line_of_the_grid_gets_nothing_beyond_it() -> None:
    pieces = square_grid([shapely.box(-500, 0, 500, 250)], size_m=250.0)
    assert sorted(pieces.cell.tolist()) == ["E-1N0", "E-2N0", "E0N0", "E1N0"]
    assert (pieces.area_m2 == 62_500.0).all()


def test_the_point_of_a_piece_lies_on_it_where_its_centroid_does_not() -> None:
    horseshoe = shapely.box(0, 0, 240, 240).difference(shapely.box(20, 20, 220, 240))
    pieces = square_grid([horseshoe], size_m=250.0)
    assert not horseshoe.contains(horseshoe.centroid)
    assert horseshoe.covers(shapely.Point(pieces.xy[0]))


def test_a_border_that_touches_a_square_leaves_no_line_in_a_piece() -> None:
    notch = shapely.Polygon([(0, 0), (500, 0), (500, 250), (250, 250), (250, 400), (0, 400)])
    pieces = square_grid([notch, notch.buffer(0)], size_m=250.0)
    assert set(shapely.get_type_id(pieces.shape).tolist()) <= {3, 6}
    assert pieces.area_m2.sum() == pytest.approx(2 * notch.area)


def test_a_long_narrow_river_is_cut_without_looking_at_its_whole_box() -> None:
    river = shapely.LineString([(0, 0), (90_000, 110_000)]).buffer(30.0)
    pieces = square_grid([river], size_m=50.0)
    assert pieces.area_m2.sum() == pytest.approx(river.area, rel=1e-9)


def test_too_many_cells_and_a_size_that_is_none_are_refused() -> None:
    with pytest.raises(InputError, match="more than 2,000,000: take larger cells"):
        square_grid([shapely.box(0, 0, 1e6, 1e6)], size_m=100.0)
    with pytest.raises(InputError, match="more than 2,000,000: take larger cells"):
        square_grid([shapely.box(0, 0, 1e9, 1e9)], size_m=1.0)
    for size in (0.0, -250.0, float("nan"), float("inf")):
        with pytest.raises(InputError, match="write a size in metres"):
            square_grid([L_SHAPE], size_m=size)


def test_no_areas_give_no_pieces() -> None:
    pieces = square_grid([], size_m=250.0)
    assert len(pieces) == 0
    assert pieces.xy.shape == (0, 2)


@pytest.fixture(scope="module")
def town() -> shapely.Polygon:
    return shapely.Polygon([(480_000, 3_750_000), (486_000, 3_751_000), (483_000, 3_756_000)])


@pytest.mark.parametrize("resolution", [7, 9])
def test_hexagons_are_h3s_own_and_cover_the_area(town: shapely.Polygon, resolution: int) -> None:
    pieces = h3_grid([town], resolution=resolution, crs=UTM)
    assert pieces.area_m2.sum() == pytest.approx(town.area, rel=1e-6)
    assert {h3.get_resolution(cell) for cell in pieces.cell.tolist()} == {resolution}
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", UTM, always_xy=True)
    for cell, m2, whole in list(
        zip(pieces.cell.tolist(), pieces.area_m2, pieces.whole_m2, strict=True)
    )[::7]:
        ring = [to_metres.transform(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]
        assert m2 == pytest.approx(shapely.Polygon(ring).intersection(town).area, rel=1e-6)
        # UTM's scale and the geoid make it differ a little from the globe's own area.
        assert whole == pytest.approx(h3.cell_area(cell, unit="m^2"), rel=0.01)


def test_hexagons_refuse_what_is_no_resolution_and_too_many(town: shapely.Polygon) -> None:
    with pytest.raises(InputError, match="go from 0 to 15"):
        h3_grid([town], resolution=16, crs=UTM)
    with pytest.raises(InputError, match="take a lower resolution"):
        h3_grid([town], resolution=15, crs=UTM)


def test_a_missing_h3_is_named_with_its_extra(
    town: shapely.Polygon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_name: str) -> None:
        raise ImportError

    monkeypatch.setattr(geo.grid.importlib, "import_module", missing)
    with pytest.raises(InputError, match=r"pip install 'yizhan\[h3\]'"):
        h3_grid([town], resolution=8, crs=UTM)


def test_pieces_stand_row_by_row() -> None:
    pieces = square_grid([shapely.box(0, 0, 5_000, 5_000)], size_m=250.0)
    north = np.array([int(cell.split("N")[1]) for cell in pieces.cell.tolist()])
    assert (np.diff(north) >= 0).all()


def test_areas_are_counted_together_and_before_any_is_cut() -> None:
    begin = time.process_time()
    four = [shapely.box(x, 0, x + 30_000, 30_000) for x in (0, 30_000, 60_000, 90_000)]
    with pytest.raises(InputError, match="the areas would be cut into more than 2,000,000"):
        square_grid(four, size_m=40)  # 562,500 each
    assert time.process_time() - begin < 1.0
