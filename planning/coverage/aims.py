"""The four aims of the national standard: what each asks of a station, and what a register says.

看得见 seen, 找得到 found, 进得来 entered, 用得上 usable (全总 双15工程, 2023). Reports, effective
coverage, pages and the glossary take their words and their tests from here. A register knows that
an aim is met, knows that it is not, or says nothing: no station is held to be what nobody wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from data.vocabulary import BASIC_EQUIPMENT, FACILITIES_BY_ID

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from data.settings import GroupSettings
    from data.stations import Stations

Verdicts = npt.NDArray[np.int8]
YES, UNKNOWN, NO = 1, 0, -1


@dataclass(frozen=True)
class Aim:
    """One aim: its name and what it asks, in both languages."""

    id: str
    zh: str
    en: str
    asks_zh: str
    asks_en: str


_BASICS = tuple(FACILITIES_BY_ID[name] for name in BASIC_EQUIPMENT)
SEEN: Final = Aim("seen", "看得见", "seen", "挂有统一标识", "it bears the uniform sign")
FOUND: Final = Aim(
    "found", "找得到", "found", "在地图上，并写明地址", "it is on the map and states its address"
)
ENTERED: Final = Aim(
    "entered",
    "进得来",
    "entered",
    "写明进门方式，其服务的工种能用其中一种",
    "it states a way in that a group it serves can use",
)
USABLE: Final = Aim(
    "usable",
    "用得上",
    "usable",
    f"{'、'.join(term.zh for term in _BASICS)}都有且完好",
    f"it has in working order: {', '.join(term.en for term in _BASICS)}",
)
AIMS: Final = (SEEN, FOUND, ENTERED, USABLE)


@dataclass(frozen=True)
class AimCount:
    """Of how many open stations the register says that an aim is met, is not, or says nothing."""

    aim: Aim
    yes: int
    no: int
    unknown: int

    @property
    def total(self) -> int:
        """The open stations."""
        return self.yes + self.no + self.unknown


def seen(stations: Stations) -> Verdicts:
    """Judge each station by its sign."""
    verdicts = {"yes": YES, "no": NO}
    return _verdicts([verdicts.get(sign, UNKNOWN) for sign in stations.frame["sign"]])


def found(stations: Stations) -> Verdicts:
    """Judge each station by its address; every one has a place on the map."""
    return _verdicts([YES if text else UNKNOWN for text in stations.frame["address"]])


def entered(stations: Stations, group: GroupSettings) -> Verdicts:
    """Judge whether a group has one of the ways in that each station states."""
    return _verdicts(
        [
            (YES if group.access & set(ways) else NO) if ways else UNKNOWN
            for ways in stations.frame["access"]
        ]
    )


def usable(stations: Stations, needs: Collection[str]) -> Verdicts:
    """Judge whether each station has all of ``needs`` in working order."""
    needed, frame = frozenset(needs), stations.frame
    columns = frame["facilities"], frame["facilities_absent"], frame["facilities_broken"]
    return _verdicts(
        [
            YES if needed <= set(works) else NO if needed & {*absent, *broken} else UNKNOWN
            for works, absent, broken in zip(*columns, strict=True)
        ]
    )


def aim_counts(stations: Stations, groups: Sequence[GroupSettings]) -> tuple[AimCount, ...]:
    """Count for each aim over the open stations; a way in counts for one group that is served."""
    is_open = (stations.frame["status"] == "open").to_numpy(dtype=np.bool_)
    ways = [np.where(stations.serves(group), entered(stations, group), NO) for group in groups]
    verdicts = {
        SEEN: seen(stations),
        FOUND: found(stations),
        ENTERED: np.max(ways, axis=0) if ways else _verdicts([UNKNOWN] * len(stations)),
        USABLE: usable(stations, BASIC_EQUIPMENT),
    }
    return tuple(
        AimCount(aim, *(int((verdicts[aim][is_open] == one).sum()) for one in (YES, NO, UNKNOWN)))
        for aim in AIMS
    )


def basics_tested(groups: Sequence[GroupSettings]) -> bool:
    """Tell whether every group is asked for the basic equipment: only then is it 用得上."""
    return all(set(BASIC_EQUIPMENT) <= group.needs for group in groups)


def _verdicts(found_: list[int]) -> Verdicts:
    return np.array(found_, dtype=np.int8)
