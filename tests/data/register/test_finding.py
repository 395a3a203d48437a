"""Claims about finding stations: the nearest, those in a box, by words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from geo.errors import InputError
from geo.measure import Box, great_circle_m
from tests.data.register.records import STATION, numbered, stations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.database import Register


def by_hand(points: np.ndarray, lon: float, lat: float) -> list[float]:
    return great_circle_m(np.broadcast_to((lon, lat), points.shape), points).tolist()


def test_the_nearest_are_those_that_a_look_at_every_station_finds(register: Register) -> None:
    rng = np.random.default_rng(7)
    towns = rng.uniform((75, 18), (134, 53), (12, 2))
    points = np.concatenate(
        [rng.normal(town, 0.05, (30, 2)) for town in towns] + [[[179.9, 60.0], [-179.9, 60.0]]]
    )
    register.replace(
        stations(
            *(
                {**STATION, "id": f"s{i}", "lon": lon, "lat": lat}
                for i, (lon, lat) in enumerate(points.tolist())
            )
        )
    )
    asked: Sequence[tuple[float, float]] = [
        *map(tuple, points[::40].tolist()),
        *map(tuple, rng.uniform((75, 18), (134, 53), (20, 2)).tolist()),
        *((179.99, 60), (-179.99, 60), (0, 90), (0, -90), (-70, -30)),
    ]
    for lon, lat in asked:
        for k in (1, 5, 400):
            near = register.nearest(lon, lat, k)
            expected = sorted(by_hand(points, lon, lat))[:k]
            assert [n.distance_m for n in near] == pytest.approx(expected, rel=1e-9, abs=1e-6)
    with register:
        assert register.nearest(*asked[0], 3) == register.nearest(*asked[0], 3)


def test_a_place_that_is_none_has_no_neighbours(register: Register) -> None:
    assert register.nearest(116.8, 33.9) == ()
    for lon, lat in ((200, 33), (116, 91), (float("nan"), 33)):
        with pytest.raises(InputError, match="nowhere on earth"):
            register.nearest(lon, lat)
    with pytest.raises(InputError, match="1 or more"):
        register.nearest(116, 33, 0)


def test_a_box_holds_its_edges_to_the_last_digit(register: Register) -> None:
    lon, lat = 116.80000000000001, 33.9
    register.replace(stations({**STATION, "lon": lon, "lat": lat}))
    assert register.in_box(Box(lon, lat, 117, 34)) == ("a",)
    assert register.in_box(Box(116, 33, lon, lat)) == ("a",)
    assert register.in_box(Box(np.nextafter(lon, 200), lat, 117, 34)) == ()
    assert register.in_box(Box(116, 33, np.nextafter(lon, 0), 34)) == ()


def test_words_are_found_in_names_addresses_and_ids(register: Register) -> None:
    register.replace(
        stations(
            {**STATION, "id": "x1", "name": "淮海路爱心驿站", "address": "相山区淮海路 8 号"},
            {**STATION, "id": "x2", "name": "爱心驿站", "address": "Huaihai Road 100%_\\"},
            {**STATION, "id": "x3", "name": '司机之家 "A\'B"', "address": "濉溪县"},
            {**STATION, "id": "爱心驿站3", "name": "爱心驿站（三店）"},
        )
    )
    assert register.search("爱心驿站") == ("x2", "爱心驿站3", "x1")
    assert register.search("淮海") == ("x1",)
    assert register.search("驿站 淮海路") == ("x1",)
    assert register.search("huaihai ROAD") == ("x2",)
    assert register.search("路") == ("x1",)
    assert register.search("100%_") == ("x2",)
    assert register.search("%") == ("x2",)
    assert register.search("_\\") == ("x2",)
    assert register.search('"A\'B"') == ("x3",)
    assert register.search("没有这样的") == ()
    assert register.search("爱心驿站", limit=1) == ("x2",)
    for text in ("", "  ", "x" * 201):
        with pytest.raises(InputError, match="1 to 200 characters"):
            register.search(text)


def test_what_finds_stations_follows_every_change(register: Register) -> None:
    register.replace(stations(*numbered(30)))
    register.replace(stations(*numbered(20, lon=116.1, name="新名字")))
    register.observe("s3", {"name": "改名了"}, source="inspector")
    assert register.search("驿站") == ()
    assert len(register.search("新名字")) == 19
    assert register.search("改名了") == ("s3",)
    assert register.in_box(Box(116.79, 33, 116.81, 34)) == ()
    assert len(register.in_box(Box(116.09, 33, 116.11, 34))) == 20
