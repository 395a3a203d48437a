"""Claims about the picture of a density."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from data.demand import Demand
from data.districts import Districts
from geo.errors import InputError
from geo.measure import Box
from web.density_ground import DensityGround
from web.density_picture import draw_density
from web.density_squares import hour_squares
from web.fonts import typeface
from web.language import ENGLISH

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
