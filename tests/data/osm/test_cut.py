"""The cut of an extract: what osmium extract keeps, and the same roads and layers."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.layers import LayerArea, OsmExtract
from data.osm import read_roads
from data.osm.blocks import Blocks
from data.osm.cut import write_cut
from data.osm.gate import open_extract
from data.osm.pbf_loops import among, running_sums, sieve_of, varint
from data.osm.pbf_loops import fields as message_fields
from geo.measure import Box
from geo.network import RoadNetwork, build_network
from tests.data.osm.provinces import huaibei

if TYPE_CHECKING:
    from pathlib import Path

KLUUVI = Box(24.938, 60.166, 24.946, 60.172)
PORTO = Box(-8.65, 41.13, -8.58, 41.18)


def cut(source: Path, target: Path, box: Box) -> tuple[dict[str, int], list[float]]:
    shares: list[float] = []
    with open_extract(source) as extract:
        made = write_cut(extract, extract.blocks(), target, box=box, on_progress=shares.append)
    return made, shares


def ids(path: Path) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {"n": [], "w": [], "r": []}
    thing: Any
    for thing in osmium.FileProcessor(str(path)):
        found[thing.type_str()].append(thing.id)
    return found


def street_names(network: RoadNetwork) -> list[str]:
    return [network.names[name] if name >= 0 else "" for name in network.edge_name.tolist()]


def extracted(source: Path, target: Path, box: Box) -> Path:
    tool = shutil.which("osmium")
    if tool is None:
        pytest.skip("osmium-tool is not installed")
    command = [tool, "extract", "--strategy=smart", f"--bbox={box}", str(source), "-o", str(target)]
    subprocess.run(command, check=True, capture_output=True)
    return target


def test_the_cut_holds_what_osmium_extract_keeps(helsinki_pbf: Path, tmp_path: Path) -> None:
    made, _ = cut(helsinki_pbf, tmp_path / "cut.osm.pbf", KLUUVI)
    ours, theirs = (
        ids(tmp_path / "cut.osm.pbf"),
        ids(extracted(helsinki_pbf, tmp_path / "tool.osm.pbf", KLUUVI)),
    )
    assert made == {"ways": len(ours["w"]), "relations": len(ours["r"])}
    assert set(ours["w"]) == set(theirs["w"])
    assert set(ours["n"]) == set(theirs["n"])
    # the tool keeps relations of every type, such as bus lines and borders
    assert set(ours["r"]) < set(theirs["r"])


@pytest.mark.parametrize("town", ["helsinki_pbf", "porto_pbf"])
def test_roads_and_layers_of_the_cut_are_those_of_the_whole(
    request: pytest.FixtureRequest, tmp_path: Path, town: str
) -> None:
    source = request.getfixturevalue(town)
    box = KLUUVI if town == "helsinki_pbf" else PORTO
    target = tmp_path / "cut.osm.pbf"
    _, shares = cut(source, target, box.grown(500.0))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    edges = tuple(box.grown(500.0))
    whole, part = (build_network(read_roads(path, box=edges)) for path in (source, target))
    for spec in fields(RoadNetwork):
        ours, theirs = getattr(part, spec.name), getattr(whole, spec.name)
        if isinstance(ours, np.ndarray) and spec.name != "edge_name":  # it counts the whole's names
            assert np.array_equal(ours, theirs, equal_nan=ours.dtype.kind == "f"), spec.name
    assert street_names(part) == street_names(whole)
    area = LayerArea(box, "EPSG:32635" if town == "helsinki_pbf" else "EPSG:32629")
    for one, other in zip(
        OsmExtract(source).read(area), OsmExtract(source, cut=target).read(area), strict=True
    ):
        assert (one.id, one.source, one.licence) == (other.id, other.source, other.licence)
        assert np.array_equal(one.lonlat, other.lonlat)
        assert np.array_equal(one.value, other.value)


def test_blocks_hold_what_libosmium_reads(helsinki_pbf: Path) -> None:
    blocks = Blocks.of(helsinki_pbf, in_order=False)
    found: dict[str, list[int]] = {"n": [], "w": [], "r": []}
    refs: list[int] = []
    for _, table in blocks.each(range(len(blocks)), lambda table: table):
        found[table.kind] += table.ids.tolist()
        if table.kind == "w":
            refs += table.refs.tolist()
            assert table.offset[-1] == len(table.refs)
    assert found == ids(helsinki_pbf)
    ways = osmium.FileProcessor(str(helsinki_pbf), osmium.osm.WAY)
    assert refs == [node.ref for way in ways for node in way.nodes]  # type: ignore[union-attr]  # the filter lets ways through alone


def test_places_are_those_that_libosmium_reads(helsinki_pbf: Path) -> None:
    blocks = Blocks.of(helsinki_pbf, in_order=False)
    ours = [
        place
        for _, table in blocks.each(range(len(blocks)), lambda table: table)
        if table.kind == "n"
        for place in zip(table.x.tolist(), table.y.tolist(), strict=True)
    ]
    nodes = osmium.FileProcessor(str(helsinki_pbf), osmium.osm.NODE)
    assert ours == [(node.location.x, node.location.y) for node in nodes]  # type: ignore[union-attr]  # only nodes


@pytest.mark.parametrize("in_order", [True, False])
def test_objects_are_found_by_halving_as_by_reading_all(
    helsinki_pbf: Path, *, in_order: bool
) -> None:
    blocks = Blocks.of(helsinki_pbf, in_order=in_order)
    wanted = np.array(sorted(ids(helsinki_pbf)["w"])[::1500], dtype=np.int64)
    tables = list(blocks.find("w", wanted))
    held = np.concatenate([table.ids for table in tables])
    assert np.isin(wanted, held).all()
    assert {table.kind for table in tables} == {"w"}
    none = np.array([10**12], dtype=np.int64)
    assert not any(10**12 in table.ids for table in blocks.find("n", none))


ORDERS = {
    "sorted": "nwr",
    "relations before ways": "nrw",
    "ways before nodes": "wnr",
    "an id twice": "nnwr",
    "falling ids": "Nwr",
}


@pytest.mark.parametrize("name", ORDERS)
def test_order_is_told_by_blocks_as_it_is(tmp_path: Path, name: str) -> None:
    make = osmium.osm.mutable
    things: dict[str, list[Any]] = {
        "n": [make.Node(id=number, location=(0.0, 0.0)) for number in (1, 2, 3)],
        "w": [make.Way(id=1, nodes=[1, 2])],
        "r": [make.Relation(id=1, members=[("n", 1, "")])],
    }
    things["N"] = things["n"][::-1]
    path = tmp_path / "order.osm.pbf"
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for thing in [thing for kind in ORDERS[name] for thing in things[kind]]:
            writer.add(thing)
    assert Blocks.of(path, in_order=False).look() == (False, name == "sorted")
    with open_extract(path) as extract:
        assert extract.in_order is (name == "sorted")


def test_relations_before_ways_in_xml_are_found(tmp_path: Path) -> None:
    path = tmp_path / "order.osm"
    path.write_text(
        '<osm version="0.6"><node id="1" lon="1" lat="1"/><relation id="1"/><way id="7"/></osm>',
        encoding="utf-8",
    )
    with open_extract(path) as extract:
        found = [table.ids.tolist() for table in extract.blocks().find("w", np.array([7]))]
    assert found == [[7]]


def test_a_cut_of_nothing_is_empty(tmp_path: Path) -> None:
    source = huaibei().write(tmp_path / "anhui.osm.pbf")
    made, _ = cut(source, tmp_path / "cut.osm.pbf", Box(10.0, 10.0, 10.1, 10.1))
    assert made == {"ways": 0, "relations": 0}
    assert ids(tmp_path / "cut.osm.pbf") == {"n": [], "w": [], "r": []}


def _zigzag(value: int) -> bytes:
    number, made = (value << 1) ^ (value >> 63), bytearray()
    while number > 127:
        made.append(number & 127 | 128)
        number >>= 7
    made.append(number)
    return bytes(made)


@given(numbers=st.lists(st.integers(-(2**60), 2**60), max_size=20))
def test_packed_differences_add_up(numbers: list[int]) -> None:
    steps = np.diff([0, *numbers]) if numbers else []
    data = np.frombuffer(b"".join(_zigzag(int(step)) for step in steps), dtype=np.uint8)
    assert running_sums(data, 0, len(data)).tolist() == numbers


@given(wanted=st.sets(st.integers(0, 2**40)), asked=st.lists(st.integers(0, 2**40)), data=st.data())
def test_what_is_among_the_wanted_is_told(
    wanted: set[int], asked: list[int], data: st.DataObject
) -> None:
    ordered = np.array(sorted(wanted), dtype=np.int64)
    if wanted:
        asked = [*asked, *data.draw(st.lists(st.sampled_from(sorted(wanted))))]
    found = among(ordered, sieve_of(ordered), np.array(asked, dtype=np.int64))
    assert found.tolist() == [one in wanted for one in asked]


@given(data=st.binary(max_size=60))
def test_bytes_that_are_no_message_end_without_leaving_the_message(data: bytes) -> None:
    read = np.frombuffer(data, dtype=np.uint8)
    for _, begin, end in message_fields(read, 0, len(read)).tolist():
        assert end == -1 or 0 <= begin <= end <= len(data)


def test_a_number_that_is_cut_short_ends_at_the_end() -> None:
    assert varint(np.frombuffer(b"\x96", dtype=np.uint8), 0) == (22, 1)
