"""`yizhan plan`: where the next stations do most."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from data.sites import CandidateSites, network_grid_sites
from data.vocabulary import KINDS, KINDS_BY_ID, unknown_word
from geo.errors import InputError, NothingYetError
from planning import SolveParams
from planning.siting import SitingPlan, plan_stations
from web.commands.common import (
    Done,
    Figures,
    answer,
    common_options,
    network_when,
    open_workspace,
    steps,
    stopwatch,
    table,
    when_option,
)
from web.commands.coverage import STANDARDS
from web.language import ENGLISH, count, gap_words
from web.place_words import site_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from data.workspace import Workspace
    from planning.coverage import StandardWord


@click.command()
@common_options
@click.option("--new", required=True, type=click.IntRange(min=1), help="How many new stations.")
@click.option(
    "--kind",
    "kind_words",
    multiple=True,
    metavar="KIND[:MOST]",
    help="Kind of the new stations, at most MOST of it; give it again for a mix of kinds.  "
    "[default: candidates.kind of yizhan.toml]",
)
@click.option(
    "--keep", multiple=True, metavar="SITE[:KIND]", help="A site that must be among the new ones."
)
@click.option("--without", multiple=True, metavar="SITE", help="A site that cannot be had.")
@click.option("--standard", type=STANDARDS, default="group", show_default=True)
@when_option
@click.option(
    "--time-limit",
    "time_limit_s",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds after which the best plan so far is taken, with its bound.",
)
@click.option(
    "--gap",
    type=click.FloatRange(min=0, max=1),
    default=0.0,
    show_default=True,
    help="Stop when the plan is proven this close to the best (0.01 is 1 %).",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
def plan(
    *,
    folder: Path,
    new: int,
    kind_words: tuple[str, ...],
    keep: tuple[str, ...],
    without: tuple[str, ...],
    standard: StandardWord,
    when: str,
    time_limit_s: float,
    gap: float,
    seed: int,
    as_json: bool,
) -> None:
    """Add NEW stations to those that stand, where they reach most workers, and prove how good.

    Candidates are the imported sites, or without any the road network's nodes on a grid.
    """
    workspace = open_workspace(folder)
    params = SolveParams(time_limit_s=time_limit_s, gap=gap, seed=seed)
    kinds = _kinds(kind_words) or {workspace.settings.candidate_kind: None}
    figures: Figures = {}
    with steps() as progress, stopwatch(figures), progress.step("planning") as done:
        made = plan_of(
            workspace,
            new=new,
            kinds=kinds,
            keep=keep,
            without=without,
            standard=standard,
            when=when,
            params=params,
            done=done,
        )
        figures |= made.as_dict()
    places = site_names(made, workspace.network(), ENGLISH)
    for site, place in zip(figures["sites"], places, strict=True):
        site["place"] = place
    rows = [
        (site.order, site.kind, place, site.district, count(site.adds_workers))
        for site, place in zip(made.sites, places, strict=True)
    ]
    words: list[object] = [
        sentence(made),
        table(("order", "kind", "site", "district", "adds workers"), rows, left=4),
    ]
    if len(made.sites) < new:
        words.append(f"You asked for {new}: no candidate site beyond these adds a worker.")
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def _kinds(words: Sequence[str]) -> dict[str, int | None]:
    """Read ``KIND`` or ``KIND:MOST`` words."""
    kinds: dict[str, int | None] = {}
    for word in words:
        kind, colon, most = word.partition(":")
        if kind not in KINDS_BY_ID:
            raise InputError(f"--kind {word}: {unknown_word(kind, KINDS, what='kind')}")
        if colon and not (most.isdecimal() and int(most) > 0):
            raise InputError(f"--kind {word}: after the colon give a whole number above 0")
        kinds[kind] = int(most) if colon else None
    return kinds


def plan_of(
    workspace: Workspace,
    *,
    new: int,
    kinds: Mapping[str, int | None],
    keep: Sequence[str] = (),
    without: Sequence[str] = (),
    standard: StandardWord,
    when: str = "usual",
    params: SolveParams,
    done: Done,
) -> SitingPlan:
    """Solve the siting problem of the workspace and keep the plan as its newest result."""
    made = plan_stations(
        workspace.demand(),
        workspace.stations(),
        candidate_sites(workspace),
        network_when(workspace, when),
        workspace.settings,
        new=new,
        kinds=kinds,
        keep=keep,
        without=without,
        standard=standard,
        params=params,
        on_progress=done,
    )
    # The network is traced by what it was built from; the hour is told beside it.
    traced = {"network": workspace.network().content_hash, "when": when}
    made = replace(made, inputs={**made.inputs, **traced})
    workspace.save_result("plan", inputs=made.inputs, body=made.as_dict())
    return made


def candidate_sites(workspace: Workspace) -> CandidateSites:
    """Take the imported candidate sites, or the network's nodes on a grid where there are none."""
    try:
        return workspace.sites()
    except NothingYetError:
        return network_grid_sites(
            workspace.network(),
            spacing_m=workspace.settings.candidate_spacing_m,
            metric_crs=workspace.settings.metric_crs,
            within=workspace.districts if len(workspace.districts) else workspace.settings.box,
        )


def sentence(made: SitingPlan) -> str:
    """Say a plan in one sentence: what it builds, what that adds, how good it is proven to be."""
    before, after = made.before.row("all", "all"), made.after.row("all", "all")
    proof = (
        "proven to be the best there is"
        if made.status == "optimal"
        else f"proven within {gap_words(made.gap)} of the best there is"
    )
    stations = (
        "1 new station reaches" if len(made.sites) == 1 else f"{len(made.sites)} new stations reach"
    )
    return (
        f"{stations} {count(after.within_one - before.within_one)} more "
        f"workers ({count(before.within_one)} before, {count(after.within_one)} after, of "
        f"{count(before.workers)}); {proof}."
    )
