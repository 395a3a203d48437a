"""A backup and a restore that are killed (-9) again and again, and what is there afterwards.

The process forks a child for every kill. A backup goes over an older one, a restore over a city
whose register, settings and photo are all of another day: afterwards all must be of one day.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data.stations import Stations
from data.workspace import Workspace, restore_workspace
from geo.measure import Box

if TYPE_CHECKING:
    from collections.abc import Callable

_STATIONS = 300


@dataclass(frozen=True)
class Killed:
    """What came of it: how often the old and the new was there, and a line for each fault."""

    kills: int
    old: int
    new: int
    faults: tuple[str, ...]


def run_kills(folder: Path, *, url: str | None, kills: int, seed: int) -> dict[str, Killed]:
    """Kill so many backups and so many restores in a process of their own."""
    words = [sys.executable, "-m", "bench.backup_kills", str(folder), url or "", str(kills)]
    here = Path(__file__).parents[1]
    done = subprocess.run(
        [*words, str(seed)], capture_output=True, text=True, check=False, cwd=here
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    answer = json.loads(done.stdout)
    return {
        what: Killed(one["kills"], one["old"], one["new"], tuple(one["faults"]))
        for what, one in answer.items()
    }


def _make(folder: Path, url: str | None) -> tuple[Path, list[Path]]:
    """Make a city and a backup of each of its two days."""
    city = folder / "city"
    workspace = Workspace.create(city, name="市", box=Box(116, 33, 118, 35), database_url=url)
    backups = []
    for day in (0, 1):
        _live(city, url, day)
        backups.append(folder / f"day{day}.zip")
        Workspace.open(city, database_url=url).back_up(backups[-1])
    workspace.database.close()
    return city, backups


def _live(city: Path, url: str | None, day: int) -> None:
    station = {"kind": "station", "lon": 116.8, "lat": 33.9, "hours": f"day {day}"}
    names = [{**station, "id": f"s{at}", "name": f"{day} 驿站 {at}"} for at in range(_STATIONS)]
    workspace = Workspace.open(city, database_url=url)
    workspace.replace_stations(Stations.from_records(names))
    settings = city / "yizhan.toml"
    lines = [line for line in settings.read_text("utf-8").splitlines() if "# day" not in line]
    settings.write_text("\n".join([*lines, f"# day {day}"]) + "\n", "utf-8")
    (city / "photos").mkdir(exist_ok=True)
    (city / "photos" / "p.jpg").write_bytes(f"day {day} ".encode() * 50_000)
    workspace.database.close()


def _day(city: Path, url: str | None) -> set[int]:
    """Return of which days the parts of a city are: of one, where all is well."""
    workspace = Workspace.open(city, database_url=url)
    frame = workspace.stations().frame
    found = {int(hours.split()[1]) for hours in frame["hours"]}
    found |= {int(name.split()[0]) for name in frame["name"]}
    found |= {0} if len(frame) != _STATIONS else set()
    found.add(int((city / "yizhan.toml").read_text("utf-8").split()[-1]))
    found.add(int((city / "photos" / "p.jpg").read_text("utf-8").split()[-1]))
    workspace.database.close()
    return found


def _killed(work: Callable[[], object], *, after_s: float) -> None:
    process = os.fork()
    if not process:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(after_s)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def _seconds(work: Callable[[], object]) -> float:
    start = time.monotonic()
    process = os.fork()
    if not process:
        try:
            work()
        finally:
            os._exit(0)
    os.waitpid(process, 0)
    return time.monotonic() - start


def _kill_backups(folder: Path, url: str | None, *, kills: int, rng: random.Random) -> Killed:
    city, backups = _make(folder, url)
    target, tried = folder / "target.zip", folder / "tried"
    found, faults = [], []

    def work() -> object:
        return Workspace.open(city, database_url=url).back_up(target)

    took_s = _seconds(work)
    for kill in range(kills):
        shutil.copyfile(backups[0], target)
        _killed(work, after_s=rng.random() * took_s * 1.3)
        try:
            restore_workspace(target, tried, database_url="" if url else None)
            days = _day(tried, None)
        except OSError as error:
            days = set()
            faults.append(f"kill {kill}: {error}")
        shutil.rmtree(tried, ignore_errors=True)
        for left in folder.glob(".new-*"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        found += list(days)
        if len(days) > 1:
            faults.append(f"kill {kill}: of both days")
    return Killed(kills, found.count(0), found.count(1), tuple(faults))


def _kill_restores(folder: Path, url: str | None, *, kills: int, rng: random.Random) -> Killed:
    city, backups = _make(folder, url)
    old, new, faults = 0, 0, []

    def work(day: int) -> object:
        return restore_workspace(backups[day], city, database_url=url, replace=True)

    took_s = _seconds(lambda: work(0))
    for kill in range(kills):
        (before,) = _day(city, url)
        _killed(lambda day=1 - before: work(day), after_s=rng.random() * took_s * 1.3)  # type: ignore[misc]
        days = _day(city, url)
        if len(days) > 1:
            faults.append(f"kill {kill}: of both days")
            work(0)
        elif days == {before}:
            old += 1
        else:
            new += 1
    return Killed(kills, old, new, tuple(faults))


if __name__ == "__main__":
    where, address, many, start = sys.argv[1:]
    dice = random.Random(int(start))  # noqa: S311 - when to kill is no secret
    told = {}
    for name, tries in (("restore", _kill_restores), ("backup", _kill_backups)):
        room = Path(where) / name
        room.mkdir()
        if name == "backup" and address:
            break  # a backup of a server is written as that of a file is
        told[name] = vars(tries(room, address or None, kills=int(many), rng=dice))
    print(json.dumps(told))
