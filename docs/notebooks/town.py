"""A town that does not exist, drawn in a few lines for the notebooks: 示意数据, generated."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from data import SAMPLE_NOTICE
from geo import Box

if TYPE_CHECKING:
    from pathlib import Path

_WEST, _SOUTH = 116.80, 33.95
_LON, _LAT = 0.0027, 0.00225  # 250 m east, 250 m north
_BLOCKS = 12
_MIDDLE = _BLOCKS // 2


class Town(NamedTuple):
    """The files of the town, and the box in which it lies."""

    roads: Path
    stations: Path
    totals: Path
    box: Box


def write_town(folder: Path) -> Town:
    """Write an extract, a register of three stations and the town's totals."""
    town = Town(
        roads=folder / "roads.osm",
        stations=folder / "stations.csv",
        totals=folder / "totals.csv",
        box=Box(_WEST - _LON, _SOUTH - _LAT, _WEST + 13 * _LON, _SOUTH + 13 * _LAT),
    )
    town.roads.write_text(_extract(), encoding="utf-8")
    town.stations.write_text(_register(), encoding="utf-8")
    totals = f'区县,外卖配送员,快递员,环卫工人,备注\n全市,300,150,120,"{SAMPLE_NOTICE}"\n'
    town.totals.write_text(totals, encoding="utf-8")
    return town


def _place(east: float, north: float) -> tuple[float, float]:
    """Longitude and latitude of so many blocks east and north of the corner."""
    return _WEST + east * _LON, _SOUTH + north * _LAT


def _register() -> str:
    rows = [("S1", 2.0, 2.0, "驿站"), ("S2", 6.1, 6.0, "驿站"), ("S3", 10.0, 9.0, "骑手之家")]
    lines = ["编号,名称,类型,经度,纬度,开放时间,备注"]
    for name, east, north, kind in rows:
        lon, lat = _place(east, north)
        cells = (name, f"示例{kind} {name}", kind, f"{lon:.6f}", f"{lat:.6f}", "6:00-22:00")
        lines.append(",".join(cells) + f',"{SAMPLE_NOTICE}"')
    return "\n".join(lines) + "\n"


def _extract() -> str:
    """Streets on a grid; restaurants and shops gather at the middle, houses in the south-west."""
    rng = np.random.default_rng(7)
    nodes = [_place(east, north) for north in range(_BLOCKS + 1) for east in range(_BLOCKS + 1)]
    ways: list[tuple[list[int], dict[str, str]]] = []
    for line in range(_BLOCKS + 1):
        tags = {"highway": "primary" if line == _MIDDLE else "residential"}
        row = [line * (_BLOCKS + 1) + east for east in range(_BLOCKS + 1)]
        ways += [(row, tags), ([k * (_BLOCKS + 1) + line for k in range(_BLOCKS + 1)], tags)]
    tagged: dict[int, dict[str, str]] = {}
    for tags, number, middle, spread in (
        ({"amenity": "restaurant"}, 60, 7.0, 1.2),
        ({"shop": "supermarket"}, 12, 6.0, 3.0),
        ({"amenity": "post_depot"}, 3, 9.0, 1.0),
    ):
        for east, north in np.clip(rng.normal(middle, spread, (number, 2)), 0.1, _BLOCKS - 0.1):
            tagged[len(nodes)] = tags
            nodes.append(_place(east, north))
    for _ in range(80):
        east, north = np.clip(rng.normal(4.0, 2.0, 2), 0.2, _BLOCKS - 0.4)
        first = len(nodes)
        corners = ((0, 0), (0.2, 0), (0.2, 0.2), (0, 0.2))
        nodes += [_place(east + a, north + b) for a, b in corners]
        ring = [*range(first, first + 4), first]
        ways.append((ring, {"building": "apartments", "building:levels": "6"}))
    return _xml(nodes, tagged, ways)


def _xml(
    nodes: list[tuple[float, float]],
    tagged: dict[int, dict[str, str]],
    ways: list[tuple[list[int], dict[str, str]]],
) -> str:
    def tags_of(tags: dict[str, str]) -> str:
        said = {**tags, "source": SAMPLE_NOTICE}
        return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in said.items())

    lines = ['<osm version="0.6" generator="a notebook of Yizhan">']
    lines += [
        f'<node id="{i}" version="1" lat="{lat:.7f}" lon="{lon:.7f}">'
        f"{tags_of(tagged[i - 1]) if i - 1 in tagged else ''}</node>"
        for i, (lon, lat) in enumerate(nodes, start=1)
    ]
    for i, (refs, tags) in enumerate(ways, start=1):
        members = "".join(f'<nd ref="{ref + 1}"/>' for ref in refs)
        lines.append(f'<way id="{i}" version="1">{members}{tags_of(tags)}</way>')
    return "\n".join([*lines, "</osm>"])
