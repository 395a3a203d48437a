"""Compilation: numba's ``njit`` with the house's options, typed so that mypy keeps the signature.

``cache`` keeps the machine code beside the module, ``nogil`` lets two threads search at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, TypeVar

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Make machine code of ``function``, at its first call with given types, and keep it."""
    made: Callable[P, R] = numba.njit(cache=True, nogil=True)(function)
    return made
