"""The built wheel is the whole product: it runs outside of the checkout, from nothing to pages."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from urllib.request import urlopen

import pytest

from data.vocabulary import SAMPLE_NOTICE

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
# How long the server may take to end before it is ended.
STOPS_S = 60
PACKAGES = ("geo", "data", "planning", "web")
PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet", "--no-input")
LINK = re.compile(r'<(?:script|link|img)[^>]*? (?:src|href)="(/[^"]+)"')


def _sources() -> list[Path]:
    """Every file of the packages, relative to the checkout."""
    return [
        path.relative_to(ROOT)
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built of a copy of the checkout with what is installed; nothing is downloaded."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for path in (*_sources(), *map(Path, ("pyproject.toml", "README.md", "LICENSE"))):
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, source / path)
    how = ("--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", out)
    subprocess.run([sys.executable, *PIP, "wheel", *how, source], check=True)
    (built,) = out.glob("*.whl")
    return built


@dataclass(frozen=True)
class Installed:
    """An environment of its own that holds the wheel, and a folder far from the checkout."""

    binaries: Path
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        ours = {"PYTHONPATH", "VIRTUAL_ENV", "DATABASE_URL", "PYTHONHOME"}
        return {name: value for name, value in os.environ.items() if name not in ours}

    def run(self, program: str, *words: str | Path) -> str:
        done = subprocess.run(
            [self.binaries / program, *words],
            cwd=self.folder,
            env=self.environment,
            check=False,
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """What Yizhan needs is seen where it is installed already, Yizhan itself is not."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    how = ("--no-deps", "--no-index", "--no-compile")
    subprocess.run([sys.executable, *PIP, "--python", python, "install", *how, wheel], check=True)
    (packages,) = home.glob("lib/python*/site-packages")
    _take_over_compiled_loops(packages)
    # A path file within a folder that a path file names is not read: the checkout stays unseen.
    (packages / "needed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return Installed(home / "bin", tmp_path_factory.mktemp("elsewhere"))


def _take_over_compiled_loops(packages: Path) -> None:
    """Copy what numba compiled in the checkout: it holds for a source of the same time and size."""
    for package in PACKAGES:
        for compiled in (ROOT / package).rglob("__pycache__/*.nb[ci]"):
            target = packages / compiled.relative_to(ROOT)
            target.parent.mkdir(exist_ok=True)
            shutil.copy2(compiled, target)
        for source in (ROOT / package).rglob("*.py"):
            told = source.stat()
            times = (told.st_atime_ns, told.st_mtime_ns)
            os.utime(packages / source.relative_to(ROOT), ns=times)


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        names = {name for name in file.namelist() if ".dist-info/" not in name}
        licences = [name for name in file.namelist() if name.endswith("licenses/LICENSE")]
    assert names == {path.as_posix() for path in _sources()}
    assert licences


def test_the_installed_command_is_the_one_of_the_wheel(installed: Installed) -> None:
    told = "import geo, data, planning, web; print(*(m.__path__[0] for m in (geo, data, web)))"
    places = [Path(word) for word in installed.run("python", "-c", told).split()]
    assert all(place.is_relative_to(installed.binaries.parent) for place in places)
    version = re.search(
        r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE
    )
    assert version is not None
    assert version[1] in installed.run("yizhan", "--version")


@pytest.fixture(scope="module")
def demo(installed: Installed) -> Path:
    """The sample city as the installed command builds it, where it stands."""
    answer = json.loads(installed.run("yizhan", "demo", "--no-serve", "--json"))
    assert answer["notice"] == SAMPLE_NOTICE
    assert answer["workspace"] == "yizhan-demo"
    return installed.folder / answer["workspace"]


def test_the_installed_demo_is_planned_drawn_and_reported(demo: Path, installed: Installed) -> None:
    assert (demo / "exports" / "map.html").stat().st_size > 100_000
    assert (demo / "exports" / "report" / "report.html").stat().st_size > 10_000
    told = json.loads(installed.run("yizhan", "db", "info", "-w", demo, "--json"))
    assert told["stations"] == 127
    assert told["results"] >= 2


@pytest.fixture
def address(demo: Path, installed: Installed) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serving = subprocess.Popen(
        [installed.binaries / "yizhan", "demo", "-w", demo, "--port", str(port), "--json"],
        cwd=installed.folder,
        env=installed.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        # what runs in the background of a shell is born deaf to Ctrl-C
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    )
    assert serving.stdout is not None
    told = json.loads(serving.stdout.readline())
    yield told["worker"]
    serving.send_signal(signal.SIGINT)
    try:
        _, errors = serving.communicate(timeout=STOPS_S)
    finally:
        serving.kill()
    assert (serving.returncode, errors) == (0, "stopped\n")


def test_the_installed_demo_serves_its_three_pages_with_all_that_they_load(address: str) -> None:
    loaded = set()
    for path, words in (("", "示例淮北"), ("plan", "示例淮北"), ("report", SAMPLE_NOTICE)):
        with urlopen(urljoin(address, path)) as answer:  # noqa: S310 - our own address
            page = answer.read().decode()
        assert words in page
        loaded |= set(LINK.findall(page))
    assert len(loaded) >= 5
    for link in sorted(loaded):
        with urlopen(urljoin(address, link)) as answer:  # noqa: S310 - our own address
            assert len(answer.read()) > 50, link
