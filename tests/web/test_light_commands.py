"""What asks for no computation loads nothing that computes: a claim about imports."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

#: Each takes tenths of a second to load, and a light command has no use for it.
HEAVY: Final = frozenset(
    {
        "alembic",
        "flask",
        "folium",
        "geopandas",
        "highspy",
        "jinja2",
        "llvmlite",
        "matplotlib",
        "numba",
        "openpyxl",
        "osmium",
        "osmnx",
        "pandas",
        "PIL",
        "pyogrio",
        "pyproj",
        "rasterio",
        "requests",
        "scipy",
        "shapely",
        "sqlalchemy",
    }
)
# In a process of its own, for this one has loaded everything.
_ASKED: Final = """
import json, sys
import click
from click.testing import CliRunner
from web.cli import yizhan

def paths(command, path=()):
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from paths(command.get_command(context, name), (*path, name))

asked = [[*path, "--help"] for path in paths(yizhan)] + [["--version"], ["plan", "--new", "x"]]
codes = [CliRunner().invoke(yizhan, words).exit_code for words in asked]
print(json.dumps([len(asked), codes, sorted(sys.modules)]))
"""
# A page that shows what was computed needs no compiler, even where a search has to be made.
_SERVED: Final = """
import sys, json
import web.app
if __name__ == "__main__":
    app = web.app.create_app({folder!r})
    client = app.test_client()
    codes = [client.get(path).status_code for path in ("/", "/plan", "/report")]
    print(json.dumps([codes, sorted(sys.modules)]))
"""


def _told(code: str) -> list[object]:
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    told: list[object] = json.loads(ran.stdout)
    return told


def test_help_and_refused_words_of_every_command_load_nothing_heavy() -> None:
    asked, codes, modules = _told(_ASKED)
    assert isinstance(asked, int)
    assert asked > 30
    assert codes == [0] * (asked - 1) + [2]
    assert isinstance(modules, list)
    assert HEAVY & set(modules) == frozenset()


def test_the_pages_leave_the_compiler_to_another_process(city_folder: Path) -> None:
    codes, modules = _told(_SERVED.format(folder=str(city_folder)))
    assert codes == [200, 200, 200]
    assert isinstance(modules, list)
    left = {"numba", "llvmlite", "matplotlib", "docx", "typst", "xlsxwriter"}
    assert set(modules) & left == set()
