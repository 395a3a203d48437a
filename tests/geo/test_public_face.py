from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from types import ModuleType

import pytest

import geo

FACE = {
    "HIGHWAY_CLASSES",
    "MODES",
    "PROFILES",
    "TIME_FACTORS",
    "Box",
    "Datum",
    "Nearest",
    "NodeTimes",
    "Profile",
    "RawRoads",
    "RoadNetwork",
    "Route",
    "Snaps",
    "TravelTimes",
    "build_network",
    "covered_area",
    "from_metric",
    "from_wgs84",
    "great_circle_m",
    "isochrone",
    "kernel_sums",
    "metric_crs",
    "nearest",
    "nearest_of_nodes",
    "node_times",
    "parse_box",
    "parse_datum",
    "profile_table",
    "profiles_from",
    "routes",
    "snap",
    "to_metric",
    "to_wgs84",
    "travel_times",
    "with_factors",
}


def test_the_public_face_is_as_pinned() -> None:
    assert set(geo.__all__) == FACE
    assert len(geo.__all__) == len(FACE)
    assert set(dir(geo)) >= FACE


@pytest.mark.parametrize("name", sorted(FACE))
def test_every_name_of_the_face_is_there_and_no_module_hides_it(name: str) -> None:
    assert find_spec(f"geo.{name}") is None
    assert not isinstance(getattr(geo, name), ModuleType)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        geo.nothing  # noqa: B018 - the asking is what is tested


def test_an_error_or_a_datum_is_had_without_the_compiler() -> None:
    code = "import sys; import geo.errors, geo.datum; print('numba' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
