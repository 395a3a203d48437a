"""The spreadsheet that a city fills in: Chinese headings, drop-downs, an example, a page of notes.

What comes out of it is what `data.files.station_files.read_stations` takes, without an edit.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from data.atomic import write_bytes
from data.files.station_files import REQUIRED, STATION_FIELDS
from data.vocabulary import (
    ACCESS_MODES,
    FACILITIES,
    FACILITY_STATES,
    GROUPS,
    HOST_TYPES,
    KINDS,
    OPERATOR_KINDS,
    STATUSES,
    YES_NO,
    Term,
)
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

SHEET: Final = "站点登记表"
NOTES: Final = "填写说明"
WORDS: Final = "词汇表"
ROWS: Final = 2_000
#: Columns of the template in their order; the facilities stand between as a column each.
COLUMNS: Final = (
    *("id", "name", "kind", "lon", "lat", "datum", "address"),
    *("host_type", "host_name", "operator", "operator_kind", "access", "who_may_enter"),
    *("hours", "all_day"),
    *("groups", "seats", "area_m2", "truck_spaces"),
    *("status", "status_since", "sign", "phone", "contact", "checked_at"),
)
_FACILITIES_BEFORE: Final = "groups"
_CHOICES: Final[dict[str, tuple[Term, ...]]] = {
    "kind": KINDS,
    "host_type": HOST_TYPES,
    "operator_kind": OPERATOR_KINDS,
    "access": ACCESS_MODES,
    "all_day": YES_NO,
    "status": STATUSES,
    "sign": YES_NO,
}
_DATUMS: Final = ("GCJ-02", "BD-09", "WGS-84")
_EXAMPLE: Final[dict[str, str | float]] = {
    "id": "示例行-01",
    "name": "示例：人民路户外劳动者驿站",
    "kind": "户外劳动者服务驿站",
    "lon": 116.801234,
    "lat": 33.961234,
    "datum": "GCJ-02",
    "address": "人民路1号一层",
    "host_type": "银行",
    "host_name": "某某银行人民路支行",
    "operator": "某某街道总工会",
    "operator_kind": "工会",
    "access": "有人值守",
    "who_may_enter": "户外劳动者",
    "hours": "周一至周五 8:30-17:30；周六 9:00-12:00",
    "all_day": "否",
    "groups": "外卖配送员、快递员",
    "seats": 6,
    "area_m2": 12,
    "truck_spaces": 0,
    "status": "开放",
    "status_since": "2025-05-01",
    "sign": "是",
    "phone": "0561-0000000",
    "contact": "支行大堂",
    "checked_at": "2026-11-20",
    "drinking_water": "有",
    "microwave": "坏",
    "toilet": "无",
}
_TEXT: Final[dict[str, str]] = {
    "id": "每个站点一个编号，全表不重复，以后也不更换。",
    "name": "对外使用的名称。",
    "kind": "从下拉菜单选。",
    "lon": "十进制度数，六位小数，如 116.801234。",
    "lat": "十进制度数，六位小数，如 33.961234。",
    "datum": "坐标取自高德、腾讯选 GCJ-02；百度选 BD-09；GPS、天地图选 WGS-84。全表须一致。",
    "address": "详细到门牌和楼层。",
    "host_type": "站点设在什么场所，从下拉菜单选，也可另写。",
    "host_name": "站点设在哪家单位；与单位名单同名时自动对应。",
    "operator": "谁在运营；与单位名单同名时自动对应。",
    "operator_kind": "工会、企业或政府部门。",
    "access": "怎样进门；有几种时用顿号隔开。",
    "who_may_enter": "允许谁进，如：户外劳动者、工会会员。",
    "hours": "如：周一至周五 8:00-18:00；节假日休息。全天写 24小时。",
    "all_day": "是或否；须与营业时间一致。",
    "groups": "服务的人群，用顿号隔开；空着表示该类站点通常服务的人群。",
    "seats": "整数。",
    "area_m2": "平方米；标准驿站不小于 5 平方米。",
    "truck_spaces": "整数。",
    "status": "从下拉菜单选；空着表示开放。",
    "status_since": "从哪天起，如 2026-11-23。",
    "sign": "是否挂统一标识。",
    "phone": "站点对外公开的电话。",
    "contact": "找谁联系：写科室或单位，不必写个人姓名。",
    "checked_at": "最近一次到现场核查的日期。",
}
_ACCENT: Final = "0B6E4F"
_SOFT: Final = "E3F1EB"
_EXAMPLE_GROUND: Final = "F6E7B8"
_LINES: Final = (
    "第一张表“站点登记表”一行一个站点。带 * 的列必须填，其余空着表示不知道。",
    "黄色的示例行在导入时会自动跳过，可以保留，也可以删除。",
    "设施每项一列：有、无、坏、未知；空着表示不知道，不要把不知道填成无。",
    "不要改列名。可以加备注列（列名写“备注”），导入时会跳过。",
    "坐标系一列很重要：在淮北，火星坐标（GCJ-02）与 WGS-84 相差 523 米。",
    "填好后先检查：yizhan stations check 文件.xlsx -o 检查结果.html",
    "检查无误再导入：yizhan stations import 文件.xlsx",
)


def write_template(path: Path) -> None:
    """Write the template as .xlsx; the file is there whole or not at all.

    Raises
    ------
    InputError
        when the name does not end in .xlsx.
    WorkspaceError
        when the file cannot be written.
    """
    if path.suffix.casefold() != ".xlsx":
        raise InputError(say("{file}: the template is a workbook: name it .xlsx", file=path.name))
    book = openpyxl.Workbook()
    sheet = book.active
    if sheet is None:
        raise InputError(say("{file}: openpyxl made no sheet", file=path.name))
    sheet.title = SHEET
    fields = template_fields()
    _write_words(book.create_sheet(WORDS))
    _write_headings(sheet, fields)
    _write_example(sheet, fields)
    _write_choices(sheet, fields)
    _write_notes(book.create_sheet(NOTES, 1), fields)
    packed = io.BytesIO()
    book.save(packed)
    write_bytes(path, packed.getvalue())


def template_fields() -> tuple[Term, ...]:
    """Return the columns of the template: fields of a station, and facilities, in order."""
    by_id = {term.id: term for term in STATION_FIELDS}
    found: list[Term] = []
    for name in COLUMNS:
        if name == _FACILITIES_BEFORE:
            found.extend(FACILITIES)
        found.append(by_id[name])
    return tuple(found)


def _is_facility(term: Term) -> bool:
    return term in FACILITIES


def _heading(term: Term) -> str:
    return f"{term.zh}*" if term.id in REQUIRED and not _is_facility(term) else term.zh


def _explained(term: Term) -> str:
    return "有、无、坏、未知；空着表示不知道。" if _is_facility(term) else _TEXT[term.id]


def _write_headings(sheet: Worksheet, fields: Sequence[Term]) -> None:
    """Write the headings, each with a comment that explains it."""
    for number, term in enumerate(fields, start=1):
        cell = sheet.cell(1, number, _heading(term))
        needed = term.id in REQUIRED and not _is_facility(term)
        cell.font = Font(bold=True, color="FFFFFF" if needed else _ACCENT)
        cell.fill = PatternFill("solid", fgColor=_ACCENT if needed else _SOFT)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.comment = Comment(_explained(term), "驿站")
        wide = {"name": 30, "kind": 22, "address": 28, "hours": 42, "groups": 24}
        wide |= dict.fromkeys(("host_name", "operator"), 24)
        width = wide.get(term.id, 9 if _is_facility(term) else 14)
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.row_dimensions[1].height = 34
    sheet.freeze_panes = "C2"


def _write_example(sheet: Worksheet, fields: Sequence[Term]) -> None:
    """Write the example, which is marked and skipped at import."""
    for number, term in enumerate(fields, start=1):
        key = term.id if not (_is_facility(term) and term.id in COLUMNS) else ""
        cell = sheet.cell(2, number, _EXAMPLE.get(key))
        cell.fill = PatternFill("solid", fgColor=_EXAMPLE_GROUND)
        cell.font = Font(italic=True)


def _write_choices(sheet: Worksheet, fields: Sequence[Term]) -> None:
    """Give columns of words a drop-down, numbers a range and dates a form."""
    lists = _word_columns()
    for number, term in enumerate(fields, start=1):
        letter = get_column_letter(number)
        cells = f"{letter}2:{letter}{ROWS}"
        key = "facility" if _is_facility(term) else term.id
        rule: DataValidation | None = None
        if key in lists:
            column, count = lists[key]
            words = f"{quote_sheetname(WORDS)}!${column}$2:${column}${count + 1}"
            rule = DataValidation(type="list", formula1=words, allow_blank=True)
            rule.showErrorMessage = key not in {"host_type", "access"}
            rule.error = "请从下拉菜单中选择"
        elif key in {"lon", "lat"}:
            low, high = ("70", "140") if key == "lon" else ("0", "60")
            rule = DataValidation(type="decimal", operator="between", formula1=low, formula2=high)
            rule.error = "请写十进制度数；经度和纬度是否写反？"
        elif key in {"seats", "truck_spaces"}:
            rule = DataValidation(
                type="whole", operator="between", formula1="0", formula2="1000000"
            )
            rule.error = "请写整数"
        elif key == "area_m2":
            rule = DataValidation(
                type="decimal", operator="between", formula1="0", formula2="1000000"
            )
            rule.error = "请写数字，单位平方米"
        if rule is not None:
            rule.errorTitle = _heading(term)
            rule.add(cells)
            sheet.add_data_validation(rule)
        if key in {"status_since", "checked_at"}:
            for row in range(2, ROWS + 1):
                sheet.cell(row, number).number_format = "yyyy-mm-dd"


def _word_columns() -> dict[str, tuple[str, int]]:
    """Where on the sheet of words the choices of a column stand: its letter, and how many."""
    lists = _lists()
    return {
        name: (get_column_letter(number), len(words))
        for number, (name, words) in enumerate(lists.items(), start=1)
    }


def _lists() -> dict[str, tuple[str, ...]]:
    lists = {name: tuple(term.zh for term in terms) for name, terms in _CHOICES.items()}
    lists["facility"] = tuple(term.zh for term in FACILITY_STATES)
    lists["datum"] = _DATUMS
    lists["groups_words"] = tuple(term.zh for term in GROUPS)
    return lists


def _write_words(sheet: Worksheet) -> None:
    """Write the choices, a column each."""
    headings = {term.id: term.zh for term in STATION_FIELDS}
    headings |= {"facility": "设施状态", "groups_words": "服务人群"}
    for number, (name, words) in enumerate(_lists().items(), start=1):
        sheet.cell(1, number, headings[name]).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = 20
        for row, word in enumerate(words, start=2):
            sheet.cell(row, number, word)


def _write_notes(sheet: Worksheet, fields: Sequence[Term]) -> None:
    """Write what each column is for."""
    sheet.cell(1, 1, "户外劳动者服务驿站登记表：填写说明").font = Font(bold=True, size=14)
    for row, line in enumerate(_LINES, start=2):
        sheet.cell(row, 1, line)
    start = len(_LINES) + 3
    for number, words in enumerate(("列名", "必填", "说明"), start=1):
        sheet.cell(start, number, words).font = Font(bold=True)
    for row, term in enumerate(fields, start=start + 1):
        sheet.cell(row, 1, term.zh)
        sheet.cell(row, 2, "是" if _heading(term).endswith("*") else "")
        sheet.cell(row, 3, _explained(term))
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 8
    sheet.column_dimensions["C"].width = 70
