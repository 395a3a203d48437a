"""The actions of a plan out to a file of points; a workbook speaks the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.files.spoken_tables import Spoken
from data.files.table_files import write_points
from data.vocabulary import ACTIONS, KINDS, Term

if TYPE_CHECKING:
    from pathlib import Path

    from data.files.spoken_tables import Reader
    from data.files.table_files import Columns

ACTION_FIELDS: Final = (
    Term("order", "序号", "order"),
    Term("year", "年份", "year"),
    Term("what", "行动", "action"),
    Term("id", "地点编号", "place id"),
    Term("name", "地点", "place"),
    Term("kind", "类型", "kind"),
    Term("hours", "开放时间", "opening hours"),
    Term("district", "区县", "district"),
    Term("lon", "经度", "longitude"),
    Term("lat", "纬度", "latitude"),
    Term("adds", "新增", "adds"),
    Term("lost_without", "去掉则少", "lost without"),
    Term("capital_yuan", "一次投入（元）", "capital (yuan)"),
    Term("running_yuan_a_year", "每年运行（元）", "running a year (yuan)"),
    Term("paid_yuan", "各年合计（元）", "paid over the years (yuan)"),
)


def write_action_points(
    columns: Columns, path: Path, *, sample: bool, reader: Reader | None = None
) -> None:
    """Write actions as points in the format of the ending, as `data.files.table_files` does.

    ``reader`` is who reads a workbook; None writes identifiers.
    """
    choices = {"what": ACTIONS, "kind": KINDS}
    spoken = None if reader is None else Spoken(reader, ACTION_FIELDS, choices, frozenset())
    write_points(columns, path, layer="actions", sample=sample, spoken=spoken)
