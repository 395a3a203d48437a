"""The process of its own in which a worker has a run done: it beats, hears of it, ends with it.

The process is a module of this program, ``python -m MODULE FOLDER NICENESS MORE...``. It writes
lines of JSON: ``{"share": 0.4}`` for how much is done, and at last ``{"key": ..., "error": ...}``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from typing import IO, TYPE_CHECKING, Any, Final

from data.database.clock import now
from data.database.runs import DEAD_AFTER_S
from geo.messages import message_parts, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.runs import Run
    from data.workspace import Workspace

#: How much it stands back behind the pages, as the worker does (0 to 19).
NICENESS: Final = 10
#: So long a run may wait for a worker before the server has it done itself.
WORKER_WAIT_S: Final = 5.0
_BEAT_S, _NEWS_S, _LOOK_S = 3.0, 0.4, 0.1


def beside(
    workspace: Workspace,
    run: Run,
    worker: str,
    *,
    module: str,
    more: Sequence[str] = (),
    leave: threading.Event,
) -> dict[str, Any] | None:
    """Have a module do a run; None where it was ended because of ``leave``, or is another's now.

    The process ends when its input does, that is with this one, however this one ends.
    """
    runs, heard = workspace.database.runs(), _Heard()
    beaten, told = time.monotonic(), -1.0
    with subprocess.Popen(  # noqa: S603 - this program itself
        [sys.executable, "-m", module, str(workspace.folder.resolve()), str(NICENESS), *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        listening = threading.Thread(target=heard.listen, args=(process.stdout,), daemon=True)
        listening.start()
        while process.poll() is None:
            if leave.wait(_LOOK_S):
                process.kill()
                return None
            share = heard.share
            is_news = share != told and time.monotonic() - beaten > _NEWS_S
            if is_news or time.monotonic() - beaten > _BEAT_S:
                beaten, told = time.monotonic(), share
                progress = {"share": share} if is_news else None
                if runs.beat(run.id, worker, progress=progress) is None:
                    process.kill()
                    return None
        listening.join()
    if heard.ending is None:
        fault = say("its process ended early ({code})", code=process.returncode)
        return {"key": "", "error": message_parts(fault)}
    return heard.ending


class _Heard:
    """What a process has said: how much is done, and at last how it ended."""

    def __init__(self) -> None:
        self.share = -1.0
        self.ending: dict[str, Any] | None = None

    def listen(self, lines: IO[bytes] | None) -> None:
        for line in lines or ():
            try:
                told = json.loads(line)
            except ValueError:  # half a line of a process that was killed
                continue
            if "error" in told:
                self.ending = told
            else:
                self.share = float(told["share"])


def is_left(run: Run) -> bool:
    """Tell whether no worker seems to be there for a run."""
    if run.is_ended:
        return False
    patience_s = WORKER_WAIT_S if run.beat_at is None else DEAD_AFTER_S
    return (now() - (run.beat_at or run.made_at)).total_seconds() > patience_s
