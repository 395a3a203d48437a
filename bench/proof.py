"""`make proof`: the suites that hold what is promised, each run, and a table of how they went.

``python -m bench.proof`` runs all, ``python -m bench.proof damage roles`` some, and ``--slice 2/6``
the second of six parts of each, so that six runs add up to the whole. ``YIZHAN_KILLS=1000`` is for
the suite of kills what CI runs few of. The processor's seconds are those of the tests and of what
they start.
"""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.tables import print_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.tables import Row

ROOT: Final = Path(__file__).parents[1]
#: Of each suite what must hold, and the files of tests that hold it.
SUITES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "kills": (
        "no acknowledged write lost, no half state served",
        (
            "tests/data/test_kills.py",
            "tests/data/moving/test_backup.py",
            "tests/data/test_atomic.py",
            "tests/web/admin/test_save_kills.py",
            "tests/web/test_runs.py",
        ),
    ),
    "damage": (
        "no traceback, no wrong answer, no path or row in a public answer",
        (
            "tests/data/test_array_files.py",
            "tests/data/test_network_store.py",
            "tests/data/test_demand_store.py",
            "tests/data/test_full_disk.py",
            "tests/web/test_full_disk.py",
            "tests/web/test_serving_faults.py",
            "tests/web/test_drawings.py",
        ),
    ),
    "uploads": (
        "refused in a line or right, within bounds, no other file and no socket",
        (
            "tests/data/test_tables.py",
            "tests/data/test_gpkg.py",
            "tests/data/test_kml.py",
            "tests/data/test_shapefile_zip.py",
            "tests/data/test_workbook.py",
            "tests/data/test_old_workbook.py",
            "tests/data/osm/test_gate.py",
            "tests/data/photos/test_picture.py",
        ),
    ),
    "interface": (
        "no 5xx whatever is asked, by whatever name",
        (
            "tests/web/test_app.py",
            "tests/web/test_catalogue.py",
            "tests/web/test_serving.py",
            "tests/web/test_kept_pages.py",
        ),
    ),
    "texts": (
        "none runs on a page, a map, an export or a document",
        (
            "tests/web/test_browser.py",
            "tests/web/test_maps.py",
            "tests/web/admin/test_pages.py",
            "tests/web/report_forms",
        ),
    ),
    "positions": (
        "none in a request, a log, a row or a file",
        ("tests/web/test_journey_canary.py", "tests/web/test_reporting.py"),
    ),
    "roles": (
        "nothing granted that is not in the table",
        (
            "tests/web/admin/test_permissions.py",
            "tests/web/admin/test_district_keeper.py",
            "tests/web/admin/test_login.py",
            "tests/web/admin/test_forms.py",
            "tests/web/admin/test_accounts_pages.py",
        ),
    ),
    "strangers": (
        "nobody locks an account, closes the letterbox, or is two voices",
        ("tests/data/reports", "tests/web/test_sign_ups.py"),
    ),
    "supply": (
        "every package by hash, of a licence that may be",
        ("tests/docs/test_supply_chain.py", "tests/docs/test_containers.py"),
    ),
}


def part_of(files: Sequence[str], number: int, count: int) -> tuple[str, ...]:
    """Return part ``number`` (from 1) of ``count`` of the test files of a suite."""
    all_files = [
        str(path.relative_to(ROOT))
        for name in files
        for path in (sorted((ROOT / name).glob("test_*.py")) or [ROOT / name])
    ]
    return tuple(all_files[number - 1 :: count])


def told_by(summary: str) -> dict[str, int]:
    """Return what pytest's last line counts: passed, failed, error, skipped."""
    found = re.findall(r"(\d+) (passed|failed|error|skipped)", summary)
    return {"passed": 0, "failed": 0, "error": 0, "skipped": 0} | {
        word: int(number) for number, word in found
    }


def prove(name: str, *, number: int = 1, count: int = 1) -> Row:
    """Run a suite, or a part of it, and say how it went."""
    target, files = SUITES[name]
    chosen = part_of(files, number, count)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = None
    if chosen:
        words = [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider"]
        ran = subprocess.run(
            [*words, *chosen], capture_output=True, text=True, check=False, cwd=ROOT
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = told_by(ran.stdout.strip().rpartition("\n")[2] if ran else "")
    is_held = ran is None or ran.returncode == 0
    if ran is not None and not is_held:
        print(ran.stdout[-4000:], file=sys.stderr)
    return {
        "suite": name,
        "must hold": target,
        "held": "yes" if is_held else "NO",
        **told,
        "CPU s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime),
    }


def main(words: Sequence[str]) -> int:
    """Run the suites that are named, or all; 1 where one does not hold."""
    parser = argparse.ArgumentParser(prog="python -m bench.proof", description=__doc__)
    parser.add_argument("suites", nargs="*", choices=list(SUITES), metavar="SUITE")
    parser.add_argument("--slice", default="1/1", metavar="N/M", help="part N of M of each suite")
    asked = parser.parse_args(words)
    found = re.fullmatch(r"([1-9]\d?)/([1-9]\d?)", asked.slice)
    if found is None or int(found[1]) > int(found[2]):
        parser.error(f"--slice {asked.slice}: say N/M, such as 2/6")
    rows = [
        prove(name, number=int(found[1]), count=int(found[2])) for name in asked.suites or SUITES
    ]
    print_table("proof", rows)
    return 0 if all(row["held"] == "yes" for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
