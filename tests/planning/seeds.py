"""Seeds of random problems, and how many of them a claim about the engine is tried on."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

#: ``YIZHAN_EXAMPLES=1000`` looks longer than each change has time for.
EXAMPLES = int(os.environ.get("YIZHAN_EXAMPLES", "100"))
QUICK = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SEEDS = st.integers(0, 2**32 - 1)
