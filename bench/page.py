"""The worker's page on a cheap phone: bytes, first paint, readable list, marks, beside the budget.

The real server (`yizhan serve`) on the sample city and on the same city with 10,000 generated
stations; Debian's Chromium by Playwright, a screen of 360 x 640, slow 4G (150 ms round trip,
1.6 Mbit/s down, 750 kbit/s up) and a processor slowed down four times. Each load is a cold one, in
a profile of its own; the figures are medians. Lighthouse's accessibility score is measured where
npx can have the package.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.sample import write_sample_city
from data.stations import Stations
from data.workspace import Workspace
from web.cli import yizhan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

    from bench.tables import Row

LOADS: Final = 5
MANY: Final = 10_000
SLOW_4G: Final = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
CPU_SLOWER: Final = 4
_SETTLE_MS: Final = 2_000
_BUDGETS: Final = {
    "sample city": {
        "list kB": 40.0,
        "kB": 80.0,
        "first paint s": 1.0,
        "list s": 1.5,
        "marks s": 2.0,
    },
    "10,000 stations": {"list s": 2.0, "marks s": 4.0},
}
_LIGHTHOUSE: Final = "lighthouse@12.8.2"  # the newest that runs on Debian's Node 20

# Written into the page before anything else: when the first five cards could be read, and when the
# last mark came onto the map. A text counts from the frame that draws it.
_WATCH: Final = """
(() => {
  const seen = (window.benchSeen = { list: 0, marks: 0, nMarks: 0 });
  const drawn = (name) => requestAnimationFrame(() => setTimeout(() => {
    seen[name] = performance.now(); }, 0));
  const isRead = (card) => ['name', 'state'].every((slot) =>
    card.querySelector(`[data-slot="${slot}"]`)?.textContent.trim());
  const look = () => {
    if (!seen.asked) {
      const cards = [...document.querySelectorAll('.stations .card')].slice(0, 5);
      if (cards.length === 5 && cards.every(isRead)) { seen.asked = true; drawn('list'); }
    }
    const n = document.querySelectorAll('.leaflet-marker-icon').length;
    if (n !== seen.nMarks) { seen.nMarks = n; if (n) drawn('marks'); }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
})();
"""
_PAINTS: Final = """() => Object.fromEntries(
  performance.getEntriesByType('paint').map((one) => [one.name, one.startTime]))"""
_MARKS: Final = """() => Object.fromEntries(
  performance.getEntriesByType('mark').map((one) => [one.name, one.startTime]))"""
_KEPT_BYTES: Final = """() => performance.getEntriesByType('resource')
  .reduce((sum, one) => sum + one.transferSize, 0)"""


@dataclass(frozen=True)
class Load:
    """One cold load: kilobytes over the wire, seconds since it began, MiB of the page."""

    list_kb: float
    first_kb: float
    idle_kb: float
    worker_kb: float
    requests: int
    paint_s: float
    list_s: float
    marks_s: float
    roads_s: float
    heap_mib: float


def run() -> list[Row]:
    """Measure both cities; their rows, and what is allowed."""
    with tempfile.TemporaryDirectory() as name:
        cities = make_cities(Path(name))
        return [row for city, folder in cities.items() for row in measure(city, folder)]


def measure(city: str, folder: Path) -> list[Row]:
    """Load the page of one workspace `LOADS` times."""
    with served(folder) as address:
        with chromium() as browser:
            _load(browser, address)  # the server's first answers compile and pack
            loads = [_load(browser, address) for _ in range(LOADS)]
        busy = os.getloadavg()[0]
        score = _lighthouse(address) if city == "sample city" else ""
    return _rows(city, loads, load=busy, score=score)


def _rows(city: str, loads: list[Load], *, load: float, score: str) -> list[Row]:
    """Put the medians above the budget."""

    def middle(name: str) -> float:
        return round(statistics.median(getattr(one, name) for one in loads), 2)

    ours: dict[str, object] = {
        "page": f"{city}, median of {len(loads)}",
        "list kB": round(middle("list_kb"), 1),
        "kB": round(middle("first_kb"), 1),
        "first paint s": middle("paint_s"),
        "list s": middle("list_s"),
        "marks s": middle("marks_s"),
        "requests": int(middle("requests")),
        "kB when idle": round(middle("idle_kb") + middle("worker_kb")),
        "exact times s": middle("roads_s"),
        "heap MiB": round(middle("heap_mib"), 1),
        "Lighthouse": score,
        "load": round(load, 1),
    }
    budget = _BUDGETS[city]
    met = all(float(str(ours[name])) <= most for name, most in budget.items())
    best = {
        "page": f"{city}, best",
        "first paint s": round(min(one.paint_s for one in loads), 2),
        "list s": round(min(one.list_s for one in loads), 2),
        "marks s": round(min(one.marks_s for one in loads), 2),
    }
    allowed = {
        "page": "budget: " + ("met" if met else "NOT met"),
        **{name: f"<= {most:g}" for name, most in budget.items()},
        **({"Lighthouse": "1.00"} if score else {}),
    }
    return [ours, best, allowed]


# ---- the cities ----
def make_cities(folder: Path) -> dict[str, Path]:
    """Make the sample city, and a copy of it with many stations."""
    files = write_sample_city(folder / "input")
    small, large = folder / "sample", folder / "many"
    for words in (
        ["init", "--sample", "--name", files.name, "--districts", str(files.districts)],
        ["network", "build", "--osm", str(files.roads)],
        ["stations", "import", str(files.stations), "--datum", "wgs84"],
    ):
        with contextlib.redirect_stdout(io.StringIO()):
            yizhan.main([*words, "-w", str(small), "--json"], standalone_mode=False)
    shutil.copytree(small, large)
    workspace = Workspace.open(large)
    workspace.replace_stations(many_stations(workspace, MANY))
    return {"sample city": small, "10,000 stations": large}


def many_stations(workspace: Workspace, count: int) -> Stations:
    """Return stations like those of the workspace, each with a name and a place of its own.

    They stand beside the nodes of the roads; kinds, hours and facilities are those of the register,
    drawn each by itself, so that nearly every station differs from the next.
    """
    rng = np.random.default_rng(7)
    known = workspace.stations().frame
    nodes = workspace.network().node_lonlat
    lonlat = nodes[rng.choice(len(nodes), count, replace=len(nodes) < count)]
    lonlat = np.round(lonlat + rng.normal(0.0, 2e-4, (count, 2)), 6)
    inside = ["facilities", "facilities_broken", "facilities_absent"]  # one says what two may not
    drawn = known[inside].iloc[rng.integers(0, len(known), count)].reset_index(drop=True)
    for column in ("kind", "hours", "access", "address", "checked_at"):
        drawn[column] = known[column].iloc[rng.integers(0, len(known), count)].to_numpy()
    titles = known["name"].str.replace(r"[\s\d]+$", "", regex=True)
    named = titles.iloc[rng.integers(0, len(titles), count)].to_numpy()
    frame = drawn.assign(
        id=[f"M{number:05d}" for number in range(count)],
        name=[f"{title} {number:05d}" for number, title in enumerate(named)],
        lon=lonlat[:, 0],
        lat=lonlat[:, 1],
    )
    return Stations.from_records([dict(row) for row in frame.to_dict("records")])


# ---- server and browser ----
@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a workspace with the installed command, in a process of its own."""
    port = free_port()
    words = [str(Path(sys.executable).with_name("yizhan")), "serve", "-w", str(folder)]
    process = subprocess.Popen(
        [*words, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/healthz", process)
        yield address
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server that was started answers (TimeoutError)."""
    for _attempt in range(600):
        try:
            with urllib.request.urlopen(address):  # noqa: S310 - our own server
                return
        except OSError:
            if process.poll() is not None:
                raise
            time.sleep(0.1)
    raise TimeoutError(address)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser that asks nobody for anything of its own."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only this needs a browser

    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=_chromium_path(), args=["--no-sandbox", "--disable-gpu", *quiet]
        )
        yield browser
        browser.close()


def _chromium_path() -> str:
    names = (os.environ.get("YIZHAN_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, filter(None, names))), None)
    if path is None:
        sys.exit("error: no Chromium on the path: sh .ci/system-packages installs one")
    return path


def _load(browser: Browser, address: str) -> Load:
    """Load the page once, with nothing kept from before."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, locale="zh-CN")
    page = context.new_page()
    page.add_init_script(_WATCH)
    session = context.new_cdp_session(page)
    wire = Wire(session)
    session.send("Network.emulateNetworkConditions", dict(SLOW_4G))
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWER})
    page.goto(address + "/", wait_until="commit")
    page.wait_for_selector(".leaflet-marker-icon", state="attached", timeout=120_000)
    page.wait_for_timeout(_SETTLE_MS)
    page.wait_for_selector("body[data-ready~=roads]", timeout=120_000)
    kept_kb = _service_worker_kb(context, page)
    load = _read_off(page, session, wire, kept_kb)
    context.close()
    return load


def _read_off(page: Page, session: CDPSession, wire: Wire, kept_kb: float) -> Load:
    seen, paints, marks = (page.evaluate(ask) for ask in ("benchSeen", _PAINTS, _MARKS))
    paint_ms = paints["first-contentful-paint"]
    first = wire.until(wire.began + seen["marks"] / 1000)
    everything = wire.until(float("inf"))
    list_ms = max(seen["list"], paint_ms)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = session.send("Performance.getMetrics")["metrics"]
    heap = next(one["value"] for one in metrics if one["name"] == "JSHeapUsedSize")
    return Load(
        list_kb=wire.until(wire.began + list_ms / 1000)[0] / 1000,
        first_kb=first[0] / 1000,
        idle_kb=(everything[0] - first[0]) / 1000,
        worker_kb=kept_kb,
        requests=first[1],
        paint_s=paint_ms / 1000,
        list_s=list_ms / 1000,
        marks_s=seen["marks"] / 1000,
        roads_s=marks["yizhan-roads"] / 1000,
        heap_mib=heap / 2**20,
    )


def _service_worker_kb(context: BrowserContext, page: Page) -> float:
    """Return what the service worker fetched to keep, once it has all; 0 without one."""
    if not context.service_workers:
        return 0.0
    page.wait_for_selector("body[data-ready~=offline]", timeout=120_000)
    return float(context.service_workers[0].evaluate(_KEPT_BYTES)) / 1000


class Wire:
    """What came over the wire: the bytes of each answer, its headers too, and when it was whole."""

    def __init__(self, session: CDPSession) -> None:
        self.began = float("inf")
        self._done: list[tuple[float, float]] = []
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")

    def _sent(self, event: dict[str, Any]) -> None:
        self.began = min(self.began, event["timestamp"])

    def _finished(self, event: dict[str, Any]) -> None:
        self._done.append((event["timestamp"], event["encodedDataLength"]))

    def until(self, moment_s: float) -> tuple[float, int]:
        """Return the bytes and the number of answers that were whole by then."""
        kept = [n_bytes for done_s, n_bytes in self._done if done_s <= moment_s]
        return sum(kept), len(kept)


def _lighthouse(address: str) -> str:
    """Return Lighthouse's accessibility score; why not, where it cannot be had."""
    npx = shutil.which("npx")
    if npx is None:
        return "no npx"
    words = [npx, "--yes", _LIGHTHOUSE, address, "--quiet", "--only-categories=accessibility"]
    flags = "--chrome-flags=--headless=new --no-sandbox --disable-gpu"
    environment = {**os.environ, "CHROME_PATH": _chromium_path()}
    try:
        done = subprocess.run(
            [*words, "--output=json", "--output-path=stdout", flags],
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
            env=environment,
        )
        score = json.loads(done.stdout)["categories"]["accessibility"]["score"]
    except (OSError, ValueError, KeyError, subprocess.SubprocessError):
        return "not to be had"
    return f"{score:.2f}"
