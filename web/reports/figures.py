"""The figures of a report: coverage before and after, gaps, and what the register can tell.

Plain numbers and words, no HTML: the page and the CSV files are both written from them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.vocabulary import KINDS
from planning.coverage.nominal import ALL, Coverage, CoverageRow

if TYPE_CHECKING:
    from datetime import date

    from data.settings import Settings
    from data.stations import Stations
    from planning.siting.plan import SitingPlan
    from web.services.freshness import Outdated

_N_GAPS: Final = 3


@dataclass(frozen=True)
class LeftOut:
    """A group that no kind of the plan's stations serves.

    ``missing`` are its workers without a station, ``kinds`` what would serve them, the most
    particular first.
    """

    group: str
    missing: float
    kinds: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class StandardPair:
    """Coverage by one standard: before, and after the plan where there is one."""

    before: Coverage
    after: Coverage | None

    @property
    def gained(self) -> float:
        """Workers who have a station after the plan and have none before; 0 without a plan."""
        newest = self.after or self.before
        return newest.row().within_one - self.before.row().within_one


@dataclass(frozen=True, eq=False)
class ReportFigures:
    """What a report says: coverage now and, where there is a plan, after it, in whole workers.

    ``other`` is coverage by the other standard, None where it was not measured. ``inputs``
    maps what the figures were computed from to its sha256; ``places`` name the sites of the plan
    in their order; ``outdated`` says what has changed since. ``stations`` is None where the
    present register is not the one that the figures are of.
    """

    settings: Settings
    stations: Stations | None
    before: Coverage
    plan: SitingPlan | None
    other: Coverage | None
    inputs: dict[str, str]
    made_on: date
    places: tuple[str, ...] = ()
    outdated: Outdated | None = None

    @property
    def after(self) -> Coverage | None:
        """Coverage after the plan, None where there is none."""
        return None if self.plan is None else self.plan.after

    @property
    def newest(self) -> Coverage:
        """Coverage after the plan, or now where there is no plan."""
        return self.after or self.before

    @property
    def pairs(self) -> tuple[StandardPair, ...]:
        """Coverage by each standard, before and after: the national one first."""
        beside = None if self.plan is None else self.plan.beside
        pairs = [StandardPair(self.before, self.after)]
        if self.other is not None:
            pairs.append(StandardPair(self.other, None if beside is None else beside.after))
        return tuple(sorted(pairs, key=lambda pair: pair.before.standard != "national"))

    @property
    def national(self) -> StandardPair | None:
        """Coverage by the national standard, None where it was not measured."""
        found = (pair for pair in self.pairs if pair.before.standard == "national")
        return next(found, None)

    @property
    def n_open(self) -> int:
        """Stations that the register calls open."""
        return 0 if self.stations is None else int((self.stations.frame["status"] == "open").sum())

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of workers, without "all"."""
        return tuple(group for group in self.before.groups if group != ALL)

    @property
    def peopled_groups(self) -> tuple[str, ...]:
        """The groups that have workers here."""
        return tuple(group for group in self.groups if self.before.row(group).workers > 0)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the open stations, in the order of the vocabulary."""
        if self.stations is None:
            return ()
        there = set(self.stations.frame["kind"][self.stations.frame["status"] == "open"])
        return tuple(term.id for term in KINDS if term.id in there)

    @property
    def city(self) -> str:
        """The city's name as it stands before Chinese words: a space after Latin letters."""
        name = self.settings.name
        return f"{name} " if name[-1].isascii() else name

    @property
    def districts(self) -> tuple[str, ...]:
        """The districts that have workers, without "all"."""
        names = (name for name in self.before.districts if name != ALL)
        return tuple(name for name in names if self.before.row(ALL, name).workers > 0)

    def gaps(self) -> tuple[CoverageRow, ...]:
        """Return where most workers are out of reach: the three worst of all groups and districts.

        One group may stand there three times, and one district.
        """
        rows = [row for row in self.newest.rows if ALL not in {row.group, row.district}]
        rows.sort(key=lambda row: row.within_one - row.workers)
        return tuple(row for row in rows[:_N_GAPS] if row.workers - row.within_one >= 1)

    @property
    def planned_kinds(self) -> tuple[str, ...]:
        """The kinds of the plan's sites, in the order of the vocabulary."""
        there = set() if self.plan is None else {site.kind for site in self.plan.sites}
        return tuple(term.id for term in KINDS if term.id in there)

    def left_out(self) -> tuple[LeftOut, ...]:
        """Return the groups that no kind of new station serves while some of them have none."""
        groups = [held for held in self.settings.groups if held.id in self.peopled_groups]
        found = []
        for held in groups if self.planned_kinds else ():
            row = self.newest.row(held.id)
            missing = row.workers - row.within_one
            if missing >= 1 and not held.kinds & set(self.planned_kinds):
                # The kinds made for few groups first: those are what a planner would build.
                n_served = {kind: sum(kind in one.kinds for one in groups) for kind in held.kinds}
                order = [term.id for term in reversed(KINDS) if term.id in held.kinds]
                order.sort(key=lambda kind: n_served[kind])
                found.append(LeftOut(held.id, missing, tuple(order)))
        return tuple(found)

    def manifest(self) -> str:
        """Return the sha256 of all inputs together: the number of this report."""
        text = json.dumps(self.inputs, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()
