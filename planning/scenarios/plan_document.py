"""The documents of a siting plan: what was asked as JSON, and the plan's own ``as_dict``."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Self, get_args

from data.demand import DAYS
from data.json_shapes import By, Maybe, Since, Words, check_shape
from data.vocabulary import KINDS_BY_ID, StandardWord, quote
from geo.errors import InputError
from geo.factors import TIME_FACTORS
from geo.messages import say
from planning.scenarios.figures import CoveredRow, DoneAction, ScenarioFigures
from planning.siting.plan import SitingPlan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.demand import DayWord

_TEXTS: Final = ("keep", "without")
_COVERAGE: Final = {
    "standard": Words(get_args(StandardWord)),
    "groups": [str],
    "rows": [
        {
            "group": str,
            "district": str,
            **dict.fromkeys(
                ("workers", "within_one", "within_two", "straight_one", "straight_two"), float
            ),
            "share_one": float,
            "share_two": float,
        }
    ],
    "off_roads": Maybe({"workers": float, "stations": int, "snap_limit_m": float}),
}
_PLAN: Final = {
    **dict.fromkeys(("status", "method"), str),
    **dict.fromkeys(
        ("objective", "covered_before", "covered_after", "bound", "gap", "runtime_s"), float
    ),
    "sites": [
        {
            "order": int,
            **dict.fromkeys(("site_id", "name", "kind", "district"), str),
            **dict.fromkeys(("lon", "lat", "adds_workers", "lost_without"), float),
            "adds_by_group": By(float),
        }
    ],
    "before": _COVERAGE,
    "after": _COVERAGE,
    "beside": Maybe({"before": _COVERAGE, "after": _COVERAGE}),
    "inputs": By(str),
    "finer": Since(
        {
            **dict.fromkeys(("spacing_m", "bound", "more_workers", "runtime_s"), float),
            "candidates": int,
            "status": str,
        }
    ),
    "shortfalls": [{"limits": [str], "n_sites": int, "adds_workers": float}],
}
_ASKED: Final = {
    "new": int,
    "kinds": By(Maybe(int)),
    "keep": [str],
    "without": [str],
    "standard": Words(get_args(StandardWord)),
    "when": Words(("usual", *TIME_FACTORS)),
    "demand": Maybe(str),
    "hour": Maybe(int),
    "day": Words(DAYS),
    "time_limit_s": Maybe(float),
    "gap": float,
    "seed": int,
}


@dataclass(frozen=True, kw_only=True)
class PlanAsked:
    """All that decides a siting plan beside the city: what `yizhan plan` was asked.

    ``kinds`` maps each kind to the most of it (None: any number); ``keep`` and ``without`` are ids
    of sites. ``demand`` names a variant of the workers (None: those that hold) and ``hour`` an hour
    of ``day`` (None: everybody). ``time_limit_s`` None sets no limit.

    Raises
    ------
    InputError
        when a part cannot be.
    """

    new: int
    kinds: Mapping[str, int | None]
    keep: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    standard: StandardWord = "group"
    when: str = "usual"
    demand: str | None = None
    hour: int | None = None
    day: DayWord = "weekday"
    time_limit_s: float | None = 60.0
    gap: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.new < 0 or self.seed < 0 or self.gap < 0:
            raise InputError(say("question: new, seed and gap must be 0 or more"))
        if self.time_limit_s is not None and self.time_limit_s <= 0:
            raise InputError(say("question: time_limit_s must be above 0"))
        if self.hour is not None and not 0 <= self.hour <= 23:  # noqa: PLR2004 - a day's last
            raise InputError(say("question: hour must be 0 to 23"))
        for kind, most in self.kinds.items():
            if kind not in KINDS_BY_ID or (most is not None and most < 0):
                raise InputError(
                    say(
                        "question: {kind} is no kind of station with a limit of 0 or more",
                        kind=quote(kind),
                    )
                )
        if not self.kinds:
            raise InputError(say("question: name a kind of station"))

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        texts = {name: list(getattr(self, name)) for name in _TEXTS}
        return {**asdict(self), "kinds": dict(self.kinds), **texts}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Read back what `as_dict` wrote, checked (InputError)."""
        check_shape(document, _ASKED, where="question")
        return cls(**{**document, **{name: tuple(document[name]) for name in _TEXTS}})

    @property
    def overrides(self) -> tuple[str, ...]:
        """What people pinned: "keep SITE", "without SITE"."""
        return tuple(f"{name} {site}" for name in _TEXTS for site in getattr(self, name))

    @classmethod
    def of_inputs(cls, inputs: Mapping[str, str]) -> Self:
        """Read what was asked out of the inputs of a plan that was kept without its question.

        Its time limit, gap and seed were not kept: those of a new question stand for them.
        """
        kinds = {}
        for word in inputs["kind"].split(", "):
            kind, _, most = word.partition(":")
            kinds[kind] = int(most) if most else None
        keep, without = (tuple(filter(None, inputs.get(name, "").split(", "))) for name in _TEXTS)
        standard: StandardWord = "national" if inputs.get("standard") == "national" else "group"
        return cls(
            new=int(inputs["new"]),
            kinds=kinds,
            keep=keep,
            without=without,
            standard=standard,
            when=inputs.get("when", "usual"),
        )


def plan_of_document(document: Mapping[str, Any]) -> SitingPlan:
    """Read a plan's document, checked key by key.

    Raises
    ------
    InputError
        when a part is missing, of another type or not known, or does not fit the others.
    """
    check_shape(document, _PLAN, where="decision")
    try:
        made = SitingPlan.from_dict(dict(document))
        whole = json.loads(json.dumps(made.as_dict()))
        # what an earlier version did not know yet is empty
        fits = {
            key: value for key, value in whole.items() if key in document or value is not None
        } == document
    except (KeyError, TypeError, ValueError, AttributeError):
        fits = False
    if not fits:
        raise InputError(say("decision: its parts do not fit one another: it is no siting plan"))
    return made


def plan_figures(document: Mapping[str, Any]) -> ScenarioFigures:
    """Put a plan's document into figures; a plan knows no money, no years and no hours."""
    made = plan_of_document(document)
    after = {(row.group, row.district): row.within_one for row in made.after.rows}
    return ScenarioFigures(
        objective=made.objective,
        bound=made.bound,
        gap=made.gap,
        proven_best=made.status == "optimal",
        covered=tuple(
            CoveredRow(
                row.group,
                row.district,
                "all",
                row.workers,
                row.within_one,
                after.get((row.group, row.district), row.within_one),
            )
            for row in made.before.rows
        ),
        money=(),
        actions=tuple(
            DoneAction(
                what="build",
                site_id=site.site_id,
                name=site.name,
                kind=site.kind,
                district=site.district,
                lon=site.lon,
                lat=site.lat,
                order=site.order,
                adds_workers=site.adds_workers,
            )
            for site in made.sites
        ),
    )
