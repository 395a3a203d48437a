"""The planner's workspace beside others: the worker's page while runs work, frames of its map.

The sample city under the real server (`yizhan serve`) with four workers. First the worker's page is
asked for by itself, then while four questions are at work, then by itself again; the quantiles of
the two quiet parts are taken together. Then Chromium, with a processor slowed down four times,
drags the map of the question (every candidate is a mark) and that of the plan (every cell of the
workers lies in its colours) about; a frame counts when the browser draws one.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import numpy as np

from bench.desk_editor import PASSWORD
from bench.page import chromium, served
from data.workspace import Workspace
from web.services.accounts import add_account
from web.services.demo import build_demo
from web.services.run_questions import RunAsked
from web.services.runs import runs_of, submit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from bench.tables import Row

WORKERS: Final = 4
ASKED: Final = 600
_ROUNDS: Final = 2
_QUESTIONS: Final = 16
_START_S: Final = 180.0
_CPU_SLOWER: Final = 4
_MOVES: Final = 120
_READY_MS: Final = 180_000  # the first drawing of the plan too
_MOST_RATIO: Final = 1.5
_LEAST_FPS: Final = 30

_FRAMES: Final = """() => { const at = (window.benchFrames = []);
  const next = (now) => { at.push(now); requestAnimationFrame(next); };
  requestAnimationFrame(next); }"""


def run() -> list[Row]:
    """Measure both on one sample city."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "city"
        build_demo(folder)
        add_account(Workspace.open(folder), name="bench", password=lambda: PASSWORD, role="planner")
        with served(folder) as address:
            return [*_quick_pages(folder, address), *_frames(folder, address)]


# ---- the worker's page while runs work ----
def _quick_pages(folder: Path, address: str) -> list[Row]:
    _ask(address, ASKED)  # the first answers are rendered and packed
    quiet, busy = _ask(address, ASKED), np.zeros(0)
    for _ in range(_ROUNDS):
        with _at_work(folder) as least:
            busy = np.r_[busy, _ask(address, ASKED)]
            least.append(_n_running(folder))
        quiet = np.r_[quiet, _ask(address, ASKED)]
    rows = [_row("nobody plans", quiet), _row(f"{min(least)} runs at work", busy)]
    ratio = np.quantile(busy, 0.99) / np.quantile(quiet, 0.99)
    met = "met" if ratio <= _MOST_RATIO and min(least) >= WORKERS else "NOT met"
    return [*rows, {"page": f"p99, times: {met}", "p99 ms": f"{ratio:.2f} (<= {_MOST_RATIO})"}]


def _row(name: str, taken_s: np.ndarray[Any, np.dtype[np.float64]]) -> Row:
    quantiles = {f"p{q}": round(1000 * float(np.quantile(taken_s, q / 100)), 1) for q in (50, 99)}
    return {
        "page": f"/ : {name}, {len(taken_s)} times",
        **{f"{of} ms": ms for of, ms in quantiles.items()},
        "load": round(os.getloadavg()[0], 1),
    }


def _ask(address: str, times: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Ask for the worker's page so often, one after the other; return the seconds of each."""
    line, taken = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60), []
    for _ in range(times):
        began = time.perf_counter()
        line.request("GET", "/", headers={"Accept-Encoding": "gzip"})
        answer = line.getresponse()
        answer.read()
        taken.append(time.perf_counter() - began)
        if answer.status != http.client.OK:
            raise RuntimeError(f"/ answered {answer.status}")
        time.sleep(0.01)
    line.close()
    return np.array(taken)


@contextlib.contextmanager
def _at_work(folder: Path) -> Iterator[list[int]]:
    """Have `WORKERS` workers answer questions for as long as the block runs."""
    workspace = Workspace.open(folder)
    for seed in range(_QUESTIONS):
        body = {"question": _question(seed), "seed": seed, "time_limit_s": 120.0, "gap": 0.0}
        submit(workspace, RunAsked.of_request(body), author="bench")
    words = [str(Path(sys.executable).with_name("yizhan")), "worker", "-w", str(folder)]
    processes = [
        subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(WORKERS - 1)  # one more came with the server
    ]
    least: list[int] = []
    try:
        end = time.monotonic() + _START_S
        while _n_running(folder) < WORKERS and time.monotonic() < end:
            time.sleep(0.5)
        least.append(_n_running(folder))
        yield least
    finally:
        for run in runs_of(workspace):
            if not run.is_ended:
                workspace.database.runs().stop(run.id, by="bench")
        for process in processes:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _question(seed: int) -> dict[str, Any]:
    """Return a question that takes the engine longer than the measuring: floors beside money."""
    return {
        "goal": {"what": "two_in_reach"},
        "years": {"first": 2027, "count": 3},
        "money": {"yuan_by_year": [500_000 + 10_000 * seed, 500_000, 500_000]},
        "actions": {"build": ["station", "driver_home", "courier_home"], "existing": "free"},
        "spacing_m": 300.0 + seed,
    }


def _n_running(folder: Path) -> int:
    return sum(run.state == "running" for run in runs_of(Workspace.open(folder)))


# ---- frames of the maps ----
def _frames(folder: Path, address: str) -> list[Row]:
    cells, rows = len(Workspace.open(folder).demand().lonlat), []
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
        page = context.new_page()
        page.goto(f"{address}/admin/login")
        page.locator('[name="name"]').fill("bench")
        page.locator('[name="password"]').fill(PASSWORD)
        page.locator('button[type="submit"]').last.click()
        page.wait_for_selector("form[action*=logout]")
        for path, what, ready in (
            ("/admin/plans/ask", "the question's map", "#map canvas"),
            (
                "/plan",
                f"the plan's map, {cells:,} cells",
                ".planner-map .leaflet-pane :is(canvas, path)",
            ),
        ):
            page.goto(address + path)
            page.wait_for_selector(ready, state="attached", timeout=_READY_MS)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(2_000)
            rows += _drag(page, what)
        context.close()
    return rows


def _drag(page: Page, what: str) -> list[Row]:
    """Drag the map to and fro for some seconds, the processor slowed down."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": _CPU_SLOWER})
    box = page.locator(".leaflet-container").first.bounding_box()
    if box is None:
        raise RuntimeError(f"{what}: no map")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.evaluate(_FRAMES)
    page.mouse.move(x, y)
    page.mouse.down()
    for move in range(_MOVES):
        angle = 2 * np.pi * move / 40
        page.mouse.move(x + 150 * np.sin(angle), y + 100 * (1 - np.cos(angle)))
        page.wait_for_timeout(12)
    frames = page.evaluate("benchFrames")
    page.mouse.up()
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    gaps = np.diff(np.array(frames)) / 1000
    fps = len(gaps) / gaps.sum()
    met = "met" if fps > _LEAST_FPS else "NOT met"
    return [
        {
            "page": f"{what}, dragged, processor {_CPU_SLOWER} x slower",
            "frames/s": f"{fps:.0f} (> {_LEAST_FPS}: {met})",
            "median frame ms": round(1000 * statistics.median(gaps)),
            "longest frame ms": round(1000 * float(gaps.max())),
            "load": round(os.getloadavg()[0], 1),
        }
    ]
