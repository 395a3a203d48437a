"""`yizhan sites`: where a new station could stand."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.commands.common import (
    answer,
    common_options,
    crs_option,
    open_workspace,
    sheet_option,
    stopwatch,
    table,
    table_output_option,
)
from web.commands.help_pages import Group
from web.commands.language import shown, spoken

if TYPE_CHECKING:
    from data.sites import CandidateSites
    from web.services import Figures
    from web.services.sites import Candidates

_KEYS = ("id", "name", "kind", "cost_yuan", "lon", "lat")


@click.group(cls=Group)
def sites() -> None:
    """Name the candidate sites for new stations."""


@sites.command("import")
@common_options
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--datum", "datum_word", help="Datum of the coordinates: wgs84, gcj02 or bd09.")
@sheet_option
@crs_option
def import_(
    folder: Path,
    file: Path,
    datum_word: str | None,
    sheet: str | None,
    crs: str | None,
    *,
    as_json: bool,
) -> None:
    """Replace the candidate sites by FILE (CSV, XLSX or GeoJSON with id, name, lon, lat)."""
    from web.services.sites import import_sites

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        taken = import_sites(workspace, file=file, datum=datum_word, sheet=sheet, crs=crs)
        figures["sites"] = len(taken)
    words = [
        spoken().plural(
            "{n} candidate site taken from {file}.",
            "{n} candidate sites taken from {file}.",
            n=len(taken),
            file=file.name,
        )
    ]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@sites.command("list")
@common_options
@click.option("--find", default="", metavar="TEXT", help="Only those whose id or name holds TEXT.")
@click.option(
    "--most",
    type=click.IntRange(min=1),
    default=40,
    show_default=True,
    help="How many are printed; --json tells all.",
)
def list_(folder: Path, find: str, most: int, *, as_json: bool) -> None:
    """Show the candidate sites with their ids: the imported ones, or those of the grid."""
    from web.services.sites import candidates

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        found = candidates(workspace)
        rows = _rows(found.sites, find)
        figures |= {
            "imported": found.imported,
            "sites": [dict(zip(_KEYS, row, strict=False)) for row in rows],
        }
    t = spoken()
    told = [
        (site, name, shown(str(kind), t.kind) if kind else "–", _yuan(cost))
        for site, name, kind, cost, *_ in rows[:most]
    ]
    words: list[object] = [_whence(found, workspace.settings.candidate_spacing_m)]
    words.append(table((t("id"), t("name"), t("kind"), t("cost, yuan")), told, left=3))
    if len(rows) > most:
        words.append(
            t(
                "… and {n} more: narrow them with --find, or --most {all}",
                n=len(rows) - most,
                all=len(rows),
            )
        )
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@sites.command()
@common_options
@table_output_option
def export(folder: Path, output: Path, *, as_json: bool) -> None:
    """Write the candidate sites, those of the grid too: a list to edit and import again."""
    from web.services.sites import export_sites

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        found = export_sites(workspace, file=output)
        figures |= {"sites": len(found.sites), "imported": found.imported, "file": str(output)}
    words = [
        spoken().plural(
            "{n} candidate site written to {file}.",
            "{n} candidate sites written to {file}.",
            n=len(found.sites),
            file=output,
        )
    ]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@sites.command()
@common_options
def clear(folder: Path, *, as_json: bool) -> None:
    """Forget the imported candidate sites: the grid of road nodes holds again."""
    from web.services.sites import clear_sites

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        figures["forgotten"] = clear_sites(workspace)
    words = [
        spoken().plural(
            "{n} candidate site forgotten; the grid holds again.",
            "{n} candidate sites forgotten; the grid holds again.",
            n=figures["forgotten"],
        )
    ]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def _rows(sites: CandidateSites, find: str) -> list[tuple[object, ...]]:
    """Return the values of `_KEYS` of the sites whose id or name holds ``find``."""
    frame = sites.frame
    costs = [None if math.isnan(cost) else cost for cost in frame["cost_yuan"]]
    rows = zip(
        frame["id"], frame["name"], frame["kind"], costs, *sites.lonlat.T.tolist(), strict=True
    )
    return [row for row in rows if find.casefold() in f"{row[0]}\n{row[1]}".casefold()]


def _yuan(cost: object) -> str:
    return "–" if cost is None else f"{cost:,.0f}"


def _whence(found: Candidates, spacing_m: float) -> str:
    t, n = spoken(), len(found.sites)
    if found.imported:
        return t.plural(
            "{n} candidate site was imported.", "{n} candidate sites were imported.", n=n
        )
    return t(
        "No sites were imported: {n} road nodes on a grid of {spacing_m:g} m are "
        "the candidates (candidates.spacing_m in yizhan.toml).",
        n=n,
        spacing_m=spacing_m,
    )
