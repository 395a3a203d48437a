"""Claims that keep the Chinese pages in step with the English ones, paragraph by paragraph."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: The Chinese page of each English one.
CHINESE = {
    "README.md": "README.zh.md",
    **{
        f"docs/{name}.md": f"docs/zh/{name}.md"
        for name in ("worker", "planner", "official", "operator", "inspector", "glossary")
    },
}
ENGLISH = {chinese: english for english, chinese in CHINESE.items()}
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
TICKS = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
MARK = re.compile(r"^(#+ |\* |\d+\. |\|)", re.MULTILINE)
#: A number by itself, with the word after it: not the tail of a name such as A4 or GCJ-02.
NUMBER = re.compile(
    r"(?<![A-Za-z\d.-])(\d+(?:,\d{3})*(?:\.\d+)?)[ -]?(万?) ?(%|[A-Za-z]+|[\u4e00-\u9fff]*)"
)
#: How each unit is written, a Chinese word also at the head of what follows it without a space.
UNITS = {
    "km": ("km", "公里"),
    "m": ("m", "米"),
    "min": ("min", "minute", "minutes", "分钟"),
    "s": ("second", "seconds", "秒"),
    "h": ("hour", "hours", "小时"),
    "days": ("day", "days", "天"),
    "%": ("%",),
    "MB": ("MB",),
    "GiB": ("GiB",),
}


def _read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def _outline(text: str) -> list[list[str]]:
    """How each paragraph is set: headings by their level, items, steps and rows of tables."""
    return [MARK.findall(part) for part in re.split(r"\n\s*\n", BLOCK.sub("", text))]


def _blocks(text: str) -> list[tuple[str, list[str]]]:
    """Every fenced block line by line, without comments: these speak the reader's language."""
    return [
        (language, [re.split(r"\s+#", line)[0] for line in lines.splitlines()])
        for language, lines in BLOCK.findall(text)
    ]


def _words(text: str) -> Counter[str]:
    """What stands between ticks: commands, options, files, settings, addresses."""
    return Counter(TICKS.findall(BLOCK.sub("", text)))


def _unit(word: str) -> str:
    """Name the unit that the word after a number is, if it is one."""
    for unit, spellings in UNITS.items():
        if word in spellings or word.startswith(tuple(s for s in spellings if not s.isascii())):
            return unit
    return ""


def _figures(text: str) -> Counter[tuple[float, str]]:
    """Every number of the running text with its unit, however its thousands are written."""
    prose = LINK.sub(r"\2", TICKS.sub("", BLOCK.sub("", text)))
    return Counter(
        (float(digits.replace(",", "")) * (10_000 if myriads else 1), _unit(word))
        for digits, myriads, word in NUMBER.findall(MARK.sub("", prose))
    )


def _targets(text: str, *, page: str) -> list[str]:
    """What a page leads to and shows, in order; what is there in both languages by one name."""
    found = []
    for mark, _, target in LINK.findall(text.partition("\n")[2]):
        # the heading within a page is in its language: the site's build follows it
        name = os.path.normpath(Path(page).parent / target.partition("#")[0])
        is_within = target.startswith("#")
        # pictures of a language differ by the last part of their name: report-zh.png
        picture = re.sub(r"[-.](zh|en)(?=\.\w+$)", "", name)
        found.append("#" if is_within else mark + (picture if mark else CHINESE.get(name, name)))
    return found


def _misfits(english: str, chinese: str, *, page: str) -> list[str]:
    """In what two pages differ; nothing where each says what the other does."""
    pairs: dict[str, tuple[object, object]] = {
        "outline": (_outline(english), _outline(chinese)),
        "blocks": (_blocks(english), _blocks(chinese)),
        "words": (_words(english), _words(chinese)),
        "figures": (_figures(english), _figures(chinese)),
        "targets": (_targets(english, page=page), _targets(chinese, page=CHINESE[page])),
    }
    return [what for what, (first, second) in pairs.items() if first != second]


