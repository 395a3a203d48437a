"""Claims about what a server runs: locked by hash, of a licence that may be, told in one bill."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bench import supply_chain
from bench.supply_chain import LOCK, Locked, bill_of_materials, forbidden, licence_of, read_lock

ROOT = Path(__file__).parents[2]
LOCKED = read_lock(LOCK.read_text(encoding="utf-8"))
ON_A_SERVER = {"h3", "nation", "postgres", "raster", "s3", "serve"}


def _needed(name: str, extras: set[str], seen: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return what a package needs here, itself and its extras included, by canonical name."""
    key = canonicalize_name(name)
    if key in seen and extras <= seen[key]:
        return seen
    seen[key] = seen.get(key, set()) | extras
    for line in requires(name) or ():
        wanted = Requirement(line)
        holds = wanted.marker is None or any(
            wanted.marker.evaluate({"extra": extra}) for extra in ("", *sorted(extras))
        )
        if holds:
            _needed(wanted.name, set(wanted.extras), seen)
    return seen


def test_the_lock_has_all_that_a_server_needs_of_the_versions_that_are_tested() -> None:
    pinned = {
        canonicalize_name(name): number
        for name, number in re.findall(
            r"^([\w.-]+)==(\S+)", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE
        )
    }
    locked = {canonicalize_name(one.name): one.version for one in LOCKED}
    assert {name: pinned.get(name, number) for name, number in locked.items()} == locked
    assert set(_needed("yizhan", ON_A_SERVER, {})) - {"yizhan"} <= set(locked)


def test_every_package_is_locked_by_the_hash_of_each_of_its_files() -> None:
    assert len(LOCKED) > 50
    assert all(one.hashes for one in LOCKED)
    text = LOCK.read_text(encoding="utf-8")
    assert text.count("--hash=sha256:") == sum(len(one.hashes) for one in LOCKED)
    assert "://" not in text


def test_the_image_takes_nothing_that_is_not_locked() -> None:
    installs = re.findall(
        r"pip install (.+)$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE
    )
    assert ["--require-hashes -r requirements.lock" in line for line in installs] == [True, False]
    assert "--no-build-isolation --no-deps '." in installs[1]
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    assert {Requirement(line).name for line in build} <= {one.name for one in LOCKED}


def test_every_licence_is_known_and_lets_a_city_run_it() -> None:
    assert forbidden(LOCKED) == {}
    assert licence_of("flask") == "BSD-3-Clause"


@pytest.mark.parametrize("licence", ["AGPL-3.0-only", "GPL-2.0-or-later OR MIT", "own words", ""])
def test_a_licence_that_binds_or_is_not_known_is_named(
    licence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supply_chain, "licence_of", lambda _name: licence)
    assert forbidden((Locked("one", "1", ()),)) == {"one": licence}


def test_the_bill_names_every_package_and_what_is_vendored_once() -> None:
    bill = bill_of_materials(LOCKED)
    assert bill == bill_of_materials(LOCKED)
    named = [part["bom-ref"] for part in bill["components"]]
    assert len(named) == len(set(named))
    assert {f"pkg:pypi/{one.name}@{one.version}" for one in LOCKED} < set(named)
    assert "pkg:npm/leaflet@1.9.4" in named
    assert all(part["licenses"][0]["expression"] and part["hashes"] for part in bill["components"])
