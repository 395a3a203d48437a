"""Totals in from files: how many workers of each group a city, a district or a town has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from data.demand import MOST_WORKERS
from data.files.columns import (
    NOTICE_FIELD,
    SERIAL_FIELD,
    Faults,
    match_headings,
    note_groups,
    read_numbers,
    read_table,
)
from data.files.zone_overlaps import shared_grounds
from data.files.zones import read_zones
from data.vocabulary import GROUPS, Term, nearest_word, normal_word, quote
from geo.errors import InputError
from geo.measure import from_metric, to_metric
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from data.districts import Districts
    from data.files.columns import Columns
    from data.settings import Settings
    from geo.datum import Datum

CITY: Final = "全市"
_CITY_WORDS: Final = frozenset(map(normal_word, (CITY, "全市", "城市", "city", "whole city", "市")))
_SLIVER: Final = 1e-3  # of the city: borders drawn twice never meet to the metre
_M2_A_KM2: Final = 1e6
TOTAL_FIELDS: Final = (
    Term(
        "zone",
        "区域",
        "zone",
        (
            *("区域名称", "名称", "name", "区县", "区县名称", "行政区", "district", "name_zh"),
            *("乡镇", "街道", "镇街", "乡镇街道", "town", "所属区县"),
        ),
    ),
    *GROUPS,
    NOTICE_FIELD,
    SERIAL_FIELD,
)


@dataclass(frozen=True, eq=False)
class Totals:
    """Workers of each group in each zone, and what the zones are.

    ``zones`` are the names, ``counts`` float64[n_zones, n_groups] workers, ``groups`` the columns.
    ``of_city`` bool[n_groups] marks the groups that are counted for the whole city only: their
    number stands in the last row, named `CITY`, which the other groups leave at 0. ``areas`` are
    the zones' polygons (WGS-84) where the file draws them, else None: the zones are districts by
    their names. ``file`` is the file's name.

    Raises
    ------
    InputError
        when the shapes do not fit or a count is negative or not finite.
    """

    zones: tuple[str, ...]
    counts: npt.NDArray[np.float64]
    groups: tuple[str, ...]
    of_city: npt.NDArray[np.bool_]
    file: str
    areas: tuple[BaseGeometry, ...] | None = field(default=None)

    def __post_init__(self) -> None:
        counts = np.array(self.counts, dtype=np.float64)
        of_city = np.array(self.of_city, dtype=np.bool_)
        if counts.shape != (len(self.zones), len(self.groups)) or len(of_city) != len(self.groups):
            raise InputError(
                say("totals: counts of the shape {shape} do not fit the zones", shape=counts.shape)
            )
        if not np.isfinite(counts).all() or (counts < 0).any():
            raise InputError(say("totals: a number of workers is negative or not finite"))
        for name, array in (("counts", counts), ("of_city", of_city)):
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    def total(self, group: str) -> float:
        """Workers of one group in all zones."""
        return float(self.counts[:, self.groups.index(group)].sum())


def read_totals(path: Path, *, settings: Settings, districts: Districts, datum: Datum) -> Totals:
    """Read how many workers of each group there are in all, by zone.

    A CSV or XLSX names districts (区县) and has a column for each group; one row without a name, or
    named 全市 or city, counts the whole city, for the groups that the districts leave blank.
    GeoJSON draws the zones instead: polygons with a name and the groups.

    Parameters
    ----------
    path
        the file.
    settings
        the workspace's: its groups are the columns of the result, its box holds every zone.
    districts
        what the zones are named after, and what polygons must fill without overlap.
    datum
        in what polygons are given.

    Raises
    ------
    FileFormatError
        when the file is missing, empty or no such table.
    RowsError
        when a district does not exist or is missing, a number cannot be, or zones overlap or leave
        gaps; every row at fault is listed and none is taken.
    """
    table = read_table(path, TOTAL_FIELDS)
    faults = Faults(table.file)
    drawn = table.areas is not None
    columns = match_headings(
        table, TOTAL_FIELDS, required=("zone",) if drawn else (), what=say("total")
    )
    counts = _read_counts(columns, faults, settings=settings)
    names = _names(columns, faults, drawn=drawn)
    if not drawn:
        faults.refuse_if_any()
        return _by_name(columns, names, counts, faults, settings=settings, districts=districts)
    areas = read_zones(columns, faults, datum=datum, box=settings.box)
    blank = np.argwhere(np.isnan(counts))
    for row, group in blank:
        if not np.isnan(counts[:, group]).all():
            heading = columns.heading(settings.group_ids[group])
            faults.add(columns.table.numbers[row], heading, say("is empty: write 0 for none"))
    faults.refuse_if_any()
    _check_areas(areas, names, columns, faults, settings=settings, districts=districts)
    faults.refuse_if_any()
    none_of_city = np.zeros(len(settings.group_ids), dtype=np.bool_)
    return Totals(
        tuple(names),
        np.nan_to_num(counts),
        settings.group_ids,
        none_of_city,
        table.file,
        tuple(areas),
    )


def _read_counts(
    columns: Columns, faults: Faults, *, settings: Settings
) -> npt.NDArray[np.float64]:
    """Read float64[n_rows, n_groups]; NaN where a cell is empty or a group has no column."""
    counted = note_groups(columns, faults, group_ids=settings.group_ids)
    counts = np.full((len(columns.table), len(settings.group_ids)), np.nan)
    for at, group in enumerate(settings.group_ids):
        if columns.has(group):
            counts[:, at] = read_numbers(columns, group, faults, blank=None)
            for row in np.flatnonzero((counts[:, at] < 0) | (counts[:, at] > MOST_WORKERS)):
                number, value = columns.table.numbers[row], counts[row, at]
                cure = (
                    say("write 0 or more")
                    if value < 0
                    else say("at most {most_workers:,.0f}, of people", most_workers=MOST_WORKERS)
                )
                faults.add(
                    number,
                    columns.heading(group),
                    say("{value:g} workers cannot be: {cure}", value=value, cure=cure),
                )
    if counted and not faults.found and not (np.nan_to_num(counts) > 0).any():
        faults.add(None, None, say("counts no workers at all: every number is 0 or empty"))
    return counts


def _names(columns: Columns, faults: Faults, *, drawn: bool) -> list[str]:
    """Read the zones' names, each once; empty is the whole city."""
    names = columns.cells("zone") if columns.has("zone") else [""] * len(columns.table)
    names = [CITY if not drawn and means_city(name) else name for name in names]
    first: dict[str, int] = {}
    for number, name in zip(columns.table.numbers, names, strict=True):
        if not name:
            faults.add(number, columns.heading("zone"), say("is empty: every zone needs a name"))
        elif name in first:
            reason = say("{name} stands in row {row} already", name=quote(name), row=first[name])
            faults.add(number, columns.heading("zone"), reason)
        first.setdefault(name, number)
    return names


