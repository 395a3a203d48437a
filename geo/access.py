"""Access: what the tags of a road or a barrier mean to one way of moving.

`Profile` holds what differs between modes; `use_of_way` and `use_of_node` are the only places
where OSM tags are given a meaning. The profiles themselves stand in `geo.profiles`.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HIGHWAY_CLASSES = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
    "track",
    "pedestrian",
    "cycleway",
    "footway",
    "path",
    "bridleway",
    "corridor",
    "platform",
    "steps",
    "ferry",
)
"""The classes an edge can have, as written in OSM's ``highway`` (or ``route=ferry``)."""

WAY_KEYS = frozenset(
    {
        "access", "vehicle", "motor_vehicle", "motorcar", "hgv", "goods", "bicycle", "foot",
        "electric_bicycle", "motorroad", "oneway", "oneway:bicycle", "oneway:foot",
        "oneway:hgv", "cycleway", "cycleway:left", "cycleway:right", "cycleway:both", "junction",
        "maxspeed", "maxspeed:forward", "maxspeed:backward", "maxspeed:hgv", "maxweight",
        "maxweight:hgv", "maxheight", "area", "highway", "route",
    }
)  # fmt: skip
"""Tags of a way that a profile looks at; a reader may drop all others (and keeps names apart)."""

NODE_KEYS = frozenset(
    {
        "barrier", "highway", "access", "vehicle", "motor_vehicle", "motorcar", "hgv", "bicycle",
        "foot", "locked", "maxheight", "maxweight", "electric_bicycle",
    }
)  # fmt: skip
"""Tags of a node that a profile looks at."""

NO_WORDS = frozenset(
    {"no", "private", "agricultural", "forestry", "agricultural;forestry", "military",
     "emergency", "psv", "bus", "use_sidepath", "restricted", "none"}
)  # fmt: skip
END_WORDS = frozenset({"destination", "customers", "delivery", "permit", "residents"})
YES_WORDS = frozenset({"yes", "designated", "permissive", "official", "public", "dismount"})

_KPH_OF_WORD = {"walk": 7.0, "cn:urban": 50.0, "cn:rural": 70.0, "cn:motorway": 120.0}
_NUMBER = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(.*?)\s*$")


def check_range(what: str, value: float, *, low: float, high: float) -> None:
    """InputError when a setting lies outside low..high (or is not a number)."""
    if not low <= value <= high:
        raise InputError(
            say(
                "{what}: {value} is not between {low:g} and {high:g}",
                what=what,
                value=value,
                low=low,
                high=high,
            )
        )


def nearest_word(word: str, known: Iterable[str]) -> str:
    """Give the tail of a message about an unknown word: the nearest known one, or all of them."""
    close = difflib.get_close_matches(str(word), list(known), n=1)
    return (
        say(", did you mean {near!r}?", near=close[0])
        if close
        else say(" (one of {known})", known=", ".join(known))
    )


