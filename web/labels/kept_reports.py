"""The words of kept reports: how far one has come."""

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
