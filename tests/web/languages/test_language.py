"""Claims on how a message is said in a language."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from jinja2 import Environment
from markupsafe import Markup

from geo.messages import say
from web.languages import CHINESE, ENGLISH, Language, catalogues, codes, language_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A room of its own, with English and Russian words."""
    english, russian, chinese = Catalog("en"), Catalog("ru"), Catalog("zh")
    english.add("到{place}", "To {place}")
    chinese.add("{file}: is empty", "{file}：是空的")
    english.add(("{n} 个站点", "{n} 个站点"), ("one station", "{n} stations"))
    english.add("开", "open", context="state")
    english.add("开", "to open", context="verb")
    russian.add(("{n} 个站点", "{n} 个站点"), ("{n} станция", "{n} станции", "{n} станций"))
    chinese.add(("{n} worker", "{n} workers"), ("{n} 人",))
    for catalogue in (english, russian, chinese):
        file = io.BytesIO()
        write_mo(file, catalogue)
        (tmp_path / f"{catalogue.locale}.mo").write_bytes(file.getvalue())
    monkeypatch.setattr(catalogues, "ROOM", tmp_path)
    return tmp_path


def test_a_message_is_its_own_chinese_and_english_comes_from_the_catalogue() -> None:
    assert CHINESE("到{place}", place="市区") == "到市区"
    assert ENGLISH("到{place}", place="town") == "To town"


def test_without_values_the_places_stay_for_a_script() -> None:
    assert ENGLISH("到{place}") == "To {place}"


@pytest.mark.parametrize(
    ("code", "n", "said"),
    [
        ("zh", 1, "1 个站点"), ("en", 1, "one station"), ("en", 0, "0 stations"),
        ("ru", 1, "1 станция"), ("ru", 3, "3 станции"), ("ru", 11, "11 станций"),
    ],
)  # fmt: skip
def test_a_number_of_things_takes_the_form_of_its_language(code: str, n: int, said: str) -> None:
    assert Language(code).plural("{n} 个站点", n=n) == said


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("zh", "{n} 个站点"),
        ("en", {"one": "one station", "other": "{n} stations"}),
        (
            "ru",
            {"one": "{n} станция", "two": "{n} станции", "few": "{n} станции"}
            | {"other": "{n} станций"},
        ),
    ],
)
def test_a_script_is_given_the_forms_by_the_categories_of_numbers(
    code: str, told: str | dict[str, str]
) -> None:
    assert Language(code).forms("{n} 个站点") == told


@pytest.mark.parametrize(
    ("language", "n", "said"),
    [(ENGLISH, 1, "1 worker"), (ENGLISH, 2, "2 workers"), (CHINESE, 1, "1 人")],
)
def test_an_english_source_has_its_own_plural(language: Language, n: int, said: str) -> None:
    assert language.plural("{n} worker", "{n} workers", n=n) == said


def test_one_word_may_need_two() -> None:
    assert ENGLISH("开", context="state") == "open"
    assert ENGLISH("开", context="verb") == "to open"
    assert CHINESE("开", context="verb") == "开"


def test_on_a_page_a_value_is_text_unless_it_is_html() -> None:
    page = Environment(autoescape=True).from_string("{{ t('到{place}', place=place) }}")
    assert page.render(t=ENGLISH, place="<b>") == "To &lt;b&gt;"
    assert page.render(t=ENGLISH, place=Markup("<b>A</b>")) == "To <b>A</b>"


def test_the_languages_are_those_with_a_file_in_the_room(room: Path) -> None:
    assert codes() == ("zh", "en", "ru")
    assert language_of("ru") == Language("ru")
    assert [language_of(word).code for word in ("vi", None, "", "../en", "EN")] == ["zh"] * 5
    assert (room / "vi.mo").exists() is False


def test_what_the_lower_rooms_say_is_told_in_the_language_of_the_page() -> None:
    reason = say("{file}: is empty", file="站点.csv")
    assert ENGLISH.told(reason) == "站点.csv: is empty"
    assert CHINESE.told(reason) == "站点.csv：是空的"
    assert CHINESE.told("plain words stay") == "plain words stay"
