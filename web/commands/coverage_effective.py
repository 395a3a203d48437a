"""`yizhan effective`: who finds a station that is open, lets them in and works, by the hour."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.atomic import write_text
from geo.errors import InputError
from geo.messages import say
from web.commands.common import (
    answer,
    common_options,
    open_workspace,
    steps,
    stopwatch,
    table,
    unkept_figures,
    unkept_words,
)
from web.commands.help_pages import Command
from web.commands.language import shown, spoken
from web.languages import ENGLISH
from web.services import LONGER
from web.site.number_words import count, per_cent, per_cent_range

if TYPE_CHECKING:
    from datetime import datetime

    from rich.table import Table

    from data.workspace import Workspace
    from planning.coverage.effective_rows import EffectiveRow
    from web.services import Figures
    from web.services.effective import EffectiveAnswer

_TABLE = ".csv"
_PICTURES = (".png", ".svg", ".pdf")
_SHOWN = 10


@click.command(cls=Command)
@common_options
@click.option(
    "--week-of",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="The real week of this day (2026-10-01), with its holidays; otherwise a plain week.",
)
@click.option("--group", help="Tell of one group only.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="A picture of 24 x 7 (.png, .svg, .pdf) or every hour as a table (.csv).",
)
@click.option(
    "--longer-hours",
    "hours",
    type=click.IntRange(1, 12),
    default=LONGER,
    show_default=True,
    help="By how much each station opens longer in the ranked list.",
)
@click.option("--english", is_flag=True, help="Words of the picture in English.")
def effective(
    folder: Path,
    week_of: datetime | None,
    group: str | None,
    output: Path | None,
    hours: int,
    *,
    english: bool,
    as_json: bool,
) -> None:
    """Say who has a station that is open, lets them in and has what they need, hour by hour.

    Beside what stands on paper. Shares are of worker-hours: of those who want a rest place at each
    hour of the week. The figures of a plain week are kept, and the report shows them.
    """
    from web.services.effective import effective_of

    _check_name(output)
    workspace = open_workspace(folder)
    sample = workspace.settings.sample
    figures: Figures = {}
    unkept: list[str] = []
    with steps() as progress, stopwatch(figures):
        with progress.step(say("measuring effective coverage")) as done:
            day = None if week_of is None else week_of.date()
            measured = effective_of(
                workspace,
                week_of=day,
                hours=hours,
                group=group,
                done=done,
                unkept=unkept.append,
            )
        if output is not None:
            with progress.step(say("writing {file}", file=output.name)):
                _write(workspace, measured, output, group=group, english=english)
    figures |= _figures(measured, group) | unkept_figures(unkept)
    written = [] if output is None else [spoken()("written: {file}", file=output)]
    if output is not None:
        figures["file"] = str(output)
    words = [*_words(measured, group), *unkept_words(unkept), *written]
    answer(figures, as_json=as_json, sample=sample, words=words)


def _check_name(output: Path | None) -> None:
    """Refuse a name before anything is computed for it."""
    if output is not None and output.suffix.casefold() not in (*_PICTURES, _TABLE):
        endings = ", ".join((*_PICTURES, _TABLE))
        raise InputError(
            say("{file}: write a name that ends in {endings}", file=output.name, endings=endings)
        )


def _write(
    workspace: Workspace,
    measured: EffectiveAnswer,
    output: Path,
    *,
    group: str | None,
    english: bool,
) -> None:
    from data.files.csv_text import csv_text
    from web.reports.effective_table import hour_rows

    sample = workspace.settings.sample
    if output.suffix.casefold() == _TABLE:
        write_text(output, csv_text(hour_rows(measured.coverage, group=group, sample=sample)))
        return
    from web.languages import CHINESE
    from web.reports.effective_picture import draw_effective

    draw_effective(
        measured.coverage,
        output,
        city=workspace.settings.name,
        group=group,
        sample=sample,
        language=ENGLISH if english else CHINESE,
    )


def _figures(measured: EffectiveAnswer, group: str | None) -> Figures:
    from planning.coverage.effective_rows import effective_rows
    from planning.coverage.nominal import ALL

    coverage = measured.coverage
    rows = [row for row in effective_rows(coverage) if group in {None, row.group}]
    week = {
        name: coverage.table(name, group=group or ALL).round(1).tolist()
        for name in ("present", "nominal", "possible", "effective")
    }
    return {
        "week_of": None if measured.week_of is None else measured.week_of.isoformat(),
        "knows_hours": measured.knows_hours,
        "tests_basics": measured.tests_basics,
        "group": group or ALL,
        "rows": [row.as_dict() for row in rows],
        "week": week,
        "longer_hours": [one.as_dict() for one in measured.longer],
        "evidence": measured.evidence.as_dict(),
        "inputs": dict(measured.inputs),
    }


def _words(measured: EffectiveAnswer, group: str | None) -> list[object]:
    from planning.coverage.effective_rows import effective_rows
    from planning.coverage.nominal import ALL
    from planning.siting.whole_workers import in_whole_hours
    from web.reports.effective_labels import (
        basis_sentence,
        effect_words,
        ends_of,
        evidence_sentence,
        headline,
        truth_sentence,
    )

    coverage, who, t = measured.coverage, group or ALL, spoken()
    rows = in_whole_hours(effective_rows(coverage))
    if not rows:
        return [t("Nobody is present at any hour: import workers with yizhan demand import FILE.")]
    nominal = per_cent(coverage.share("nominal", group=who))
    found = per_cent_range(ends_of(coverage, who))
    first = t(
        "{headline}. {nominal} of worker-hours are covered on paper, {found} in effect ({effect}; "
        "from what the register states to what it leaves open). {basis}",
        headline=headline(coverage, who, t),
        nominal=nominal,
        found=found,
        effect=effect_words(measured, t),
        basis=basis_sentence(measured, t),
    )
    parts: list[object] = [
        first,
        truth_sentence(measured, who, t),
        _table(
            t("group"),
            [
                (shown(row.group, t.group), row)
                for row in rows
                if row.district == ALL and group in {None, row.group}
            ],
        ),
        _table(
            t("district"),
            [(shown(row.district, t.district), row) for row in rows if row.group == who],
        ),
        *_longer(measured),
        evidence_sentence(measured.evidence, t),
    ]
    return [part for part in parts if part]


def _table(first: str, rows: list[tuple[str, EffectiveRow]]) -> Table:
    from web.reports.effective_labels import lost_words

    t = spoken()
    headings = (t("worker-hours"), t("on paper"), t("in effect"), t("points lost"))
    return table(
        (first, *headings, "6-22", "22-6", "4-6"),
        [
            (
                name,
                count(row.present),
                per_cent(row.share("nominal")),
                per_cent_range(row.week),
                lost_words(row, t),
                *(per_cent_range(ends) for ends in (row.day, row.night, row.before_dawn)),
            )
            for name, row in rows
        ],
    )


def _longer(measured: EffectiveAnswer) -> list[str]:
    """Say which stations would gain most by longer hours, each in a line."""
    from web.reports.effective_labels import longer_sentence

    return [
        f"{number}. {one.name} ({one.station_id}): {longer_sentence(one, spoken())}"
        for number, one in enumerate(measured.longer[:_SHOWN], start=1)
    ]
