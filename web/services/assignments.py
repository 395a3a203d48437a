"""Who goes where, today or after a plan: the nearest place, its area, its seats."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from data.demand import DAYS
from data.files.layer_styles import LayerStyle
from data.files.map_layers import MapLayer, write_layers
from data.report_book import doubted_stations
from planning.coverage.assignment import Assignment, StandingPlaces, Ways, assign, ways_within
from planning.coverage.group_areas import group_areas
from planning.coverage.nominal import groups_of, standard_of
from planning.coverage.seating import Seating, measure_seating
from planning.decisions.items import people_by_year
from planning.decisions.world import changed_roads
from planning.scenarios.forms import asked_of, figures_of
from planning.scenarios.plan_document import PlanAsked
from planning.scenarios.standing import places_after
from web.design.markers import QGIS_SHAPES
from web.design.palette import KIND_COLOURS, ONE_OF_MANY
from web.languages import CHINESE
from web.services.counted import USUAL, Counted
from web.services.networks import network_when

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from data.demand import Demand
    from data.questions import Question
    from data.scenarios import Scenario
    from data.settings import GroupSettings, ServiceStandard, Settings
    from data.vocabulary import StandardWord
    from data.workspace import Workspace
    from geo.network import RoadNetwork
    from planning.scenarios.figures import DoneAction
    from web.languages import Language
    from web.services import Done, Figures

_SEVERAL_DAYS: Final = 5  # Saturday is the sixth day of the week


@dataclass(frozen=True, eq=False)
class WhoGoesWhere:
    """Each cell's workers of each group and the place they go to, with each group's area.

    ``demand`` is as the question changes it; ``standards`` and ``areas`` by group;
    ``hours_unknown`` counts the places that were left out because an hour was asked for and theirs
    are not known.
    """

    demand: Demand
    groups: tuple[GroupSettings, ...]
    places: StandingPlaces
    assignment: Assignment
    standards: Mapping[str, ServiceStandard]
    areas: Mapping[str, BaseGeometry]
    hours_unknown: int = 0

    def summary(self) -> Figures:
        """Plain data for JSON: how many go, how far in the mean, how many have nothing."""
        rows = [self._row(number) for number in range(len(self.groups))]
        workers = sum(row["workers"] for row in rows)
        spent = sum(row["workers"] * (row["mean_s"] or 0.0) for row in rows)
        return {
            "lines": len(self.assignment),
            "places": len(set(self.assignment.place.tolist())),
            "workers": workers,
            "without": float(self.assignment.left.sum()),
            "mean_s": spent / workers if workers else None,
            "hours_unknown": self.hours_unknown,
            "groups": rows,
        }

    def _row(self, number: int) -> Figures:
        mine = self.assignment.group == number
        workers = self.assignment.workers[mine]
        whole = float(workers.sum())
        mean = float(workers @ self.assignment.seconds[mine]) / whole if whole else None
        return {
            "group": self.groups[number].id,
            "workers": whole,
            "without": float(self.assignment.left[:, number].sum()),
            "mean_s": mean,
        }


@dataclass(frozen=True, eq=False)
class Ground:
    """What stands in a city, today or after a plan, and every way to it within the standard.

    ``factors`` are the speeds by mode, ``settings`` those of the city.
    """

    demand: Demand
    groups: tuple[GroupSettings, ...]
    places: StandingPlaces
    ways: Ways
    network: RoadNetwork
    settings: Settings
    standard: StandardWord
    factors: Mapping[str, float]
    counted: Counted


def ground_of(
    workspace: Workspace,
    *,
    actions: Sequence[DoneAction] = (),
    question: Question | None = None,
    standard: StandardWord = "group",
    when: str = "usual",
    counted: Counted = USUAL,
    done: Done | None = None,
) -> Ground:
    """Search the ways from all workers of a workspace to what stands.

    Parameters
    ----------
    actions
        what a plan does; none: today's stations.
    question
        what the plan was asked: its standard, its changes of the world, its seats, nominal or
        effective. None: ``standard`` holds, nothing changes, places serve as the register says.
    when
        the time of the roads.
    counted
        whom to count; with an hour only places that are open at that hour of a Monday, or of a
        Saturday, take anybody.

    Raises
    ------
    NothingYetError
        when stations, workers or roads are not there yet.
    ProblemError
        when the plan changes a station that is not in the register.
    """
    settings, demand = workspace.settings, counted.demand(workspace)
    network = network_when(workspace, when)
    groups = groups_of(demand, settings)
    factors: Mapping[str, float] = {}
    seats: Mapping[str, int] = {}
    if question is not None:
        standard, factors = question.goal.standard, question.world.speed_factors
        seats = question.capacity.seats_by_kind
        network = changed_roads(network, question, settings=settings)
        demand = replace(demand, weights=people_by_year(question, demand, settings)[-1])
    places = places_after(
        workspace.stations(),
        groups,
        actions=actions,
        effective=question is not None and question.goal.coverage == "effective",
        doubted=doubted_stations(workspace),
        seats_by_kind=seats,
    )
    ways = ways_within(
        demand,
        places,
        network,
        settings,
        standard=standard,
        speed_factors=factors,
        on_progress=done,
    )
    return Ground(demand, groups, places, ways, network, settings, standard, factors, counted)


def who_goes_where(ground: Ground) -> WhoGoesWhere:
    """Send all workers to the nearest place that serves them, and draw each group's area."""
    places, settings, counted = ground.places, ground.settings, ground.counted
    is_open, unknown = None, 0
    if counted.hour is not None:
        day = _SEVERAL_DAYS * DAYS.index(counted.day)
        is_open = places.open[:, 24 * day + counted.hour]
        unknown = int((~places.knows_hours).sum())
    serving = places.serves if is_open is None else places.serves & is_open
    where = {
        group.id: places.lonlat[row] for group, row in zip(ground.groups, serving, strict=True)
    }
    return WhoGoesWhere(
        demand=ground.demand,
        groups=ground.groups,
        places=places,
        assignment=assign(ground.ways, ground.demand.weights, is_open=is_open),
        standards={
            group.id: standard_of(group, settings, standard=ground.standard)
            for group in ground.groups
        },
        areas=group_areas(
            ground.network,
            settings,
            ground.groups,
            where,
            standard=ground.standard,
            speed_factors=ground.factors,
        ),
        hours_unknown=unknown,
    )


