"""The worker's page beside a plain folium page of the same stations, loaded in turns in one run.

Slow 4G and a processor slowed down four times, as in `bench.page`; each load is a cold one. The
folium page is what ``folium.Marker`` with a popup and a tooltip for each station gives; its scripts
and styles, from the npm registry, come from our own machine, packed, over one kept connection, and
it asks for no tiles, for there is no network: all of that is to its favour. "Work" is the
processor time of the page's main thread until the first mark is drawn, from the browser's own
trace, slowed down as it is.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import shutil
import statistics
import subprocess
import tarfile
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import brotli
import folium
import numpy as np

from bench.page import CPU_SLOWER, SLOW_4G, Wire, chromium, make_cities, served
from data.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from bench.tables import Row
    from data.stations import Stations

LOADS: Final = int(os.environ.get("YIZHAN_BENCH_LOADS", "9"))
_PACKAGES: Final = {
    "leaflet": "leaflet@1.9.3",
    "jquery": "jquery@3.7.1",
    "bootstrap": "bootstrap@5.2.2",
    "fontawesome": "@fortawesome/fontawesome-free@6.2.0",
    "awesome-markers": "leaflet.awesome-markers@2.0.5",
}
# By folium's own names of them; two small sheets of its list are left out.
_FILES: Final = {
    "leaflet": "leaflet/dist/leaflet.js",
    "jquery": "jquery/dist/jquery.min.js",
    "bootstrap": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "awesome_markers": "awesome-markers/dist/leaflet.awesome-markers.js",
    "leaflet_css": "leaflet/dist/leaflet.css",
    "bootstrap_css": "bootstrap/dist/css/bootstrap.min.css",
    "awesome_markers_font_css": "fontawesome/css/all.min.css",
    "awesome_markers_css": "awesome-markers/dist/leaflet.awesome-markers.css",
}
_TYPES: Final = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".png": "image/png",
}
_TEXTS: Final = (".js", ".css", ".html")
_WATCH: Final = """
(() => {
  const seen = (window.benchSeen = { list: 0, mark: 0 });
  const drawn = (name) => requestAnimationFrame(() => setTimeout(() => {
    seen[name] = performance.now(); performance.mark(`bench-${name}`); }, 0));
  const isRead = (card) => ['name', 'state'].every((slot) =>
    card.querySelector(`[data-slot="${slot}"]`)?.textContent.trim());
  const asked = {};
  const once = (name, isThere) => {
    if (isThere && !asked[name]) { asked[name] = true; drawn(name); }
  };
  const look = () => {
    const cards = [...document.querySelectorAll('.stations .card')].slice(0, 5);
    once('list', cards.length === 5 && cards.every(isRead));
    once('mark', document.querySelector('.leaflet-marker-icon'));
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
})();
"""
_FIRST_PAINT: Final = """() => performance.getEntriesByType('paint')
  .find((one) => one.name === 'first-contentful-paint').startTime"""
#: What is asked of ours, as shares of folium's: first paint, first mark of few and of many.
_ASKED: Final = {"sample city": (1 / 3, 1 / 2), "10,000 stations": (1 / 3, 1 / 4)}


@dataclass(frozen=True)
class Timed:
    """One cold load: seconds, kB until the first mark, processor seconds of the main thread."""

    paint_s: float
    list_s: float
    mark_s: float
    kb: float
    work_s: float


def run() -> list[Row]:
    """Measure both cities, ours and folium's page in turns; nothing where npm cannot be asked."""
    npm = shutil.which("npm")
    if npm is None:
        return []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library = _library(folder / "library", npm)
        cities = make_cities(folder)
        return [row for city, place in cities.items() for row in _pair(city, place, library)]


def _pair(city: str, place: Path, library: Path) -> list[Row]:
    stations = Workspace.open(place).stations()
    (library / "page.html").write_text(folium_page(stations), encoding="utf-8")
    ours, theirs = list[Timed](), list[Timed]()
    with served(place) as address, _plain_server(library) as other, chromium() as browser:
        for number in range(LOADS + 1):  # the first answers compile and pack
            loads = (_timed(browser, f"{address}/"), _timed(browser, f"{other}/page.html"))
            if number:
                ours.append(loads[0])
                theirs.append(loads[1])
    return _rows(city, ours, theirs)


def _rows(city: str, ours: list[Timed], theirs: list[Timed]) -> list[Row]:
    def middle(loads: list[Timed], name: str) -> float:
        return round(statistics.median(getattr(one, name) for one in loads), 2)

    names = {
        "first paint s": "paint_s",
        "list s": "list_s",
        "first mark s": "mark_s",
        "kB until then": "kb",
        "work until then, CPU s": "work_s",
    }
    rows: list[dict[str, object]] = [
        {"page": f"{city}, {who}, median of {len(loads)}"}
        | {label: middle(loads, name) or "" for label, name in names.items()}
        for who, loads in (("ours", ours), ("folium", theirs))
    ]
    paint, mark = (middle(ours, name) / middle(theirs, name) for name in ("paint_s", "mark_s"))
    is_first = middle(ours, "list_s") < middle(theirs, "paint_s")
    most = _ASKED[city]
    rows.append(
        {
            "page": "folium : ours, and what is asked",
            "first paint s": f"{1 / paint:.1f} (3: {_met(paint <= most[0])})",
            "list s": f"before folium's first paint: {_met(is_first)}",
            "first mark s": f"{1 / mark:.1f} ({1 / most[1]:.0f}: {_met(mark <= most[1])})",
        }
    )
    return list(rows)


def _met(is_met: bool) -> str:  # noqa: FBT001 - a word for what was found
    return "met" if is_met else "NOT met"


def folium_page(stations: Stations) -> str:
    """Return the plain folium page of stations, its scripts under addresses of our own."""
    lonlat = stations.lonlat
    drawn = folium.Map(location=np.median(lonlat, axis=0)[::-1].tolist(), zoom_start=11, tiles=None)
    for (lon, lat), name in zip(lonlat.tolist(), stations.frame["name"], strict=True):
        folium.Marker([lat, lon], popup=name, tooltip=name).add_to(drawn)
    for named in ("default_js", "default_css"):
        kept = [(name, f"/{_FILES[name]}") for name, _ in getattr(drawn, named) if name in _FILES]
        setattr(drawn, named, kept)
    return str(drawn.get_root().render())


# ---- folium's side ----
def _library(folder: Path, npm: str) -> Path:
    """Fetch what a folium page asks for, by the registry's own client."""
    folder.mkdir()
    for name, package in _PACKAGES.items():
        packed = subprocess.run(
            [npm, "pack", package, "--silent", "--pack-destination", str(folder)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()[-1]
        with tarfile.open(folder / packed) as archive:
            archive.extractall(folder / f"{name}.part", filter="data")
        (folder / f"{name}.part" / "package").rename(folder / name)
    return folder


@contextlib.contextmanager
def _plain_server(folder: Path) -> Iterator[str]:
    """Serve a folder as a fast host would: kept connections, texts packed once."""
    kept: dict[str, tuple[bytes, str]] = {}

    def content(path: str) -> tuple[bytes, str] | None:
        file = folder / path.lstrip("/").partition("?")[0]
        if not file.is_file():
            return None
        body = file.read_bytes()
        is_text = file.suffix in _TEXTS
        return (brotli.compress(body, quality=9) if is_text else body), file.suffix

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = kept.get(self.path) or content(self.path)
            if found is None:
                self.send_response(404)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            kept[self.path] = found
            body, ending = found
            self.send_response(200)
            self.send_header("Content-Type", _TYPES.get(ending, "application/octet-stream"))
            self.send_header("Content-Length", str(len(body)))
            if ending in _TEXTS:
                self.send_header("Content-Encoding", "br")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    kept.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


# ---- the browser ----
def _timed(browser: Browser, address: str) -> Timed:
    """Load a page once, with nothing kept from before, until its first mark is drawn."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, locale="zh-CN")
    page = context.new_page()
    page.add_init_script(_WATCH)
    session = context.new_cdp_session(page)
    wire = Wire(session)
    session.send("Network.emulateNetworkConditions", dict(SLOW_4G))
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWER})
    browser.start_tracing(page=page, categories=["toplevel", "blink.user_timing", "__metadata"])
    page.goto(address, wait_until="commit", timeout=120_000)
    page.wait_for_selector(".leaflet-marker-icon", state="attached", timeout=180_000)
    page.wait_for_timeout(500)
    trace = json.loads(browser.stop_tracing())["traceEvents"]
    seen, paint_ms = page.evaluate("benchSeen"), page.evaluate(_FIRST_PAINT)
    context.close()
    return Timed(
        paint_s=paint_ms / 1000,
        list_s=max(seen["list"], paint_ms if seen["list"] else 0) / 1000,
        mark_s=seen["mark"] / 1000,
        kb=wire.until(wire.began + seen["mark"] / 1000)[0] / 1000,
        work_s=_work_s(trace),
    )


def _work_s(trace: list[dict[str, Any]]) -> float:
    """Return the processor seconds of the page's main thread until the first mark was drawn."""
    mark = next(one for one in trace if one["name"] == "bench-mark")
    tasks = [
        one
        for one in trace
        if one["name"] == "ThreadControllerImpl::RunTask"
        and (one["pid"], one["tid"]) == (mark["pid"], mark["tid"])
        and one["ts"] <= mark["ts"]
    ]
    return sum(float(one.get("tdur", 0)) for one in tasks) / 1e6
