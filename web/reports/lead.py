"""The first paragraph of a report: who has a station within reach, and whom the plan would add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from web.languages import message
from web.site.number_words import count, share

if TYPE_CHECKING:
    from web.labels.plans import PlanWords
    from web.languages import Language
    from web.reports.figures import LeftOut, ReportFigures, StandardPair

_STANDARDS: Final = {
    "group": message("各工种标准"),
    "national": message("全国标准", context="caption"),
}
_STRONG: Final = Markup("<strong>{}</strong>")


def standard_name(standard: str, t: Language) -> str:
    """Name a standard as a figure is counted by it."""
    return t(_STANDARDS[standard])


def today_words(figures: ReportFigures, t: Language) -> str:
    """Say of when the figures before the plan are."""
    if figures.stations is not None:
        return t("今天")
    return t("规划时") if figures.plan else t("测算时")


def lead_of(figures: ReportFigures, words: PlanWords | None, t: Language) -> str:
    """Say in two or three sentences what the figures of a report come to."""
    city = figures.city if t.is_chinese else figures.settings.name
    workers = count(figures.before.row().workers)
    shares = Markup("").join(
        _share(pair, t, is_first=not number) for number, pair in enumerate(figures.pairs)
    )
    if figures.stations is not None:
        said = t(
            "{city}有 {stations} 个开放站点。"
            "{workers} 名登记的户外劳动者中，沿道路能到至少一个站点的{shares}。",
            city=city,
            stations=count(figures.n_open),
            workers=workers,
            shares=shares,
        )
    else:
        said = t(
            "{city}{today}，{workers} 名登记的户外劳动者中，沿道路能到至少一个站点的{shares}。",
            city=city,
            today=today_words(figures, t),
            workers=workers,
            shares=shares,
        )
    return said if words is None else t.sentences([said, _gains(figures, words, t)])


def left_out_words(out: LeftOut, figures: ReportFigures, t: Language) -> str:
    """Say that no new station serves a group, and which kinds would."""
    return t(
        "新建的{planned}不服务{group}；仍缺站点的 {missing} 人，要靠{kinds}。",
        planned=t.listed(t.kind_within(kind) for kind in figures.planned_kinds),
        group=t.group_within(out.group),
        missing=count(out.missing),
        kinds=t.any_of([t.kind_within(kind) for kind in out.kinds]),
    )


def _share(pair: StandardPair, t: Language, *, is_first: bool) -> str:
    row = pair.before.row()
    covered = t(
        "{n} 人（{share}）", n=count(row.within_one), share=share(row.within_one, row.workers)
    )
    values = {"people": _STRONG.format(covered), "standard": standard_name(pair.before.standard, t)}
    if is_first:
        return t("，按{standard}有 {people}", context="the first", **values)
    return t("，按{standard}有 {people}", context="a further one", **values)


def _gains(figures: ReportFigures, words: PlanWords, t: Language) -> str:
    gains = [
        t(
            "按{standard}新覆盖 {people}",
            standard=standard_name(pair.before.standard, t),
            people=_STRONG.format(t("{n} 人", n=count(pair.gained))),
        )
        for pair in figures.pairs
        if pair.after
    ]
    return t(
        "再建 {stations}，{gains}。", stations=words.n_built, gains=escape(t("，")).join(gains)
    )
