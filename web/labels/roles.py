"""The words of roles: what an account may, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from web.languages import message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.accounts import Account
    from data.permissions import Act, Reach
    from web.languages import Language

_ACTS: Final[Mapping[Act, str]] = {
    "see tickets": message("看反映"),
    "answer tickets": message("答复反映"),
    "publish answers": message("公开答复"),
    "close tickets": message("标为已解决"),
    "reject reports": message("标为无效", context="log"),
    "see proposals": message("看建议"),
    "answer proposals": message("答复建议"),
    "adopt proposals": message("采纳建议"),
    "see activities": message("看活动"),
    "add activities": message("发布活动", context="log"),
    "remove activities": message("撤下活动"),
    "see register": message("看登记册"),
    "edit register": message("改登记册"),
    "see rounds": message("看巡查"),
    "make rounds": message("安排巡查"),
    "visit stations": message("走访站点"),
    "see organisations": message("看工会与单位"),
    "edit organisations": message("改工会与单位"),
    "read the log": message("看操作记录"),
    "see accounts": message("看账号"),
    "edit accounts": message("管账号"),
    "see runs": message("看规划计算"),
    "ask questions": message("提规划问题"),
    "see reports": message("看存档报告"),
    "make reports": message("制作报告"),
    "review reports": message("审核报告"),
    "issue reports": message("签发和撤回报告"),
}
_REACHES: Final[Mapping[Reach, str]] = {
    "all": message("全市", context="reach"),
    "districts": message("所管区县（未指定时为全市）"),
    "own": message("自己的站点"),
}


def act_words(row: Mapping[Act, Reach], t: Language) -> list[tuple[str, str]]:
    """Say what a role may: for each reach its words, and the acts as a list."""
    return [
        (t(words), t.listed(t(_ACTS[act]) for act, where in row.items() if where == reach))
        for reach, words in _REACHES.items()
        if reach in row.values()
    ]


def reach_words(account: Account, t: Language) -> str:
    """Say for which stations or districts an account works."""
    return t.listed((*account.stations, *account.districts)) or t(_REACHES["all"])
