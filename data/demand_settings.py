"""How a city's workers are spread over it: cells, what draws each group, when it wants a rest.

They stand in ``yizhan.toml`` under ``[demand]`` and ``[demand.<group>]``; `data.settings_keys` says
what each key is and `data.group_defaults` gives each default with its reason.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from data.cells import CELL_M, CellShape
from data.demand import HOURS
from data.group_defaults import GROUP_DEFAULTS
from data.osm_rules import LAYER_IDS
from data.vocabulary import nearest_word, quote
from geo.errors import InputError
from geo.messages import say
from geo.profiles import HIGHWAY_CLASSES

if TYPE_CHECKING:
    from collections.abc import Sequence

OverWord = Literal["network", "straight"]
ROADS: Final = "roads"
URBAN_ROADS: Final = "urban_roads"
OWN: Final = "own:"
_DRAWING: Final = (*LAYER_IDS, ROADS, URBAN_ROADS)
_SUM_SLACK: Final = 1e-6
_RANGES: Final = {
    "cell_m": (50.0, 5_000.0),
    "h3_resolution": (5, 11),
    "draws": (2, 10_000),
    "seed": (0, 2**31),
    "concentration": (1.0, 100_000.0),
}


@dataclass(frozen=True)
class GroupDensity:
    """What draws one group, how far, and when it is out.

    ``weights`` maps layers to shares that add up to 1; the layer ``roads`` is the length of road by
    class, ``urban_roads`` that in town, each metre counted as often as ``roads`` says.
    ``bandwidth_m`` is the kernel's, ``over`` the way distance is measured, ``eps`` what is spread
    evenly over the land beside the weights. ``presence`` is the share of the registered workers
    who are in town on a usual day, ``weekday`` and ``weekend`` the share of those who want a rest
    place in each of the 24 hours.

    Raises
    ------
    InputError
        when one of them cannot be; the message has the key and the cure.
    """

    id: str
    weights: Mapping[str, float]
    bandwidth_m: float
    roads: Mapping[str, float] = field(default_factory=dict)
    over: OverWord = "network"
    eps: float = 0.02
    presence: float = 1.0
    weekday: tuple[float, ...] = (1.0,) * HOURS
    weekend: tuple[float, ...] = (1.0,) * HOURS

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", MappingProxyType(dict(self.weights)))
        object.__setattr__(self, "roads", MappingProxyType(dict(self.roads)))
        _check_weights(self.weights)
        for name, factor in self.roads.items():
            if name not in HIGHWAY_CLASSES:
                near = nearest_word(name, HIGHWAY_CLASSES)
                cure = (
                    say("did you mean {near}?", near=near)
                    if near
                    else say("write an OSM highway class")
                )
                raise InputError(
                    say("roads: {name} is no class of road: {cure}", name=quote(name), cure=cure)
                )
            _check_within(f"roads.{name}", factor, 0.0, 1000.0)
        named = next((name for name in (ROADS, URBAN_ROADS) if name in self.weights), None)
        if named is not None and not any(self.roads.values()):
            raise InputError(
                say(
                    "weights has {named}, and no class of road counts: write "
                    "roads = {{ trunk = 1 }}",
                    named=named,
                )
            )
        _check_within("bandwidth_m", self.bandwidth_m, 50.0, 20_000.0)
        if self.over not in get_args(OverWord):
            raise InputError(
                say("over {over} is none: write network or straight", over=quote(self.over))
            )
        _check_within("eps", self.eps, 0.0, 1.0)
        _check_within("presence", self.presence, 0.0, 1.0)
        for name in ("weekday", "weekend"):
            _check_hours(name, getattr(self, name))

    def reason(self, key: str) -> str:
        """Say why the default of a key is what it is; empty where the key's own words say it.

        A value that is not the default has no reason here.
        """
        default = _DEFAULTS[self.id]
        if getattr(self, key) != getattr(default, key):
            return ""
        return GROUP_DEFAULTS[self.id].reasons.get(key, "")


def _default(group: str) -> GroupDensity:
    of = GROUP_DEFAULTS[group]
    return GroupDensity(
        id=group,
        weights=of.weights,
        roads=of.roads,
        bandwidth_m=of.bandwidth_m,
        over=of.over,
        eps=of.eps,
        presence=of.presence,
        weekday=of.weekday,
        weekend=of.weekend,
    )


def _check_weights(weights: Mapping[str, float]) -> None:
    if not weights:
        raise InputError(say("weights is empty: name a layer, as in weights = { population = 1 }"))
    for name, share in weights.items():
        if name not in _DRAWING and not (name.startswith(OWN) and len(name) > len(OWN)):
            near = nearest_word(name, _DRAWING)
            cure = (
                say("did you mean {near}", near=near)
                if near
                else say("there are {known}", known=", ".join(_DRAWING))
            )
            end = "?" if near else ""
            raise InputError(
                say(
                    "weights: {name} is no layer: {cure}, or {own}NAME{end}",
                    name=quote(name),
                    cure=cure,
                    own=OWN,
                    end=end,
                )
            )
        _check_within(f"weights.{name}", share, 0.0, 1.0)
    total = math.fsum(weights.values())
    if abs(total - 1.0) > _SUM_SLACK:
        parts = weights.items()
        scaled = ", ".join(f"{name} = {share / (total or 1):.3f}" for name, share in parts)
        cure = (
            say("scaled they are {{ {scaled} }}", scaled=scaled)
            if total
            else say("give one at least a share")
        )
        raise InputError(say("weights add up to {total:g}, not 1: {cure}", total=total, cure=cure))


def _check_hours(name: str, shares: Sequence[float]) -> None:
    if len(shares) != HOURS:
        raise InputError(
            say(
                "{name} has {n_shares} values: a day has {hours} hours, one share for each from 0 "
                "(midnight) to 23",
                name=name,
                n_shares=len(shares),
                hours=HOURS,
            )
        )
    for hour, share in enumerate(shares):
        _check_within(f"{name}, hour {hour}:", share, 0.0, 1.0)
    if not any(shares):
        raise InputError(
            say("{name}: nobody wants a rest at any hour: write shares between 0 and 1", name=name)
        )


def _check_within(name: str, value: float, least: float, most: float) -> None:
    if not (math.isfinite(value) and least <= value <= most):
        raise InputError(
            say(
                "{name} {value:g} must lie between {least:g} and {most:,g}",
                name=name,
                value=value,
                least=least,
                most=most,
            )
        )


_DEFAULTS: Final = {group: _default(group) for group in GROUP_DEFAULTS}


@dataclass(frozen=True)
class DemandSettings:
    """How all groups are spread: the cells, the draws, and each group's `GroupDensity`.

    ``totals`` says where the workers in all come from: "organisations" or a file, "" when the
    command says it. InputError when a value cannot be.
    """

    totals: str = ""
    cell_m: float = CELL_M
    shape: CellShape = "square"
    h3_resolution: int = 9
    draws: int = 200
    seed: int = 1
    concentration: float = 20.0
    groups: tuple[GroupDensity, ...] = tuple(_DEFAULTS.values())

    def __post_init__(self) -> None:
        for name, (least, most) in _RANGES.items():
            _check_within(f"demand.{name}", getattr(self, name), least, most)
        if self.shape not in get_args(CellShape):
            raise InputError(
                say("demand.shape {shape} is none: write square or h3", shape=quote(self.shape))
            )

    def group(self, group_id: str) -> GroupDensity:
        """Return what spreads one group (KeyError when there is none of that id)."""
        return {group.id: group for group in self.groups}[group_id]


def read_demand_settings(raw: Mapping[str, Any]) -> DemandSettings:
    """Check the ``[demand]`` tables; a key that is left out keeps its default.

    InputError with the key and the cure.
    """
    numbers: dict[str, Any] = {
        name: read_number(
            f"demand.{name}", raw[name], whole=name not in {"cell_m", "concentration"}
        )
        for name in _RANGES
        if name in raw
    }
    if "shape" in raw:
        numbers["shape"] = raw["shape"]
    if "totals" in raw:
        if not isinstance(raw["totals"], str):
            raise InputError(
                say("demand.totals must be text in quotes: organisations, or the name of a file")
            )
        numbers["totals"] = raw["totals"].strip()
    groups = tuple(
        _read_group(default, raw[group]) if group in raw else default
        for group, default in _DEFAULTS.items()
    )
    return DemandSettings(groups=groups, **numbers)


def _read_group(default: GroupDensity, raw: Mapping[str, Any]) -> GroupDensity:
    name = f"demand.{default.id}"
    changes: dict[str, Any] = {}
    for key, value in raw.items():
        where = f"{name}.{key}"
        if key in {"weights", "roads"}:
            changes[key] = _table(where, value)
        elif key in {"weekday", "weekend"}:
            changes[key] = _list(where, value)
        elif key == "over":
            changes[key] = str(value)
        else:
            changes[key] = read_number(where, value)
    try:
        return replace(default, **changes)
    except InputError as error:
        raise InputError(say("{name}.{error}", name=name, error=error)) from None


def _table(name: str, value: object) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise InputError(
            say("{name} must be a table, as in {{ population = 0.5, shops = 0.5 }}", name=name)
        )
    return {key: read_number(f"{name}.{key}", share) for key, share in value.items()}


def _list(name: str, value: object) -> tuple[float, ...]:
    if not isinstance(value, list | tuple):
        raise InputError(
            say(
                "{name} must be a list of {hours} shares, one for each hour from 0",
                name=name,
                hours=HOURS,
            )
        )
    return tuple(read_number(f"{name}, hour {hour}:", share) for hour, share in enumerate(value))


def read_number(name: str, value: object, *, whole: bool = False) -> float:
    """Return a number of the settings (InputError with the key when it is none)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(
            say("{name} must be a number, not {value}", name=name, value=quote(str(value)))
        )
    if whole and value != int(value):
        raise InputError(
            say("{name} must be a whole number, not {value:g}", name=name, value=value)
        )
    return int(value) if whole else float(value)
