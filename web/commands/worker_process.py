"""The worker that `yizhan serve` begins beside itself: a process of its own that ends with it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from web.commands.worker import SERVED_BY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: A worker that has died is begun anew after so many seconds, each time twice as many.
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 60.0
#: Seconds in which it may give back what it has at hand.
_LEAVE_S: Final = 10.0


@contextmanager
def worker_beside(folder: Path, *, wanted: bool = True) -> Iterator[None]:
    """Keep a worker of a city alive while the block runs."""
    if not wanted:
        yield
        return
    ended = threading.Event()
    keeper = threading.Thread(target=_keep_alive, args=(folder, ended), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join(2 * _LEAVE_S)


def _keep_alive(folder: Path, ended: threading.Event) -> None:
    pause_s = _FIRST_PAUSE_S
    while not ended.is_set():
        with _begun(folder) as process:
            while process.poll() is None and not ended.wait(0.2):
                pass
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(_LEAVE_S)
                except subprocess.TimeoutExpired:
                    process.kill()
        ended.wait(pause_s)
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)


def _begun(folder: Path) -> subprocess.Popen[bytes]:
    words = ("worker", "-w", str(folder))
    return subprocess.Popen(  # noqa: S603 - this program itself
        [sys.executable, "-c", "from web.cli import main; main()", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={**os.environ, SERVED_BY: str(os.getpid())},
    )
