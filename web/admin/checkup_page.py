"""The doctor's findings as one page for the person who owns the spreadsheet: it prints well."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.doctor import Severity
from web.languages import CHINESE, message
from web.site.pages import render

if TYPE_CHECKING:
    from datetime import date

    from data.doctor import Checkup, Finding, Words
    from geo.datum_fit import Reading
    from web.languages import Language

MOST_SHOWN: Final = 1_000
_ABOUT: Final = {
    "datum": message("坐标系"),
    "swapped": message("经纬度写反"),
    "degrees": message("坐标是文字或度分秒"),
    "number": message("不是数字"),
    "empty": message("必填项为空"),
    "id": message("编号"),
    "long": message("文字过长"),
    "place": message("坐标有误"),
    "box": message("在本市范围之外"),
    "source": message("原始坐标"),
    "facility": message("设施自相矛盾"),
    "groups": message("服务人群"),
    "sample": message("示意数据"),
    "heading": message("列名"),
    "size": message("数量与面积"),
    "date": message("日期"),
    "word": message("词汇表之外的词"),
    "width": message("多出的格子"),
    "geometry": message("图形类型"),
    "other": message("其他"),
    "twin": message("可能重复"),
    "copy": message("完全相同的行"),
    "same_point": message("多行同一坐标"),
    "coarse": message("坐标位数太少"),
    "district": message("不在任何区县内"),
    "water": message("落在水面上"),
    "roads": message("无路可达"),
    "hours": message("读不懂的营业时间"),
    "all_day": message("24小时与营业时间矛盾"),
    "never": message("营业时间说不开放"),
    "no_hours": message("没有营业时间"),
    "area": message("面积与类型"),
    "trucks": message("货车车位"),
    "future": message("将来的日期"),
    "host_type": message("依托场所"),
}
_SEVERITIES: Final = {
    Severity.error: message("错误：改正前不能导入"),
    Severity.warning: message("提醒：很可能有误"),
    Severity.note: message("说明：供参考"),
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
        return self.language("{city}站点登记表检查结果", city=self.city)

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
                made.append((str(severity), self.language(title), shown, len(found) - len(shown)))
        return made

    @property
    def readings(self) -> tuple[Reading, ...]:
        """How the points fit in each datum; none where no road network was asked."""
        return () if self.checkup.datum_fit is None else self.checkup.datum_fit.readings

    def datum_words(self) -> str:
        """Say in a sentence what the datum doctor thinks."""
        fit, t = self.checkup.datum_fit, self.language
        if fit is None:
            return t("工作区没有道路网络，未核对坐标系。")
        if fit.likely is None:
            return {
                "few points": t("站点太少，无法核对坐标系。"),
                "no roads": t("站点附近没有道路，无法核对坐标系。"),
                "same place": t("此地各坐标系没有差别。"),
            }.get(
                fit.why_not,
                t("各种读法与道路的贴合程度相差不大，无法判断坐标系。"),
            )
        if fit.doubtful:
            return t(
                "声明为 {stated}，但按 {likely} 读明显更贴合道路。",
                stated=fit.stated,
                likely=fit.likely,
            )
        return t("按声明的 {stated} 读最贴合道路。", stated=fit.stated)

    def about(self, code: str) -> str:
        """Name what a finding is about."""
        return self.language(_ABOUT.get(code, _ABOUT["other"]))

    def say(self, words: Words) -> str:
        """Say a finding's words in the page's language."""
        return words.zh if self.language.is_chinese else words.en


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
