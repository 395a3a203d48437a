"""Claims about counting the workers of one hour."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from web.services.counted import Counted

if TYPE_CHECKING:
    from data.demand import DayWord
    from data.workspace import Workspace


@pytest.mark.parametrize("day", ["weekday", "weekend"])
@pytest.mark.parametrize("hour", [0, 13, 23])
def test_the_share_that_counts_is_that_of_the_demand_of_the_hour(
    city: Workspace, hour: int, day: DayWord
) -> None:
    random = np.random.default_rng(6)
    held = city.demand()
    n_groups = len(held.groups)
    known = replace(
        held, presence=random.random(n_groups), profile=random.random((n_groups, 2, 24))
    )
    workspace: Any = SimpleNamespace(demand=lambda _name: known)
    counted = Counted(hour=hour, day=day)
    of_hour = known.at(hour=hour, day=day)
    assert known.weights * counted.factor(workspace) == pytest.approx(of_hour)
    assert counted.demand(workspace).weights == pytest.approx(of_hour)
    assert Counted().factor(workspace).tolist() == [1.0] * n_groups
