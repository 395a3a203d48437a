"""The documents of a decision about several kinds of action, in years, with money."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from data.json_shapes import By, Maybe, Since, Words, check_shape
from data.questions import Question
from geo.errors import InputError
from geo.factors import TIME_FACTORS
from geo.messages import say
from planning.decisions.decision import Decision
from planning.scenarios.explanation_document import EXPLANATION, EXPLANATION_SHAPE
from planning.scenarios.figures import CoveredRow, DoneAction, MoneyRow, ScenarioFigures

if TYPE_CHECKING:
    from collections.abc import Mapping

_DECISION: Final = {
    **dict.fromkeys(("status", "goal", "method"), str),
    "measure": Words(("workers", "worker_hours")),
    **dict.fromkeys(("objective", "bound", "gap", "runtime_s"), float),
    "n_candidates": int,
    "reasons": [str],
    "cost_yuan": int,
    "years": [int],
    "actions": [
        {
            **dict.fromkeys(("order", "year"), int),
            **dict.fromkeys(
                ("what", "id", "name", "kind", "hours", "district", "station"),
                str,
            ),
            **dict.fromkeys(("lon", "lat", "adds", "lost_without"), float),
            **dict.fromkeys(("capital_yuan", "running_yuan_a_year", "lifetime_years"), int),
            "paid": By(int),
            "adds_by_group": By(float),
            "cost_per_added": Maybe(float),
        }
    ],
    "coverage": [
        {
            "year": int,
            **dict.fromkeys(("group", "district"), str),
            **dict.fromkeys(("whole", "before", "covered", "share_before", "share"), float),
        }
    ],
    "money": [{"year": int, "payer": str, "yuan": int, "capital_yuan": int}],
    "assumed_kinds": [str],
    "inputs": By(str),
    "times": Since([{"year": int, "group": str, "before_s": float, "mean_s": float}]),
    EXPLANATION: Since(EXPLANATION_SHAPE),
}
_ASKED: Final = {
    "question": By(object),
    "when": Words(("usual", *TIME_FACTORS)),
    "time_limit_s": Maybe(float),
    "gap": float,
    "seed": int,
}


@dataclass(frozen=True, kw_only=True)
class DecisionAsked:
    """All that decides a decision beside the city: the question, and how it was searched.

    ``when`` is the time of the roads, ``time_limit_s`` None sets no limit.

    Raises
    ------
    InputError
        when a part cannot be.
    """

    question: Question
    when: str = "usual"
    time_limit_s: float | None = 60.0
    gap: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.seed < 0 or self.gap < 0:
            raise InputError(say("question: seed and gap must be 0 or more"))
        if self.time_limit_s is not None and self.time_limit_s <= 0:
            raise InputError(say("question: time_limit_s must be above 0"))

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        search = {name: getattr(self, name) for name in _ASKED if name != "question"}
        return {"question": self.question.as_dict(), **search}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Read back what `as_dict` wrote, checked (InputError)."""
        check_shape(document, _ASKED, where="question")
        return cls(**{**document, "question": Question.from_dict(document["question"])})

    @property
    def overrides(self) -> tuple[str, ...]:
        """What people pinned: "required PLACE", "forbidden PLACE"."""
        pins = (("required", self.question.required), ("forbidden", self.question.forbidden))
        return tuple(f"{word} {pin.place}" for word, some in pins for pin in some)


def decision_figures(document: Mapping[str, Any]) -> ScenarioFigures:
    """Put a decision's document, checked key by key, into figures.

    Raises
    ------
    InputError
        when a part is missing, of another type or not known; when coverage of all is missing, as
        it is where there is no plan, or sums and shares do not fit the rest.
    """
    check_shape(document, _DECISION, where="decision")
    covered = tuple(
        CoveredRow(
            line["group"],
            line["district"],
            "all",
            float(line["whole"]),
            float(line["before"]),
            float(line["covered"]),
            year=line["year"],
        )
        for line in sorted(document["coverage"], key=lambda line: line["year"])
    )
    has_all = any((row.group, row.district) == ("all", "all") for row in covered)
    whole = json.loads(json.dumps(Decision.from_dict(dict(document)).as_dict()))
    told = {key: value for key, value in document.items() if key != EXPLANATION}
    if not has_all or whole != told:
        raise InputError(say("decision: its parts do not fit one another"))
    return ScenarioFigures(
        objective=float(document["objective"]),
        bound=float(document["bound"]),
        gap=float(document["gap"]),
        proven_best=document["status"] == "optimal",
        covered=covered,
        money=tuple(
            MoneyRow(line["year"], line["payer"], line["yuan"]) for line in document["money"]
        ),
        actions=tuple(_action(one) for one in document["actions"]),
        measure=document["measure"],
    )


def done_actions(made: Decision) -> tuple[DoneAction, ...]:
    """Return what a decision does, as every form of answer tells it."""
    return tuple(_action(asdict(one)) for one in made.actions)


def _action(one: Mapping[str, Any]) -> DoneAction:
    return DoneAction(
        what=one["what"],
        site_id=one["id"],
        name=one["name"],
        kind=one["kind"],
        district=one["district"],
        lon=float(one["lon"]),
        lat=float(one["lat"]),
        order=one["order"],
        adds_workers=float(one["adds"]),
        year=one["year"],
        hours=one["hours"],
        station=one["station"],
    )
