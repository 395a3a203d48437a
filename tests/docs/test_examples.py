"""Claims that keep the examples and the docstrings of geo's public face true."""

from __future__ import annotations

import doctest
import importlib
import inspect
from types import FunctionType

import pytest

import geo

FUNCTIONS = [name for name in geo.__all__ if isinstance(getattr(geo, name), FunctionType)]
# it only lists `PROFILES` for the guide
NO_EXAMPLE = {"profile_table"}


@pytest.mark.parametrize("home", sorted(geo._HOMES))
def test_every_example_gives_what_it_says(home: str) -> None:
    ran = doctest.testmod(importlib.import_module(home))
    assert ran.failed == 0


@pytest.mark.parametrize("name", sorted({*FUNCTIONS, "Box", "RawRoads.of_lines"} - NO_EXAMPLE))
def test_what_a_notebook_needs_has_an_example_that_imports_from_the_face(name: str) -> None:
    head, _, tail = name.partition(".")
    thing = getattr(getattr(geo, head), tail) if tail else getattr(geo, head)
    examples = doctest.DocTestFinder(recurse=False).find(thing, name, globs={})[0].examples
    assert any(example.source.startswith("from geo import") for example in examples)
    assert any(example.want for example in examples)


def _takes_arrays(function: FunctionType) -> bool:
    words = {str(p.annotation) for p in inspect.signature(function).parameters.values()}
    return any(word in {"object", "Points"} or "NDArray" in word for word in words)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if _takes_arrays(getattr(geo, name))])
def test_a_function_that_takes_arrays_says_the_shape_and_meaning_of_each(name: str) -> None:
    function = getattr(geo, name)
    words = inspect.getdoc(function) or ""
    section = words.split("Parameters\n----------\n")[1].split("\n\n")[0]
    names = [line for line in section.splitlines() if not line.startswith(" ")]
    told = [word.strip() for line in names for word in line.split(",")]
    assert told == list(inspect.signature(function).parameters)
    assert "float64[" in section
    assert "Returns\n-------\n" in words
