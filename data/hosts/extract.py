"""Hosts out of an extract of OpenStreetMap, through the same gate as roads and layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data.hosts.host import NAME_TAGS, Hosts
from data.hosts.kinds import HOST_KINDS, KEYS, host_of_tags
from data.osm.features import read_features

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geo.measure import Box

_FIRST: Mapping[str, frozenset[str]] = {
    key: frozenset(
        value for kind in HOST_KINDS for tag in kind.tags if tag.key == key for value in tag.values
    )
    for key in KEYS
}


def read_hosts(path: Path, *, box: Box) -> Hosts:
    """Read every host of `HOST_KINDS` that reaches into ``box``.

    An area counts by a point inside its outline. The ids are those of OpenStreetMap, as in
    ``osm-n123`` (``w`` of a way, ``r`` of a relation).

    Raises
    ------
    FileFormatError
        when the file is missing, empty, broken or of another format.
    """
    features = read_features(path, first=_FIRST, wanted=_is_host, box=box)
    left_out = {why: count for why, count in features.passed_over.items() if count}
    found = Hosts(
        ids=tuple(
            f"osm-{kind}{number}"
            for kind, number in zip(features.kind, features.osm_id.tolist(), strict=True)
        ),
        names=tuple(name_of(tags) for tags in features.tags),
        host_types=tuple(host_of_tags(tags) for tags in features.tags),
        lonlat=features.lonlat,
        outline=features.outline,
        left_out=left_out,
        date=features.date,
    )
    there = np.isfinite(features.lonlat).all(axis=1)
    return found.only(np.asarray(there), "hosts_at_rim")


def name_of(tags: Mapping[str, str]) -> str:
    """Give what a place is called by its tags; empty when nothing says it."""
    return next((tags[key].strip() for key in NAME_TAGS if tags.get(key, "").strip()), "")


def _is_host(tags: Mapping[str, str]) -> bool:
    return bool(host_of_tags(tags))
