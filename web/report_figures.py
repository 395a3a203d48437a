"""The figures of a report: coverage before and after, gaps, and what the register can tell.

Plain numbers and words, no HTML: the page and the CSV files are both written from them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.vocabulary import KINDS
from planning.coverage import ALL, Coverage, CoverageRow

if TYPE_CHECKING:
    from datetime import date

    from data.settings import Settings
    from data.stations import Stations
    from planning.siting import SitingPlan
    from web.freshness import Outdated
    from web.language import Language

_BASIC_EQUIPMENT: Final = ("drinking_water", "microwave", "seats", "phone_charging", "first_aid")
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
class ReportFigures:
    """What a report says: coverage now and, where there is a plan, after it.

    ``national`` is coverage by the national standard, None where it was not measured. ``inputs``
    maps what the figures were computed from to its sha256; ``places`` name the sites of the plan
    in their order; ``outdated`` says what has changed since. ``stations`` is None where the
    present register is not the one that the figures are of.
    """

    settings: Settings
    stations: Stations | None
    before: Coverage
    plan: SitingPlan | None
    national: Coverage | None
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
        """Return where most workers are out of reach: three groups, each in its worst district."""
        rows = [row for row in self.newest.rows if ALL not in {row.group, row.district}]
        rows.sort(key=lambda row: row.within_one - row.workers)
        worst: dict[str, CoverageRow] = {}
        for row in rows:
            if row.workers - row.within_one >= 1:
                worst.setdefault(row.group, row)
        return tuple(worst.values())[:_N_GAPS]

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


@dataclass(frozen=True)
class Aim:
    """One of the four aims of the national standard, and what the register says about it."""

    name: str
    question: str
    n: int | None
    total: int


def aims_of(stations: Stations, t: Language) -> tuple[Aim, ...]:
    """Tell for each of 看得见 找得到 进得来 用得上 for how many open stations the register vouches.

    ``n`` is None where the register has no word about it.
    """
    frame = stations.frame[stations.frame["status"] == "open"]
    total = len(frame)
    equipped = sum(set(_BASIC_EQUIPMENT) <= set(facilities) for facilities in frame["facilities"])
    return (
        Aim(
            t("看得见", "Seen (看得见)"),
            t("统一名称和标识：名册没有这一项，需到场核实", "A uniform sign: not in the register"),
            None,
            total,
        ),
        Aim(
            t("找得到", "Found (找得到)"),
            t("有位置，也写明地址", "Placed on the map, with an address"),
            int((frame["address"] != "").sum()),
            total,
        ),
        Aim(
            t("进得来", "Entered (进得来)"),
            t("写明开放时间", "Opening hours stated"),
            int((frame["hours"] != "").sum()),
            total,
        ),
        Aim(
            t("用得上", "Usable (用得上)"),
            t(
                "饮水、微波炉、桌椅、手机充电、急救箱齐全",
                "Water, microwave, seats, charging and first aid all there",
            ),
            equipped,
            total,
        ),
    )
