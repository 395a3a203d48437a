"""Claims about the language of the command line: what decides it, and what is said in it."""

from __future__ import annotations

import errno
import json
import os
import re
from typing import TYPE_CHECKING

import pytest

import data.atomic
from web.commands.language import asked_code, code_of

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Answer, Cli

BOX = "24.93,60.16,24.96,60.18"
HEADINGS = "id,name,kind,lon,lat\n"
#: Words that stay: of commands, options, files, keys, kinds and types.
SAME = re.compile(
    r"yizhan( [a-z]+)*|--?[a-z][a-z-]*|[\w.{}-]*[./_=][\w./{}=:-]*"
    r"|'[^']*'|“[^”]*”|\"[^\"]*\"|[A-Z]{2,}"
)
ENGLISH = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,})+")
DECIDING = ("YIZHAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.mark.parametrize(
    ("environ", "code"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_TW.UTF-8"}, "zh"),
        ({"LC_MESSAGES": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "C"}, "zh"),
        ({"LC_ALL": "", "LANG": "zh_CN"}, "zh"),
        ({"YIZHAN_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, "en"),
        ({"YIZHAN_LANG": "zh", "LC_ALL": "C"}, "zh"),
        ({"YIZHAN_LANG": "", "LANG": "zh_CN"}, "zh"),
    ],
)
def test_the_own_variable_decides_before_those_of_the_system(
    environ: dict[str, str], code: str
) -> None:
    assert code_of(environ) == code


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("plan --new 3", None),
        ("--lang zh plan", "zh"),
        ("plan --lang=en", "en"),
        ("--lang zh plan --lang en", "en"),
        ("plan --lang", None),
        ("plan --lang fr", None),
        ("--lang zh plan --lang fr", "zh"),
    ],
)
def test_the_option_stands_before_or_behind_the_command(line: str, code: str | None) -> None:
    assert asked_code(line.split()) == code


