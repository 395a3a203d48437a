"""`yizhan reports`: what workers reported, on the terminal and as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from web.commands.common import answer, common_options, open_workspace, table
from web.commands.help_pages import Group
from web.commands.language import shown, spoken
from web.languages import message
from web.site.number_words import local_words

if TYPE_CHECKING:
    from data.database.tickets import Ticket


_STATES: Final = {
    "waiting": message("waiting"),
    "open": message("open"),
    "answered": message("answered"),
    "closed": message("closed"),
    "rejected": message("rejected"),
}


@click.group(cls=Group)
def reports() -> None:
    """Look through what workers report."""


@reports.command("list")
@common_options
@click.option("--all", "all_", is_flag=True, help="Those that are closed or rejected, too.")
def list_(folder: Path, *, all_: bool, as_json: bool) -> None:
    """Show the tickets that are open, the newest first."""
    from web.labels.worker_reports import complaint_words
    from web.services.worker_reports import tickets_of

    workspace = open_workspace(folder)
    tickets, t = tickets_of(workspace, also_done=all_), spoken()
    rows = [
        (
            ticket.number,
            ticket.station,
            complaint_words(ticket.what, ticket.facility, t),
            shown(ticket.state, lambda state: t(_STATES[state])),
            local_words(ticket.opened_at),
            ticket.devices,
        )
        for ticket in tickets
    ]
    headings = (
        *(t("Ticket"), t("Station"), t("What")),
        *(t("State"), t("Since (China)"), t("Voices")),
    )
    words = [table(headings, rows, left=5)] if rows else [t("Nothing is open.")]
    figures = {"tickets": [_figures(ticket) for ticket in tickets]}
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@reports.command()
@common_options
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The CSV file to write.",
)
def export(folder: Path, output: Path, *, as_json: bool) -> None:
    """Write every report as CSV; no device can be told from it."""
    from web.services.worker_reports import export_reports

    workspace = open_workspace(folder)
    n_reports = export_reports(workspace, output=output)
    words = [
        spoken().plural(
            "{n} report written to {file}.",
            "{n} reports written to {file}.",
            n=n_reports,
            file=output,
        )
    ]
    figures = {"reports": n_reports, "file": str(output)}
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def _figures(ticket: Ticket) -> dict[str, object]:
    return {
        "ticket": ticket.number,
        "station": ticket.station,
        "what": ticket.what,
        "facility": ticket.facility,
        "state": ticket.state,
        "devices": ticket.devices,
        "reports": ticket.reports,
        "opened_at": ticket.opened_at.isoformat(),
        "answer": ticket.answer,
        "public": ticket.public,
    }
