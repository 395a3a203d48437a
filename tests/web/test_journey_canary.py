"""The canary: a known position goes through the whole journey and is found nowhere afterwards."""

from __future__ import annotations

import io
import logging
import shutil
import struct
from typing import TYPE_CHECKING

import pytest

from tests.web.serving import served
from web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Flask
    from playwright.sync_api import BrowserContext, Page, Request

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LON, LAT = 116.784321, 33.961234  # where the phone of conftest.py is
# Six decimals down to four (10 m); fewer are shared by many places of the city itself.
WORDS = tuple(f"{value:.{digits}f}" for value in (LON, LAT) for digits in (6, 5, 4))
BINARY = tuple(struct.pack(f"{end}d", value) for value in (LON, LAT) for end in "<>")


def _tells(text: str) -> list[str]:
    return [word for word in WORDS if word in text]


class Recorder:
    """Keeps every request that reaches the application whole: address, headers, body."""

    address = ""

    def __init__(self, app: Flask) -> None:
        self._inner = app.wsgi_app
        self.seen: list[str] = []

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = io.BytesIO(body)
        said = {name: value for name, value in environ.items() if isinstance(value, str)}
        self.seen.append(f"{said} {body.decode('utf-8', 'replace')}")
        return self._inner(environ, start)


class Lines(logging.Handler):
    """Keeps every line that any logger writes."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(self.format(record))


@pytest.fixture
def folder(city_folder: Path, tmp_path: Path) -> Path:
    shutil.copytree(city_folder, tmp_path / "workspace")
    return tmp_path / "workspace"


@pytest.fixture
def recorder(folder: Path) -> Iterator[Recorder]:
    app = create_app(folder, testing=True)
    made = Recorder(app)
    app.wsgi_app = made
    with served(app) as made.address:
        yield made


@pytest.fixture
def log() -> Iterator[Lines]:
    """Every line of the log, the access log's too."""
    handler, root, werkzeug = Lines(), logging.getLogger(), logging.getLogger("werkzeug")
    levels = root.level, werkzeug.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    werkzeug.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(levels[0])
    werkzeug.setLevel(levels[1])


def _journey(page: Page, address: str) -> None:
    """Use everything that the page does with a position."""
    page.goto(address)
    page.wait_for_selector("[data-ready~=roads]")
    page.locator("#locate").click()
    page.wait_for_selector('[data-slot="minutes"]:visible')
    for mode in ("ebike", "car", "foot"):
        page.locator(f'input[value="{mode}"]').check()
    page.locator("#group").select_option("courier")
    page.locator('button[data-facility="toilet"]').click()
    page.locator('button[data-filter="open"]').click()
    page.locator('button[data-filter="open"]').click()
    page.locator("#map-size").click()
    page.evaluate("document.querySelector('.leaflet-marker-icon.station-mark').click()")
    page.keyboard.press("Escape")  # the popup, then the map
    page.keyboard.press("Escape")
    page.locator("#search-open").click()
    page.locator("#search").fill("驿站")
    page.locator("#locate").click()
    page.wait_for_selector("body[data-ready~=offline]")
    page.reload()
    page.wait_for_selector("[data-ready~=list]")
    page.locator(".stations a.station").first.click()
    page.wait_for_selector('[data-what="locked"]:visible')
    page.locator('[data-what="locked"]').click()
    page.locator("#report-text").fill("门锁着")
    page.locator("#report-send").click()
    page.wait_for_selector("#report-said .ticket")


def _propose(page: Page, address: str) -> None:
    page.goto(f"{address}/feedback")
    page.wait_for_selector(".leaflet-control-scale")
    page.locator("#propose-name").fill("南湖东门")
    page.locator("#map").click()
    page.locator("#propose-send").click()
    page.locator("#propose-said:not(:empty)").wait_for()
    assert "收到了" in page.locator("#propose-said").inner_text()


def test_the_position_is_in_no_request_no_log_no_row_no_file_and_no_store(
    phone: BrowserContext, folder: Path, recorder: Recorder, log: Lines
) -> None:
    sent: list[str] = []

    def keep(request: Request) -> None:
        sent.append(f"{request.url} {request.headers} {request.post_data}")

    phone.on("request", keep)
    page = phone.new_page()
    page.on("console", lambda said: log.seen.append(said.text))
    _journey(page, recorder.address)
    _propose(page, recorder.address)
    assert len(recorder.seen) > 30
    assert any("/api/reports" in line for line in recorder.seen)
    assert any("/sw.js" in line for line in recorder.seen)
    assert any("POST /api/reports" in line for line in log.seen)
    for line in (*recorder.seen, *sent, *log.seen, page.url):
        assert _tells(line) == [], line[:300]
    for _look in range(2):  # what stood in the log of the database stands in the database then
        assert _files_that_tell(folder) == []
    assert _tells(page.evaluate(_STORES)) == []


_STORES = """async () => {
  const told = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }),
    document.cookie, JSON.stringify(await indexedDB.databases()), JSON.stringify(history.state)];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) told.push(request.url);
  }
  return told.join(' ');
}"""


def _files_that_tell(folder: Path) -> list[str]:
    """Name the files of the workspace in which the position stands, as text or as a number."""
    looked_for = (*(word.encode() for word in WORDS), *BINARY)
    contents = {path.name: _content(path) for path in folder.rglob("*") if path.is_file()}
    assert "yizhan.db" in contents
    return [
        name for name, content in contents.items() if any(word in content for word in looked_for)
    ]


def _content(path: Path) -> bytes:
    """Read a file; the database's own log may end while the folder is looked through."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def test_the_canary_would_be_seen(
    phone: BrowserContext, folder: Path, recorder: Recorder, log: Lines
) -> None:
    """A page that told the position would be found out at every place that is looked at."""
    page = phone.new_page()
    page.goto(recorder.address)
    page.evaluate(
        """([lon, lat]) => fetch(`/api/stations?bbox=${lon},${lat},117,34`)
             .then(() => fetch('/api/reports', {method: 'POST', body: JSON.stringify({lat})}))""",
        [LON, LAT],
    )
    assert sum(bool(_tells(line)) for line in recorder.seen) == 2
    assert any(_tells(line) for line in log.seen)
    (folder / "leak.bin").write_bytes(b"x" + BINARY[0])
    (folder / "leak.txt").write_text(WORDS[5], encoding="ascii")
    assert sorted(_files_that_tell(folder)) == ["leak.bin", "leak.txt"]
