"""The answer to a question: what is done when and where, what it does, what it costs whom."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planning.engine.params import Plan


def _known(figure: float) -> float | None:
    return float(figure) if math.isfinite(figure) else None


def _figure(told: float | None) -> float:
    return math.nan if told is None else float(told)


@dataclass(frozen=True)
class DecidedAction:
    """One action of a plan, in the order of years and of what it adds.

    ``adds`` is what it covers in its first year beside what stands and the actions before it, by
    the question's own measure (workers, or worker-hours of a week), less what a station that moves
    leaves behind; ``lost_without`` what only it
    covers in the last year. ``paid`` is yuan by payer over the years of the plan,
    ``cost_per_added`` the yuan of these years for each of ``adds`` (None: it adds nobody).
    """

    order: int
    year: int
    what: str
    id: str
    name: str
    kind: str
    hours: str
    district: str
    lon: float
    lat: float
    station: str
    capital_yuan: int
    running_yuan_a_year: int
    lifetime_years: int
    paid: dict[str, int]
    adds: float
    adds_by_group: dict[str, float]
    lost_without: float

    @property
    def cost_per_added(self) -> float | None:
        """Yuan of the plan's years for each worker (or worker-hour) added."""
        return sum(self.paid.values()) / self.adds if self.adds > 0 else None

    @property
    def life_cycle_yuan(self) -> int:
        """Yuan of the whole lifetime: capital once and what it costs to run in each year of it.

        Nothing is discounted.
        """
        return self.capital_yuan + self.lifetime_years * self.running_yuan_a_year


@dataclass(frozen=True)
class CoveredLine:
    """What is covered of a group in a district in a year, without the plan and with it.

    "all" stands for the sum of groups, or of districts; "outside" for those in no district.
    """

    year: int
    group: str
    district: str
    whole: float
    before: float
    covered: float

    @property
    def share(self) -> float:
        """``covered`` as a share of the whole, 0 where there is nobody."""
        return self.covered / self.whole if self.whole else 0.0

    @property
    def share_before(self) -> float:
        """``before`` as a share of the whole, 0 where there is nobody."""
        return self.before / self.whole if self.whole else 0.0


@dataclass(frozen=True)
class TimeLine:
    """The mean seconds of a group in a year, without the plan and with it; "all" for all groups."""

    year: int
    group: str
    before_s: float
    mean_s: float


@dataclass(frozen=True)
class MoneyLine:
    """What one payer pays in one year, and what of it is capital."""

    year: int
    payer: str
    yuan: int
    capital_yuan: int


@dataclass(frozen=True, eq=False)
class Decision:
    """What to do, how good that is proven to be, what it covers and who pays.

    ``measure`` says what is counted ("workers" or "worker_hours"); ``objective`` and ``bound`` are
    sums over the years of the plan in this measure (of the last year for the goals that speak of
    the end; yuan for cheapest; seconds for mean_time, where ``bound`` is what no plan is below),
    weighted as the goal says; ``bound`` is what no plan can pass among
    these candidates and within these limits. Where two in reach are the goal, ``coverage`` counts
    who has two, and ``once`` who has one at least.
    """

    status: str
    goal: str
    measure: str
    objective: float
    bound: float
    gap: float
    runtime_s: float
    method: str
    reasons: tuple[str, ...]
    actions: tuple[DecidedAction, ...]
    coverage: tuple[CoveredLine, ...]
    money: tuple[MoneyLine, ...]
    years: tuple[int, ...]
    n_candidates: int
    assumed_kinds: tuple[str, ...]
    inputs: dict[str, str]
    times: tuple[TimeLine, ...] = ()
    once: tuple[CoveredLine, ...] = ()
    plan: Plan | None = field(default=None, repr=False)

    @property
    def is_plan(self) -> bool:
        """Whether there is a plan that keeps every limit."""
        return math.isfinite(self.objective)

    def time(self, *, year: int, group: str = "all") -> TimeLine:
        """Return one line of times (KeyError when there is none)."""
        for line in self.times:
            if (line.year, line.group) == (year, group):
                return line
        raise KeyError(year, group)

    def covered(self, *, year: int, group: str = "all", district: str = "all") -> CoveredLine:
        """Return one line of coverage (KeyError when there is none)."""
        for line in self.coverage:
            if (line.year, line.group, line.district) == (year, group, district):
                return line
        raise KeyError(year, group, district)

    @property
    def cost_yuan(self) -> int:
        """What all payers pay in the years of the plan."""
        return sum(line.yuan for line in self.money)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON; an objective, a bound or a gap that is not known is None."""
        words = ("status", "goal", "measure", "runtime_s", "method", "n_candidates")
        return {
            **{name: getattr(self, name) for name in words},
            **{name: _known(getattr(self, name)) for name in ("objective", "bound", "gap")},
            "reasons": [str(reason) for reason in self.reasons],
            "cost_yuan": self.cost_yuan,
            "years": list(self.years),
            "actions": [
                asdict(one) | {"cost_per_added": one.cost_per_added} for one in self.actions
            ],
            "coverage": _covered_rows(self.coverage),
            "money": [asdict(line) for line in self.money],
            "assumed_kinds": list(self.assumed_kinds),
            "inputs": dict(self.inputs),
            **({"times": [asdict(line) for line in self.times]} if self.times else {}),
            **({"once": _covered_rows(self.once)} if self.once else {}),
        }

    @classmethod
    def from_dict(cls, body: dict[str, Any]) -> Decision:
        """Read back what `as_dict` wrote."""

        def parts(kind: type[Any], rows: list[dict[str, Any]]) -> tuple[Any, ...]:
            names = kind.__dataclass_fields__
            return tuple(kind(**{name: row[name] for name in names}) for row in rows)

        return cls(
            status=str(body["status"]),
            goal=str(body["goal"]),
            measure=str(body["measure"]),
            objective=_figure(body["objective"]),
            bound=_figure(body["bound"]),
            gap=_figure(body["gap"]),
            runtime_s=float(body["runtime_s"]),
            method=str(body["method"]),
            reasons=tuple(body["reasons"]),
            actions=parts(DecidedAction, body["actions"]),
            coverage=parts(CoveredLine, body["coverage"]),
            money=parts(MoneyLine, body["money"]),
            years=tuple(int(year) for year in body["years"]),
            n_candidates=int(body["n_candidates"]),
            assumed_kinds=tuple(body["assumed_kinds"]),
            inputs=dict(body["inputs"]),
            times=parts(TimeLine, body.get("times") or []),
            once=parts(CoveredLine, body.get("once") or []),
        )


def _covered_rows(lines: tuple[CoveredLine, ...]) -> list[dict[str, Any]]:
    return [
        asdict(line) | {"share_before": line.share_before, "share": line.share} for line in lines
    ]
