from __future__ import annotations

import mmap
from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.network_store import load_network, save_network
from data.osm import read_roads
from geo.errors import FileFormatError, WorkspaceError
from geo.network import RoadNetwork, build_network

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def helsinki(helsinki_pbf: Path) -> RoadNetwork:
    return build_network(read_roads(helsinki_pbf))


@pytest.fixture
def saved(helsinki: RoadNetwork, tmp_path: Path) -> Path:
    path = tmp_path / "roads.network"
    save_network(helsinki, path)
    return path


def test_a_network_comes_back_as_it_was(helsinki: RoadNetwork, saved: Path) -> None:
    back = load_network(saved)
    for spec in fields(RoadNetwork):
        if spec.name in {"memo", "known_hash"}:
            continue
        before, after = getattr(helsinki, spec.name), getattr(back, spec.name)
        if isinstance(before, np.ndarray):
            assert before.dtype == after.dtype
            assert np.array_equal(before, after, equal_nan=before.dtype.kind == "f")
        else:
            assert before == after
    assert back.content_hash == helsinki.content_hash == back._hash()


def test_the_arrays_are_mapped_and_not_copied(saved: Path) -> None:
    network = load_network(saved)
    for array in (network.seconds, network.shape_lonlat, network.main):
        base = array
        while isinstance(base.base, np.ndarray):
            base = base.base
        assert isinstance(base.base, mmap.mmap)


def test_a_file_cut_short_is_refused(saved: Path) -> None:
    whole = saved.read_bytes()
    for size in (0, 10, 20, 500, len(whole) // 2, len(whole) - 1):
        saved.write_bytes(whole[:size])
        with pytest.raises(FileFormatError, match="build"):
            load_network(saved)


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (b'"arrays"', b'"arrayz"'),
        (b'"modes"', b'"mades"'),
        (b'"<f4"', b'"<x4"'),
        (b'"dtype"', b'"dtypo"'),
        (b'{"arrays"', b'["arrays"'),
        (b'"edge_from"', b'"edge_fram"'),
        (b'"seconds"', b'"secants"'),
    ],
)
def test_a_header_that_makes_no_sense_is_refused(saved: Path, there: bytes, instead: bytes) -> None:
    whole = saved.read_bytes()
    assert there in whole
    saved.write_bytes(whole.replace(there, instead, 1))
    with pytest.raises(FileFormatError, match="build"):
        load_network(saved)


def test_every_flipped_byte_is_found(saved: Path) -> None:
    whole = saved.read_bytes()
    draw = np.random.default_rng(21)
    for at in [*draw.integers(len(whole), size=60).tolist(), len(whole) - 1, len(whole) - 17]:
        flipped = bytes([whole[at] ^ (1 << int(draw.integers(8)))])
        saved.write_bytes(whole[:at] + flipped + whole[at + 1 :])
        with pytest.raises(FileFormatError, match="build"):
            load_network(saved)


def test_a_file_of_before_there_was_a_checksum_is_held_to_the_hash_of_its_content(
    helsinki: RoadNetwork, saved: Path
) -> None:
    earlier = saved.read_bytes()[: -len("CRC-32 12345678\n")]
    saved.write_bytes(earlier)
    assert load_network(saved).content_hash == helsinki.content_hash
    at = earlier.index(helsinki.seconds.tobytes()) + 1
    saved.write_bytes(earlier[:at] + bytes([earlier[at] ^ 64]) + earlier[at + 1 :])
    with pytest.raises(FileFormatError, match="damaged: build"):
        load_network(saved)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="cannot be opened"):
        load_network(tmp_path / "none")


def test_saving_into_a_folder_that_is_not_there_is_refused(
    helsinki: RoadNetwork, tmp_path: Path
) -> None:
    with pytest.raises(WorkspaceError, match="cannot be written"):
        save_network(helsinki, tmp_path / "none" / "roads")