def seats_of(ground: Ground, question: Question) -> Seating | None:
    """Seat the workers of each hour; None where no seats, or no hours of demand, are known."""
    if not ground.demand.knows_hours or np.isnan(ground.places.seats).all():
        return None
    at_once = question.capacity.at_once
    return measure_seating(ground.demand, ground.places, ground.ways, at_once=at_once)


def ground_after(workspace: Workspace, scenario: Scenario, *, done: Done | None = None) -> Ground:
    """Search the ways to what stands once a scenario is done, with what the workspace holds now."""
    asked, actions = asked_of(scenario), figures_of(scenario).actions
    if isinstance(asked, PlanAsked):
        return ground_of(
            workspace,
            actions=actions,
            standard=asked.standard,
            when=asked.when,
            counted=Counted(asked.demand),
            done=done,
        )
    return ground_of(
        workspace, actions=actions, question=asked.question, when=asked.when, done=done
    )


def write_assignment(
    found: WhoGoesWhere, file: Path, *, sample: bool, language: Language = CHINESE
) -> None:
    """Write the layers ``assignment``, ``areas`` and ``places`` (`data.files.map_layers`)."""
    layers = (_areas(found, language), _lines(found, language), _places(found, language))
    write_layers(layers, file, sample=sample)


def _lines(found: WhoGoesWhere, t: Language) -> MapLayer:
    of, places = found.assignment, found.places
    ends = np.stack([found.demand.lonlat[of.cell], places.lonlat[of.place]], axis=1)
    ids = [found.groups[number].id for number in of.group]
    return MapLayer(
        name="assignment",
        sort="line",
        geometry=[shapely.LineString(line) for line in ends],
        columns={
            "cell": found.demand.ids[of.cell].tolist(),
            "group": ids,
            "place": [places.ids[number] for number in of.place],
            "place_name": [places.names[number] for number in of.place],
            "seconds": np.round(of.seconds, 1).tolist(),
            "workers": np.round(of.workers, 4).tolist(),
        },
        style=_by_group(found, t, width_mm=0.2),
    )


def _areas(found: WhoGoesWhere, t: Language) -> MapLayer:
    drawn = [
        (group, number)
        for number, group in enumerate(found.groups)
        if not found.areas[group.id].is_empty
    ]
    held = [found.standards[group.id] for group, _ in drawn]
    return MapLayer(
        name="areas",
        sort="area",
        geometry=[found.areas[group.id] for group, _ in drawn],
        columns={
            "group": [group.id for group, _ in drawn],
            "mode": [one.mode for one in held],
            "minutes": [one.cutoff_s / 60 for one in held],
            "radius_m": [np.nan if one.radius_m is None else one.radius_m for one in held],
            "kinds": [tuple(sorted(group.kinds)) for group, _ in drawn],
            "places": [int(found.places.serves[number].sum()) for _, number in drawn],
        },
        style=_by_group(found, t, width_mm=0.4),
    )


def _by_group(found: WhoGoesWhere, t: Language, *, width_mm: float) -> LayerStyle:
    ids = [group.id for group in found.groups]
    return LayerStyle(
        column="group",
        colours={group: ONE_OF_MANY[row % len(ONE_OF_MANY)] for row, group in enumerate(ids)},
        labels={group: t.group(group) for group in ids},
        opacity=0.12,
        width_mm=width_mm,
    )


def _places(found: WhoGoesWhere, t: Language) -> MapLayer:
    of, places = found.assignment, found.places
    n = len(places)
    whole = np.bincount(of.place, weights=of.workers, minlength=n)
    spent = np.bincount(of.place, weights=of.workers * of.seconds, minlength=n)
    by_group = {
        f"workers_{group.id}": np.round(
            np.bincount(of.place, weights=of.workers * (of.group == number), minlength=n), 4
        ).tolist()
        for number, group in enumerate(found.groups)
    }
    kinds = list(dict.fromkeys(places.kinds))
    return MapLayer(
        name="places",
        sort="point",
        geometry=[shapely.Point(point) for point in places.lonlat],
        columns={
            "id": list(places.ids),
            "name": list(places.names),
            "kind": list(places.kinds),
            "order": list(places.order),
            "seats": places.seats.tolist(),
            "workers": np.round(whole, 4).tolist(),
            "mean_seconds": np.round(
                np.divide(spent, whole, out=np.full(n, np.nan), where=whole > 0), 1
            ).tolist(),
            **by_group,
        },
        style=LayerStyle(
            column="kind",
            colours={kind: KIND_COLOURS[kind] for kind in kinds},
            labels={kind: t.kind(kind) for kind in kinds},
            shapes=QGIS_SHAPES,
        ),
    )
