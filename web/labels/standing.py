"""What is said of a station by workers and by the register: one sentence for page and script."""

from __future__ import annotations

from typing import Final

STANDING: Final = {
    "broken": ("{what}坏了", "{what} broken"),
    "reported": ("{n} 位工友反映：{what}", "{n} reported: {what}"),
    "answered": ("答复“{what}”：{answer}", "On “{what}”: {answer}"),
    "one_fine": ("工友确认一切正常", "A worker found all fine"),
    "many_fine": ("近 14 天 {n} 位工友确认一切正常", "{n} workers found all fine in 14 days"),
    "register_check": ("名册核对", "Checked for the register"),
    "by_workers": ("工友确认", "by workers"),
    "by_register": ("名册登记", "by the register"),
    "access_unknown": ("怎么进门未知", "way in not known"),
    "facilities_unknown": ("设施未知", "facilities not known"),
}
"""By name; the words in braces are filled in."""
DATA_AGE: Final = {
    "offline": ("没有网络 · {day}", "No network · {day}"),
    "data_day": ("数据截至 {month}月{day}日", "Data of {day} {month}"),
}
"""Of what day the data are that a page shows."""
