"""Hosts that were found, each once, and the candidate sites that they make."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import cKDTree

from data.layers.doubles import mapped_twice
from data.sites import CandidateSites
from data.vocabulary import HOST_TYPES_BY_ID
from geo.measure import to_metric

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    Bools = npt.NDArray[np.bool_]

ONE_PLACE_M: Final = 50.0
"""Two hosts of one kind and name that lie nearer than this are one."""
NAME_TAGS: Final = ("name", "name:zh", "name:en", "brand", "operator")
"""What a host is called by, the best first: a branch without a name has that of its bank."""


@dataclass(frozen=True, eq=False)
class Hosts:
    """Places that may host a station.

    ``ids``, ``names`` (empty where none is known) and ``host_types`` (ids of `HOST_TYPES`) stand
    place by place; ``lonlat`` float64[n, 2] is WGS-84, ``outline`` object[n] a polygon or None.
    ``left_out`` counts what was read and is not here, by why; ``date`` is the ISO date of the data,
    empty where it is not told.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    host_types: tuple[str, ...]
    lonlat: npt.NDArray[np.float64]
    outline: npt.NDArray[np.object_]
    left_out: Mapping[str, int] = field(default_factory=dict)
    date: str = ""

    def __len__(self) -> int:
        return len(self.ids)

    def only(self, keep: Bools, why: str = "") -> Hosts:
        """Keep some; the others are counted under ``why``, unless that is empty."""
        rows = np.flatnonzero(keep).tolist()
        out = len(self) - len(rows)
        more = {why: self.left_out.get(why, 0) + out} if why and out else {}
        return replace(
            self,
            ids=tuple(self.ids[row] for row in rows),
            names=tuple(self.names[row] for row in rows),
            host_types=tuple(self.host_types[row] for row in rows),
            lonlat=self.lonlat[rows],
            outline=self.outline[rows],
            left_out={**self.left_out, **more},
        )

    def each_once(self, *, metric_crs: str) -> Hosts:
        """Keep one of those that stand for the same place.

        They are one where an id comes again, where a place is mapped as a point and as the house
        around it (`data.layers.doubles.mapped_twice`), and where two of one kind and one name lie
        within `ONE_PLACE_M` of one another: then the first one stays.
        """
        first = np.zeros(len(self), dtype=np.bool_)
        first[np.unique(np.array(self.ids, dtype=np.str_), return_index=True)[1]] = True
        found = self.only(first, "hosts_given_twice")
        twice = mapped_twice(
            found.lonlat,
            found.outline,
            words=np.array(found.host_types, dtype=np.str_),
            names=found.names,
        )
        found = found.only(~twice, "hosts_mapped_twice")
        return found.only(~_beside_a_namesake(found, metric_crs), "hosts_mapped_twice")

    def as_sites(self) -> CandidateSites:
        """Make candidate sites of them; one without a name is called by its kind, in Chinese."""
        return CandidateSites.from_records(
            [
                {"id": own, "name": name or HOST_TYPES_BY_ID[kind].zh, "host_type": kind}
                | {"lon": lon, "lat": lat}
                for own, name, kind, (lon, lat) in zip(
                    self.ids, self.names, self.host_types, self.lonlat.tolist(), strict=True
                )
            ]
        )


def _beside_a_namesake(hosts: Hosts, metric_crs: str) -> Bools:
    """bool[n]: which lie beside an earlier one of the same kind and name that stays."""
    out = np.zeros(len(hosts), dtype=np.bool_)
    if not len(hosts):
        return out
    pairs = cKDTree(to_metric(hosts.lonlat, crs=metric_crs)).query_pairs(ONE_PLACE_M)
    called = list(zip(hosts.host_types, hosts.names, strict=True))
    for one, other in sorted(pairs):
        if hosts.names[one] and called[one] == called[other] and not out[one]:
            out[other] = True
    return out
