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

from geo.conditions import clauses, holds, metric
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

ACCESS_KEYS = (
    "access", "vehicle", "motor_vehicle", "motorcar", "hgv", "goods", "bicycle", "foot",
    "electric_bicycle",
)  # fmt: skip
_DIRECTIONS = ("", ":forward", ":backward")
_SPEEDS = ("maxspeed", "maxspeed:hgv")
LIMIT_KEYS = (
    "maxheight", "maxheight:physical", "maxheight:hgv", "maxweight", "maxweight:hgv",
    "maxweightrating", "maxweightrating:hgv",
)  # fmt: skip
"""Tags of limits of height and weight, on ways and on nodes."""

_CONDITIONAL_KEYS = frozenset(
    f"{key}:conditional"
    for key in (
        *(
            f"{key}{way}"
            for key in (*ACCESS_KEYS, "maxspeed", "maxspeed:hgv")
            for way in _DIRECTIONS
        ),
        *("oneway", *(f"oneway:{key}" for key in ACCESS_KEYS[1:])),
        *LIMIT_KEYS,
    )
)
NOT_APPLIED_KEYS = frozenset(
    {
        "maxlength", "maxwidth", "maxaxleload", "maxbogieweight", "hazmat",
        *(f"{key}:lanes{way}" for key in ACCESS_KEYS for way in _DIRECTIONS),
    }
)  # fmt: skip
"""Tags of access that no profile applies: they are counted by their kind (`not_applied`)."""

WAY_KEYS = (
    frozenset(
        {
            "motorroad", "oneway", "cycleway", "cycleway:left", "cycleway:right", "cycleway:both",
            "junction", "area", "highway", "route", "duration",
            *(f"{key}{way}" for key in ACCESS_KEYS for way in _DIRECTIONS),
            *(f"oneway:{key}" for key in ACCESS_KEYS[1:]),
            *(f"{key}{way}" for key in _SPEEDS for way in _DIRECTIONS),
            *LIMIT_KEYS,
        }
    )
    | _CONDITIONAL_KEYS
    | NOT_APPLIED_KEYS
)  # fmt: skip
"""Tags of a way that are looked at; a reader may drop all others (and keeps names apart)."""

NODE_KEYS = frozenset(
    {
        "barrier", "highway", "locked",
        *(f"{key}{end}" for key in (*ACCESS_KEYS, *LIMIT_KEYS) for end in ("", ":conditional")),
    }
)  # fmt: skip
"""Tags of a node that are looked at."""

NO_WORDS = frozenset(
    {"no", "private", "agricultural", "forestry", "military", "emergency", "psv", "bus",
     "use_sidepath", "restricted", "none"}
)  # fmt: skip
END_WORDS = frozenset({"destination", "customers", "delivery", "permit", "residents"})
YES_WORDS = frozenset({"yes", "designated", "permissive", "official", "public", "dismount"})

_KPH_OF_WORD = {"walk": 7.0, "cn:urban": 50.0, "cn:rural": 70.0, "cn:motorway": 120.0}
_NUMBER = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(.*?)\s*$")
_NO_LIMIT = frozenset(
    {"none", "no", "default", "below_default", "unsigned", "no_sign", "no_indications", "unknown"}
)
_ONE_WAY_WORDS = frozenset({"yes", "true", "1", "-1", "reverse", "no", "false", "0", "alternating"})


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

FERRY_KPH = "ferry:kph"
"""Key under which `geo.ferries` keeps the speed of a ferry that says how long it takes."""


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
    if index < 0 or _too_heavy_or_high(profile, tags):
        return CLOSED
    name = HIGHWAY_CLASSES[index]
    return WayUse(
        *(
            _speed(profile, name, tags, way) if is_open else None
            for way, is_open in zip(
                (":forward", ":backward"), _directions(profile, name, tags), strict=True
            )
        )
    )


def _speed(profile: Profile, name: str, tags: Mapping[str, str], way: str) -> float | None:
    """Km/h along a way (``:forward``) or against it (``:backward``), None where it is closed."""
    word = _access_word(profile, tags, way)
    kph = _class_speed(profile, name, tags, word, way)
    if kph is None:
        return None
    if word in END_WORDS:
        kph = min(kph, profile.destination_kph)
    return _limited(profile, kph, tags, way)


