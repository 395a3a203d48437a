"""Claims that keep docs/profiles.md true."""

from __future__ import annotations

from pathlib import Path

from geo.profiles import profile_table

PAGE = (Path(__file__).parents[2] / "docs" / "profiles.md").read_text(encoding="utf-8")


def test_every_default_stands_in_the_page_with_its_source() -> None:
    rows = [f"| {mode} | `{key}` | {value} | {why} |" for mode, key, value, why in profile_table()]
    assert [row for row in rows if row not in PAGE] == []
    assert PAGE.count("\n| ") - 1 == len(rows)
