"""Layers out of an OSM extract, by the rules of `data.osm_rules`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

from data.layers.doubles import mapped_twice
from data.layers.inner_points import INNER_M, inner_points
from data.layers.layer import Layer, LayerArea
from data.osm.features import OsmFeatures, read_features
from data.osm_rules import FIRST_TAGS, OSM_RULES, WATER, OsmRule, OsmSorter, levels_of
from data.vocabulary import SAMPLE_NOTICE
from geo.measure import from_metric, to_metric

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

OSM_LICENCE: Final = "ODbL 1.0, © OpenStreetMap contributors"
SAMPLE_GENERATOR: Final = "yizhan sample city"
_WATER_M: Final = 50.0  # fits into cells of 50, 100, 250 m …, so that water stays in its cell


@dataclass(frozen=True)
class OsmExtract:
    """The reader of an extract (.osm, .osm.gz, .osm.bz2, .osm.pbf): every layer of `OSM_RULES`.

    ``cut`` is a smaller extract that is read in its place (`data.osm.cut`).
    """

    path: Path
    cut: Path | None = None

    def read(self, area: LayerArea) -> tuple[Layer, ...]:
        """Read the layers in one pass over the file; those of which nothing was found are empty.

        FileFormatError when the file is missing, empty, broken or of another format.
        """
        wanted = OsmSorter().wants
        file = self.cut or self.path
        features = read_features(file, first=FIRST_TAGS, wanted=wanted, box=area.box)
        licence = SAMPLE_NOTICE if features.generator == SAMPLE_GENERATOR else OSM_LICENCE
        return layers_of_features(features, area, source=self.path.name, licence=licence)


class _Members(NamedTuple):
    """The features of one layer: their rows, and the value by which each belongs."""

    row: npt.NDArray[np.int64]
    word: npt.NDArray[np.str_]

    def only(self, keep: npt.NDArray[np.bool_]) -> _Members:
        return _Members(self.row[keep], self.word[keep])


def layers_of_features(
    features: OsmFeatures, area: LayerArea, *, source: str, licence: str
) -> tuple[Layer, ...]:
    """Make the layers of `OSM_RULES`, one for each rule in its order."""
    made = []
    for rule, members in zip(OSM_RULES, _members(features), strict=True):
        there = np.asarray(np.isfinite(features.lonlat[members.row]).all(axis=1))
        lonlat, value, left_out = _MEASURES[rule.measure](features, members.only(there), rule, area)
        inside = area.box.contains(lonlat)
        left_out["cut off at the extract's rim"] = int((~there).sum())
        left_out["outside the box"] = int((~inside).sum())
        left_out |= features.passed_over
        made.append(
            Layer(
                id=rule.layer,
                lonlat=lonlat[inside],
                value=value[inside],
                unit=rule.unit,
                source=source,
                date=features.date,
                licence=licence,
                left_out={reason: count for reason, count in left_out.items() if count},
            )
        )
    return tuple(made)


def _members(features: OsmFeatures) -> list[_Members]:
    """Sort features into layers."""
    sorter = OsmSorter()
    rows: list[list[int]] = [[] for _ in OSM_RULES]
    words: list[list[str]] = [[] for _ in OSM_RULES]
    for row, tags in enumerate(features.tags):
        for layer, word in sorter.rules_of(tags):
            rows[layer].append(row)
            words[layer].append(word)
    return [
        _Members(np.array(row, dtype=np.int64), np.array(word, dtype=np.str_))
        for row, word in zip(rows, words, strict=True)
    ]


_Made = tuple["npt.NDArray[np.float64]", "npt.NDArray[np.float64]", dict[str, int]]


def _places(features: OsmFeatures, members: _Members, _rule: OsmRule, _area: LayerArea) -> _Made:
    """Count every place once, at its point."""
    row = members.row
    twice = mapped_twice(
        features.lonlat[row],
        features.outline[row],
        words=members.word,
        names=[features.names[one] for one in row],
    )
    kept = row[~twice]
    return features.lonlat[kept], np.ones(len(kept)), {"mapped twice": int(twice.sum())}


def _land(features: OsmFeatures, members: _Members, rule: OsmRule, area: LayerArea) -> _Made:
    """Measure land in m2: areas that overlap count once, points outside of them by the rule."""
    row = members.row
    outline = features.outline[row]
    drawn = ~shapely.is_missing(outline)
    node = ~drawn & (features.kind[row] == "n")
    land = _plane(outline[drawn], area)
    parts = shapely.get_parts(shapely.union_all(land)) if len(land) else land
    inner = inner_points(parts, size_m=_WATER_M if rule.layer == WATER else INNER_M)
    points = features.lonlat[row[node]]
    loose = np.ones(len(points), dtype=bool)
    if len(parts) and len(points):
        held, _ = shapely.STRtree(parts).query(
            shapely.points(to_metric(points, crs=area.metric_crs)), predicate="intersects"
        )
        loose[held] = False
    if not rule.point_m2:
        points, loose = points[:0], loose[:0]
    lonlat = np.concatenate([from_metric(inner.xy, crs=area.metric_crs), points[loose]])
    value = np.concatenate([inner.m2, np.full(int(loose.sum()), rule.point_m2)])
    left_out = {
        "without an outline": int((~drawn).sum()) - len(points),
        "points in an outline": int((~loose).sum()),
    }
    return lonlat, value, left_out


def _floors(features: OsmFeatures, members: _Members, _rule: OsmRule, area: LayerArea) -> _Made:
    """Measure floors in m2: footprint times levels."""
    row = members.row
    drawn = row[~shapely.is_missing(features.outline[row])]
    inner = inner_points(_plane(features.outline[drawn], area))
    levels = np.array([levels_of(features.tags[one]) for one in drawn], dtype=np.float64)
    value = inner.m2 * levels[inner.area]
    left_out = {"without an outline": len(row) - len(drawn)}
    return from_metric(inner.xy, crs=area.metric_crs), value, left_out


_MEASURES: Final = {"places": _places, "land": _land, "floor": _floors}


def _plane(outline: npt.NDArray[np.object_], area: LayerArea) -> npt.NDArray[np.object_]:
    """Bring outlines to the metric plane, cut to the box and mended where they cross themselves."""
    box = shapely.box(*area.box)
    shapely.prepare(box)
    valid = shapely.make_valid(outline, method="structure", keep_collapsed=False)
    across = ~shapely.covers(box, valid)
    valid[across] = shapely.intersection(valid[across], box)
    plane = shapely.transform(valid, lambda lonlat: to_metric(lonlat, crs=area.metric_crs))
    made: npt.NDArray[np.object_] = plane
    return made
