"""Who goes where, today or after a plan: the nearest place, its area, its seats."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypedDict

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

    import numpy.typing as npt
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
class Standing:
    """What stands in a city, today or after a plan, and how workers go to it.

    ``demand`` is as the question changes it, ``factors`` are the speeds by mode, ``settings`` those
    of the city.
    """

    demand: Demand
    groups: tuple[GroupSettings, ...]
    places: StandingPlaces
    network: RoadNetwork
    settings: Settings
    standard: StandardWord
    factors: Mapping[str, float]
    counted: Counted

    def areas(self, *, is_open: npt.NDArray[np.bool_] | None = None) -> dict[str, BaseGeometry]:
        """Draw each group's area by its own standard, of places that are open."""
        serving = self.places.serves if is_open is None else self.places.serves & is_open
        where = {
            group.id: self.places.lonlat[row]
            for group, row in zip(self.groups, serving, strict=True)
        }
        return group_areas(
            self.network,
            self.settings,
            self.groups,
            where,
            standard=self.standard,
            speed_factors=self.factors,
        )

    @property
    def standards(self) -> dict[str, ServiceStandard]:
        """The standard of each group."""
        return {
            group.id: standard_of(group, self.settings, standard=self.standard)
            for group in self.groups
        }


@dataclass(frozen=True, eq=False)
class Ground:
    """What stands, and every way to it within the standard."""

    stands: Standing
    ways: Ways


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
    stands = _standing(
        workspace,
        actions=actions,
        question=question,
        standard=standard,
        when=when,
        counted=counted,
    )
    ways = ways_within(
        stands.demand,
        stands.places,
        stands.network,
        stands.settings,
        standard=stands.standard,
        speed_factors=stands.factors,
        on_progress=done,
    )
    return Ground(stands, ways)


def _standing(
    workspace: Workspace,
    *,
    actions: Sequence[DoneAction],
    question: Question | None,
    standard: StandardWord,
    when: str,
    counted: Counted,
) -> Standing:
    """Return what stands, as `ground_of` is asked for it."""
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
    return Standing(demand, groups, places, network, settings, standard, factors, counted)


def who_goes_where(ground: Ground) -> WhoGoesWhere:
    """Send all workers to the nearest place that serves them, and draw each group's area."""
    of = ground.stands
    places, counted = of.places, of.counted
    is_open, unknown = None, 0
    if counted.hour is not None:
        day = _SEVERAL_DAYS * DAYS.index(counted.day)
        is_open = places.open[:, 24 * day + counted.hour]
        unknown = int((~places.knows_hours).sum())
    return WhoGoesWhere(
        demand=of.demand,
        groups=of.groups,
        places=places,
        assignment=assign(ground.ways, of.demand.weights, is_open=is_open),
        standards=of.standards,
        areas=of.areas(is_open=is_open),
        hours_unknown=unknown,
    )


def seats_of(ground: Ground, question: Question) -> Seating | None:
    """Seat the workers of each hour; None where no seats, or no hours of demand, are known."""
    of = ground.stands
    if not of.demand.knows_hours or np.isnan(of.places.seats).all():
        return None
    at_once = question.capacity.at_once
    return measure_seating(of.demand, of.places, ground.ways, at_once=at_once)


def ground_after(workspace: Workspace, scenario: Scenario, *, done: Done | None = None) -> Ground:
    """Search the ways to what stands once a scenario is done, with what the workspace holds now."""
    return ground_of(workspace, **_after(scenario), done=done)


def ground_before(workspace: Workspace, scenario: Scenario, *, done: Done | None = None) -> Ground:
    """Search the ways to what stands without the plan, counted as the scenario's question asks."""
    asked = _after(scenario)
    asked["actions"] = ()
    return ground_of(workspace, **asked, done=done)


def standing_after(workspace: Workspace, scenario: Scenario) -> Standing:
    """Return what stands once a scenario is done, with what the workspace holds now.

    Raises
    ------
    NothingYetError
        when stations, workers or roads are not there yet.
    ProblemError
        when the scenario changes a station that is not in the register.
    """
    return _standing(workspace, **_after(scenario))


class _After(TypedDict):
    actions: Sequence[DoneAction]
    question: Question | None
    standard: StandardWord
    when: str
    counted: Counted


def _after(scenario: Scenario) -> _After:
    """Return what a scenario does and how it counts, as `ground_of` is asked."""
    asked, actions = asked_of(scenario), figures_of(scenario).actions
    if isinstance(asked, PlanAsked):
        return _After(
            actions=actions,
            question=None,
            standard=asked.standard,
            when=asked.when,
            counted=Counted(asked.demand),
        )
    return _After(
        actions=actions,
        question=asked.question,
        standard=asked.question.goal.standard,
        when=asked.when,
        counted=USUAL,
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
