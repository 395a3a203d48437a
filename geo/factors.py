"""Time factors: the same roads at night, in the rush hour, in winter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geo.access import HIGHWAY_CLASSES, nearest_word
from geo.errors import InputError
from geo.messages import say
from geo.profiles import check_mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.network import RoadNetwork

ALL_CLASSES = "all"

_MOTOR_RUSH = {
    "motorway": 1.3,
    "motorway_link": 1.5,
    "trunk": 1.6,
    "trunk_link": 1.7,
    "primary": 1.8,
    "primary_link": 1.8,
    "secondary": 1.7,
    "secondary_link": 1.7,
    "tertiary": 1.5,
    "tertiary_link": 1.5,
    "all": 1.2,
}
_MOTOR_NIGHT = {"primary": 0.85, "secondary": 0.85, "tertiary": 0.9, "all": 1.0}

TIME_FACTORS: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "night": {"car": _MOTOR_NIGHT, "truck": _MOTOR_NIGHT, "foot": {"all": 1.0}},
    "rush": {"car": _MOTOR_RUSH, "truck": _MOTOR_RUSH, "ebike": {"all": 1.15}},
    "winter": {
        "foot": {"steps": 1.5, "all": 1.15},
        "ebike": {"all": 1.25},
        "car": {"all": 1.2},
        "truck": {"all": 1.25},
    },
}
"""Named factors by mode and class, ``all`` for the classes not named. All are judgement, to be
replaced by a city's own counts; Chinese traffic reports (AutoNavi, yearly) put the rush hour of
large cities at 1.6 to 2.1 times free flow."""


def with_factors(network: RoadNetwork, factors: Mapping[str, Mapping[str, float]]) -> RoadNetwork:
    """Give the same network with its running times multiplied, for each mode by road class.

    Lengths and delays at nodes stay.

    Parameters
    ----------
    network
        the roads.
    factors
        by mode, then by road class; ``all`` stands for the classes not named, a mode not named
        stays as it is. `TIME_FACTORS` has some to begin with.

    Returns
    -------
    RoadNetwork
        a new one; ``network`` stays as it is.

    Raises
    ------
    InputError
        for an unknown class or a factor outside 0.1..10; NetworkError for an unknown mode.

    Examples
    --------
    >>> import numpy as np
    >>> from geo import RawRoads, build_network, with_factors
    >>> line = [(116.80, 33.96), (116.81, 33.96)]  # 924 m
    >>> street = build_network(RawRoads.of_lines([(line, {"highway": "residential"})]))
    >>> slow = with_factors(street, {"foot": {"all": 1.5}})
    >>> np.round(slow.seconds / street.seconds, 2)[:2, 0, 0].tolist()  # on foot, by e-bike
    [1.5, 1.0]
    """
    seconds = network.seconds.copy()
    for mode, by_class in factors.items():
        m = check_mode(mode, network.modes)
        usual = _checked(mode, ALL_CLASSES, by_class.get(ALL_CLASSES, 1.0))
        of_class = np.full(len(HIGHWAY_CLASSES), usual, dtype=np.float32)
        for name, factor in by_class.items():
            if name == ALL_CLASSES:
                continue
            if name not in HIGHWAY_CLASSES:
                known = (*HIGHWAY_CLASSES, ALL_CLASSES)
                raise InputError(
                    say(
                        "time factors of {mode}: no road class {name!r}{hint}",
                        mode=mode,
                        name=name,
                        hint=nearest_word(name, known),
                    )
                )
            of_class[HIGHWAY_CLASSES.index(name)] = _checked(mode, name, factor)
        seconds[m] *= of_class[network.edge_class]
    return replace(network, seconds=seconds, known_hash="")


def _checked(mode: str, name: str, factor: float) -> float:
    if not 0.1 <= factor <= 10.0:  # noqa: PLR2004 - a tenth to ten times
        raise InputError(
            say(
                "time factors of {mode}: {name} is {factor}, not between 0.1 and 10",
                mode=mode,
                name=name,
                factor=factor,
            )
        )
    return float(factor)
