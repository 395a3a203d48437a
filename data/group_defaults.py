"""What holds for a group of workers where a city says nothing: all of its defaults in one place.

How it goes, how far a station may be, which kinds of station serve it, what it must find there;
what draws it, who of it is in town, and when it wants a rest. A group of `data.vocabulary` has an
entry here, and nothing of it stands anywhere else.

What draws a group and when is **judgement**, shown and editable in ``yizhan.toml``, each with its
reason: no count of any city stands behind it. `demand calibrate` puts fitted weights in their place
where a city has counts, and without counts every figure can be asked for with the range that other
weights would give.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from data.vocabulary import ACCESS_MODES_BY_ID, BASIC_EQUIPMENT

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class GroupDefault:
    """The defaults of one group; ``reasons`` by key of its table in ``yizhan.toml``.

    ``mode``, ``cutoff_s`` and ``radius_m`` (metres along the roads, None: only the time counts) are
    its service standard, ``kinds`` of station serve it, and one without ``needs`` or without a way
    in of ``access`` does not serve it in effect. ``weights`` are the shares of the layers that draw
    it, ``roads`` what a metre of each class counts, ``bandwidth_m`` how far a layer draws, ``over``
    how distance is measured and ``eps`` the share that is spread evenly.

    ``presence`` is the share of those on the books who are in town on a working day. ``weekday``
    and ``weekend`` have 24 values: the share of those present who want a place to rest in each
    hour, 0..1. A rider at the peak of orders is out, and wants none.
    """

    mode: str
    cutoff_s: float
    kinds: tuple[str, ...]
    weights: Mapping[str, float]
    roads: Mapping[str, float]
    bandwidth_m: float
    presence: float
    weekday: tuple[float, ...]
    weekend: tuple[float, ...]
    reasons: Mapping[str, str]
    radius_m: float | None = None
    needs: tuple[str, ...] = BASIC_EQUIPMENT
    access: tuple[str, ...] = tuple(ACCESS_MODES_BY_ID)
    over: Literal["network", "straight"] = "network"
    eps: float = 0.02


_ALL_ROUND: Final = ("service_centre", "base")
_STREET: Final = ("station", "micro_station", "mobile_station")
_TWO_WHEELS: Final = ("rider_home", "courier_home")

_TRUCK = GroupDefault(
    mode="truck",
    cutoff_s=600.0,
    kinds=(*_ALL_ROUND, "driver_home"),
    weights={
        "logistics": 0.25,
        "industry": 0.15,
        "mines": 0.1,
        "roads": 0.3,
        "fuel": 0.1,
        "truck_parking": 0.1,
    },
    roads={"motorway": 1.0, "trunk": 0.7, "primary": 0.4, "secondary": 0.15},
    bandwidth_m=1500.0,
    presence=0.35,
    weekday=(
        *(0.5, 0.5, 0.5, 0.45, 0.4, 0.3, 0.25, 0.25, 0.2, 0.2, 0.25, 0.35),
        *(0.45, 0.4, 0.3, 0.25, 0.25, 0.25, 0.35, 0.35, 0.35, 0.4, 0.45, 0.5),
    ),
    weekend=(
        *(0.5, 0.5, 0.5, 0.45, 0.4, 0.3, 0.25, 0.25, 0.2, 0.2, 0.25, 0.35),
        *(0.45, 0.4, 0.3, 0.25, 0.25, 0.25, 0.35, 0.35, 0.35, 0.4, 0.45, 0.5),
    ),
    reasons={
        "weights": "half at logistics, industry and mines where they load, three tenths on the "
        "great roads, a fifth where they fuel and park",
        "roads": "long-distance traffic by class: a metre of trunk road carries about 0.7 of the "
        "lorries of a motorway",
        "bandwidth_m": "1.5 km: a lorry waits in the streets around its works, not at the gate",
        "presence": "about a third: registered lorries are mostly on the road elsewhere",
        "weekday": "round the clock: trucks are let into town at night and drivers sleep in "
        "the cab, meals at 11-13 and 18-20, a stop after every four hours at the "
        "wheel",
        "weekend": "freight knows no weekend",
    },
)
_COURIER = GroupDefault(
    mode="ebike",
    cutoff_s=300.0,
    kinds=(*_ALL_ROUND, *_TWO_WHEELS, *_STREET),
    weights={"population": 0.5, "depots": 0.3, "shops": 0.2},
    roads={},
    bandwidth_m=400.0,
    presence=0.95,
    weekday=(
        *(0.01, 0.01, 0.01, 0.01, 0.01, 0.02, 0.05, 0.1, 0.1, 0.1, 0.12, 0.25),
        *(0.5, 0.45, 0.3, 0.2, 0.15, 0.12, 0.2, 0.25, 0.15, 0.08, 0.03, 0.01),
    ),
    weekend=(
        *(0.01, 0.01, 0.01, 0.01, 0.01, 0.02, 0.05, 0.1, 0.1, 0.12, 0.15, 0.25),
        *(0.45, 0.4, 0.3, 0.2, 0.15, 0.12, 0.2, 0.22, 0.12, 0.06, 0.02, 0.01),
    ),
    reasons={
        "weights": "half at the doors to which parcels go, three tenths at depots and post "
        "offices, a fifth at the shops that send",
        "bandwidth_m": "400 m: a round goes through a few blocks",
        "presence": "nearly all work in the city that counts them",
        "weekday": "rounds at 8-11 and 15-18, meal and rest between them at 12-14 and after "
        "the evening round, nearly nobody after 22:00",
        "weekend": "the same, the evening shorter: offices take nothing",
    },
)
_RIDER = GroupDefault(
    mode="ebike",
    cutoff_s=300.0,
    kinds=(*_ALL_ROUND, *_TWO_WHEELS, *_STREET),
    weights={"restaurants": 0.55, "population": 0.25, "malls": 0.2},
    roads={},
    bandwidth_m=400.0,
    presence=0.8,
    weekday=(
        *(0.25, 0.18, 0.12, 0.08, 0.05, 0.05, 0.08, 0.1, 0.15, 0.2, 0.18, 0.08),
        *(0.08, 0.2, 0.45, 0.5, 0.45, 0.12, 0.1, 0.2, 0.3, 0.35, 0.35, 0.3),
    ),
    weekend=(
        *(0.28, 0.2, 0.14, 0.1, 0.06, 0.05, 0.06, 0.08, 0.12, 0.18, 0.16, 0.08),
        *(0.08, 0.18, 0.4, 0.45, 0.4, 0.1, 0.08, 0.16, 0.28, 0.35, 0.35, 0.32),
    ),
    reasons={
        "weights": "riders wait where meals are made, then at the doors, then in malls",
        "bandwidth_m": "400 m: they wait within two minutes of the next order",
        "presence": "about a fifth of the registered do not ride on a given day",
        "weekday": "order peaks at 11-13 and 17-19 leave no time; rest is wanted at 14-17 "
        "and late at night, when few ride but nearly all hosts are shut",
        "weekend": "the same, the order peaks longer",
    },
)
_RIDE_HAILING = GroupDefault(
    mode="car",
    cutoff_s=600.0,
    kinds=(*_ALL_ROUND, "driver_home", *_STREET),
    weights={"population": 0.35, "malls": 0.2, "restaurants": 0.15, "roads": 0.3},
    roads={"trunk": 0.4, "primary": 1.0, "secondary": 0.5},
    bandwidth_m=500.0,
    presence=0.7,
    weekday=(
        *(0.25, 0.2, 0.18, 0.15, 0.12, 0.1, 0.08, 0.05, 0.06, 0.15, 0.22, 0.3),
        *(0.35, 0.35, 0.3, 0.25, 0.15, 0.06, 0.08, 0.18, 0.22, 0.2, 0.22, 0.25),
    ),
    weekend=(
        *(0.25, 0.22, 0.2, 0.15, 0.12, 0.1, 0.08, 0.08, 0.1, 0.15, 0.2, 0.28),
        *(0.32, 0.3, 0.25, 0.22, 0.18, 0.1, 0.08, 0.14, 0.18, 0.18, 0.2, 0.25),
    ),
    reasons={
        "weights": "fares begin at homes, malls and restaurants; between fares drivers keep to "
        "the main streets",
        "roads": "primary streets first: there one may stop",
        "bandwidth_m": "500 m: a driver waits a few streets away from his next fare",
        "presence": "three tenths drive on other days or in other cities",
        "weekday": "commuters at 7-9 and 17-19 leave no time; meal and rest at 11-15; night "
        "drivers stand and wait",
        "weekend": "no commuters: fares, and so breaks, are spread over the day",
    },
)
_CLEANER = GroupDefault(  # by the national standard, on foot
    mode="foot",
    cutoff_s=900.0,
    radius_m=1000.0,
    kinds=(*_ALL_ROUND, *_TWO_WHEELS, *_STREET),
    weights={"urban_roads": 1.0},
    roads={
        "trunk": 0.6,
        "primary": 1.0,
        "secondary": 0.8,
        "tertiary": 0.6,
        "residential": 0.3,
        "living_street": 0.3,
        "pedestrian": 1.0,
        "service": 0.1,
    },
    bandwidth_m=300.0,
    presence=0.95,
    weekday=(
        *(0.0, 0.0, 0.0, 0.0, 0.1, 0.12, 0.2, 0.4, 0.25, 0.25, 0.35, 0.5),
        *(0.45, 0.35, 0.25, 0.25, 0.3, 0.2, 0.1, 0.08, 0.05, 0.02, 0.0, 0.0),
    ),
    weekend=(
        *(0.0, 0.0, 0.0, 0.0, 0.1, 0.12, 0.2, 0.4, 0.25, 0.25, 0.35, 0.5),
        *(0.45, 0.35, 0.25, 0.25, 0.3, 0.2, 0.1, 0.08, 0.05, 0.02, 0.0, 0.0),
    ),
    reasons={
        "weights": "cleaners are where streets are swept: in town",
        "roads": "swept width and frequency by class; a motorway is swept by machine",
        "bandwidth_m": "300 m: a beat is about half a kilometre of street",
        "presence": "nearly all work in the city that employs them",
        "weekday": "the first sweep starts at 04:00, breakfast follows it at 7-8, the noon "
        "break lasts from 11 to 13, the second shift ends at 17-18",
        "weekend": "streets are swept every day alike",
    },
)

GROUP_DEFAULTS: Final[Mapping[str, GroupDefault]] = MappingProxyType(
    {
        "truck_driver": _TRUCK,
        "courier": _COURIER,
        "delivery_rider": _RIDER,
        "ride_hailing_driver": _RIDE_HAILING,
        "sanitation_worker": _CLEANER,
    }
)
"""The defaults of every group, by its id."""
