"""How far a run is, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from web.languages import message

if TYPE_CHECKING:
    from web.languages import Language

_STATES: Final = {
    "queued": message("排队中"),
    "running": message("计算中"),
    "stopping": message("正在停止"),
    "done": message("已完成", context="a run"),
    "stopped": message("已停止"),
    "failed": message("未能完成"),
    "infeasible": message("没有可行方案"),
}


def run_state_words(state: str, t: Language) -> str:
    """Say the state of a run (`data.runs.STATES`)."""
    return t(_STATES[state])
