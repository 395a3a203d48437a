"""Claims that keep the commands that the guides show true."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from web.cli import yizhan

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
NOTHING = re.compile(r"[…]|\.\.\.$")


def _shown(page: Path) -> list[str]:
    """Every `yizhan ...` in the page's blocks and between its ticks, as it is written."""
    text = page.read_text(encoding="utf-8")
    blocks = [line for block in BLOCK.findall(text) for line in block.splitlines()]
    inline = re.findall(r"`([^`\n]*\byizhan [^`\n]+)`", BLOCK.sub("", text))
    lines = (line.split("  #")[0] for line in (*blocks, *inline))
    return [match[1] for line in lines if (match := re.search(r"(?:^|\s)(yizhan [a-z].*)$", line))]


SHOWN = [(page.relative_to(ROOT).as_posix(), line) for page in PAGES for line in _shown(page)]


def _misfit(line: str) -> str:
    """What of a shown command is not in the command line; nothing when all of it is."""
    words = [word for word in shlex.split(line)[1:] if not NOTHING.search(word)]
    command: click.Command = yizhan
    context = click.Context(command)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name = words.pop(0)
        inner = command.get_command(context, name)
        if inner is None:
            return name
        command, context = inner, click.Context(inner, parent=context)
    known = {name for p in command.params for name in (*p.opts, *p.secondary_opts)} | {"--help"}
    strange = [word for word in words if re.match(r"--?[a-z]", word) and word not in known]
    return " ".join(strange)


def test_the_guides_show_commands() -> None:
    assert len(SHOWN) > 30


@pytest.mark.parametrize(("page", "line"), SHOWN, ids=[f"{page}: {line}" for page, line in SHOWN])
def test_every_command_and_option_that_a_guide_shows_exists(page: str, line: str) -> None:
    assert _misfit(line) == "", page


@pytest.mark.parametrize("line", ["yizhan workers", "yizhan plan --nwe 12", "yizhan stations buy"])
def test_a_command_that_does_not_exist_is_seen(line: str) -> None:
    assert _misfit(line) != ""
