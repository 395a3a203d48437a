"""A package's public face whose names are fetched when they are first asked for.

A package names its public names once, under ``if TYPE_CHECKING``, where checkers and editors read
them; here they are read from the same place, so that what only needs one name of a package does
not wait for all that the others stand on.
"""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def lazy_face(package: str) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return the ``__getattr__`` and ``__dir__`` of the package called ``package``.

    What it imports under ``if TYPE_CHECKING`` is imported when it is first asked for.
    """
    module = sys.modules[package]
    homes = _homes(Path(str(module.__file__)).read_text(encoding="utf-8"))

    def fetch(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name)
        found: object = getattr(importlib.import_module(homes[name]), name)
        # the next time it is there
        setattr(module, name, found)
        return found

    def names() -> list[str]:
        return sorted({*vars(module), *homes})

    return fetch, names


def _homes(source: str) -> dict[str, str]:
    """Return the module of each name that is imported under ``if TYPE_CHECKING``."""
    blocks = [node for node in ast.parse(source).body if isinstance(node, ast.If)]
    lines = [line for block in blocks for line in block.body if _for_checkers(block)]
    imports = [line for line in lines if isinstance(line, ast.ImportFrom)]
    return {alias.name: str(line.module) for line in imports for alias in line.names}


def _for_checkers(block: ast.If) -> bool:
    return ast.unparse(block.test) == "TYPE_CHECKING"
