"""Claims that keep the figures in the guides true: each is that of the code."""

from __future__ import annotations

import math
import re
from pathlib import Path

import click
import pytest

from data.settings import default_settings
from data.worker_reports import DEVICE_KEPT_DAYS, WINDOW_DAYS
from geo.measure import Box
from web.api.worker_reports import POST_LIMITS, POSTS_AN_HOUR
from web.commands.plan import plan
from web.languages import CHINESE, ENGLISH, Language
from web.languages.catalogues import catalogue
from web.locator.page_files import LARGE_BYTES
from web.site.number_words import standard_words
from web.site.passwords import TRIES
from web.site.sessions import SESSION_S
from web.stations.hours import DAYS

ROOT = Path(__file__).parents[2]
NUMBERS = {8: "eight", 10: "Ten"}
NUMBERS_ZH = {8: "八", 10: "十"}


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_the_plan_looks_for_the_best_unless_told_otherwise() -> None:
    (gap,) = (one for one in plan.params if isinstance(one, click.Option) and one.name == "gap")
    assert gap.default == 0.0
    assert "looks for the best there is all the same; `--gap 0.001` stops it at 0.1 %" in page(
        "proof.md"
    )


def test_the_example_of_a_proof_is_reckoned_right() -> None:
    text = page("proof.md")
    covered, bound = (
        int(number.replace(",", ""))
        for number in re.findall(r"covered after: ([\d,]+) workers; bound: ([\d,]+)", text)[0]
    )
    assert f"misses at most {bound - covered} workers" in text
    assert f"{100 * (bound - covered) / covered:.1f} %" == "0.4 %"
    assert "With 2,400 possible sites there are more than 10^27 ways to choose ten" in text
    assert math.comb(2_400, 10) > 10**27


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("worker.md", f"after {DEVICE_KEPT_DAYS} days"),
        ("zh/worker.md", f"{DEVICE_KEPT_DAYS} 天后删除"),
        ("zh/worker.md", f"{WINDOW_DAYS} 天内反映同一问题"),
        ("zh/worker.md", f"开放时间存 {DAYS} 天"),
        ("worker.md", f"hours are kept for {DAYS} days"),
        ("operator.md", f"within {WINDOW_DAYS} days"),
        ("operator.md", f"erased after {DEVICE_KEPT_DAYS} days"),
        ("operator.md", f"{NUMBERS[POSTS_AN_HOUR]} reports an hour are taken from one address"),
        ("operator.md", f"more than {POST_LIMITS.crowd:,} came from all"),
        ("operator.md", f"A session ends after {NUMBERS[SESSION_S // 3600]} hours"),
        ("operator.md", f"{NUMBERS[TRIES]} tries in a quarter of an hour"),
        ("operator.md", f"more than {LARGE_BYTES // 10**6} MB"),
        ("zh/operator.md", f"每小时从一个地址最多收{NUMBERS_ZH[POSTS_AN_HOUR]}条反映"),
        ("zh/operator.md", f"登录状态在{NUMBERS_ZH[SESSION_S // 3600]}小时后结束"),
        ("zh/operator.md", f"一刻钟内试错{NUMBERS_ZH[TRIES]}次"),
    ],
)
def test_a_figure_of_a_guide_is_the_codes(name: str, words: str) -> None:
    assert words in page(name)


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_the_planners_standards_are_the_default_ones(language: Language) -> None:
    name = "zh/planner.md" if language.is_chinese else "planner.md"
    settings = default_settings("市", Box(116.7, 33.9, 116.9, 34.0))
    rows = re.findall(
        r"^\| (.*[\u4e00-\u9fff].*) \| (.*) \| (.*\d.*) \|$", page(name), flags=re.MULTILINE
    )
    told = {}
    for groups, mode, within in rows:
        english = f"within {within} " + ("on foot" if mode == "foot" else f"by {mode}")
        for group in settings.groups:
            if CHINESE.group(group.id) in groups:
                told[group.id] = f"{mode} {within}内" if language.is_chinese else english
    for group in settings.groups:
        said = standard_words(group.standard, language)
        assert sorted(told[group.id].split()) == sorted(said.split())


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_the_worker_is_told_the_words_that_the_page_has(language: Language) -> None:
    pages = "".join(
        (ROOT / "web" / "templates" / name).read_text(encoding="utf-8")
        for name in ("locator.html", "station.html")
    )
    guide = page("zh/worker.md" if language.is_chinese else "worker.md")
    for chinese, english in (
        ("现场怎么样？", "How is it there?"),
        ("发送", "Send"),
        ("我的位置", "Near me"),
    ):
        assert f't("{chinese}")' in pages
        assert ENGLISH(chinese) == english
        assert f"“{chinese if language.is_chinese else english}”" in guide


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_the_inspector_is_told_the_words_that_the_phone_says(language: Language) -> None:
    guide = page("zh/inspector.md" if language.is_chinese else "inspector.md")
    said = re.findall(r"^\| (.+?) \|", guide.partition("|---")[2], re.MULTILINE)
    sources = (
        *("已存在手机里，还没有发送。", "已送达，登记册已更新。"),
        "已送达。这些有更晚的说法，保持不变：{words}",
        "已送达。这个站点已不在登记册里：记录保留，登记册不变。",
        "没有收下：{detail} 请改好再保存一次。",
        "请重新登录，再打开本页：记录还在手机里。",
    )
    code = "".join(
        (ROOT / "web" / name).read_text(encoding="utf-8")
        for name in ("admin/rounds.py", "templates/admin_round.html")
    )
    assert len(said) == len(sources)
    for words, source in zip(said, sources, strict=True):
        assert source in code
        shown = source if language.is_chinese else str(catalogue("en").gettext(source))
        assert shown.startswith(words)


def test_pictures_made_for_the_guides_are_small_and_shown() -> None:
    guides = "".join(
        page(name) for name in ("inspector.md", "zh/inspector.md", "operator.md", "zh/operator.md")
    )
    pictures = sorted((ROOT / "docs" / "pictures").glob("*.webp"))
    assert len(pictures) == 10
    for path in pictures:
        assert path.stat().st_size < 80_000
        assert f"pictures/{path.name})" in guides
