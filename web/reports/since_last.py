"""What has moved since the last report: every figure, and whether data or method did it.

A figure moves because the data are others (the register, the workers, the roads, the candidate
sites, what workers reported), because the method is another (a standard, who is served by what, a
way of counting), or both. Which of the two were changed between two reports is known by their
hashes; where both were, no figure is put down to one of them alone, and this is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.china_time import CHINA_TIME
from web.languages import message
from web.reports.document import Column, Paragraph, Section, Table, written
from web.reports.figure_list import figures_in
from web.services.freshness import input_name
from web.site.number_words import change_between, count

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from data.kept_reports import KeptReport
    from web.languages import Language
    from web.reports.document import Block, Cell, Document, Kind
    from web.reports.figure_list import NamedFigure

DATA: Final = ("stations", "demand", "network", "sites", "doubted")
_METHODS: Final = {
    "national": message("全国标准", context="in a sentence"),
    "groups": message("各工种的标准与服务对象", context="in a sentence"),
    "snapping": message("离路多远还算在路网上", context="in a sentence"),
    "profiles": message("出行速度", context="in a sentence"),
    "counting": message("计算方法", context="in a sentence"),
    "roads": message("道路取用的时段", context="in a sentence"),
}


def since_last_section(
    document: Document,
    last: KeptReport,
    *,
    chinese: Document,
    inputs: Mapping[str, str],
    method: Mapping[str, str],
) -> Section:
    """Compare a document with the last report; ``inputs`` and ``method`` are those of now.

    ``chinese`` is the same document in Chinese, by whose words the figures are named.
    """
    t = document.language
    moved, new, unchanged = _compared(document, chinese, last)
    data = tuple(name for name in DATA if _differs(name, last.inputs, inputs))
    methods = tuple(name for name in _METHODS if _differs(name, last.method, method))
    blocks: list[Block] = [Paragraph(_why(last, data, methods, t))]
    if moved:
        columns = (
            Column("figure", t("指标")),
            Column("last", t("上期"), "text"),
            Column("now", t("本期"), "text"),
            Column("change", t("变化"), "text"),
        )
        caption = t("与上期报告 {number} 不同的指标", number=last.number)
        rows = tuple(_row(figure, before, t) for figure, before in moved)
        blocks.append(Table("since_last", caption, columns, rows))
    said = [t("{n} 项指标未变。", n=count(unchanged))]
    said += [t("{n} 项指标上期没有，无从比较。", n=count(new))] if new else []
    blocks.append(Paragraph(t.sentences(said), "note"))
    return Section("since_last", t("自上期报告以来"), tuple(blocks))


def _compared(
    document: Document, chinese: Document, last: KeptReport
) -> tuple[list[tuple[NamedFigure, float | None]], int, int]:
    """Tell the figures that are printed otherwise now, how many are new, how many the same."""
    t = document.language
    moved: list[tuple[NamedFigure, float | None]] = []
    new, unchanged = 0, 0
    for figure, named in zip(figures_in(document), figures_in(chinese), strict=True):
        if named.name not in last.figures:
            new += 1
            continue
        before = last.figures[named.name]
        now, then = (written(value, figure.kind, t) for value in (figure.value, before))
        if now == then:
            unchanged += 1
        else:
            moved.append((figure, before))
    return moved, new, unchanged


def _row(figure: NamedFigure, before: float | None, t: Language) -> tuple[Cell, ...]:
    """Write one figure of both reports and how far it moved, a dash where one has none."""
    now, kind = figure.value, figure.kind
    if before is None or now is None:
        change = "–"
    elif kind == "share":
        moved = written(change_between(before, now), "points", t)
        change = t("{n} 个百分点", n=moved)
    else:
        change = _signed(now - before, kind, t)
    return figure.words, written(before, kind, t), written(now, kind, t), change


def _signed(change: float, kind: Kind, t: Language) -> str:
    if kind == "points":
        return written(change, kind, t)
    words = written(abs(change), kind, t)
    return f"+{words}" if change > 0 else f"−{words}"


def _why(last: KeptReport, data: tuple[str, ...], methods: tuple[str, ...], t: Language) -> str:
    """Say what is not as it was: the data, the method, both or neither."""
    named = t.all_of([input_name(name, t) for name in data])
    counted = t.all_of([t(_METHODS[name]) for name in methods])
    since = t("与上期报告 {number}（{day}）相比，", number=last.number, day=t.day(_day(last)))
    if data and methods:
        said = t(
            "数据变了的有：{data}；方法变了的有：{method}。"
            "两者都变了，单项指标的变化不能只归于其中之一。",
            data=named,
            method=counted,
        )
    elif data:
        said = t("数据变了的有：{data}；方法没有变。指标的变化都来自数据。", data=named)
    elif methods:
        said = t("数据没有变；方法变了的有：{method}。指标的变化都来自方法。", method=counted)
    else:
        said = t("数据和方法都没有变。")
    return f"{since}{said}"


def _day(report: KeptReport) -> date:
    return report.made_at.astimezone(CHINA_TIME).date()


def _differs(name: str, one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether two reports name a part of their data or method and it is not the same."""
    return name in one and name in other and one[name] != other[name]
