"""Claims that keep the recipes of CONTRIBUTING true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CODE = (".py", ".js", ".html")
PARTS = re.split(r"^### ", PAGE.split("## Recipes")[1], flags=re.MULTILINE)[1:]
RECIPES = {part.splitlines()[0]: part for part in PARTS}


def _followed(recipe: str) -> str:
    found = re.search(r"^Follow `([^`]+)`\.", RECIPES[recipe], re.MULTILINE)
    assert found is not None
    return found[1]


def _text(path: Path) -> str:
    """Return a file with its quotation marks alike."""
    return path.read_text(encoding="utf-8").replace("'", '"')


def _listed(recipe: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)` \|", RECIPES[recipe], re.MULTILINE)


def _product() -> list[Path]:
    return [
        path
        for room in ("geo", "data", "planning", "web")
        for path in (ROOT / room).rglob("*")
        if path.suffix in CODE and not {"sample", "vendor"} & set(path.parts)
    ]


def test_there_is_a_recipe_for_what_is_added_most() -> None:
    assert list(RECIPES) == [
        "A kind of station",
        "A group of workers",
        "A file format",
        "An objective of the engine",
        "A language",
        "A role of an account",
    ]


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_file_of_a_recipe_is_there_and_holds_what_is_to_be_followed(recipe: str) -> None:
    word = _followed(recipe)
    listed = _listed(recipe)
    assert listed
    assert [name for name in listed if word not in _text(ROOT / name)] == []


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_leaves_out_no_file_of_the_product(recipe: str) -> None:
    word = _followed(recipe)
    listed = {ROOT / name for name in _listed(recipe)}
    holds = [path for path in _product() if word in _text(path)]
    assert [str(path.relative_to(ROOT)) for path in holds if path not in listed] == []


def test_what_set_up_names_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^make (\w+)", PAGE, re.MULTILINE)
    assert targets
    assert [name for name in targets if not re.search(rf"^{name}:", makefile, re.MULTILINE)] == []
