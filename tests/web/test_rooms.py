"""Claims about the rooms of `web`: each names its face, which is what others take from it."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "web"
ROOMS = sorted(
    path.parent.name for path in WEB.glob("*/__init__.py") if path.parent.name != "languages"
)


def _imported(path: Path) -> set[str]:
    """Return the dotted names of all modules and names that a file imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def _used_by_others(room: str) -> set[str]:
    """Return what code outside of a room imports from it: its modules, and names of its face."""
    names = {
        name.removeprefix(f"web.{room}.").split(".")[0]
        for path in WEB.rglob("*.py")
        if path.parent.name != room
        for name in _imported(path)
        if name.startswith(f"web.{room}.")
    }
    if room == "commands":  # opened by their names, when they are called
        words = ast.walk(ast.parse((WEB / "cli.py").read_text(encoding="utf-8")))
        texts = (node.value for node in words if isinstance(node, ast.Constant))
        names |= {
            text.removeprefix("web.commands.").split(":")[0]
            for text in texts
            if isinstance(text, str) and text.startswith("web.commands.")
        }
    return names


@pytest.mark.parametrize("room", ROOMS)
def test_the_face_of_a_room_is_what_others_take_from_it(room: str) -> None:
    face = importlib.import_module(f"web.{room}").__all__
    assert face == sorted(face, key=lambda name: (name.islower(), not name.isupper(), name))
    modules = {path.stem for path in (WEB / room).glob("*.py")}
    assert _used_by_others(room) <= set(face)
    assert modules.intersection(face) <= _used_by_others(room)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_entered_without_loading_what_is_in_it(room: str) -> None:
    source = (WEB / room / "__init__.py").read_text(encoding="utf-8")
    assert not [name for name in _imported(WEB / room / "__init__.py") if name.startswith("web.")]
    assert ast.get_docstring(ast.parse(source))
