"""Columns and rows that several sections of a report share: coverage before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.reports.document import Column
from web.site.number_words import change_between

if TYPE_CHECKING:
    from planning.coverage.nominal import CoverageRow
    from web.languages import Language
    from web.reports.document import Cell


def coverage_columns(
    first_id: str, first: str, t: Language, *, has_plan: bool, with_standard: bool = False
) -> tuple[Column, ...]:
    """Return the columns of coverage before and, where there is a plan, after it."""
    people = t("人")
    columns = [Column(first_id, first)]
    columns += [Column("standard", t("服务标准"))] if with_standard else []
    columns += [
        Column("workers", t("登记人数"), "count", people, t("登记的人数。"), is_summed=True),
        Column(
            "within_one",
            t("现状"),
            "count",
            people,
            t("现在服务标准内至少有一个站点的人数。"),
            is_summed=True,
        ),
        Column("share_one", t("现状"), "share", meaning=t("上一列占登记人数的份额。")),
    ]
    if has_plan:
        after = t("建成后", context="column")
        meaning = t("规划建成后服务标准内至少有一个站点的人数。")
        columns += [
            Column("within_one_after", after, "count", people, meaning, is_summed=True),
            Column("share_one_after", after, "share", meaning=t("上一列占登记人数的份额。")),
            Column("change", t("变化"), "points", t("百分点"), t("两个份额之差，按印出的数相减。")),
        ]
    two = t("建成后两站可达") if has_plan else t("两站可达")
    meaning = t("服务标准内至少有两个站点的人占登记人数的份额。")
    return (*columns, Column("share_two", two, "share", meaning=meaning))


def coverage_row(
    name: str,
    standard: str,
    before: CoverageRow,
    after: CoverageRow | None,
    *,
    with_standard: bool = False,
) -> tuple[Cell, ...]:
    """Return a row of `coverage_columns`; shares are None where there is nobody to reach."""
    cells: list[Cell] = [name, *([standard] if with_standard else [])]
    cells += [int(before.workers), int(before.within_one), _share(before.share_one, before)]
    if after is not None:
        cells += [int(after.within_one), _share(after.share_one, before)]
        cells += [_share(change_between(before.share_one, after.share_one), before)]
    return (*cells, _share((after or before).share_two, before))


def _share(value: float, row: CoverageRow) -> float | None:
    return value if row.workers > 0 else None
