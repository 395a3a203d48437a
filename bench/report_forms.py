"""All forms of the sample city's report: processor seconds and memory, cold and warm.

Cold is a process that has read nothing yet: the report gathered, every form made, the ZIP packed.
Warm is the same again in that process. What the report measures (effective coverage, the national
standard) is kept in the workspace before, as it is in use.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from web.cli import yizhan

if TYPE_CHECKING:
    from bench.tables import Row

_ASKED: Final = {"cold": 15.0, "warm": 6.0, "MiB": 800.0}
_RUN: Final = """
import json, resource, sys, time
from pathlib import Path
from data.workspace import Workspace
from web.reports.forms.files import files_of
from web.reports.forms.names import FORMS
from web.reports.pages import report_of
rows = []
for state in ("cold", "warm"):
    begun = time.process_time() if rows else 0.0
    parts, last = {}, begun
    files = files_of(report_of(Workspace.open(Path(sys.argv[1]))))
    for name in ("report", *(name for names in FORMS.values() for name in names)):
        content = b"" if name == "report" else files.content(name)
        now = time.process_time()
        parts[name], last = now - last, now
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows.append({"state": state, "cpu_s": last - begun, "parts": parts, "peak_mib": peak})
print(json.dumps(rows))
"""


def run() -> list[Row]:
    """Make every form twice in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "sample"
        yizhan.main(["demo", "-w", str(folder), "--no-serve"], standalone_mode=False)
        said = subprocess.run(
            [sys.executable, "-c", _RUN, str(folder)], check=True, capture_output=True, text=True
        )
    return [
        {
            "state": row["state"],
            "CPU s": round(row["cpu_s"], 1),
            "asked s": _ASKED[row["state"]],
            **{name: round(seconds, 2) for name, seconds in row["parts"].items()},
            "peak MiB": round(row["peak_mib"]),
            "asked MiB": _ASKED["MiB"],
        }
        for row in json.loads(said.stdout)
    ]
