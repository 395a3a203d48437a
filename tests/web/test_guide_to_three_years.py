"""The guide's way from files to an explained three-year plan, copied and pasted in its order."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import osmium
import pytest
from osmium.osm.mutable import Node, Way

from data.workspace import Workspace

if TYPE_CHECKING:
    from tests.conftest import Cli

GUIDE = (Path(__file__).parents[2] / "docs" / "planner.md").read_text(encoding="utf-8")
SECTION = GUIDE.partition("### From files to three years")[2].partition("\n## ")[0]
MIDDLE, STEP_LON, STEP_LAT, N = (24.945, 60.170), 0.0018, 0.0009, 15
#: What stands at some corners of the town: hosts, and what draws workers.
POINTS = (
    ("bank", "Nordea", 8, 7), ("fuel", "Neste", 6, 9), ("post_office", "Posti", 2, 2),
    ("bank", "Handelsbanken", 12, 12), ("restaurant", "Kuu", 3, 10), ("restaurant", "Savoy", 9, 4),
    ("restaurant", "Sea Horse", 11, 11), ("fuel", "Shell", 13, 3), ("bank", "OP", 4, 5),
)  # fmt: skip


def corner(column: int, row: int) -> tuple[float, float]:
    return (
        MIDDLE[0] + (column - N // 2) * STEP_LON,
        MIDDLE[1] + (row - N // 2) * STEP_LAT,
    )


def write_town(file: Path) -> None:
    """A town of streets in a grid, with banks, fuel and restaurants at its corners."""
    with osmium.SimpleWriter(str(file)) as writer:
        for row, column in itertools.product(range(N), range(N)):
            writer.add_node(Node(id=row * N + column + 1, location=corner(column, row)))
        for number, (amenity, name, column, row) in enumerate(POINTS, start=1000):
            lon, lat = corner(column, row)
            tags = {"amenity": amenity, "name": name}
            writer.add_node(Node(id=number, location=(lon + 1e-4, lat), tags=tags))
        for line in range(N):
            kind = {"highway": "secondary" if line % 5 == 0 else "residential"}
            along = [line * N + k + 1 for k in range(N)]
            across = [k * N + line + 1 for k in range(N)]
            writer.add_way(Way(id=2 * line + 1, nodes=along, tags=kind))
            writer.add_way(Way(id=2 * line + 2, nodes=across, tags=kind))


def write_districts(file: Path) -> None:
    """The west and the east of the town."""
    west, south, east, north = (*corner(-1, -1), *corner(N, N))
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [
                    [[a, south], [b, south], [b, north], [a, north], [a, south]],
                ],
            },
        }
        for name, a, b in (("West", west, MIDDLE[0]), ("East", MIDDLE[0], east))
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")


def block(language: str, begins: str) -> str:
    """The block of the section that begins so."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
    (found,) = (one for one in blocks if one.startswith(begins))
    return str(found)


def test_the_commands_of_the_guide_lead_from_files_to_an_explained_plan(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_town(tmp_path / "town.osm.pbf")
    write_districts(tmp_path / "districts.geojson")
    (tmp_path / "stations.csv").write_text(block("text", "id,name,kind"), "utf-8")
    (tmp_path / "totals.csv").write_text(block("text", "zone,"), "utf-8")
    (tmp_path / "three-years.toml").write_text(block("toml", "spacing_m"), "utf-8")
    said = {}
    for line in block("", "yizhan init").splitlines():
        _, *words = shlex.split(line)
        answer = cli(*words, *(("--json",) if words[0] == "plan" else ()))
        assert answer.code == 0, (line, answer.err)
        said[" ".join(words[:2])] = answer
    made = said["plan -w"].json
    assert made["status"] == "optimal"
    spent = np.zeros(3)
    for money in made["money"]:
        spent[made["years"].index(money["year"])] += money["yuan"]
    assert (np.cumsum(spent) <= np.cumsum([120_000, 80_000, 80_000])).all()
    (home,) = (one for one in made["actions"] if one["kind"] == "driver_home")
    metres = np.hypot((home["lon"] - 24.945) * 55_500, (home["lat"] - 60.170) * 111_300)
    assert metres <= 410.0
    last = [one for one in made["coverage"] if one["year"] == 2029 and one["district"] == "all"]
    truckers = next(one for one in last if one["group"] == "truck_driver")
    assert truckers["share"] >= 0.3
    whole = next(one for one in last if one["group"] == "all")
    assert whole["whole"] == pytest.approx(1510)
    why = made["explanation"]
    assert len(why["why"]) == len(made["actions"])
    assert {line["limit"] for line in why["prices"]} >= {"money up to 2027", "money up to 2029"}
    assert len(why["curve"]["points"]) == 10
    assert (tmp_path / "actions.gpkg").stat().st_size > 1000
    assert Workspace.open(tmp_path / "town").newest_result("decision") is not None