@dataclass(frozen=True)
class Profile:
    """One way of moving. A class that is not in ``speed_kph`` is not used by the mode.

    ``access_keys`` stand most general first, the last that is tagged wins. ``refused`` are the
    access words that close a road, ``destination_kph`` caps the speed on a road open only to its
    own traffic. ``access_kph`` is the speed of the leg between a point and the road it snaps to.
    ``weight_t`` and ``height_m`` are the vehicle's own; a lower limit closes a road.
    ``signal_s`` is lost on average at a node with traffic lights, ``gate_s`` at an open gate.
    """

    mode: str
    speed_kph: Mapping[str, float]
    access_keys: tuple[str, ...]
    access_kph: float
    oneway_keys: tuple[str, ...] = ("oneway",)
    obeys_oneway: bool = True
    obeys_turns: bool = False
    uses_maxspeed: bool = False
    maxspeed_share: float = 1.0
    refused: frozenset[str] = NO_WORDS
    needs_yes: frozenset[str] = frozenset()
    destination_kph: float = 10.0
    closed_barriers: frozenset[str] = frozenset()
    signal_s: float = 0.0
    gate_s: float = 0.0
    weight_t: float | None = None
    height_m: float | None = None
    sources: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        strange = [name for name in self.speed_kph if name not in HIGHWAY_CLASSES]
        if strange:
            raise InputError(
                say(
                    "profile {mode}: no road class {strange!r}{hint}",
                    mode=self.mode,
                    strange=strange[0],
                    hint=nearest_word(strange[0], HIGHWAY_CLASSES),
                )
            )
        for name, kph in self.speed_kph.items():
            check_range(
                say("profile {mode}: speed_kph.{name}", mode=self.mode, name=name),
                kph,
                low=0.5,
                high=200.0,
            )
        check_range(
            say("profile {mode}: access_kph", mode=self.mode), self.access_kph, low=0.5, high=200.0
        )
        check_range(
            say("profile {mode}: destination_kph", mode=self.mode),
            self.destination_kph,
            low=0.5,
            high=200.0,
        )
        check_range(
            say("profile {mode}: maxspeed_share", mode=self.mode),
            self.maxspeed_share,
            low=0.1,
            high=1.5,
        )
        check_range(
            say("profile {mode}: signal_s", mode=self.mode), self.signal_s, low=0.0, high=600.0
        )
        check_range(say("profile {mode}: gate_s", mode=self.mode), self.gate_s, low=0.0, high=600.0)


class WayUse(NamedTuple):
    """How a mode uses a way: km/h along it and against it, None where it may not."""

    forward_kph: float | None
    backward_kph: float | None


class NodeUse(NamedTuple):
    """How a mode passes a node: not at all, or with a delay in seconds."""

    blocked: bool
    delay_s: float


CLOSED = WayUse(None, None)


def class_of_way(tags: Mapping[str, str]) -> int:
    """Index into `HIGHWAY_CLASSES`, or -1 for a way that carries no traffic of any mode.

    A list like ``unclassified;tertiary`` counts as its first member.
    """
    word = tags.get("highway", "")
    if not word and tags.get("route") == "ferry":
        word = "ferry"
    word = word.split(";", 1)[0].strip()
    return HIGHWAY_CLASSES.index(word) if word in HIGHWAY_CLASSES else -1


def use_of_way(profile: Profile, tags: Mapping[str, str]) -> WayUse:
    """How ``profile``'s mode may use a way with these tags, and how fast."""
    index = class_of_way(tags)
    if index < 0:
        return CLOSED
    name = HIGHWAY_CLASSES[index]
    word = _access_word(profile, tags)
    kph = _class_speed(profile, name, tags, word)
    if kph is None or _too_heavy_or_high(profile, tags):
        return CLOSED
    if word in END_WORDS:
        kph = min(kph, profile.destination_kph)
    forward = _limited(profile, kph, tags, "maxspeed:forward")
    backward = _limited(profile, kph, tags, "maxspeed:backward")
    along, against = _directions(profile, name, tags)
    return WayUse(forward if along else None, backward if against else None)


def use_of_node(profile: Profile, tags: Mapping[str, str]) -> NodeUse:
    """How ``profile``'s mode passes a node with these tags (barriers, gates, traffic lights)."""
    delay_s = profile.signal_s if tags.get("highway") == "traffic_signals" else 0.0
    barrier = tags.get("barrier")
    if barrier is None:
        return NodeUse(blocked=False, delay_s=delay_s)
    word = _access_word(profile, tags)
    if word in YES_WORDS or word in END_WORDS:
        closed = False
    elif word is not None and word in profile.refused:
        closed = True
    else:
        closed = barrier in profile.closed_barriers or tags.get("locked") == "yes"
    closed = closed or _too_heavy_or_high(profile, tags)
    is_gate = barrier in {"gate", "lift_gate", "swing_gate", "sliding_gate", "toll_booth"}
    return NodeUse(blocked=closed, delay_s=delay_s + (profile.gate_s if is_gate else 0.0))


