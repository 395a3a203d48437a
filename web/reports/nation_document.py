"""The report of a nation or a province as a document: gaps, ranges, money, and what is missing.

Cities and provinces stand by the workers whom no station reaches, the most first, with their place
by share beside it: a large city with a good share may have the most to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.china_time import today_here
from data.vocabulary import SAMPLE_NOTICE
from web.reports.document import (
    Column,
    Document,
    Headline,
    Headlines,
    Paragraph,
    Range,
    Section,
    Table,
)
from web.site.number_words import count, gap_words, per_cent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from web.languages import Language
    from web.reports.document import Block, Cell
    from web.services.nation_budget import NationalBudget
    from web.services.nation_figures import CityFigures, Counted, NationalFigures


def nation_document(
    figures: NationalFigures,
    t: Language,
    *,
    province: str | None = None,
    divided: NationalBudget | None = None,
) -> Document:
    """Return the report; ``divided`` adds what a budget brings, where there is such a division."""
    sections = [_summary(figures, t)]
    if province is None:
        sections.append(_provinces(figures, t))
    sections += [_cities(figures, t), _ranges(figures, t)]
    if divided is not None:
        sections.append(_division(divided, figures, t))
    sections.append(_missing(figures, t))
    return Document(
        title=t("{name}驿站覆盖报告", name=province or figures.name),
        subtitle=t("户外劳动者服务驿站"),
        issuer="",
        period="",
        made_on=t.day(today_here()),
        language=t,
        manifest=figures.manifest,
        sections=tuple(sections),
        sample=SAMPLE_NOTICE if figures.sample else "",
    )


def _summary(figures: NationalFigures, t: Language) -> Section:
    total, worst = figures.total, figures.cities[0]
    lead = t(
        "{cities} 个城市登记了 {workers} 名户外劳动者，其中 {reached} 名（{share}）按各工种标准有"
        "站点可到，{unreached} 名没有。没有站点可到的人最多的是{city}：{most} 名。",
        cities=len(figures.cities),
        workers=count(total.workers),
        reached=count(total.within_group),
        share=per_cent(total.share(total.within_group)),
        unreached=count(total.unreached),
        city=worst.name,
        most=count(worst.counted.unreached),
    )
    items = [
        Headline(name, label, "share", value)
        for name, label, value in (
            ("covered_group", t("覆盖率 · 各工种标准"), total.share(total.within_group)),
            ("covered_national", t("覆盖率 · 全国标准"), total.share(total.within_national)),
            ("two_in_reach", t("两站可达 · 全国标准"), total.share(total.within_two)),
        )
        if value is not None
    ]
    items.append(Headline("stations", t("登记站点"), "count", total.stations))
    large = Headlines(tuple(items), label=t("指标"), before=t("现状"), after="", change="")
    note = t("由各城市保留的结果汇总，整数相加；名义覆盖，按登记资料，未到场核实。")
    return Section(
        "summary", t("总体情况"), (Paragraph(lead, "lead"), large, Paragraph(note, "note"))
    )


def _columns(t: Language) -> tuple[Column, ...]:
    people = t("人")
    return (
        Column("stations", t("登记站点"), "count", t("个"), is_summed=True),
        Column("workers", t("户外劳动者"), "count", people, t("登记的人数。"), is_summed=True),
        Column("unreached", t("够不着站点"), "count", people,
               t("按各工种标准没有站点可到的人数；以此排序。"), is_summed=True),
        Column("of_all_unreached", t("占全部缺口"), "share", meaning=t("上一列占其总和的份额。")),
        Column("share_group", t("各工种标准"), "share",
               meaning=t("按各工种标准有站点可到的份额。")),
        Column("place_by_share", t("名次"), "count", meaning=t("按上一列，最低的为第 1。")),
        Column("share_national", t("全国标准"), "share",
               meaning=t("按全国标准有站点可到的份额。")),
        Column("share_two", t("两站可达"), "share",
               meaning=t("按全国标准有两个站点可到的份额。")),
    )  # fmt: skip


def _cells(one: Counted, total: Counted, place: int | None) -> tuple[Cell, ...]:
    return (
        one.stations,
        one.workers,
        one.unreached,
        one.unreached / total.unreached if total.unreached else None,
        one.share(one.within_group),
        place,
        one.share(one.within_national),
        one.share(one.within_two),
    )


def _places(held: Sequence[Counted]) -> list[int | None]:
    """Return each one's place by share, the lowest first; None where there is nobody."""
    shares = [one.share(one.within_group) for one in held]
    known = sorted(share for share in shares if share is not None)
    return [None if share is None else known.index(share) + 1 for share in shares]


