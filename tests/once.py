"""What takes long to make is made by one of the processes of a run, and copied by the others."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder of this process that holds what ``make`` makes in a folder of that name.

    Where several processes share the tests the first that asks makes it, and the others wait.
    """
    mine = factory.mktemp(name) / name
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" not in os.environ:
        make(mine)
        return mine
    original = base.parent / "once" / name
    original.parent.mkdir(exist_ok=True)
    with _alone(original.with_suffix(".lock")):
        if not original.exists():
            make(mine)
            partial = original.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            shutil.copytree(mine, partial)
            partial.rename(original)
            return mine
    shutil.copytree(original, mine)
    return mine


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock that ends with the process, however it ends."""
    import fcntl  # noqa: PLC0415 - not there on Windows, where one process runs the tests

    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
