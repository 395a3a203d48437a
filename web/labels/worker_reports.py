"""The words of reports, tickets and activities, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.china_time import CHINA_TIME

if TYPE_CHECKING:
    from datetime import datetime

    from web.languages import Language

_COMPLAINTS: Final = {
    "locked": ("开放时间内锁着门", "Locked in its hours"),
    "broken": ("设施坏了", "Something is broken"),
    "no_entry": ("不让进", "Not let in"),
    "moved": ("搬走了", "Moved away"),
    "new_hours": ("开放时间变了", "Other hours"),
    "fine": ("一切正常", "All fine"),
}
_STATES: Final = {
    "waiting": ("待确认", "unconfirmed"),
    "open": ("待处理", "not settled"),
    "answered": ("已答复", "answered"),
    "closed": ("已解决", "closed"),
    "rejected": ("未采纳", "not taken"),
    "new": ("新建议", "new"),
    "adopted": ("已列为候选点", "taken as a candidate site"),
    "taken": ("有效", "taken"),
}
_ACTIVITIES: Final = {
    "legal_advice": ("法律咨询", "Legal advice"),
    "health_visit": ("健康义诊", "Health visit"),
    "training": ("技能培训", "Training"),
    "summer_water": ("夏日送清凉", "Water in summer"),
    "other": ("其他活动", "Other"),
}
_ACTIONS: Final = {
    "login": ("登录", "logged in"),
    "logout": ("退出", "logged out"),
    "answer": ("答复", "answered"),
    "answer and publish": ("答复并公开", "answered and published"),
    "fix": ("标为已解决", "closed as fixed"),
    "reject": ("标为无效", "rejected"),
    "adopt": ("列为候选点", "took as a candidate site"),
    "add activity": ("发布活动", "added an activity"),
    "remove activity": ("撤下活动", "removed an activity"),
    "add account": ("新建账号", "made an account"),
    "remove account": ("删除账号", "removed an account"),
    "change password": ("更改密码", "changed a password"),
}


def complaint_words(what: str, facility: str, t: Language) -> str:
    """Say what a report says, such as "微波炉坏了"."""
    if what == "broken" and facility:
        name = t.facility(facility)
        return t(f"{name}坏了", f"{name} is broken")
    return t(*_COMPLAINTS.get(what, (what, what)))


def state_words(state: str, t: Language) -> str:
    """Say the state of a ticket, report or proposal."""
    return t(*_STATES.get(state, (state, state)))


def subject_words(subject: str, t: Language) -> str:
    """Say what an action was done to; of an activity its number, for the action names the rest."""
    kind, _, number = subject.partition(" ")
    return t(f"第 {number} 号", f"no. {number}") if kind == "activity" and number else subject


def activity_kind_words(kind: str, t: Language) -> str:
    """Name a kind of activity."""
    return t(*_ACTIVITIES.get(kind, (kind, kind)))


def action_words(action: str, t: Language) -> str:
    """Say what somebody did."""
    return t(*_ACTIONS.get(action, (action, action)))


def span_words(starts_at: datetime, ends_at: datetime, t: Language) -> str:
    """Write from when to when something lasts; the day once where it is one."""
    first, last = starts_at.astimezone(CHINA_TIME), ends_at.astimezone(CHINA_TIME)
    if first.date() == last.date():
        return f"{first:%Y-%m-%d %H:%M}–{last:%H:%M}"
    return t(
        f"{first:%Y-%m-%d %H:%M} 至 {last:%Y-%m-%d %H:%M}",
        f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}",
    )
