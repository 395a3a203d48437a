"""Nothing that only POSIX has stands on the way of a planner or an office on Windows."""

from __future__ import annotations

import ast
import fcntl
import functools
import os
import sys
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import mypy
import numpy as np
import pytest

from data import system
from data.atomic import write_text
from data.network_store import load_network, save_network
from data.osm import read_roads
from data.system import flush_folder, open_to_others, replace_file
from data.workspace_key import KEY_FILE, workspace_key
from geo.errors import WorkspaceError
from geo.network import build_network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
SOURCES = [
    path for folder in ("geo", "data", "planning", "web") for path in (ROOT / folder).rglob("*.py")
]
#: The types of the standard library, which say what is there on which system.
STUBS = Path(mypy.__file__).parent / "typeshed" / "stdlib"
WHOLE = "*"
#: Runs where the system can bound a process; `data.files.old_workbook` refuses elsewhere.
NOT_ASKED = {"data/files/calamine_process.py"}
#: On Windows these are there too, and refuse or end what they replace or stop elsewhere.
OTHERWISE = {"os.rename", "os.kill", "signal.SIGTERM"}
#: Listens for a signal that Windows takes a listener for and never sends; ends nobody with it.
LISTENS = {"web/commands/worker.py": "signal.SIGTERM"}


def _holds(test: ast.expr, platform: str) -> bool | None:
    """Tell whether a condition of a stub holds on a platform; None where it asks something else."""
    if isinstance(test, ast.BoolOp):
        parts = [_holds(value, platform) for value in test.values]
        deciding = isinstance(test.op, ast.Or)
        if deciding in parts:
            return deciding
        return None if None in parts else not deciding
    if isinstance(test, ast.Compare) and ast.unparse(test.left) == "sys.platform":
        same = ast.literal_eval(test.comparators[0]) == platform
        return same if isinstance(test.ops[0], ast.Eq) else not same
    return None


def _defined(body: list[ast.stmt], platform: str) -> set[str]:
    """Return the names that a stub defines on a platform."""
    found: set[str] = set()
    for node in body:
        if isinstance(node, ast.If):
            holds = _holds(node.test, platform)
            found |= _defined(node.body, platform) if holds is not False else set()
            found |= _defined(node.orelse, platform) if holds is not True else set()
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ImportFrom | ast.Import):  # only "x as x" is handed on
            found |= {alias.asname for alias in node.names if alias.asname}
        elif isinstance(node, ast.AnnAssign):
            found.add(ast.unparse(node.target))
        elif isinstance(node, ast.Assign):
            found |= {ast.unparse(target) for target in node.targets}
    return found


@functools.cache
def _not_on_windows(module: str) -> frozenset[str]:
    """Return what a module of the standard library has on Linux and not on Windows."""
    path = STUBS.joinpath(*module.split("."))
    file = path.with_suffix(".pyi") if path.with_suffix(".pyi").exists() else path / "__init__.pyi"
    if module.partition(".")[0] not in sys.stdlib_module_names or not file.exists():
        return frozenset()
    body = ast.parse(file.read_text(encoding="utf-8")).body
    linux, windows = _defined(body, "linux"), _defined(body, "win32")
    little = len(windows) < len(linux) / 4
    return frozenset(linux - windows) | ({WHOLE} if little else set())


def _used(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Each module that is imported, and each of its names that is used: (line, module, name)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, WHOLE) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from ((node.lineno, node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Attribute):
            yield node.lineno, ast.unparse(node.value), node.attr


def _only_posix(source: str) -> list[str]:
    return [
        f"{line}: {module}.{name}"
        for line, module, name in _used(ast.parse(source))
        if name in _not_on_windows(module) or f"{module}.{name}" in OTHERWISE
    ]


def test_no_module_uses_what_windows_does_not_have() -> None:
    found = {}
    for path in SOURCES:
        name = path.relative_to(ROOT).as_posix()
        if name not in NOT_ASKED:
            lines = _only_posix(path.read_text(encoding="utf-8"))
            found[name] = [line for line in lines if line.partition(": ")[2] != LISTENS.get(name)]
    assert {path: lines for path, lines in found.items() if lines} == {}
    assert len(found) > 300


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import fcntl", "1: fcntl.*"),
        ("def f():\n    from resource import getrusage", "2: resource.getrusage"),
        ("import pwd", "1: pwd.*"),
        ("import termios", "1: termios.*"),
        ("import os\nos.rename('a', 'b')", "2: os.rename"),
        ("import os\nos.geteuid()", "2: os.geteuid"),
        ("from os import fork", "1: os.fork"),
        ("from os import O_NOFOLLOW", "1: os.O_NOFOLLOW"),
        ("from signal import SIGKILL", "1: signal.SIGKILL"),
        ("import socket\nsocket.AF_UNIX", "2: socket.AF_UNIX"),
        ("import time\ntime.tzset()", "2: time.tzset"),
        ("import os, socket, signal, time, subprocess\nos.replace('a', 'b')\nos.getpid()", ""),
    ],
)
def test_the_search_finds_what_windows_does_not_have(source: str, found: str) -> None:
    assert " ".join(_only_posix(source)) == found


