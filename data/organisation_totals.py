"""How many workers of each group there are in all, as the table of organisations counts them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from data.files.total_files import CITY, Totals
from data.organisations import OTHERS
from data.vocabulary import GROUPS_BY_ID, quote
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from data.districts import Districts
    from data.organisations import Organisations
    from data.settings import Settings

ORGANISATIONS = "organisations"
"""What ``--totals`` and ``demand.totals`` say for the table of organisations."""


@dataclass(frozen=True, eq=False)
class OrganisationTotals:
    """Members by district and group, and what to know of them in words."""

    totals: Totals
    notes: tuple[str, ...]


def totals_of(
    organisations: Organisations, *, settings: Settings, districts: Districts
) -> OrganisationTotals:
    """Add up the members of each group by district.

    A group with members in an organisation of the whole city is counted for the whole city, as the
    districts of these are not known; a note says so. Members of no group are not counted.

    Raises
    ------
    InputError
        when there are no members of any group of the city, members of a group that is none of the
        city's, or a district that the city does not have.
    """
    frame = organisations.frame
    for group in GROUPS_BY_ID:
        n_members = int(frame[group].sum())
        if n_members and group not in settings.group_ids:
            raise InputError(
                say(
                    "organisations: {n} members are {group}, which is no group of this city: add "
                    "[groups.{group}] to yizhan.toml",
                    n=n_members,
                    group=group,
                )
            )
    zones = (*districts.names, CITY)
    at = _zone_of_each(organisations, districts)
    counts = np.zeros((len(zones), len(settings.group_ids)))
    np.add.at(counts, at, frame[list(settings.group_ids)].to_numpy(dtype=np.float64))
    if not counts.any():
        raise InputError(
            say("organisations: no members of any group: there is nobody to be spread")
        )
    of_city = counts[-1] > 0 if len(districts) else np.ones(counts.shape[1], dtype=np.bool_)
    notes: list[str] = []
    for column in np.flatnonzero(of_city & (len(districts) > 0)):
        notes.append(
            say(
                "{group}: {n} of {all} members are in organisations of the whole city, so the "
                "group is counted for the whole city",
                group=settings.group_ids[column],
                n=int(counts[-1, column]),
                all=int(counts[:, column].sum()),
            )
        )
        counts[-1, column] = counts[:, column].sum()
        counts[:-1, column] = 0.0
    if others := int(frame[OTHERS].sum()):
        notes.append(say("{n} members belong to no group and are not spread", n=others))
    totals = Totals(zones, counts, settings.group_ids, of_city, ORGANISATIONS)
    return OrganisationTotals(totals, tuple(notes))


def _zone_of_each(organisations: Organisations, districts: Districts) -> list[int]:
    """Return the row of each organisation's district among the zones; the last is the city."""
    places = {name: place for place, name in enumerate(districts.names)}
    found: list[int] = []
    for id_, district in zip(organisations.ids, organisations.frame["district"], strict=True):
        if district and len(districts) and district not in places:
            raise InputError(
                say(
                    "organisation {id}: the city has no district {district}: import the "
                    "organisations again",
                    id=quote(id_),
                    district=quote(district),
                )
            )
        found.append(places.get(district, len(places)))
    return found
