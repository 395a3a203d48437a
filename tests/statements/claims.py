"""All claims, of every face."""

from __future__ import annotations

from typing import Final

from tests.statements import (
    claims_answers,
    claims_drawings,
    claims_files,
    claims_inputs,
    claims_maps,
    claims_report,
    claims_scenarios,
    claims_weeks,
)

CLAIMS: Final = (
    *claims_answers.CLAIMS,
    *claims_inputs.CLAIMS,
    *claims_maps.CLAIMS,
    *claims_report.CLAIMS,
    *claims_weeks.CLAIMS,
    *claims_drawings.CLAIMS,
    *claims_files.CLAIMS,
    *claims_scenarios.CLAIMS,
)
