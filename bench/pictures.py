"""`python -m bench.pictures [WORKSPACE] [FOLDER]`: the pictures in README and docs, taken anew.

Serves a workspace on a free port and photographs each page in a phone's and a desktop's size; the
worker's list as it is in the middle of the stations at three in the afternoon.
"""

from __future__ import annotations

import shutil
import sys
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from data.workspace import Workspace
from web.app import create_app

PHONE = {"width": 360, "height": 640}
DESKTOP = {"width": 1280, "height": 800}
SHOTS = (
    ("worker-phone", "/", PHONE, "light"),
    ("worker-phone-dark", "/", PHONE, "dark"),
    ("worker-desktop", "/", DESKTOP, "light"),
    ("plan-phone", "/plan", PHONE, "light"),
    ("plan-desktop", "/plan", DESKTOP, "light"),
    ("plan-desktop-dark", "/plan", DESKTOP, "dark"),
    ("report-phone", "/report", PHONE, "light"),
    ("report-desktop", "/report", DESKTOP, "light"),
)
_SETTLE_MS = 1500
_CHINA = timezone(timedelta(hours=8))
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def main(workspace: Path, folder: Path) -> None:
    """Take every picture of `SHOTS` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    here = np.median(Workspace.open(workspace).stations().lonlat, axis=0).tolist()
    server = make_server("127.0.0.1", 0, create_app(workspace), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=CHROMIUM_ARGS
            )
            for name, path, size, scheme in SHOTS:
                _shoot(
                    browser,
                    url=f"http://127.0.0.1:{server.server_port}{path}",
                    size=size,
                    scheme=scheme,
                    here=here,
                    to=folder / f"{name}.png",
                )
            browser.close()
    finally:
        server.shutdown()
        server.server_close()


def _shoot(
    browser: Browser,
    *,
    url: str,
    size: dict[str, int],
    scheme: str,
    here: list[float],
    to: Path,
) -> None:
    context = browser.new_context(
        viewport=size,
        color_scheme=scheme,
        locale="zh-CN",
        geolocation={"longitude": here[0], "latitude": here[1]},
        permissions=["geolocation"],
    )
    page = context.new_page()
    page.clock.set_fixed_time(datetime.now(_CHINA).replace(hour=15, minute=0))
    page.goto(url, wait_until="load")
    if page.locator("#locate").count():
        page.wait_for_selector("[data-ready~=roads]")
        page.locator("#locate").click()
    page.wait_for_timeout(_SETTLE_MS)
    page.screenshot(path=to)
    context.close()


if __name__ == "__main__":
    given = [Path(word) for word in sys.argv[1:]]
    defaults = [Path("yizhan-demo"), Path("docs/pictures")]
    main(*given, *defaults[len(given) :])
