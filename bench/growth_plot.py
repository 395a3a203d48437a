"""`python -m bench.growth_plot`: draw bench-results/network.json's growth rows as an SVG.

Cost of an origin over the size of the network, both axes logarithmic: with a cutoff it must not
grow. Plain SVG text, so that no drawing library is needed.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

RESULT = Path("bench-results/network.json")
PICTURE = Path("docs/pictures/network-growth.svg")
_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 640, 360, 64, 310
_NODES = (8_000.0, 800_000.0)
_MS = (0.05, 20.0)
_COLOURS = {"ours": "#0b5fa5", "scipy": "#b3541e"}
_DASHES = {"over 36 km": "6 4", "of a quarter, every node": "none"}


def main() -> None:
    """Read the newest result and write the picture."""
    rows = json.loads(RESULT.read_text(encoding="utf-8"))["rows"]
    series: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in rows:
        found = re.match(r"city_graph\(\d+\), ([\d,]+) nodes, origins (.+)", row["work"])
        if found is None:
            continue
        nodes = float(found[1].replace(",", ""))
        for who, key in (("ours", "ours_s"), ("scipy", "theirs_s")):
            series.setdefault((who, found[2]), []).append((nodes, 1000.0 * row[key]))
    PICTURE.write_text(_picture(series), encoding="utf-8")
    print(PICTURE)


def _x(nodes: float) -> float:
    share = math.log(nodes / _NODES[0]) / math.log(_NODES[1] / _NODES[0])
    return _LEFT + share * (_WIDTH - _LEFT - 150)


def _y(ms: float) -> float:
    share = math.log(ms / _MS[0]) / math.log(_MS[1] / _MS[0])
    return _BOTTOM - share * (_BOTTOM - 40)


def _picture(series: dict[tuple[str, str], list[tuple[float, float]]]) -> str:
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
            ' font-family="sans-serif" font-size="12">'
        ),
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="22" font-size="14">15 minutes, processor ms an origin</text>',
    ]
    for ms in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0):
        y = _y(ms)
        parts += [
            f'<line x1="{_LEFT}" x2="{_WIDTH - 150}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>',
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{ms:g}</text>',
        ]
    for nodes in (10_000, 50_000, 200_000, 500_000):
        parts.append(
            f'<text x="{_x(nodes):.1f}" y="{_BOTTOM + 20}" text-anchor="middle">{nodes:,}</text>'
        )
    parts.append(f'<text x="{_x(80_000):.1f}" y="{_BOTTOM + 40}" text-anchor="middle">nodes</text>')
    for (who, origins), points in series.items():
        line = " ".join(f"{_x(n):.1f},{_y(ms):.1f}" for n, ms in sorted(points))
        last = max(points)
        below = 12 if _DASHES[origins] != "none" else -1
        style = f'stroke="{_COLOURS[who]}" stroke-dasharray="{_DASHES[origins]}"'
        parts += [
            f'<polyline points="{line}" fill="none" stroke-width="2" {style}/>',
            (
                f'<text x="{_x(last[0]) + 8:.1f}" y="{_y(last[1]) + below:.1f}"'
                f' fill="{_COLOURS[who]}">'
                f"{who}, {origins.split(',')[0]}</text>"
            ),
        ]
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    main()
