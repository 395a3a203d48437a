"""Every refusal is a Message: none can be raised that could not be told in another language."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import geo.errors

ROOT = Path(__file__).parents[1]
ROOMS = ("geo", "data", "planning", "web")
#: The errors of the tree, and the web's own refusals, all of which are shown to people.
REFUSALS = {name for name in vars(geo.errors) if name.endswith("Error") and name != "RowsError"} | {
    "NotFound",
    "BadRequest",
    "UnsupportedMediaType",
}
#: What a Message is made by.
MAKERS = {"say", "listed", "in_turn", "either", "message_of"}


def refusals(tree: ast.AST) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in REFUSALS
        and node.args
    ]


def is_message(node: ast.expr) -> bool:
    """Whether an expression is a Message by its own words: made here, or asked of a function."""
    if isinstance(node, ast.IfExp):
        return is_message(node.body) and is_message(node.orelse)
    if not isinstance(node, ast.Call):
        return False
    return isinstance(node.func, ast.Name) and node.func.id in MAKERS | {
        "unknown_word",
        "first_fault",
    }


@pytest.mark.parametrize("room", ROOMS)
def test_every_refusal_is_raised_with_a_message(room: str) -> None:
    plain = []
    for path in sorted((ROOT / room).rglob("*.py")):
        for call in refusals(ast.parse(path.read_text("utf-8"))):
            if not is_message(call.args[0]):
                plain.append(f"{path.relative_to(ROOT)}:{call.lineno}: {ast.unparse(call)}")  # noqa: PERF401 - reads better
    assert not plain


@pytest.mark.parametrize("room", ROOMS)
def test_no_message_is_made_of_a_computed_template(room: str) -> None:
    computed = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "say"
        and not isinstance(node.args[0], ast.Constant)
    ]
    assert not computed


@pytest.mark.parametrize("room", ROOMS)
def test_every_fault_of_a_row_is_a_message(room: str) -> None:
    """A fault's words are said where it is noted, or in a variable of that function."""
    plain = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node.args[2])}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and (ast.unparse(node.func).endswith("faults.add") or ast.unparse(node.func) == "RowFault")
        and len(node.args) == 3
        and isinstance(node.args[2], ast.Constant | ast.JoinedStr | ast.BinOp)
    ]
    assert not plain
