"""Claims about help in Chinese: each command has it whole, and its columns stand right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from web.cli import yizhan
from web.commands.help_pages import width_of, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Cli

#: What stays as it is in any language: options, files, commands, addresses, figures, formats.
SAME = re.compile(
    r"yizhan( [a-z]+)*|--?[a-z][a-z0-9-]*|\[[a-z0-9_|%-]+\]|[\w.{}-]*[./=:][\w./{}=:-]+"
    r"|[A-Z0-9_]+\b|lon|lat|title|kind|station|id|name|text|group|all|remove"
)
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,;]+[A-Za-z']{2,}){2,}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _commands(group: click.Group, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield words
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _commands(command, (*words, name))
        else:
            yield (*words, name)


ALL = tuple(_commands(yizhan, ()))


def english_of(text: str) -> list[str]:
    """Runs of three English words and more that belong to no option, file or command."""
    return [found for line in text.splitlines() for found in ENGLISH.findall(SAME.sub("·", line))]


def test_the_rule_finds_an_english_sentence() -> None:
    assert english_of("把 FILE 写成 .csv 或 --osm FILE、yizhan demand build --totals FILE") == []
    assert english_of("  --kind 类型  Kind of the new stations") == [
        "Kind of the new"
    ] or english_of("Keep it as a variant")
    assert english_of("Show this message and exit.")


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_help_is_chinese(words: tuple[str, ...], cli: Cli) -> None:
    answer = cli(*words, "--lang", "zh", "--help")
    assert answer.code == 0, answer.err
    assert answer.out.startswith("用法：yizhan")
    assert "选项：" in answer.out
    assert english_of(answer.out) == []


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_option_has_a_chinese_help_where_it_has_an_english_one(
    words: tuple[str, ...], cli: Cli
) -> None:
    english = _described(cli(*words, "--help").out)
    chinese = _described(cli(*words, "--lang", "zh", "--help").out)
    assert set(english) == set(chinese)
    plain = {
        name
        for name, said in chinese.items()
        if re.sub(r"\[.*", "", english[name]).strip() and not CHINESE.search(said)
    }
    assert plain <= {"-o"}  # "FILE.html"


def _described(page: str) -> dict[str, str]:
    """First name of an option -> what is said of it, in one line."""
    _, _, options = page.partition("\n\n")
    said: dict[str, str] = {}
    name = ""
    for line in options.splitlines():
        begun = re.match(r"  (-[\w-]+)(.*)$", line)
        if begun:
            name = begun[1]
            said[name] = re.split(r" {2,}", begun[2].strip(), maxsplit=1)[-1]
        elif name and line.startswith("     "):
            said[name] += f" {line.strip()}"
        else:
            name = ""
    return said


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_what_is_said_stands_in_one_column_and_no_line_is_too_wide(
    words: tuple[str, ...], cli: Cli
) -> None:
    """The width is counted by Rich, whose table of wide signs is its own."""
    lines = cli(*words, "--lang", "zh", "--help").out.splitlines()
    assert max(cell_len(line) for line in lines) <= 80
    options = lines[lines.index("选项：") + 1 :]
    ends = options.index("") if "" in options else len(options)
    starts = {
        cell_len(line[: found.end()])
        for line in options[:ends]
        if (found := re.match(r"  \S.*? {2,}(?=\S)", line))
    }
    assert len(starts) == 1


@given(st.text(st.sampled_from("站点 abc（），。5%—『"), max_size=200), st.integers(10, 60))
def test_wrapping_loses_nothing_and_keeps_the_width(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        alone = max((width_of(word) for word in line.split()), default=0)
        assert width_of(line) <= width or alone > width or not line.strip("（），。%—『abc5 站点")
    assert not any(line[0] in "，。）%" for line in lines[1:])


@given(st.text())
def test_the_width_of_wide_signs_is_that_of_a_terminal(text: str) -> None:
    ordinary = [sign for sign in text if cell_len(sign) > 0 and sign.isprintable()]
    wide = [sign for sign in ordinary if "\u4e00" <= sign <= "\u9fff" or sign in "，。：；？！（）"]
    assert width_of("".join(wide)) == cell_len("".join(wide))


def test_without_a_language_help_is_that_of_click(cli: Cli) -> None:
    page = cli("plan", "--help").out
    assert page.startswith("Usage: yizhan plan [OPTIONS] [COMMAND]\n")
    assert "  --new INTEGER RANGE" in page
    assert "Show this message and exit." in page
