"""Claims that all pages and files take their words from the catalogues, whatever the language."""

from __future__ import annotations

import ast
import re
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jinja2 import Environment, nodes

from tests.web.languages.pseudo import MARK, add_language, make_room
from tests.web.untranslated import AIMS, names_of, pieces_of, untranslated
from web.app import create_app
from web.languages import ENGLISH, Language, catalogues
from web.languages.extraction import CALLS
from web.maps.city_map import map_of_workspace
from web.reports.forms.faces import FALLBACKS
from web.reports.pages import report_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from data.workspace import Workspace
    from tests.web.conftest import Lively

WEB = Path(__file__).parents[3] / "web"
HAN = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
PAGES = (
    *("/", "/s/S0", "/s/S6", "/feedback", "/plan", "/report", "/nowhere", "/s/none"),
    *("/?shell", "/s/?shell", "/feedback?shell", "/admin/login", "/manifest.webmanifest"),
)
DESK = ("/admin/", "/admin/tickets/{}", "/admin/proposals", "/admin/activities", "/admin/audit")
LANGUAGES = ("en", "vi")
#: Chinese that is no message: samples of a typeface, what registers and map applications write, the
#: places where a Chinese title may break, what puts messages together.
NO_MESSAGES = {
    "admin/plans/question_fields.py": {"[,，、;；\\n]+", "，"},
    "api/catalogue.py": {" 驿站", "Rest stations for outdoor workers / 户外劳动者驿站"},
    "design/fonts.py": {"驿站密度外卖骑手"},
    "languages/terms.py": {"{n} 个"},
    # how a range of per cents is written in Chinese
    "reports/office_words.py": {"\\1%～\\2%"},
    # how an office numbers headings in Chinese, and the names of typefaces
    "reports/forms/docx_file.py": {"一二三四五六七八九十", "十", "、"},
    "reports/forms/faces.py": {
        *(name for name in (*FALLBACKS, *chain(*FALLBACKS.values())) if HAN.search(name)),
        *("\t\n\r \u3000\xa0", "〓"),
    },
    "locator/navigation.py": {"我的位置", "｜", "，"},
    "maps/density_picture.py": {"驿站", "\u3000"},
    "reports/effective_picture.py": {"驿站", "\u3000"},
    "reports/effective_table.py": {"周"},
    "reports/pages.py": {"(?=驿站|覆盖|报告)"},
    "site/number_words.py": {r"24\s*小时|全天"},
    "services/nation_sample.py": {"示例全国"},
    "stations/features.py": {"，"},
}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogues that there are, and one whose every word is a mark."""
    made = tmp_path_factory.mktemp("languages") / "room"
    make_room(made, "vi")
    return made


@pytest.fixture(params=LANGUAGES)
def language(
    request: pytest.FixtureRequest, room: Path, monkeypatch: pytest.MonkeyPatch
) -> Language:
    """English, and a language whose every word is a mark."""
    monkeypatch.setattr(catalogues, "ROOM", room)
    return Language(request.param)


def _allowed(city: Workspace, language: Language) -> list[str]:
    return [*names_of(city), *(AIMS if language == ENGLISH else ())]


def _logged_in(client: FlaskClient, lively: Lively) -> FlaskClient:
    found = re.search(r'name="token" value="(\w+)"', client.get("/admin/login").text)
    assert found is not None
    form = {"name": lively.name, "password": lively.password, "token": found[1]}
    assert client.post("/admin/login", data=form).status_code == 303
    return client


def test_no_page_shows_a_word_that_its_catalogue_lacks(
    language: Language, lively: Lively, city: Workspace
) -> None:
    names, found = _allowed(city, language), {}
    app = create_app(lively.folder, testing=True)
    stranger, moderator = app.test_client(), _logged_in(app.test_client(), lively)
    visits = [(stranger, path) for path in PAGES]
    visits += [(moderator, path.format(lively.tickets[0])) for path in DESK]
    for client, path in visits:
        answer = client.get(f"{path}{'&' if '?' in path else '?'}lang={language.code}")
        says = pieces_of(answer.text) if "html" in answer.mimetype else [answer.json["short_name"]]
        assert MARK in "".join(says) or language == ENGLISH, path
        found[path] = [word for one in says for word in untranslated(one, names)]
    assert {path: words for path, words in found.items() if words} == {}


def test_no_file_shows_a_word_that_its_catalogue_lacks(language: Language, city: Workspace) -> None:
    names = _allowed(city, language)
    files = {
        "report": report_of(city, language=language).html(),
        "map": map_of_workspace(city, language=language).html(),
    }
    for name, html in files.items():
        assert MARK in html or language == ENGLISH, name
        assert [w for one in pieces_of(html) for w in untranslated(one, names)] == [], name


def _texts(path: Path) -> Iterator[str]:
    """Yield the literals of a file that are no message and no docstring."""
    if path.suffix == ".py":
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            if (name or getattr(call.func, "attr", "")) in CALLS:
                told |= {id(part) for given in call.args for part in ast.walk(given)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from [] if id(node) in told else [node.value]
        return
    page = Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
    said = {id(given) for call in page.find_all(nodes.Call) for given in call.args}
    yield from (node.data for node in page.find_all(nodes.TemplateData))
    yield from (str(node.value) for node in page.find_all(nodes.Const) if id(node) not in said)


def test_no_chinese_stands_outside_of_a_message() -> None:
    found = {}
    for path in sorted(WEB.rglob("*")):
        name = path.relative_to(WEB).as_posix()
        if path.suffix in {".py", ".html"} and not name.startswith("commands/"):
            found[name] = {text for text in _texts(path) if HAN.search(text)}
    assert {name: texts for name, texts in found.items() if texts} == NO_MESSAGES


def test_a_language_is_added_by_one_file(
    city_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = create_app(city_folder, testing=True).test_client().get("/?lang=vi").text
    assert 'lang="zh-CN"' in before
    assert "Tiếng Việt" not in before
    words = {
        "中文": "Tiếng Việt",
        "找驿站": "Tìm trạm",
        "司机之家": "nhà tài xế",
        "{n} 个站点，按区县和名称排列。": "{n} trạm theo quận và tên.",
    }
    add_language(tmp_path / "room", monkeypatch, "vi", words)
    client = create_app(city_folder, testing=True).test_client()
    page = client.get("/?lang=vi").text
    assert '<html lang="vi"' in page
    assert "Tìm trạm" in page
    assert ">Nhà tài xế<" in page
    assert re.search(r"\d+ trạm theo quận và tên\.", page)
    assert '<a class="language" href="/?lang=zh" lang="zh-CN">中文</a>' in page
    assert '<a class="language" href="/?lang=en" lang="en">English</a>' in page
    assert 'lang="vi">Tiếng Việt</a>' in client.get("/?lang=zh").text
    assert "Tìm trạm" in client.get("/feedback?lang=vi").text
    assert '["zh", "en", "vi"]' in client.get("/sw.js").text
