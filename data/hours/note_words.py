"""Notes beside hours that say nothing of when the door is open: last entry, tickets, ways in.

A note is kept as it was written and never changes the hours: after the last entry the place is open
still, for those who are inside. Words that could limit the days or hours are no note.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

NoteKind = Literal["last_entry", "way_in", "night_way_in", "caveat"]

_CLOCK: Final = (
    r"(?:上午|中午|下午|傍晚|晚上|晚间|夜间|早上|早|晚)?\s*"
    r"\d{1,2}(?:\s*:\s*\d{2}|\.\d{2}|[点时](?:半|\d{1,2}分?|整)?)"
)
_ENTRY_WORD: Final = (
    r"(?:(?:观众|游客|读者|观众入口)?(?:入馆|入园|入场|入内|入院|入城|入寺|入闸|入室|入厅|入景区|入校"
    r"|进馆|进园|进场|进院|进站|进寺|进入|进景区|进门|售票|发票|检票|取票|领票|换票|购票|订票|验票|卖票"
    r"|取号|发号|叫号|挂号|放号|领号|排号|登记|接待|受理|办证|借阅|借还|办理|点餐|点单|下单|接单|安检|预约)"
    r"(?:参观|业务|观众|游客|登记|手续|借还书)?)"
)
_ENTRIES: Final = rf"{_ENTRY_WORD}(?:[、和及与/]?{_ENTRY_WORD})*"
_STOP: Final = r"(?:停止|截止|不再|禁止|谢绝|结束|停|止)"
_BEFORE: Final = (
    r"(?:(?:每[日天])?(?:闭馆|关门|闭园|关馆|关闭|打烊|结束|停止营业|营业结束|开放结束|下班|闭店)?(?:时间)?"
    r"(?:前|之前|提前)\s*(?:\d+|半|一|二|三|十|十五|二十|三十|四十五|一个?半)\s*个?(?:分钟|小时|刻钟)(?:前)?)"
)
_IS: Final = r"(?:\s*时间|\s*时刻)?\s*(?:为|是|:|于|在|至|到)*\s*"
_AFTER: Final = (
    r"(?:\s*(?:以后|之后|后|起|开始|以前|之前|前|整))?\s*(?:,\s*)?(?:即|就|将|便|均)?\s*"
)
_LAST_ENTRY: Final = re.compile(
    rf"(?:{_CLOCK}|{_BEFORE}){_AFTER}(?:{_STOP}\s*{_ENTRIES}|{_ENTRIES}\s*{_STOP}|止票|最后(?:一次)?{_ENTRY_WORD})"
    rf"|(?:{_STOP}\s*{_ENTRIES}|{_ENTRIES}\s*{_STOP}|止票|(?:最晚|最后|最迟|末次)(?:可)?{_ENTRIES}){_IS}(?:{_CLOCK}|{_BEFORE})"
    rf"|(?:最晚|最后|最迟)\s*{_CLOCK}\s*(?:前)?{_ENTRIES}"
    rf"|(?:{_CLOCK}|{_BEFORE})\s*(?:起|开始|后)?\s*(?:清场|清馆|清园|静园|静馆|清人)"
    r"|(?:参观|观众)?(?:售票|取票|领票|检票|换票|购票|入场|入馆|入园|进馆|取号|挂号|预约)(?:时间|时段)\s*(?:为|是|:)*\s*"
    rf"(?:每[日天])?{_CLOCK}\s*(?:-|至|到)\s*{_CLOCK}"
)
_CAVEAT: Final = re.compile(
    r"(?:(?:如有|若有|如遇|若遇|遇有?)(?:任何|临时|其[他它])?(?:变动|变化|调整|变更|更改|特殊情况|特殊原因|临时情况)"
    r"(?:[^,;。()\n|]{0,6}(?:闭馆|关闭|暂停|调整|停止)[^,;。()\n|\d]{0,6})?"
    r"|(?:具体|最终)?(?:开放|营业|服务)?(?:时间|安排|情况)?(?:请)?以(?:现场|实际|当[天日]|官方|官网|门店|店内|馆方|本馆|园区|景区|最新|公示|门口)"
    r"[^,;。()\n|\d]{0,10}为准|(?:特殊|紧急|节假日除外的特殊)情况除外|仅供参考"
    r"|(?:特殊|其他)情况(?:将|会|请)?(?:另行)?(?:[^,;。()\n|\d]{0,8})(?:通知|公告|通告|申请|为准))"
    r"(?:,?\s*(?:请|将|会)?(?:(?:根据|按|视)[^,;。()\n|\d]{0,8}(?:执行|而定|调整)|以[^,;。()\n|\d]{0,8}为准|另行(?:通知|公告|通告)|提前(?:通知|公告|告知)|及时(?:通知|公告)))?"
)
_NIGHT_WAY_IN: Final = re.compile(
    rf"(?:夜间|夜里|晚间|晚上|{_CLOCK}(?:以后|之后|后))(?:需|须|请|要|可)?(?:凭|刷|扫|持)"
    r"[^\s,;。()\n|\d周至到]{1,12}(?=[\s,;。()|]|$)"
)
_PIECE: Final = re.compile(r"[^\s,;。()\[\]【】|:]+")
_WAY_IN: Final = re.compile(
    r"预约|刷卡|扫码|刷脸|人脸|身份证|证件|凭|持|门禁|密码|钥匙|门铃|会员|登记|二维码|健康码|一卡通"
    r"|小程序|app|公众号|实名|出示|佩戴|优先|专用|专享|专属|限|须|需"
)
_HARMLESS: Final = re.compile(r"一卡通|提前|事先|预先|[一二三四五六]楼|健康码|二维码")
_MAY_LIMIT: Final = re.compile(
    r"[\d一二三四五六七八九十两半周期礼拜日月年时点分天早晚夜午晨昼季节假休闭停关除外至到旺淡前后起不暂未逢遇隔]"
)
_MINUTE: Final = re.compile(
    r"(上午|中午|下午|傍晚|晚上|晚间|夜间|早上|早|晚)?\s*(\d{1,2})"
    r"(?:\s*[:.]\s*(\d{2})|[点时](半|\d{1,2})?)"
)
_NOON: Final = 12


@dataclass(frozen=True)
class Note:
    """A note as it was written; ``minute`` is that of the last entry, where it names one.

    ``night_way_in`` (夜间刷卡进入) goes with hours round the clock alone.
    """

    kind: NoteKind
    text: str
    minute: int | None = None


def match_note(text: str, at: int) -> tuple[Note, int] | None:
    """Read a note from a place in a text: the note, and where it ends."""
    if (found := _LAST_ENTRY.match(text, at)) is not None:
        return Note("last_entry", found[0].strip(), _minute(found[0])), found.end()
    if (found := _CAVEAT.match(text, at)) is not None:
        return Note("caveat", found[0]), found.end()
    if (found := _NIGHT_WAY_IN.match(text, at)) is not None:
        return Note("night_way_in", found[0]), found.end()
    if at and text[at - 1] not in " \t,;。([【\n|":
        return None
    piece = _PIECE.match(text, at)
    if piece is None or _WAY_IN.search(piece[0]) is None:
        return None
    limits = _MAY_LIMIT.search(_HARMLESS.sub("", piece[0]))
    return None if limits is not None else (Note("way_in", piece[0]), piece.end())


def _minute(words: str) -> int | None:
    """Return the one time that a note on the last entry names; None for none, or for several."""
    times = _MINUTE.findall(words)
    if len(times) != 1:
        return None
    mark, hour, minute, spoken = times[0]
    late = mark in {"下午", "傍晚", "晚上", "晚间", "夜间", "晚"} and int(hour) < _NOON
    minutes = minute or ("30" if spoken == "半" else spoken) or "0"
    return (int(hour) + (_NOON if late else 0)) * 60 + int(minutes)
