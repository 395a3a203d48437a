"""All claims on the answer of a question."""

from __future__ import annotations

from typing import Final

from tests.statements import (
    claims_answer_again,
    claims_answer_choices,
    claims_answer_money,
    claims_answer_plan,
)

CLAIMS: Final = (
    *claims_answer_plan.CLAIMS,
    *claims_answer_choices.CLAIMS,
    *claims_answer_money.CLAIMS,
    *claims_answer_again.CLAIMS,
)
