"""What is said of a station by workers and by the register: one sentence for page and script."""

from __future__ import annotations

from typing import Final

from web.languages import message

STANDING: Final = {
    "broken": message("{what}坏了"),
    "reported": message("{n} 位工友反映：{what}"),
    "answered": message("答复“{what}”：{answer}"),
    "one_fine": message("工友确认一切正常"),
    "many_fine": message("近 14 天 {n} 位工友确认一切正常"),
    "register_check": message("台账核对"),
    "by_workers": message("工友确认"),
    "by_register": message("台账登记"),
    "access_unknown": message("怎么进门未知"),
    "facilities_unknown": message("设施未知"),
}
"""By name; the words in braces are filled in."""
DATA_AGE: Final = {
    "offline": message("没有网络 · {day}"),
    "data_day": message("数据截至 {month}月{day}日"),
}
"""Of what day the data are that a page shows."""
