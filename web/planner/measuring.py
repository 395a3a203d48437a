"""Measures what a plan's map shows, as a process of its own, and keeps it in the workspace.

``python -m web.planner.measuring FOLDER NICENESS WHAT SCENARIO`` (an empty name: today's stations)
tells how much is done and at last what went wrong (``error``, None where nothing did).
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data.workspace import Workspace
from geo.errors import YizhanError
from geo.messages import message_of, message_parts
from web.planner.process import begin, tell
from web.services.measuring import measure

if TYPE_CHECKING:
    from web.services import Done

_EVERY_S: Final = 0.3


def telling() -> Done:
    """Return what hears how much of all is done, and tells the worker now and then."""
    said_at = time.monotonic()

    def hear(_what: str, share: float) -> None:
        nonlocal said_at
        if time.monotonic() - said_at >= _EVERY_S:
            said_at = time.monotonic()
            tell(share=round(share, 2))

    return hear


def main() -> None:
    """Measure what the command line names."""
    folder, niceness, what, name = sys.argv[1:5]
    begin(int(niceness))
    try:
        workspace = Workspace.open(Path(folder))
        scenario = workspace.scenarios().scenario(name) if name else None
        measure(workspace, what, scenario, done=telling())
    except YizhanError as error:
        tell(key="", error=message_parts(message_of(error)))
    else:
        tell(key="", error=None)


if __name__ == "__main__":
    main()
