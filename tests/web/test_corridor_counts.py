"""Trucks counted at posts become a layer along their roads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.layers import load_layers
from data.workspace import Workspace
from geo.access import HIGHWAY_CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STEP = 0.005


@pytest.fixture
def city(tmp_path: Path, cli: Callable[..., object]) -> Path:
    """One trunk road along the bottom of a grid of streets."""
    nodes = "".join(
        f'<node id="{1 + 5 * row + column}" lon="{116.80 + STEP * column}"'
        f' lat="{33.96 + STEP * row}"/>'
        for row in range(5)
        for column in range(5)
    )
    ways = [[1 + 5 * row + column for column in range(5)] for row in range(5)]
    ways += [[1 + 5 * row + column for row in range(5)] for column in range(5)]
    lines = "".join(
        f'<way id="{100 + i}">{"".join(f"<nd ref={chr(34)}{n}{chr(34)}/>" for n in way)}'
        f'<tag k="highway" v="{"trunk" if i == 0 else "residential"}"/></way>'
        for i, way in enumerate(ways)
    )
    roads = tmp_path / "roads.osm"
    roads.write_text(f'<osm version="0.6">{nodes}{lines}</osm>', encoding="utf-8")
    folder = tmp_path / "city"
    cli("init", "-w", folder, "--name", "t", "--box", "116.79,33.95,116.83,33.99")
    cli("network", "build", "--osm", roads, "-w", folder)
    return folder


def test_counted_trucks_are_carried_along_their_road(
    city: Path, tmp_path: Path, cli: Callable[..., object]
) -> None:
    posts = tmp_path / "posts.csv"
    posts.write_text("lon,lat,weight\n116.8061,33.9601,8000\n", encoding="utf-8")
    words = ("demand", "layers", "--corridors", posts, "--truck-share", "0.25", "-w", city)
    answer = cli(*words, "--json")
    workspace = Workspace.open(city)
    network = workspace.network()
    trunk = network.edge_class == HIGHWAY_CLASSES.index("trunk")
    made = load_layers(workspace.layers_folder())["own:corridors"]
    assert made.total == pytest.approx(2_000 * network.edge_metres[trunk].sum() / 1_000)
    assert made.lonlat[:, 1] == pytest.approx(33.96)
    assert (made.unit, made.source) == ("truck-km/day", "posts.csv")
    assert answer.code == 0  # type: ignore[attr-defined]


def test_a_post_far_from_every_great_road_is_refused_and_nothing_is_kept(
    city: Path, tmp_path: Path, cli: Callable[..., object]
) -> None:
    posts = tmp_path / "posts.csv"
    posts.write_text("lon,lat,weight\n116.81,33.975,8000\n", encoding="utf-8")
    answer = cli("demand", "layers", "--corridors", posts, "-w", city)
    assert answer.code == 2  # type: ignore[attr-defined]
    assert "count 1 at 116.81000, 33.97500 lies" in answer.err  # type: ignore[attr-defined]
    assert "own:corridors" not in load_layers(Workspace.open(city).layers_folder())
