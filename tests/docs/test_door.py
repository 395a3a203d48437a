"""Claims that keep what a contributor meets first true: changelog, security, hooks, Makefile."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def _recipe(target: str) -> str:
    match = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert match is not None, target
    return match[1]


def test_the_changelog_has_what_comes_above_what_was_released_newest_first() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first, *released = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert first == "Unreleased"
    days = [date.fromisoformat(heading.split(", ")[1]) for heading in released]
    assert days == sorted(days, reverse=True)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert released[0].split(", ")[0] == project["version"]


def test_the_hooks_fetch_nothing_and_run_the_quick_part_of_check() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]
    entries = [hook for repo in hooks["repos"] for hook in repo["hooks"]]
    assert {hook["language"] for hook in entries} == {"system"}
    assert all("additional_dependencies" not in hook for hook in entries)
    lines = re.findall(r"@\$\(BIN\)/(.+)", _recipe("quick"))
    assert [hook["entry"] for hook in entries] == [f".venv/bin/{line}" for line in lines]
    assert lines
    assert re.search(r"^check: quick$", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("path", re.findall(r"`(tests/[^`]+)`", (ROOT / "SECURITY.md").read_text()))
def test_every_promise_of_security_names_tests_that_are_there(path: str) -> None:
    assert re.search(r"^def test_", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
