"""The answer of `yizhan effective`: measured, kept beside the other answers, read back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.china_time import today_here
from data.database.coming_changes import overlaid
from data.hours import WorkCalendar
from data.report_book import doubted_stations
from geo.errors import InputError
from geo.messages import say
from planning.coverage.aims import basics_tested
from planning.coverage.effective import EffectiveCoverage, group_reaches, measure_effective
from planning.coverage.evidence import ServiceEvidence, service_evidence
from planning.coverage.extended_hours import LongerHours, hourly_gains, longer_hours
from planning.coverage.nominal import groups_of
from planning.coverage.service_week import changing_week, service_week
from web.services import LONGER
from web.services.freshness import outdated
from web.services.keeping import keep

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from data.database import Result
    from data.demand import Demand
    from data.stations import Stations
    from data.workspace import Workspace
    from web.services.keeping import Unkept

KIND: Final = "effective"
#: Of another way of counting (what is not known was once counted as met) nothing kept is shown.
_COUNTING: Final = "range of hours, entry and equipment"


@dataclass(frozen=True, eq=False)
class EffectiveAnswer:
    """Effective coverage, the stations to open longer, and what both stand on.

    ``week_of`` is a day of the real week that was asked for, None for a plain week; ``knows_hours``
    tells whether the demand says at which hours workers want a rest place; ``tests_basics`` whether
    every group is asked for the basic equipment; ``unsettled`` whether the week holds days whose
    holidays are not announced. ``inputs`` maps inputs to their hashes.
    """

    coverage: EffectiveCoverage
    longer: tuple[LongerHours, ...]
    evidence: ServiceEvidence
    knows_hours: bool
    tests_basics: bool = True
    week_of: date | None = None
    unsettled: bool = False
    inputs: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON, without the inputs."""
        return {
            "coverage": self.coverage.as_dict(),
            "longer_hours": [one.as_dict() for one in self.longer],
            "evidence": self.evidence.as_dict(),
            "knows_hours": self.knows_hours,
            "tests_basics": self.tests_basics,
            "week_of": None if self.week_of is None else self.week_of.isoformat(),
            "unsettled": self.unsettled,
        }

    @classmethod
    def of_result(cls, kept: Result) -> EffectiveAnswer:
        """Read back a kept answer."""
        body = kept.body
        week_of = body["week_of"]
        return cls(
            coverage=EffectiveCoverage.from_dict(body["coverage"]),
            longer=tuple(LongerHours(**one) for one in body["longer_hours"]),
            evidence=ServiceEvidence(**body["evidence"]),
            knows_hours=bool(body["knows_hours"]),
            tests_basics=bool(body["tests_basics"]),
            week_of=None if week_of is None else date.fromisoformat(week_of),
            unsettled=bool(body["unsettled"]),
            inputs={name: str(value) for name, value in kept.inputs.items()},
        )


def effective_of(
    workspace: Workspace,
    *,
    week_of: date | None = None,
    hours: int = LONGER,
    group: str | None = None,
    done: Callable[[str, float], None] | None = None,
    unkept: Unkept | None = None,
) -> EffectiveAnswer:
    """Measure effective coverage of the workspace; that of a plain week is kept as a result.

    With a ``group`` the stations are ranked by what they would gain for that group alone; what is
    kept is ranked for all. ``unkept`` is told why it is not kept where the disk is full; without it
    that is refused.

    Raises
    ------
    NothingYetError
        when stations, workers or roads are not there yet.
    InputError
        when ``hours`` is not 1 to 12, or the demand has nobody of ``group``.
    """
    by_day = _by_day(workspace, week_of)
    demand, stations, network = workspace.demand(), by_day[0], workspace.network()
    _check_group(demand, group)
    settings, doubted = workspace.settings, doubted_stations(workspace)
    inputs = {
        "demand": demand.content_hash,
        "stations": stations.content_hash,
        "network": network.content_hash,
        "settings": settings.content_hash,
        "doubted": _version_of(doubted),
        "counting": _COUNTING,
    }
    calendar, groups = WorkCalendar.china(), groups_of(demand, settings)
    if week_of is None:
        week = service_week(stations, groups, doubted=doubted)
    else:
        week = changing_week(by_day, groups, calendar=calendar, on=week_of, doubted=doubted)
    reaches = group_reaches(demand, stations, network, settings, on_progress=done)
    gains = hourly_gains(reaches, week)
    answer = EffectiveAnswer(
        coverage=measure_effective(demand, reaches, week),
        longer=longer_hours(stations, gains, week, groups=demand.groups, hours=hours),
        evidence=service_evidence(stations, week, on=today_here(), groups=groups, doubted=doubted),
        knows_hours=demand.knows_hours,
        tests_basics=basics_tested(groups),
        week_of=week_of,
        unsettled=week_of is not None and not _settled(week_of, calendar),
        inputs=inputs,
    )
    if week_of is None:
        _keep(workspace, answer, unkept)
    if group is None:
        return answer
    only = gains * np.array([name == group for name in demand.groups])[:, None, None, None]
    ranked = longer_hours(stations, only, week, groups=demand.groups, hours=hours)
    return replace(answer, longer=ranked)


