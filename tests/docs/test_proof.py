"""Claims about `make proof`: its suites are there, its parts add up, its table tells the truth."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import proof
from bench.proof import ROOT, SUITES, main, part_of, told_by

GUIDES = [(ROOT / "docs" / name).read_text("utf-8") for name in ("operator.md", "zh/operator.md")]


def test_every_file_of_a_suite_is_there_and_stands_in_one_suite_only() -> None:
    files = [name for _target, names in SUITES.values() for name in names]
    assert all((ROOT / name).exists() for name in files)
    assert len(files) == len(set(files))


@pytest.mark.parametrize("name", SUITES)
def test_the_parts_of_a_suite_add_up_to_the_whole(name: str) -> None:
    files = SUITES[name][1]
    whole = part_of(files, 1, 1)
    parts = [one for number in range(1, 7) for one in part_of(files, number, 6)]
    assert sorted(parts) == sorted(whole)
    assert len(whole) >= len(files)
    assert all(Path(ROOT / one).name.startswith("test_") for one in whole)


@pytest.mark.parametrize("guide", GUIDES)
def test_both_guides_name_every_suite(guide: str) -> None:
    named = [line.split("`")[1] for line in guide.splitlines() if line.startswith("| `make proof ")]
    assert named == [f"make proof SUITES={name}" for name in SUITES]


def test_the_last_line_of_a_run_is_counted() -> None:
    told = {"passed": 31, "failed": 2, "error": 0, "skipped": 1}
    assert told_by("2 failed, 31 passed, 1 skipped in 3.01s") == told


def test_a_suite_that_does_not_hold_ends_with_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    held = {"kills": "yes", "damage": "NO"}
    monkeypatch.setattr(proof, "prove", lambda name, **_: {"suite": name, "held": held[name]})
    assert main(["kills"]) == 0
    assert main(["kills", "damage", "--slice", "2/3"]) == 1
    assert "| damage | NO |" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["--slice", "4/3"])
