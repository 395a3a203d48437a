"""Commands and pages that only read, on a disk that is really full."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from web.app import create_app

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli, Disk


@pytest.fixture
def full(disk: Disk, city_folder: Path) -> Path:
    """The small city on a disk without a byte of room."""
    folder = disk.root / "city"
    shutil.copytree(city_folder, folder)
    disk.fill()
    return folder


def test_what_reads_answers_as_on_any_disk(
    full: Path, city_folder: Path, cli: Cli, tmp_path: Path
) -> None:
    files = []
    for folder in (full, city_folder):
        file = tmp_path / f"{folder.name}.csv"
        assert cli("stations", "export", "-w", folder, "-o", file).code == 0
        files.append(file.read_bytes())
    assert files[0] == files[1]
    assert cli("map", "-w", full, "-o", tmp_path / "map.html").code == 0
    assert cli("sites", "list", "-w", full).code in {0, 2}
    answers = [cli("db", "info", "-w", folder, "--json").json for folder in (full, city_folder)]
    assert answers[0]["stations"] == answers[1]["stations"]


def test_an_answer_that_cannot_be_kept_is_told_with_the_reason(full: Path, cli: Cli) -> None:
    for command in ("coverage", "effective"):
        said = cli(command, "-w", full)
        assert said.code == 0
        assert "The answer is not kept: " in said.out
        assert "the disk is full: free some space" in said.out
        assert cli(command, "-w", full, "--json").json["not_kept"].endswith("is unchanged")


def test_what_writes_names_the_full_disk(full: Path, cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "more.csv"
    assert cli("stations", "export", "-w", full, "-o", file).code == 0
    text = file.read_text(encoding="utf-8-sig")
    file.write_text(text.replace("站", "驿", 3), encoding="utf-8")
    said = cli("stations", "import", "-w", full, file, "--datum", "wgs84", "--sure")
    assert said.code == 2
    assert "yizhan.db: the disk is full: free some space" in said.err


@pytest.mark.parametrize("page", ["/", "/plan", "/report", "/api/stations", "/healthz"])
def test_pages_are_answered(full: Path, page: str) -> None:
    assert create_app(full, testing=True).test_client().get(page).status_code == 200
