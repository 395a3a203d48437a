"""A pipe that knows no Chinese, as Windows gives them, ends no command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from data.vocabulary import SAMPLE_NOTICE

if TYPE_CHECKING:
    from pathlib import Path


def _run(encoding: str, *words: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", "from web.cli import main; main()", *words],
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        check=False,
        capture_output=True,
    )


@pytest.mark.parametrize("encoding", ["cp1252", "gbk", "utf-8"])
def test_words_and_json_come_through_a_pipe_of_any_encoding(
    city_folder: Path, encoding: str
) -> None:
    words = _run(encoding, "db", "info", "-w", city_folder)
    assert words.returncode == 0
    shown = SAMPLE_NOTICE.encode(encoding, errors="backslashreplace")
    assert words.stdout.startswith(shown)
    told = _run(encoding, "db", "info", "-w", city_folder, "--json")
    assert told.returncode == 0
    # JSON is read as UTF-8, or as the encoding of the pipe: both say the same.
    for reader in ("utf-8", encoding):
        assert json.loads(told.stdout.decode(reader))["notice"] == SAMPLE_NOTICE


@pytest.mark.parametrize("encoding", ["cp1252", "gbk"])
def test_a_refusal_is_one_line_and_one_object_there(tmp_path: Path, encoding: str) -> None:
    refused = _run(encoding, "coverage", "-w", tmp_path / "没有✓", "--json")
    assert refused.returncode == 2
    assert "没有✓" in json.loads(refused.stdout)["error"]["message"]
    assert refused.stderr.startswith(b"error: ")
    assert refused.stderr.count(b"\n") == 1
