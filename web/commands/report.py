"""`yizhan report`: the figures for those who decide, and the reports that are kept and signed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.messages import say
from web.commands.common import (
    answer,
    author_of,
    common_options,
    open_workspace,
    outdated_words,
    steps,
    stopwatch,
)
from web.commands.help_pages import Group
from web.commands.language import spoken

if TYPE_CHECKING:
    from data.kept_reports import KeptReport, StepWord
    from web.reports.forms.faces import Faces
    from web.services import Figures

name_option = click.option(
    "--name", metavar="WHO", help="The name that signs.  [default: the login name of this computer]"
)


@click.group(cls=Group, invoke_without_command=True, subcommand_metavar="[COMMAND]")
@common_options
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder of the report.")
@click.option(
    "--forms",
    help="Write these forms too, commas between: docx, pdf, xlsx, csv, json, gpkg, brief (one "
    "page), notice (for the board), zip (all of them).",
)
@click.pass_context
def report(
    context: click.Context,
    folder: Path,
    output: Path | None,
    forms: str | None,
    *,
    as_json: bool,
) -> None:
    """Write report.html and CSV files: coverage before and after the newest plan.

    make keeps the report of a period under a number: a draft, which is reviewed, issued, and may be
    withdrawn, and never changes.
    """
    if context.invoked_subcommand is not None:
        return
    if output is None:
        raise click.UsageError(say("give -o DIR, or a command: make, list, show, review, issue"))
    from web.reports.pages import prepared_report, write_pages

    if forms is not None:
        from web.reports.forms.names import check_forms

        asked = check_forms(forms)
    workspace, said = open_workspace(folder), list[str]()
    figures: Figures = {}
    with steps() as progress, stopwatch(figures), progress.step(say("writing the report")):
        made = prepared_report(workspace)
        files = write_pages(made, output)
        if forms is not None:
            from web.reports.forms.files import files_of, write_forms

            packed = files_of(made)
            files += write_forms(packed, output, asked)
            said = (
                _faces_words(packed.faces) if {"pdf", "brief", "notice", "zip"} & set(asked) else []
            )
    figures["files"] = [str(file) for file in files]
    words = [
        *said,
        *(spoken()("written: {file}", file=file) for file in files),
        *outdated_words(workspace),
    ]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def _faces_words(faces: Faces) -> list[str]:
    """Say which typeface stands in for which, and which letters no typeface has."""
    t = spoken()
    words = [
        t("typeface {wanted} is not installed: {taken} stands in", wanted=wanted, taken=taken)
        for wanted, taken in faces.stand_ins
    ]
    if faces.unknown:
        letters = " ".join(sorted(faces.unknown))
        words.append(t("no typeface has {letters}: 〓 stands for it", letters=letters))
    return words


@report.command()
@common_options
@click.option(
    "--period", required=True, metavar="PERIOD", help="Such as 2026, 2026-H1, 2026-Q3, 2026-07."
)
@click.option("--number", metavar="NUMBER", help="Its number.  [default: the period and a serial]")
@click.option(
    "--author", metavar="WHO", help="Who makes it.  [default: the login name of this computer]"
)
def make(
    folder: Path, period: str, number: str | None, author: str | None, *, as_json: bool
) -> None:
    """Make the report of a period of what is known now, and keep it as a draft for good."""
    from web.commands.report_words import made_words
    from web.reports.keeping import make_report
    from web.services.accounts import OWNER

    workspace = open_workspace(folder)
    figures: Figures = {}
    with steps() as progress, stopwatch(figures), progress.step(say("making the report")):
        made = make_report(
            workspace, period=period, number=number, author=author_of(author), by=OWNER
        )
    words = [*made_words(made), *outdated_words(workspace)]
    figures = {**_figures(made), **figures}
    answer(figures, as_json=as_json, sample=made.sample, words=words)


@report.command("list")
@common_options
def list_(folder: Path, *, as_json: bool) -> None:
    """Show the kept reports, the newest first, and how far each has come."""
    from web.commands.report_words import list_table

    workspace = open_workspace(folder)
    found = workspace.kept_reports().all()
    words = [list_table(found)] if found else [spoken()("There is no kept report yet.")]
    figures: Figures = {"reports": [_figures(one) for one in found]}
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@report.command()
@common_options
@click.argument("number")
def show(folder: Path, number: str, *, as_json: bool) -> None:
    """Show a kept report: who signed it, what it says, and with --json every figure."""
    from web.commands.report_words import report_words

    kept = open_workspace(folder).kept_reports().report(number)
    figures = {
        **_figures(kept),
        "figures": dict(kept.figures),
        "inputs": dict(kept.inputs),
        "method": dict(kept.method),
    }
    answer(figures, as_json=as_json, sample=kept.sample, words=report_words(kept))


@report.command()
@common_options
@click.argument("number")
@name_option
def review(folder: Path, number: str, name: str | None, *, as_json: bool) -> None:
    """Say that a draft was reviewed: sums, sources and words."""
    _step(folder, number, "reviewed", name, as_json=as_json)


@report.command()
@common_options
@click.argument("number")
@name_option
def issue(folder: Path, number: str, name: str | None, *, as_json: bool) -> None:
    """Issue a report that was reviewed: from now on everybody reads it at /report/NUMBER."""
    _step(folder, number, "issued", name, as_json=as_json)


@report.command()
@common_options
@click.argument("number")
@name_option
@click.option("--why", required=True, metavar="TEXT", help="The reason, which readers are told.")
def withdraw(folder: Path, number: str, name: str | None, why: str, *, as_json: bool) -> None:
    """Withdraw a report; it stays at its address and says so."""
    _step(folder, number, "withdrawn", name, why=why, as_json=as_json)


def _step(
    folder: Path, number: str, act: StepWord, name: str | None, *, as_json: bool, why: str = ""
) -> None:
    from web.commands.report_words import step_words
    from web.reports.keeping import take_step
    from web.services.accounts import OWNER

    workspace = open_workspace(folder)
    kept = take_step(workspace, number, act=act, name=author_of(name), by=OWNER, why=why)
    answer(_figures(kept), as_json=as_json, sample=kept.sample, words=[step_words(kept)])


def _figures(kept: KeptReport) -> Figures:
    """Return what a report is, without its figures and words."""
    return {
        "number": kept.number,
        "period": kept.period.text,
        "state": kept.state,
        "previous": kept.previous or None,
        "content_hash": kept.content_hash,
        "address": f"/report/{kept.number}",
        "steps": [
            {"act": one.act, "name": one.name, "at": one.at.isoformat(), "why": one.why}
            for one in kept.steps
        ],
    }
