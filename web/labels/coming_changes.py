"""The words of changes ahead: from when to when, what, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.hours import parse_hours
from web.labels.hours import opening_words

if TYPE_CHECKING:
    from data.coming_changes import ComingChange
    from web.languages import Language


def change_words(change: ComingChange, t: Language) -> str:
    """Say a change ahead in a line, such as 2026-10-01 至 2026-10-07：暂停（装修）."""
    first = change.from_day.isoformat()
    if change.to_day is None:
        when = t("{first} 起", first=first)
    elif change.to_day == change.from_day:
        when = first
    else:
        when = t("{first} 至 {last}", first=first, last=change.to_day.isoformat())
    parts = []
    if "status" in change.said:
        parts.append(t.status(change.said["status"]))
    if "hours" in change.said:
        parts.append(opening_words(parse_hours(change.said["hours"]), t))
    if "lon" in change.said:
        parts.append(t("搬到新的位置"))
    what = t.listed(parts)
    if change.why:
        what = t("{what}（{why}）", what=what, why=change.why)
    return t("{when}：{what}", when=when, what=what)
