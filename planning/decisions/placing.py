"""Where things may, must and must not stand: zones, pins, spacing, earliest years."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from geo.errors import ProblemError
from geo.measure import to_metric
from geo.messages import say

if TYPE_CHECKING:
    from data.questions.parts import Pin, Zone
    from data.questions.question import Question
    from data.settings import Settings
    from data.stations import Stations
    from planning.decisions.actions import ActionTable
    from planning.decisions.options import Options

Mask = npt.NDArray[np.bool_]
Points = npt.NDArray[np.float64]
NEW = ("build", "relocate")


class Pins(NamedTuple):
    """bool[n_options]: what must be open, what cannot."""

    required: Mask
    forbidden: Mask


def in_zone(zone: Zone, lonlat: Points, *, metric_crs: str) -> Mask:
    """bool[n]: which points lie within a zone, its edge included.

    Raises
    ------
    ProblemError
        when its ring crosses itself.
    """
    if zone.around is not None and zone.within_m is not None:
        middle = to_metric(np.array([zone.around]), crs=metric_crs)[0]
        there = to_metric(lonlat, crs=metric_crs)
        return np.asarray(np.hypot(*(there - middle).T) <= zone.within_m)
    area = shapely.Polygon(zone.ring)
    if not area.is_valid:
        raise ProblemError(say("zone {name}: its ring crosses itself", name=zone.name))
    return np.asarray(shapely.intersects_xy(area, lonlat[:, 0], lonlat[:, 1]))


def _metres_off(zone: Zone, lonlat: Points, *, metric_crs: str) -> float:
    """Return how far the nearest of some points lies from a zone, inf where there is none."""
    corners = zone.ring if zone.around is None else (zone.around,)
    edge = to_metric(np.array(corners), crs=metric_crs)
    there = shapely.points(to_metric(lonlat, crs=metric_crs))
    ground = shapely.Point(edge[0]) if zone.around is not None else shapely.Polygon(edge)
    metres = shapely.distance(ground, there) - (zone.within_m or 0.0)
    return float(metres.min(initial=np.inf))


def pinned(
    question: Question,
    table: ActionTable,
    options: Options,
    *,
    stations: Stations,
    settings: Settings,
) -> Pins:
    """Return the options that must be open and those that cannot.

    Raises
    ------
    ProblemError
        when a pin speaks of no action, or all that could meet a required one is forbidden.
    """
    forbidden = np.zeros(len(options.action), dtype=np.bool_)
    lonlat = _lonlat(table)[options.action]
    what = np.array([one.what for one in table.actions])[options.action]
    new = np.isin(what, NEW)
    for zone in question.zones:
        if zone.rule == "exclude":
            kinds = _of_kinds(table, zone.kinds)[options.action]
            forbidden |= new & kinds & in_zone(zone, lonlat, metric_crs=settings.metric_crs)
    if question.spacing_m:
        forbidden |= new & _near_fixed(
            table, lonlat, stations, within_m=question.spacing_m, crs=settings.metric_crs
        )
    first = np.array(question.years_meant)[options.begins]
    for early in question.earliest:
        forbidden |= (
            _at_place(table, early.place)[options.action] & (first < early.year) & (what != "keep")
        )
    for pin in question.forbidden:
        forbidden |= _meant(question, table, options, pin)
    required = np.zeros_like(forbidden)
    for pin in question.required:
        if pin.what == "close":
            forbidden |= _kept_to_the_end(table, options, pin)
            continue
        meant = np.flatnonzero(_meant(question, table, options, pin) & ~forbidden)
        if not len(meant):
            raise ProblemError(
                say(
                    "{place} is required, and nothing that may be done there is it", place=pin.place
                )
            )
        if len(meant) == 1:
            required[meant] = True
    return Pins(required, forbidden)


def must_have(
    question: Question,
    table: ActionTable,
    options: Options,
    *,
    stations: Stations,
    settings: Settings,
) -> list[tuple[str, Mask]]:
    """Return what must stand somewhere, as names and the options of which one must be open."""
    tokens: list[tuple[str, Mask]] = []
    last = options.ends == len(question.years_meant)
    for pin in question.required:
        if pin.what == "close":
            continue
        meant = _meant(question, table, options, pin)
        if meant.sum() > 1:
            tokens.append((say("required: {place}", place=pin.place), meant))
    for pin in question.forbidden:
        if pin.what == "close":
            stays = _kept_to_the_end(table, options, pin)
            tokens.append((say("not closed: {place}", place=pin.place), stays))
    lonlat = _lonlat(table)[options.action]
    for zone in question.zones:
        if zone.rule == "require" and not _stands_in(zone, table, stations, settings):
            inside = in_zone(zone, lonlat, metric_crs=settings.metric_crs)
            kinds = _of_kinds(table, zone.kinds) | _were_of_kinds(table, zone.kinds)
            meant = inside & last & kinds[options.action]
            if not meant.any():
                may = lonlat[last & kinds[options.action]]
                metres = _metres_off(zone, may, metric_crs=settings.metric_crs)
                raise ProblemError(
                    say(
                        "zone {name} must have a station, and no place may have one", name=zone.name
                    )
                    if np.isinf(metres)
                    else say(
                        "zone {name} must have a station, and none may stand there: the nearest "
                        "place that may lies {metres:,.0f} m outside; draw the zone where the city "
                        "is, or larger",
                        name=zone.name,
                        metres=metres,
                    )
                )
            tokens.append((zone.name, meant))
    return tokens


def conflicts(table: ActionTable, *, within_m: float, metric_crs: str) -> list[list[int]]:
    """Return sets of places of which no two may be built: they lie within a distance.

    Each pair that is too near stands in one set at least; sets are grown greedily (an edge clique
    cover), so that a grid of sites needs few of them.
    """
    where = {one.place: table.states[one.state][:2] for one in table.actions if one.what in NEW}
    places = sorted(where)
    if len(places) < 2:  # noqa: PLR2004 - a pair
        return []
    xy = to_metric(np.array([where[place] for place in places]), crs=metric_crs)
    tree = cKDTree(xy)
    lists = cast("list[list[int]]", tree.query_ball_point(xy, within_m * (1 - 1e-9)))
    near = [set(row) - {at} for at, row in enumerate(lists)]
    left = {(a, b) for a, row in enumerate(near) for b in row if a < b}
    sets = []
    while left:
        one, other = min(left)
        clique = [one, other]
        common = near[one] & near[other]
        while common:
            best = max(common, key=lambda at: (len(common & near[at]), -at))
            clique.append(best)
            common = common & near[best]
        left -= {(a, b) for a in clique for b in clique if a < b}
        sets.append([places[at] for at in sorted(clique)])
    return sets


def _lonlat(table: ActionTable) -> Points:
    return np.array(
        [
            table.states[one.state][:2] if one.state >= 0 else (np.nan, np.nan)
            for one in table.actions
        ],
        dtype=np.float64,
    ).reshape(-1, 2)


def _of_kinds(table: ActionTable, kinds: tuple[str, ...]) -> Mask:
    return np.array([not kinds or one.kind in kinds for one in table.actions], dtype=np.bool_)


def _were_of_kinds(table: ActionTable, kinds: tuple[str, ...]) -> Mask:
    """bool[n_actions]: an upgraded station still is what it was."""
    return np.array(
        [
            one.what == "upgrade" and one.before >= 0 and table.states[one.before].kind in kinds
            for one in table.actions
        ],
        dtype=np.bool_,
    )


def _at_place(table: ActionTable, place: str) -> Mask:
    return np.array([one.id == place for one in table.actions], dtype=np.bool_)


def _meant(question: Question, table: ActionTable, options: Options, pin: Pin) -> Mask:
    """bool[n_options]: the options that a pin speaks of.

    Raises
    ------
    ProblemError
        when there are none.
    """
    if pin.what == "close":
        return np.zeros(len(options.action), dtype=np.bool_)
    meant = _at_place(table, pin.place)
    meant &= np.array(
        [
            (one.what == pin.what if pin.what is not None else one.what != "keep")
            and (pin.kind is None or one.kind == pin.kind)
            and (pin.hours is None or one.hours == pin.hours)
            for one in table.actions
        ],
        dtype=np.bool_,
    )
    if not meant.any():
        raise ProblemError(
            say(
                "{place}: what is required or forbidden there is not among the actions: "
                "allow it under [actions]",
                place=pin.place,
            )
        )
    chosen = meant[options.action]
    if pin.what == "keep":
        chosen &= options.ends == len(question.years_meant)
    elif pin.year is not None:
        chosen &= options.begins == question.years_meant.index(pin.year)
    return chosen


def _kept_to_the_end(table: ActionTable, options: Options, pin: Pin) -> Mask:
    """bool[n_options]: those that leave a station standing where it is.

    Raises
    ------
    ProblemError
        when the station cannot be closed.
    """
    there = _at_place(table, pin.place)
    keeps = there & np.array([one.what == "keep" for one in table.actions], dtype=np.bool_)
    if not keeps.any():
        raise ProblemError(
            say("{place} cannot be closed: make it free under [actions]", place=pin.place)
        )
    chosen = there[options.action] & (options.ends == options.ends.max())
    return np.asarray(chosen)


def _stands_in(zone: Zone, table: ActionTable, stations: Stations, settings: Settings) -> bool:
    """Whether a fixed station of the zone's kinds stands in it."""
    frame = stations.frame
    fits = frame["status"].eq("open").to_numpy() & ~table.free
    if zone.kinds:
        fits &= frame["kind"].isin(zone.kinds).to_numpy()
    return bool((in_zone(zone, stations.lonlat, metric_crs=settings.metric_crs) & fits).any())


def _near_fixed(
    table: ActionTable, lonlat: Points, stations: Stations, *, within_m: float, crs: str
) -> Mask:
    """bool[n]: which points lie too near to a station that stays."""
    stays = stations.frame["status"].eq("open").to_numpy() & ~table.free
    if not stays.any() or not len(lonlat):
        return np.zeros(len(lonlat), dtype=np.bool_)
    near, _ = cKDTree(to_metric(stations.lonlat[stays], crs=crs)).query(to_metric(lonlat, crs=crs))
    return np.asarray(near < within_m)