def use_of_node(profile: Profile, tags: Mapping[str, str]) -> NodeUse:
    """How ``profile``'s mode passes a node with these tags (barriers, gates, limits, lights)."""
    delay_s = profile.signal_s if tags.get("highway") == "traffic_signals" else 0.0
    barrier = tags.get("barrier")
    if barrier is None:
        return NodeUse(blocked=_too_heavy_or_high(profile, tags), delay_s=delay_s)
    word = _access_word(profile, tags, "")
    if word in YES_WORDS or word in END_WORDS:
        closed = False
    elif word is not None and word in profile.refused:
        closed = True
    elif barrier == "height_restrictor" and metric(_value(profile, tags, "maxheight")) is not None:
        closed = False  # it says how high one may be
    else:
        closed = barrier in profile.closed_barriers or tags.get("locked") == "yes"
    closed = closed or _too_heavy_or_high(profile, tags)
    is_gate = barrier in {"gate", "lift_gate", "swing_gate", "sliding_gate", "toll_booth"}
    return NodeUse(blocked=closed, delay_s=delay_s + (profile.gate_s if is_gate else 0.0))


def not_applied(profiles: Iterable[Profile], tags: Mapping[str, str]) -> tuple[str, ...]:
    """Name the tags of access that no profile applies, each by its kind.

    Conditions of hours that are not those of most of a working day, conditions and limits that
    cannot be read, words of access that are not known, and what no profile looks at.
    """
    kinds = []
    known = YES_WORDS | END_WORDS | NO_WORDS | {"unknown", "permit"}
    profiles = tuple(profiles)
    known = known.union(*(profile.refused for profile in profiles))
    for key, text in tags.items():
        if key in NOT_APPLIED_KEYS:
            kinds.append(key)
        elif key in _CONDITIONAL_KEYS:
            kinds += _conditions_not_applied(profiles, key, text)
        elif key in LIMIT_KEYS:
            if metric(text) is None and text not in _NO_LIMIT:
                kinds.append(f"{key} (not read)")
        elif key.split(":", 1)[0] == "oneway":
            if text not in _ONE_WAY_WORDS:
                kinds.append(f"{key} (unknown word)")
        elif key.split(":", 1)[0] in ACCESS_KEYS and not known.intersection(_words(text)):
            kinds.append(f"{key} (unknown word)")
    return tuple(kinds)


def _conditions_not_applied(profiles: Iterable[Profile], key: str, text: str) -> tuple[str, ...]:
    parts = clauses(text)
    answers = {
        holds(part.when, weight_t=profile.weight_t, height_m=profile.height_m)
        for part in parts
        for profile in profiles
    }
    if not parts or "not read" in answers:
        return (f"{key} (not read)",)
    return (f"{key} (other hours)",) if "other hours" in answers else ()


def _value(profile: Profile, tags: Mapping[str, str], key: str) -> str | None:
    """Give the value of a tag, or that of its last condition that holds."""
    value = tags.get(key)
    text = tags.get(f"{key}:conditional")
    for part in clauses(text) if text else ():
        if holds(part.when, weight_t=profile.weight_t, height_m=profile.height_m) == "yes":
            value = part.value
    return value


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(";"))


def _access_word(profile: Profile, tags: Mapping[str, str], way: str) -> str | None:
    """Give the word that decides: of the most special key with a known one, its direction's first.

    A list names all who may use the road: of ``no;destination`` the second counts.
    """
    decides = None
    for key in profile.access_keys:
        for each in dict.fromkeys((key, f"{key}{way}")):
            text = _value(profile, tags, each)
            if text is not None:
                decides = _known_word(profile, text) or decides
    return decides


def _known_word(profile: Profile, text: str) -> str | None:
    words = _words(text)
    for known in (YES_WORDS, END_WORDS, profile.refused):
        found = next((word for word in words if word in known), None)
        if found is not None and (known is profile.refused or found not in profile.refused):
            return found
    return None


