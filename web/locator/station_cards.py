"""One station as its card says it without a script: how it stands now, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from data.vocabulary import FACILITIES
from web.labels.standing import STANDING
from web.locator.station_alerts import complaint_note
from web.stations.features import with_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from web.languages import Language
    from web.stations.features import Feature


WANTED_FIRST: Final = (
    "toilet",
    "drinking_water",
    "hot_water",
    "microwave",
    "phone_charging",
    "truck_parking",
)
"""What a worker looks for first."""
WANTED_BY_TRUCK: Final = ("truck_parking", "shower", "meals", "hot_water", "toilet")
"""What a truck driver comes for, in this order."""
_PLACES: Final = {term.id: place for place, term in enumerate(FACILITIES)}


def in_order(facilities: Iterable[str]) -> list[str]:
    """Return facilities in the order of the vocabulary, as the phone has them."""
    return sorted(facilities, key=_PLACES.__getitem__)


def _works(working: list[str], broken: list[str], t: Language) -> list[str]:
    """Say what is broken of the wanted ones, what works, the wanted ones first, then the rest."""
    said = {one: t(STANDING["broken"], what=t.facility(one)) for one in in_order(broken)}
    missed = [one for one in said if one in WANTED_FIRST]
    first = sorted(in_order(working), key=lambda one: one not in WANTED_FIRST)
    rest = [one for one in said if one not in missed]
    return [
        *(said[one] for one in missed),
        *(t.facility(one) for one in first),
        *(said[one] for one in rest),
    ]


def card_of(
    feature: Feature, moment: datetime, t: Language, *, standing: Mapping[str, Any]
) -> Feature:
    """Return a feature with the words of its card.

    Added to those of `with_state` are ``note`` (why it may not hold), ``way_in``, ``works`` (what
    is broken, then what works) and ``fresh`` (who says so, and when).
    """
    checked, confirmed = feature["properties"]["checked_at"], standing["confirmed_at"] or ""
    newest = {**feature["properties"], "checked_at": max(checked, confirmed)}
    told = with_state({**feature, "properties": newest}, moment, t)
    held = told["properties"]
    access: list[str] = held["access"]
    works = _works(held["facilities"], held["facilities_broken"], t)
    by = t(STANDING["by_register"]) if checked else ""
    if confirmed and confirmed >= checked:
        by = t(STANDING["by_workers"])
    notes = (complaint_note(standing, t), held["state_note"])
    said: dict[str, Any] = {
        "note": " · ".join(note for note in notes if note),
        "amber": standing["amber"],
        "access": access,
        "way_in": t.listed(t.access(way) for way in access) or t(STANDING["access_unknown"]),
        "works": " · ".join(works) or t(STANDING["facilities_unknown"]),
        "fresh": " · ".join(part for part in (held["checked_words"], by) if part),
    }
    return {**told, "properties": {**held, **said}}
