"""The help of the commands as messages: docstrings of commands, help and defaults of options."""

from __future__ import annotations

import ast
import inspect
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_MADE_BY: Final = re.compile(r"\.(command|group)$")
_OPTIONS: Final = re.compile(r"(^|\.)(option|Option)$")
_TOLD: Final = frozenset({"help", "show_default"})


def help_message(text: str) -> str:
    """Return a help text as the message that the catalogues hold: each paragraph in one line.

    Line breaks within a paragraph belong to the code and not to what is said.
    """
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(text).partition("\f")[0])
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def help_texts(tree: ast.AST) -> Iterator[str]:
    """Yield the help texts of a module of commands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(
            _is_command(one) for one in node.decorator_list
        ):
            yield help_message(ast.get_docstring(node) or "")
        elif isinstance(node, ast.Call) and _OPTIONS.search(ast.unparse(node.func)):
            for word in node.keywords:
                told = word.value
                if (
                    word.arg in _TOLD
                    and isinstance(told, ast.Constant)
                    and told.value.__class__ is str
                ):
                    yield help_message(told.value)


def _is_command(decorator: ast.expr) -> bool:
    made = decorator.func if isinstance(decorator, ast.Call) else decorator
    return bool(_MADE_BY.search(ast.unparse(made)))
