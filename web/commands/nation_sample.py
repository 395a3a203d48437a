"""`yizhan nation sample`: a generated nation of any number of cities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from geo.messages import say
from web.commands.common import answer, json_option, steps, stopwatch
from web.commands.help_pages import Command
from web.commands.language import spoken
from web.commands.nation_options import nation_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command(cls=Command)
@nation_option
@click.option("--cities", type=click.IntRange(1, 500), default=24, show_default=True,
              help="How many.")  # fmt: skip
@click.option(
    "--size",
    type=click.Choice(["mixed", "small", "medium", "large"]),
    default="mixed",
    show_default=True,
    help="Of all cities: 900, 8,100 or 40,000 crossings; mixed: of seven four small, two medium,"
    " one large.",
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True,
              help="Another nation for another seed.")  # fmt: skip
@json_option
def sample(folder: Path, *, cities: int, size: str, seed: int, as_json: bool) -> None:
    """Make a generated nation: cities with roads, workers and stations, all marked as generated.

    The same numbers give the same nation. A city that is there already stays; after a stop the
    same command goes on.
    """
    from web.services.nation_sample import build_sample_nation

    figures: dict[str, Any] = {}
    with stopwatch(figures), steps() as progress, progress.step(say("cities")) as done:
        made = build_sample_nation(folder, cities=cities, size=size, seed=seed, on_city=done)
    taken = [one.done.n_stations for one in made.stations.cities if one.done is not None]
    figures |= {
        "name": made.nation.name,
        "folder": str(folder),
        "made": made.made,
        "cities": len(made.nation.cities()),
        "stations": sum(taken),
    }
    t = spoken()
    words = [
        t(
            "{folder}: {cities} generated cities with {stations} stations; made now: {made}.",
            folder=folder,
            cities=figures["cities"],
            stations=f"{figures['stations']:,}",
            made=made.made,
        ),
        t("Next: yizhan nation run -w {folder}", folder=folder),
    ]
    answer(figures, as_json=as_json, sample=True, words=words)
