"""What was taken out of an extract for a city and what of it is missing, in words and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from web.commands.language import spoken, told
from web.commands.osm_counts import PASSED_OVER, counts_line
from web.languages import message
from web.site.number_words import count, two_digits

if TYPE_CHECKING:
    from data.osm.city import LeftOut
    from web.services import Figures
    from web.services.cities import CityMade

_REASONS: Final = {
    "cut off": message("the extract cuts off its border"),
    "open": message("its border does not close or crosses itself"),
    "not in the file": message("named as a part of the city, and not in the file"),
}
_MOST_NAMED: Final = 12


def city_figures(made: CityMade) -> Figures:
    """Return what `city_words` says, for JSON."""
    borders, ground = made.piece.borders, made.ground
    return {
        "city": {
            "relation": borders.relation.number,
            "level": borders.relation.level,
            "code": borders.relation.adcode,
            "others": [one.says() for one in borders.others],
        },
        "districts_level": borders.level,
        "districts_missing": [
            {"relation": one.id, "name": one.name, "reason": one.reason} for one in borders.left_out
        ],
        "gap_km2": round(ground.gap_km2, 3),
        "outside_km2": round(ground.outside_km2, 3),
        "overlaps": [
            {"one": one, "other": other, "km2": round(km2, 3)}
            for one, other, km2 in ground.overlaps
        ],
        "cut": dict(made.piece.kept),
        "passed_over": dict(made.piece.passed_over),
        "network": made.network,
        "layers": [layer.summary() for layer in made.layers.values()],
    }


def city_words(made: CityMade) -> list[str]:
    """Say what was taken, then what is missing, a line for each."""
    return [*_taken(made), *_districts_missing(made), *_ground(made), *_roads(made), *_layers(made)]


def _taken(made: CityMade) -> list[str]:
    t, borders = spoken(), made.piece.borders
    said = [t("Its border is {relation}.", relation=told(borders.relation.says()))]
    if borders.others:
        listed = t("; ").join(told(one.says()) for one in borders.others[:_MOST_NAMED])
        said.append(t("Also of this name, to be taken by --city rNUMBER: {listed}.", listed=listed))
    if borders.level is None:
        said.append(t("It has no districts in the file: the whole city is one."))
    elif borders.districts:
        said.append(
            t.plural(
                "{n} district of level {level}: {names}.",
                "{n} districts of level {level}: {names}.",
                n=len(borders.districts),
                level=borders.level,
                names=t(", ").join(borders.districts),
            )
        )
    return said


def _districts_missing(made: CityMade) -> list[str]:
    t = spoken()
    return [
        t("District missing: {name}: {reason}.", name=_name(one), reason=t(_REASONS[one.reason]))
        for one in made.piece.borders.left_out
    ]


def _name(one: LeftOut) -> str:
    return f"{one.name} r{one.id}".strip()


def _ground(made: CityMade) -> list[str]:
    t, ground = spoken(), made.ground
    said = []
    if ground.gap_km2:
        said.append(t("{km2} km2 of the city lie in no district.", km2=two_digits(ground.gap_km2)))
    if ground.outside_km2:
        said.append(
            t(
                "{km2} km2 of its districts lie outside of the city.",
                km2=two_digits(ground.outside_km2),
            )
        )
    said += [
        t(
            "{one} and {other} both hold {km2} km2: what is there counts for {one}.",
            one=one,
            other=other,
            km2=two_digits(km2),
        )
        for one, other, km2 in ground.overlaps
    ]
    return said


def _roads(made: CityMade) -> list[str]:
    t, network = spoken(), made.network
    counts = {kind: made.piece.passed_over.get(kind, 0) for kind in PASSED_OVER}
    if network is None:
        return [t("No roads: the file holds none in the city."), *counts_line(counts)]
    size = t(
        "{nodes} nodes, {edges} edges, {km:,.0f} km of road.",
        nodes=count(network["nodes"]),
        edges=count(network["edges"]),
        km=network["km"],
    )
    return [size, *counts_line(counts | network["left_out"])]


def _layers(made: CityMade) -> list[str]:
    from data.road_layers import ROADS, URBAN_ROADS

    t = spoken()
    of_places = [
        of for of in made.layers.values() if not of.id.startswith((f"{ROADS}.", f"{URBAN_ROADS}."))
    ]
    full = [of.id for of in of_places if of.total]
    empty = [of.id for of in of_places if not of.total]
    said = []
    if full:
        said.append(t("Layers of what draws workers: {layers}.", layers=t(", ").join(full)))
    if empty:
        said.append(
            t(
                "Nothing was found of {layers}: their weights go to the other layers.",
                layers=t(", ").join(empty),
            )
        )
    return said
