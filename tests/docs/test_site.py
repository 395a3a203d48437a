"""Claims that keep the site of `make docs` true: no warning, no other host, every public name."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
PACKAGES = ("geo", "data", "planning", "web")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make docs` builds it, but for the notebooks' answers."""
    built = tmp_path_factory.mktemp("site")
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8")
    command = re.search(r"@\$\(BIN\)/sphinx-build (.+) docs build/docs", recipe)
    assert command is not None
    assert "-W" in command[1].split()
    ran = subprocess.run(
        [sys.executable, "-m", "sphinx", *command[1].split(), "-D", "nb_execution_mode=off",
         "docs", str(built)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert (ran.returncode, [line for line in ran.stderr.splitlines() if "WARNING" in line]) == (
        0, [],
    )  # fmt: skip
    return built


def _pages(site: Path) -> list[BeautifulSoup]:
    return [
        BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        for page in sorted(site.rglob("*.html"))
    ]


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    loads = [
        str(tag.get("src") or tag.get("href") or tag.get("data"))
        for page in _pages(site)
        for tag in page.find_all(["script", "link", "img", "iframe", "object", "source"])
    ]
    assert loads
    assert [address for address in loads if re.match(r"(https?:)?//", address)] == []
    styles = [path.read_text(encoding="utf-8") for path in site.rglob("*.css")]
    assert re.findall(r"(?:@import|url\()\s*[\"']?(?:https?:)?//\S+", "\n".join(styles)) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_stands_on_the_page_of_its_package(site: Path, package: str) -> None:
    page = BeautifulSoup((site / "api" / f"{package}.html").read_text("utf-8"), "html.parser")
    ids = {str(tag["id"]) for tag in page.find_all(id=True)}
    names = importlib.import_module(package).__all__
    # a constant without words of its own is told where it is used
    told = [name for name in names if f"{package}.{name}" in ids]
    assert [name for name in names if name not in told and not name.isupper()] == []
    assert told


def test_every_formulation_is_drawn_without_a_script(site: Path) -> None:
    page = BeautifulSoup((site / "mathematics.html").read_text("utf-8"), "html.parser")
    sections = page.find_all("section")[1:]
    assert all(section.find("math") for section in sections)
    assert {"maximal", "set covering", "p-median", "p-center", "backup"} <= {
        word
        for section in sections
        for word in ("maximal", "set covering", "p-median", "p-center", "backup")
        if word in section.get_text().casefold()
    }
    assert "\\" not in "".join(math.get_text() for math in page.find_all("math"))


def test_every_page_of_the_site_says_its_language(site: Path) -> None:
    pages = [*(site / "zh").glob("*.html")]
    assert len(pages) == len([*(ROOT / "docs" / "zh").glob("*.md")])
    for page in (*pages, *site.glob("*.html")):
        html = BeautifulSoup(page.read_text("utf-8"), "html.parser").html
        assert html is not None
        assert html["lang"] == ("zh-CN" if page in pages else "en")


def test_every_guide_is_in_the_site(site: Path) -> None:
    guides = [path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")]
    assert [guide for guide in guides if not (site / guide.with_suffix(".html")).exists()] == []
