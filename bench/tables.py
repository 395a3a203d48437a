"""Tables of benchmark rows, and a command's wall time and peak memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Row = Mapping[str, object]


def print_table(name: str, rows: Sequence[Row]) -> None:
    """Print rows as a Markdown table, so that it can stand in docs/benchmarks.md as it is."""
    print(f"\n## {name}\n")
    if not rows:
        print("nothing to measure on this machine")
        return
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    print("| " + " | ".join(headings) + " |")
    print("|" + " --- |" * len(headings))
    for row in rows:
        print("| " + " | ".join(_cell(row.get(heading, "")) for heading in headings) + " |")


def _cell(value: object) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class Measured:
    """How a finished process went: its output, wall seconds and peak memory."""

    out: str
    wall_s: float
    peak_mib: float


# Linux counts the pages of the process that starts a command into the command's own peak: so a
# small process starts it, and tells.
_STARTER = """
import os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(time.perf_counter() - start, usage.ru_maxrss / 1024, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def measure_command(command: Sequence[str]) -> Measured:
    """Run a command as a process of its own and measure it from outside."""
    starter = [sys.executable, "-S", "-E", "-c", _STARTER, *command]
    done = subprocess.run(starter, capture_output=True, text=True, check=False)
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout)
    wall_s, peak_mib = done.stderr.split()[-2:]
    return Measured(out=done.stdout, wall_s=float(wall_s), peak_mib=float(peak_mib))
