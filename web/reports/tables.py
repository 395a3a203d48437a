"""The report's figures as rows of CSV files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.vocabulary import SAMPLE_NOTICE
from web.languages import CHINESE

if TYPE_CHECKING:
    from planning.coverage.nominal import Coverage
    from web.reports.figures import ReportFigures

Cell = str | float | int
Row = list[Cell]

_DIGITS: Final = 6


def coverage_rows(figures: ReportFigures) -> list[Row]:
    """Return coverage by group, district and standard, before and after, the headings first.

    In whole workers, as the page prints them; the shares are of these.
    """
    heading: Row = [
        "standard",
        "when",
        "group",
        "group_zh",
        "district",
        "workers",
        "within_one",
        "share_one",
        "within_two",
        "share_two",
        "straight_one",
        "straight_two",
    ]
    rows = [heading]
    for pair in figures.pairs:
        rows += _rows_of(pair.before, "before")
        rows += [] if pair.after is None else _rows_of(pair.after, "after")
    return noticed(rows, sample=figures.settings.sample)


def plan_rows(figures: ReportFigures) -> list[Row]:
    """Return the sites of the plan in their order, the headings first and alone without a plan."""
    groups = figures.groups
    heading: Row = [
        "order",
        "site_id",
        "name",
        "place",
        "kind",
        "kind_zh",
        "district",
        "lon",
        "lat",
    ]
    heading += ["adds_workers", *(f"adds_{group}" for group in groups), "lost_without"]
    rows = [heading]
    sites = () if figures.plan is None else figures.plan.sites
    for site, place in zip(sites, figures.places or [site.name for site in sites], strict=True):
        row: Row = [site.order, site.site_id, site.name, place, site.kind]
        row += [CHINESE.kind(site.kind)]
        row += [site.district, round(site.lon, _DIGITS), round(site.lat, _DIGITS)]
        row += [int(site.adds_workers)]
        row += [int(site.adds_by_group.get(group, 0)) for group in groups]
        row += [int(site.lost_without)]
        rows.append(row)
    return noticed(rows, sample=figures.settings.sample)


def _rows_of(coverage: Coverage, when: str) -> list[Row]:
    return [
        [
            coverage.standard,
            when,
            row.group,
            CHINESE.group(row.group),
            row.district,
            int(row.workers),
            int(row.within_one),
            round(row.share_one, 4),
            int(row.within_two),
            round(row.share_two, 4),
            int(row.straight_one),
            int(row.straight_two),
        ]
        for row in coverage.rows
    ]


def noticed(rows: list[Row], *, sample: bool) -> list[Row]:
    """Add the notice of a generated sample to every row, where it is one."""
    if not sample:
        return rows
    return [[*rows[0], "notice"], *([*row, SAMPLE_NOTICE] for row in rows[1:])]
