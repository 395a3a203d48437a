"""What an answer costs, side by side in one run: nginx with files, the shipped nginx, the servers.

All serve the sample city's public answers at the same time and are asked in turn by `wrk`: plain
files of the same bytes by nginx, the pages behind the nginx of ``compose.yaml``, and the pages by
each server for Python that can be had. The machine may be shared: the processor's milliseconds of
the server's processes for one answer say more than answers a second, and ratios more than either.
``YIZHAN_BENCH_CITY`` names a workspace to serve in the place of the sample city.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psutil
import yaml

from bench.page import make_cities
from web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.tables import Row

ROUNDS: Final = 2
SECONDS: Final = 2
SOAK: Final = 100_000
_CITY: Final = "YIZHAN_BENCH_CITY"
_PORT: Final = 8471
_APP: Final = "bench.serving:application"
_PATHS: Final = ("/", "/s/{station}", "/api/page/now.json", "/api/stations", "/healthz")
#: Of each server the module that it is, and its words; all with two processes of four threads.
_SERVERS: Final[dict[str, tuple[str, list[str]]]] = {
    "gunicorn, threads": (
        "gunicorn",
        [
            "gunicorn",
            "--no-control-socket",
            "-w2",
            "--threads=4",
            "-b127.0.0.1:{port}",
            f"{_APP}()",
        ],
    ),
    "gunicorn, sync": (
        "gunicorn",
        ["gunicorn", "--no-control-socket", "-w2", "-b127.0.0.1:{port}", f"{_APP}()"],
    ),
    "granian": (
        "granian",
        [
            *("granian", "--interface=wsgi", "--workers=2", "--blocking-threads=4"),
            *("--port={port}", "--no-access-log", "--log-level=error", "--factory", _APP),
        ],
    ),
    "waitress": (
        "waitress",
        ["waitress", "--threads=8", "--listen=127.0.0.1:{port}", "--call", _APP],
    ),
    "uvicorn, a2wsgi": (
        "uvicorn",
        [
            *("uvicorn", "--workers=2", "--port={port}", "--no-access-log", "--log-level=error"),
            *("--timeout-worker-healthcheck=120", "--factory", "bench.serving:bridged"),
        ],
    ),
}


def application() -> Any:  # noqa: ANN401 - a WSGI application
    """Return the pages of the city that the environment names."""
    return create_app(os.environ[_CITY])


def bridged() -> Any:  # noqa: ANN401 - an ASGI application
    """Return the same behind a bridge for servers of another kind."""
    from a2wsgi import WSGIMiddleware  # type: ignore[import-not-found] # noqa: PLC0415 - if there

    return WSGIMiddleware(application(), workers=4)


@dataclass(frozen=True)
class Asked:
    """How one server answered for some seconds."""

    a_second: float
    cpu_ms: float
    p99_ms: float
    errors: int


def run() -> list[Row]:
    """Measure every server with every path, a crowd, and whether memory grows."""
    if shutil.which("wrk") is None or shutil.which("nginx") is None:
        return []
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        if _CITY not in os.environ:
            os.environ[_CITY] = str(make_cities(folder)["sample city"])
        with create_app(os.environ[_CITY]).test_client() as client:
            station = client.get("/api/stations?limit=1").json["features"][0]["id"]  # type: ignore[index]
        paths = [path.format(station=station) for path in _PATHS]
        ports, started = {}, {}
        for number, (server, (module, words)) in enumerate(_SERVERS.items()):
            if find_spec(module) is not None:
                ports[server] = _PORT + number
                filled = [word.format(port=ports[server]) for word in words]
                started[server] = stack.enter_context(_running([sys.executable, "-m", *filled]))
                _wait(f"http://127.0.0.1:{ports[server]}/readyz")
        behind = ports["gunicorn, threads"]
        told = {
            "nginx, files": _of_files(folder, paths, behind),
            "nginx, shipped": _shipped(behind),
        }
        for number, (server, block) in enumerate(told.items()):
            ports[server] = _PORT + 90 + number
            path = folder / f"{number}.conf"
            path.write_text(_nginx(block, ports[server], folder), encoding="utf-8")
            words = ["nginx", "-c", str(path), "-g", "daemon off;"]
            started[server] = stack.enter_context(_running(words))
            _wait(f"http://127.0.0.1:{ports[server]}/")
        rows = _side_by_side(paths, ports, started)
        for server in ("nginx, files", "nginx, shipped", "gunicorn, threads"):
            rows.append(_crowd(server, ports, started))
        return [*rows, _soak(ports["gunicorn, threads"], started["gunicorn, threads"])]


def _side_by_side(
    paths: list[str], ports: dict[str, int], started: dict[str, psutil.Process]
) -> list[Row]:
    rows: list[Row] = []
    for path in paths:
        asked: dict[str, list[Asked]] = {server: [] for server in ports}
        for _ in range(ROUNDS):
            for server, port in ports.items():
                asked[server].append(_ask(f"http://127.0.0.1:{port}{path}", started[server]))
        middle = {
            server: {
                name: statistics.median(getattr(one, name) for one in all_)
                for name in ("a_second", "cpu_ms", "p99_ms")
            }
            for server, all_ in asked.items()
        }
        best = middle["nginx, files"]
        rows += [
            {
                "path": path,
                "server": server,
                "answers a second": round(of["a_second"]),
                "files : this": best["a_second"] / max(of["a_second"], 0.1),
                "CPU ms": of["cpu_ms"],
                "p99 ms": of["p99_ms"],
                "errors": sum(one.errors for one in asked[server]),
            }
            for server, of in sorted(middle.items(), key=lambda item: item[1]["cpu_ms"])
        ]
    return rows


def _crowd(server: str, ports: dict[str, int], started: dict[str, psutil.Process]) -> Row:
    """Ask over 1,000 connections at once."""
    asked = _ask(f"http://127.0.0.1:{ports[server]}/", started[server], connections=1000)
    return {
        "path": "/, 1,000 connections",
        "server": server,
        "answers a second": round(asked.a_second),
        "CPU ms": asked.cpu_ms,
        "p99 ms": asked.p99_ms,
        "errors": asked.errors,
    }


def _soak(port: int, process: psutil.Process) -> Row:
    """Ask so often that memory that is not given back would show."""
    url, answered = f"http://127.0.0.1:{port}/", 0.0
    _ask(url, process)
    before = _rss_mib(process)
    while answered < SOAK:
        answered += _ask(url, process, seconds=20).a_second * 20
    grown = _rss_mib(process) / before - 1
    return {"path": f"/, {round(answered):,} answers", "server": f"memory {100 * grown:+.2f} %"}


def _ask(
    url: str, process: psutil.Process, *, connections: int = 16, seconds: int = SECONDS
) -> Asked:
    before = _cpu_s(process)
    words = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout=10s"]
    ran = subprocess.run(
        [*words, "-H", "Accept-Encoding: gzip", "-H", "Accept-Language: zh-CN", url],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    cpu_s = _cpu_s(process) - before
    n_answers = int(re.findall(r"(\d+) requests in", ran)[0])
    errors = re.findall(r"errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", ran)
    wrong = re.findall(r"Non-2xx or 3xx responses: (\d+)", ran)
    number, unit = re.findall(r"99%\s+([\d.]+)(us|ms|s|m)", ran)[0]
    return Asked(
        a_second=n_answers / seconds,
        cpu_ms=1000 * cpu_s / max(1, n_answers),
        p99_ms=float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}[unit],
        errors=sum(map(int, (*(errors[0] if errors else ()), *wrong))),
    )


# ---- the servers ----
def _of_files(folder: Path, paths: list[str], behind: int) -> str:
    """Keep the bytes of each answer as a file, and return the block that serves them."""
    places = []
    for number, path in enumerate(paths):
        with _get(f"http://127.0.0.1:{behind}{path}") as answer:
            (folder / f"answer-{number}").write_bytes(answer.read())
        file = f"/answer-{number}"  # an alias of / would look for an index
        places.append(f"location = {path} {{ root {folder}; try_files {file} =404; }}")
    return f"server {{ listen PORT; {' '.join(places)} }}"


def _shipped(behind: int) -> str:
    """Return the settings of ``compose.yaml``, without its certificate and before our server."""
    compose = yaml.safe_load(Path("compose.yaml").read_text(encoding="utf-8"))
    told = compose["configs"]["nginx"]["content"].replace("$$", "$")
    told = re.sub(r"^ *(http2|ssl_).*\n", "", told, flags=re.MULTILINE)
    told = re.sub(r"proxy_pass http://unix:[^;]+;", f"proxy_pass http://127.0.0.1:{behind};", told)
    told = str(told).replace("/var/cache/nginx/yizhan", "FOLDER/kept")
    return told.replace("listen 443 ssl;", "listen PORT;")


def _nginx(block: str, port: int, folder: Path) -> str:
    whole = (
        "worker_processes 2; pid FOLDER/PORT.pid; error_log stderr crit; "
        "events { worker_connections 4096; } "
        f"http {{ access_log off; sendfile on; {block} }}"
    )
    told = whole.replace("listen PORT", f"listen 127.0.0.1:{port}")
    return told.replace("PORT", str(port)).replace("FOLDER", str(folder))


def _get(url: str) -> Any:  # noqa: ANN401 - an open answer
    asked = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})  # noqa: S310 - ours
    return urllib.request.urlopen(asked, timeout=60)  # noqa: S310 - likewise


@contextlib.contextmanager
def _running(words: list[str]) -> Iterator[psutil.Process]:
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _wait(url: str) -> None:
    for _ in range(1500):
        with contextlib.suppress(OSError), _get(url):
            return
        time.sleep(0.2)
    raise TimeoutError(url)


def _over_all(process: psutil.Process, tell: Callable[[psutil.Process], float]) -> float:
    return sum(tell(one) for one in (process, *process.children(recursive=True)))


def _cpu_s(process: psutil.Process) -> float:
    return _over_all(process, lambda one: sum(one.cpu_times()[:2]))


def _rss_mib(process: psutil.Process) -> float:
    return _over_all(process, lambda one: one.memory_info().rss / 2**20)
