"""Claims about a search: by signs, by sound, by initials, in traditional signs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pypinyin import Style, pinyin

from data.stations import Stations
from data.traditional_signs import SIMPLIFIED
from data.workspace import Workspace
from geo.measure import Box
from web.app import create_app
from web.stations.sounds import romanised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

STATIC = Path(__file__).resolve().parents[2] / "web" / "static"
NAMES = {
    "相山区图书馆驿站": "open",
    "重庆路司机之家": "suspended",
    "长途汽车站东驿站": "open",
    "Huaibei 驿站 8": "open",
    "老广场驿站": "closed",
}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a phone fetches to search with."""
    folder = tmp_path_factory.mktemp("names") / "city"
    workspace = Workspace.create(folder, name="示例", box=Box(116.7, 33.9, 116.9, 34.0))
    workspace.replace_stations(
        Stations.from_records(
            [
                {"id": name, "name": name, "kind": "station", "status": status}
                | {"lon": 116.8, "lat": 33.95}
                for name, status in NAMES.items()
            ]
        )
    )
    client = create_app(folder, testing=True).test_client()
    fetched: dict[str, Any] = client.get(client.get("/api/page/now.json").json["sounds"]).json
    return fetched


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    opened.add_script_tag(path=STATIC / "search.js")
    yield opened
    opened.close()


def _find(page: Page, names: dict[str, Any] | None, text: str) -> list[tuple[str, str]]:
    stations = [
        {"name": name, "status": status, "address": "人民路 1 号", "lonlat": [116.8, 33.95]}
        for name, status in NAMES.items()
        if status != "closed"
    ]
    found = page.evaluate(
        "([text, list, names]) => search.find(text, { list, names, districts: [], roads: null })",
        [text, stations, names],
    )
    return [(one["name"], one["status"]) for one in found]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("图书馆", "相山区图书馆驿站"),
        ("圖書館", "相山区图书馆驿站"),
        ("長途汽車", "长途汽车站东驿站"),
        ("xsq", "相山区图书馆驿站"),
        ("xiangshan", "相山区图书馆驿站"),
        ("Xiang Shan", "相山区图书馆驿站"),
        ("xiangsq", "相山区图书馆驿站"),
        ("tushug", "相山区图书馆驿站"),
        ("cqlsj", "重庆路司机之家"),
        ("chqlu", "重庆路司机之家"),
        ("changtu", "长途汽车站东驿站"),
        ("老廣場", "老广场驿站"),
        ("laogc", "老广场驿站"),
        ("huaibei", "Huaibei 驿站 8"),
    ],
)
def test_a_name_is_found_however_it_is_typed(
    page: Page, names: dict[str, Any], text: str, name: str
) -> None:
    assert _find(page, names, text)[0] == (name, NAMES[name])


@pytest.mark.parametrize("text", ["xq", "shanx", "q", "zz", "xsqq", "  ", "·"])
def test_letters_that_no_name_begins_a_syllable_with_find_none(
    page: Page, names: dict[str, Any], text: str
) -> None:
    assert [name for name, _ in _find(page, names, text) if name in names["sounds"]] == []


def test_before_the_sounds_have_come_names_are_found_by_their_signs(page: Page) -> None:
    assert _find(page, None, "图书馆") == [("相山区图书馆驿站", "open")]
    assert _find(page, None, "xsq") == []


def test_an_address_finds_after_the_names(page: Page, names: dict[str, Any]) -> None:
    assert len(_find(page, names, "人民路")) == 4


def test_a_name_is_romanised_as_it_is_spoken_where_it_stands() -> None:
    """In a word: 重庆 is no zhong qing, 长途 no zhang tu."""
    assert romanised("重庆路 12") == "Chong Qing Lu 12"
    assert romanised("长途汽车站") == "Chang Tu Qi Che Zhan"


def test_each_traditional_sign_sounds_as_its_simplified_one() -> None:
    """A slip in a pair would nearly always join signs of other sounds."""

    def readings(sign: str) -> set[str]:
        return set(pinyin(sign, style=Style.NORMAL, heteronym=True)[0])

    assert [old for old, new in SIMPLIFIED.items() if not readings(old) & readings(new)] == []
    assert not set(SIMPLIFIED) & set(SIMPLIFIED.values())


def test_what_is_found_says_where_it_is_not_open_and_in_english_how_it_sounds(
    phone: BrowserContext, address: str
) -> None:
    page = phone.new_page()
    page.goto(f"{address}/?lang=en")
    page.wait_for_selector("[data-ready~=roads]")
    page.locator("#search-open").click()
    page.locator("#search").fill("yizhan")
    page.locator("#found button").first.wait_for()
    said = page.locator("#found").inner_text()
    assert "驿站 01 Yi Zhan 01" in said  # S7 is suspended, S8 closed
    assert page.locator("#found .not-open").all_inner_texts() == ["Suspended", "Closed"]
