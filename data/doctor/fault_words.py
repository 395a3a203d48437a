"""The readers' faults as findings: what is wrong and what cures it, told in Chinese too.

A reader says why a row cannot be taken in one English clause (`geo.errors.RowFault`). The owner of
the spreadsheet reads Chinese. The clauses are few, so they are known here by their pattern; one
that is not known is shown as it is, in both languages.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from data.doctor.findings import Finding, Severity, Words

if TYPE_CHECKING:
    from geo.errors import RowFault

_WHAT: Final = {
    "kind": "类型",
    "facility": "设施",
    "group": "服务人群",
    "status": "状态",
    "state": "设施状态",
    "known heading": "可识别的列名",
    "way to get in": "进入方式",
    "operator_kind": "运营主体性质",
    "yes or no": "“是/否”",
    "datum": "坐标系",
    "latitude": "纬度",
    "number": "数字",
    "whole number": "整数",
    "date": "日期",
    "point": "点",
}
_Q: Final = r'"(?P<word>.*?)"'
#: code, pattern of the clause, what is wrong and what cures it in Chinese. A cure of None is the
#: part of the clause behind the colon, put into Chinese by `_cure`.
_CLAUSES: Final = tuple(
    (code, re.compile(pattern, re.DOTALL), what, cure)
    for code, pattern, what, cure in (
        ("id", r"is empty: every row needs an id of its own", "编号为空", "每行填一个唯一的编号"),
        ("empty", r"is empty: write a number", "为空", "填写数字"),
        ("empty", r"is empty(?:: (?P<rest>.*))?$", "为空", None),
        (
            "id",
            rf"{_Q} stands in row (?P<row>\d+) already",
            "编号“{word}”在第 {row} 行已出现",
            "给其中一行另编编号，重复的行请删除",
        ),
        (
            "long",
            r"(?:is longer than|has [\d,]+ characters, more than) (?P<n>[\d,]+).*",
            "超过 {n} 个字",
            "请缩短",
        ),
        (
            "degrees",
            rf"{_Q} is in degrees and minutes.*",
            "“{word}”是度分秒",
            "写成十进制度数，如 116.8012",
        ),
        ("number", rf"{_Q} has a comma.*", "“{word}”里有逗号", "小数点用“.”，不要千分位"),
        ("number", rf"{_Q} is larger than any number.*", "“{word}”大得不合理", "请写实际数值"),
        ("swapped", r".*longitude and latitude are swapped", "经度和纬度写反了", "两格对调"),
        ("place", r"(?P<n>\S+) lies nowhere on earth.*", "{n} 不在地球上", "写十进制度数"),
        (
            "datum",
            r"lies (?P<far>.*?) outside the workspace's box .*read as (?P<d>.*?) it lies inside.*",
            "落在本市范围外 {far}；按 {d} 读则在范围内",
            "请核对坐标系",
        ),
        (
            "box",
            r"lies (?P<far>.*?) outside the workspace's box .*",
            "落在本市范围外 {far}",
            "核对坐标，或在 yizhan.toml 中放宽 box",
        ),
        (
            "datum",
            rf"says {_Q} and the import says (?P<d>\w+).*",
            "写的是“{word}”，导入时却声明为 {d}",
            "两者必须一致",
        ),
        ("datum", rf"{_Q} is no datum.*", "“{word}”不是坐标系", "写 wgs84、gcj02 或 bd09"),
        (
            "source",
            r"and source_lat lie (?P<far>[\d,]+) m from lon and lat.*",
            "原始坐标与经纬度相差 {far} 米",
            "移动过站点后，请删除三个原始坐标列",
        ),
        (
            "place",
            r"says (?P<a>\S+) and the point (?P<b>\S+): delete the column",
            "此列写 {a}，图形坐标为 {b}",
            "删除此列",
        ),
        ("place", r"is no point.*", "没有可用的坐标", "坐标是两个数字"),
        (
            "facility",
            r"(?P<id>\w+) \((?P<zh>.*?)\) is said to be there and not to be there.*",
            "“{zh}”既写有又写无",
            "只保留一个",
        ),
        (
            "groups",
            rf"{_Q} stands beside groups.*",
            "“{word}”与具体人群写在一起",
            "只写“{word}”，或只写具体人群",
        ),
        (
            "sample",
            r"says that the row is a generated sample.*",
            "此行是示意数据",
            "示意数据不能导入真实登记册",
        ),
        (
            "heading",
            r"means (?P<id>\w+), as .* does: delete one",
            "与另一列含义相同",
            "两列中删除一列",
        ),
        (
            "heading",
            r"has no column (?P<id>\w+) \((?P<zh>.*?)\).*",
            "缺少“{zh}”列",
            "加上此列",
        ),
        (
            "heading",
            r"column (?P<n>\d+) has cells and no heading.*",
            "第 {n} 列有内容而没有列名",
            "写上列名，或删除此列",
        ),
        (
            "size",
            rf"{_Q} is no (?P<what>whole number|number) from 0 to .*",
            "“{word}”不是{what}",
            "写一个不小于 0 的数，或留空",
        ),
        ("date", rf"{_Q} is no date.*", "“{word}”不是日期", "写年月日，如 2026-11-23"),
        ("word", rf"{_Q} is no (?P<what>[\w ]+?): (?P<rest>.*)$", "“{word}”不是{what}", None),
        ("word", rf"{_Q} is no (?P<what>[\w ]+)$", "“{word}”不是{what}", "请更正，或留空"),
        (
            "width",
            r"has (?P<n>\d+) cells and the heading (?P<m>\d+).*",
            "此行 {n} 格，表头只有 {m} 格",
            "有分隔符的格子请加双引号",
        ),
        ("long", r"holds (?P<n>[\d,]+) characters.*", "有 {n} 个字", "请缩短"),
        ("geometry", r"is (?P<kind>\w+): needs (?P<rest>.*)$", "图形类型不符", "站点须是点"),
    )
)  # fmt: skip


def finding_of(fault: RowFault, *, station: str = "") -> Finding:
    """Tell a reader's fault as a finding of the severity error."""
    code, zh, cure_zh = _chinese(fault.reason)
    what, _, cure = fault.reason.partition(": ")
    return Finding(
        code=code,
        severity=Severity.error,
        what=Words(zh, what),
        cure=Words(cure_zh, cure or "correct it"),
        row=fault.row,
        column=fault.column,
        station=station,
    )


def _chinese(reason: str) -> tuple[str, str, str]:
    """Return the code of a clause, and what it says and advises in Chinese."""
    for code, pattern, what, cure in _CLAUSES:
        found = pattern.fullmatch(reason)
        if found is None:
            continue
        words = {name: text or "" for name, text in found.groupdict().items()}
        words["what"] = _WHAT.get(words.get("what", ""), words.get("what", ""))
        advice = _cure(words.get("rest", "")) if cure is None else cure.format(**words)
        return code, what.format(**words), advice
    return "other", reason, "请更正"


def _cure(rest: str) -> str:
    """Put the advice behind a clause into Chinese: a nearest word, or a list of words."""
    near = re.match(r"did you mean (?P<id>[\w-]+) \((?P<zh>.*?)\)\?", rest)
    if near is not None:
        return f"是否指“{near['zh']}”？"
    listed = re.match(r"(?:use|write) one of (?P<list>.*?)(?:, or delete it)?$", rest, re.DOTALL)
    if listed is not None:
        words = [part.split(" ", 1)[-1] for part in listed["list"].split(", ")]
        tail = "，或删除此列" if rest.endswith("or delete it") else ""
        return f"可用：{'、'.join(words)}{tail}"
    return "请填写" if not rest else "请更正"
