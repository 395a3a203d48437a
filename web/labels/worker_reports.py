"""The words of reports, tickets and activities, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from data.china_time import CHINA_TIME
from data.hours import parse_hours
from web.labels.hours import opening_words
from web.languages import message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from web.languages import Language

_COMPLAINTS: Final = {
    "locked": message("开放时间内锁着门"),
    "broken": message("设施坏了"),
    "no_entry": message("不让进"),
    "moved": message("搬走了"),
    "new_hours": message("开放时间变了"),
    "fine": message("一切正常"),
}
_STATES: Final = {
    "waiting": message("待确认"),
    "open": message("待处理"),
    "answered": message("已答复", context="state"),
    "closed": message("已解决", context="state"),
    "rejected": message("未采纳"),
    "new": message("新建议"),
    "adopted": message("已列为候选点"),
    "accepted": message("已采纳", context="state"),
    "taken": message("有效", context="state"),
}
_LEVELS: Final = {
    "quick_fix": message("立行立改"),
    "improvement": message("改进措施"),
    "project": message("专项项目"),
}
_AWARDS: Final = {
    "commended": message("表扬"),
    "good": message("优秀建议"),
    "best": message("金点子"),
}
_ACTIVITIES: Final = {
    "service_base": message("服务基地"),
    "sign": message("驿站标识"),
    "promotion": message("推介会"),
    "matchmaking": message("联谊交友"),
    "visit": message("走访慰问"),
    "culture_sport": message("文体活动"),
    "legal_advice": message("法律和就业咨询"),
    "skills_contest": message("技能竞赛"),
    "training": message("技能培训"),
    "most_beautiful": message("“最美”选树"),
    "health_visit": message("健康义诊"),
    "summer_water": message("夏日送清凉"),
    "mutual_aid": message("互助保障服务台"),
    "other": message("其他活动"),
}
_ACTIONS: Final = {
    "login": message("登录", context="log"),
    "logout": message("退出", context="log"),
    "answer": message("答复", context="log"),
    "answer and publish": message("答复并公开"),
    "fix": message("标为已解决"),
    "settle": message("采用工友的说法"),
    "edit": message("修改登记册"),
    "undo edit": message("撤销修改"),
    "add station": message("新建站点"),
    "add change": message("记下即将变化"),
    "withdraw change": message("取消即将变化"),
    "reject": message("标为无效", context="log"),
    "adopt": message("列为候选点", context="log"),
    "accept": message("采纳", context="log"),
    "review": message("定级与期限"),
    "add activity": message("发布活动", context="log"),
    "remove activity": message("撤下活动"),
    "count attendance": message("登记到场人数", context="log"),
    "add round": message("安排巡查", context="log"),
    "close round": message("结束巡查", context="log"),
    "add account": message("新建账号"),
    "remove account": message("删除账号"),
    "change password": message("更改密码"),
    "change role": message("更改角色"),
    "disable account": message("停用账号"),
    "enable account": message("启用账号"),
    "save scenario": message("保存情景", context="log"),
    "replace scenario": message("替换情景", context="log"),
    "copy scenario": message("复制情景", context="log"),
    "rename scenario": message("重命名情景", context="log"),
    "note in scenario": message("在情景中记录", context="log"),
    "lock scenario": message("锁定情景", context="log"),
    "delete scenario": message("删除情景", context="log"),
    "import scenario": message("导入情景", context="log"),
    "ask": message("提出规划问题", context="log"),
    "stop run": message("停止规划", context="log"),
    "make report": message("做成报告草稿", context="log"),
    "review report": message("审核报告", context="log"),
    "issue report": message("签发报告", context="log"),
    "withdraw report": message("撤回报告", context="log"),
    "add photo": message("添加照片", context="log"),
    "change photo": message("修改照片说明", context="log"),
    "take away photo": message("撤下照片", context="log"),
    "put back photo": message("放回照片", context="log"),
}


def complaint_words(what: str, facility: str, t: Language) -> str:
    """Say what a report says, such as "微波炉坏了"."""
    if what == "broken" and facility:
        name = t.facility(facility)
        return t("{name}坏了", name=name)
    return t(_COMPLAINTS.get(what, what))


def offer_words(said: Mapping[str, Any], t: Language) -> str:
    """Say a value that reports give for the register."""
    if "hours" in said:
        return t("开放时间：{hours}", hours=opening_words(parse_hours(said["hours"]), t))
    if "lon" in said:
        return t("位置：{lon}, {lat}（WGS-84）", lon=said["lon"], lat=said["lat"])
    name, _ = next(iter(said.items()))
    return t("{name}坏了", name=t.facility(name.removeprefix("facility.")))


def state_words(state: str, t: Language) -> str:
    """Say the state of a ticket, report or proposal."""
    return t(_STATES.get(state, state))


def level_words(level: str, t: Language) -> str:
    """Name the level of a proposal."""
    return t(_LEVELS.get(level, level))


def award_words(award: str, t: Language) -> str:
    """Name the award of a proposal."""
    return t(_AWARDS.get(award, award))


def subject_words(subject: str, t: Language) -> str:
    """Say what an action was done to; of an activity its number, for the action names the rest."""
    kind, _, number = subject.partition(" ")
    return t("第 {number} 号", number=number) if kind == "activity" and number else subject


def activity_kind_words(kind: str, t: Language) -> str:
    """Name a kind of activity."""
    return t(_ACTIVITIES.get(kind, kind))


def action_words(action: str, t: Language) -> str:
    """Say what somebody did."""
    return t(_ACTIONS.get(action, action))


def span_words(starts_at: datetime, ends_at: datetime, t: Language) -> str:
    """Write from when to when something lasts; the day once where it is one."""
    first, last = starts_at.astimezone(CHINA_TIME), ends_at.astimezone(CHINA_TIME)
    if first.date() == last.date():
        return f"{first:%Y-%m-%d %H:%M}–{last:%H:%M}"
    return t("{first} 至 {last}", first=f"{first:%Y-%m-%d %H:%M}", last=f"{last:%Y-%m-%d %H:%M}")