def means_city(name: str) -> bool:
    """Tell whether the name of a zone is none, or says the whole city."""
    return not name or normal_word(name) in _CITY_WORDS


def _by_name(
    columns: Columns,
    names: Sequence[str],
    counts: npt.NDArray[np.float64],
    faults: Faults,
    *,
    settings: Settings,
    districts: Districts,
) -> Totals:
    """Put the rows in the order of the districts; groups they leave blank are the whole city's."""
    heading = columns.heading("zone")
    for number, name in zip(columns.table.numbers, names, strict=True):
        if name != CITY and name not in districts.names and name != settings.name:
            faults.add(number, heading, unknown_district(name, districts))
    faults.refuse_if_any()
    row_of = {CITY if name == settings.name else name: row for row, name in enumerate(names)}
    zones = (*districts.names, CITY)
    table = np.full((len(zones), counts.shape[1]), np.nan)
    for at, zone in enumerate(zones):
        if zone in row_of:
            table[at] = counts[row_of[zone]]
    of_city = np.isnan(table[:-1]).all(axis=0)
    for at, group in enumerate(settings.group_ids):
        by_district, in_all = table[:-1, at], table[-1, at]
        missing = [districts.names[d] for d in np.flatnonzero(np.isnan(by_district))]
        if of_city[at]:
            continue
        if missing:
            reason = say(
                "has no number for {missing}: write 0 for none", missing=", ".join(missing)
            )
            faults.add(None, columns.heading(group), reason)
        elif np.isfinite(in_all) and abs(in_all - by_district.sum()) > 0.5:  # noqa: PLR2004 - half a worker
            number = columns.table.numbers[row_of[CITY]]
            reason = say(
                "says {in_all:,.10g} for the whole city, and the districts add up to "
                "{in_districts:,.10g}: correct one or delete the row",
                in_all=in_all,
                in_districts=by_district.sum(),
            )
            faults.add(number, columns.heading(group), reason)
    faults.refuse_if_any()
    table[-1, ~of_city] = 0.0
    return Totals(zones, np.nan_to_num(table), settings.group_ids, of_city, columns.table.file)


def unknown_district(name: str, districts: Districts) -> str:
    """Say that the city has no district of this name, with the nearest or the list of all."""
    if not len(districts):
        return say(
            "{name}: this workspace has no districts: write one row for the whole city, or "
            "give the zones as GeoJSON polygons",
            name=quote(name),
        )
    near = nearest_word(name, districts.names)
    cure = (
        say("did you mean {near}?", near=near)
        if near
        else say("there are {known}", known=", ".join(districts.names))
    )
    return say("{name} is no district of this city: {cure}", name=quote(name), cure=cure)


def _check_areas(
    areas: Sequence[BaseGeometry],
    names: Sequence[str],
    columns: Columns,
    faults: Faults,
    *,
    settings: Settings,
    districts: Districts,
) -> None:
    """Note zones that overlap, and land of the districts that no zone holds."""
    crs = settings.metric_crs
    for ground in shared_grounds(areas, metric_crs=crs):
        reason = ground.says(quote(names[ground.one]), quote(names[ground.other]))
        faults.add(columns.table.numbers[ground.other], "geometry", reason)
    if not len(districts):
        return
    city = shapely.union_all(
        [shapely.transform(area, lambda at: to_metric(at, crs=crs)) for area in districts.areas]
    )
    plane = [shapely.transform(area, lambda at: to_metric(at, crs=crs)) for area in areas]
    gap = shapely.difference(city, shapely.union_all(plane))
    if gap.area > _SLIVER * city.area:
        parts = shapely.get_parts(gap)
        largest = parts[np.argmax(shapely.area(parts))]
        x, y = largest.representative_point().coords[0]
        ((lon, lat),) = _lonlat(x, y, crs=crs)
        reason = say(
            "leave {area_km2:,.3g} km2 of the city without a zone, most of it round "
            "{lon:.4f}, {lat:.4f}: draw it as a zone, with 0 where nobody works",
            area_km2=gap.area / _M2_A_KM2,
            lon=lon,
            lat=lat,
        )
        faults.add(None, "geometry", reason)


def _lonlat(x: float, y: float, *, crs: str) -> npt.NDArray[np.float64]:
    return from_metric(np.array([[x, y]]), crs=crs)
