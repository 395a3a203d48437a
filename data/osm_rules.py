"""Which OSM tags make which layer, and why; `docs/layers.md` prints this table.

Tags are those of the OSM wiki's "Map features". What is ``disused=yes`` or ``abandoned=yes`` makes
no layer, and a value such as ``cafe;fast_food`` is read as both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Measure = Literal["places", "land", "floor"]
"""How a layer counts: each place as one, land in m2, or floors in m2 (footprint x levels)."""

UNITS: Final[Mapping[Measure, str]] = {"places": "places", "land": "m2", "floor": "m2"}


@dataclass(frozen=True)
class Tag:
    """One key with the values that fit; no values means any but ``no``."""

    key: str
    values: tuple[str, ...] = ()

    def fits(self, tags: Mapping[str, str]) -> bool:
        """Tell whether an object's tags have it."""
        given = tags.get(self.key)
        if given is None:
            return False
        if not self.values:
            return given != "no"
        return given in self.values or any(
            word.strip() in self.values for word in given.split(";") if ";" in given
        )

    def __str__(self) -> str:
        return f"{self.key}={', '.join(self.values) if self.values else '*'}"


Tags = tuple[Tag, ...]
"""Tags that must all be there."""


@dataclass(frozen=True)
class OsmRule:
    """How one layer is made of OSM objects.

    An object belongs to the layer when it has all tags of one of ``any_of`` and none of those in
    ``unless``. In a layer of land a point without an outline counts ``point_m2``; 0 leaves it out.
    ``reason`` says why these tags stand for what draws workers.
    """

    layer: str
    measure: Measure
    any_of: tuple[Tags, ...]
    reason: str
    unless: tuple[Tags, ...] = ()
    point_m2: float = 0.0

    @property
    def unit(self) -> str:
        """The unit of the layer's values."""
        return UNITS[self.measure]

    def fits(self, tags: Mapping[str, str]) -> str:
        """Give the value by which an object belongs to the layer, as in "cafe"; empty if none."""
        found = next((all_of for all_of in self.any_of if _all(all_of, tags)), None)
        if found is None or any(_all(all_of, tags) for all_of in self.unless):
            return ""
        return tags[found[0].key]


def _all(wanted: Tags, tags: Mapping[str, str]) -> bool:
    return all(tag.fits(tags) for tag in wanted)


_NO_SHOP = (Tag("shop", ("vacant", "no", "none")),)
_MALL = Tag("shop", ("mall", "department_store"))
_PICK_UP = Tag("shop", ("outpost",))
_HGV = ("yes", "designated", "only", "official")
_MINE = Tag("industrial", ("mine", "mining", "coal_mine", "coal"))
_FREIGHT = Tag(
    "industrial",
    ("logistics", "warehouse", "depot", "distribution", "distributor", "port", "intermodal",
     "freight", "storage"),
)  # fmt: skip
_NO_FLOOR = (
    "no", "entrance", "roof", "canopy", "carport", "shed", "hut", "garage", "garages", "greenhouse",
    "construction", "ruins", "collapsed", "bunker", "transformer_tower", "tent", "proposed",
)  # fmt: skip

OSM_RULES: Final = (
    OsmRule(
        layer="restaurants",
        measure="places",
        any_of=((Tag("amenity", ("restaurant", "fast_food", "cafe", "food_court")),),),
        reason="where delivery riders fetch orders and wait for them",
    ),
    OsmRule(
        layer="malls",
        measure="places",
        any_of=((_MALL,),),
        reason="many kitchens and shops under one roof: riders and hailed cars gather there",
    ),
    OsmRule(
        layer="shops",
        measure="places",
        any_of=((Tag("shop"),),),
        unless=((_MALL,), (_PICK_UP,), _NO_SHOP),
        reason="senders and receivers of parcels; supermarkets are here and not among the malls, "
        "which would count them twice",
    ),
    OsmRule(
        layer="depots",
        measure="places",
        any_of=(
            (Tag("amenity", ("post_office", "post_depot", "parcel_locker")),),
            (Tag("office", ("courier",)),),
            (_PICK_UP,),
        ),
        reason="where couriers load, hand over and start their rounds",
    ),
    OsmRule(
        layer="logistics",
        measure="land",
        any_of=(
            (_FREIGHT,),
            (Tag("landuse", ("logistics", "depot", "port")),),
            (Tag("building", ("warehouse",)),),
            (Tag("office", ("logistics",)),),
        ),
        point_m2=2_000.0,
        reason="where freight is loaded and truck drivers wait; a point without an outline counts "
        "as one middling warehouse",
    ),
    OsmRule(
        layer="industry",
        measure="land",
        any_of=(
            (Tag("landuse", ("industrial",)),),
            (Tag("man_made", ("works",)),),
            (Tag("building", ("industrial", "factory", "manufacture")),),
        ),
        unless=((_FREIGHT,), (_MINE,)),
        point_m2=5_000.0,
        reason="works send and receive freight; what is logistics or mining counts there and not "
        "here; a point counts as a small works",
    ),
    OsmRule(
        layer="mines",
        measure="land",
        any_of=(
            (Tag("landuse", ("quarry",)),),
            (_MINE,),
            (Tag("man_made", ("mineshaft", "adit")),),
        ),
        point_m2=20_000.0,
        reason="coal and stone leave by truck; a shaft counts as a yard of two hectares",
    ),
    OsmRule(
        layer="fuel",
        measure="places",
        any_of=((Tag("amenity", ("fuel",)),),),
        reason="truck drivers stop there, and driver homes stand there",
    ),
    OsmRule(
        layer="truck_parking",
        measure="places",
        any_of=(
            (Tag("amenity", ("parking",)), Tag("hgv", _HGV)),
            (Tag("amenity", ("parking",)), Tag("access:hgv", _HGV)),
            (Tag("amenity", ("parking",)), Tag("capacity:hgv")),
            (Tag("amenity", ("truck_stop",)),),
            (Tag("highway", ("rest_area", "services")),),
        ),
        reason="where truck drivers spend their rest time",
    ),
    OsmRule(
        layer="markets",
        measure="places",
        any_of=((Tag("amenity", ("marketplace",)),), (Tag("shop", ("wholesale",)),)),
        reason="goods come and go from before dawn; cleaners and porters work there",
    ),
    OsmRule(
        layer="hospitals",
        measure="places",
        any_of=(
            (Tag("amenity", ("hospital", "clinic")),),
            (Tag("healthcare", ("hospital", "clinic")),),
        ),
        reason="hailed cars and meals are called to them at every hour",
    ),
    OsmRule(
        layer="schools",
        measure="places",
        any_of=((Tag("amenity", ("school", "kindergarten", "college", "university")),),),
        reason="orders at noon and at night, cars when lessons end",
    ),
    OsmRule(
        layer="buildings",
        measure="floor",
        any_of=((Tag("building"),),),
        unless=((Tag("building", _NO_FLOOR),),),
        reason="floors stand for residents and offices where no population grid is at hand",
    ),
    OsmRule(
        layer="water",
        measure="land",
        any_of=((Tag("natural", ("water",)),), (Tag("waterway", ("riverbank",)),)),
        reason="draws nobody: it is taken off the cells' land",
    ),
)
"""The layers out of an OSM extract, in the order in which they are listed."""

