"""A question without a plan, loosened: one rule of its smallest conflict gives way, or goes."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from data.questions import Question
from geo.messages import say
from planning.engine.rules import MONEY

if TYPE_CHECKING:
    from collections.abc import Mapping

Tables = dict[str, Any]
#: A floor gives way to a whole tenth of a per cent below what was found.
_TENTHS: Final = 1000
#: Where rules of these kinds stand in a question, and the key of their amount.
_PARTS: Final = {
    "floor": ("floors", "least_share"),
    "limit_budget": ("money_limits", "most_yuan"),
    "limit_count": ("count_limits", "most"),
}


@dataclass(frozen=True)
class Loosened:
    """A question with one rule changed.

    ``amount`` is what the rule says then: a share of a floor, yuan (``is_money``) or a number.
    None: the rule has gone.
    """

    tables: Tables
    kind: str
    amount: float | None = None

    @property
    def is_money(self) -> bool:
        """Whether the amount is yuan."""
        return self.kind in MONEY


def loosened(tables: Mapping[str, Any], member: Mapping[str, Any]) -> Loosened | None:
    """Let a rule of a conflict allow just so much that the question has a plan.

    ``member`` is one of `planning.decisions.conflict.ConflictMember.as_dict`. None where no amount
    is known that would do.
    """
    asked, would_do = member["amount"], member["would_do"]
    if asked is None or would_do is None:
        return None
    return _changed(tables, member, more=float(would_do) - float(asked))


def without(tables: Mapping[str, Any], member: Mapping[str, Any]) -> Loosened | None:
    """Take a rule of a conflict out of a question; None where it is none that was asked for."""
    return _changed(tables, member, more=None)


def _changed(
    tables: Mapping[str, Any], member: Mapping[str, Any], *, more: float | None
) -> Loosened | None:
    made, kind, rule = copy.deepcopy(dict(tables)), str(member["kind"]), str(member["rule"])
    part, key = _PARTS.get(kind, ("", ""))
    for line in made.get(part, []):
        spoken = "floor {name!r}" if kind == "floor" else "limit {name!r}"
        if rule != spoken.format(name=str(line.get("name"))):
            continue
        if more is None:
            made[part].remove(line)
            return Loosened(made, kind)
        line[key] = _rounded(kind, line[key] + more)
        return Loosened(made, kind, line[key])
    if kind in MONEY:
        return _money(made, kind, rule, more)
    return _count(made, kind, rule, more) or _pin(made, kind, rule, more)


def _money(made: Tables, kind: str, rule: str, more: float | None) -> Loosened | None:
    """Change the money of the year of which a rule speaks."""
    money = made.get("money") or {}
    sums = money.get("yuan_by_year")
    if not sums:
        return None
    for at, year in enumerate(Question.from_dict(made).years_meant):
        named = (str(say("money up to {year}", year=year)), str(say("money of {year}", year=year)))
        if rule not in {*named, *(f"limit {name!r}" for name in named)}:
            continue
        if more is None:
            del money["yuan_by_year"]
            return Loosened(made, kind)
        one = min(at, len(sums) - 1)  # one sum alone is for all years
        sums[one] = _rounded(kind, sums[one] + more)
        return Loosened(made, kind, sums[one])
    return None


def _count(made: Tables, kind: str, rule: str, more: float | None) -> Loosened | None:
    """Change the number of new stations, or let them stand as near as they like."""
    new, spacing = str(say("new stations")), str(say("spacing"))
    if rule in {new, f"limit {new!r}"} and made.get("new") is not None:
        if more is None:
            del made["new"]
            return Loosened(made, kind)
        made["new"] = _rounded(kind, made["new"] + more)
        return Loosened(made, kind, made["new"])
    if rule == f"limit {spacing!r}" and more is None:
        made["spacing_m"] = 0
        return Loosened(made, kind)
    return None


def _pin(made: Tables, kind: str, rule: str, more: float | None) -> Loosened | None:
    """Take out a place that must be in the plan, or all that is kept out of it."""
    if more is not None:
        return None
    if kind == "required":
        kept = made.get("required", [])
        made["required"] = [
            pin for pin in kept if rule != say("{place} must be in the plan", place=pin["place"])
        ]
        return Loosened(made, kind) if made["required"] != kept else None
    if kind == "forbidden":
        zones = [zone for zone in made.get("zones", []) if zone.get("rule") != "exclude"]
        return Loosened({**made, "forbidden": [], "zones": zones}, kind)
    return None


def _rounded(kind: str, amount: float) -> float | int:
    """Round to what a person writes, to the side on which there is a plan."""
    if kind == "floor":
        return math.floor(amount * _TENTHS + 1e-6) / _TENTHS
    return math.ceil(amount - 1e-6)