def _without_encoding(source: str) -> list[int]:
    """Return the lines that open a text in an encoding of the system's choice."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or "encoding" in {word.arg for word in node.keywords}:
            continue
        name = ast.unparse(node.func).rpartition(".")
        if name[2] in {"read_text", "write_text"} and name[1]:
            lines.append(node.lineno)  # write_text alone is that of data.atomic: UTF-8
        elif name[2] == "fdopen" or (name[2] == "open" and name[0] not in _NO_TEXTS):
            words = [*node.args, *(word.value for word in node.keywords)]
            modes = [word.value for word in words if isinstance(word, ast.Constant)]
            if not any("b" in str(mode) for mode in modes):
                lines.append(node.lineno)
    return lines


#: What is opened there is no text.
_NO_TEXTS = {"os", "Nation", "Workspace", "door", "package", "rasterio"}


def test_every_text_file_is_opened_in_an_encoding_that_is_named() -> None:
    found = {str(path): _without_encoding(path.read_text(encoding="utf-8")) for path in SOURCES}
    assert {path: lines for path, lines in found.items() if lines} == {}
    assert _without_encoding("path.open()\nopen('x', 'w')\npath.read_text()") == [1, 2, 3]


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files and folders behave as on Windows, as far as ours meet it."""
    monkeypatch.setattr(system, "ON_WINDOWS", True)
    opened, flushed = os.open, os.fsync

    def opens_no_folder(path: Any, flags: int, *more: Any, **options: Any) -> int:  # noqa: ANN401 - as os.open
        if Path(path).is_dir():
            raise PermissionError(13, "Permission denied")
        return opened(path, flags, *more, **options)

    def flushes_what_it_may_write(handle: int) -> None:
        if fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(9, "Bad file descriptor")
        flushed(handle)

    monkeypatch.setattr(os, "open", opens_no_folder)
    monkeypatch.setattr(os, "fsync", flushes_what_it_may_write)


@pytest.mark.usefixtures("windows")
def test_a_file_is_written_whole_where_no_folder_can_be_opened(tmp_path: Path) -> None:
    for text in ("first", "second"):
        write_text(tmp_path / "a.txt", text)
        assert (tmp_path / "a.txt").read_text(encoding="utf-8") == text
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_elsewhere_the_names_of_a_folder_are_flushed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    real = os.fsync

    def note(handle: int) -> None:
        flushed.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        real(handle)

    monkeypatch.setattr(os, "fsync", note)
    write_text(tmp_path / "a.txt", "x")
    assert len(flushed) == 2
    assert PurePath(flushed[0]).suffix == ".txt"
    assert flushed[1] == tmp_path.name
    flush_folder(tmp_path)
    assert flushed[2:] == [tmp_path.name]


def _refusing(times: int) -> tuple[Callable[[Path, Path], Path], list[int]]:
    """Refuse a replacement so many times, as Windows does while the old file is open."""
    calls: list[int] = []
    real = Path.replace

    def replace(draft: Path, target: Path) -> Path:
        calls.append(1)
        if len(calls) <= times:
            raise PermissionError(13, "Permission denied")
        return real(draft, target)

    return replace, calls


@pytest.mark.usefixtures("windows")
def test_a_file_that_somebody_reads_is_replaced_when_that_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, calls = _refusing(3)
    monkeypatch.setattr(Path, "replace", replace)
    write_text(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "new"
    assert len(calls) == 4


def test_a_file_that_stays_in_use_is_refused_and_elsewhere_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, calls = _refusing(10_000)
    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(WorkspaceError, match="cannot be written"):
        write_text(tmp_path / "a.txt", "new")
    assert len(calls) == 1
    monkeypatch.setattr(system, "ON_WINDOWS", True)
    monkeypatch.setattr(system, "PATIENCE_S", 0.2)
    with pytest.raises(PermissionError):
        replace_file(tmp_path / "a.txt", tmp_path / "b.txt")
    assert len(calls) > 2


def test_the_bits_of_a_mode_say_who_may_read_but_not_on_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = workspace_key(tmp_path, "sessions")
    (tmp_path / KEY_FILE).chmod(0o666)  # what Windows says of every file that may be written
    (tmp_path / KEY_FILE).touch()
    assert open_to_others(tmp_path / KEY_FILE)
    with pytest.raises(WorkspaceError, match="chmod 600"):
        workspace_key(tmp_path, "sessions")
    monkeypatch.setattr(system, "ON_WINDOWS", True)
    assert workspace_key(tmp_path, "sessions") == key


ROADS = """<osm version="0.6">
<node id="1" lon="116.80" lat="33.90"/><node id="2" lon="116.81" lat="33.90"/>
<node id="3" lon="116.81" lat="33.91"/>
<way id="9"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/></way>
</osm>"""


def _is_mapped(path: Path) -> bool:
    return str(path) in Path("/proc/self/maps").read_text(encoding="utf-8")


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="no list of what is mapped")
def test_on_windows_the_network_is_read_so_that_its_file_can_be_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "roads.osm").write_text(ROADS, encoding="utf-8")
    built = build_network(read_roads(tmp_path / "roads.osm"))
    path = (tmp_path / "network.bin").resolve()
    save_network(built, path)
    mapped = load_network(path)
    assert _is_mapped(path)
    del mapped
    monkeypatch.setattr(system, "ON_WINDOWS", True)
    read = load_network(path)
    assert not _is_mapped(path)
    assert read.content_hash == built.content_hash
    assert np.array_equal(read.node_lonlat, built.node_lonlat)
    assert not read.node_lonlat.flags.writeable
