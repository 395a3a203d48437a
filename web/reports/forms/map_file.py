"""A report's places as a GeoPackage that QGIS draws as the report's map does."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from data.files.layer_styles import LayerStyle
from data.files.map_layers import MapLayer, write_layers
from planning.coverage.nominal import ALL
from web.design.markers import QGIS_SHAPES
from web.design.palette import KIND_COLOURS, RAMP, tone
from web.reports.effective_week import BREAKS, step_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from web.languages import Language
    from web.reports.pages import Report

_DIGITS: Final = 6


def gpkg_bytes(report: Report) -> bytes:
    """Return the layers ``districts``, ``covered``, ``stations`` and ``new_sites`` as one file.

    A layer of which there is nothing is left out; figures are those of the report's tables.
    """
    made = (_districts(report), _covered(report), _stations(report), _new_sites(report))
    layers = [layer for layer in made if layer is not None]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.gpkg"
        write_layers(layers, file, sample=report.figures.settings.sample)
        return file.read_bytes()


def _districts(report: Report) -> MapLayer | None:
    """Return the districts by the share of their workers who have a station in the end."""
    figures, districts = report.figures, report.contents.districts
    areas = dict(zip(districts.names, districts.areas, strict=True))
    names = [name for name in figures.districts if name in areas]
    if not names:
        return None
    before = [figures.before.row(ALL, name) for name in names]
    newest = [figures.newest.row(ALL, name) for name in names]
    steps = [str(step_of(row.share_one)) for row in newest]
    return MapLayer(
        name="districts",
        sort="area",
        geometry=[areas[name] for name in names],
        columns={
            "name": names,
            "workers": [int(row.workers) for row in before],
            "within_one": [int(row.within_one) for row in before],
            "share_one": [round(row.share_one, _DIGITS) for row in before],
            "within_one_newest": [int(row.within_one) for row in newest],
            "share_one_newest": [round(row.share_one, _DIGITS) for row in newest],
            "step": steps,
        },
        style=LayerStyle(
            column="step",
            colours={str(n): one.light for n, one in enumerate(RAMP, start=1)},
            labels={str(n): f"≥ {100 * low:.0f} %" for n, low in enumerate(BREAKS, start=1)},
            opacity=0.5,
        ),
    )


def _covered(report: Report) -> MapLayer | None:
    """Return the area that the report's map shows as covered."""
    t = report.language
    held = [one for one in report.contents.covered[:1] if not one.area.is_empty]
    if not held:
        return None
    (one,) = held
    return MapLayer(
        name="covered",
        sort="area",
        geometry=[one.area],
        columns={"what": [one.words(t)]},
        style=LayerStyle("what", {one.words(t): tone("accent").light}, {}, opacity=0.12),
    )


def _stations(report: Report) -> MapLayer | None:
    stations = report.contents.stations
    if stations is None or not len(stations):
        return None
    frame = stations.frame
    columns = {name: frame[name].astype(str).tolist() for name in ("id", "name", "kind", "status")}
    points = [shapely.Point(point) for point in np.round(stations.lonlat, _DIGITS)]
    return MapLayer(
        "stations", "point", points, columns, _by_kind(columns["kind"], report.language)
    )


def _new_sites(report: Report) -> MapLayer | None:
    words, t = report.words, report.language
    if words is None or not words.plan.sites:
        return None
    sites = words.plan.sites
    return MapLayer(
        name="new_sites",
        sort="point",
        geometry=[shapely.Point(site.lon, site.lat) for site in sites],
        columns={
            "order": [site.order for site in sites],
            "id": [site.site_id for site in sites],
            "place": [words.name(site) for site in sites],
            "kind": [site.kind for site in sites],
            "district": [site.district for site in sites],
            "adds_workers": [int(site.adds_workers) for site in sites],
            "lost_without": [int(site.lost_without) for site in sites],
        },
        style=_by_kind((site.kind for site in sites), t),
    )


def _by_kind(kinds: Iterable[str], t: Language) -> LayerStyle:
    held = [kind for kind in dict.fromkeys(kinds) if kind in KIND_COLOURS]
    return LayerStyle(
        column="kind",
        colours={kind: KIND_COLOURS[kind] for kind in held},
        labels={kind: t.kind(kind) for kind in held},
        shapes=QGIS_SHAPES,
    )
