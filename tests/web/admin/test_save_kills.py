"""A server killed in the middle of saves loses none that it acknowledged, and halves none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bench.desk_editor import enrol
from bench.save_kills import run_kills
from tests.web.admin.visits import ON_BOTH

if TYPE_CHECKING:
    from data.workspace import Workspace

#: `YIZHAN_KILLS=1000` runs them all, as `python -m bench saves` does.
KILLS = int(os.environ.get("YIZHAN_KILLS", "3"))


@ON_BOTH
def test_a_killed_server_loses_no_save_that_was_acknowledged(workspace: Workspace) -> None:
    enrol(workspace, 3)
    done = run_kills(
        workspace.folder, url=os.environ.get("DATABASE_URL"), kills=KILLS, editors=3, seed=3
    )
    assert done.faults == ()
    assert done.kills == KILLS
    assert done.saves > 0
