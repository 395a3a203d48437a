"""`python -m bench [NAME ...]`: run benchmarks, print tables, write bench-results/NAME.json.

Without names every benchmark runs. Figures are ratios measured in one run on one machine: the
machines are shared and noisy, so a single absolute time says little.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.growth_plot import draw
from bench.tables import print_table

BENCHMARKS = (
    *(
        "spine",
        "network",
        "engine",
        "limits",
        "weak_classes",
        "median",
        "city",
        "density",
        "register",
        "datum",
        "page",
        "page_pair",
        "plan_desk",
        "saves",
        "city_cut",
        "decisions",
        "report_forms",
        "nation",
        "serving",
    ),
)
RESULTS = Path("bench-results")
_VERSIONS = ("numpy", "scipy", "numba", "shapely", "osmium", "osmnx", "highspy")


def main(names: list[str]) -> None:
    """Run the named benchmarks, or all of them."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"error: no benchmark {unknown[0]}: there are {', '.join(BENCHMARKS)}")
    RESULTS.mkdir(exist_ok=True)
    machine = _machine()
    print(machine)
    for name in names or BENCHMARKS:
        rows = importlib.import_module(f"bench.{name}").run()
        print_table(name, rows)
        result = {"benchmark": name, "machine": machine, "rows": rows}
        text = json.dumps(result, ensure_ascii=False, indent=1, default=float)
        (RESULTS / f"{name}.json").write_text(text, encoding="utf-8")
        draw(name)


def _machine() -> str:
    pages, page_bytes = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    versions = ", ".join(f"{name} {version(name)}" for name in _VERSIONS)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, "
        f"{pages * page_bytes / 2**30:.0f} GiB, Python {platform.python_version()}, {versions}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
