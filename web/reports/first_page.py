"""What stands on the first page beside the figures: how they are counted, what is asked of whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.reports.document import Listing, Section
from web.reports.lead import standard_name, today_words
from web.site.number_words import count, standard_words

if TYPE_CHECKING:
    from web.labels.plans import PlanWords
    from web.languages import Language
    from web.reports.figures import ReportFigures
    from web.services.running import RunningFigures


def counting_section(figures: ReportFigures, t: Language) -> Section:
    """Say whom the figures count, by which standards, of when, and what covered means."""
    groups = [t.group(group) for group in figures.peopled_groups]
    people = t(
        "登记的户外劳动者 {n} 人：{groups}",
        n=count(figures.before.row().workers),
        groups=t.listed(groups),
    )
    covered = t("沿道路、在服务标准内至少有一个为该工种开放的站点；按登记资料，未到场核实")
    items = [(t("统计对象"), people), (t("覆盖"), covered)]
    items += [
        (standard_name(pair.before.standard, t), _standard(pair.before.standard, figures, t))
        for pair in figures.pairs
    ]
    now = t("{today}（{day}）", today=today_words(figures, t), day=t.day(figures.made_on))
    items.append((t("现状"), now))
    if figures.plan is not None:
        after = t("现有站点加上规划的 {n} 个新站；人数与道路不变", n=len(figures.plan.sites))
        items.append((t("建成后", context="column"), after))
    return Section("counting", t("统计口径"), (Listing(tuple(items)),))


def _standard(standard: str, figures: ReportFigures, t: Language) -> str:
    """Say a standard in words, or each group's own."""
    if standard == "national":
        return standard_words(figures.settings.national, t)
    return t.listed(
        t(
            "{group}{standard}",
            group=t.group(group),
            standard=standard_words(figures.settings.group(group).standard, t),
        )
        for group in figures.peopled_groups
    )


def asked_section(
    figures: ReportFigures, words: PlanWords | None, running: RunningFigures | None, t: Language
) -> Section | None:
    """Say what the reader is asked to decide, or to have done; None where there is nothing."""
    items: list[tuple[str, str]] = []
    if words is not None and words.plan.sites:
        built = t("审定新建方案：{built}，逐个列在“新站清单”。", built=words.built)
        items.append((t("审定"), built))
    items += [
        (
            t("另行安排"),
            t(
                "{group}：新站不服务，建成后仍有 {n} 人在标准内没有站点。",
                group=t.group(out.group),
                n=count(out.missing),
            ),
        )
        for out in figures.left_out()
    ]
    if running is not None:
        items += _to_be_done(running, t)
    return Section("asked", t("请审阅后决定"), (Listing(tuple(items)),)) if items else None


def _to_be_done(running: RunningFigures, t: Language) -> list[tuple[str, str]]:
    """Say which checks and answers are due."""
    items = []
    if running.never_checked or running.hours_unknown:
        said = t(
            "从未核查的开放站点 {never} 个，没有登记开放时间的 {dark} 个："
            "补齐后，有效覆盖的两端才会靠近。",
            never=count(running.never_checked),
            dark=count(running.hours_unknown),
        )
        items.append((t("补核"), said))
    if running.open_tickets:
        items.append(
            (
                t("答复", context="to do"),
                t("还没有了结的反映 {n} 件。", n=count(running.open_tickets)),
            )
        )
    return items
