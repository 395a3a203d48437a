"""`yizhan stations check`: the doctor's look at a file, before anything is imported."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from data.atomic import write_text
from data.china_time import today_here
from data.doctor import Severity
from geo.errors import InputError
from geo.messages import say
from web.commands.common import (
    answer,
    common_options,
    crs_option,
    open_workspace,
    sheet_option,
    stopwatch,
    table,
)
from web.commands.help_pages import Command
from web.commands.language import asked, spoken, told
from web.commands.refusals import EXIT_REFUSED
from web.languages import CHINESE, Language, message

if TYPE_CHECKING:
    from rich.table import Table as RichTable

    from data.doctor import Checkup, Finding
    from data.doctor.findings import Words
    from data.workspace import Workspace
    from web.services import Figures

REPORT_SUFFIXES = (".html", ".csv", ".json")
_SHOWN = 30


@click.command(cls=Command)
@common_options
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--datum", "datum_word", help="Datum of the coordinates: wgs84, gcj02 or bd09.")
@sheet_option
@crs_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The findings as .html, .csv or .json; with --fix the cured table as .xlsx or .csv.",
)
@click.option("--fix", is_flag=True, help="Apply the safe cures, write the table, say which.")
@click.option("--report", type=click.Path(path_type=Path), help="The findings, beside --fix.")
def check(
    folder: Path,
    file: Path,
    *,
    datum_word: str | None,
    sheet: str | None,
    crs: str | None,
    output: Path | None,
    report: Path | None,
    fix: bool,
    as_json: bool,
) -> None:
    """Examine FILE as it would be imported, and import nothing.

    Headings, cells, the datum, places, twins, hours. Ends with exit code 2 when errors remain.
    """
    from web.services.stations import check_stations

    workspace = open_workspace(folder)
    if fix and output is None:
        raise InputError(say("--fix needs -o FILE.xlsx or FILE.csv, where the cured table goes"))
    report = report if fix else report or output
    figures: Figures = {}
    with stopwatch(figures):
        cured_file = output if fix else None
        checked = check_stations(
            workspace, file=file, datum=datum_word, sheet=sheet, crs=crs, cured_file=cured_file
        )
        checkup, remaining = checked.checkup, checked.remaining
        figures |= checkup.as_dict()
        if fix:
            figures |= {"fixed": str(output), "errors_left": remaining.count(Severity.error)}
        if report is not None:
            write_report(checkup, report, workspace)
            figures["report"] = str(report)
    words = [*checkup_words(checkup), *_fixed_words(checkup, output if fix else None)]
    if report is not None:
        words.append(spoken()("The findings are in {file}.", file=report))
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)
    if not checked.is_sound:
        sys.exit(EXIT_REFUSED)


def day_of(text: str, *, option: str) -> date:
    """Read a day of an option (InputError when it is none)."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(
            say("{option} {text} is no day: write it as 2026-11-23", option=option, text=text[:40])
        ) from None


def write_report(checkup: Checkup, path: Path, workspace: Workspace) -> None:
    """Write the findings in the form that the ending tells; a page in Chinese, or as asked for."""
    from data.doctor.reports import findings_csv
    from web.admin.checkup_page import checkup_html

    suffix = path.suffix.casefold()
    if suffix == ".html":
        settings = workspace.settings
        text = checkup_html(
            checkup,
            city=settings.name,
            made_on=today_here(),
            sample=settings.sample,
            language=asked(otherwise=CHINESE),
        )
    elif suffix == ".csv":
        text = findings_csv(checkup)
    elif suffix == ".json":
        text = json.dumps(checkup.as_dict(), ensure_ascii=False, allow_nan=False, indent=1)
    else:
        endings = ", ".join(REPORT_SUFFIXES)
        raise InputError(
            say(
                "{file}: the findings are written as one of {endings}",
                file=path.name,
                endings=endings,
            )
        )
    write_text(path, text)


def checkup_words(checkup: Checkup) -> list[str | RichTable]:
    """Say what was found, the gravest first."""
    t = spoken()
    found = (
        t.plural("{n} error", "{n} errors", n=checkup.count(Severity.error)),
        t.plural("{n} warning", "{n} warnings", n=checkup.count(Severity.warning)),
        t.plural("{n} note", "{n} notes", n=checkup.count(Severity.note)),
    )
    words: list[str | RichTable] = [
        t(
            "{file}: {rows}, {counts}, {n_curable} with a safe cure.",
            file=checkup.file,
            rows=t.plural("{n} row", "{n} rows", n=checkup.rows),
            counts=t(", ").join(found),
            n_curable=len(checkup.fixable),
        ),
        *read_words(checkup, t),
    ]
    shown = checkup.findings[:_SHOWN]
    if shown:
        words.append(
            table(
                ("", t("row"), t("column"), t("what"), t("cure")),
                [_line(finding, t) for finding in shown],
                left=5,
            )
        )
    if len(checkup.findings) > len(shown):
        words.append(
            t(
                "… and {n} more: write them with -o FILE.html",
                n=len(checkup.findings) - len(shown),
            )
        )
    return words


def read_words(checkup: Checkup, t: Language) -> list[str]:
    """Say which columns are read and which passed over, and how many rows are examples."""
    words = [t("{words}.", words=told(checkup.columns_words()))]
    if checkup.examples:
        words.append(
            t.plural("{n} example row skipped.", "{n} example rows skipped.", n=checkup.examples)
        )
    return words


def cure_words(finding: Finding, t: Language) -> str:
    """Say of a row what cures it."""
    return t("row {row}: {cure}", row=finding.row, cure=_in(finding.cure, t))


def _in(words: Words, t: Language) -> str:
    """Return what the doctor says in two languages in the one of a page or command."""
    return words.zh if t.code == "zh" else words.en


def _line(finding: Finding, t: Language) -> tuple[str, ...]:
    row = "" if finding.row is None else str(finding.row)
    cure = f"{_in(finding.cure, t)}{' [--fix]' if finding.fixable else ''}"
    severity = t(_SEVERITIES[finding.severity])
    return severity, row, finding.column or "", _in(finding.what, t), cure


_SEVERITIES: Final = {
    Severity.error: message("error"),
    Severity.warning: message("warning"),
    Severity.note: message("note"),
}


def _fixed_words(checkup: Checkup, output: Path | None) -> list[str]:
    """Say which cures were applied."""
    if output is None:
        return []
    t, n = spoken(), len(checkup.fixable)
    lines = [cure_words(finding, t) for finding in checkup.fixable[:_SHOWN]]
    more = n - len(lines)
    lines += [t("… and {n} more", n=more)] if more else []
    done = t.plural(
        "{n} cure applied: {file} is the cured table.",
        "{n} cures applied: {file} is the cured table.",
        n=n,
        file=output,
    )
    return [*lines, done]