def _provinces(figures: NationalFigures, t: Language) -> Section:
    found, total = figures.provinces(), figures.total
    places = _places([counted for _, _, counted in found])
    rows = tuple(
        (name or t("省份不详"), n, *_cells(counted, total, place))
        for (name, n, counted), place in zip(found, places, strict=True)
    )
    columns = (
        Column("province", t("省份")),
        Column("cities", t("城市数"), "count", is_summed=True),
        *_columns(t),
    )
    table = Table(
        "provinces", t("各省份，缺口大的在前"), columns, rows,
        (t("合计", context="row"), len(figures.cities), *_cells(total, total, None)),
        missing=t("没有登记户外劳动者，或不适用"),
    )  # fmt: skip
    return Section("provinces", t("各省份"), (table,))


def _cities(figures: NationalFigures, t: Language) -> Section:
    total = figures.total
    places = _places([city.counted for city in figures.cities])
    rows = tuple(
        (city.name, city.city.code, city.city.province or t("省份不详"),
         *_cells(city.counted, total, place))
        for city, place in zip(figures.cities, places, strict=True)
    )  # fmt: skip
    columns = (
        Column("city", t("城市")), Column("code", t("代码"), "code"),
        Column("province", t("省份")), *_columns(t),
    )  # fmt: skip
    table = Table(
        "cities", t("各城市，缺口大的在前"), columns, rows,
        (t("合计", context="row"), "", "", *_cells(total, total, None)),
        missing=t("没有登记户外劳动者，或不适用"),
    )  # fmt: skip
    return Section("cities", t("各城市"), (table,))


def _ranges(figures: NationalFigures, t: Language) -> Section:
    """Say what money could bring in each city: what is reached for sure, and at most."""
    drawn = [(city, city.curve) for city in figures.cities if city.curve is not None]
    people = t("人")
    columns = (
        Column("city", t("城市")),
        Column("code", t("代码"), "code"),
        Column("yuan", t("金额"), "count", t("元"), t("曲线算到的最大金额。")),
        Column("now", t("现状"), "count", people, t("现在按规划所用的标准覆盖的人数。")),
        Column("then", t("用完后"), "count", people,
               t("用完这笔钱能覆盖的人数：左为已有方案做到的，右为已证明不能超过的。")),
        Column("all_candidates", t("全部候选地"), "count", people,
               t("在全部候选地建站所覆盖的人数；任何金额都不能超过。")),
    )  # fmt: skip
    rows = [_range_row(city, curve) for city, curve in drawn]
    yuan, now, most = (sum(row[place] for row in rows) for place in (0, 1, 4))
    then = Range(sum(row[2] for row in rows), sum(row[3] for row in rows))
    table = Table(
        "ranges", t("资金能做到多少"), columns,
        tuple(
            (city.name, city.city.code, row[0], row[1], Range(row[2], row[3]), row[4])
            for (city, _), row in zip(drawn, rows, strict=True)
        ),
        (t("合计", context="row"), "", yuan, now, then, most),
    )  # fmt: skip
    blocks: tuple[Block, ...] = (table,) if rows else (Paragraph(t("还没有城市算出资金曲线。")),)
    return Section("ranges", t("资金与可达到的范围"), blocks)


def _range_row(city: CityFigures, curve: Mapping[str, Any]) -> tuple[int, int, int, int, int]:
    """Return the largest sum; workers now, then at least and at most; and with all candidates."""
    workers = city.counted.workers
    now, low = round(curve["covered"][0]), round(max(curve["covered"]))
    high = max(low, min(round(curve["bounds"][-1]), workers))
    return round(curve["amounts"][-1]), now, low, high, max(high, round(curve["most"]))


