"""The section on access: how long to the nearest station, how seats are shared, how unevenly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planning.coverage.floating_catchment import DECAYS
from planning.coverage.nominal import ALL
from planning.coverage.rounding import half_up
from web.languages import message
from web.reports.document import Column, Paragraph, Section, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planning.coverage.access import Access, AccessRow
    from planning.coverage.floating_catchment import DecayWord
    from web.languages import Language
    from web.reports.document import Block, Cell
    from web.services.access import KeptAccess

_NAMES: Final[Mapping[DecayWord, str]] = {
    "plain": message("两步移动搜寻法（2SFCA）"),
    "stepped": message("增强两步法（E2SFCA）"),
    "gaussian": message("高斯两步法"),
}


def access_section(held: KeptAccess, t: Language) -> Section:
    """Say how long workers go, what seats there are for them, and how unevenly they are shared."""
    districts = held.districts
    blocks: list[Block] = [_times("access_by_group", t("工种"), _groups(districts, t), t)]
    if len(districts.areas) > 1:
        rows = _areas(districts, t)
        blocks += [
            _times("access_by_district", t("区县"), rows, t),
            _seats("seats_by_district", t("区县"), rows, t),
        ]
    else:
        blocks.append(_seats("seats_in_all", t("区县"), _areas(districts, t), t))
    if held.towns is None:
        said = t("没有给出乡镇、街道的边界，因此没有按乡镇、街道列出。")
        blocks.append(Paragraph(said, "note"))
    else:
        rows = _areas(held.towns, t)
        blocks += [
            _times("access_by_town", t("乡镇、街道"), rows, t),
            _seats("seats_by_town", t("乡镇、街道"), rows, t),
        ]
    blocks += _sharing(districts, t)
    return Section("access", t("可达与公平"), tuple(blocks))


def _areas(access: Access, t: Language) -> list[tuple[str, AccessRow]]:
    """Return the rows of all workers in each area with anybody or a station, the whole last."""
    rows = [
        (t.district(area), access.row(ALL, area))
        for area in access.areas
        if area != ALL and (access.row(ALL, area).workers or access.row(ALL, area).stations)
    ]
    return [*rows, (t.district(ALL), access.row())]


def _groups(access: Access, t: Language) -> list[tuple[str, AccessRow]]:
    rows = [(t.group(group), access.row(group)) for group in access.groups]
    return [*(row for row in rows if row[1].workers), (t.group(ALL), access.row())]


def _times(name: str, first: str, rows: list[tuple[str, AccessRow]], t: Language) -> Table:
    minutes = t("分钟")
    half, nine = t("一半的人在此时间内走到。"), t("九成的人在此时间内走到。")
    own_half, own_nine = (
        t("一半的人按本工种的方式在此时间内到达。"),
        t("九成的人按本工种的方式在此时间内到达。"),
    )
    columns = (
        Column("area", first),
        Column("walking_median", t("步行，中位数"), "number", minutes, half),
        Column("walking_ninety", t("步行，第 90 百分位"), "number", minutes, nine),
        Column("own_median", t("本工种方式，中位数"), "number", minutes, own_half),
        Column("own_ninety", t("本工种方式，第 90 百分位"), "number", minutes, own_nine),
    )

    def cells(row: AccessRow) -> tuple[Cell, ...]:
        seconds = (
            *(row.walking_median_s, row.walking_ninety_s),
            *(row.own_median_s, row.own_ninety_s),
        )
        return tuple(None if one is None else half_up(one / 6) / 10 for one in seconds)

    return _table(
        name,
        t("到最近一个为本工种开放的站点，沿道路要多久，名义"),
        columns,
        rows,
        cells,
        missing=t("没有人，或到得了的人不足这一比例"),
    )


def _seats(name: str, first: str, rows: list[tuple[str, AccessRow]], t: Language) -> Table:
    columns = (
        Column("area", first),
        Column("stations", t("开放站点"), "count", t("个"), is_summed=True),
        Column("unknown", t("座位数不详"), "count", t("个"), t("没有登记座位数的开放站点。")),
        Column("seats", t("登记座位"), "count", t("个"), t("座位数不详的站点没有计入。")),
        Column("per_1000", t("每千人座位"), "number", "", t("本地座位除以本地人数。")),
        Column(
            "plain",
            t("{method}，每千人", method="2SFCA"),
            "number",
            "",
            t("标准以内的座位由够得着的人均分。"),
        ),
        Column(
            "stepped",
            t("{method}，每千人", method="E2SFCA"),
            "number",
            "",
            t("同上，路远的折减：1、0.68、0.22。"),
        ),
        Column(
            "gaussian",
            t("{method}，每千人", method=t("高斯 2SFCA")),
            "number",
            "",
            t("同上，随路程按高斯曲线折减。"),
        ),
    )

    def cells(row: AccessRow) -> tuple[Cell, ...]:
        counts = (row.stations, row.seats_unknown, half_up(row.seats))
        if row.seats_per_1000 is None:
            return (*counts, None, None, None, None)
        by_catchment = (1000 * one for one in (row.plain, row.stepped, row.gaussian))
        found = (row.seats_per_1000, *by_catchment)
        return (*counts, *(half_up(10 * one) / 10 for one in found))

    return _table(
        name,
        t("座位：本地有多少，以及按移动搜寻法每千人分到多少，名义"),
        columns,
        rows,
        cells,
        missing=t("没有人"),
    )


def _table(
    name: str,
    caption: str,
    columns: tuple[Column, ...],
    rows: list[tuple[str, AccessRow]],
    cells: Callable[[AccessRow], tuple[Cell, ...]],
    *,
    missing: str,
) -> Table:
    *parts, (whole, total) = rows
    return Table(
        name,
        caption,
        columns,
        tuple((words, *cells(row)) for words, row in parts),
        (whole, *cells(total)),
        missing=missing,
    )


def _sharing(access: Access, t: Language) -> list[Block]:
    """Say how unevenly the seats are shared, by each of the three ways of counting."""
    rows: list[tuple[Cell, ...]] = []
    curve: list[tuple[Cell, ...]] = []
    for decay in DECAYS:
        one, name = access.shared[decay], t(_NAMES[decay])
        if one.inequality is None or one.tenths is None:
            continue
        held = one.inequality
        palma = None if held.palma is None else round(held.palma, 2)
        rows.append((name, round(held.gini, 3), palma, held.worst_tenth, held.nothing))
        curve.append((name, *one.tenths[1:-1]))
    if not rows:
        return [Paragraph(t("没有人够得着已知座位数的站点，因此没有算公平指标。"), "note")]
    columns = (
        Column("method", t("算法")),
        Column("gini", t("基尼系数"), "number", "", t("人人相同为 0，越集中越接近 1。")),
        Column("palma", t("帕尔马比值"), "number", "", t("最多的一成与最少的四成所得之比。")),
        Column("worst_tenth", t("最少的一成所得"), "share", "", t("占全部座位的份额。")),
        Column("nothing", t("够不着已知座位数的站点的人"), "share", "", t("占登记人数的份额。")),
    )
    tenths = tuple(Column(f"tenth_{n}", t("最少的 {n} 成", n=n), "share") for n in range(1, 10))
    return [
        Table(
            "inequality",
            t("座位在全市劳动者之间分得多不均"),
            columns,
            tuple(rows),
            missing=t("最少的四成一个座位也够不着，没有比值"),
        ),
        Table(
            "lorenz",
            t("洛伦兹曲线：所得最少的各成劳动者共占座位的份额"),
            (Column("method", t("算法")), *tenths),
            tuple(curve),
        ),
        Paragraph(
            t(
                "移动搜寻法把够得着的座位按人分开，说明的是机会，"
                "不说明座位此刻空着，也不说明站点开着门。"
                "洛伦兹曲线、基尼系数和帕尔马比值说明分得匀不匀，不说明够不够。"
            ),
            "note",
        ),
    ]
