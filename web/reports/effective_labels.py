"""What effective coverage says, in sentences: night against day, range, longer hours, evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planning.coverage.aims import ENTERED, USABLE
from planning.coverage.effective_rows import BEFORE_DAWN, DAY, NIGHT, span_ends
from planning.coverage.nominal import ALL
from planning.coverage.rounding import half_up
from web.languages import capital, counted, message
from web.site.number_words import count, per_cent, per_cent_range, points_between

if TYPE_CHECKING:
    from planning.coverage.effective import EffectiveCoverage
    from planning.coverage.effective_rows import EffectiveRow
    from planning.coverage.evidence import ServiceEvidence
    from planning.coverage.extended_hours import LongerHours
    from web.languages import Language
    from web.services.effective import EffectiveAnswer

_ALIKE: Final = 0.95
_NEARLY_NONE: Final = 0.03
_CLOSE: Final = 0.012
_HALF: Final = 0.5
_PARTS: Final = (
    (1 / 10, message("十分之一")),
    (1 / 8, message("八分之一")),
    (1 / 6, message("六分之一")),
    (1 / 5, message("五分之一")),
    (1 / 4, message("四分之一")),
    (1 / 3, message("三分之一")),
    (2 / 5, message("五分之二")),
    (1 / 2, message("一半")),
    (3 / 5, message("五分之三")),
    (2 / 3, message("三分之二")),
    (3 / 4, message("四分之三")),
    (4 / 5, message("五分之四")),
    (9 / 10, message("十分之九")),
)
_LONGER: Final = {
    "before": counted(
        "开门前多开 {n} 小时，平均每天多覆盖 {workers} 人{who}；一周 {worker_hours} 人时"
    ),
    "after": counted(
        "关门后多开 {n} 小时，平均每天多覆盖 {workers} 人{who}；一周 {worker_hours} 人时"
    ),
}


def effect_words(answer: EffectiveAnswer, t: Language) -> str:
    """Say what a station must be to serve in effect: 用得上 only where the basics are tested."""
    aims = (ENTERED, USABLE) if answer.tests_basics else (ENTERED,)
    return t.all_of([t("开着门"), *(t.either(aim.zh, aim.en, context=aim.id) for aim in aims)])


def ends_of(measured: EffectiveCoverage, group: str = ALL) -> tuple[float, float]:
    """Return the share of worker-hours covered in effect, and perhaps."""
    low, high = (measured.share(name, group=group) for name in ("effective", "possible"))
    return low, high


def whole_per_cent(ends: tuple[float, float]) -> str:
    """Write a share, or what it lies between, in whole per cent: for a picture."""
    low, high = (half_up(100 * end) for end in ends)
    return f"{low} %" if low == high else f"{low}–{high} %"


def lost_words(row: EffectiveRow, t: Language) -> str:
    """Say how far effect lies below paper in percentage points, at the two ends."""
    least, most = (
        points_between(row.share("nominal"), row.share(name)) for name in ("possible", "effective")
    )
    return least if least == most else t("{least} 至 {most}", least=least, most=most)


def night_sentence(measured: EffectiveCoverage, group: str, t: Language) -> str:
    """Say how coverage at night compares with that of the day.

    It says "" where either has nobody, and where the ends of what is known say different things.
    """
    night, day = (span_ends(measured, hours, group=group) for hours in (NIGHT, DAY))
    if night is None or day is None or day[0] < _NEARLY_NONE:
        return ""
    said = {_night_words(at_night / by_day, t) for at_night, by_day in zip(night, day, strict=True)}
    if len(said) > 1:
        return ""
    (sentence,) = said
    if group == ALL:
        return capital(sentence)
    return capital(t("{people}{sentence}", people=t.people(group), sentence=sentence))


def _night_words(ratio: float, t: Language) -> str:
    """Say a ratio of night to day."""
    if ratio < _NEARLY_NONE:
        return t("夜间几乎没有覆盖")
    if ratio > 1 / _ALIKE:
        return t("夜间覆盖高于白天")
    if ratio >= _ALIKE:
        return t("夜间覆盖与白天相近")
    value, part = min(_PARTS, key=lambda held: abs(held[0] - ratio))
    if abs(value - ratio) > _CLOSE:
        return t("夜间覆盖约为白天的{part}", part=t(part))
    if value <= _HALF:
        return t("夜间覆盖只有白天的{part}", part=t(part))
    return t("夜间覆盖是白天的{part}", part=t(part))


def headline(measured: EffectiveCoverage, group: str, t: Language) -> str:
    """Say the one thing of a picture: night against day, or effect against paper."""
    spans = [span_ends(measured, hours, group=group) for hours in (NIGHT, DAY)]
    night, day = (per_cent_range(span) for span in spans)
    sentence = night_sentence(measured, group, t)
    if sentence:
        return t(
            "{sentence}：22–6 时 {night}，6–22 时 {day}", sentence=sentence, night=night, day=day
        )
    if None not in spans and max(span[1] for span in spans if span) >= _NEARLY_NONE:
        return t("有效覆盖：22–6 时 {night}，6–22 时 {day}", night=night, day=day)
    nominal = per_cent(measured.share("nominal", group=group))
    found = per_cent_range(ends_of(measured, group))
    return t("名义覆盖 {nominal}，有效覆盖 {found}", nominal=nominal, found=found)


def before_dawn_sentence(measured: EffectiveCoverage, group: str, t: Language) -> str:
    """Say how many are covered from four to six; "" where hardly anybody is there."""
    ends = span_ends(measured, BEFORE_DAWN, group=group)
    if ends is None:
        return ""
    found = per_cent_range(ends)
    return t("凌晨 4–6 时有效覆盖 {found}。", found=found)


def truth_sentence(answer: EffectiveAnswer, group: str, t: Language) -> str:
    """Say how far what is not known leaves the truth open; "" where all is known."""
    held = answer.evidence
    unknown = [
        t(lacks, n=count(n))
        for n, lacks in (
            (held.unknown_hours, message("{n} 个没有可读的开放时间")),
            (held.unknown_access, message("{n} 个没有写明进门方式")),
            (held.unknown_equipment, message("{n} 个没有写全所需设备")),
        )
        if n
    ]
    if not unknown:
        return ""
    low, high = ends_of(answer.coverage, group)
    between = (
        t(
            "真实值在 {low}（已写明的才算）与 {high}（没写的也算）之间",
            low=per_cent(low),
            high=per_cent(high),
        )
        if per_cent(low) != per_cent(high)
        else t("结果不受影响")
    )
    return t(
        "面向这些工种的 {stations} 个开放站点中，{lacks}：{between}。",
        stations=count(held.stations),
        lacks=t("，").join(unknown),
        between=between,
    )


def longer_sentence(one: LongerHours, t: Language) -> str:
    """Say what a station would gain: 关门后多开 3 小时，平均每天多覆盖 362 人，多为货车司机."""
    most = max(one.by_group, key=one.by_group.__getitem__, default="")
    who = message("，都是{people}") if len(one.by_group) == 1 else message("，多为{people}")
    return t.plural(
        _LONGER[one.when],
        n=one.hours,
        workers=count(one.workers),
        who=t(who, people=t.people(most)) if most else "",
        worker_hours=count(one.worker_hours),
    )


def evidence_sentence(held: ServiceEvidence, t: Language) -> str:
    """Say how many stations were checked of late, and what is not known of them."""
    if not held.stations:
        return t("登记中没有开放站点。")
    share = per_cent(held.checked / held.stations)
    said = t(
        "近 {recent_days} 天核对过的站点有 {checked} 个，占 {share}；"
        "{never_checked} 个从未核对，{unknown_hours} 个时间未知，"
        "{unknown_access} 个没有写明进门方式，{unknown_equipment} "
        "个没有写全所需设备。",
        recent_days=held.recent_days,
        checked=count(held.checked),
        share=share,
        never_checked=count(held.never_checked),
        unknown_hours=count(held.unknown_hours),
        unknown_access=count(held.unknown_access),
        unknown_equipment=count(held.unknown_equipment),
    )
    if not held.doubted:
        return said
    doubts = t(
        "{doubted} 个站点有户外劳动者反映开不了门、进不去或不能用，尚未解决，不计入有效。",
        doubted=count(held.doubted),
    )
    return t.sentences([said, doubts])


def basis_sentence(answer: EffectiveAnswer, t: Language) -> str:
    """Say which week it is, and what the demand or the calendar does not know."""
    week = answer.week_of
    said = [
        t("按平常的一周计算。")
        if week is None
        else t("按{day} 所在的一周计算。", day=week.isoformat())
    ]
    if answer.unsettled:
        said.append(t("法定假日安排未公布。"))
    if not answer.knows_hours:
        said.append(t("户外劳动者人数没有分时段：每小时都按全部人数计算。"))
    return t.sentences(said)
