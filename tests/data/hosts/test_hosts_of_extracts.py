"""Hosts out of extracts: each once, in the box, with what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import osmium

from data.hosts import read_hosts
from geo.measure import Box

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CRS = "EPSG:32650"
BOX = Box(116.70, 33.90, 116.90, 34.00)
SQUARE = ((116.80, 33.95), (116.801, 33.95), (116.801, 33.951), (116.80, 33.951))


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())


def extract(
    path: Path,
    *nodes: tuple[float, float, Mapping[str, str]],
    square: Mapping[str, str] | None = None,
) -> Path:
    """An extract of tagged nodes, and of a square of corners that carries tags."""
    corners = [(lon, lat, {}) for lon, lat in SQUARE]
    lines = [
        f'<node id="{number}" lon="{lon}" lat="{lat}">{_tags(tags)}</node>'
        for number, (lon, lat, tags) in enumerate([*corners, *nodes], start=1)
    ]
    if square is not None:
        refs = "".join(f'<nd ref="{ref}"/>' for ref in (1, 2, 3, 4, 1))
        lines.append(f'<way id="1">{refs}{_tags(square)}</way>')
    path.write_text(f'<osm version="0.6">{"".join(lines)}</osm>', encoding="utf-8")
    return path


def test_nodes_and_houses_are_hosts_with_their_osm_ids(tmp_path: Path) -> None:
    path = extract(
        tmp_path / "a.osm",
        (116.85, 33.95, {"amenity": "post_office", "operator": "中国邮政"}),
        square={"amenity": "bank", "name": "工商银行"},
    )
    hosts = read_hosts(path, box=BOX)
    assert set(zip(hosts.ids, hosts.names, hosts.host_types, strict=True)) == {
        ("osm-n5", "中国邮政", "post_office"),
        ("osm-w1", "工商银行", "bank"),
    }
    inside = hosts.lonlat[hosts.ids.index("osm-w1")]
    assert (inside > SQUARE[0]).all()
    assert (inside < SQUARE[2]).all()


def test_a_place_mapped_twice_is_one_host(tmp_path: Path) -> None:
    inside = (116.8005, 33.9505, {"amenity": "bank"})
    path = extract(tmp_path / "a.osm", inside, square={"amenity": "bank", "name": "工商银行"})
    hosts = read_hosts(path, box=BOX).each_once(metric_crs=CRS)
    assert (hosts.ids, dict(hosts.left_out)) == (("osm-w1",), {"hosts_mapped_twice": 1})


def test_namesakes_side_by_side_are_one_host_and_across_the_town_two(tmp_path: Path) -> None:
    bank = {"amenity": "bank", "name": "农业银行"}
    points = [(116.85, 33.95, bank), (116.8503, 33.95, bank), (116.86, 33.95, bank)]
    fuel = (116.8501, 33.95, {"amenity": "fuel", "name": "农业银行"})
    hosts = read_hosts(extract(tmp_path / "a.osm", *points, fuel), box=BOX)
    once = hosts.each_once(metric_crs=CRS)  # 28 m and 900 m apart
    assert once.ids == ("osm-n5", "osm-n7", "osm-n8")


def test_one_without_a_name_is_called_by_its_kind(tmp_path: Path) -> None:
    path = extract(tmp_path / "a.osm", (116.85, 33.95, {"amenity": "fuel"}))
    sites = read_hosts(path, box=BOX).as_sites()
    assert list(sites.frame["name"]) == ["加油站"]
    assert list(sites.frame["host_type"]) == ["fuel_station"]


def test_what_lies_outside_the_box_is_not_read(tmp_path: Path) -> None:
    path = extract(tmp_path / "a.osm", (118.0, 33.95, {"amenity": "fuel"}))
    assert len(read_hosts(path, box=BOX)) == 0


def test_helsinkis_banks_are_those_that_pyosmium_counts(helsinki_pbf: Path) -> None:
    everywhere = Box(-179.0, -85.0, 179.0, 85.0)
    found = [
        own for own, kind in _of(helsinki_pbf, everywhere) if kind == "bank" and "osm-r" not in own
    ]
    banks = [
        f"osm-{thing.type_str()}{thing.id}"
        for thing in osmium.FileProcessor(str(helsinki_pbf), osmium.osm.NODE | osmium.osm.WAY)
        if "bank" in thing.tags.get("amenity", "").split(";")
    ]
    assert sorted(found) == sorted(banks)
    assert len(banks) > 10


def _of(path: Path, box: Box) -> list[tuple[str, str]]:
    hosts = read_hosts(path, box=box)
    assert np.isfinite(hosts.lonlat).all()
    return list(zip(hosts.ids, hosts.host_types, strict=True))
