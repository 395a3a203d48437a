"""Where the workers are: totals spread over the city, kept with the model that they came from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from data.files.demand_files import read_demand
from data.files.total_files import read_totals
from data.layers import LayerArea, load_layers
from data.road_layers import ROADS, URBAN_ROADS, with_roads
from geo.datum import Datum
from geo.errors import InputError, NothingYetError
from geo.messages import say
from planning.density import DensityModel
from planning.density.build_demand import Spread, hours_of, spread_workers

if TYPE_CHECKING:
    from pathlib import Path

    from data.files.zone_overlaps import Overlaps
    from data.layers import Layer
    from data.workspace import Workspace
    from web.services import Done, Figures


def build_demand(
    workspace: Workspace,
    *,
    totals: Path,
    name: str | None = None,
    cell_m: float | None = None,
    h3_resolution: int | None = None,
    datum: Datum = Datum.wgs84,
    done: Done,
) -> Spread:
    """Spread totals and keep the demand and its model, in the place of those that held or named."""
    settings, network = workspace.settings, workspace.network()
    read = read_totals(totals, settings=settings, districts=workspace.districts, datum=datum)
    area = LayerArea(settings.box, settings.metric_crs)
    kept = load_layers(workspace.layers_folder())
    layers = with_roads(kept, network, area, sample=settings.sample)
    spread = spread_workers(
        read,
        layers,
        network,
        settings,
        workspace.districts,
        cell_m=cell_m,
        h3_resolution=h3_resolution,
        on_progress=done,
    )
    keep_spread(
        workspace,
        spread,
        name=name,
        inputs={
            "totals": read.file,
            "layers": layers.content_hash,
            "network": network.content_hash,
        },
        sources=[
            read.file,
            *sorted({f"{of.source} {of.date}".strip() for of in kept.values() if _is_file(of)}),
        ],
    )
    return spread


def _is_file(layer: Layer) -> bool:
    return bool(layer.total) and not layer.id.startswith((f"{ROADS}.", f"{URBAN_ROADS}."))


def keep_spread(
    workspace: Workspace,
    spread: Spread,
    *,
    name: str | None,
    inputs: dict[str, Any],
    sources: list[str],
) -> None:
    """Keep the demand and the model that it came from, tied by the demand's hash."""
    made = spread.demand
    workspace.replace_demand(made, name=name)
    tied = {**spread.model.as_arrays(), "demand": np.array(made.content_hash)}
    workspace.replace_density(tied, name=name)
    workspace.save_result(
        "demand",
        inputs={"demand": made.content_hash, "name": name or "", **inputs},
        body={"sources": sources, "notes": list(spread.notes)},
    )


def model_of(workspace: Workspace, name: str | None = None) -> DensityModel:
    """Return the model of the demand that holds, or of a variant.

    Raises
    ------
    NothingYetError
        when the demand was imported, so that there are no weights to draw or to fit.
    InputError
        when the model belongs to an earlier demand.
    """
    held = workspace.demand(name)
    arrays = workspace.density(name)
    if arrays is None or str(arrays["demand"]) != held.content_hash:
        which = say("the variant {name}", name=name) if name else say("the demand that holds")
        raise NothingYetError(
            say(
                "{folder}: {which} was imported, not built, so there are no weights to "
                "draw or to fit: run yizhan demand build --totals FILE",
                folder=workspace.folder,
                which=which,
            )
        )
    try:
        return DensityModel.from_arrays(arrays)
    except (KeyError, ValueError) as error:
        raise InputError(
            say(
                "{folder}: the kept model is broken ({error}): run yizhan demand build again",
                folder=workspace.folder,
                error=error,
            )
        ) from None


def import_demand(
    workspace: Workspace, *, file: Path, datum: Datum, overlaps: Overlaps = "refuse"
) -> Figures:
    """Read a demand file and put it in the place of the workspace's demand.

    It carries the presence and the hours of the settings. ``overlaps`` says what ground is that
    two zones share.
    """
    read = read_demand(
        file,
        datum=datum,
        settings=workspace.settings,
        districts=workspace.districts,
        overlaps=overlaps,
    )
    presence, profile = hours_of(workspace.settings, read.groups)
    taken = replace(read, presence=presence, profile=profile)
    workspace.replace_demand(taken)
    workspace.save_result(
        "demand", inputs={"demand": taken.content_hash, "name": ""}, body={"sources": [file.name]}
    )
    astray = (taken.district < 0) & (len(taken.district_names) > 0)
    outside = float(taken.weights[astray].sum())
    return {
        "points": len(taken.ids),
        "workers": float(taken.weights.sum()),
        "by_group": {group: taken.total(group) for group in taken.groups},
        "workers_outside_districts": outside,
    }
