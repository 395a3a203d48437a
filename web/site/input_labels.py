"""The manifest of a report in words: what its figures were computed from."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from data.settings import ServiceStandard
from web.site.number_words import count, local_words, standard_words, when_words

if TYPE_CHECKING:
    from web.languages import Language

_INPUTS: Final = {
    "demand": ("工友人数", "Workers"),
    "stations": ("站点登记", "Stations"),
    "service": ("站点位置与服务", "Where stations stand and what they offer"),
    "sites": ("候选点", "Candidate sites"),
    "network": ("道路网络", "Road network"),
    "settings": ("设置", "Settings"),
    "standard": ("服务标准", "Standard"),
    "national": ("全国标准", "National standard"),
    "kind": ("新站类型", "Kinds to build"),
    "new": ("新站数", "New stations"),
    "candidates": ("候选点数", "Number of candidate sites"),
    "keep": ("必选的候选点", "Sites that must be chosen"),
    "without": ("不选的候选点", "Sites that cannot be had"),
    "when": ("路况", "Roads as"),
    "computed": ("计算时间", "Computed"),
}
_STANDARDS: Final = {
    "group": ("各工种自己的标准", "each group's own"),
    "national": ("全国标准", "the national standard"),
}


def input_words(name: str, t: Language) -> str:
    """Name one input of the manifest."""
    return t(*_INPUTS[name]) if name in _INPUTS else name


def input_value_words(name: str, value: str, t: Language) -> str:
    """Write the value of an input as people say it; a hash stays as it is."""
    if name == "national":
        mode, seconds, _, metres, _ = value.split()
        return standard_words(ServiceStandard(mode, float(seconds), float(metres) or None), t)
    if name == "computed":
        clock = t("北京时间", "China time")
        return f"{local_words(datetime.fromisoformat(value))} {clock}"
    if name == "kind":
        return kinds_words(value, t)
    if name == "candidates":
        return count(int(value))
    words = {"when": when_words(value, t), "standard": t(*_STANDARDS.get(value, (value, value)))}
    return words.get(name, value)


def kinds_words(value: str, t: Language) -> str:
    """Say ``station:8, driver_home`` as 驿站至多 8 个、司机之家."""
    return t("、", ", ").join(_kind_words(one, t) for one in value.split(", "))


def _kind_words(word: str, t: Language) -> str:
    """Say ``station:8`` as 驿站至多 8 个."""
    kind, _, most = word.partition(":")
    name = t.kind(kind)
    return t(f"{name}至多 {most} 个", f"{name.lower()}: at most {most}") if most else name
