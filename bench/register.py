"""The national register (184,200 stations) on SQLite and PostgreSQL: import, nearest, kills.

The stations are made here: towns of all sizes over China's box, most stations in large towns.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.cluster import running_cluster, server_binaries
from bench.kills import run_kills
from data.database import Database
from data.files.station_files import read_stations, write_stations
from data.points import point_frame
from data.stations import Stations
from geo.datum import Datum
from geo.measure import Box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from bench.tables import Row
    from data.database import Register

NATION = 184_200
QUESTIONS = 4_000
KILLS = 1_000
_TOWNS = 2_800
_CHINA = Box(73.0, 17.0, 136.0, 54.0)
_TOWN_BOX = Box(75.0, 19.0, 134.0, 52.0)
_FACILITIES = ("drinking_water", "microwave", "seats", "phone_charging", "toilet", "first_aid")


def run() -> list[Row]:
    """Measure each back end that is here; a row a back end."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "nation.csv"
        write_stations(nation(), file)
        start = time.perf_counter()
        stations = read_stations(file, datum=Datum.wgs84, box=_CHINA)
        read_s = time.perf_counter() - start
    return [
        {"back end": name, "CSV read s": round(read_s, 1), **_row(database, stations)}
        for name, database in _databases()
    ]


def nation(count: int = NATION, *, seed: int = 7) -> Stations:
    """Make a register: towns over China whose sizes fall off as 1/rank, stations around them."""
    rng = np.random.default_rng(seed)
    left, bottom, right, top = _TOWN_BOX
    centres = rng.uniform((left, bottom), (right, top), (_TOWNS, 2))
    share = 1 / np.arange(1, _TOWNS + 1)
    town = rng.choice(_TOWNS, count, p=share / share.sum())
    spread = 0.02 + 0.2 * np.sqrt(share)[town, None]
    lonlat = np.round(centres[town] + rng.normal(0, 1, (count, 2)) * spread, 6)
    cuts = rng.integers(2, len(_FACILITIES) + 1, count).tolist()
    columns: dict[str, list[Any]] = {
        "id": [f"CN{number:06d}" for number in range(count)],
        "name": [f"第{t}镇户外劳动者服务驿站{n}" for n, t in enumerate(town.tolist())],
        "kind": ["station"] * count,
        "address": [f"第{t}镇人民路{n % 900}号" for n, t in enumerate(town.tolist())],
        "hours": ["8:00-18:00"] * count,
        "facilities": [_FACILITIES[:cut] for cut in cuts],
        "groups": [()] * count,
        "status": ["open"] * count,
        "phone": [""] * count,
        "datum": ["wgs84"] * count,
        "source_lon": lonlat[:, 0].tolist(),
        "source_lat": lonlat[:, 1].tolist(),
    }
    return Stations(point_frame(columns, lonlat))


def _databases() -> Iterator[tuple[str, Database]]:
    with tempfile.TemporaryDirectory() as name:
        database = Database(Path(name) / "yizhan.db")
        database.create()
        yield "SQLite", database
    binaries = server_binaries()
    if binaries is None:
        return
    with running_cluster(binaries, durable=True) as cluster:
        database = Database(Path("yizhan.db"), url=cluster.new_database("nation"))
        database.create()
        yield "PostgreSQL + PostGIS", database
        database.close()


def _row(database: Database, stations: Stations) -> Row:
    register = database.register()
    seconds = {
        "import s": _seconds(lambda: register.replace(stations)),
        "same again s": _seconds(lambda: register.replace(stations)),
        "read s": _seconds(register.stations),
    }
    rng = np.random.default_rng(11)
    near = stations.lonlat[rng.integers(0, len(stations), QUESTIONS)]
    left, bottom, right, top = _TOWN_BOX
    figures = {
        **_spread("nearest 5 in town", register, near + rng.normal(0, 0.01, near.shape)),
        **_spread(
            "nearest 5 anywhere",
            register,
            rng.uniform((left, bottom), (right, top), (QUESTIONS, 2)),
        ),
    }
    with register:
        found = _seconds(lambda: register.search("人民路88号"))
        short = _seconds(lambda: register.search("路"))
    observed = [
        _seconds(lambda at=at: register.observe(f"CN{at:06d}", {"seats": 4}, source="inspector"))  # type: ignore[misc]
        for at in range(20)
    ]
    return {
        "stations": len(stations),
        **{key: round(value, 2) for key, value in seconds.items()},
        **figures,
        "search ms": round(found * 1e3, 2),
        "one sign ms": round(short * 1e3, 1),
        "observe ms": round(float(np.median(observed)) * 1e3, 2),
        "kills": KILLS,
        "lost or half": _lost(database),
    }


def _lost(database: Database) -> int:
    """Kill a writer again and again, on a small register of the same kind of database."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = database.url
        if url is not None:
            binaries = server_binaries()
            if binaries is None:
                raise RuntimeError("the server is gone")
            cluster = stack.enter_context(running_cluster(binaries, durable=True))
            url = cluster.new_database("killed")
        done = run_kills(folder, url=url, kills=KILLS, seed=5)
        return len(done.lost)


def _spread(what: str, register: Register, points: npt.NDArray[np.float64]) -> dict[str, float]:
    """Return the median and the 99th percentile of one question's time in milliseconds.

    All are asked three times over. Where others keep the machine busy, one question in a hundred
    waits for its turn: "quiet" is the percentile of each question's shortest time.
    """
    asked = points.tolist()
    taken = np.empty((3, len(asked)))
    with register:
        for lon, lat in asked[:50]:
            register.nearest(lon, lat, 5)
        for again in range(3):
            for at, (lon, lat) in enumerate(asked):
                start = time.perf_counter()
                register.nearest(lon, lat, 5)
                taken[again, at] = time.perf_counter() - start
    p50, p99 = np.percentile(taken, (50, 99)) * 1e3
    quiet = np.percentile(taken.min(axis=0), 99) * 1e3
    return {
        f"{what} p50 ms": round(float(p50), 3),
        f"{what} p99 ms": round(float(p99), 3),
        f"{what} p99 ms, quiet": round(float(quiet), 3),
    }


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
