"""The words of reports: how far a kept one has come, and the files that each can be had as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from web.languages import message

if TYPE_CHECKING:
    from collections.abc import Mapping

STATES: Final[Mapping[str, str]] = {
    "draft": message("草稿", context="a report"),
    "reviewed": message("已审核", context="a report"),
    "issued": message("已签发", context="a report"),
    "withdrawn": message("已撤回", context="a report"),
}
STEPS: Final[Mapping[str, str]] = {
    "made": message("制表", context="a step"),
    "reviewed": message("审核", context="a step"),
    "issued": message("签发", context="a step"),
    "withdrawn": message("撤回", context="a step"),
}
FILES: Final[Mapping[str, str]] = {
    "report.docx": message("公文 DOCX"),
    "report.pdf": message("报告 PDF"),
    "report.xlsx": message("表格 XLSX"),
    "brief.pdf": message("一页通 PDF"),
    "notice.png": message("公告栏图 PNG"),
    "report.gpkg": message("地图 GeoPackage"),
    "report.json": message("全部数字 JSON"),
    "figures.csv": message("全部数字 CSV"),
    "dictionary.csv": message("数据字典 CSV"),
    "report.zip": message("全部格式 ZIP"),
}
