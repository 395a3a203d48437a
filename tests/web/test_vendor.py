"""Claims about the assets of others that we serve."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from pathlib import Path

VENDOR = Path(str(files("web"))) / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))["vendored"]


def test_every_vendored_file_is_the_one_in_the_manifest() -> None:
    for asset in MANIFEST:
        folder = VENDOR / asset["folder"]
        hashes = {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*")
            if path.is_file()
        }
        assert hashes == asset["files"]


def test_nothing_stands_beside_the_manifest() -> None:
    there = {path.name for path in VENDOR.iterdir()}
    assert there == {"manifest.json"} | {asset["folder"] for asset in MANIFEST}


def test_every_asset_names_its_version_and_carries_its_licence() -> None:
    for asset in MANIFEST:
        assert asset["version"] in asset["folder"]
        assert asset["licence"]
        assert "LICENSE" in asset["files"]


def test_no_vendored_script_asks_for_a_source_map() -> None:
    for path in VENDOR.rglob("*.js"):
        assert "sourceMappingURL" not in path.read_text(encoding="utf-8")
