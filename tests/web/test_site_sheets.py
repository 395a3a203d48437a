"""A sheet of paper for each site of a decision: its figures are true, and it is one page."""

from __future__ import annotations

import re
import shutil
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from data.workspace import Workspace
from web.languages import CHINESE
from web.site.number_words import added_count, count

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.conftest import Answer, Cli

LONG = "一座名字很长的" * 12 + "<b onmouseover=window.broken=1>站</b>"
QUESTION = """
name = "五年 <script>window.broken=1</script>"
[years]
first = 2027
count = 5
[money]
yuan_by_year = [130_000, 60_000, 60_000, 60_000, 60_000]
[actions]
build = ["station", "driver_home"]
existing = "upgrade"
upgrade = ["driver_home"]
[[money_rules]]
rule = "share"
payer = "市总工会 <i>"
share = 0.6
cap_yuan = 100_000
[[required]]
place = "S0"
what = "upgrade"
kind = "driver_home"
[[money_rules]]
rule = "share"
payer = "区"
share = 0.5
"""


@pytest.fixture(scope="module")
def city_of_sheets(city_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sheets") / "city"
    shutil.copytree(city_folder, folder)
    settings = (folder / "yizhan.toml").read_text("utf-8")
    coarse = settings.replace("spacing_m = 250", "spacing_m = 1500")
    assert coarse != settings
    (folder / "yizhan.toml").write_text(coarse, "utf-8")
    (folder / "question.toml").write_text(QUESTION, "utf-8")
    return folder


def asked(cli: Cli, folder: Path, *words: str | Path) -> Answer:
    return cli("plan", "-w", folder, "--question", folder / "question.toml", "--json", *words)


@pytest.fixture(scope="module")
def answer(cli: Cli, city_of_sheets: Path) -> dict[str, Any]:
    words = ("--sheets", city_of_sheets / "sheets", "--scenario", "五年", "--alternatives", "2")
    given = asked(cli, city_of_sheets, *words, "--explain-s", "3")
    assert given.code == 0, given.err
    return given.json


@pytest.fixture(scope="module")
def sheets(answer: dict[str, Any], city_of_sheets: Path) -> list[str]:
    files = sorted((city_of_sheets / "sheets").glob("site-*.html"))
    assert len(files) == len(answer["actions"])
    return [file.read_text("utf-8") for file in files]


def text_of(html: str) -> str:
    """The words that a reader sees, in one line."""
    body = html[html.index("<main") :]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", body)))


def rows_under(html: str, heading: str) -> dict[str, list[str]]:
    """The rows of the table whose first heading is given: first cell, then the numbers."""
    tables = re.findall(r"<table>.*?</table>", html, re.DOTALL)
    table = "".join(one for one in tables if f'<th scope="col">{heading}</th>' in one)
    found = {}
    for row in re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", table):
        head, *cells = re.split(r"</th>|</td>", row)
        name = unescape(re.sub(r"<span class=\"quiet\">.*", "", head)).strip()
        found[name] = [re.sub(r"<[^>]*>", "", cell) for cell in cells if "<td" in cell]
    return found


def figures_of(html: str) -> list[str]:
    return re.findall(r'<dd class="large">([^<]*)</dd>', html)


def whole(words: str) -> int:
    """A number as it is written; a part of one worker is none of them."""
    return 0 if words.startswith("不足") else int(words.replace(",", "").split(" ", maxsplit=1)[0])


def test_the_large_figures_of_a_sheet_are_those_of_the_decision(
    answer: dict[str, Any], sheets: list[str]
) -> None:
    assert len({one["what"] for one in answer["actions"]}) > 1
    for one, html in zip(answer["actions"], sheets, strict=True):
        adds, lost, _, dear = figures_of(html)
        assert adds == f"{added_count(one['adds'], CHINESE)} 人"
        assert lost == f"{added_count(one['lost_without'], CHINESE)} 人"
        paid = sum(one["paid"].values())
        assert dear == (f"{count(paid / one['adds'])} 元" if one["adds"] else "—")
        assert f"第 {one['order']} 项：" in html


def test_the_parts_of_a_sheet_add_up_to_what_its_site_adds(
    answer: dict[str, Any], sheets: list[str]
) -> None:
    by_year: dict[tuple[int, str], float] = {}
    for one, html in zip(answer["actions"], sheets, strict=True):
        groups = rows_under(html, "工种")
        gaining = {CHINESE.group(g): n for g, n in one["adds_by_group"].items() if n > 0}
        assert {name: row[0] for name, row in groups.items()} == {
            name: added_count(n, CHINESE) for name, n in gaining.items()
        }
        assert bool(groups) == (one["adds"] > 0) == ("这里不新增覆盖" not in html)
        for name, row in rows_under(html, "区县").items():
            key = (one["year"], name)
            by_year[key] = by_year.get(key, 0.0) + whole(row[0])
    # an independent count: what a district gains from one year to the next
    for line in answer["coverage"]:
        if line["group"] != "all" or line["district"] in {"all", "outside"}:
            continue
        gained = line["covered"] - line["before"]
        said = sum(
            n for (year, name), n in by_year.items()
            if name == line["district"] and year <= line["year"]
        )  # fmt: skip
        assert said == pytest.approx(gained, abs=0.51 * len(sheets))


def test_the_money_of_a_sheet_is_paid_by_payer_and_year_to_the_yuan(
    answer: dict[str, Any], sheets: list[str]
) -> None:
    whole_by_year = dict.fromkeys(answer["years"], 0)
    for one, html in zip(answer["actions"], sheets, strict=True):
        rows = rows_under(html, "付款方 / 元")
        together = rows.pop("合计") if len(rows) > 1 else next(iter(rows.values()))
        paid = {"自筹" if payer == "own" else payer: yuan for payer, yuan in one["paid"].items()}
        assert {name: whole(row[-1]) for name, row in rows.items()} == paid
        for at, year in enumerate(answer["years"]):
            assert sum(whole(row[at]) for row in rows.values()) == whole(together[at])
            whole_by_year[year] += whole(together[at])
        # the whole lifetime: what is built once, and what runs in each of its years
        life = one["capital_yuan"] + one["lifetime_years"] * one["running_yuan_a_year"]
        assert f"全寿命共 {life:,} 元" in text_of(html)
    told = {line["year"]: 0 for line in answer["money"]}
    for line in answer["money"]:
        told[line["year"]] += line["yuan"]
    assert {year: yuan for year, yuan in whole_by_year.items() if yuan} == told


def test_a_sheet_says_why_here_how_good_the_plan_is_and_what_it_was_made_from(
    answer: dict[str, Any], sheets: list[str]
) -> None:
    why = {line["order"]: line for line in answer["explanation"]["why"]}
    last = next(
        line for line in answer["coverage"]
        if (line["year"], line["group"], line["district"]) == (2031, "all", "all")
    )  # fmt: skip
    n_runner_up = 0
    for one, html in zip(answer["actions"], sheets, strict=True):
        text, line = text_of(html), why[one["order"]]
        assert f"2031 年覆盖 {100 * last['share']:.1f} %" in text
        assert f"{answer['cost_yuan']:,} 元" in text
        assert f"{count(answer['objective'])}" in text
        for name in ("question", "demand", "stations", "sites", "network", "settings"):
            assert answer["inputs"][name][:12] in text
        assert "示意数据" in text
        assert f"{one['lon']:.5f}, {one['lat']:.5f} (WGS-84)" in text
        if line["instead"] is not None:
            n_runner_up += 1
            assert f"次选：{line['instead']['year']} 年在" in text
        if line["costs_most"] and line["costs_most"] - (line["costs_least"] or 0) < 0.05:
            assert f"各年合计少覆盖：{count(line['costs_most'])} 人" in text
        held = answer["explanation"]["alternatives"] and answer["explanation"]["held"]
        assert ("都用到这里" in text) == (bool(held) and held.get(one["id"]) == 1.0)
    assert n_runner_up
    bound = [line for line in answer["explanation"]["prices"] if line["brings_least"]]
    assert ("整个方案受制于" in text_of(sheets[0])) == bool(bound)


def test_a_city_of_the_world_has_its_source_on_every_sheet(
    cli: Cli, answer: dict[str, Any], city_of_sheets: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "real"
    shutil.copytree(city_of_sheets, folder)
    settings = (folder / "yizhan.toml").read_text("utf-8")
    (folder / "yizhan.toml").write_text(
        settings.replace("sample = true", "sample = false"), "utf-8"
    )
    assert not Workspace.open(folder).settings.sample
    given = cli(
        "scenario", "show", "-w", folder, "五年", "--sheets", tmp_path / "out", "--lang", "en"
    )
    assert given.code == 0, given.err
    files = sorted((tmp_path / "out").glob("*.html"))
    assert len(files) == len(answer["actions"]) + 1
    for file in files:
        text = text_of(file.read_text("utf-8"))
        assert "© OpenStreetMap contributors" in text
        assert "示意数据" not in text
    assert "Newly covered" in text


def test_a_kept_decision_gives_the_same_sheets(
    cli: Cli, answer: dict[str, Any], city_of_sheets: Path, sheets: list[str]
) -> None:
    folder = city_of_sheets / "again"
    words = ("scenario", "show", "-w", city_of_sheets, "五年", "--sheets", folder, "--json")
    given = cli(*words)
    assert given.code == 0, given.err
    assert given.json["sheets"][0] == str(folder / "index.html")
    again = [file.read_text("utf-8") for file in sorted(folder.glob("site-*.html"))]

    def counted(html: str) -> str:
        # what is explained within a time may be proved nearer or less near
        return re.sub(r'<ul class="sheet-reasons">.*?</ul>', "", html, flags=re.DOTALL)

    assert list(map(counted, again)) == list(map(counted, sheets))
    # the register changes, and nothing could be recounted
    workspace = Workspace.open(city_of_sheets)
    stations = workspace.stations()
    frame = stations.frame.copy()
    frame.loc[0, "hours"] = "9:00-10:00"
    workspace.replace_stations(type(stations)(frame))
    refused = cli(*words)
    assert refused.code == 2
    assert "changed since, so its sheets cannot be recounted" in refused.err
    workspace.replace_stations(stations)
    assert len(answer["actions"]) == len(again)


def test_a_folder_that_holds_anything_else_is_never_written(
    cli: Cli, city_of_sheets: Path, answer: dict[str, Any], tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "index.html").write_text("<p>my own page</p>", "utf-8")
    refused = asked(cli, city_of_sheets, "--sheets", mine)
    assert refused.code == 2
    assert "holds index.html, which is no page of an earlier run" in refused.err
    assert (mine / "index.html").read_text("utf-8") == "<p>my own page</p>"
    refused = asked(cli, city_of_sheets, "--sheets", mine / "index.html")
    assert "is a file: name a new folder" in refused.err
    (mine / "index.html").unlink()
    (mine / "link.html").symlink_to(city_of_sheets / "sheets" / "index.html")
    assert "holds link.html" in asked(cli, city_of_sheets, "--sheets", mine).err
    (mine / "link.html").unlink()
    # an older run had more sites: its pages go
    old = mine / "site-99.html"
    shutil.copy(city_of_sheets / "sheets" / "site-01.html", old)
    given = cli("scenario", "show", "-w", city_of_sheets, "五年", "--sheets", mine)
    assert given.code == 0, given.err
    assert not old.exists()
    assert len(list(mine.iterdir())) == len(answer["actions"]) + 1


@pytest.mark.browser
def test_every_sheet_prints_as_one_page_however_long_its_names(
    browser: Browser, city_of_sheets: Path, sheets: list[str], tmp_path: Path
) -> None:
    longest = max(sheets, key=len)
    name = re.findall(r"<h1>.*?<span>(.*?)</span></h1>", longest, re.DOTALL)[0]
    stressed = longest.replace(f"<span>{name}</span>", f"<span>{unescape(LONG)[:84]}</span>")
    stressed = stressed.replace("<li>次选", "<li>" + "很长的理由，" * 60 + "</li><li>次选")
    assert stressed != longest
    (tmp_path / "long.html").write_text(stressed, "utf-8")
    context = browser.new_context()
    try:
        for file in [*sorted((city_of_sheets / "sheets").glob("*.html")), tmp_path / "long.html"]:
            page = context.new_page()
            faults: list[str] = []
            page.on("pageerror", lambda error, faults=faults: faults.append(str(error)))
            page.goto(f"file://{file}")
            pdf = page.pdf(prefer_css_page_size=True)
            assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1, file.name
            assert page.evaluate("window.broken") is None
            assert faults == []
            # nothing is cut off on paper, but for what is longer than any page
            page.emulate_media(media="print")
            page.set_viewport_size({"width": 695, "height": 1050})
            sizes = """[...document.querySelectorAll('.sheet')].map(
                sheet => [sheet.scrollHeight, sheet.clientHeight])"""
            for inner, outer in page.evaluate(sizes):
                assert inner <= outer + 1 or file.name == "long.html", file.name
            page.close()
    finally:
        context.close()
