"""The sample city and Helsinki, built once, with all that they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.towns import helsinki
from tests.statements.cities import City, ask, build_helsinki, drawings

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Cli


@pytest.fixture(scope="session")
def sample(sample_city: Path, tmp_path_factory: pytest.TempPathFactory, cli: Cli) -> City:
    """The generated sample city as `yizhan demo` leaves it."""
    given = sample_city / "input"
    city = City(
        "sample", sample_city, sample_city / "exports", given / "sample_totals.csv",
        given / "sample_roads.osm.pbf", given / "sample_stations.csv",
        tmp_path_factory.mktemp("sample"),
    )  # fmt: skip
    ask(city, cli)
    drawings(city, cli)
    return city


@pytest.fixture(scope="session")
def town(helsinki_pbf: Path, tmp_path_factory: pytest.TempPathFactory, cli: Cli) -> City:
    """Helsinki's real streets, with stations, districts and totals that are made up."""
    folder = tmp_path_factory.mktemp("helsinki")
    city = build_helsinki(helsinki(folder / "input", helsinki_pbf), folder, cli)
    ask(city, cli)
    drawings(city, cli)
    return city


@pytest.fixture(scope="session", params=["sample", "Helsinki"])
def city(request: pytest.FixtureRequest) -> City:
    """Each of the two cities in turn."""
    made: City = request.getfixturevalue("sample" if request.param == "sample" else "town")
    return made
