"""`yizhan nation report`: the report of a nation or a province, from what is kept of its cities."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo.messages import say
from web.commands.common import answer, json_option, steps, stopwatch
from web.commands.help_pages import Command
from web.commands.language import spoken
from web.commands.nation_options import nation_option

if TYPE_CHECKING:
    from web.services.nation_figures import NationalFigures


@click.command(cls=Command)
@nation_option
@click.option("-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="Folder of the report.")  # fmt: skip
@click.option("--province", metavar="PROVINCE", help="The cities of one province alone.")
@click.option("--budget", type=click.FloatRange(min=0), metavar="YUAN",
              help="Add what this sum brings, divided over all cities of the nation.")  # fmt: skip
@click.option("--english", is_flag=True, help="Write it in English.")
@json_option
def report(
    folder: Path,
    *,
    output: Path,
    province: str | None,
    budget: float | None,
    english: bool,
    as_json: bool,
) -> None:
    """Write what is known of all cities: report.html, a workbook, JSON and CSV.

    It is made of the results that yizhan nation run has kept; what is missing is listed. Cities
    stand by the workers whom no station reaches, the most first.
    """
    from data.nation import Nation
    from planning.nation import NationalFloors
    from web.languages import CHINESE, ENGLISH
    from web.reports.nation_document import nation_document
    from web.reports.nation_files import write_report
    from web.services.nation_budget import divide_budget
    from web.services.nation_figures import national_figures

    if province is not None and budget is not None:
        raise click.UsageError(say("--budget is divided over the whole nation: leave --province"))
    opened = Nation.open(folder)
    told_of: dict[str, Any] = {}
    with stopwatch(told_of), steps() as progress, progress.step(say("writing the report")):
        figures = national_figures(opened, province=province)
        divided = None if budget is None else divide_budget(opened, budget, floors=NationalFloors())
        document = nation_document(
            figures,
            ENGLISH if english else CHINESE,
            province=province,
            divided=divided,
        )
        files = write_report(document, output)
    told_of |= _figures(figures, opened.name) | {"files": [str(file) for file in files]}
    words = [spoken()("written: {file}", file=file) for file in files]
    answer(told_of, as_json=as_json, sample=figures.sample, words=words)


def _figures(figures: NationalFigures, name: str) -> dict[str, Any]:
    total = figures.total
    return {
        "name": name,
        "cities": len(figures.cities),
        "stations": total.stations,
        "workers": total.workers,
        "within_group": total.within_group,
        "unreached": total.unreached,
        "open_steps": len(figures.open_steps),
    }
