"""Claims that keep README and the guides true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
READMES = ["README.md", "README.zh.md"]
LINK = re.compile(r"\]\((?!https?://)([^)#]+)\)")


@pytest.mark.parametrize("readme", READMES)
def test_readme_opens_with_the_two_commands(readme: str) -> None:
    head = (ROOT / readme).read_text(encoding="utf-8").splitlines()[:12]
    assert [line.split("#")[0].strip() for line in head if line.startswith("make ")] == [
        "make demo",
        "make test",
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    missing = [
        target
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize("target", ["demo", "test", "check", "bench", "docs"])
def test_the_makefile_has_what_readme_names(target: str, readme: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)
    assert f"make {target}" in (ROOT / readme).read_text(encoding="utf-8")
