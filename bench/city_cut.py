"""A city out of one large extract, beside ``osmium extract`` over the same box.

The extract is Porto's roads repeated over a grid (`bench.repeated`), sorted by type and id, with a
border around each copy. YIZHAN_BENCH_SIDE says how many copies a side has: 10 makes 300 MB, which
is what is run when nothing is said, and 18 makes 1 GB. YIZHAN_BENCH_EXTRACT names such a file that
is there already.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.repeated import write_repeated
from bench.towns import SHARED

if TYPE_CHECKING:
    from bench.tables import Row

_CITY = "Porto 45"
_OURS = """
import sys; from pathlib import Path
from data.osm.road_source import MARGIN_M
from web.services.cities import piece_of_extract
with piece_of_extract(Path(sys.argv[1]), sys.argv[2]) as piece:
    print(piece.borders.box.grown(MARGIN_M))
"""
# a small process starts the command: its own pages would count into the command's peak
_STARTER = """
import os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
wall = time.perf_counter() - start
print(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def run() -> list[Row]:
    """Find a city in a large extract and cut it out, by us and by the tool."""
    tool, source = shutil.which("osmium"), SHARED / "porto_portugal.osm.pbf"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        extract = Path(os.environ.get("YIZHAN_BENCH_EXTRACT", folder / "grid.osm.pbf"))
        if tool is None or not (extract.exists() or source.exists()):
            return []
        if not extract.exists():
            write_repeated(source, extract, side=int(os.environ.get("YIZHAN_BENCH_SIDE", "10")))
        ours = [sys.executable, "-c", _OURS, str(extract), _CITY]
        _measure(ours)  # the first time compiles
        box, *measured = _measure(ours)
        rows = [_row(extract, "borders found and city cut out", measured, None)]
        for strategy in ("complete_ways", "smart"):
            command = [tool, "extract", f"--strategy={strategy}", f"--bbox={box}", str(extract)]
            _, *theirs = _measure([*command, "-O", "-o", str(folder / "tool.osm.pbf")])
            rows.append(_row(extract, f"osmium extract, {strategy}", theirs, measured))
    return rows


def _measure(command: list[str]) -> tuple[str, float, float, float]:
    """Run a command; give what it prints, its processor and wall seconds, and its peak MiB."""
    starter = [sys.executable, "-S", "-E", "-c", _STARTER, *command]
    done = subprocess.run(starter, capture_output=True, text=True, check=True)
    cpu_s, wall_s, peak_mib = (float(word) for word in done.stderr.split()[-3:])
    return done.stdout.strip(), cpu_s, wall_s, peak_mib


def _row(extract: Path, work: str, measured: list[float], ours: list[float] | None) -> Row:
    cpu_s, wall_s, peak_mib = measured
    return {
        "extract MB": round(extract.stat().st_size / 1e6),
        "work": work,
        "processor s": cpu_s,
        "wall s": wall_s,
        "peak MiB": peak_mib,
        "ours : theirs": "" if ours is None else ours[0] / cpu_s,
    }
