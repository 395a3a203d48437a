"""Hot loops: functions compiled to machine code on first use and kept in numba's cache.

The compiled functions hold no lock (``nogil``), so that a bound and a search can run side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., object])


def compiled(function: _Function) -> _Function:
    """Compile a function of arrays and numbers on first use, with a cache on disk.

    The types stay those of the Python function, which also runs uncompiled when
    ``NUMBA_DISABLE_JIT`` is set.
    """
    return cast("_Function", numba.njit(cache=True, nogil=True)(function))
