"""How the sample's stations are kept: whose rooms they are, how one gets in, what was last seen.

Drawn from a stream of its own, so that places, names and hours stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from data.sample.stations import SampleStation

_HOSTS: Final = {
    "driver_home": (("加油站", 0.5), ("企业", 0.3), ("交通枢纽", 0.2)),
    "rider_home": (("社区", 0.6), ("企业", 0.4)),
    "courier_home": (("快递网点", 0.7), ("社区", 0.3)),
    "service_centre": (("工会场所", 1.0),),
    "station": (("银行", 0.34), ("社区", 0.26), ("邮政网点", 0.14), ("加油站", 0.14),
                ("公园广场", 0.12)),
    "micro_station": (("公园广场", 1.0),),
    "mobile_station": (("独立站房", 1.0),),
}  # fmt: skip
_WAYS_IN: Final = (
    ("自由进出", 0.42), ("有人值守", 0.33), ("扫码进入", 0.12), ("会员应用", 0.05),
    ("钥匙", 0.02), ("", 0.06),
)  # fmt: skip
_BROKEN: Final = 0.04  # of what is listed
_CHECKED: Final = 0.8  # of the stations
_LAST_ROUND: Final = date(2026, 11, 20)
_ROUND_DAYS: Final = 150
_SEATS: Final = {"micro_station": (2, 4), "mobile_station": (4, 8), "station": (6, 16)}
_HOME_SEATS: Final = (16, 40)


@dataclass(frozen=True)
class Condition:
    """What is known of one station beside its place, in the words of a clerk; blank: unknown."""

    host: str
    operator_kind: str
    access: str
    works: str
    broken: str
    seats: str
    truck_spaces: str
    sign: str
    checked_at: str


def conditions_of(
    rows: tuple[SampleStation, ...], rng: np.random.Generator
) -> tuple[Condition, ...]:
    """Draw the condition of every row; what is broken is taken off what works."""
    return tuple(_condition(row, rng) for row in rows)


def _condition(row: SampleStation, rng: np.random.Generator) -> Condition:
    listed = row.facilities.split("、") if row.facilities else []
    broken = [word for word in listed if word != "货车停车位" and rng.random() < _BROKEN]
    low, high = _SEATS.get(row.kind, _HOME_SEATS)
    seen = rng.random() < _CHECKED
    days = int(rng.gamma(2.0, _ROUND_DAYS / 6.0))
    spaces = str(int(rng.integers(12, 60))) if row.kind == "driver_home" else ""
    return Condition(
        host=_draw(_HOSTS[row.kind], rng),
        operator_kind="工会" if rng.random() < 0.8 else "企业",  # noqa: PLR2004 - four of five
        access=_draw(_WAYS_IN, rng),
        works="、".join(word for word in listed if word not in broken),
        broken="、".join(broken),
        seats=str(int(rng.integers(low, high))) if rng.random() < 0.9 else "",  # noqa: PLR2004 - most
        truck_spaces=spaces,
        sign="有" if rng.random() < 0.9 else "",  # noqa: PLR2004 - most
        checked_at=(
            (_LAST_ROUND - timedelta(days=min(days, _ROUND_DAYS))).isoformat() if seen else ""
        ),
    )


def _draw(choices: tuple[tuple[str, float], ...], rng: np.random.Generator) -> str:
    chance = np.array([share for _, share in choices])
    return choices[int(rng.choice(len(choices), p=chance / chance.sum()))][0]
