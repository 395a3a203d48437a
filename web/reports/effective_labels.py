"""What effective coverage says, in sentences: night against day, range, longer hours, evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planning.coverage.aims import ENTERED, USABLE
from planning.coverage.effective_rows import BEFORE_DAWN, DAY, NIGHT, span_ends
from planning.coverage.nominal import ALL
from planning.coverage.rounding import half_up
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
    (1 / 10, "十分之一", "a tenth"),
    (1 / 8, "八分之一", "an eighth"),
    (1 / 6, "六分之一", "a sixth"),
    (1 / 5, "五分之一", "a fifth"),
    (1 / 4, "四分之一", "a quarter"),
    (1 / 3, "三分之一", "a third"),
    (2 / 5, "五分之二", "two fifths"),
    (1 / 2, "一半", "half"),
    (3 / 5, "五分之三", "three fifths"),
    (2 / 3, "三分之二", "two thirds"),
    (3 / 4, "四分之三", "three quarters"),
    (4 / 5, "五分之四", "four fifths"),
    (9 / 10, "十分之九", "nine tenths"),
)
_CLOCKS: Final = {"before": ("开门前", "before opening"), "after": ("关门后", "after closing")}


def effect_words(answer: EffectiveAnswer, t: Language) -> str:
    """Say what a station must be to serve in effect: 用得上 only where the basics are tested."""
    zh = ["开着门", ENTERED.zh, *([USABLE.zh] if answer.tests_basics else [])]
    en = ["open", ENTERED.en, *([USABLE.en] if answer.tests_basics else [])]
    return t("、".join(zh), f"{', '.join(en[:-1])} and {en[-1]}")


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
    return least if least == most else t(f"{least} 至 {most}", f"{least} to {most}")


def night_sentence(measured: EffectiveCoverage, group: str, t: Language) -> str:
    """Say how coverage at night compares with that of the day.

    It says "" where either has nobody, and where the ends of what is known say different things.
    """
    night, day = (span_ends(measured, hours, group=group) for hours in (NIGHT, DAY))
    if night is None or day is None or day[0] < _NEARLY_NONE:
        return ""
    said = {_night_words(at_night / by_day) for at_night, by_day in zip(night, day, strict=True)}
    if len(said) > 1:
        return ""
    ((zh, en),) = said
    if group == ALL:
        return t(zh, en[:1].upper() + en[1:])
    return t(f"{t.group(group)}{zh}", f"{t.group(group)}s: {en}")


def _night_words(ratio: float) -> tuple[str, str]:
    """Say a ratio of night to day, Chinese and English."""
    if ratio < _NEARLY_NONE:
        return "夜间几乎没有覆盖", "hardly any coverage at night"
    if ratio > 1 / _ALIKE:
        return "夜间覆盖高于白天", "coverage is higher at night than by day"
    if ratio >= _ALIKE:
        return "夜间覆盖与白天相近", "coverage at night is like that of the day"
    part, zh, en = min(_PARTS, key=lambda held: abs(held[0] - ratio))
    close = abs(part - ratio) <= _CLOSE
    only = "只有" if close and part <= _HALF else "是" if close else "约为"
    return (
        f"夜间覆盖{only}白天的{zh}",
        f"coverage at night is {'' if close else 'about '}{en} of the day's",
    )


def headline(measured: EffectiveCoverage, group: str, t: Language) -> str:
    """Say the one thing of a picture: night against day, or effect against paper."""
    spans = [span_ends(measured, hours, group=group) for hours in (NIGHT, DAY)]
    night, day = (per_cent_range(span) for span in spans)
    sentence = night_sentence(measured, group, t)
    if sentence:
        return t(
            f"{sentence}：22–6 时 {night}，6–22 时 {day}",
            f"{sentence} ({night} against {day})",
        )
    if None not in spans and max(span[1] for span in spans if span) >= _NEARLY_NONE:
        return t(
            f"有效覆盖：22–6 时 {night}，6–22 时 {day}",
            f"In effect {night} are covered at night, {day} by day",
        )
    nominal = per_cent(measured.share("nominal", group=group))
    found = per_cent_range(ends_of(measured, group))
    return t(
        f"名义覆盖 {nominal}，有效覆盖 {found}",
        f"{nominal} covered on paper, {found} in effect",
    )


def before_dawn_sentence(measured: EffectiveCoverage, group: str, t: Language) -> str:
    """Say how many are covered from four to six; "" where hardly anybody is there."""
    ends = span_ends(measured, BEFORE_DAWN, group=group)
    if ends is None:
        return ""
    found = per_cent_range(ends)
    return t(f"凌晨 4–6 时有效覆盖 {found}。", f"From 4 to 6 in the morning {found} in effect.")


def truth_sentence(answer: EffectiveAnswer, group: str, t: Language) -> str:
    """Say how far what is not known leaves the truth open; "" where all is known."""
    held = answer.evidence
    unknown = [
        (n, zh, en)
        for n, zh, en in (
            (held.unknown_hours, "没有可读的开放时间", "no hours that can be read"),
            (held.unknown_access, "没有写明进门方式", "no way in"),
            (held.unknown_equipment, "没有写全所需设备", "not all of the equipment"),
        )
        if n
    ]
    if not unknown:
        return ""
    low, high = ends_of(answer.coverage, group)
    between = (
        t(
            f"真实值在 {per_cent(low)}（已写明的才算）与 {per_cent(high)}（没写的也算）之间",
            f"the truth lies between {per_cent(low)} (what is stated) and {per_cent(high)} (what "
            "is not stated counts too)",
        )
        if per_cent(low) != per_cent(high)
        else t("结果不受影响", "which changes nothing")
    )
    lacks_zh = "，".join(f"{count(n)} 个{zh}" for n, zh, _ in unknown)
    lacks_en = ", ".join(f"{count(n)} {en}" for n, _, en in unknown)
    return t(
        f"面向这些工种的 {count(held.stations)} 个开放站点中，{lacks_zh}：{between}。",
        f"Of {count(held.stations)} open stations the register states: for {lacks_en}; {between}.",
    )


def longer_sentence(one: LongerHours, t: Language) -> str:
    """Say what a station would gain: 关门后多开 3 小时，平均每天多覆盖 362 人，多为货车司机."""
    side_zh, side_en = _CLOCKS[one.when]
    most = max(one.by_group, key=one.by_group.__getitem__, default="")
    alone = len(one.by_group) == 1
    who_zh = f"，{'都是' if alone else '多为'}{t.group(most)}" if most else ""
    who_en = f", {'all' if alone else 'mostly'} {t.people(most)}" if most else ""
    return t(
        f"{side_zh}多开 {one.hours} 小时，平均每天多覆盖 {count(one.workers)} 人{who_zh}；"
        f"一周 {count(one.worker_hours)} 人时",
        f"open {one.hours} hours longer {side_en}: {count(one.workers)} workers gained on an "
        f"average day{who_en}; {count(one.worker_hours)} worker-hours a week",
    )


def evidence_sentence(held: ServiceEvidence, t: Language) -> str:
    """Say how many stations were checked of late, and what is not known of them."""
    if not held.stations:
        return t("登记中没有开放站点。", "The register has no open station.")
    share = per_cent(held.checked / held.stations)
    said = t(
        f"近 {held.recent_days} 天核对过的站点有 {count(held.checked)} 个，占 {share}；"
        f"{count(held.never_checked)} 个从未核对，{count(held.unknown_hours)} 个时间未知，"
        f"{count(held.unknown_access)} 个没有写明进门方式，"
        f"{count(held.unknown_equipment)} 个没有写全所需设备。",
        f"{count(held.checked)} stations ({share}) were checked within {held.recent_days} days; "
        f"{count(held.never_checked)} never were, of {count(held.unknown_hours)} the hours are not "
        f"known, {count(held.unknown_access)} do not say how one gets in, "
        f"{count(held.unknown_equipment)} not all of the equipment that is needed.",
    )
    if not held.doubted:
        return said
    return said + t(
        f"{count(held.doubted)} 个站点有工友反映开不了门、进不去或不能用，尚未解决，不计入有效。",
        f" Reports of workers that nobody has settled stand against {count(held.doubted)} of them, "
        "which count as serving nobody.",
    )


def basis_sentence(answer: EffectiveAnswer, t: Language) -> str:
    """Say which week it is, and what the demand or the calendar does not know."""
    week = answer.week_of
    zh = "平常的一周" if week is None else f"{week.isoformat()} 所在的一周"
    en = "a plain week" if week is None else f"the week of {week.isoformat()}"
    said = [t(f"按{zh}计算。", f"It is {en}.")]
    if answer.unsettled:
        said.append(t("法定假日安排未公布。", "Its public holidays are not announced yet."))
    if not answer.knows_hours:
        said.append(
            t(
                "工友人数没有分时段：每小时都按全部人数计算。",
                "The demand knows no hours: everybody counts at every hour.",
            )
        )
    return t("", " ").join(said)
