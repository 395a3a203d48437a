"""What the register's pages call its columns, values and sources."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from data.database.conflicts import PLACE
from data.vocabulary import HOST_TYPES_BY_ID, OPERATOR_KINDS_BY_ID
from web.languages import message
from web.site.number_words import count

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from data.database.edits import EditLine
    from data.vocabulary import Term
    from web.languages import Language

COLUMNS: Final = {
    "id": message("编号"),
    "name": message("名称"),
    "kind": message("类型"),
    "district": message("区县"),
    "status": message("状态"),
    "hours": message("开放时间"),
    "checked_at": message("上次核查"),
    "tickets": message("未办结反映"),
    "unknown": message("不知道的"),
    "access": message("怎么进门"),
    "facilities": message("设施"),
    "groups": message("服务人群"),
    "address": message("地址"),
    "phone": message("电话"),
    "host_type": message("设在"),
    "host_name": message("依托单位"),
    "operator": message("管理单位"),
    "operator_kind": message("管理单位性质"),
    "seats": message("座位"),
    "area_m2": message("面积（平方米）"),
    "truck_spaces": message("货车位"),
    "status_since": message("现状自"),
    "sign": message("统一标牌"),
    "contact": message("联系人"),
    "who_may_enter": message("谁能进"),
    "lon": message("位置"),
}
AGES: Final = {
    "30": message("30 天内"),
    "90": message("90 天内"),
    "older": message("90 天以前"),
    "never": message("从未核查"),
}
SOURCES: Final = {
    "register": message("登记资料"),
    "inspector": message("现场核查"),
    "operator": message("管理单位告知"),
    "workers": message("工友反映"),
    "worker_count": message("到访计数"),
    "undo": message("撤销后恢复"),
}
FACILITY_STATES: Final = {
    "yes": message("有，能用"),
    "no": message("没有", context="facilities"),
    "broken": message("坏了"),
    "unknown": message("不知道"),
}
YES_NO: Final = {"yes": message("有"), "no": message("没有")}
_SHOWN_WORDS: Final = 4


def column_words(column: str, t: Language) -> str:
    """Name a column, or a facility by "facility.ID"."""
    facility = column.removeprefix("facility.")
    return t.facility(facility) if facility != column else t(COLUMNS.get(column, column))


def names_of(line: EditLine, t: Language) -> list[str]:
    """Name what an edit changed; the place once."""
    place = set(PLACE) - {"lon"}
    return [column_words(name, t) for name in line.fields if name not in place]


def source_words(source: str, t: Language) -> str:
    """Name a source of values; one of an import as it was given."""
    return t(SOURCES.get(source, source))


def value_words(column: str, value: Any, t: Language) -> str:  # noqa: ANN401 - a cell of the register
    """Say a value in words; a dash where nothing is known."""
    if column.startswith("facility."):
        return t(FACILITY_STATES[value or "unknown"])
    if value is None or value in ("", ()) or value != value:  # noqa: PLR0124 - NaN
        return "–"
    if isinstance(value, float | int):
        return count(value) if float(value).is_integer() else f"{value:.6g}"
    named: Callable[[Any], str] = {
        "kind": t.kind,
        "status": t.status,
        "host_type": lambda one: _term(HOST_TYPES_BY_ID, one, t),
        "operator_kind": lambda one: _term(OPERATOR_KINDS_BY_ID, one, t),
        "sign": lambda one: t(YES_NO[one]),
        "access": t.access,
        "groups": t.group,
        "facilities": t.facility,
        "unknown": lambda one: column_words(one, t),
    }.get(column, str)
    if isinstance(value, tuple | list):
        return t.listed(named(one) for one in value)
    return str(named(value))


def cell_words(column: str, value: Any, t: Language) -> str:  # noqa: ANN401 - a cell of the register
    """Say a value shortly enough for a table: of long lists the first ones and how many more."""
    if isinstance(value, tuple) and len(value) > _SHOWN_WORDS:
        more = len(value) - _SHOWN_WORDS
        first = value_words(column, value[:_SHOWN_WORDS], t)
        return t("{first} 等 {n} 项", first=first, n=more + _SHOWN_WORDS)
    if column == "tickets" and not value:
        return ""
    if isinstance(value, float) and math.isnan(value):
        return "–"
    return value_words(column, value, t)


def _term(terms: Mapping[str, Term], word: str, t: Language) -> str:
    return t.term(terms[word]) if word in terms else word
