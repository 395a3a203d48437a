"""Profiles: the ways of moving as a table in code, each default with its source.

`profiles_from` lays the ``[profiles.MODE]`` tables of a ``yizhan.toml`` over the defaults,
`profile_table` prints the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from types import MappingProxyType

from geo.access import HIGHWAY_CLASSES, Profile, nearest_word
from geo.errors import InputError, NetworkError
from geo.messages import say

__all__ = [
    "HIGHWAY_CLASSES",
    "MODES",
    "PROFILES",
    "Profile",
    "check_mode",
    "profile_table",
    "profiles_from",
]

MODES = ("foot", "ebike", "car", "truck")

_LAW = "Road Traffic Safety Law of the PRC (2021)"
_RULES = "Implementing regulations of the Road Traffic Safety Law"
_JUDGEMENT = "judgement: free flow in a Chinese city, below the legal limit"

_WALKED = {
    name: 4.8
    for name in HIGHWAY_CLASSES
    if name not in {"motorway", "motorway_link", "steps", "ferry"}
}

_FOOT = Profile(
    mode="foot",
    speed_kph=MappingProxyType({**_WALKED, "steps": 2.4, "ferry": 8.0}),
    access_keys=("access", "foot"),
    access_kph=4.8,
    oneway_keys=("oneway:foot",),
    obeys_oneway=False,
    destination_kph=4.8,
    signal_s=5.0,
    sources=MappingProxyType(
        {
            "speed_kph": "80 m/min, Transport for London PTAL; GB 50180-2018 takes 1 km as 15 min",
            "speed_kph.motorway": f"{_LAW}, article 67: closed to pedestrians",
            "speed_kph.steps": "half of the walking speed: judgement",
            "signal_s": "judgement: a third of a 60 s cycle is red half the time",
        }
    ),
)

_EBIKE = Profile(
    mode="ebike",
    speed_kph=MappingProxyType(
        {
            "trunk": 15.0,
            "trunk_link": 15.0,
            "primary": 15.0,
            "primary_link": 15.0,
            "secondary": 15.0,
            "secondary_link": 15.0,
            "tertiary": 15.0,
            "tertiary_link": 15.0,
            "unclassified": 15.0,
            "residential": 15.0,
            "living_street": 10.0,
            "service": 12.0,
            "road": 15.0,
            "track": 10.0,
            "cycleway": 15.0,
            "path": 8.0,
            "pedestrian": 4.0,
            "footway": 4.0,
            "bridleway": 4.0,
            "platform": 4.0,
            "ferry": 8.0,
        }
    ),
    access_keys=("access", "vehicle", "bicycle", "electric_bicycle"),
    access_kph=4.0,
    oneway_keys=("oneway", "oneway:vehicle", "oneway:bicycle"),
    destination_kph=8.0,
    closed_barriers=frozenset(
        {"turnstile", "full-height_turnstile", "stile", "kissing_gate", "wall", "fence"}
    ),
    signal_s=8.0,
    sources=MappingProxyType(
        {
            "speed_kph": f"{_LAW}, article 58: at most 15 km/h on non-motor lanes",
            "speed_kph.motorway": f"{_LAW}, article 67: closed to non-motor vehicles",
            "speed_kph.trunk": "ridden on the side road; motorroad=yes closes",
            "speed_kph.footway": f"{_RULES}, article 70: pushed, at walking pace",
            "signal_s": _JUDGEMENT,
        }
    ),
)

_CAR_KPH = {
    "motorway": 90.0,
    "motorway_link": 45.0,
    "trunk": 60.0,
    "trunk_link": 40.0,
    "primary": 45.0,
    "primary_link": 35.0,
    "secondary": 40.0,
    "secondary_link": 30.0,
    "tertiary": 35.0,
    "tertiary_link": 30.0,
    "unclassified": 30.0,
    "residential": 20.0,
    "living_street": 10.0,
    "service": 12.0,
    "road": 20.0,
    "track": 10.0,
    "ferry": 8.0,
}

_MOTOR_BARRIERS = frozenset(
    {
        "bollard", "block", "cycle_barrier", "motorcycle_barrier", "stile", "turnstile",
        "full-height_turnstile", "kissing_gate", "jersey_barrier", "log", "chain", "debris",
        "wall", "fence", "planter", "rope", "horse_stile", "hampshire_gate", "wicket_gate",
    }
)  # fmt: skip

_CAR = Profile(
    mode="car",
    speed_kph=MappingProxyType(_CAR_KPH),
    access_keys=("access", "vehicle", "motor_vehicle", "motorcar"),
    access_kph=10.0,
    oneway_keys=("oneway", "oneway:vehicle", "oneway:motor_vehicle", "oneway:motorcar"),
    obeys_turns=True,
    uses_maxspeed=True,
    maxspeed_share=0.9,
    needs_yes=frozenset({"track"}),
    closed_barriers=_MOTOR_BARRIERS,
    signal_s=15.0,
    gate_s=10.0,
    sources=MappingProxyType(
        {
            "speed_kph": f"{_JUDGEMENT} ({_RULES}, articles 45 and 78)",
            "maxspeed_share": "judgement: 90 % of the posted limit on average",
            "signal_s": "judgement: half of half a 60 s red",
            "gate_s": "judgement",
        }
    ),
)

_TRUCK = Profile(
    mode="truck",
    speed_kph=MappingProxyType(
        {name: min(kph * 0.85, 75.0) for name, kph in _CAR_KPH.items() if name != "living_street"}
    ),
    access_keys=("access", "vehicle", "motor_vehicle", "goods", "hgv"),
    access_kph=10.0,
    oneway_keys=("oneway", "oneway:vehicle", "oneway:motor_vehicle", "oneway:goods", "oneway:hgv"),
    obeys_turns=True,
    uses_maxspeed=True,
    maxspeed_share=0.9,
    needs_yes=frozenset({"track"}),
    closed_barriers=_MOTOR_BARRIERS | {"height_restrictor"},
    signal_s=20.0,
    gate_s=20.0,
    weight_t=18.0,
    height_m=4.0,
    sources=MappingProxyType(
        {
            "speed_kph": "85 % of the car's: judgement",
            "weight_t": "GB 1589-2016: two-axle lorry, gross 18 t",
            "height_m": "GB 1589-2016: at most 4 m high",
            "signal_s": _JUDGEMENT,
        }
    ),
)

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {"foot": _FOOT, "ebike": _EBIKE, "car": _CAR, "truck": _TRUCK}
)

_NUMBERS = (
    "access_kph", "maxspeed_share", "destination_kph", "signal_s", "gate_s", "weight_t", "height_m",
)  # fmt: skip
_FLAGS = ("obeys_oneway", "obeys_turns", "uses_maxspeed")
_WORD_SETS = ("refused", "closed_barriers", "needs_yes")


def profiles_from(changes: Mapping[str, object]) -> dict[str, Profile]:
    """`PROFILES` with the changes of a ``[profiles.MODE]`` table of yizhan.toml laid over them.

    ``speed_kph`` is a table of class = km/h laid over the mode's own; ``false`` closes a class.
    Numbers, flags and lists of words replace the mode's own.

    Raises
    ------
    InputError
        for an unknown mode or key, or a value of the wrong kind; it names the nearest known word.

    Examples
    --------
    >>> from geo import profiles_from
    >>> profiles = profiles_from({"foot": {"access_kph": 4.0, "speed_kph": {"steps": False}}})
    >>> profiles["foot"].access_kph, "steps" in profiles["foot"].speed_kph
    (4.0, False)
    """
    profiles = dict(PROFILES)
    for mode, table in changes.items():
        if mode not in profiles:
            raise InputError(
                say(
                    "profiles: no mode {mode!r}{hint}", mode=mode, hint=nearest_word(mode, profiles)
                )
            )
        if not isinstance(table, Mapping):
            raise InputError(
                say(
                    "profiles.{mode}: expected a table of keys, found {table!r}",
                    mode=mode,
                    table=table,
                )
            )
        profiles[mode] = _changed(profiles[mode], table)
    return profiles


def _changed(profile: Profile, table: Mapping[str, object]) -> Profile:
    known = ("speed_kph", *_NUMBERS, *_FLAGS, *_WORD_SETS)
    values: dict[str, object] = {}
    for key, value in table.items():
        where = f"profiles.{profile.mode}.{key}"
        if key == "speed_kph":
            values[key] = _changed_speeds(profile, where, value)
        elif key in _FLAGS:
            if not isinstance(value, bool):
                raise InputError(
                    say(
                        "{where}: expected true or false, found {value!r}", where=where, value=value
                    )
                )
            values[key] = value
        elif key in _WORD_SETS:
            if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
                raise InputError(
                    say(
                        "{where}: expected a list of words, found {value!r}",
                        where=where,
                        value=value,
                    )
                )
            values[key] = frozenset(value)
        elif key in _NUMBERS:
            values[key] = _number(where, value)
        else:
            raise InputError(
                say("{where}: no such key{hint}", where=where, hint=nearest_word(key, known))
            )
    return replace(profile, **values)  # type: ignore[arg-type]  # each value is checked above


def _changed_speeds(profile: Profile, where: str, value: object) -> Mapping[str, float]:
    if not isinstance(value, Mapping):
        raise InputError(
            say(
                "{where}: expected a table of class = km/h, found {value!r}",
                where=where,
                value=value,
            )
        )
    speeds = dict(profile.speed_kph)
    for name, kph in value.items():
        if name not in HIGHWAY_CLASSES:
            raise InputError(
                say(
                    "{where}: no road class {name!r}{hint}",
                    where=where,
                    name=name,
                    hint=nearest_word(name, HIGHWAY_CLASSES),
                )
            )
        if kph is False:
            speeds.pop(name, None)
        else:
            speeds[name] = _number(f"{where}.{name}", kph)
    if not speeds:
        raise InputError(
            say("{where}: leaves no class for {mode} to use", where=where, mode=profile.mode)
        )
    return MappingProxyType(speeds)


def _number(where: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(
            say("{where}: expected a number, found {value!r}", where=where, value=value)
        )
    return float(value)


def check_mode(mode: str, modes: Iterable[str] = MODES) -> int:
    """Give the mode's place among ``modes``; NetworkError lists them when it is not there."""
    known = tuple(modes)
    if mode not in known:
        raise NetworkError(
            say("no mode {mode!r}: one of {known}", mode=mode, known=", ".join(known))
        )
    return known.index(mode)


def profile_table(profiles: Mapping[str, Profile] = PROFILES) -> list[tuple[str, str, str, str]]:
    """Rows (mode, key, value, source) of every default, for docs and for a settings page."""
    rows = []
    for profile in profiles.values():
        for spec in fields(Profile):
            if spec.name in {"mode", "sources", "speed_kph"}:
                continue
            value = getattr(profile, spec.name)
            text = ", ".join(sorted(value)) if isinstance(value, frozenset) else str(value)
            rows.append((profile.mode, spec.name, text, profile.sources.get(spec.name, "")))
        for name, kph in profile.speed_kph.items():
            key = f"speed_kph.{name}"
            source = profile.sources.get(key, profile.sources.get("speed_kph", ""))
            rows.append((profile.mode, key, f"{kph:g}", source))
    return rows
