"""The answer to a siting question: where to build, how good that is, and what it does."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from planning.coverage.change import CoverageChange
from planning.coverage.nominal import Coverage
from planning.siting.shortfall import Shortfall

if TYPE_CHECKING:
    from planning.engine.params import Plan


@dataclass(frozen=True)
class PlannedSite:
    """One site of a plan, in the order in which to build (each next one adds most).

    ``adds_workers`` are those whom it covers beside the existing stations and the sites before
    it; ``lost_without`` those who would lose cover if it alone were left out of the whole plan.
    """

    order: int
    site_id: str
    name: str
    lon: float
    lat: float
    kind: str
    district: str
    adds_workers: float
    adds_by_group: dict[str, float]
    lost_without: float


@dataclass(frozen=True)
class FinerBound:
    """What plans could cover at most with more candidates, all else being as it was asked.

    ``spacing_m`` is the step of the grid whose road nodes were added, 0 where all were;
    ``candidates`` how many sites there are then, those of the plan among them. ``bound`` is the
    number of workers (existing stations and plan together) that no choice of as many of them can
    pass, ``more_workers`` how far that is above the plan. ``status`` and ``runtime_s`` are those of
    the search for it.
    """

    spacing_m: float
    candidates: int
    bound: float
    more_workers: float
    status: str
    runtime_s: float


@dataclass(frozen=True, eq=False)
class SitingPlan:
    """Where to build, how good that is proven to be, and coverage before and after.

    ``objective`` is the number of workers covered after (existing stations and plan together),
    ``bound`` what no choice of as many sites can pass, ``gap`` their relative distance; all three
    are finite. ``shortfalls`` say what keeps further sites out where ``sites`` are fewer than were
    asked for. ``answer`` is what the engine said, for the next question; it is not stored.
    ``beside`` is what the plan does by the standard for which it was not made
    (`with_other_standard`), ``finer`` what more candidates could add at most
    (`planning.siting.fineness`); None where nobody asked.
    """

    status: str
    objective: float
    bound: float
    gap: float
    runtime_s: float
    method: str
    sites: tuple[PlannedSite, ...]
    before: Coverage
    after: Coverage
    inputs: dict[str, str]
    shortfalls: tuple[Shortfall, ...] = ()
    answer: Plan | None = field(default=None, repr=False)
    beside: CoverageChange | None = None
    finer: FinerBound | None = None

    @property
    def covered_before(self) -> float:
        """Workers within the standard of an existing station."""
        return self.before.row().within_one

    @property
    def covered_after(self) -> float:
        """Workers within the standard of an existing or planned station."""
        return self.after.row().within_one

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "status": self.status,
            "objective": self.objective,
            "covered_before": self.covered_before,
            "covered_after": self.covered_after,
            "bound": self.bound,
            "gap": self.gap,
            "runtime_s": self.runtime_s,
            "method": self.method,
            "sites": [asdict(site) for site in self.sites],
            "before": self.before.as_dict(),
            "after": self.after.as_dict(),
            "beside": None if self.beside is None else self.beside.as_dict(),
            "finer": None if self.finer is None else asdict(self.finer),
            "inputs": dict(self.inputs),
            "shortfalls": [asdict(one) for one in self.shortfalls],
        }

    @classmethod
    def from_dict(cls, body: dict[str, Any]) -> SitingPlan:
        """Read back what `as_dict` wrote."""
        beside = body.get("beside")  # plans that were stored before it was measured
        finer = body.get("finer")
        return cls(
            status=str(body["status"]),
            objective=float(body["objective"]),
            bound=float(body["bound"]),
            gap=float(body["gap"]),
            runtime_s=float(body["runtime_s"]),
            method=str(body["method"]),
            sites=tuple(PlannedSite(**site) for site in body["sites"]),
            before=Coverage.from_dict(body["before"]),
            after=Coverage.from_dict(body["after"]),
            inputs=dict(body["inputs"]),
            shortfalls=tuple(
                Shortfall(**{**one, "limits": tuple(one["limits"])})
                for one in body.get("shortfalls", ())  # plans that were stored before they were
            ),
            beside=None if beside is None else CoverageChange.from_dict(beside),
            finer=None if finer is None else FinerBound(**finer),
        )
