"""Tables of benchmark rows, and a command's wall time and peak memory."""

from __future__ import annotations

import os
import subprocess
import time
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


def measure_command(command: Sequence[str]) -> Measured:
    """Run a command as a process of its own and measure it from outside."""
    start = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        out = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall_s = time.perf_counter() - start
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, out)
    return Measured(out=out, wall_s=wall_s, peak_mib=usage.ru_maxrss / 1024)