def _access_word(profile: Profile, tags: Mapping[str, str]) -> str | None:
    word = None
    for key in profile.access_keys:
        word = tags.get(key, word)
    return word


def _class_speed(  # noqa: PLR0911 - one line a rule
    profile: Profile, name: str, tags: Mapping[str, str], word: str | None
) -> float | None:
    """Speed by class after access; a clear yes opens a road that the class alone would not."""
    if word is not None and word in profile.refused:
        return None
    if tags.get("motorroad") == "yes" and not profile.uses_maxspeed and word not in YES_WORDS:
        return None
    if tags.get("area") == "yes" and name not in profile.speed_kph:
        return None
    kph = profile.speed_kph.get(name)
    own_key = any(tags.get(key) in YES_WORDS for key in profile.access_keys[1:])
    if name in profile.needs_yes and not own_key:
        return None
    if kph is None:
        return profile.destination_kph if own_key and name != "steps" else None
    if profile.mode == "ebike" and word == "dismount":
        return min(kph, profile.access_kph)
    return kph


def _too_heavy_or_high(profile: Profile, tags: Mapping[str, str]) -> bool:
    checks = (
        (profile.weight_t, ("maxweight:hgv", "maxweight")),
        (profile.height_m, ("maxheight",)),
    )
    for own, keys in checks:
        if own is None:
            continue
        for key in keys:
            limit = _metric(tags.get(key))
            if limit is not None and limit < own:
                return True
    return False


def _metric(text: str | None) -> float | None:
    """Tonnes or metres out of a tag, None when it says nothing that can be read."""
    match = _NUMBER.match(text.replace(",", ".")) if text else None
    if match is None:
        return None
    number, unit = float(match[1]), match[2].lower()
    factor = {"": 1.0, "t": 1.0, "m": 1.0, "kg": 0.001, "st": 0.907, "ft": 0.3048, "'": 0.3048}
    return number * factor[unit] if unit in factor else None


def maxspeed_kph(text: str | None) -> float | None:
    """km/h out of a ``maxspeed`` tag, None when it says nothing that can be read."""
    if not text:
        return None
    word = text.strip().lower().split(";", 1)[0]
    if word in _KPH_OF_WORD:
        return _KPH_OF_WORD[word]
    match = _NUMBER.match(word)
    if match is None:
        return None
    factor = {"": 1.0, "km/h": 1.0, "kph": 1.0, "kmh": 1.0, "mph": 1.609344, "knots": 1.852}
    kph = float(match[1]) * factor.get(match[2], 0.0)
    return kph if kph > 0 else None


def _limited(profile: Profile, kph: float, tags: Mapping[str, str], key: str) -> float:
    if not profile.uses_maxspeed:
        return kph
    limit = maxspeed_kph(tags.get(key)) or maxspeed_kph(tags.get("maxspeed"))
    if "hgv" in profile.access_keys:
        limit = maxspeed_kph(tags.get("maxspeed:hgv")) or limit
    return kph if limit is None else min(kph, limit * profile.maxspeed_share)


def _directions(profile: Profile, name: str, tags: Mapping[str, str]) -> tuple[bool, bool]:
    """(along, against): whether the way is open in its drawn direction and against it."""
    word = None
    for key in profile.oneway_keys:
        word = tags.get(key, word)
    if not profile.obeys_oneway and word is None:
        return True, True
    if word is None and (
        name in {"motorway", "motorway_link"} or tags.get("junction") in {"roundabout", "circular"}
    ):
        word = "yes"
    if word in {"-1", "reverse"}:
        return False, True
    if word in {"yes", "true", "1"}:
        return True, _has_contraflow(profile, tags)
    return True, True


def _has_contraflow(profile: Profile, tags: Mapping[str, str]) -> bool:
    """Tell of a cycle lane against a one-way street, by tags older than oneway:bicycle."""
    if "oneway:bicycle" not in profile.oneway_keys or "oneway:bicycle" in tags:
        return False
    return any(
        tags.get(key, "").startswith("opposite")
        for key in ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
    )
