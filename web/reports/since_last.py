"""What has moved since the last report: every figure, and whether data, method or question did it.

A figure moves because the data are others (the register, the workers, the roads, the candidate
sites, what workers reported, the organisations), because the method is another (a standard, who is
served by what, a way of counting), or because something else was asked (another plan, another
decision, other targets). Which of them were changed between two reports is known by their hashes;
where several were, no figure is put down to one of them alone, and this is said. What is counted of
the day (how old checks are, how long answers took) moves with the day too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.china_time import CHINA_TIME
from web.labels.kept_reports import STATES
from web.languages import message
from web.reports.document import Column, Paragraph, Section, Table, written
from web.reports.figure_list import figures_in
from web.services.freshness import INPUT_NAMES, same_input
from web.site.number_words import change_between, count

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from data.kept_reports import KeptReport
    from web.languages import Language
    from web.reports.document import Block, Cell, Document, Kind
    from web.reports.figure_list import NamedFigure

#: Each with its name within a sentence.
_DATA: Final = {
    **{name: INPUT_NAMES[name] for name in ("stations", "demand", "network", "sites", "doubted")},
    "tickets": message("反映的办理", context="in a sentence"),
    "organisations": message("工会与单位", context="in a sentence"),
    "borders": message("区县与乡镇街道界线", context="in a sentence"),
}
_ASKED: Final = {
    "standard": message("规划所按的标准", context="in a sentence"),
    "kind": message("新站类型", context="in a sentence"),
    "new": message("新站数", context="in a sentence"),
    "candidates": message("候选点数", context="in a sentence"),
    "keep": message("必选的候选点", context="in a sentence"),
    "without": message("不选的候选点", context="in a sentence"),
    "question": message("所问的问题", context="in a sentence"),
    "decision": message("最近存档的决策", context="in a sentence"),
    "targets": message("目标", context="in a sentence"),
}
#: What a plan may be asked beside its number of stations; not to be asked it is a question too.
_OF_PLAN: Final = ("keep", "without", "question")
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
    causes = _Causes(
        data=_changed(_DATA, last.inputs, inputs),
        method=_changed(_METHODS, last.method, method),
        asked=_changed(
            _ASKED,
            last.inputs,
            inputs,
            always=_OF_PLAN if "new" in last.inputs and "new" in inputs else (),
        ),
        other_day=last.inputs.get("day") != inputs.get("day"),
        solved_anew=last.inputs.get("computed") != inputs.get("computed"),
    )
    blocks: list[Block] = [Paragraph(_why(last, causes, t, has_moved=bool(moved)))]
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


@dataclass(frozen=True)
class _Causes:
    """The words of what is not as it was, whether the day is another, and the answer a new one."""

    data: tuple[str, ...]
    method: tuple[str, ...]
    asked: tuple[str, ...]
    other_day: bool
    solved_anew: bool


def _why(last: KeptReport, causes: _Causes, t: Language, *, has_moved: bool) -> str:
    """Say what is not as it was: the data, the method, the question, or none of them."""
    data = (
        t("数据变了的有：{data}", data=t.all_of([t(one) for one in causes.data]))
        if causes.data
        else t("数据没有变")
    )
    method = (
        t("方法变了的有：{method}", method=t.all_of([t(one) for one in causes.method]))
        if causes.method
        else t("方法没有变")
    )
    asked = (
        t("所问变了的有：{asked}", asked=t.all_of([t(one) for one in causes.asked]))
        if causes.asked
        else t("所问没有变")
    )
    said = [
        t(
            "{since}{data}；{method}；{asked}。",
            since=_since(last, t),
            data=data,
            method=method,
            asked=asked,
        ),
        _verdict(causes, t, has_moved=has_moved),
        t("核查新旧、答复天数和目标推算按制表之日计，日期不同，它们也会变。")
        if causes.other_day and has_moved
        else "",
    ]
    return t.sentences(said)


def _since(last: KeptReport, t: Language) -> str:
    """Name the report that is compared with, and that it is not in force where it is not."""
    values = {"number": last.number, "day": t.day(_day(last))}
    if last.state == "issued":
        return t("与上期报告 {number}（{day}）相比，", **values)
    return t(
        "没有已签发的报告；与{state} {number}（{day}）相比，",
        state=t(STATES[last.state]),
        **values,
    )


def _verdict(causes: _Causes, t: Language, *, has_moved: bool) -> str:
    """Say what the figures moved by; nothing where none moved."""
    changed = (causes.data, causes.method, causes.asked)
    if not has_moved:
        return ""
    if sum(map(bool, changed)) > 1:
        return t("不止一项变了，单项指标的变化不能只归于其中之一。")
    alone = (
        t("指标的变化都来自数据。"),
        t("指标的变化都来自方法。"),
        t("指标的变化都来自所问。"),
    )
    found = [words for words, one in zip(alone, changed, strict=True) if one]
    if found:
        return found[0]
    if causes.solved_anew:
        return t("答案重新求解过：求解的时限或随机种子不同，选点也可能不同。")
    return "" if causes.other_day else t("指标变化的原因没有留存。")


def _day(report: KeptReport) -> date:
    return report.made_at.astimezone(CHINA_TIME).date()


def _changed(
    names: Mapping[str, str],
    one: Mapping[str, str],
    other: Mapping[str, str],
    *,
    always: tuple[str, ...] = (),
) -> tuple[str, ...]:
    """Return the words of what two reports hold and not alike.

    What only one of them holds is not compared but for ``always``.
    """
    return tuple(
        words
        for name, words in names.items()
        if (name in always or (name in one and name in other)) and not same_input(name, one, other)
    )
