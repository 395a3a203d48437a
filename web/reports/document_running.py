"""The sections on how the stations are run: checks and answers, targets, money."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from planning.coverage.evidence import RECENT_DAYS
from planning.coverage.rounding import half_up
from web.languages import message
from web.reports.document import Column, Paragraph, Section, Table
from web.services.running import ANSWER_DAYS
from web.site.number_words import count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.scenarios.figures import ScenarioFigures
    from web.languages import Language
    from web.reports.document import Block, Cell
    from web.services.running import Progress, RunningFigures

_MEASURES: Final[Mapping[str, str]] = {
    "stations": message("开放站点数"),
    "seats": message("登记座位数"),
    "members": message("会员数"),
}
_OWN: Final = "own"


def running_section(held: RunningFigures, t: Language) -> Section:
    """Say how fresh the register is, how many tickets are open, how soon they are answered."""
    day = t("{n} 天", n=RECENT_DAYS)
    rows: list[tuple[Cell, ...]] = []
    if held.stations is not None:
        of = held.stations
        rows += [
            (t("{days}内核查过的开放站点", days=day), held.checked, _of(held.checked, of)),
            (t("从未核查的开放站点"), held.never_checked, _of(held.never_checked, of)),
            (t("没有登记开放时间的开放站点"), held.hours_unknown, _of(held.hours_unknown, of)),
        ]
    rows += [
        (t("未了结的反映（两人以上一致）"), held.open_tickets, None),
        (t("等待第二人印证的反映"), held.waiting, None),
        (t("近 {days} 天答复的反映", days=ANSWER_DAYS), held.answered, None),
    ]
    columns = (
        Column("what", t("指标")),
        Column("number", t("数量"), "count", t("个")),
        Column("share", t("占开放站点"), "share"),
    )
    days = (
        t("没有答复过反映，因此没有答复天数。")
        if held.median_days is None
        else t("从受理到答复的天数，中位数 {days} 天。", days=f"{held.median_days:g}")
    )
    table = Table("running", t("截至{day}", day=t.day(held.on)), columns, tuple(rows), note=days)
    blocks: list[Block] = [table]
    if held.members is None:
        blocks.append(Paragraph(t("没有导入工会与单位，因此没有会员数。"), "note"))
    else:
        said = t(
            "登记的工会与单位 {n} 个，会员 {members} 人。",
            n=count(held.organisations or 0),
            members=count(held.members),
        )
        blocks.append(Paragraph(said))
    return Section("running", t("登记资料的新旧与反映的答复"), tuple(blocks))


def targets_section(held: RunningFigures, t: Language) -> Section | None:
    """Say how far each target has come, and where its pace leads; None where there are none."""
    if not held.targets:
        return None
    columns = (
        Column("target", t("目标")),
        Column("what", t("计什么")),
        Column("until", t("期限")),
        Column("number", t("目标数"), "count"),
        Column("reached", t("现状"), "count"),
        Column("share", t("完成"), "share", "", t("现状占目标数的份额。")),
        Column("forecast", t("按现有进度到期"), "count", "", t("从起点以来的平均进度外推。")),
    )
    rows = tuple(_target(one, t) for one in held.targets)
    table = Table(
        "targets",
        t("目标、进度和按现有进度的推算，截至{day}", day=t.day(held.on)),
        columns,
        rows,
        missing=t("没有所计的资料，或没有给出起点"),
    )
    return Section("targets", t("目标与进度"), (table,))


def money_section(held: RunningFigures, t: Language) -> Section | None:
    """Say who pays what in which year by the newest kept decision; None where there is none."""
    figures = held.money
    if figures is None:
        return None
    if figures.cost_yuan is None:
        said = t("最近存档的决策“{name}”没有列出资金。", name=held.decision)
        return Section("money", t("资金"), (Paragraph(said, "note"),))
    by_payer: defaultdict[str, defaultdict[int | None, int]]
    by_payer = defaultdict(lambda: defaultdict(int))
    for row in figures.money:
        by_payer[row.payer][row.year] += row.yuan
    years = sorted({row.year for row in figures.money}, key=lambda year: year or 0)
    columns = (
        Column("payer", t("出资方")),
        *(
            Column(
                f"year_{year or 'all'}",
                t("合计") if year is None else t("{year}年", year=year),
                "count",
                t("元"),
                is_summed=True,
            )
            for year in years
        ),
        *([Column("all", t("合计"), "count", t("元"), is_summed=True)] if len(years) > 1 else []),
    )

    def cells(of: Mapping[int | None, int]) -> tuple[Cell, ...]:
        parts = [of.get(year, 0) for year in years]
        return (*parts, *([sum(parts)] if len(years) > 1 else []))

    rows = tuple((_payer(payer, t), *cells(of)) for payer, of in sorted(by_payer.items()))
    whole: defaultdict[int | None, int] = defaultdict(int)
    for of in by_payer.values():
        for year, yuan in of.items():
            whole[year] += yuan
    caption = t("最近存档的决策“{name}”：各出资方各年所付", name=held.decision)
    table = Table("money", caption, columns, rows, (t("合计"), *cells(whole)))
    return Section("money", t("资金"), (table, Paragraph(_per_worker(figures, t))))


def _per_worker(figures: ScenarioFigures, t: Language) -> str:
    """Say how many yuan a worker costs who is gained by the last year."""
    row, cost = figures.row(), figures.cost_yuan or 0
    gained = row.after - row.before
    if gained <= 0:
        return t("该决策没有新覆盖的人，因此没有每新覆盖一人的费用。")
    return t(
        "共 {cost} 元，到最后一年新覆盖 {gained} 人，每新覆盖一人 {each} 元。",
        cost=count(cost),
        gained=count(gained),
        each=count(cost / gained),
    )


def _target(one: Progress, t: Language) -> tuple[Cell, ...]:
    target, reached = one.target, one.reached
    what = t(_MEASURES[target.what]) if target.what in _MEASURES else t.kind(target.what)
    share = None if reached is None or not target.number else reached / target.number
    forecast = None if one.forecast is None else max(half_up(one.forecast), 0)
    return target.name, what, t.day(target.until), target.number, reached, share, forecast


def _payer(payer: str, t: Language) -> str:
    return t("自筹") if payer == _OWN else payer


def _of(part: int, whole: int) -> float | None:
    return part / whole if whole else None
