"""Spreading: a city's totals, layers, roads and settings in; its demand and the model of it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from data.cells import make_cells, without_water
from data.demand import Demand
from data.demand_settings import ROADS, URBAN_ROADS
from data.districts import Districts
from geo.errors import InputError
from geo.messages import say
from planning.density import DensityModel, GroupSpec, LayerTerm, allocate, build_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from data.cells import Cells
    from data.demand_settings import GroupDensity
    from data.files.total_files import Totals
    from data.layers import Layer
    from data.settings import Settings
    from geo.network import RoadNetwork

STAND_IN = {"population": "buildings"}
"""What a layer is replaced by where the city has none of it: floors stand for residents."""
_MUCH: Final = 0.01  # of a layer, that no road comes near: less than that is no loss worth a line


@dataclass(frozen=True, eq=False)
class Spread:
    """A demand that was built, the model it came from, and what to know of it in words."""

    demand: Demand
    model: DensityModel
    notes: tuple[str, ...]


def spread_workers(
    totals: Totals,
    layers: Mapping[str, Layer],
    network: RoadNetwork | None,
    settings: Settings,
    districts: Districts,
    *,
    cell_m: float | None = None,
    h3_resolution: int | None = None,
    on_progress: Callable[[str, float], None] | None = None,
) -> Spread:
    """Spread ``totals`` over the cells of the city as its settings say.

    ``cell_m`` and ``h3_resolution`` stand in for those of the settings. The network is needed
    unless every group's kernel is straight. Errors are those of `make_cells` and `build_model`.
    """
    cells = city_cells(
        totals,
        layers,
        settings,
        districts,
        cell_m=cell_m,
        h3_resolution=h3_resolution,
    )
    specs, notes = [], []
    for group in totals.groups:
        spec, said = group_spec(settings.demand.group(group), layers, settings)
        specs.append(spec)
        if totals.total(group) > 0:
            notes += said

    def lost(group: str, layer: str, share: float) -> None:
        if (
            share >= _MUCH
            and totals.total(group) > 0
            and settings.demand.group(group).weights[layer]
        ):
            notes.append(
                say(
                    "{group}: {share:.0%} of layer {layer} lies more than "
                    "{snap_limit_m:,g} m from every road of the group and draws nobody: "
                    "take a larger extract, or raise snap_limit_m",
                    group=group,
                    share=share,
                    layer=layer,
                    snap_limit_m=settings.snap_limit_m,
                )
            )

    zone = np.where(totals.of_city[:, None], len(totals.zones) - 1, cells.district[None, :])
    model = build_model(
        network,
        cells,
        layers,
        specs,
        totals=totals.counts.T,
        zone=zone.astype(np.int32),
        zone_names=totals.zones,
        snap_limit_m=settings.snap_limit_m,
        on_progress=on_progress,
        on_lost=lost,
    )
    demand, more = demand_of(model, settings, districts)
    return Spread(demand, model, (*notes, *more))


def demand_of(
    model: DensityModel, settings: Settings, districts: Districts
) -> tuple[Demand, tuple[str, ...]]:
    """Allocate a model's totals; the demand carries presence and hours of the settings."""
    allocation = allocate(model)
    lonlat = np.asarray(model.cells.lonlat)
    presence, profile = hours_of(settings, model.groups)
    demand = Demand(
        ids=model.cells.ids,
        lonlat=lonlat,
        weights=allocation.weights,
        groups=model.groups,
        district=districts.locate(lonlat),
        district_names=districts.names,
        presence=presence,
        profile=profile,
    )
    return demand, allocation.notes


def hours_of(
    settings: Settings, groups: tuple[str, ...]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return presence float64[n_groups] and profile float64[n_groups, 2, 24] of the settings."""
    of = [settings.demand.group(group) for group in groups]
    return (
        np.array([group.presence for group in of]),
        np.array([(group.weekday, group.weekend) for group in of]),
    )


def city_cells(
    totals: Totals,
    layers: Mapping[str, Layer],
    settings: Settings,
    districts: Districts,
    *,
    cell_m: float | None = None,
    h3_resolution: int | None = None,
) -> Cells:
    """Cut the zones of the totals into cells, and take the water off their land."""
    demand_settings = settings.demand
    zones = districts
    if totals.areas is not None:
        zones = Districts.from_areas(dict(zip(totals.zones, totals.areas, strict=True)))
    h3 = h3_resolution is not None or (cell_m is None and demand_settings.shape == "h3")
    cells = make_cells(
        zones,
        metric_crs=settings.metric_crs,
        size_m=demand_settings.cell_m if cell_m is None else cell_m,
        shape="h3" if h3 else "square",
        resolution=demand_settings.h3_resolution if h3_resolution is None else h3_resolution,
        box=settings.box,
    )
    water = layers.get("water")
    if water is None or not len(water):
        return cells
    return without_water(cells, lonlat=water.lonlat, water_m2=water.value)


def group_spec(
    of: GroupDensity, layers: Mapping[str, Layer], settings: Settings
) -> tuple[GroupSpec, list[str]]:
    """Say how one group is spread, with what stands in for a layer that the city lacks.

    Raises
    ------
    InputError
        when a layer of the city's own is named and was not read.
    """
    terms: list[LayerTerm] = []
    notes: list[str] = []
    for name, weight in of.weights.items():
        parts: dict[str, float] = {}
        other = STAND_IN.get(name)
        if name in {ROADS, URBAN_ROADS}:
            parts = {f"{name}.{kind}": factor for kind, factor in of.roads.items() if factor}
        elif name not in layers and name.startswith("own:"):
            raise InputError(
                say(
                    "{group}: there is no layer {name}: run yizhan demand layers "
                    "--points {own_name}=FILE, or take it out of "
                    "demand.{group}.weights",
                    group=of.id,
                    name=name,
                    own_name=name.removeprefix("own:"),
                )
            )
        elif not _has(layers, name) and other is not None and _has(layers, other):
            parts = {other: 1.0}
            notes.append(
                say(
                    "{group}: no layer {name} was read: {other} stand for it",
                    group=of.id,
                    name=name,
                    other=other,
                )
            )
        terms.append(LayerTerm(name, weight, parts))
    mode = settings.group(of.id).standard.mode
    spec = GroupSpec(of.id, tuple(terms), of.bandwidth_m, mode=mode, over=of.over, eps=of.eps)
    return spec, notes


def _has(layers: Mapping[str, Layer], name: str) -> bool:
    return name in layers and layers[name].total > 0