WATER: Final = "water"
POPULATION: Final = "population"
LAYER_IDS: Final = (*(rule.layer for rule in OSM_RULES if rule.layer != WATER), POPULATION)
"""The layers that can draw a group, beside ``roads.<class>`` and a city's own (``own:NAME``)."""

LEVELS_IF_UNKNOWN: Final[Mapping[str, float]] = {
    "apartments": 6.0,
    "dormitory": 5.0,
    "residential": 5.0,
    "hotel": 5.0,
    "office": 5.0,
    "hospital": 4.0,
    "school": 4.0,
    "university": 4.0,
}
"""Levels of a building that says none, by ``building=``; any other counts 1. Judgement."""

MOST_LEVELS: Final = 150.0  # the tallest tower has 163; beyond is a slip of the pen

DEAD: Final = (Tag("disused", ("yes",)), Tag("abandoned", ("yes",)))
_TAGS = [tag for rule in OSM_RULES for all_of in (*rule.any_of, *rule.unless) for tag in all_of]
KEYS: Final = frozenset(tag.key for tag in _TAGS) | {tag.key for tag in DEAD}
"""The keys that decide to which layers an object belongs."""


def _first_tags() -> Mapping[str, frozenset[str]]:
    made: dict[str, frozenset[str]] = {}
    for tag in (all_of[0] for rule in OSM_RULES for all_of in rule.any_of):
        values = frozenset(tag.values)
        known = made.get(tag.key, values)
        made[tag.key] = known | values if known and values else frozenset()
    return made


FIRST_TAGS: Final = _first_tags()
"""The tags of which an object needs one to be looked at at all; a key without values takes any."""


@dataclass(frozen=True)
class OsmSorter:
    """Sorts objects into layers by their tags, each set of deciding tags once."""

    known: dict[tuple[tuple[str, str], ...], tuple[tuple[int, str], ...]] = field(
        default_factory=dict
    )

    def rules_of(self, tags: Mapping[str, str]) -> tuple[tuple[int, str], ...]:
        """Give the rows of `OSM_RULES` to which an object belongs, each with its value there."""
        deciding = tuple(item for item in tags.items() if item[0] in KEYS)
        if deciding not in self.known:
            self.known[deciding] = _rules_of(dict(deciding))
        return self.known[deciding]

    def wants(self, tags: Mapping[str, str]) -> bool:
        """Tell whether an object belongs to any layer."""
        return bool(self.rules_of(tags))


def _rules_of(tags: Mapping[str, str]) -> tuple[tuple[int, str], ...]:
    if any(tag.fits(tags) for tag in DEAD):
        return ()
    found = ((row, rule.fits(tags)) for row, rule in enumerate(OSM_RULES))
    return tuple((row, tag) for row, tag in found if tag)


def levels_of(tags: Mapping[str, str]) -> float:
    """Read a building's levels: as tagged, or by its kind where that is missing or no number."""
    try:
        levels = float(tags.get("building:levels", ""))
    except ValueError:
        levels = 0.0
    if 0.0 < levels <= MOST_LEVELS:
        return levels
    return LEVELS_IF_UNKNOWN.get(tags.get("building", ""), 1.0)


def rule_table() -> tuple[tuple[str, str, str, str, str], ...]:
    """Give a row for each layer: id, unit, the tags that make it, those that do not, and why."""
    return tuple(
        (
            rule.layer,
            rule.unit if rule.measure != "floor" else "m2 of floor",
            _words(rule.any_of),
            _words(rule.unless),
            rule.reason,
        )
        for rule in OSM_RULES
    )


def _words(any_of: tuple[Tags, ...]) -> str:
    return "; ".join(" with ".join(f"`{tag}`" for tag in all_of) for all_of in any_of)
