"""Claims that keep the examples and docstrings of the public faces true."""

from __future__ import annotations

import doctest
import functools
import importlib
import inspect
from types import FunctionType

import pytest

import data
import geo
import planning

#: What a notebook needs first of the records and of planning.
FIRST = (
    "data.CandidateSites.from_records",
    "data.Demand.at_points",
    "data.Organisations.from_records",
    "data.Stations.from_records",
    "data.Workspace.create",
    "data.Workspace.open",
    "data.default_settings",
    "data.network_grid_sites",
    "data.read_demand",
    "data.read_districts",
    "data.read_sites",
    "data.read_stations",
    "data.write_stations",
    "planning.CoverageProblem",
    "planning.Floor",
    "planning.Limit",
    "planning.PCenterProblem",
    "planning.PMedianProblem",
    "planning.Plan",
    "planning.SetCoverProblem",
    "planning.SolveParams",
    "planning.broken_rules",
    "planning.coverage_frontier",
    "planning.deployment_order",
    "planning.measure_coverage",
    "planning.plan_stations",
    "planning.reach",
    "planning.siting_question",
    "planning.solve",
)
FUNCTIONS = [name for name in geo.__all__ if isinstance(getattr(geo, name), FunctionType)]
# it only lists `PROFILES` for the guide
NO_EXAMPLE = {"profile_table"}


FACES = {"data": data, "planning": planning}


def _thing(name: str) -> type | FunctionType:
    """Return what a dotted name of a public face stands for."""
    face, *names = name.split(".")
    found: type | FunctionType = functools.reduce(getattr, names, FACES[face])
    return found


HOMES = {inspect.unwrap(_thing(name)).__module__ for name in FIRST}


OF_GEO = (inspect.unwrap(getattr(geo, name)) for name in geo.__all__)
HOMES |= {thing.__module__ for thing in OF_GEO if hasattr(thing, "__module__")}
HOMES |= {"data.questions.money_rules", "planning.decisions.accounts", "planning.decisions.money"}


@pytest.mark.parametrize("home", sorted(HOMES))
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


@pytest.mark.parametrize("name", FIRST)
def test_what_a_notebook_needs_first_tells_its_parameters_and_has_an_example(name: str) -> None:
    thing = _thing(name)
    face = f"from {name.partition('.')[0]} import"
    examples = doctest.DocTestFinder(recurse=False).find(thing, name, globs={})[0].examples
    assert any(example.source.startswith(face) for example in examples)
    assert any(example.want for example in examples)
    words = inspect.getdoc(thing) or ""
    section = words.split("Parameters\n----------\n")[1].split("\n\n")[0]
    names = [line for line in section.splitlines() if not line.startswith(" ")]
    told = [word.strip() for line in names for word in line.split(",")]
    assert sorted(told) == sorted(inspect.signature(thing).parameters)


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
