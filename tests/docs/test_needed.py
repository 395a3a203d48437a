"""What `make test` installs is there when it runs: nothing is skipped for want of it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from bench.cluster import server_binaries
from tests.needed import do_without

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / ".ci" / "system-packages"


def test_what_is_missing_is_skipped_but_fails_where_all_was_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("YIZHAN_SKIPS_NONE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Chromium is not here"):
        do_without("Chromium")
    monkeypatch.setenv("YIZHAN_SKIPS_NONE", "1")
    with pytest.raises(pytest.fail.Exception, match=r"sh \.ci/system-packages installs it"):
        do_without("Chromium")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(r"^test:.* system\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert recipe is not None
    assert "YIZHAN_SKIPS_NONE=1" in recipe[1]


def test_the_script_is_content_only_where_the_tests_find_a_server() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    (line,) = (line for line in text.splitlines() if "postgis.control" in line)
    there = line.split(" || ")[0]
    content = subprocess.run(["sh", "-c", there], check=False).returncode == 0
    assert content == (server_binaries() is not None)
