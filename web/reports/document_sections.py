"""The sections of a report, each made by one function from its figures.

To add one: write a function that returns a `Section` (None where there is nothing to say) and name
it in ``_FIRST`` or ``_LAST`` where it belongs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from data.vocabulary import SAMPLE_NOTICE
from planning.coverage.aims import aim_counts
from planning.coverage.nominal import ALL
from web.design.markers import mark
from web.maps.city_map import source_of
from web.maps.city_picture import picture_of, shows_a_part
from web.reports.document import (
    Column,
    Document,
    Headline,
    Headlines,
    Notice,
    Paragraph,
    Picture,
    Range,
    Section,
    Signature,
    Signatures,
    Table,
)
from web.reports.document_columns import coverage_columns, coverage_row
from web.reports.document_effective import effective_section
from web.reports.lead import left_out_words, standard_name, today_words
from web.reports.office_words import in_office_words
from web.reports.picture_svg import standing_alone, with_key
from web.site.input_labels import input_value_words, input_words
from web.site.number_words import (
    change_between,
    count,
    rounding_note,
    standard_words,
    when_note,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.settings import Settings
    from data.stations import Stations
    from planning.coverage.nominal import CoverageRow
    from web.languages import Language
    from web.reports.document import Block, Cell
    from web.reports.pages import Report

_WALK_KM: Final = 1000.0
_WALK_S: Final = 900.0


def document_of(report: Report) -> Document:
    """Return a report as a document: all its sections that have something to say."""
    figures, t = report.figures, report.language
    found = (
        *(section(report) for section in _FIRST),
        *report.beside,
        *(section(report) for section in _LAST),
    )
    sections = tuple(section for section in found if section is not None)
    return Document(
        title=report.title,
        subtitle=t("户外劳动者服务驿站"),
        issuer=figures.settings.report.issuer,
        period="",
        made_on=t.day(figures.made_on),
        language=t,
        manifest=figures.manifest(),
        sections=in_office_words(sections, t),
        sample=SAMPLE_NOTICE if figures.settings.sample else "",
        inputs=dict(figures.inputs),
    )


def _summary(report: Report) -> Section:
    """Say the answer: one paragraph, the large figures, what the plan is and how it is proven."""
    figures, t, plan = report.figures, report.language, report.figures.plan
    blocks: list[Block] = []
    if figures.outdated is not None:
        alone = figures.outdated.answer == "plan" and plan is None
        more = t("本报告只列现状。") if alone else ""
        said = [f"{figures.outdated.says(t)} {figures.outdated.command}{t('。')}", more]
        blocks.append(Notice(t.sentences(said)))
    blocks.append(Paragraph(_plain(report.lead), "lead"))
    blocks.append(_headlines(report))
    words = report.words
    if plan is not None and words is not None:
        proof = {"built": words.built, "proof": words.proof_alone}
        if len(figures.pairs) > 1:
            name = standard_name(plan.before.standard, t)
            blocks.append(
                Paragraph(t("规划：{built}。{proof}（{standard}）。", **proof, standard=name))
            )
        else:
            blocks.append(Paragraph(t("规划：{built}。{proof}。", **proof)))
        blocks += [Paragraph(said) for said in words.finer]
    if report.effective is not None:
        blocks.append(Paragraph(report.effective.lead))
    nominal = t("名义覆盖：按登记资料，未到场核实")
    blocks.append(
        Paragraph(t.sentences([f"{nominal}{t('。')}", when_note(figures.inputs, t)]), "note")
    )
    return Section("summary", t("总体情况"), tuple(blocks))


def _plain(words: str) -> str:
    """Return the lead without its emphasis; a name from data keeps what looks like HTML."""
    return Markup(words).striptags()  # noqa: S704 - `lead_of` escapes what is from data


def _headlines(report: Report) -> Headlines:
    """List the large figures: one and two stations in reach by each standard, open stations."""
    figures, t, plan = report.figures, report.language, report.figures.plan
    items = []
    for pair in figures.pairs:
        standard = pair.before.standard
        now, then = pair.before.row(), None if pair.after is None else pair.after.row()
        items.append(
            Headline(
                f"covered_{standard}",
                t("覆盖率 · {standard}", standard=standard_name(standard, t)),
                "share",
                now.share_one,
                None if then is None else then.share_one,
                standard_words(figures.settings.national, t) if standard == "national" else "",
            )
        )
        items.append(
            Headline(
                f"two_in_reach_{standard}",
                t("两站可达 · {standard}", standard=standard_name(standard, t)),
                "share",
                now.share_two,
                None if then is None else then.share_two,
            )
        )
    if figures.stations is not None:
        after = None if plan is None else figures.n_open + len(plan.sites)
        items.append(Headline("open_stations", t("开放站点"), "count", figures.n_open, after))
    return Headlines(
        tuple(items),
        label=t("指标"),
        before=today_words(figures, t),
        after=t("建成后", context="column"),
        change=t("变化"),
    )


def _map(report: Report) -> Section:
    """Where the stations are and where the new ones come."""
    t, figures = report.language, report.figures
    part = t("站点最密的部分；左下为全市。") if shows_a_part(report.contents) else ""
    source = f"{source_of(figures.settings, t)} · {t.day(figures.made_on)}"
    map_ = with_key(str(picture_of(report.contents, t)), _map_key(report))
    picture = Picture(
        "map",
        standing_alone(map_),
        t("站点与新站位置图"),
        f"{part} {source}".strip(),
    )
    return Section("map", t("站点与新站位置图"), (picture,))


def _map_key(report: Report) -> list[tuple[str, str]]:
    """Return the marks of the map, each with what it is."""
    figures, t = report.figures, report.language
    key = [(str(mark(kind)), t.kind(kind)) for kind in figures.kinds]
    for kind in figures.planned_kinds:
        sites = () if figures.plan is None else figures.plan.sites
        number = next(site.order for site in sites if site.kind == kind)
        words = t("新建{kind}，按建设顺序", kind=t.kind_within(kind))
        key.append((str(mark(kind, number=number)), words))
    return key


def _gaps(report: Report) -> Section | None:
    """Where most workers are without a station."""
    figures, t = report.figures, report.language
    gaps = figures.gaps()
    if not gaps:
        return None
    columns = [
        Column("district", t("区县")),
        Column("group", t("工种")),
        Column("missing", t("标准内没有站点"), "count", t("人"), t("服务标准内没有站点的人数。")),
        Column("share", t("占该工种的份额"), "share"),
    ]
    by_group = figures.before.standard == "group"
    columns += [Column("standard", t("服务标准"))] if by_group else []
    rows: list[tuple[Cell, ...]] = []
    for gap in gaps:
        missing = gap.workers - gap.within_one
        row: list[Cell] = [
            t.district(gap.district),
            t.group(gap.group),
            int(missing),
            missing / gap.workers,
        ]
        standard = standard_words(figures.settings.group(gap.group).standard, t)
        rows.append((*row, *([standard] if by_group else [])))
    heading = t("最大的三处缺口") if figures.plan is None else t("建成后仍然最大的三处缺口")
    table = Table("gaps", heading, tuple(columns), tuple(rows))
    left_out = (Paragraph(left_out_words(out, figures, t), "note") for out in figures.left_out())
    return Section("gaps", heading, (table, *left_out))


def _counting(report: Report) -> Section:
    """Say how the figures are counted."""
    return report.counting


def _asked(report: Report) -> Section | None:
    """Say what is asked of the reader."""
    return report.asked


def _groups(report: Report) -> Section:
    """Coverage by group of workers."""
    figures, t = report.figures, report.language
    has_standard = figures.before.standard == "group"

    def row(group: str) -> tuple[str, str, CoverageRow, CoverageRow | None]:
        is_one = has_standard and group != ALL
        words = standard_words(figures.settings.group(group).standard, t) if is_one else ""
        after = None if figures.after is None else figures.after.row(group)
        return t.group(group), words, figures.before.row(group), after

    rows = [
        coverage_row(*row(group), with_standard=has_standard) for group in figures.peopled_groups
    ]
    table = Table(
        "coverage_by_group",
        t("标准内至少一个站点的户外劳动者：沿道路计算，名义覆盖"),
        coverage_columns(
            "group", t("工种"), t, has_plan=figures.plan is not None, with_standard=has_standard
        ),
        tuple(rows),
        coverage_row(*row(ALL), with_standard=has_standard),
    )
    return Section("groups", t("按工种"), (table,))


def _districts(report: Report) -> Section | None:
    """Coverage by district, and by district and group."""
    figures, t = report.figures, report.language
    if not figures.districts:
        return None

    def row(district: str) -> tuple[str, str, CoverageRow, CoverageRow | None]:
        after = None if figures.after is None else figures.after.row(ALL, district)
        return t.district(district), "", figures.before.row(ALL, district), after

    table = Table(
        "coverage_by_district",
        t("全部户外劳动者，沿道路计算，名义覆盖"),
        coverage_columns("district", t("区县"), t, has_plan=figures.plan is not None),
        tuple(coverage_row(*row(district)) for district in figures.districts),
        coverage_row(*row(ALL)),
    )
    cross = (_cross(report),) if len(figures.districts) > 1 else ()
    return Section("districts", t("按区县"), (table, *cross))


def _cross(report: Report) -> Table:
    """Shares by district and group, now and after the plan."""
    figures, t = report.figures, report.language
    columns = [Column("district", t("区县")), Column("when", t("时点"))]
    columns += [Column(group, t.group(group), "share") for group in figures.peopled_groups]
    times = [(today_words(figures, t), figures.before)]
    times += [] if figures.after is None else [(t("建成后", context="column"), figures.after)]
    rows = []
    for district in figures.districts:
        for words, coverage in times:
            held = [coverage.row(group, district) for group in figures.peopled_groups]
            shares = (one.within_one / one.workers if one.workers else None for one in held)
            rows.append((t.district(district), words, *shares))
    caption = t("标准内至少一个站点的份额")
    missing = t("没有该工种的人")
    return Table(
        "coverage_by_district_and_group", caption, tuple(columns), tuple(rows), missing=missing
    )


def _effective(report: Report) -> Section | None:
    """Nominal and effective coverage over the week."""
    return None if report.effective is None else effective_section(report.effective)


def _national(report: Report) -> Section | None:
    """Coverage by the national standard, and how much a circle on the map would add."""
    figures, t = report.figures, report.language
    national = figures.national
    if national is None:
        return None
    rows = []
    for group in (*figures.peopled_groups, ALL):
        after = None if national.after is None else national.after.row(group)
        rows.append(coverage_row(t.group(group), "", national.before.row(group), after))
    standard = figures.settings.national
    by_group = Table(
        "national_by_group",
        t("所有工种都按{standard}：沿道路，名义覆盖", standard=standard_words(standard, t)),
        coverage_columns("group", t("工种"), t, has_plan=national.after is not None),
        tuple(rows[:-1]),
        rows[-1],
    )
    is_usual = (standard.radius_m, standard.cutoff_s) == (_WALK_KM, _WALK_S)
    heading = t("按全国标准：1 公里、15 分钟") if is_usual else t("按全国标准")
    note = t(
        "全总“双15工程”要求服务半径 1 公里、步行 15 分钟，并交叉覆盖。"
        "地图上画圆（直线）会把隔着河、铁路和围墙的户外劳动者也算进来。"
    )
    return Section("national", heading, (by_group, _straight(report), Paragraph(note, "note")))


def _straight(report: Report) -> Table:
    """Along the roads beside the straight line, now."""
    figures, t = report.figures, report.language
    assert figures.national is not None  # noqa: S101 - `_national` asks first
    before = figures.national.before
    columns = (
        Column("district", t("区县")),
        Column("workers", t("登记人数"), "count", t("人"), t("登记的人数。"), is_summed=True),
        Column("roads_one", t("沿道路，一站"), "share"),
        Column("roads_two", t("沿道路，两站"), "share"),
        Column("straight_one", t("直线，一站"), "share"),
        Column("too_many", t("直线多算"), "points", t("百分点")),
    )

    def row(district: str) -> tuple[Cell, ...]:
        held = before.row(ALL, district)
        straight = held.straight_one / held.workers if held.workers else 0.0
        shares = (held.share_one, held.share_two, straight)
        more = change_between(held.share_one, straight)
        return t.district(district), int(held.workers), *shares, more

    rows = tuple(row(district) for district in figures.districts)
    return Table(
        "roads_and_straight", t("沿道路与直线相比，现状"), columns, rows, row(ALL) if rows else None
    )


def _aims(report: Report) -> Section | None:
    """Say what the register can tell of the four aims."""
    figures = report.figures
    if figures.stations is None or not figures.n_open:
        return None
    return aims_section(figures.stations, figures.settings, report.language)


def aims_section(stations: Stations, settings: Settings, t: Language) -> Section | None:
    """Say what a register can tell of the four aims; None without an open station."""
    aims = aim_counts(stations, settings.groups)
    if not aims[0].total:
        return None
    columns = (
        Column("aim", t("目标")),
        Column("asks", t("台账里看什么")),
        Column("yes", t("做到"), "count", t("个")),
        Column("no", t("没做到"), "count", t("个")),
        Column("unknown", t("没写明"), "count", t("个")),
        Column("share", t("做到的份额"), "share"),
    )
    rows = []
    for held in aims:
        aim = held.aim
        name = t.either(aim.zh, f"{aim.en.capitalize()} ({aim.zh})", context=aim.id)
        asks = t.either(aim.asks_zh, aim.asks_en, context=aim.id)
        ends = Range(held.yes / held.total, (held.yes + held.unknown) / held.total)
        rows.append((name, asks, held.yes, held.no, held.unknown, ends))
    caption = t("台账能说明多少：{n} 个开放站点", n=count(aims[0].total))
    note = t("份额的两端：只算台账写明做到的，和把没写明的也算上。")
    table = Table("aims", caption, columns, tuple(rows), note=note)
    return Section("aims", t("看得见、找得到、进得来、用得上"), (table,))


def _sites(report: Report) -> Section | None:
    """List the new stations in their order."""
    t, words = report.language, report.words
    if words is None or not words.plan.sites:
        return None
    columns = (
        Column("order", t("序号"), "count"),
        Column("place", t("地点")),
        Column("kind", t("类型")),
        Column("district", t("区县")),
        Column("serves", t("主要服务")),
        Column("adds_workers", t("新增"), "count", t("人"), is_summed=True),
        Column("lost_without", t("去掉则少"), "count", t("人")),
        Column("lon", t("经度"), "degrees", "WGS-84", is_detail=True),
        Column("lat", t("纬度"), "degrees", "WGS-84", is_detail=True),
    )
    rows = []
    for site in words.plan.sites:
        said = (site.order, words.name(site), t.kind(site.kind), t.district(site.district))
        who = " · ".join(words.why(site))
        adds, lost = int(site.adds_workers), int(site.lost_without)
        rows.append((*said, who, adds, lost, site.lon, site.lat))
    total = ("", t("合计"), "", "", "", sum(row[5] for row in rows), "", "", "")
    caption = t("按建设顺序：下一个总是新增最多的")
    table = Table("sites", caption, columns, tuple(rows), total, note=rounding_note(t))
    return Section("sites", t("新站清单"), (table,))


def _method(report: Report) -> Section:
    """How it was computed, and from what."""
    figures, t = report.figures, report.language
    said = t(
        "名义覆盖：登记为开放、且面向该工种的站点都算数；开门时间、设备好坏未到场核实。"
        "时间与距离沿道路网络计算，经纬度为 WGS-84。"
    )
    source = f"{source_of(figures.settings, t)}{t('。')}"
    rows = tuple(
        (input_words(name, t), input_value_words(name, value, t))
        for name, value in figures.inputs.items()
    )
    columns = (Column("input", t("输入")), Column("value", t("内容或编号"), "code"))
    table = Table("manifest", f"{t('输入清单，编号')} {figures.manifest()[:16]}", columns, rows)
    return Section("method", t("怎么算出来的"), (Paragraph(t.sentences([said, source])), table))


def _signatures(report: Report) -> Section:
    """Who made, reviewed and issued it."""
    return signatures_section(report.language)


def signatures_section(t: Language) -> Section:
    """Leave the lines of who made, reviewed and issued a report."""
    lines = tuple(Signature(role) for role in (t("制表"), t("审核"), t("签发")))
    return Section(
        "signatures",
        t("签署"),
        (Signatures(lines, t("事项"), t("姓名"), t("日期", context="to sign"), t("（盖章）")),),
    )


#: Before and behind access, how stations are run, and money (`Report.beside`).
_FIRST: Final[tuple[Callable[[Report], Section | None], ...]] = (
    _summary,
    _counting,
    _map,
    _gaps,
    _asked,
    _groups,
    _districts,
    _effective,
    _national,
    _aims,
)
_LAST: Final[tuple[Callable[[Report], Section | None], ...]] = (_sites, _method, _signatures)
