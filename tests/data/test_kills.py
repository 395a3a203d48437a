"""A writer that is killed at any moment loses no acknowledged write and leaves no half import."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bench.kills import run_kills

if TYPE_CHECKING:
    from pathlib import Path

#: `YIZHAN_KILLS=1000` runs them all, as `python -m bench register` does.
KILLS = int(os.environ.get("YIZHAN_KILLS", "30"))


def test_killed_writers_lose_nothing_that_was_acknowledged(
    tmp_path: Path, database_url: str | None
) -> None:
    done = run_kills(tmp_path, url=database_url, kills=KILLS, seed=3)
    assert done.lost == ()
    assert done.kills == KILLS
    assert done.writes > 0
