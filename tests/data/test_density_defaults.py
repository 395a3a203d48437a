"""The defaults say what DOMAIN says: who is drawn by what, and when rest is wanted."""

from __future__ import annotations

import numpy as np
import pytest

from data.density_defaults import DENSITY_DEFAULTS, DensityDefault
from data.vocabulary import GROUPS_BY_ID

PEAKS = (11, 12, 17, 18)


@pytest.mark.parametrize("group", sorted(GROUPS_BY_ID))
def test_every_group_has_weights_that_add_up_hours_and_reasons(group: str) -> None:
    default = DENSITY_DEFAULTS[group]
    assert isinstance(default, DensityDefault)
    assert sum(default.weights.values()) == pytest.approx(1.0)
    for hours in (default.weekday, default.weekend):
        assert len(hours) == 24
        assert all(0 <= share <= 1 for share in hours)
    assert {"weights", "bandwidth_m", "presence", "weekday", "weekend"} <= set(default.reasons)


def test_starting_weights_are_those_of_the_field() -> None:
    riders = DENSITY_DEFAULTS["delivery_rider"]
    assert dict(riders.weights) == {"restaurants": 0.55, "population": 0.25, "malls": 0.2}
    assert riders.bandwidth_m == 400.0
    assert dict(DENSITY_DEFAULTS["courier"].weights) == {
        "population": 0.5,
        "depots": 0.3,
        "shops": 0.2,
    }
    trucks = DENSITY_DEFAULTS["truck_driver"]
    works = sum(trucks.weights.get(name, 0) for name in ("logistics", "industry", "mines"))
    assert (works, trucks.weights["roads"]) == (pytest.approx(0.5), 0.3)
    assert trucks.weights["fuel"] + trucks.weights["truck_parking"] == pytest.approx(0.2)
    assert dict(trucks.roads) == {"motorway": 1, "trunk": 0.7, "primary": 0.4, "secondary": 0.15}
    assert trucks.bandwidth_m == 1_500.0


def test_riders_want_rest_between_the_order_peaks_and_late() -> None:
    for hours in (
        np.array(DENSITY_DEFAULTS["delivery_rider"].weekday),
        np.array(DENSITY_DEFAULTS["delivery_rider"].weekend),
    ):
        assert hours[14:17].min() > 3 * hours[list(PEAKS)].max()
        assert hours[21:24].min() > 2 * hours[list(PEAKS)].max()


def test_cleaners_begin_at_four_and_truckers_never_stop() -> None:
    cleaners = np.array(DENSITY_DEFAULTS["sanitation_worker"].weekday)
    assert not cleaners[:4].any()
    assert cleaners[4] > 0
    assert min(DENSITY_DEFAULTS["truck_driver"].weekday) >= 0.2