@pytest.fixture
def says(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> object:
    """Run a command under an environment, and tell in which language it refused."""

    def language(line: str, **environ: str) -> str:
        for name in DECIDING:
            monkeypatch.delenv(name, raising=False)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        first = cli(*line.split()).err.partition("plan")[0]
        return "zh" if "错误" in first else "en"

    return language


def test_the_option_decides_before_the_environment(says) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a function of the fixture above
    assert says("plan", LANG="C") == "en"
    assert says("plan", LANG="zh_CN.UTF-8") == "zh"
    assert says("plan", LANG="zh_CN.UTF-8", YIZHAN_LANG="en") == "en"
    assert says("plan --lang zh", LANG="C", YIZHAN_LANG="en") == "zh"
    assert says("--lang en plan", YIZHAN_LANG="zh") == "en"


def test_the_language_ends_with_the_command(cli: Cli) -> None:
    assert cli("plan", "--lang", "zh").err.startswith("错误")
    assert cli("plan").err.startswith("error")


@pytest.fixture
def city(tmp_path: Path, cli: Cli) -> Path:
    """A workspace with two stations and one demand point, and no roads."""
    folder = tmp_path / "city"
    made = cli("--lang", "zh", "init", "-w", folder, "--name", "示例", "--box", BOX)
    assert "现在是 示例 的工作区" in made.out
    rows = "A,示例驿站,station,24.94,60.17\nB,B,station,24.95,60.17\n"
    taken = _take(cli, tmp_path, folder, rows)
    assert taken.code == 0, taken.err
    assert "取入 2 个站点" in taken.out
    (tmp_path / "demand.csv").write_text("id,lon,lat,courier\n1,24.94,60.17,5\n", encoding="utf-8")
    demand = cli("demand", "import", tmp_path / "demand.csv", "-w", folder, "--lang", "zh")
    assert "5 名工友" in demand.out
    assert "快递员" in demand.out
    return folder


def _take(cli: Cli, tmp_path: Path, folder: Path, rows: str, *more: str) -> Answer:
    file = tmp_path / "stations.csv"
    file.write_text(HEADINGS + rows, encoding="utf-8")
    return cli("--lang", "zh", "stations", "import", file, "-w", folder, "--datum", "wgs84", *more)


def _refusal(answer: Answer) -> str:
    assert answer.code == 2
    last = answer.err.strip().splitlines()[-1]
    assert last.startswith("错误：")
    assert not ENGLISH.findall(SAME.sub("·", answer.err)), answer.err
    return last


def test_what_a_file_has_wrong_is_said_in_chinese(cli: Cli, city: Path, tmp_path: Path) -> None:
    assert "第 2 行“kind”列" in _refusal(_take(cli, tmp_path, city, "C,C,statoin,24.94,60.17\n"))
    wrong = _take(cli, tmp_path, city, "A,A,station,x,60.17\n,B,station,24.95,60.17\n")
    assert "有 2 行不能取入" in _refusal(wrong)
    assert "不是数字" in wrong.err
    assert "每行都要有自己的编号" in wrong.err


def test_an_unknown_word_is_met_with_the_nearest_in_chinese(
    cli: Cli, city: Path, tmp_path: Path
) -> None:
    said = _refusal(_take(cli, tmp_path, city, "C,C,driver_hom,24.94,60.17\n"))
    assert "不是类型：是否指 driver_home（司机之家）？" in said
    assert "是否指" in _refusal(cli("--lang", "zh", "plan", "--nwe", "3", "-w", city))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("plan", "请给出 --new N"),
        ("map", "缺少选项 '-o' / '--output'。"),
        ("plan --new x", "不是整数"),
        ("plan --new 0", "不在范围"),
        ("plan --new 3 --standard fo", "不在可选之列"),
        ("plan --new", "需要一个值"),
        ("plan --new 3 --json=1", "不带值"),
        ("pln", "没有命令“pln”。"),
        ("plna", "没有命令“plna”。"),
        ("stations import", "缺少参数 'FILE'。"),
        ("map -o a.html b", "多出的参数（b）"),
        ("effective --week-of x", "不合格式"),
        ("init --name x", "请给出其一：--box"),
        ("network build", "请给其中之一"),
        ("plan --new 3 -w /nowhere", "不是工作区"),
        ("stations import nothing.csv --datum wgs84", "不是工作区"),
    ],
)
def test_what_a_command_line_has_wrong_is_said_in_chinese(
    line: str, words: str, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert words in _refusal(cli("--lang", "zh", *line.split()))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("stations import nothing.csv --datum wgs84", "没有这个文件"),
        ("demand import demand.csv --datum wgs85", "不认识坐标系“wgs85”"),
        ("network build --osm nothing.osm", "没有这个文件"),
        ("plan --new 3 --kind statoin", "是否指 station"),
        ("coverage", "还没有道路网"),
        ("coverage --demand other", "没有名为 other 的需求"),
        ("map -o map.pdf", "文件名请以 .html 结尾"),
        ("stations history C", "从未有过站点 C"),
    ],
)
def test_what_a_workspace_has_wrong_is_said_in_chinese(
    line: str, words: str, cli: Cli, city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(city.parent)
    assert words in _refusal(cli("--lang", "zh", *line.split(), "-w", city))


def test_a_full_disk_is_said_in_chinese(
    cli: Cli, city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object, **_more: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(data.atomic.os, "fsync", full)
    answer = cli("--lang", "zh", "stations", "export", "-o", tmp_path / "a.csv", "-w", city)
    assert "磁盘空间已满" in _refusal(answer)


def test_as_json_the_message_is_chinese_and_the_type_is_not(
    cli: Cli, city: Path, tmp_path: Path
) -> None:
    answer = _take(cli, tmp_path, city, "A,A,statoin,24.94,60.17\n", "--json")
    error = json.loads(answer.out)["error"]
    assert error["type"] == "rows-error"
    assert "第 2 行" in error["message"]
    assert "是否指" in error["faults"][0]["reason"]


def test_a_step_is_told_in_chinese(cli: Cli, city: Path, tmp_path: Path) -> None:
    answer = cli("--lang", "zh", "map", "-o", tmp_path / "map.html", "-w", city)
    assert answer.code == 0, answer.err
    assert re.match(r"绘制地图（\d+\.\d 秒）", answer.err)
    assert "不联网也能打开" in answer.out


def test_one_thing_is_told_as_one(cli: Cli, city: Path, tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text(f"{HEADINGS}A,示例驿站,station,24.94,60.17\n", encoding="utf-8")
    said = cli(
        *("stations", "import", file, "-w", city, "--datum", "wgs84", "--missing", "remove")
    ).out
    assert "1 station taken" in said
