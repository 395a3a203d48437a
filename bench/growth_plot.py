"""`python -m bench.growth_plot`: draw the growth rows of bench-results as pictures of docs.

Both axes are logarithmic. Lines are told apart by dashes and marks, and named at their ends, so
that a print in black and white reads as well. Plain SVG text: no drawing library is needed.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RESULTS = Path("bench-results")
PICTURES = Path("docs/pictures")
_WIDTH, _HEIGHT, _TOP, _FOOT, _LEFT, _RIGHT = 520, 330, 40, 50, 62, 118


class Line(NamedTuple):
    """Points (x, y, open mark or not) of one line, its name at the end and how it is drawn."""

    name: str
    points: list[tuple[float, float, bool]]
    colour: str
    dashes: str
    mark: str


class Panel(NamedTuple):
    """A pair of logarithmic axes; ``x`` and ``y`` are the ticks, the first and last the ends."""

    title: str
    x_name: str
    x: Sequence[float]
    y: Sequence[float]
    lines: Sequence[Line]


def draw(name: str) -> None:
    """Draw the growth rows of a benchmark, where it has any."""
    file = RESULTS / f"{name}.json"
    makers = {"network": _network_panels, "engine": _engine_panels}
    if name not in makers or not file.exists():
        return
    panels = makers[name](json.loads(file.read_text(encoding="utf-8"))["rows"])
    if panels:
        picture = PICTURES / f"{name}-growth.svg"
        picture.write_text(_picture(panels), encoding="utf-8")
        print(f"\n{picture}")


def _network_panels(rows: Sequence[Mapping[str, Any]]) -> list[Panel]:
    """Cost of an origin over the size of the network: with a cutoff it must not grow."""
    lines: dict[tuple[str, str], list[tuple[float, float, bool]]] = {}
    for row in rows:
        found = re.match(r"city_graph\(\d+\), ([\d,]+) nodes, origins (.+)", row["work"])
        if found is None:
            continue
        for who, key in (("ours", "ours_s"), ("scipy", "theirs_s")):
            point = (_number(found[1]), 1000.0 * row[key], False)
            lines.setdefault((who, found[2].split(",")[0]), []).append(point)
    look = {"ours": ("#0b5fa5", "circle"), "scipy": ("#b3541e", "square")}
    drawn = [
        Line(f"{who}, {origins}", sorted(points), look[who][0], dashes, look[who][1])
        for (who, origins), points in lines.items()
        for dashes in ["6 4" if "36 km" in origins else ""]
    ]
    title = "15 minutes: processor ms an origin"
    ticks = (10_000.0, 50_000.0, 200_000.0, 600_000.0)
    return [Panel(title, "nodes", ticks, (0.05, 0.2, 1.0, 5.0, 20.0), drawn)] if drawn else []


def _engine_panels(rows: Sequence[Mapping[str, Any]]) -> list[Panel]:
    """Seconds and memory over the demand items, a line for each number of options."""
    by_options: dict[float, list[tuple[float, Mapping[str, Any]]]] = {}
    for row in rows:
        found = re.match(r"growth: ([\d,]+) x ([\d,]+)", row["work"])
        if found is not None:
            by_options.setdefault(_number(found[2]), []).append((_number(found[1]), row))
    if not by_options:
        return []
    looks = (("#0b5fa5", "", "circle"), ("#b3541e", "7 4", "square"), ("#2e6b34", "2 3", "diamond"))

    def lines(key: str) -> list[Line]:
        return [
            Line(
                f"{options:,.0f} options",
                [(n, max(row[key], 0.01), row["status"] == "time_limit") for n, row in points],
                *look,
            )
            for (options, points), look in zip(sorted(by_options.items()), looks, strict=True)
        ]

    items = (1_000.0, 10_000.0, 100_000.0, 1_000_000.0)
    return [
        Panel(
            "seconds to 1 % proven (open mark: not within 20 s)",
            "demand items",
            items,
            (0.01, 0.1, 1.0, 10.0, 100.0),
            lines("seconds"),
        ),
        Panel(
            "peak memory, MiB", "demand items", items, (100.0, 200.0, 400.0, 800.0), lines("MiB")
        ),
    ]


def _number(words: str) -> float:
    return float(words.replace(",", ""))


def _picture(panels: Sequence[Panel]) -> str:
    height = _HEIGHT * len(panels)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH + _RIGHT} {height}"'
        ' font-family="sans-serif" font-size="12">'
    )
    ground = f'<rect width="{_WIDTH + _RIGHT}" height="{height}" fill="#fff"/>'
    parts = [head, ground]
    for number, panel in enumerate(panels):
        shift = f'<g transform="translate(0 {number * _HEIGHT})">'
        parts += [shift, *_axes(panel), *_lines(panel), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _place(value: float, ticks: Sequence[float], low: float, high: float) -> float:
    share = math.log(value / ticks[0]) / math.log(ticks[-1] / ticks[0])
    return low + share * (high - low)


def _at(panel: Panel, x: float, y: float) -> tuple[float, float]:
    across = _place(x, panel.x, _LEFT, _WIDTH)
    return across, _place(y, panel.y, _HEIGHT - _FOOT, _TOP)


def _axes(panel: Panel) -> list[str]:
    bottom = _HEIGHT - _FOOT
    parts = [f'<text x="{_LEFT}" y="20" font-size="14">{panel.title}</text>']
    for y in panel.y:
        height = _at(panel, panel.x[0], y)[1]
        parts += [
            f'<path d="M{_LEFT} {height:.1f}H{_WIDTH}" stroke="#ccc"/>',
            f'<text x="{_LEFT - 8}" y="{height + 4:.1f}" text-anchor="end">{y:,g}</text>',
        ]
    for x in panel.x:
        across = _at(panel, x, panel.y[0])[0]
        words = f'<text x="{across:.1f}" y="{bottom + 18}" text-anchor="middle">{x:,.0f}</text>'
        parts += [f'<path d="M{across:.1f} {bottom}v4" stroke="#666"/>', words]
    middle = (_LEFT + _WIDTH) / 2
    return [
        *parts,
        f'<text x="{middle}" y="{bottom + 36}" text-anchor="middle">{panel.x_name}</text>',
    ]


def _lines(panel: Panel) -> list[str]:
    parts = []
    ends = sorted(
        ((_at(panel, *line.points[-1][:2]), line) for line in panel.lines), key=lambda e: e[0][1]
    )
    below = -math.inf
    for (across, height), line in ends:
        below = max(below + 14, height + 4)
        parts.append(f'<text x="{across + 9:.1f}" y="{below:.1f}" fill="#222">{line.name}</text>')
    for line in panel.lines:
        places = [_at(panel, x, y) for x, y, _ in line.points]
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        dashes = f' stroke-dasharray="{line.dashes}"' if line.dashes else ""
        style = f'fill="none" stroke="{line.colour}" stroke-width="2"{dashes}'
        parts.append(f'<polyline points="{way}" {style}/>')
        for (x, y), point in zip(places, line.points, strict=True):
            parts.append(_mark(line, x, y, open_mark=point[2]))
    return parts


def _mark(line: Line, x: float, y: float, *, open_mark: bool) -> str:
    style = f'fill="{"#fff" if open_mark else line.colour}" stroke="{line.colour}" stroke-width="2"'
    if line.mark == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" {style}/>'
    turn = f' transform="rotate(45 {x:.1f} {y:.1f})"' if line.mark == "diamond" else ""
    square = f'x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7"'
    return f"<rect {square} {style}{turn}/>"


if __name__ == "__main__":
    for benchmark in ("network", "engine"):
        draw(benchmark)
