"""Overpass JSON as an extract: answers of the service, as saved in a file or fresh from the net."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import osmium

from data.osm.forms import refuse_part_of_an_answer
from geo.errors import FileFormatError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_TYPES = {"node": "n", "way": "w", "relation": "r"}


def answer_of_file(path: Path, *, named: Path) -> Mapping[str, Any]:
    """Read an answer of Overpass; FileFormatError for any other JSON and for a run ended early."""
    try:
        answer = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise FileFormatError(
            say("{file}: cannot be read as JSON ({error}): get it anew", file=named, error=error)
        ) from error
    if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
        if isinstance(answer, dict) and answer.get("type") in {"FeatureCollection", "Feature"}:
            raise FileFormatError(say("{file}: is GeoJSON: give an OSM extract", file=named))
        raise FileFormatError(
            say("{file}: is JSON, but not Overpass's: give an OSM extract", file=named)
        )
    refuse_part_of_an_answer(str(answer.get("remark", "")), named=named)
    return answer


def write_elements(elements: Iterable[Mapping[str, Any]], target: Path, *, named: str) -> None:
    """Write the elements of an answer as an extract: nodes, then ways, then relations.

    Places of nodes that only stand in a way (``out geom``) become nodes. FileFormatError for an
    element that is none.
    """
    sorted_by: dict[str, list[Mapping[str, Any]]] = {"n": [], "w": [], "r": []}
    for element in elements:
        kind = _TYPES.get(element.get("type", "")) if isinstance(element, dict) else None
        if kind is not None:
            sorted_by[kind].append(element)
    try:
        with osmium.SimpleWriter(
            osmium.io.File(str(target), "pbf,pbf_compression=none"), overwrite=True
        ) as writer:
            for node in (*sorted_by["n"], *_nodes_of_ways(sorted_by)):
                place = (float(node["lon"]), float(node["lat"]))
                writer.add_node(osmium.osm.mutable.Node(location=place, **_common(node)))
            for way in sorted_by["w"]:
                refs = [int(ref) for ref in way.get("nodes", ())]
                writer.add_way(osmium.osm.mutable.Way(nodes=refs, **_common(way)))
            for relation in sorted_by["r"]:
                members = [
                    (_TYPES[one["type"]], int(one["ref"]), str(one.get("role", "")))
                    for one in relation.get("members", ())
                ]
                writer.add_relation(
                    osmium.osm.mutable.Relation(members=members, **_common(relation))
                )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileFormatError(
            say("{file}: an element cannot be read ({error})", file=named, error=repr(error))
        ) from error


def _nodes_of_ways(sorted_by: Mapping[str, list[Mapping[str, Any]]]) -> Iterator[dict[str, Any]]:
    """Give nodes that are in the answer only as corners of ways."""
    known = {node["id"] for node in sorted_by["n"]}
    for way in sorted_by["w"]:
        for ref, place in zip(way.get("nodes", ()), way.get("geometry", ()), strict=False):
            if place is not None and ref not in known:
                known.add(ref)
                yield {"id": ref, **place}


def _common(element: Mapping[str, Any]) -> dict[str, Any]:
    tags = {str(key): str(value) for key, value in element.get("tags", {}).items()}
    made: dict[str, Any] = {"id": int(element["id"]), "tags": tags}
    if "version" in element:
        made["version"] = int(element["version"])
    if "timestamp" in element:
        made["timestamp"] = str(element["timestamp"])
    return made
