"""What is known of a nation's cities, from the kept results alone: nothing is computed anew."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo.errors import NothingYetError
from geo.messages import say
from web.services.nation_run import results_of, standing_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from data.nation.nation_file import Nation, NationCity
    from web.services.nation_run import StepState


@dataclass(frozen=True)
class Counted:
    """Stations and workers of a city, a province or all, in whole workers.

    ``within_group`` have a station by their group's own standard, ``within_national`` by the
    national one, ``within_two`` two by the national one.
    """

    stations: int
    workers: int
    within_group: int
    within_national: int
    within_two: int

    @property
    def unreached(self) -> int:
        """Workers whom no station reaches by their group's own standard: the gap."""
        return self.workers - self.within_group

    def share(self, part: int) -> float | None:
        """Return a part of the workers as a fraction of 1; None where there are none."""
        return part / self.workers if self.workers else None


@dataclass(frozen=True)
class CityFigures:
    """A city with its kept figures; ``curve`` is that of money, None where there is none.

    ``unknown`` counts stations of which the register does not say something, by what; None where
    the figures are of before that was counted.
    """

    city: NationCity
    name: str
    counted: Counted
    curve: Mapping[str, Any] | None
    unknown: Mapping[str, int] | None


@dataclass(frozen=True, eq=False)
class NationalFigures:
    """All that is known: the cities with figures, the largest gap first, and what is missing.

    ``open_steps`` are those that failed, were not done, or were done from what has changed since.
    """

    name: str
    cities: tuple[CityFigures, ...]
    open_steps: tuple[StepState, ...]
    sample: bool
    manifest: str

    @property
    def total(self) -> Counted:
        """All cities together."""
        return summed(city.counted for city in self.cities)

    def provinces(self) -> list[tuple[str, int, Counted]]:
        """Return name ("": not known), number of cities and sums, the largest gap first."""
        held: dict[str, list[Counted]] = {}
        for city in self.cities:
            held.setdefault(city.city.province, []).append(city.counted)
        found = [(name, len(each), summed(each)) for name, each in held.items()]
        return sorted(found, key=lambda one: (-one[2].unreached, one[0]))


def summed(parts: Iterable[Counted]) -> Counted:
    """Add up; whole workers stay whole, so that a table adds up as it is printed."""
    held = list(parts)
    return Counted(
        *(
            sum(getattr(one, name) for one in held)
            for name in ("stations", "workers", "within_group", "within_national", "within_two")
        )
    )


def national_figures(nation: Nation, *, province: str | None = None) -> NationalFigures:
    """Gather the kept figures of all cities, or of one province.

    Raises
    ------
    NothingYetError
        when no city has figures, or none of the province.
    """
    kept, cities, keys, sample = results_of(nation), [], [], False
    states = [one for one in standing_of(nation) if _is_of(one.city, province)]
    for city in dict.fromkeys(one.city for one in states):
        found, curve = kept.find(city.code, "figures"), kept.find(city.code, "curve")
        keys += [one.key for one in (found, curve) if one is not None]
        if found is None or found.failed:
            continue
        sample = sample or bool(found.body["sample"])
        drawn = None if curve is None or curve.failed else curve.body
        cities.append(_city(city, found.body, drawn))
    if not cities:
        raise NothingYetError(
            say("no city has figures yet: run yizhan nation run -w {folder}", folder=nation.folder)
            if province is None
            else say("no city of {province} has figures", province=province)
        )
    return NationalFigures(
        name=nation.name,
        cities=tuple(sorted(cities, key=lambda one: (-one.counted.unreached, one.city.code))),
        open_steps=tuple(one for one in states if one.state in {"open", "failed"}),
        sample=sample,
        manifest=_hash(keys),
    )


def _is_of(city: NationCity, province: str | None) -> bool:
    return province is None or city.province == province


def _hash(keys: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()


def _city(
    city: NationCity, body: Mapping[str, Any], curve: Mapping[str, Any] | None
) -> CityFigures:
    names = ("workers", "within_group", "within_national", "within_two")
    workers, *within = (round(body[name]) for name in names)
    counted = Counted(int(body["stations"]), workers, *(min(one, workers) for one in within))
    return CityFigures(city, body["name"], counted, curve, body.get("unknown"))
