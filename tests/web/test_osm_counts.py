"""What of an extract was passed over or is not applied is told by kind, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.commands.osm_counts import counts_line, layers_line

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Cli

ROADS = """<osm version="0.6">
 <node id="1" lon="116.80" lat="33.96"/><node id="2" lon="116.81" lat="33.96"/>
 <way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="maxlength" v="8"/>
 </way>
 <way id="2" action="delete"><nd ref="2"/><nd ref="1"/><tag k="highway" v="primary"/></way>
</osm>"""


def test_building_the_network_tells_what_was_passed_over_or_is_not_applied(
    tmp_path: Path, cli: Cli
) -> None:
    extract = tmp_path / "roads.osm"
    extract.write_text(ROADS, encoding="utf-8")
    box = "116.79,33.95,116.82,33.97"
    assert cli("init", "-w", tmp_path / "w", "--name", "淮北市", "--box", box).code == 0
    answer = cli("network", "build", "-w", tmp_path / "w", "--osm", extract)
    assert answer.code == 0, answer.err
    (line,) = [line for line in answer.out.splitlines() if line.startswith("Passed over")]
    assert "objects marked as deleted 1" in line
    assert "ways with maxlength 1" in line


def test_what_is_not_there_or_only_outside_the_box_is_not_told() -> None:
    assert counts_line({"nodes_outside_box": 7, "nodes_missing": 0}) == []


def test_the_objects_of_an_extract_are_told_once_for_all_its_layers() -> None:
    told = layers_line([{"objects_deleted": 3, "outside the box": 5}, {"objects_deleted": 3}, {}])
    assert told == ["Passed over or not applied: objects marked as deleted 3."]
    assert layers_line([]) == []
