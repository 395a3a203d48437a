"""A nation: one folder with a settings file and an ordinary workspace for each city.

``nation_file`` reads and makes it, ``step_results`` keeps what was computed of each city.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from data.nation.nation_file import CurveSettings, Nation, NationCity
    from data.nation.step_results import StepResult, StepResults

__all__ = ["CurveSettings", "Nation", "NationCity", "StepResult", "StepResults"]

__getattr__, __dir__ = lazy_face(__name__)
