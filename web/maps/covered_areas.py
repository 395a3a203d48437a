"""The areas that stations cover, group by group: each by the standard by which it is counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from geo.factors import TIME_FACTORS, with_factors
from planning.coverage.group_areas import group_areas
from planning.coverage.nominal import standard_of
from web.site.number_words import standard_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

    from data.demand import Demand
    from data.settings import GroupSettings, ServiceStandard, Settings
    from data.stations import Stations
    from data.vocabulary import StandardWord
    from geo.network import RoadNetwork
    from planning.siting.plan import SitingPlan
    from web.languages import Language


@dataclass(frozen=True, eq=False)
class CoveredArea:
    """Where each of some groups has an open station within its standard.

    ``standards`` are those of the groups, by group; ``of_plan`` marks the area of all groups for
    whom the plan adds somebody. ``area`` may be empty: then there is no such place.
    """

    standards: Mapping[str, ServiceStandard]
    area: BaseGeometry
    of_plan: bool = False

    def name(self, t: Language) -> str:
        """Name the area shortly, as a choice: for whom it is, by which standard."""
        n = len(self.standards)
        if n == 1:
            return self._held(t)
        groups = t("规划的 {n} 个工种", n=n) if self.of_plan else t("全部 {n} 个工种", n=n)
        standards = set(self.standards.values())
        by = standard_words(standards.pop(), t) if len(standards) == 1 else ""
        return t("，").join((groups, by or t("各按其标准")))

    def words(self, t: Language) -> str:
        """Say who has what within reach there, each group with its standard."""
        held = self._held(t)
        if len(self.standards) > 1:
            return t("现有站点同时覆盖：{groups}", groups=held)
        return t("现有站点覆盖：{groups}", groups=held)

    def _held(self, t: Language) -> str:
        """Name the groups with their standards; those of one standard together."""
        of_standard: dict[ServiceStandard, list[str]] = {}
        for group, standard in self.standards.items():
            of_standard.setdefault(standard, []).append(t.people(group))
        return t("；").join(
            t.listed(people) + t("，") + standard_words(standard, t)
            for standard, people in of_standard.items()
        )


def covered_areas(
    network: RoadNetwork,
    stations: Stations,
    settings: Settings,
    *,
    demand: Demand | None,
    plan: SitingPlan | None,
) -> tuple[CoveredArea, ...]:
    """Draw what the stations cover as the plan counts it: by group, its standard and its hour.

    First where all groups are covered for whom the plan adds somebody (without a plan: all groups
    that have workers), then each group by itself.
    """
    groups = [group for group in settings.groups if _has_workers(group, demand)]
    word: StandardWord = "group"
    if plan is not None:
        word = "national" if plan.before.standard == "national" else "group"
        when = plan.inputs.get("when", "usual")
        network = with_factors(network, TIME_FACTORS[when]) if when in TIME_FACTORS else network
    places = {group.id: stations.lonlat[stations.serves(group)] for group in groups}
    areas = group_areas(network, settings, groups, places, standard=word)
    planned = [group for group in groups if _gains(group.id, plan)] or groups
    standards = {group.id: standard_of(group, settings, standard=word) for group in groups}
    single = [CoveredArea({one.id: standards[one.id]}, areas[one.id]) for one in groups]
    if not planned:
        return ()
    together = CoveredArea(
        {group.id: standards[group.id] for group in planned},
        shapely.intersection_all([areas[group.id] for group in planned]),
        of_plan=plan is not None,
    )
    if len(planned) > 1:
        return (together, *single)
    return tuple(sorted(single, key=lambda one: planned[0].id not in one.standards))


def _has_workers(group: GroupSettings, demand: Demand | None) -> bool:
    if demand is None:
        return True
    return group.id in demand.groups and bool(
        demand.weights[:, demand.groups.index(group.id)].any()
    )


def _gains(group: str, plan: SitingPlan | None) -> bool:
    sites = () if plan is None else plan.sites
    return any(site.adds_by_group.get(group, 0.0) > 0 for site in sites)
