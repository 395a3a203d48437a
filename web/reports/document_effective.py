"""The section on nominal and effective coverage, as a part of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.coverage.nominal import ALL
from web.reports.document import Column, Listing, Paragraph, Picture, Range, Section, Table
from web.reports.effective_drawing import week_sheet
from web.reports.picture_svg import standing_alone
from web.site.number_words import change_between

if TYPE_CHECKING:
    from planning.coverage.effective_rows import EffectiveRow, Ends
    from web.languages import Language
    from web.reports.document import Block, Cell
    from web.reports.effective_section import EffectiveSection


def effective_section(held: EffectiveSection) -> Section:
    """Return nominal and effective coverage by group and district, the week, longer hours."""
    t = held.language
    blocks: list[Block] = [Paragraph(held.truth)] if held.truth else []
    *groups, everybody = held.by_group
    blocks.append(
        Table(
            "effective_by_group",
            t("按工种：需要休息的人时中，有站可去的份额"),
            _columns("group", t("工种"), t),
            tuple(_row(t.group(row.group), row) for row in groups),
            _row(t.group(ALL), everybody),
            missing=t("几乎无人"),
        )
    )
    if len(held.by_district) > 1:
        blocks.append(
            Table(
                "effective_by_district",
                t("按区县，差距大的在前"),
                _columns("district", t("区县"), t),
                tuple(_row(t.district(row.district), row) for row in held.by_district),
                missing=t("几乎无人"),
            )
        )
    caption = t(
        "每格一小时，颜色为台账写明的有效覆盖份额（该级下限），右侧为各日。"
        "下方为平均一日：粗线有效，其上色带为没写明的部分，细线名义。竖线之间是 6–22 时。"
    )
    week = standing_alone(week_sheet(held.answer.coverage, t))
    blocks.append(Picture("week", week, held.title, caption))
    if held.longer:
        items = tuple((one.name, held.gains(one)) for one in held.longer)
        blocks.append(Listing(items, t("延长开放，收益最大的站点")))
    note = t(
        "有效：服务标准内有此刻{what}的站点；低的一端只算台账写明的，高的一端连没写的也算。"
        "名义：登记为开放、面向该工种即算。各站收益按写明的、单独计算，不可相加。",
        what=held.what,
    )
    blocks.append(Paragraph(t.sentences([note, held.evidence]), "note"))
    return Section("effective", t("名义与有效覆盖"), tuple(blocks))


def _columns(first_id: str, first: str, t: Language) -> tuple[Column, ...]:
    meaning = t("占人时的份额；有两端时，低的一端只算台账写明的。")
    return (
        Column(first_id, first),
        Column("present", t("人时"), "count", t("每周"), t("一人需要休息几个小时就算几次。")),
        Column("nominal", t("名义"), "share", meaning=meaning),
        Column("effective", t("有效"), "share", meaning=meaning),
        Column("gap", t("差"), "points", t("百分点"), t("有效减名义，按印出的数相减。")),
        Column("day", t("6–22 时"), "share", meaning=meaning),
        Column("night", t("22–6 时"), "share", meaning=meaning),
        Column("before_dawn", t("4–6 时"), "share", meaning=meaning),
    )


def _row(name: str, row: EffectiveRow) -> tuple[Cell, ...]:
    nominal = row.share("nominal")
    lost = [change_between(nominal, row.share(one)) for one in ("effective", "possible")]
    week, day, night, dawn = (_ends(of) for of in (row.week, row.day, row.night, row.before_dawn))
    return name, round(row.present), nominal, week, Range(*lost), day, night, dawn


def _ends(ends: Ends | None) -> Range | None:
    return None if ends is None else Range(*ends)
