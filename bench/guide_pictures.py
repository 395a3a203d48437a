"""`python -m bench.guide_pictures [WORKSPACE] [FOLDER]`: pictures of two guides, taken anew.

Works on a copy of a sample city: makes an inspector, a round with visits and photos (drawn, not
taken), and photographs the pages in both languages. Each is a WebP of less than 80 kB.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from bench.pictures import CHROMIUM_ARGS, DESKTOP, PHONE
from data.accounts import Account
from data.report_book import ReportBook
from data.rounds import Visit
from data.workspace import Workspace
from web.app import create_app
from web.services.photos import take_photo
from web.services.rounds import make, pick, rounds_of
from web.site.passwords import hash_password

MOST_BYTES = 80_000
NAME, PASSWORD = "sample", "a long enough password"  # of an account of the copy
LANGUAGES = ("zh", "en")


def main(workspace: Path, folder: Path) -> None:
    """Take every picture into ``folder``; the workspace stays as it is."""
    with tempfile.TemporaryDirectory() as room:
        copy = Path(shutil.copytree(workspace, Path(room) / "city"))
        number, station = _say_something(Workspace.open(copy))
        server = make_server("127.0.0.1", 0, create_app(copy), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=shutil.which("chromium"), args=CHROMIUM_ARGS
                )
                for language in LANGUAGES:
                    address = f"http://127.0.0.1:{server.server_port}"
                    _shoot(
                        browser,
                        address,
                        language=language,
                        number=number,
                        station=station,
                        folder=folder,
                    )
                browser.close()
        finally:
            server.shutdown()
            server.server_close()


def drawn_door(shade: int) -> bytes:
    """Return a drawing of a door, which says that it is one."""
    image = Image.new("RGB", (1200, 900), (206, 214, 210))
    pen = ImageDraw.Draw(image)
    pen.rectangle((380, 150, 820, 860), fill=(11, 110, 79), outline=(22, 32, 29), width=8)
    pen.rectangle((440, 220, 760, 480), fill=(shade, 230, 240))
    pen.ellipse((750, 540, 790, 580), fill=(246, 231, 184))
    pen.text((470, 300), "SAMPLE", fill=(22, 32, 29), font_size=64)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=90)
    return file.getvalue()


def _say_something(workspace: Workspace) -> tuple[int, str]:
    """Make an account and a round of which some stations were visited; return round and station."""
    ReportBook(workspace).accounts.add(Account(NAME, hash_password(PASSWORD)), by=NAME)
    today = datetime.now(UTC).date()
    picked = pick(workspace, "unchecked", today=today, days=90, most=10)
    due = today + timedelta(days=7)
    number, way = make(workspace, picked, name="西片巡查", due_on=due, by=NAME)
    for at, station in enumerate(way.stations[:3]):
        said = {"status": "open", "facility.microwave": "broken" if at == 1 else "yes"}
        visit = Visit(station, datetime.now(UTC), f"visit-{at}", said)
        kept = rounds_of(workspace).add_visit(visit, by=NAME, round_id=number)
        take_photo(workspace, drawn_door(200 + 9 * at), station=station, by=NAME, visit=kept.id)
    first = way.stations[0]
    door = drawn_door(150)
    take_photo(workspace, door, station=first, by=NAME, caption="大门", public=True)
    return number, first


def _shoot(
    browser: Browser, address: str, *, language: str, number: int, station: str, folder: Path
) -> None:
    phone = browser.new_context(viewport=PHONE, locale="zh-CN")
    page = phone.new_page()
    _log_in(page, address)
    page.goto(f"{address}/admin/rounds/{number}?lang={language}")
    page.wait_for_selector("body[data-ready=offline]")
    _save(page, folder / f"inspector-round-{language}.webp")
    stop = page.locator(".stop:not(.done)").first
    stop.locator("summary").click()
    stop.locator('[type="file"]').set_input_files(
        [{"name": "1.jpg", "mimeType": "image/jpeg", "buffer": drawn_door(120)}]
    )
    stop.locator("[data-photos] canvas").wait_for()
    page.evaluate("document.querySelector('details[open]').scrollIntoView()")
    _save(page, folder / f"inspector-visit-{language}.webp")
    phone.set_offline(True)
    stop.locator('button[type="submit"]').click()
    stop.locator("[data-outcome]:not(:empty)").wait_for()
    page.evaluate("scrollTo(0, 0)")
    stop.locator("summary").click()
    _save(page, folder / f"inspector-offline-{language}.webp")
    phone.close()
    desk = browser.new_context(viewport=DESKTOP, locale="zh-CN")
    page = desk.new_page()
    _log_in(page, address)
    page.goto(f"{address}/admin/register/s/{station}?lang={language}")
    page.locator("#photos-title").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('#photos-title').scrollIntoView()")
    page.wait_for_load_state("networkidle")
    _save(page, folder / f"operator-photos-{language}.webp")
    page.goto(f"{address}/admin/rounds?lang={language}")
    _save(page, folder / f"operator-rounds-{language}.webp")
    desk.close()


def _log_in(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/login")
    page.locator('[name="name"]').fill(NAME)
    page.locator('[name="password"]').fill(PASSWORD)
    page.locator('main button[type="submit"]').click()
    page.wait_for_selector("form[action*=logout]")


def _save(page: Page, path: Path) -> None:
    """Save what is seen as WebP, and refuse a picture that has grown too large for the guides."""
    image = Image.open(io.BytesIO(page.screenshot()))
    image.save(path, "WEBP", quality=80, method=6)
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path}: {path.stat().st_size} bytes, at most {MOST_BYTES}")


if __name__ == "__main__":
    given = [Path(word) for word in sys.argv[1:]]
    defaults = [Path("yizhan-demo"), Path("docs/pictures")]
    main(*given, *defaults[len(given) :])
