"""`yizhan proposals`: which are due, and the numbers of a period."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from web.commands.common import answer, common_options, open_workspace, table
from web.commands.help_pages import Group
from web.commands.language import spoken

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group(cls=Group)
def proposals() -> None:
    """Look through what workers propose."""


@proposals.command()
@common_options
@click.option(
    "--within",
    "within_days",
    type=int,
    default=0,
    show_default=True,
    metavar="DAYS",
    help="Those due in so many days, too.",
)
def due(folder: Path, within_days: int, *, as_json: bool) -> None:
    """Show the proposals whose review is due or late; for a reminder by cron."""
    from web.services.proposals import due_proposals

    workspace, t = open_workspace(folder), spoken()
    found = due_proposals(workspace, within_days=within_days)
    rows = [
        (one.proposal.number, one.proposal.name, one.due_on.isoformat(), one.days_left)
        for one in found
    ]
    headings = (t("Number"), t("Place"), t("Due"), t("Days left"))
    words = [table(headings, rows, left=3)] if rows else [t("No review is due.")]
    figures = {
        "proposals": [
            {
                "number": one.proposal.number,
                "name": one.proposal.name,
                "due_on": one.due_on.isoformat(),
                "days_left": one.days_left,
            }
            for one in found
        ]
    }
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@proposals.command()
@common_options
@click.option("--since", type=_DAY, required=True, help="First day of the period.")
@click.option("--until", type=_DAY, required=True, help="Last day of the period.")
def figures(folder: Path, since: datetime, until: datetime, *, as_json: bool) -> None:
    """Count what came, was answered, taken up, turned down and awarded in a period."""
    from web.services.proposals import proposal_figures

    workspace, t = open_workspace(folder), spoken()
    counted = proposal_figures(workspace, since=since.date(), until=until.date())
    days = "-" if counted.median_days is None else f"{counted.median_days:g}"
    rows = [
        (t("came"), str(counted.received)),
        (t("answered"), str(counted.answered)),
        (t("taken up"), str(counted.adopted)),
        (t("turned down"), str(counted.rejected)),
        (t("awarded"), str(counted.awarded)),
        (t("days to the answer (median)"), days),
    ]
    told = {**asdict(counted), "since": since.date().isoformat(), "until": until.date().isoformat()}
    words = [table((t("Proposals"), t("Number")), rows, left=1)]
    answer(told, as_json=as_json, sample=workspace.settings.sample, words=words)
