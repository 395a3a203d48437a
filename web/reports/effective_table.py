"""Effective coverage by hour as rows for a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.coverage.effective import MEASURES
from planning.coverage.effective_rows import MIN_PRESENT, effective_rows
from planning.coverage.nominal import ALL
from planning.siting.whole_workers import in_whole_hours
from web.languages import CHINESE
from web.reports.effective_week import WEEKDAYS
from web.reports.tables import noticed

if TYPE_CHECKING:
    from planning.coverage.effective import EffectiveCoverage
    from web.reports.tables import Cell, Row
    from web.services.effective import EffectiveAnswer


def hour_rows(
    measured: EffectiveCoverage, *, group: str | None = None, sample: bool = False
) -> list[Row]:
    """Return one row a group, district, weekday and hour with anybody present, headings first.

    Workers to two decimals; ``weekday`` is 1 for Monday.
    """
    heading: Row = ["group", "group_zh", "district", "weekday", "weekday_zh", "hour", *MEASURES]
    rows: list[Row] = []
    for name in (ALL, *measured.groups) if group is None else (group,):
        for district in measured.districts:
            weeks = [measured.table(one, group=name, district=district) for one in MEASURES]
            head: Row = [name, CHINESE.group(name), district]
            rows += [
                [*head, day + 1, f"周{WEEKDAYS[day]}", hour]
                + [round(float(week[day, hour]), 2) for week in weeks]
                for day in range(7)
                for hour in range(24)
                if weeks[0][day, hour] >= MIN_PRESENT
            ]
    return noticed([heading, *rows], sample=sample)


def summary_rows(measured: EffectiveCoverage, *, sample: bool = False) -> list[Row]:
    """Return one row a group and district over the week, headings first, in whole worker-hours."""
    plain = [row.as_dict() for row in in_whole_hours(effective_rows(measured))]
    if not plain:
        return []
    heading: Row = ["group_zh", *plain[0]]
    rows: list[Row] = []
    for row in plain:
        cells: Row = [_cell(name, cell) for name, cell in row.items()]
        rows.append([CHINESE.group(row["group"]), *cells])
    return noticed([heading, *rows], sample=sample)


def _cell(name: str, cell: str | float | None) -> Cell:
    """Write nothing for None, and worker-hours whole."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    return cell if name.startswith("share_") else int(cell)


def longer_rows(answer: EffectiveAnswer, *, sample: bool = False) -> list[Row]:
    """Return one row a station that would gain by longer hours, the best first."""
    heading: Row = ["order", "station_id", "name", "when", "hours", "workers", "worker_hours"]
    heading += [f"worker_hours_{group}" for group in answer.coverage.groups]
    rows: list[Row] = []
    for number, one in enumerate(answer.longer, start=1):
        row: Row = [number, one.station_id, one.name, one.when, one.hours]
        row += [round(one.workers, 1), round(one.worker_hours, 1)]
        row += [round(one.by_group.get(group, 0.0), 1) for group in answer.coverage.groups]
        rows.append(row)
    return noticed([heading, *rows], sample=sample)