def _by_day(workspace: Workspace, week_of: date | None) -> list[Stations]:
    """Return the stations on each day of a week from its Monday; of a plain week those of today.

    They are those of the register as it is, under the changes that hold on each day; who moves
    within the week stands all of it where the Monday finds it.
    """
    if week_of is None:
        return [workspace.stations()]
    base, changes = workspace.register().stations(), workspace.coming_changes().entered()
    monday = week_of - timedelta(days=week_of.weekday())
    days = [monday + timedelta(days=number) for number in range(7)]
    if not any(change.holds_on(day) for change in changes for day in days):
        return [base] * 7
    return [overlaid(base, changes, day) for day in days]


def _settled(week_of: date, calendar: WorkCalendar) -> bool:
    """Tell whether no notice to come can change a day of a week."""
    monday = week_of - timedelta(days=week_of.weekday())
    return all(calendar.settled(monday + timedelta(days=number)) for number in range(7))


def _keep(workspace: Workspace, answer: EffectiveAnswer, unkept: Unkept | None) -> None:
    """Keep an answer, unless the newest that is kept says the same."""
    newest, body = workspace.newest_result(KIND), answer.as_dict()
    if newest is None or newest.inputs != answer.inputs or newest.body != body:
        keep(workspace, KIND, inputs=answer.inputs, body=body, unkept=unkept)


def doubted_version(workspace: Workspace) -> str:
    """Return a hash of the stations of which two workers say that they serve nobody."""
    return _version_of(doubted_stations(workspace))


def _version_of(doubted: frozenset[str]) -> str:
    return hashlib.sha256("\n".join(sorted(doubted)).encode()).hexdigest()


def kept_effective(
    workspace: Workspace, inputs: Mapping[str, str | None], *, doubted: str | None = None
) -> EffectiveAnswer | None:
    """Return the newest kept answer that is of the same inputs; None where there is none.

    With ``doubted`` (as `doubted_version` gives it) only one that doubts the same stations.
    None too where the roads are taken as at night or in the winter: it is kept of the usual ones.
    """
    if inputs.get("when", "usual") != "usual":
        return None
    for kept in workspace.results(KIND, limit=20):
        if kept.inputs.get("counting") != _COUNTING:
            continue
        if doubted is not None and kept.inputs.get("doubted") != doubted:
            continue
        if outdated(KIND, kept.inputs, inputs) is None:
            return EffectiveAnswer.of_result(kept)
    return None


def _check_group(demand: Demand, group: str | None) -> None:
    """Refuse a group that the demand does not have, or that has nobody (InputError)."""
    if group is None:
        return
    known = ", ".join(demand.groups)
    if group not in demand.groups:
        raise InputError(
            say("--group {group}: the demand has {known}", group=group[:40], known=known)
        )
    if not demand.total(group):
        raise InputError(
            say(
                "--group {group}: nobody of this group is there: name one of {known}",
                group=group,
                known=known,
            )
        )
