"""What of a workspace may not be there yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from geo.errors import NothingYetError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def or_none(read: Callable[[], T]) -> T | None:
    """Return what is read; None where it is not there yet."""
    try:
        return read()
    except NothingYetError:
        return None
