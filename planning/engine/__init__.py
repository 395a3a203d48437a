"""The engine: problems of location, solved with a proven bound. It knows no city.

The core: ``problems`` and ``variant_problems`` (what can be asked), ``params`` (when to stop, and
the answer), ``proven`` (what a bound is), ``objectives`` (what a plan is worth), ``verify`` and
``verdict`` (what may be said of it), ``units``, ``mip`` (HiGHS), ``checks``, ``clock``,
``cover_arrays``. The formulations, a room each: ``mclp``, ``lscp``, ``p_median``, ``p_center``,
``variants``. Above them ``solver``, the one door to all, ``frontier`` (the curve of money against
coverage) and ``jit_warmup``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from planning.engine.params import Plan, Progress, SolveParams
    from planning.engine.problems import (
        CoverageProblem,
        Floor,
        Limit,
        PCenterProblem,
        PMedianProblem,
        SetCoverProblem,
    )
    from planning.engine.variant_problems import (
        BackupProblem,
        CapacitatedProblem,
        MaxMinProblem,
        Problem,
    )

__all__ = [
    "BackupProblem",
    "CapacitatedProblem",
    "CoverageProblem",
    "Floor",
    "Limit",
    "MaxMinProblem",
    "PCenterProblem",
    "PMedianProblem",
    "Plan",
    "Problem",
    "Progress",
    "SetCoverProblem",
    "SolveParams",
]

__getattr__, __dir__ = lazy_face(__name__)
