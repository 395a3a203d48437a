"""What a scenario changes: each group's area and its cover by the hour, before and after; kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import shapely

from planning.coverage.assignment import assign
from web.services import part_of
from web.services.assignments import ground_after, ground_before
from web.services.freshness import inputs_of, same_inputs

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from data.scenarios import Scenario
    from data.workspace import Workspace
    from web.services import Done
    from web.services.assignments import Ground

KIND: Final = "before_after"
HOURS: Final = 24
_LOOK_BACK: Final = 40
_PARTS: Final = 3
#: Areas are drawings: corners nearer than this to a line between others are left out (about 40 m),
#: and degrees are written to about a metre.
_SMOOTH: Final = 0.0004
_DIGITS: Final = 0.00001


def measure_before_after(
    workspace: Workspace, scenario: Scenario, *, done: Done | None = None
) -> dict[str, Any]:
    """Measure what a scenario changes, and keep it; plain data for JSON.

    ``done`` hears how much of all is done.

    ``areas[group]`` holds the GeoJSON geometries ``before`` and ``after``, degrees of WGS-84;
    ``hours[group]`` the shares of its workers with an open station in reach at each hour of a
    Monday, ``before`` and ``after``; "all" stands for all groups. ``n_unknown`` stations have no
    known hours and count as shut.

    Raises
    ------
    NothingYetError
        when stations, workers or roads are not there yet.
    ProblemError
        when the plan changes a station that is not in the register.
    """
    grounds = {
        "before": ground_before(workspace, scenario, done=part_of(done, 0, _PARTS)),
        "after": ground_after(workspace, scenario, done=part_of(done, 1, _PARTS)),
    }
    areas = part_of(done, 2, _PARTS)
    if areas is not None:
        areas("areas", 0.0)
    drawn = {when: ground.stands.areas() for when, ground in grounds.items()}
    hours = {when: _by_hour(ground) for when, ground in grounds.items()}
    groups = [group.id for group in grounds["after"].stands.groups]
    body = {
        "groups": groups,
        "areas": {g: {when: _plain(drawn[when][g]) for when in grounds} for g in groups},
        "hours": {g: {when: hours[when][g] for when in grounds} for g in ("all", *groups)},
        "n_unknown": int((~grounds["before"].stands.places.knows_hours).sum()),
    }
    workspace.save_result(KIND, inputs=_inputs(workspace, scenario), body=body)
    return body


def kept_before_after(workspace: Workspace, scenario: Scenario) -> dict[str, Any] | None:
    """Return what was measured of the present inputs; None where nothing was."""
    inputs = _inputs(workspace, scenario)
    for kept in workspace.results(KIND, limit=_LOOK_BACK):
        if same_inputs(kept.inputs, inputs, tuple(inputs)):
            return dict(kept.body)
    return None


def area_differences(
    first: dict[str, Any], second: dict[str, Any]
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return for each group of both the area that only ``first`` and only ``second`` reaches."""
    made = {}
    for group in first["groups"]:
        if group not in second["areas"]:
            continue
        one, other = (
            shapely.make_valid(shapely.from_geojson(json.dumps(of["areas"][group]["after"])))
            for of in (first, second)
        )
        made[group] = {
            "first": _plain(one.difference(other)),
            "second": _plain(other.difference(one)),
        }
    return made


def _by_hour(ground: Ground) -> dict[str, list[float]]:
    """Return the share of each group, and of all, with an open place in reach, by hour."""
    stands = ground.stands
    made: dict[str, list[float]] = {group.id: [] for group in stands.groups}
    made["all"] = []
    for hour in range(HOURS):
        demand = stands.demand
        people = demand.at(hour=hour) if demand.knows_hours else demand.weights
        left = assign(ground.ways, people, is_open=stands.places.open[:, hour]).left
        whole, without = people.sum(axis=0), left.sum(axis=0)
        for number, group in enumerate(stands.groups):
            made[group.id].append(_share(whole[number], without[number]))
        made["all"].append(_share(whole.sum(), without.sum()))
    return made


def _share(whole: float, without: float) -> float:
    return round(float(1.0 - without / whole), 4) if whole > 0 else 0.0


def _plain(area: BaseGeometry) -> dict[str, Any]:
    """Return an area as a GeoJSON geometry of polygons alone, with few corners."""
    drawn = shapely.set_precision(shapely.simplify(area, _SMOOTH), _DIGITS)
    polygons = [part for part in shapely.get_parts(drawn) if part.geom_type == "Polygon"]
    found: dict[str, Any] = json.loads(shapely.to_geojson(shapely.multipolygons(polygons)))
    return found


def _inputs(workspace: Workspace, scenario: Scenario) -> dict[str, str]:
    """Return the hashes of what it is computed from."""
    inputs = inputs_of(
        workspace.demand(), workspace.stations(), workspace.network(), workspace.settings
    )
    return inputs | {"scenario": scenario.content_hash}
