"""Which places host a station, by the tags of OpenStreetMap and the words of other lists.

Tags are those of the OSM wiki's "Map features"; the further words are categories of Overture's
places and classes of Geofabrik's shapefiles. `docs/files.md` prints the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from data.osm_rules import DEAD, Tag
from data.vocabulary import HOST_TYPES_BY_ID, Term, find_term, nearest_word, quote
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class HostKind:
    """One kind of host: an id of `HOST_TYPES`, the tags of which one is enough, further words."""

    id: str
    tags: tuple[Tag, ...]
    words: tuple[str, ...] = ()

    @property
    def term(self) -> Term:
        """The kind as people name it."""
        return HOST_TYPES_BY_ID[self.id]

    def spellings(self) -> tuple[str, ...]:
        """Every word that is read as this kind, its own names first."""
        tagged = (value for tag in self.tags for value in tag.values)
        return (*self.term.spellings(), *tagged, *self.words)


HOST_KINDS: Final = (
    HostKind(
        "bank",
        (Tag("amenity", ("bank",)),),
        ("bank_or_credit_union", "bank_credit_union", "banks", "credit_union", "commercial_bank"),
    ),
    HostKind(
        "post_office",
        (Tag("amenity", ("post_office", "post_depot")),),
        ("postal_service",),
    ),
    HostKind(
        "fuel_station",
        (Tag("amenity", ("fuel",)),),
        ("gas_station", "truck_gas_station", "truck_stop"),
    ),
    HostKind(
        "authority_counter",
        (Tag("amenity", ("townhall",)), Tag("office", ("government",))),
        ("town_hall", "city_hall", "government_office", "local_and_state_government_offices"),
    ),
    HostKind(
        "community",
        (Tag("amenity", ("community_centre", "social_centre")),),
        ("community_center", "civic_center"),
    ),
    HostKind("sanitation_depot", (Tag("amenity", ("waste_transfer_station",)),)),
    HostKind("union", (Tag("office", ("union",)),), ("labor_union", "trade_union")),
    HostKind("hospital", (Tag("amenity", ("hospital", "clinic")),), ("community_health_center",)),
    HostKind(
        "transport_hub",
        (Tag("amenity", ("bus_station",)), Tag("highway", ("services", "rest_area"))),
        ("rest_stop", "rest_areas"),
    ),
    HostKind(
        "parcel_depot",
        (Tag("office", ("courier",)),),
        ("courier_and_delivery_services", "courier_service"),
    ),
    HostKind(
        "logistics_park",
        (
            Tag("industrial", ("logistics", "warehouse", "depot", "distribution")),
            Tag("landuse", ("logistics",)),
            Tag("office", ("logistics",)),
        ),
    ),
    HostKind(
        "shop",
        (Tag("shop", ("convenience", "supermarket")),),
        ("convenience_store", "grocery_store"),
    ),
)
"""The kinds that maps know; where several fit, the first counts."""

USUAL_HOSTS: Final = (
    *("bank", "post_office", "fuel_station", "authority_counter", "community", "sanitation_depot"),
    "union",
)
"""The usual hosts of a station, taken where nobody says which."""

KEYS: Final = tuple(dict.fromkeys(tag.key for kind in HOST_KINDS for tag in kind.tags))
"""The keys of OpenStreetMap that tell a host."""


def host_of_tags(tags: Mapping[str, str]) -> str:
    """Give the kind of host that an object's tags make it, "" for none.

    What is disused or abandoned hosts nothing.
    """
    if any(tag.fits(tags) for tag in DEAD):
        return ""
    return next((kind.id for kind in HOST_KINDS if any(tag.fits(tags) for tag in kind.tags)), "")


def host_of_word(word: str) -> str:
    """Give the kind of host that a word of a list means (银行, gas_station), "" for none."""
    term = find_term(word, _terms()) if word else None
    return "" if term is None else term.id


def hosts_meant(words: Iterable[str]) -> tuple[str, ...]:
    """Read kinds of hosts as people name them, each once, in the order of the words.

    Raises
    ------
    InputError
        for a word that is none, with the nearest one or all of them.
    """
    meant = []
    for word in words:
        found = host_of_word(word)
        if not found:
            raise _unknown(word)
        meant.append(found)
    return tuple(dict.fromkeys(meant))


def _unknown(word: str) -> InputError:
    near = nearest_word(word, (spelling for term in _terms() for spelling in term.spellings()))
    if near:
        cure = say("did you mean {near}?", near=near)
    else:
        known = ", ".join(f"{kind.id} {kind.term.zh}" for kind in HOST_KINDS)
        cure = say("use one of {known}", known=known)
    return InputError(say("{word} is no host that maps know: {cure}", word=quote(word), cure=cure))


@cache
def _terms() -> tuple[Term, ...]:
    """Return the kinds as terms with all their words; a word of two kinds is the first one's."""
    return tuple(
        Term(kind.id, kind.term.zh, kind.term.en, kind.spellings()) for kind in reversed(HOST_KINDS)
    )


def host_table() -> tuple[tuple[str, str, str, str], ...]:
    """Give a row for each kind: id, Chinese, the tags that make it, further words."""
    return tuple(
        (
            kind.id,
            kind.term.zh,
            "; ".join(f"`{tag}`" for tag in kind.tags),
            ", ".join(f"`{word}`" for word in kind.words),
        )
        for kind in HOST_KINDS
    )
