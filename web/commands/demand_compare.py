"""`yizhan demand compare`: two variants side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from web.commands.common import answer, common_options, open_workspace, stopwatch, table
from web.commands.help_pages import Command
from web.commands.language import shown, spoken
from web.site.number_words import count, signed_count

if TYPE_CHECKING:
    from pathlib import Path

    from planning.density import DemandComparison
    from web.services import Figures

HOLDING = "-"
_SHOWN = 8


@click.command(cls=Command)
@common_options
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
def compare(folder: Path, first: str, second: str, *, as_json: bool) -> None:
    """Say where the variants A and B put workers differently; - is the demand that holds."""
    from planning.density import compare as compare_demands

    workspace = open_workspace(folder)
    figures: Figures = {"a": first, "b": second}
    with stopwatch(figures):
        a, b = (workspace.demand(None if name == HOLDING else name) for name in (first, second))
        found = compare_demands(a, b)
        figures |= found.as_dict()
    words = _words(found, first, second)
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def _words(found: DemandComparison, first: str, second: str) -> list[object]:
    import numpy as np

    from planning.coverage.nominal import ALL, OUTSIDE

    t = spoken()
    whole = {row.district for row in found.rows} <= {ALL, OUTSIDE}  # a city without districts
    rows = [
        (
            shown(row.group, t.group),
            shown(row.district, t.district),
            count(row.workers_a),
            count(row.workers_b),
            "–" if np.isnan(row.distance) else f"{100 * row.distance:.1f} %",
        )
        for row in found.rows
        if (row.workers_a or row.workers_b) and not (whole and row.district == OUTSIDE)
    ]
    largest = sorted(found.largest, key=lambda cell: -abs(cell.change))[:_SHOWN]
    cells = [
        (shown(cell.group, t.group), cell.id, shown(cell.district, t.district),
         f"{cell.lon:.4f}, {cell.lat:.4f}", signed_count(cell.change))
        for cell in largest
    ]  # fmt: skip
    said: list[object] = [
        table((t("group"), t("district"), first, second, t("moved")), rows, left=2),
        t("moved: the share of the workers who stand in another cell; totals aside."),
    ]
    if cells:
        said.append(
            table((t("group"), t("cell"), t("district"), t("at"), t("change")), cells, left=4)
        )
    return said
