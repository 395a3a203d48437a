"""`yizhan rounds`: inspection rounds made by rule or by hand, listed and exported."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.commands.common import answer, common_options, open_workspace, stopwatch, table
from web.commands.help_pages import Group
from web.commands.language import spoken
from web.commands.stations_check import day_of

if TYPE_CHECKING:
    from data.rounds import KeptRound
    from web.services import Figures

_BY = "command line"


@click.group(cls=Group)
def rounds() -> None:
    """Send somebody round the stations: who looks at which by when, and what was found."""


@rounds.command()
@common_options
@click.option("--name", required=True, help="What the round is called.")
@click.option(
    "--rule",
    type=click.Choice(["unchecked", "reported", "demand"]),
    help="Pick stations that were not checked, that two reports speak against, or those of the "
    "unchecked that most workers have nearest.",
)
@click.option("--station", "stations", multiple=True, help="A station's id; again for each.")
@click.option("--days", default=90, show_default=True, help="Not checked for so many days.")
@click.option("--most", default=20, show_default=True, help="At most so many stations.")
@click.option("--district", default="", help="Of one district only.")
@click.option("--due", help="The day by which it is done; a week from today unless said.")
@click.option("--inspector", default="", help="The account that goes; anybody unless said.")
@click.option(
    "--mode",
    type=click.Choice(["foot", "ebike", "car", "truck"]),
    default="foot",
    show_default=True,
    help="How the inspector goes.",
)
def make(  # noqa: PLR0917 - Click passes options by name
    folder: Path,
    name: str,
    rule: str | None,
    stations: tuple[str, ...],
    days: int,
    most: int,
    district: str,
    due: str | None,
    inspector: str,
    mode: str,
    *,
    as_json: bool,
) -> None:
    """Make a round of stations by rule or by id, in the order of a short way over the roads."""
    from data.china_time import CHINA_TIME
    from data.database import clock
    from web.services import rounds as service

    if bool(rule) == bool(stations):
        raise click.UsageError(spoken()("Say --rule, or --station for each station."))
    workspace = open_workspace(folder)
    today = clock.now().astimezone(CHINA_TIME).date()
    due_on = today + timedelta(days=7) if due is None else day_of(due, option="--due")
    figures: Figures = {}
    with stopwatch(figures):
        picked = stations or service.pick(
            workspace, rule or "", today=today, days=days, most=most, district=district
        )
        number, way = service.make(
            workspace,
            picked,
            name=name,
            due_on=due_on,
            by=_BY,
            inspector=inspector,
            rule=f"{rule} {days}" if rule else "",
            mode=mode,
        )
    figures |= {"round": number, "stations": list(way.stations), "due": due_on.isoformat()}
    figures |= {"way_minutes": round(way.seconds / 60), "legs_off_roads": way.off_roads}
    t = spoken()
    words = [
        t(
            "Round {number}, {name}: {count} stations by {due}, {minutes} minutes on the way.",
            number=number,
            name=name,
            count=len(way.stations),
            due=due_on,
            minutes=figures["way_minutes"],
        ),
        t("The order is a good one, not a proven best."),
    ]
    if not way.on_roads:
        words.append(t("There are no roads yet: the way is counted as the crow flies, at a walk."))
    elif way.off_roads:
        words.append(
            t(
                "No road leads along {legs} of its legs: those are counted as the crow flies.",
                legs=way.off_roads,
            )
        )
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@rounds.command(name="list")
@common_options
@click.option("--all", "closed", is_flag=True, help="Those that are closed, too.")
def list_(folder: Path, *, closed: bool, as_json: bool) -> None:
    """List the rounds, the one that is due first first, and how far each has got."""
    from web.services.rounds import rounds_of

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        found = rounds_of(workspace).rounds(closed=closed)
        figures["rounds"] = [_figures_of(kept) for kept in found]
    t = spoken()
    headings = (t("round"), t("name"), t("due"), t("inspector"), t("visited"))
    rows = [
        (
            kept.id,
            kept.round.name,
            kept.round.due_on,
            kept.round.inspector,
            f"{len(kept.visited)} / {len(kept.round.stations)}",
        )
        for kept in found
    ]
    answer(
        figures,
        as_json=as_json,
        sample=workspace.settings.sample,
        words=[table(headings, rows, left=4)] if rows else [t("There are no rounds.")],
    )


@rounds.command()
@common_options
@click.argument("number", type=int)
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="Ends in .csv or .xlsx."
)
def export(folder: Path, number: int, output: Path, *, as_json: bool) -> None:
    """Write a round as a list to take along: its stations in order, and what was found."""
    from web.services.rounds import export_round

    workspace = open_workspace(folder)
    figures: Figures = {"round": number, "file": str(output)}
    with stopwatch(figures):
        count = figures["stations"] = export_round(workspace, number, file=output)
    words = [spoken()("{count} stations of the round are in {file}.", count=count, file=output)]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def _figures_of(kept: KeptRound) -> Figures:
    return {
        "round": kept.id,
        "name": kept.round.name,
        "due": kept.round.due_on.isoformat(),
        "inspector": kept.round.inspector,
        "rule": kept.round.rule,
        "stations": list(kept.round.stations),
        "visited": sorted(kept.visited),
        "closed": kept.closed_at is not None,
    }
