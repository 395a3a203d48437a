"""What is kept of a decision's explanation with the scenario: reasons, prices, floors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from data.json_shapes import By, Maybe, Since, Words
from planning.decisions.explain import Explanation, OtherPlan, PriceLine, WhatIf, WhyHere
from planning.decisions.floor_ends import FloorEnd

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The part of a decision's document that tells it.
EXPLANATION: Final = "explanation"
_WHAT_IF: Final = {
    "what": Words(("build", "upgrade", "extend", "close", "relocate", "keep")),
    **dict.fromkeys(("id", "name", "kind"), str),
    "year": int,
}
EXPLANATION_SHAPE: Final = {
    "why": [
        {
            "order": int,
            "instead": Maybe(_WHAT_IF),
            "is_needed": bool,
            "costs_least": Maybe(float),
            "costs_most": Maybe(float),
            "neighbour": Maybe(_WHAT_IF),
            "kept_out_by": [str],
            "does": Since([_WHAT_IF]),
        }
    ],
    "prices": [
        {
            **dict.fromkeys(("limit", "kind"), str),
            **dict.fromkeys(("allows", "used", "step"), float),
            **dict.fromkeys(("brings_least", "brings_most"), Maybe(float)),
        }
    ],
    "alternatives": [
        {
            "objective": float,
            "n_apart": int,
            "covered": float,
            "cost_yuan": int,
            "places": [_WHAT_IF],
            "gained": [_WHAT_IF],
            "dropped": [_WHAT_IF],
        }
    ],
    "held": By(float),
    "floors": [
        {
            **dict.fromkeys(("group", "district"), str),
            **dict.fromkeys(("before", "planned", "reached", "bound"), float),
        }
    ],
}


def kept_explanation(told: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the parts of an explanation that are kept; None where none of them says anything."""
    if not told or not any(told.get(part) for part in EXPLANATION_SHAPE):
        return None
    return {part: told[part] for part in EXPLANATION_SHAPE}


def read_explanation(document: Mapping[str, Any]) -> Explanation | None:
    """Read what a decision's document keeps of its explanation, checked before; None: nothing."""
    told = document.get(EXPLANATION)
    if not told:
        return None
    return Explanation(
        why=tuple(
            WhyHere(
                **{
                    **line,
                    "instead": _what_if(line["instead"]),
                    "neighbour": _what_if(line["neighbour"]),
                    "kept_out_by": tuple(line["kept_out_by"]),
                    "does": tuple(WhatIf(**one) for one in line.get("does", ())),
                }
            )
            for line in told["why"]
        ),
        prices=tuple(PriceLine(**line) for line in told["prices"]),
        others=tuple(
            OtherPlan(
                **{
                    **plan,
                    **{
                        part: tuple(WhatIf(**one) for one in plan[part])
                        for part in ("places", "gained", "dropped")
                    },
                }
            )
            for plan in told["alternatives"]
        ),
        held=dict(told["held"]),
        floors=tuple(FloorEnd(**line) for line in told["floors"]),
    )


def _what_if(told: Mapping[str, Any] | None) -> WhatIf | None:
    return None if told is None else WhatIf(**told)
