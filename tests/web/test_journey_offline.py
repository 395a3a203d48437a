"""Claims about the worker's page where there is no signal: the server is gone, everything works."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from data.database.tickets import LIVE
from data.report_book import ReportBook
from data.workspace import Workspace
from tests.web.serving import served
from web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@dataclass
class Server:
    """A server that can go away and come back at the same address."""

    folder: Path
    port: int = 0
    _running: ExitStack = field(default_factory=ExitStack)

    def start(self) -> str:
        app = create_app(self.folder, testing=True)
        address = self._running.enter_context(served(app, port=self.port))
        self.port = int(address.rpartition(":")[2])
        return address

    def stop(self) -> None:
        self._running.close()


@pytest.fixture
def server(city_folder: Path, tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "workspace"
    shutil.copytree(city_folder, folder)
    made = Server(folder)
    yield made
    made.stop()


def _kept(context: BrowserContext, server: Server, path: str = "/") -> Page:
    """Open a page with a signal, until the phone has kept all; then the signal goes."""
    page = context.new_page()
    page.goto(server.start() + path)
    page.wait_for_selector("body[data-ready~=offline]")
    server.stop()
    context.set_offline(True)
    return page


def test_without_a_signal_list_times_filters_map_and_search_work(
    phone: BrowserContext, server: Server
) -> None:
    page = _kept(phone, server)
    page.reload()
    page.wait_for_selector("[data-ready~=roads]")
    page.wait_for_selector("[data-ready~=map]")
    page.locator("#locate").click()
    page.wait_for_selector('[data-slot="minutes"]:visible')
    said = page.locator('[data-slot="minutes"]').all_inner_texts()
    assert len(said) == 5
    assert not any(text.startswith("约") for text in said)
    assert "没有网络" in page.locator("#data-date").inner_text()
    assert "数据截至" in page.locator("#data-date").inner_text()
    before = page.locator("#where").inner_text()
    page.locator('button[data-facility="toilet"]').click()
    assert page.locator("#where").inner_text() != before
    assert page.locator(".leaflet-marker-icon").count() > 3
    assert page.locator("#map canvas").count() >= 1
    page.locator("#search-open").click()
    page.locator("#search").fill("第3路")
    assert page.locator("#found button").count() >= 1


def test_without_a_signal_a_station_has_its_whole_page(
    phone: BrowserContext, server: Server
) -> None:
    page = phone.new_page()
    address = server.start()
    page.goto(f"{address}/s/S7")
    with_signal = [page.locator(part).inner_text() for part in ("h1", "table.week", "dl.inside")]
    page.goto(address)
    page.wait_for_selector("body[data-ready~=offline]")
    server.stop()
    phone.set_offline(True)
    page.goto(f"{address}/s/S7")
    page.wait_for_selector("article:not([data-shell])")
    assert [
        page.locator(part).inner_text() for part in ("h1", "table.week", "dl.inside")
    ] == with_signal
    assert "数据截至" in page.locator("#data-date").inner_text()
    assert "wgs84" in str(page.locator('[data-app="baidu"]').get_attribute("href"))
    page.locator(".back a").click()
    page.wait_for_selector("[data-ready~=list]")
    page.locator(".stations a.station").first.click()
    page.wait_for_selector("article:not([data-shell])")
    assert page.locator("h1").inner_text()


def test_a_phone_that_speaks_english_is_spoken_to_in_english_by_every_page_off_line_too(
    browser: Browser, server: Server
) -> None:
    """No address names the language at first: it is the phone's own, and every link keeps it."""
    phone = browser.new_context(viewport={"width": 360, "height": 640}, locale="en-IN")
    page = _kept(phone, server, "/")
    page.reload()
    page.wait_for_selector("[data-ready~=list]")
    assert page.locator("html").get_attribute("lang") == "en"
    assert "Data of" in page.locator("#data-date").inner_text()
    link = page.locator(".stations a.station").first
    assert str(link.get_attribute("href")).endswith("?lang=en")
    link.click()
    page.wait_for_selector("article:not([data-shell])")
    for _look in range(2):  # as a link leads there, and as the code at the door does
        assert page.locator("html").get_attribute("lang") == "en"
        assert "Data of" in page.locator("#data-date").inner_text()
        page.goto(page.url.partition("?")[0])
        page.wait_for_selector("article:not([data-shell])")
    phone.close()


def _report(page: Page, text: str) -> None:
    page.locator('[data-what="locked"]').click()
    page.locator("#report-text").fill(text)
    page.locator("#report-send").click()
    page.locator("#report-said", has_text="已存在手机里").wait_for()


def _texts(server: Server) -> list[str]:
    book = ReportBook(Workspace.open(server.folder))
    return [line.text for ticket in book.tickets.tickets(LIVE) for line in _lines(book, ticket)]


def _lines(book: ReportBook, ticket: object) -> list[object]:
    return list(book.tickets.reports(ticket.number))


def test_a_report_made_without_a_signal_is_delivered_once_it_is_back(
    phone: BrowserContext, server: Server
) -> None:
    page = _kept(phone, server, "/s/S6")
    page.reload()
    page.wait_for_selector('[data-what="locked"]:visible')
    _report(page, "锁着门")
    assert page.evaluate("JSON.parse(localStorage['yizhan.queue']).length") == 1
    assert _texts(server) == []
    server.start()
    with page.expect_response("**/api/reports") as answered:
        phone.set_offline(False)
    assert answered.value.status == 201
    page.wait_for_function("() => localStorage['yizhan.queue'] === '[]'")
    assert _texts(server) == ["锁着门"]


def test_a_report_waits_on_the_phone_until_the_page_is_opened_again(
    phone: BrowserContext, server: Server
) -> None:
    page = _kept(phone, server, "/s/S6")
    _report(page, "还是锁着")
    page.close()
    address = server.start()
    phone.set_offline(False)
    page = phone.new_page()
    page.goto(f"{address}/feedback")
    page.wait_for_selector("#tickets li .ticket")
    page.locator("#tickets li", has_text="已收到").wait_for()
    assert _texts(server) == ["还是锁着"]
    page.reload()
    page.wait_for_load_state("networkidle")
    assert _texts(server) == ["还是锁着"]
