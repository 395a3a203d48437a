"""The doctor's findings as one page for the person who owns the spreadsheet: it prints well."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.doctor import Severity
from web.languages import CHINESE
from web.site.pages import render

if TYPE_CHECKING:
    from datetime import date

    from data.doctor import Checkup, Finding, Words
    from geo.datum_fit import Reading
    from web.languages import Language

MOST_SHOWN: Final = 1_000
_ABOUT: Final = {
    "datum": ("坐标系", "Datum"),
    "swapped": ("经纬度写反", "Longitude and latitude swapped"),
    "degrees": ("坐标是文字或度分秒", "Degrees as text"),
    "number": ("不是数字", "No number"),
    "empty": ("必填项为空", "Empty cells that are needed"),
    "id": ("编号", "Ids"),
    "long": ("文字过长", "Too long"),
    "place": ("坐标有误", "Coordinates"),
    "box": ("在本市范围之外", "Outside the city's box"),
    "source": ("原始坐标", "Source coordinates"),
    "facility": ("设施自相矛盾", "Facilities that contradict"),
    "groups": ("服务人群", "Groups"),
    "sample": ("示意数据", "Generated sample"),
    "heading": ("列名", "Headings"),
    "size": ("数量与面积", "Sizes and counts"),
    "date": ("日期", "Dates"),
    "word": ("词汇表之外的词", "Words that are not known"),
    "width": ("多出的格子", "Rows with too many cells"),
    "geometry": ("图形类型", "Geometries"),
    "other": ("其他", "Other"),
    "twin": ("可能重复", "Perhaps the same station"),
    "copy": ("完全相同的行", "Rows that stand twice"),
    "same_point": ("多行同一坐标", "Many rows at one point"),
    "coarse": ("坐标位数太少", "Coarse coordinates"),
    "district": ("不在任何区县内", "Outside every district"),
    "water": ("落在水面上", "In water"),
    "roads": ("无路可达", "Off the roads"),
    "hours": ("读不懂的营业时间", "Hours that cannot be read"),
    "all_day": ("24小时与营业时间矛盾", "24-hour flag and hours disagree"),
    "never": ("营业时间说不开放", "Open, but never"),
    "no_hours": ("没有营业时间", "No hours"),
    "area": ("面积与类型", "Area and kind"),
    "trucks": ("货车车位", "Truck spaces"),
    "future": ("将来的日期", "Dates in the future"),
    "host_type": ("依托场所", "Host types"),
}
_SEVERITIES: Final = {
    Severity.error: ("错误：改正前不能导入", "Errors: to be corrected before the import"),
    Severity.warning: ("提醒：很可能有误", "Warnings: probably wrong"),
    Severity.note: ("说明：供参考", "Notes: good to know"),
}


@dataclass(frozen=True, eq=False)
class CheckupPage:
    """A checkup in one language, with what the template asks of it."""

    checkup: Checkup
    language: Language
    city: str
    made_on: date
    sample: bool

    @property
    def title(self) -> str:
        """The title of the page."""
        return self.language(
            f"{self.city}站点登记表检查结果", f"{self.city}: the register, examined"
        )

    def count(self, severity: str) -> int:
        """Count the findings of one severity."""
        return self.checkup.count(Severity(severity))

    @property
    def kinds(self) -> list[tuple[str, str, int, int]]:
        """What was found: severity, what about, how often, how many can be cured by themselves."""
        counts = Counter((f.severity, f.code) for f in self.checkup.findings)
        cured = Counter((f.severity, f.code) for f in self.checkup.fixable)
        ranks = list(Severity)
        ordered = sorted(counts, key=lambda key: (ranks.index(key[0]), -counts[key]))
        return [
            (str(severity), self.about(code), counts[severity, code], cured[severity, code])
            for severity, code in ordered
        ]

    @property
    def sections(self) -> list[tuple[str, str, list[Finding], int]]:
        """The findings by gravity: severity, title, those that are shown, how many more."""
        made = []
        for severity, title in _SEVERITIES.items():
            found = [f for f in self.checkup.findings if f.severity is severity]
            if found:
                shown = found[:MOST_SHOWN]
                made.append((str(severity), self.language(*title), shown, len(found) - len(shown)))
        return made

    @property
    def readings(self) -> tuple[Reading, ...]:
        """How the points fit in each datum; none where no road network was asked."""
        return () if self.checkup.datum_fit is None else self.checkup.datum_fit.readings

    def datum_words(self) -> str:
        """Say in a sentence what the datum doctor thinks."""
        fit, t = self.checkup.datum_fit, self.language
        if fit is None:
            return t(
                "工作区没有道路网络，未核对坐标系。",
                "The workspace has no road network: the datum was not examined.",
            )
        if fit.likely is None:
            return {
                "few points": t("站点太少，无法核对坐标系。", "Too few places to tell the datum."),
                "no roads": t(
                    "站点附近没有道路，无法核对坐标系。", "No roads near: the datum cannot be told."
                ),
                "same place": t("此地各坐标系没有差别。", "Here all datums are the same."),
            }.get(
                fit.why_not,
                t(
                    "各种读法与道路的贴合程度相差不大，无法判断坐标系。",
                    "No reading fits the roads clearly better than the others.",
                ),
            )
        if fit.doubtful:
            return t(
                f"声明为 {fit.stated}，但按 {fit.likely} 读明显更贴合道路。",
                f"The file says {fit.stated}; read as {fit.likely} it fits the roads far better.",
            )
        return t(
            f"按声明的 {fit.stated} 读最贴合道路。",
            f"Read as {fit.stated}, it fits the roads best.",
        )

    def about(self, code: str) -> str:
        """Name what a finding is about."""
        return self.language(*_ABOUT.get(code, _ABOUT["other"]))

    def say(self, words: Words) -> str:
        """Say a finding's words in the page's language."""
        return self.language(words.zh, words.en)


def checkup_html(
    checkup: Checkup,
    *,
    city: str,
    made_on: date,
    sample: bool = False,
    language: Language = CHINESE,
) -> str:
    """Return the findings as one HTML document that needs nothing else."""
    page = CheckupPage(checkup, language, city, made_on, sample)
    return render("doctor_file.html", language, page=page, checkup=checkup)
