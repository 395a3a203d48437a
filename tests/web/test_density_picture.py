"""Claims about the picture of a density."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from data.demand import Demand
from data.districts import Districts
from data.vocabulary import GROUPS, KINDS
from geo.errors import InputError
from geo.measure import Box, to_metric
from web.design.fonts import fit, typeface
from web.languages import CHINESE, ENGLISH
from web.maps.density_ground import DensityGround
from web.maps.density_picture import draw_density
from web.maps.density_squares import hour_squares

if TYPE_CHECKING:
    from pathlib import Path


def test_dollars_and_tags_in_names_are_drawn_as_they_are(tmp_path: Path) -> None:
    odd = "A $x_{$ <b>"
    try:
        typeface(odd)
    except InputError:
        pytest.skip("no typeface here")
    row, column = np.mgrid[:10, :10]
    demand = Demand(
        ids=np.array([f"c{i}" for i in range(100)]),
        lonlat=np.column_stack([116.8 + 0.003 * column.ravel(), 33.9 + 0.003 * row.ravel()]),
        weights=np.ones((100, 1)),
        groups=("courier",),
        district=np.zeros(100, dtype=int),
        district_names=(odd,),
        presence=np.ones(1),
        profile=np.full((1, 2, 24), 0.5),
    )
    box = Box(116.79, 33.89, 116.84, 33.94)
    ground = DensityGround(
        city=odd,
        districts=Districts.from_areas({odd: shapely.box(116.79, 33.89, 116.84, 33.94)}),
        network=None,
        source=f"{odd}.csv",
        sample=False,
        box=box,
    )
    path = tmp_path / "odd.svg"
    squares = hour_squares(demand, metric_crs="EPSG:32650")
    draw_density(squares, ground, path, group="courier", day="weekday", hour=3, language=ENGLISH)
    assert path.stat().st_size > 1_000


def test_a_line_that_is_too_long_is_written_smaller_and_a_short_one_as_it_is() -> None:
    figure = Figure(figsize=(6.0, 2.0))
    FigureCanvasAgg(figure)
    short, long = (figure.text(0.0, 0.5, "most " * n, fontsize=15) for n in (2, 16))
    fit((short, long), wide_in=5.0)
    assert short.get_fontsize() == 15
    assert 4.0 * figure.dpi < long.get_window_extent().width <= 5.0 * figure.dpi


def test_sentences_count_people_and_kinds_as_english_and_chinese_do() -> None:
    assert ENGLISH.people("all") == "workers"
    assert CHINESE.people("all") == "工友"
    assert ENGLISH.people("ride_hailing_driver") == "ride-hailing drivers"
    assert {ENGLISH.people(group.id) for group in GROUPS} == {f"{g.en.lower()}s" for g in GROUPS}
    assert ENGLISH.kinds("driver_home", 4) == "4 driver homes"
    assert ENGLISH.kinds("station", 1) == "1 station"
    assert CHINESE.kinds("driver_home", 4) == "4 个司机之家"
    assert all(ENGLISH.kinds(kind.id, 2).endswith("s") for kind in KINDS)


def test_the_frame_leaves_far_villages_out_rather_than_shrink_a_town_to_a_speck() -> None:
    row, column = np.mgrid[:20, :20]
    town = np.column_stack([116.8 + 0.003 * column.ravel(), 33.9 + 0.003 * row.ravel()])
    villages = np.column_stack([np.full(40, 116.83), np.linspace(33.0, 34.8, 40)])
    lonlat = np.concatenate([town, villages])
    demand = Demand(
        ids=np.array([f"c{number}" for number in range(len(lonlat))]),
        lonlat=lonlat,
        weights=np.where(np.arange(len(lonlat)) < len(town), 10.0, 8.0)[:, None],
        groups=("courier",),
        district=np.zeros(len(lonlat), dtype=int),
        district_names=("A",),
        presence=np.ones(1),
        profile=np.full((1, 2, 24), 0.5),
    )
    squares = hour_squares(demand, metric_crs="EPSG:32650")
    left, bottom, right, top = squares.frame("courier")
    hour, day = squares.peak("courier")
    half_m2 = 1e6 * squares.half_area_km2("courier", hour=hour, day=day)
    assert half_m2 > 0.025 * (right - left) * (top - bottom)
    x, y = to_metric(town, crs="EPSG:32650").T
    assert left < x.min() < x.max() < right
    assert bottom < y.min() < y.max() < top
