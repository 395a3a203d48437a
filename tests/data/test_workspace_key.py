"""Claims about the key of a workspace: made once, for its owner only."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from data.workspace_key import KEY_FILE, workspace_key
from geo.errors import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path


def test_the_key_is_made_at_first_use_and_for_its_owner_only(tmp_path: Path) -> None:
    first = workspace_key(tmp_path, "sessions")
    path = tmp_path / KEY_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert workspace_key(tmp_path, "sessions") == first
    assert workspace_key(tmp_path, "devices") != first
    assert [file.name for file in tmp_path.iterdir()] == [KEY_FILE]
    path.chmod(0o644)
    path.touch()
    with pytest.raises(WorkspaceError, match="chmod 600"):
        workspace_key(tmp_path, "sessions")
    path.chmod(0o600)
    path.write_text("x")
    with pytest.raises(WorkspaceError, match="put it back"):
        workspace_key(tmp_path, "sessions")
    path.unlink()
    assert workspace_key(tmp_path, "sessions") != first


def test_keys_made_at_the_same_time_are_one(tmp_path: Path) -> None:
    keys: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: keys.append(workspace_key(tmp_path, "x"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
