"""`yizhan sites`: where a new station could stand."""

from __future__ import annotations

import math
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.vocabulary import HOST_TYPES_BY_ID
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
from web.commands.language import reader, shown, spoken
from web.commands.osm_counts import counts_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.sites import CandidateSites
    from web.services import Figures
    from web.services.hosts import HostSites
    from web.services.sites import Candidates, Distances

_KEYS = ("id", "name", "kind", "cost_yuan", "host_type", "lon", "lat", "road_m", "station_m")
_MOST = 40


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
    default=_MOST,
    show_default=True,
    help="How many are printed; --json tells all.",
)
def list_(folder: Path, find: str, most: int, *, as_json: bool) -> None:
    """Show the candidate sites with their ids: the imported ones, or those of the grid."""
    from web.services.sites import candidates, distances

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        found = candidates(workspace)
        rows = _rows(found.sites, distances(workspace, found.sites.lonlat), find)
        figures |= {
            "imported": found.imported,
            "sites": [dict(zip(_KEYS, row, strict=True)) for row in rows],
        }
    t = spoken()
    words: list[object] = [_whence(found, workspace.settings.candidate_spacing_m)]
    words.append(_table(rows[:most]))
    if len(rows) > most:
        words.append(
            t(
                "… and {n} more: narrow them with --find, or --most {all}",
                n=len(rows) - most,
                all=len(rows),
            )
        )
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@sites.command("from-osm")
@common_options
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--hosts",
    "host_words",
    metavar="KINDS",
    help="Kinds of hosts with commas, as OpenStreetMap, Overture or the glossary name them: "
    "bank,fuel,townhall.  [default: the usual hosts]",
)
@click.option(
    "--min-distance-m",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    help="Leave out hosts nearer than this to a station, in a straight line.",
)
@click.option("--add", is_flag=True, help="Keep the sites that were imported before.")
@click.option(
    "--datum",
    "datum_word",
    default="wgs84",
    show_default=True,
    help="Datum of a list of places: wgs84, gcj02 or bd09.",
)
@click.option("--dry-run", is_flag=True, help="Show the hosts and change nothing.")
def from_osm(
    *,
    folder: Path,
    file: Path,
    host_words: str | None,
    min_distance_m: float,
    add: bool,
    datum_word: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take hosts out of FILE as candidate sites: banks, post offices, petrol stations.

    FILE is an extract of OpenStreetMap, or a list of places of OpenStreetMap, Overture or your own
    (GeoJSON, GeoPackage, CSV, XLSX, KML, zipped shapefile).
    """
    from data.hosts import USUAL_HOSTS, hosts_meant
    from web.services.hosts import take_hosts

    workspace = open_workspace(folder)
    kinds = USUAL_HOSTS if host_words is None else hosts_meant(_parts(host_words))
    figures: Figures = {}
    with stopwatch(figures):
        found = take_hosts(
            workspace,
            file=file,
            kinds=kinds,
            min_distance_m=min_distance_m,
            datum=datum_word,
            add=add,
            keeping=not dry_run,
        )
        rows = _rows(found.sites, found.distances, "")
        figures |= {
            "taken": not dry_run,
            "hosts": Counter(found.sites.frame["host_type"]),
            "left_out": dict(found.left_out),
            "beside": found.beside,
            "date": found.date,
            "sites": [dict(zip(_KEYS, row, strict=True)) for row in rows],
        }
    words = [_taken(found, file, dry_run=dry_run), _table(rows[:_MOST])]
    if len(rows) > _MOST:
        words.append(spoken()("… and {n} more: --json tells all", n=len(rows) - _MOST))
    words += counts_line(found.left_out)
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
        found = export_sites(workspace, file=output, reader=reader())
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


def _parts(words: str) -> list[str]:
    return [part for part in re.split(r"[,，、;；]", words) if part.strip()]


def _rows(sites: CandidateSites, far: Distances, find: str) -> list[tuple[object, ...]]:
    """Return the values of `_KEYS` of the sites whose id or name holds ``find``."""
    frame = sites.frame
    costs, road_m, station_m = (
        [None if math.isnan(number) else number for number in numbers]
        for numbers in (frame["cost_yuan"], far.road_m.tolist(), far.station_m.tolist())
    )
    rows = zip(
        *(frame["id"], frame["name"], frame["kind"], costs, frame["host_type"]),
        *(*sites.lonlat.T.tolist(), road_m, station_m),
        strict=True,
    )
    return [row for row in rows if find.casefold() in f"{row[0]}\n{row[1]}".casefold()]


def _table(rows: Sequence[tuple[object, ...]]) -> object:
    """Make the table of sites, without the columns of which nothing is known."""
    t = spoken()
    columns = {
        t("id"): [str(row[0]) for row in rows],
        t("name"): [str(row[1]) for row in rows],
        t("kind"): [shown(str(row[2]), t.kind) if row[2] else "" for row in rows],
        t("host"): [_host(str(row[4])) for row in rows],
        t("cost, yuan"): [_number(row[3]) for row in rows],
        t("road, m"): [_number(row[7]) for row in rows],
        t("station, m"): [_number(row[8]) for row in rows],
    }
    known = {heading: cells for heading, cells in columns.items() if any(cells)}
    left = sum(heading in known for heading in list(columns)[:4])
    cells = [[cell or "–" for cell in row] for row in zip(*known.values(), strict=True)]
    return table(tuple(known), cells, left=left)


def _host(host_type: str) -> str:
    t, term = spoken(), HOST_TYPES_BY_ID.get(host_type)
    return host_type if term is None else shown(host_type, lambda _: t.term(term))


def _number(value: object) -> str:
    return "" if value is None else f"{value:,.0f}"


def _taken(found: HostSites, file: Path, *, dry_run: bool) -> str:
    t, n = spoken(), len(found.sites)
    if dry_run:
        return t.plural(
            "{n} host of {file} could be a candidate site; nothing was changed.",
            "{n} hosts of {file} could be candidate sites; nothing was changed.",
            n=n,
            file=file.name,
        )
    said = t.plural(
        "{n} candidate site taken from {file}.",
        "{n} candidate sites taken from {file}.",
        n=n,
        file=file.name,
    )
    if not found.beside:
        return said
    kept = t.plural("{n} that was there stays.", "{n} that were there stay.", n=found.beside)
    return t.sentences([said, kept])


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
