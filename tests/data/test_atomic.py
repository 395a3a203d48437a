"""A file that cannot be written is refused with the cure for its own reason."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from data import atomic
from data.atomic import cannot_write, sweep_drafts, write_text
from geo.errors import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("number", "cure"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EDQUOT, "free some space"),
        (errno.EACCES, "check the owner and the rights"),
        (errno.EPERM, "check the owner and the rights"),
        (errno.EROFS, "the disk may only be read"),
        (errno.ENOENT, "make its folder first"),
        (errno.ENOTDIR, "a file stands where a folder must be"),
        (errno.EEXIST, "a file stands where a folder must be"),
        (errno.EISDIR, "a folder has this name"),
        (errno.ENAMETOOLONG, "choose a shorter name"),
    ],
)
def test_every_reason_has_its_own_cure_and_the_draft_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, cure: str
) -> None:
    target = tmp_path / "a.txt"
    write_text(target, "old")

    def fails(_path: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(atomic, "flush_file", fails)
    with pytest.raises(WorkspaceError, match=cure) as caught:
        write_text(target, "new")
    assert os.strerror(number) in str(caught.value)
    assert ("free some space" in str(caught.value)) is ("space" in cure)
    assert [file.read_text() for file in tmp_path.iterdir()] == ["old"]


def test_what_really_stands_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    for name, cure in (
        ("no/a.txt", "make its folder first"),
        ("file/a.txt", "a file stands where a folder must be"),
        ("folder", "a folder has this name"),
        ("x" * 300 + "/a.txt", "choose a shorter name"),
    ):
        with pytest.raises(WorkspaceError, match=cure):
            write_text(tmp_path / name, "x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_a_reason_without_a_number_names_both_cures(tmp_path: Path) -> None:
    assert "free some space or choose another folder" in str(cannot_write(tmp_path, OSError("?")))


def test_drafts_of_killed_processes_are_swept_and_those_at_work_stay(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    (folder / "cache" / "layers").mkdir(parents=True)
    old = [folder / ".new-a.toml", folder / "cache" / "layers" / ".new-b.npz"]
    kept = [folder / "yizhan.toml", folder / "cache" / ".new-c.bin"]
    for file in (*old, *kept):
        file.write_text("x")
    room = folder / ".new-room"
    room.mkdir()
    (room / "yizhan.db").write_text("x")
    for path in (*old, room):
        os.utime(path, (0, 0))
    assert sweep_drafts(folder) == 3
    assert not any(path.exists() for path in (*old, room))
    assert all(path.exists() for path in kept)
