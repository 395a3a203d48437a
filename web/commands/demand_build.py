"""`yizhan demand build`: a city's totals spread over its cells by what draws each group."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from data.layers import LayerArea, load_layers
from data.road_layers import ROADS, URBAN_ROADS, with_roads
from data.total_files import read_totals
from geo.datum import Datum, parse_datum
from planning.density import diagnose
from planning.density.build_demand import Spread, spread_workers
from web.commands.common import (
    Done,
    Figures,
    answer,
    common_options,
    open_workspace,
    steps,
    stopwatch,
    table,
)
from web.language import count

if TYPE_CHECKING:
    from data.layers import Layer
    from data.workspace import Workspace
    from planning.density import Diagnosis


@click.command()
@common_options
@click.option(
    "--totals",
    required=True,
    type=click.Path(path_type=Path),
    help="Workers by group: CSV or XLSX by district or for the city, or zones as GeoJSON.",
)
@click.option("--name", help="Keep it as a variant of this name beside the demand that holds.")
@click.option("--cell", "cell_m", type=float, help="Side of the squares in metres.")
@click.option("--h3", "h3_resolution", type=int, help="H3 hexagons of this resolution instead.")
@click.option("--datum", "datum_word", default="wgs84", show_default=True, help="Of drawn zones.")
def build(
    *,
    folder: Path,
    totals: Path,
    name: str | None,
    cell_m: float | None,
    h3_resolution: int | None,
    datum_word: str,
    as_json: bool,
) -> None:
    """Spread totals over the city by layers and roads; totals are kept to the last worker.

    Weights, bandwidths and hours stand in yizhan.toml. Without check-ins these are judgement: ask
    for the range with yizhan coverage --draws.
    """
    if cell_m is not None and h3_resolution is not None:
        message = "give --cell METRES or --h3 RESOLUTION, not both"
        raise click.UsageError(message)
    workspace = open_workspace(folder)
    figures: Figures = {}
    with steps() as progress, stopwatch(figures), progress.step("spreading workers") as done:
        spread = build_demand(
            workspace,
            totals=totals,
            name=name,
            cell_m=cell_m,
            h3_resolution=h3_resolution,
            datum=parse_datum(datum_word),
            done=done,
        )
        found = diagnose(spread.model)
        figures |= figures_of(spread, found)
    words = words_of(spread, found, name=name)
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


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


def figures_of(spread: Spread, found: Diagnosis) -> Figures:
    """Return what was built as plain data."""
    made = spread.demand
    told = found.as_dict()
    told.pop("notes")
    return {
        "cells": len(made),
        "workers": made.total(),
        "by_group": {group: made.total(group) for group in made.groups},
        "hash": made.content_hash,
        **told,
        "notes": list(spread.notes),
    }


def words_of(spread: Spread, found: Diagnosis, *, name: str | None) -> list[object]:
    """Say what was built: by group, by layer, and what to know of it."""
    made = spread.demand
    moran = {of.group: of.i for of in found.morans}
    rows = [
        (
            group,
            ", ".join(
                f"{of.layer} {100 * of.share:.0f} %"
                for of in sorted(found.shares, key=lambda of: -of.share)
                if of.group == group and of.share >= 0.005  # noqa: PLR2004 - half a per cent
            ),
            count(made.total(group)),
            f"{moran[group]:.2f}" if np.isfinite(moran.get(group, np.nan)) else "–",
        )
        for group in made.groups
        if made.total(group) > 0
    ]
    kept = f"Kept as the variant {name}." if name else "It holds from now on."
    return [
        f"{count(made.total())} workers in {count(len(made))} cells. {kept}",
        table(("group", "drawn by", "workers", "Moran's I"), rows, left=2),
        *(f"note: {note}" for note in spread.notes),
        "No count of workers on the street stands behind the weights: they are judgement.",
    ]
