"""The manifest of a report in words: what its figures were computed from."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from data.settings import ServiceStandard
from web.languages import message
from web.site.number_words import count, local_words, standard_words, when_words

if TYPE_CHECKING:
    from web.languages import Language

_INPUTS: Final = {
    "question": message("问题", context="an input"),
    "demand": message("户外劳动者人数"),
    "stations": message("站点登记"),
    "service": message("站点位置与服务"),
    "sites": message("候选点"),
    "network": message("道路网络"),
    "settings": message("设置"),
    "standard": message("服务标准"),
    "national": message("全国标准"),
    "kind": message("新站类型"),
    "new": message("新站数"),
    "candidates": message("候选点数"),
    "keep": message("必选的候选点"),
    "without": message("不选的候选点"),
    "when": message("路况"),
    "computed": message("计算时间"),
}
_STANDARDS: Final = {
    "group": message("各工种自己的标准"),
    "national": message("全国标准", context="in a sentence"),
}


def input_words(name: str, t: Language) -> str:
    """Name one input of the manifest."""
    return t(_INPUTS[name]) if name in _INPUTS else name


def input_value_words(name: str, value: str, t: Language) -> str:
    """Write the value of an input as people say it; a hash stays as it is."""
    if name == "national":
        mode, seconds, _, metres, _ = value.split()
        return standard_words(ServiceStandard(mode, float(seconds), float(metres) or None), t)
    if name == "computed":
        clock = t("北京时间")
        return f"{local_words(datetime.fromisoformat(value))} {clock}"
    if name == "kind":
        return kinds_words(value, t)
    if name == "candidates":
        return count(int(value))
    words = {"when": when_words(value, t), "standard": t(_STANDARDS.get(value, value))}
    return words.get(name, value)


def kinds_words(value: str, t: Language) -> str:
    """Say ``station:8, driver_home`` as 驿站至多 8 个、司机之家."""
    return t.listed(_kind_words(one, t) for one in value.split(", "))


def _kind_words(word: str, t: Language) -> str:
    """Say ``station:8`` as 驿站至多 8 个."""
    kind, _, most = word.partition(":")
    if not most:
        return t.kind(kind)
    return t("{kind}至多 {most} 个", kind=t.kind_within(kind), most=most)
