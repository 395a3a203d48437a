"""Claims about the pages as they are shown: hostile words, no script, a phone and a desk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.web.admin.visits import PAGES, PASSWORD, QUIET_PAGES
from tests.web.serving import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from playwright.sync_api import Browser

    from data.report_book import ReportBook


@pytest.mark.parametrize(
    "path",
    [
        "/admin/tickets/..%2f..%2fyizhan.db",
        "/admin/tickets/' OR 1=1 --",
        "/admin/tickets/" + "9" * 5000,
        "/admin/tickets/AAAA-AA",
        "/admin/../yizhan.db",
        "/admin/nowhere",
    ],
)
def test_a_path_that_is_none_finds_nothing(moderator: FlaskClient, path: str) -> None:
    assert moderator.get(path).status_code == 404


@pytest.mark.parametrize("path", [*PAGES, "/admin/tickets/{ticket}", "/admin/login"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_words_are_text_on_every_page(
    moderator: FlaskClient, full: dict[str, str], path: str, language: str
) -> None:
    answer = moderator.get(path.format(**full), query_string={"lang": language})
    if path == "/admin/login":
        assert answer.status_code == 303
        return
    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1
    assert "<script>window" not in answer.text
    assert "<img src=x" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert not re.findall(r"<script|<style|\sstyle=|\son\w+=\"", answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_the_pages_work_without_a_script_on_a_phone_and_a_desk(
    browser: Browser, address: str, book: ReportBook, full: dict[str, str]
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{address}/admin/")
    page.get_by_label("账号").fill("li")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    assert urlsplit(page.url).path == "/admin/"
    page.locator(".case a").first.click()
    page.get_by_label("写给反映的工友").fill("修好了")
    page.get_by_role("button", name="保存答复").click()
    assert page.get_by_role("status").inner_text().startswith("已答复")
    page.get_by_role("button", name="已解决").click()
    found = book.tickets.ticket(full["ticket"])
    assert found is not None
    assert (found.state, found.answer) == ("closed", "修好了")
    page.get_by_role("button", name="退出").click()
    assert urlsplit(page.url).path == "/admin/login"
    context.close()


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize(("language", "scheme"), [("zh", "light"), ("en", "dark")])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    browser: Browser, address: str, full: dict[str, str], scheme: str, language: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = browser.new_context(color_scheme=scheme, viewport={"width": 360, "height": 640})
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.goto(f"{address}/admin/login?lang={language}")
    paths = ["/admin/login", *PAGES, *QUIET_PAGES, f"/admin/tickets/{full['ticket']}"]
    for path in paths:
        page.goto(f"{address}{path}?lang={language}")
        if path == "/admin/login":
            found = axe.run(page)
            assert found.violations_count == 0, found.generate_report()
            page.locator("input[name=name]").fill("li")
            page.locator("input[name=password]").fill(PASSWORD)
            page.locator("main button").click()
            continue
        found = axe.run(page)
        assert found.violations_count == 0, (path, found.generate_report())
        for width in (1280, 360, 180):
            page.set_viewport_size({"width": width, "height": 640})
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, (path, width)
    assert faults == []
    assert page.evaluate("window.broken") is None
    context.close()
