"""Claims about the error tree."""

from __future__ import annotations

import builtins
import inspect

import pytest

from geo import errors

LEAVES = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.YizhanError) and kind is not errors.YizhanError
]


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_every_leaf_is_also_a_builtin_error(kind: type[Exception]) -> None:
    ours = {"Exception", "BaseException", "object"}
    builtin_bases = [base for base in kind.__mro__ if hasattr(builtins, base.__name__)]
    assert [base for base in builtin_bases if base.__name__ not in ours]


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_the_module_docstring_names_every_leaf(kind: type[Exception]) -> None:
    assert errors.__doc__ is not None
    assert f"`{kind.__name__}`" in errors.__doc__


def test_rows_error_is_one_line_with_the_file_the_first_fault_and_the_count() -> None:
    faults = (
        errors.RowFault(row=3, column="经度", reason="is empty"),
        errors.RowFault(row=9, column=None, reason="is a duplicate"),
    )
    error = errors.RowsError("stations.csv", faults)
    assert str(error) == "stations.csv: row 3, column 经度: is empty (and 1 more)"
    assert error.faults == faults


def test_a_fault_of_the_whole_file_names_no_row() -> None:
    fault = errors.RowFault(row=None, column=None, reason="has no rows")
    assert str(fault) == "has no rows"
