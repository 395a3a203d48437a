"""What a module does that runs as a process of a worker's (`web.services.processes`)."""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO


def begin(niceness: int) -> None:
    """Stand back behind everything else, and end when the input does: with who began this."""
    nice: Callable[[int], int] | None = getattr(os, "nice", None)  # Windows has none
    if nice is not None:
        nice(max(0, niceness - nice(0)))
    _end_with(sys.stdin)


def tell(**told: object) -> None:
    """Tell the worker something, as a line of JSON."""
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _end_with(begun_by: TextIO) -> None:
    def wait() -> None:
        begun_by.read()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
