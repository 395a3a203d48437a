"""Claims about the words of the pages: each page speaks its reader's language only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.untranslated import AIMS, names_of, untranslated
from web.app import create_app

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient
    from playwright.sync_api import BrowserContext, Page

    from data.workspace import Workspace
    from tests.web.conftest import Lively

PAGES = ("/", "/s/S0", "/feedback", "/plan", "/report", "/nowhere", "/s/none")
DESK = ("/admin", "/admin/tickets/{}", "/admin/proposals", "/admin/activities", "/admin/audit")


@pytest.mark.parametrize(
    ("path", "status", "chinese", "english"),
    [
        ("/nowhere", 404, "地址可能写错了", "The address may be wrong"),
        ("/s/none", 404, "没有这个编号的站点", "No station has this number"),
        ("/fault", 500, "是服务器的问题", "The fault is the server's"),
    ],
)
def test_an_error_page_says_what_to_do_in_its_readers_language(
    city_folder: Path, path: str, status: int, chinese: str, english: str
) -> None:
    app = create_app(city_folder)

    @app.get("/fault")
    def fault() -> str:
        raise ZeroDivisionError

    client: FlaskClient = app.test_client()
    for language, said, other in (("zh", chinese, english), ("en", english, chinese)):
        answer = client.get(f"{path}?lang={language}")
        assert answer.status_code == status
        assert said in answer.text.replace("&#39;", "'")
        assert other not in answer.text
        assert "requested URL" not in answer.text
        assert "internal error" not in answer.text


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("zh-Hans-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("en-IN,en;q=0.9,zh;q=0.8", "en"),
        ("fr-FR,fr;q=0.9,en;q=0.2,zh;q=0.1", "en"),
        ("vi", "zh-CN"),
        ("", "zh-CN"),
    ],
)
def test_a_page_begins_in_the_reader_s_own_language_until_one_is_chosen(
    city_folder: Path, asked: str, told: str
) -> None:
    client: FlaskClient = create_app(city_folder, testing=True).test_client()
    own = {"Accept-Language": asked}
    answer = client.get("/", headers=own)
    assert f'<html lang="{told}"' in answer.text
    assert {"cookie", "accept-language"} <= {one.lower() for one in answer.vary}
    client.get("/?lang=ru", headers=own)
    assert f'<html lang="{told}"' in client.get("/", headers=own).text
    for chosen, tag in (("en", "en"), ("zh", "zh-CN")):
        client.get(f"/?lang={chosen}", headers=own)
        assert f'<html lang="{tag}"' in client.get("/", headers=own).text


def _untranslated(page: Page, names: list[str]) -> list[str]:
    """Return the Chinese words that a page shows, without the names of the city's own things."""
    return untranslated(page.evaluate("document.body.innerText"), names)


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_an_english_page_shows_no_chinese_but_names(
    desk: BrowserContext, lively: Lively, city: Workspace
) -> None:
    page, names, found = desk.new_page(), [*names_of(city), *AIMS], {}
    for path in PAGES:
        page.goto(f"{lively.address}{path}?lang=en")
        page.wait_for_load_state("networkidle")
        found[path] = _untranslated(page, names)
    page.goto(f"{lively.address}/admin/login?lang=en")
    found["login"] = _untranslated(page, names)
    page.locator('[name="name"]').fill(lively.name)
    page.locator('[name="password"]').fill(lively.password)
    page.locator('button[type="submit"]').last.click()
    page.wait_for_selector("form[action*=logout]")
    for path in DESK:
        page.goto(f"{lively.address}{path.format(lively.tickets[0])}?lang=en")
        found[path] = _untranslated(page, names)
    assert "added an activity no. 1" in page.locator("ol.log").inner_text()
    page.goto(f"{lively.address}/admin/audit?lang=zh")
    assert "发布活动 第 1 号" in page.locator("ol.log").inner_text()
    assert {path: words for path, words in found.items() if words} == {}
