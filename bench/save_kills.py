"""A server that is killed (-9) in the middle of saves again and again, and what is there then.

A process loads the application, takes one save to have everything at hand, and forks a server for
every kill: to import all anew would take longer than the saves. Editors save as fast as they are
answered, from threads of the process that kills.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.desk_editor import Answer, Editor, all_said, faults_of
from data.workspace import Workspace
from web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.testing import FlaskClient

_LONGEST_S: Final = 0.1
_MOST_SAVES: Final = 4
_PATIENCE_S: Final = 20.0
_STATIONS: Final = 12
#: Saves are numbered from here on where no editor's are.
_NO_ONES: Final = 10**9


@dataclass(frozen=True)
class Killed:
    """What came of it: saves acknowledged, saves cut off, and a line for each fault."""

    kills: int
    saves: int
    broken: int
    faults: tuple[str, ...]


@dataclass
class _Inside(Editor):
    """An editor without a server: what it does is loaded in this process then."""

    client: FlaskClient = field(kw_only=True)

    def ask(self, method: str, path: str, form: object = None) -> Answer:
        """Ask the application itself."""
        answer = self.client.open(path, method=method, data=form)
        return Answer(answer.status_code, answer.text, answer.location or "", 0.0)


def run_kills(folder: Path, *, url: str | None, kills: int, editors: int, seed: int) -> Killed:
    """Kill a server of the city in ``folder`` so often, while so many of its accounts save."""
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    with (
        socket.create_server(("127.0.0.1", 0), backlog=128) as listener,
        subprocess.Popen(
            [sys.executable, "-m", "bench.save_kills", str(folder), str(listener.fileno())],
            env=env if url is None else env | {"DATABASE_URL": url},
            cwd=Path(__file__).parents[1],
            pass_fds=[listener.fileno()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as nursery,
    ):
        try:
            port = listener.getsockname()[1]
            return _kill_again_and_again(nursery, port, folder, url, (kills, editors, seed))
        finally:
            nursery.kill()


def _kill_again_and_again(
    nursery: subprocess.Popen[str],
    port: int,
    folder: Path,
    url: str | None,
    how: tuple[int, int, int],
) -> Killed:
    kills, count, seed = how
    rng = random.Random(seed)  # noqa: S311 - when to kill is no secret
    workspace = Workspace.open(folder, database_url=url)
    ids = workspace.stations().ids[:_STATIONS]
    editors = [Editor(number, port) for number in range(count)]
    over = threading.Event()
    server = _born(nursery)
    for editor in editors:
        editor.sign_in()
    threads = [threading.Thread(target=_edit, args=(one, ids, over)) for one in editors]
    for thread in threads:
        thread.start()
    for _kill in range(kills):
        _wait_for_saves(editors, rng.randrange(_MOST_SAVES + 1))
        time.sleep(rng.random() * _LONGEST_S)
        os.kill(server, signal.SIGKILL)
        server = _born(nursery)
    over.set()
    for thread in threads:
        thread.join()
    os.kill(server, signal.SIGKILL)
    faults = faults_of(workspace, all_said(editors))
    refused = [f"{one.name} was refused: {status}" for one in editors for status in one.refusals]
    broken = sum(one.broken for one in editors)
    workspace.database.close()
    return Killed(kills, len(all_said(editors)), broken, (*faults, *refused))


def _edit(editor: Editor, ids: Sequence[str], over: threading.Event) -> None:
    """Open a form and save it, again and again; what was cut off is opened anew."""
    rng = random.Random(editor.number)  # noqa: S311 - which station is no secret
    while not over.is_set():
        station = rng.choice(ids)
        try:
            form = editor.open(station)
        except (OSError, http.client.HTTPException):
            continue
        if "version" in form:
            editor.save(station, form)


def _wait_for_saves(editors: Sequence[Editor], count: int) -> None:
    """Wait until so many more saves are acknowledged, however fast the machine is."""
    wanted = len(all_said(editors)) + count
    end = time.monotonic() + _PATIENCE_S
    while len(all_said(editors)) < wanted and time.monotonic() < end:
        time.sleep(0.005)


def _born(nursery: subprocess.Popen[str]) -> int:
    """Ask for a new server once the last one is dead; returns its process."""
    if nursery.stdin is None or nursery.stdout is None:
        raise RuntimeError("the nursery has no pipes")
    nursery.stdin.write("\n")
    nursery.stdin.flush()
    return int(nursery.stdout.readline())


def _nurse(folder: Path, listener: int) -> None:
    """Fork a server whenever a line comes in, and wait for the end of it."""
    from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: PLC0415 - here only

    class Quiet(WSGIRequestHandler):
        """Answers without a line for each request."""

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Log nothing."""

    app = create_app(folder)
    workspace = Workspace.open(folder)
    first = _Inside(0, 0, saves=_NO_ONES, client=app.test_client())
    first.sign_in()
    station = workspace.stations().ids[0]
    first.save(station, first.open(station))
    workspace.database.close()
    for _line in sys.stdin:
        process = os.fork()
        if not process:
            try:
                make_server(
                    "127.0.0.1", 0, app, threaded=True, fd=listener, request_handler=Quiet
                ).serve_forever()
            finally:
                os._exit(1)
        print(process, flush=True)
        os.waitpid(process, 0)


if __name__ == "__main__":
    _nurse(Path(sys.argv[1]), int(sys.argv[2]))
