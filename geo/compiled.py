"""Compilation: numba's ``njit`` with the house's options, typed so that mypy keeps the signature.

``cache`` keeps the machine code beside the module, ``nogil`` lets two threads search at once.
`seconds_compiling` tells how long this process has been making machine code.
"""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar, cast

import numba
from numba.core import event

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Make machine code of ``function``, at its first call with given types, and keep it."""
    made: Callable[P, R] = numba.njit(cache=True, nogil=True)(function)
    return made


class _Watch(event.Listener):
    """Adds up the time in which at least one thread compiles."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running, self._since, self._sum = 0, 0.0, 0.0

    @property
    def seconds(self) -> float:
        """Seconds up to now."""
        with self._lock:
            running = time.perf_counter() - self._since if self._running else 0.0
            return self._sum + running

    def on_start(self, event: object) -> None:  # noqa: ARG002 - numba's own signature
        """Take note that a function's compilation begins; one may lie within another."""
        with self._lock:
            if not self._running:
                self._since = time.perf_counter()
            self._running += 1

    def on_end(self, event: object) -> None:  # noqa: ARG002 - numba's own signature
        """Take note that a function's compilation ends."""
        with self._lock:
            self._running -= 1
            if not self._running:
                self._sum += time.perf_counter() - self._since


_WATCH: Final = _Watch()
cast("Any", event).register("numba:compile", _WATCH)


def seconds_compiling() -> float:
    """Return for how many seconds this process has been making machine code."""
    return _WATCH.seconds
