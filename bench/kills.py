"""A writing process that is killed (-9) again and again, and what is there afterwards.

A process is started once and forks a writer for every kill, for to import everything anew would
take longer than the writing. Each writer says on a pipe when a write has been acknowledged.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data.database import Database, Import
from data.stations import Stations

if TYPE_CHECKING:
    from collections.abc import Sequence

_STATIONS = 60
_LONGEST_S = 0.4


@dataclass(frozen=True)
class Killed:
    """What came of it: ``lost`` tells in a line what was lost or half there, each kill one."""

    kills: int
    writes: int
    lost: tuple[str, ...]


def run_kills(folder: Path, *, url: str | None, kills: int, seed: int) -> Killed:
    """Kill writers in a process of their own; the database is made in ``folder`` or at ``url``."""
    words = [sys.executable, "-m", "bench.kills", str(folder), url or "", str(kills), str(seed)]
    here = Path(__file__).parents[1]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=here)
    if done.returncode:
        raise RuntimeError(done.stderr)
    answer = json.loads(done.stdout)
    return Killed(answer["kills"], answer["writes"], tuple(answer["lost"]))


def _kill_again_and_again(database: Database, *, kills: int, seed: int) -> Killed:
    rng = random.Random(seed)  # noqa: S311 - when to kill is no secret
    database.create()
    database.replace_stations(_stations(0))
    database.close()
    acknowledged, writes = 0, 0
    lost: list[str] = []
    for kill in range(kills):
        reading, writing = os.pipe()
        process = os.fork()
        if not process:
            os.close(reading)
            _write_for_ever(database, acknowledged + 1, writing)
        os.close(writing)
        time.sleep(rng.random() * _LONGEST_S)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        said = _read_all(reading)
        last = said[-1] if said else acknowledged
        writes += last - acknowledged
        fault, acknowledged = _fault(database, last, thorough=kill % 100 == 0 or kill == kills - 1)
        if fault:
            lost.append(f"kill {kill}: {fault}")
    return Killed(kills, writes, tuple(lost))


def _write_for_ever(database: Database, first: int, pipe: int) -> None:
    """Import number after number until killed; every fifth write is an observation."""
    try:
        number = first
        while True:
            if number % 5:
                database.register().replace(_stations(number), record=Import(file=f"{number}.csv"))
            else:
                values = {"hours": f"write {number}"}
                database.register().observe("s0", values, source="inspector", by=str(number))
            os.write(pipe, number.to_bytes(8, "big"))
            number += 1
    finally:
        os._exit(1)


def _stations(number: int) -> Stations:
    """Return the list of a number: its size and every name tell which it is."""
    station = {"kind": "station", "lon": 116.8, "lat": 33.9, "hours": f"write {number}"}
    count = _STATIONS + number % 7
    return Stations.from_records(
        [{**station, "id": f"s{at}", "name": f"第{number}批驿站{at}"} for at in range(count)]
    )


def _fault(database: Database, last: int, *, thorough: bool) -> tuple[str, int]:
    """Return what is wrong ("" for nothing), and the number of the newest write that is there."""
    register = database.register()
    frame = register.stations().frame
    newest = int(frame["hours"][0].split()[1])
    batch = newest if newest % 5 or not newest else newest - 1
    expected = _stations(batch).frame
    if newest % 5 == 0 and newest:
        expected.loc[0, "hours"] = f"write {newest}"
        expected.loc[0, "checked_at"] = frame["checked_at"][0]
    fault = ""
    if newest not in {last, last + 1}:
        fault = f"write {last} was acknowledged, {newest} is there"
    elif not frame.equals(expected):
        fault = f"write {newest} is there in part"
    elif thorough:
        moment = register.history("s0")[-1].recorded_at
        found = register.search(f"第{batch}批驿站", limit=1000)
        if not register.stations(as_of=moment).frame.equals(frame):
            fault = "the history does not lead to what is there"
        elif set(found) != set(frame["id"]) or len(register.nearest(116.8, 33.9, 999)) != len(
            frame
        ):
            fault = "what finds stations does not hold what is there"
    database.close()
    return fault, newest


def _read_all(pipe: int) -> Sequence[int]:
    with os.fdopen(pipe, "rb") as file:
        content = file.read()
    return [
        int.from_bytes(content[at : at + 8], "big") for at in range(0, len(content) // 8 * 8, 8)
    ]


if __name__ == "__main__":
    where, address, many, start = sys.argv[1:]
    told = _kill_again_and_again(
        Database(Path(where) / "yizhan.db", url=address or None), kills=int(many), seed=int(start)
    )
    print(json.dumps({"kills": told.kills, "writes": told.writes, "lost": told.lost}))
