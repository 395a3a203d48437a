"""Road lengths: metres by class against the network's own, points on the roads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from data.layers import LayerArea, RoadLengths
from data.layers.road_lengths import road_points
from data.osm import read_roads
from geo.access import HIGHWAY_CLASSES
from geo.measure import Box, great_circle_m
from geo.network import RoadNetwork, build_network

if TYPE_CHECKING:
    from pathlib import Path

AREA = LayerArea(Box(24.0, 60.0, 26.0, 61.0), "EPSG:32635")


@pytest.fixture(scope="module")
def helsinki(helsinki_pbf: Path) -> RoadNetwork:
    return build_network(read_roads(helsinki_pbf))


def test_metres_by_class_are_the_networks(helsinki: RoadNetwork) -> None:
    layers = RoadLengths(helsinki, source="Helsinki.osm.pbf", date="2019-04-21").read(AREA)
    km = {layer.id.removeprefix("roads."): layer.total / 1000 for layer in layers}
    assert km == pytest.approx(helsinki.summary()["km_by_class"], abs=1e-3)
    assert set(km) <= set(HIGHWAY_CLASSES)
    assert {(layer.unit, layer.source, layer.date) for layer in layers} == {
        ("m", "Helsinki.osm.pbf", "2019-04-21")
    }


def test_points_lie_on_their_road_at_most_fifty_metres_apart(helsinki: RoadNetwork) -> None:
    edge, lonlat, metres = road_points(helsinki, step_m=50.0)
    assert metres.max() <= 50.0
    sums = np.bincount(edge, weights=metres)
    assert sums == pytest.approx(helsinki.edge_metres)
    for one in range(0, helsinki.n_edges, 97):
        line = shapely.LineString(helsinki.line(one))
        mine = lonlat[edge == one]
        assert shapely.distance(line, shapely.points(mine)).max() < 1e-7
        gaps = great_circle_m(mine[:-1], mine[1:])
        assert (gaps <= 50.5).all()


def test_a_long_straight_road_has_points_at_equal_steps(helsinki: RoadNetwork) -> None:
    edge, lonlat, metres = road_points(helsinki, step_m=50.0)
    long = int(np.argmax(helsinki.edge_metres))
    count = int(np.ceil(helsinki.edge_metres[long] / 50.0))
    assert (edge == long).sum() == count
    assert metres[edge == long] == pytest.approx(helsinki.edge_metres[long] / count)
    first = great_circle_m(helsinki.line(long)[0], lonlat[edge == long][0])
    assert first <= metres[edge == long][0] / 2 * 1.01


def test_roads_outside_the_box_are_left_out_and_counted(helsinki: RoadNetwork) -> None:
    half = LayerArea(Box(24.0, 60.0, 24.944, 61.0), "EPSG:32635")
    whole = {layer.id: layer for layer in RoadLengths(helsinki).read(AREA)}
    for layer in RoadLengths(helsinki).read(half):
        outside = layer.left_out.get("outside the box", 0)
        assert len(layer) + outside == len(whole[layer.id])
        assert half.box.contains(layer.lonlat).all()
