"""Wall time and peak memory of each step of the whole way: sample city, Helsinki, Shanghai."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.tables import Row, measure_command
from bench.towns import SHARED, Town, helsinki, helsinki_roads, shanghai
from data.sample import write_sample_city

if TYPE_CHECKING:
    from collections.abc import Iterator

YIZHAN = str(Path(sys.executable).with_name("yizhan"))
NEW_STATIONS = 12


def run() -> list[Row]:
    """Run every step of every input as a process of its own; a row a step."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [row for words in _ways(folder) for row in _steps(*words)]


def _ways(folder: Path) -> Iterator[tuple[str, Path, list[str], Path, Path, Path]]:
    files = write_sample_city(folder / "sample-input")
    start = ["init", "--sample", "--name", files.name, "--districts", str(files.districts)]
    yield "sample city", folder / "sample", start, files.roads, files.stations, files.demand
    towns: list[Town] = []
    roads = helsinki_roads()
    if roads is not None:
        towns.append(helsinki(folder / "helsinki-input", roads))
    if SHARED.exists():
        towns.append(shanghai(folder / "shanghai-input"))
    for town in towns:
        start = ["init", "--name", town.name, "--box", town.box_text]
        yield town.name, folder / town.name, start, town.roads, town.stations, town.demand


def _steps(  # noqa: PLR0917 - the fields of one row of _ways, in its order
    name: str, folder: Path, start: list[str], roads: Path, stations: Path, demand: Path
) -> Iterator[Row]:
    commands = (
        start,
        ["network", "build", "--osm", str(roads)],
        ["stations", "import", str(stations), "--datum", "wgs84"],
        ["demand", "import", str(demand)],
        ["coverage"],
        ["plan", "--new", str(NEW_STATIONS), "--gap", "0.005"],
        ["map", "-o", str(folder / "map.html")],
        ["report", "-o", str(folder / "report")],
    )
    for words in commands:
        measured = measure_command([YIZHAN, *words, "-w", str(folder), "--json"])
        step = " ".join(word for word in words[:2] if word.isalpha())
        yield {
            "input": name,
            "step": step,
            "wall s": round(measured.wall_s, 1),
            "peak MiB": round(measured.peak_mib),
        }
