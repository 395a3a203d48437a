"""`yizhan demand build`: a city's totals spread over its cells by what draws each group."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.china_time import CHINA_TIME
from geo.datum import parse_datum
from geo.messages import say
from web.commands.common import answer, common_options, open_workspace, steps, stopwatch, table
from web.commands.help_pages import Command
from web.commands.language import shown, spoken, told
from web.commands.numbers import n_workers
from web.site.number_words import count

if TYPE_CHECKING:
    from planning.density import Diagnosis
    from planning.density.build_demand import Spread
    from web.services import Figures
    from web.services.demand import TotalsFound


@click.command(cls=Command)
@common_options
@click.option(
    "--totals",
    type=click.Path(path_type=Path),
    help="Workers by group: CSV or XLSX by district or for the city, or zones as GeoJSON; "
    "organisations for the members of those that were imported.  [default: demand.totals in "
    "yizhan.toml]",
)
@click.option("--name", help="Keep it as a variant of this name beside the demand that holds.")
@click.option("--cell", "cell_m", type=float, help="Side of the squares in metres.")
@click.option("--h3", "h3_resolution", type=int, help="H3 hexagons of this resolution instead.")
@click.option("--datum", "datum_word", default="wgs84", show_default=True, help="Of drawn zones.")
def build(
    *,
    folder: Path,
    totals: Path | None,
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
    from planning.density import diagnose
    from web.services.demand import build_demand

    if cell_m is not None and h3_resolution is not None:
        raise click.UsageError(say("give --cell METRES or --h3 RESOLUTION, not both"))
    workspace = open_workspace(folder)
    figures: Figures = {}
    with steps() as progress, stopwatch(figures), progress.step(say("spreading workers")) as done:
        built = build_demand(
            workspace,
            totals=totals,
            name=name,
            cell_m=cell_m,
            h3_resolution=h3_resolution,
            datum=parse_datum(datum_word),
            done=done,
        )
        found = diagnose(built.spread.model)
        figures |= figures_of(built.spread, found)
        figures["totals"] = _totals_figures(built.found)
    words = [_whence(built.found), *words_of(built.spread, found, name=name)]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def _totals_figures(found: TotalsFound) -> Figures:
    """Return where the totals came from as plain data."""
    newest = found.newest
    if newest is None:
        return {"from": found.source}
    return {
        "from": found.source,
        "file": newest.file,
        "observed_at": newest.observed_at.isoformat(),
        "by": newest.by,
    }


def _whence(found: TotalsFound) -> str:
    """Say where the totals came from."""
    t, newest = spoken(), found.newest
    if newest is None:
        return t("Totals of {file}.", file=found.source)
    return t(
        "Totals of the organisations: their members, newest list {file} of {day}.",
        file=newest.file,
        day=newest.observed_at.astimezone(CHINA_TIME).date(),
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
    import numpy as np

    made, t = spread.demand, spoken()
    moran = {of.group: of.i for of in found.morans}
    rows = [
        (
            shown(group, t.group),
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
    kept = t("Kept as the variant {name}.", name=name) if name else t("It holds from now on.")
    return [
        t(
            "{workers} in {cells} cells. {kept}",
            workers=n_workers(made.total(), t),
            cells=count(len(made)),
            kept=kept,
        ),
        table((t("group"), t("drawn by"), t("workers"), "Moran's I"), rows, left=2),
        *(t("note: {note}", note=told(note)) for note in spread.notes),
        t("No count of workers on the street stands behind the weights: they are judgement."),
    ]