@pytest.mark.parametrize("page", CHINESE)
def test_both_languages_say_the_same_with_the_same_commands_figures_and_pictures(page: str) -> None:
    assert _misfits(_read(page), _read(CHINESE[page]), page=page) == []


@pytest.mark.parametrize("page", [*CHINESE, *ENGLISH])
def test_a_page_opens_with_a_link_to_the_other_language(page: str) -> None:
    other = {**CHINESE, **ENGLISH}[page]
    name = "中文" if page in CHINESE else "English"
    path = os.path.relpath(other, Path(page).parent)
    assert _read(page).splitlines()[0] == f"[{name}]({path})"


def test_no_chinese_page_is_left_out() -> None:
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "zh").rglob("*.md")}
    assert there | {"README.zh.md"} == set(ENGLISH)


@pytest.mark.parametrize("page", ENGLISH)
def test_a_chinese_page_says_which_of_its_links_lead_to_english(page: str) -> None:
    text = _read(page)
    for link in list(LINK.finditer(text))[1:]:
        name = os.path.normpath(Path(page).parent / link[3].partition("#")[0])
        is_english = not link[1] and not link[3].startswith("#") and name not in ENGLISH
        assert text.startswith("（英文）", link.end()) is is_english, link[0]


@pytest.mark.parametrize("page", ENGLISH)
def test_the_prose_of_a_chinese_page_is_chinese(page: str) -> None:
    prose = LINK.sub(r"\2", TICKS.sub("", BLOCK.sub("", _read(page))))
    parts = [part for part in prose.split("\n\n")[1:] if re.search(r"[A-Za-z]{3}", part)]
    assert [part for part in parts if not re.search(r"[\u4e00-\u9fff]", part)] == []


@pytest.mark.parametrize(
    ("was", "becomes", "what"),
    [
        ("## 首页\n", "", "outline"),
        ("## 首页\n", "### 首页\n", "outline"),
        ("* **两个以内**就是国家要求的交叉覆盖。\n", "", "outline"),
        ("180 天", "108 天", "figures"),
        ("180 天", "180 小时", "figures"),
        ("34.2%", "34.2", "figures"),
        ("1 公里", "1000 米", "figures"),
        ("`--week-of 2026-10-01`", "`--week 2026-10-01`", "words"),
        ("(../hours.md)", "(../files.md)", "targets"),
        ("(glossary.md#四个目标)", "(../planner.md)", "targets"),
    ],
)
def test_a_page_that_falls_behind_is_noticed(was: str, becomes: str, what: str) -> None:
    page = "docs/official.md"
    chinese = _read(CHINESE[page])
    assert was in chinese
    assert _misfits(_read(page), chinese.replace(was, becomes, 1), page=page) == [what]


@pytest.mark.parametrize(
    ("was", "becomes", "what"),
    [
        ("--new 12\n", "--new 13\n", "blocks"),
        ("```powershell", "```", "blocks"),
        ("density_riders.png", "density_couriers.png", "targets"),
        ("523 米", "532 米", "figures"),
    ],
)
def test_a_block_a_picture_or_a_number_that_differs_is_noticed(
    was: str, becomes: str, what: str
) -> None:
    page = "docs/planner.md"
    chinese = _read(CHINESE[page])
    assert was in chinese
    assert what in _misfits(_read(page), chinese.replace(was, becomes, 1), page=page)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("40,100 workers", "4.01 万名劳动者"),
        ("10,000 junctions within 1,000 m", "1 万个路口，1000 米以内"),
        ("15 minutes and 1 km; A4, GCJ-02", "15 分钟、1 公里；A4，GCJ-02"),
        ("22 to 6, 0.4 %", "22 点到 6 点，0.4 %"),
    ],
)
def test_figures_are_compared_as_each_language_writes_them(english: str, chinese: str) -> None:
    assert _figures(english) == _figures(chinese)
    assert _figures(english)