def _division(divided: NationalBudget, figures: NationalFigures, t: Language) -> Section:
    """Say what a budget brings: a row a city, and what no division passes."""
    made = divided.allocation
    if made.status != "allocated":
        words = [t("没有哪种分配能守住各底线。"), *(t.told(reason) for reason in made.reasons)]
        return Section("division", t("预算分配"), tuple(map(Paragraph, words)))
    names = {city.city.code: city.name for city in figures.cities}
    rows = tuple(
        (names.get(row["code"], row["code"]), row["code"], round(row["yuan"]), round(row["adds"]),
         round(row["slack"]))
        for row in divided.rows()
    )  # fmt: skip
    people = t("人")
    columns = (
        Column("city", t("城市")),
        Column("code", t("代码"), "code"),
        Column("yuan", t("金额"), "count", t("元"), is_summed=True),
        Column("adds", t("新增覆盖"), "count", people, is_summed=True),
        Column("open", t("未证明"), "count", people,
               t("该城市在未证明部分中所占的份额。"), is_summed=True),
    )  # fmt: skip
    sums: list[Cell] = [sum(int(row[place]) for row in rows) for place in range(2, 5)]
    table = Table(
        "division", t("预算分配，每市一行"), columns, rows, (t("合计", context="row"), "", *sums),
        note=t("任何分配覆盖的人数不超过 {bound}；本分配覆盖 {total}，差距至多 {gap}。",
               bound=count(made.bound), total=count(made.total), gap=gap_words(made.gap)),
    )  # fmt: skip
    return Section("division", t("预算分配"), (table,))


def _missing(figures: NationalFigures, t: Language) -> Section:
    """Say what is missing where: steps of cities, and what registers do not say."""
    blocks: list[Block] = []
    if figures.open_steps:
        words = {"figures": t("数字"), "curve": t("曲线")}
        rows = tuple(
            (one.city.code, one.city.province, words[one.step],
             t.told(one.why) if one.why else t("还没有算，或之后有变化"))
            for one in figures.open_steps
        )  # fmt: skip
        columns = (Column("code", t("城市"), "code"), Column("province", t("省份")),
                   Column("step", t("步骤")), Column("why", t("原因")))  # fmt: skip
        blocks.append(Table("open_steps", t("没有结果或结果已旧的步骤"), columns, rows))
    if table := _unknown(figures, t):
        blocks.append(table)
    if not blocks:
        blocks.append(Paragraph(t("各城市的各步骤都有结果，登记册所列各项齐全。")))
    return Section("missing", t("缺什么，在哪里"), tuple(blocks))


def _unknown(figures: NationalFigures, t: Language) -> Table | None:
    """List the cities whose registers leave something open, the most first."""
    held = [(city, city.unknown) for city in figures.cities if city.unknown is not None]
    rows = [_unknown_row(city, unknown) for city, unknown in held if any(unknown.values())]
    if not rows:
        return None
    columns = (
        Column("city", t("城市")),
        Column("code", t("代码"), "code"),
        Column("stations", t("登记站点"), "count", t("个"), is_summed=True),
        *(
            Column(f"unknown_{name}", label, "count", t("个"), meaning, is_summed=True)
            for name, label, meaning in (
                ("hours", t("时间未登记"), t("没有登记开放时间的站点。")),
                ("access", t("进入方式未登记"), t("没有登记进入方式的站点。")),
                ("facilities", t("设施未登记"), t("没有登记任何设施的站点。")),
                ("checked_at", t("未核查"), t("没有核查日期的站点。")),
            )
        ),
    )
    rows.sort(key=lambda row: (-sum(int(cell) for cell in row[3:]), row[1]))
    sums: list[Cell] = [sum(int(row[place]) for row in rows) for place in range(2, len(columns))]
    return Table(
        "unknown",
        t("登记册没有写明的"),
        columns,
        tuple(rows),
        (t("合计", context="row"), "", *sums),
    )


def _unknown_row(city: CityFigures, unknown: Mapping[str, int]) -> tuple[str | int, ...]:
    kinds = ("hours", "access", "facilities", "checked_at")
    return (city.name, city.city.code, city.counted.stations, *(unknown[kind] for kind in kinds))