def _class_speed(  # noqa: PLR0911 - one line a rule
    profile: Profile, name: str, tags: Mapping[str, str], word: str | None, way: str
) -> float | None:
    """Speed by class after access; a clear yes opens a road that the class alone would not."""
    if word is not None and word in profile.refused:
        return None
    if tags.get("motorroad") == "yes" and not profile.uses_maxspeed and word not in YES_WORDS:
        return None
    if tags.get("area") == "yes" and name not in profile.speed_kph:
        return None
    kph = profile.speed_kph.get(name)
    if name == "ferry" and FERRY_KPH in tags:
        kph = float(tags[FERRY_KPH])
    own_key = _has_own_yes(profile, tags, way)
    if name in profile.needs_yes and not own_key:
        return None
    if kph is None:
        return profile.destination_kph if own_key and name != "steps" else None
    if profile.mode == "ebike" and word == "dismount":
        return min(kph, profile.access_kph)
    return kph


def _has_own_yes(profile: Profile, tags: Mapping[str, str], way: str) -> bool:
    """Tell whether a key of the mode itself, not ``access`` for all, says yes."""
    for key in profile.access_keys[1:]:
        for each in (key, f"{key}{way}"):
            text = _value(profile, tags, each)
            if text is not None and YES_WORDS.intersection(_words(text)):
                return True
    return False


def _too_heavy_or_high(profile: Profile, tags: Mapping[str, str]) -> bool:
    for key in LIMIT_KEYS:
        own = profile.height_m if key.startswith("maxheight") else profile.weight_t
        limit = None if own is None else metric(_value(profile, tags, key))
        if own is not None and limit is not None and limit < own:
            return True
    return False


def maxspeed_kph(text: str | None) -> float | None:
    """km/h out of a ``maxspeed`` tag, None when it says nothing that can be read.

    Of a list (``60|80``, ``60,80``, ``80;60``) the lowest counts.
    """
    words = re.split(r"[;|,/]", text.lower()) if text and "km/h" not in text else [text or ""]
    kph = [one for one in (_one_speed(word.strip().lower()) for word in words) if one is not None]
    return min(kph, default=None)


def _one_speed(word: str) -> float | None:
    if word in _KPH_OF_WORD:
        return _KPH_OF_WORD[word]
    match = _NUMBER.match(word)
    if match is None:
        return None
    factor = {"": 1.0, "km/h": 1.0, "kph": 1.0, "kmh": 1.0, "mph": 1.609344, "knots": 1.852}
    kph = float(match[1]) * factor.get(match[2], 0.0)
    return kph if kph > 0 else None


def _limited(profile: Profile, kph: float, tags: Mapping[str, str], way: str) -> float:
    if not profile.uses_maxspeed:
        return kph
    keys = ["maxspeed", f"maxspeed{way}"]
    if "hgv" in profile.access_keys:
        keys += ["maxspeed:hgv", f"maxspeed:hgv{way}"]
    limit = None
    for key in keys:
        limit = maxspeed_kph(_value(profile, tags, key)) or limit
    return kph if limit is None else min(kph, limit * profile.maxspeed_share)


def _directions(profile: Profile, name: str, tags: Mapping[str, str]) -> tuple[bool, bool]:
    """(along, against): whether the way is open in its drawn direction and against it."""
    word = None
    for key in profile.oneway_keys:
        word = _value(profile, tags, key) or word
    if not profile.obeys_oneway and word is None:
        return True, True
    if word is None and (
        name in {"motorway", "motorway_link"} or tags.get("junction") in {"roundabout", "circular"}
    ):
        word = "yes"
    if word in {"-1", "reverse"}:
        return _has_contraflow(profile, tags, ":forward"), True
    if word in {"yes", "true", "1"}:
        return True, _has_contraflow(profile, tags, ":backward")
    return True, True


def _has_contraflow(profile: Profile, tags: Mapping[str, str], way: str) -> bool:
    """Tell of a way against a one-way street: ``bicycle:backward=yes``, or a cycle lane.

    The lane by tags older than oneway:bicycle.
    """
    keys = [f"{key}{way}" for key in profile.access_keys[1:]]
    if any(_value(profile, tags, key) in YES_WORDS for key in keys):
        return True
    if "oneway:bicycle" not in profile.oneway_keys or "oneway:bicycle" in tags:
        return False
    return any(
        tags.get(key, "").startswith("opposite")
        for key in ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
    )
