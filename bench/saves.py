"""50 editors save at once: how long a save takes, what it costs, and that nothing is lost.

A copy of the sample city with 10,000 stations, served as shipped: `yizhan serve`, and gunicorn with
two workers of four threads as the guide for operators advises; on SQLite and on PostgreSQL with
PostGIS. Each editor has five stations of its own, and every tenth time takes one of ten that all
have. At a human pace an editor opens a form, thinks and saves, every ten seconds in the mean, at a
brisk one every three; flat out it saves, opens and saves again without a pause. The editors' own
work runs on the same cores, and each has saved once before it is measured.
Then a server is killed (-9) in the middle of saves, again and again (`bench.save_kills`).
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from bench.cluster import running_cluster, server_binaries
from bench.desk_editor import Editor, all_said, enrol, faults_of
from bench.page import free_port, many_stations, wait_for
from bench.save_kills import run_kills
from data.workspace import Workspace
from web.cli import yizhan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bench.tables import Row

EDITORS: Final = 50
STATIONS: Final = 10_000
KILLS: Final = 1_000
_OWN: Final = 5
_SHARED: Final = 10
_KILLED: Final = 8
#: Of each pace: seconds from one save of an editor to the next in the mean, and how long it lasts.
_PACES: Final = {"human": (10.0, 60.0), "brisk": (3.0, 30.0), "flat out": (0.0, 30.0)}
_BIN: Final = Path(sys.executable).parent


@dataclass(frozen=True)
class Place:
    """Where the city of a run is: its folder, the URL of its database, the cluster's process."""

    name: str
    folder: Path
    url: str | None
    database_pid: int | None


def run() -> list[Row]:
    """Measure each server on each database, then the kills; a row each."""
    rows: list[Row] = []
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for place in stack.enter_context(_places(folder)):
            stations = Workspace.open(place.folder, database_url=place.url).stations().ids
            for server in ("yizhan serve", "gunicorn 2 x 4"):
                with _served(place, server) as (port, pid):
                    editors = [Editor(number, port) for number in range(EDITORS)]
                    _at_once(_begin, editors, stations)
                    rows += [
                        _row(place, server, pace, editors, pid=pid, ids=stations) for pace in _PACES
                    ]
            rows.append(_kill_row(place))
    return rows


def _row(
    place: Place,
    server: str,
    pace: str,
    editors: Sequence[Editor],
    *,
    pid: int,
    ids: Sequence[str],
) -> Row:
    for editor in editors:
        editor.forget()
    before = _cpu_s(pid), _cpu_s(place.database_pid)
    every_s, lasting_s = _PACES[pace]
    start = time.perf_counter()
    _at_once(_edit, editors, ids, every_s, start + lasting_s)
    took_s = time.perf_counter() - start
    cpu_s = _cpu_s(pid) - before[0], _cpu_s(place.database_pid) - before[1]
    saved = np.array([one for editor in editors for one in editor.saved_s])
    opened = np.array([one for editor in editors for one in editor.opened_s])
    workspace = Workspace.open(place.folder, database_url=place.url)
    p50, p95, p99 = np.percentile(saved, (50, 95, 99)) * 1e3
    return {
        "database": place.name,
        "server": server,
        "pace": pace,
        "saves": len(saved),
        "a second": round(len(saved) / took_s, 1),
        "p50 ms": round(float(p50)),
        "p95 ms": round(float(p95)),
        "p99 ms": round(float(p99)),
        "form p95 ms": round(float(np.percentile(opened, 95)) * 1e3),
        "CPU ms a save and form": round(cpu_s[0] * 1e3 / len(saved), 1),
        "of the database": round(cpu_s[1] * 1e3 / len(saved), 1),
        "clashed": sum(editor.clashed for editor in editors),
        "refused": sum(len(editor.refusals) + editor.broken for editor in editors),
        "lost or half": len(faults_of(workspace, all_said(editors))),
    }


def _at_once(work: Callable[..., None], editors: Sequence[Editor], *more: object) -> None:
    """Let all editors do something at once, and wait for them."""
    threads = [threading.Thread(target=work, args=(editor, *more)) for editor in editors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _begin(editor: Editor, ids: Sequence[str]) -> None:
    """Sign in and save once: what a process loads at its first save is not of every save."""
    editor.sign_in()
    station = _own(editor, ids)[0]
    editor.save(station, editor.open(station))


def _own(editor: Editor, ids: Sequence[str]) -> Sequence[str]:
    return ids[_SHARED + editor.number * _OWN :][:_OWN]


def _edit(editor: Editor, ids: Sequence[str], every_s: float, end: float) -> None:
    """Open forms and save until the end, so often in the mean; half of the time is thought."""
    rng = random.Random(editor.number)  # noqa: S311 - which station is no secret
    own = _own(editor, ids)
    pause_s = rng.random() * every_s
    while time.perf_counter() + pause_s < end:
        time.sleep(pause_s)
        station = rng.choice(ids[:_SHARED] if rng.random() < 1 / 10 else own)
        form = editor.open(station)
        think_s = rng.expovariate(1.0) * every_s / 2
        if time.perf_counter() + think_s > end:
            return
        time.sleep(think_s)
        editor.save(station, form)
        pause_s = rng.expovariate(1.0) * every_s / 2


@contextlib.contextmanager
def _places(folder: Path) -> Iterator[list[Place]]:
    """Make the city, once on SQLite and once on PostgreSQL where that is here."""
    with contextlib.ExitStack() as stack:
        places = [Place("SQLite", folder / "sqlite", None, None)]
        words = ["demo", "-w", str(places[0].folder), "--no-serve", "--json"]
        with contextlib.redirect_stdout(io.StringIO()):
            yizhan.main(words, standalone_mode=False)
        workspace = Workspace.open(places[0].folder)
        workspace.replace_stations(many_stations(workspace, STATIONS))
        enrol(workspace, EDITORS)
        binaries = server_binaries()
        if binaries is not None:
            cluster = stack.enter_context(running_cluster(binaries, durable=True))
            url = cluster.new_database("edited")
            workspace.database.copy_to(url)
            shutil.copytree(places[0].folder, folder / "postgresql")
            pid = int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
            places.append(Place("PostgreSQL", folder / "postgresql", url, pid))
        yield places


@contextlib.contextmanager
def _served(place: Place, server: str) -> Iterator[tuple[int, int]]:
    """Serve a city by a process of its own; gives the port and the process."""
    port = free_port()
    words = [str(_BIN / "yizhan"), "serve", "-w", str(place.folder), "--port", str(port)]
    if server.startswith("gunicorn"):
        app = f"web.app:create_app({str(place.folder)!r})"
        threads = ["--workers", "2", "--threads", "4"]
        words = [str(_BIN / "gunicorn"), *threads, "--bind", f"127.0.0.1:{port}", app]
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    process = subprocess.Popen(
        words,
        env=env if place.url is None else env | {"DATABASE_URL": place.url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def _kill_row(place: Place) -> Row:
    done = run_kills(place.folder, url=place.url, kills=KILLS, editors=_KILLED, seed=5)
    return {
        "database": place.name,
        "server": f"killed {done.kills:,} times",
        "pace": "flat out",
        "saves": done.saves,
        "refused": f"{done.broken} cut off",
        "lost or half": len(done.faults),
    }


def _cpu_s(pid: int | None) -> float:
    """Return the processor seconds of a process and its children; 0 of none."""
    if pid is None:
        return 0.0
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        if int(stat.parent.name) == pid:
            total += sum(map(int, fields[11:15])) / ticks
        elif int(fields[1]) == pid:
            total += sum(map(int, fields[11:13])) / ticks
    return total
