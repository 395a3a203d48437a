"""The Windows commands in the guides are those of this version."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from web.cli import yizhan

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```powershell\n(.*?)^```", re.MULTILINE | re.DOTALL)
#: The pages that begin with making the environment.
FROM_NOTHING = ["README.md", "README.zh.md", "docs/operator.md", "docs/zh/operator.md"]
YIZHAN = ".venv\\Scripts\\yizhan"
#: What makes the environment, as in the Makefile but for the slashes; "." takes it as it stands.
MAKES = re.compile(
    r"py -m venv \.venv|\.venv\\Scripts\\python -m pip install -c constraints\.txt (-e )?\."
)


def _lines(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [line for block in BLOCK.findall(text) for line in block.splitlines()]


@pytest.mark.parametrize("page", [*FROM_NOTHING, "docs/planner.md", "docs/zh/planner.md"])
def test_a_guide_names_commands_that_windows_can_run(page: str) -> None:
    lines = _lines(page)
    ours = [line for line in lines if line.startswith(f"{YIZHAN} ")]
    assert ours
    assert [line for line in lines if line not in ours and not MAKES.fullmatch(line)] == []
    for line in ours:
        words = line.removeprefix(YIZHAN).split()
        context = click.Context(yizhan)
        command = yizhan.get_command(context, words[0])
        assert command is not None, line
        command.make_context(words[0], words[1:], resilient_parsing=False, parent=context)


@pytest.mark.parametrize("page", FROM_NOTHING)
def test_a_guide_begins_with_the_environment(page: str) -> None:
    first, second, *_ = _lines(page)
    assert first == "py -m venv .venv"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "install -c constraints.txt -e ." in makefile
    assert second.startswith(".venv\\Scripts\\python -m pip install -c constraints.txt ")
