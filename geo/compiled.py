"""Compilation: numba's ``njit`` with the house's options, typed so that mypy keeps the signature.

``cache`` keeps the machine code beside the module, ``nogil`` lets two threads search at once. Numba
is imported at the first call of a compiled function, not at its definition: most commands and pages
never make one. `seconds_compiling` tells how long this process has been making machine code.
"""

from __future__ import annotations

import functools
import time
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, Final, Generic, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")

_MAKING: Final = RLock()


class Compiled(Generic[P, R]):
    """A function of which machine code is made at its first call with given types."""

    def __init__(self, function: Callable[P, R]) -> None:
        functools.update_wrapper(self, function)
        self.py_func = function
        self._made: Any = None

    @property
    def dispatcher(self) -> Any:  # noqa: ANN401 - numba's object, which has no types
        """What numba makes of the function, and every compiled function that calls it."""
        if self._made is None:
            with _MAKING:
                self._made = self._made or _dispatcher(self.py_func)
        return self._made

    @property
    def is_kept(self) -> bool:
        """Whether machine code of it is at hand, made now or kept from an earlier time."""
        made = self.dispatcher
        return bool(made.overloads) or bool(made._cache._cache_file._load_index())  # noqa: SLF001 - numba tells by no public name

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> R:
        """Run the machine code, made before where there is none for these types."""
        answer: R = (self._made or self.dispatcher)(*arguments, **named)
        return answer


class Intrinsic:
    """A function whose instructions are laid down by hand in the loops that call it."""

    def __init__(self, layer: Callable[..., Any]) -> None:
        self._layer = layer

    @functools.cached_property
    def made(self) -> Any:  # noqa: ANN401 - numba's object, which has no types
        """What numba makes of it."""
        return _numba().extending.intrinsic(self._layer)


def compiled(function: Callable[P, R]) -> Compiled[P, R]:
    """Make machine code of ``function``, at its first call with given types, and keep it."""
    return Compiled(function)


class _Watch:
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

    def begin(self) -> None:
        """Take note that a function's compilation begins; one may lie within another."""
        with self._lock:
            if not self._running:
                self._since = time.perf_counter()
            self._running += 1

    def end(self) -> None:
        """Take note that a function's compilation ends."""
        with self._lock:
            self._running -= 1
            if not self._running:
                self._sum += time.perf_counter() - self._since


_WATCH: Final = _Watch()


def seconds_compiling() -> float:
    """Return for how many seconds this process has been making machine code."""
    return _WATCH.seconds


def _dispatcher(function: Callable[..., Any]) -> Any:  # noqa: ANN401 - numba's object
    """Hand a function to numba; called with a number written in the code as with any number.

    By itself numba makes a loop of its own for each such number.
    """
    numba = _numba()
    made = numba.njit(cache=True, nogil=True)(function)
    template, plain = made.get_call_template, numba.types.unliteral

    def template_of_any(args: Any, kws: Any) -> Any:  # noqa: ANN401 - numba's types
        named = {name: plain(arg) for name, arg in kws.items()}
        return template(tuple(plain(arg) for arg in args), named)

    made.get_call_template = template_of_any
    return made


@functools.cache
def _numba() -> Any:  # noqa: ANN401 - numba ships no types
    """Import numba, have its compilations watched, and tell it what a `Compiled` is to a loop."""
    import numba.extending  # noqa: PLC0415 - it takes half a second, and most processes need none
    from numba.core import event, registry, types  # noqa: PLC0415 - the same

    class Listener(event.Listener):
        def on_start(self, event: object) -> None:  # noqa: ARG002 - numba's own signature
            _WATCH.begin()

        def on_end(self, event: object) -> None:  # noqa: ARG002 - numba's own signature
            _WATCH.end()

    @numba.extending.typeof_impl.register(Compiled)
    def _type_of_compiled(value: Compiled[..., Any], _context: object) -> object:
        return types.Dispatcher(value.dispatcher)

    @numba.extending.typeof_impl.register(Intrinsic)
    def _type_of_intrinsic(value: Intrinsic, _context: object) -> object:
        made, context = value.made, registry.cpu_target.typing_context
        context.refresh()  # it learns of what was made since
        return context.resolve_value_type(made)

    cast("Any", event).register("numba:compile", Listener())
    return numba
