"""Claims that keep docs/commands.md true."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from web.cli import yizhan

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")


def _commands(group: click.Group, words: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield f"{words} {name}", command
            yield from _commands(command, f"{words} {name}")
        else:
            yield f"{words} {name}", command


COMMANDS = dict(_commands(yizhan, "yizhan"))


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_is_documented(words: str) -> None:
    assert f"`{words}" in PAGE


@pytest.mark.parametrize("words", COMMANDS)
def test_every_option_is_documented(words: str) -> None:
    options = [p for p in COMMANDS[words].params if isinstance(p, click.Option)]
    missing = [o.opts[-1] for o in options if not any(f"{name}" in PAGE for name in o.opts)]
    assert missing == []


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_takes_a_workspace_and_json(words: str) -> None:
    names = {name for p in COMMANDS[words].params for name in p.opts}
    assert {"-w", "--workspace", "--json"} <= names


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_and_option_says_what_it_is_for(words: str) -> None:
    command = COMMANDS[words]
    assert command.help
