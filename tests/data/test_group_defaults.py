"""The defaults are complete and say what DOMAIN says: who is drawn by what, when rest is wanted."""

from __future__ import annotations

import numpy as np
import pytest

from data.demand_settings import DemandSettings
from data.group_defaults import GROUP_DEFAULTS, GroupDefault
from data.settings import DEFAULT_GROUPS, NATIONAL_STANDARD
from data.vocabulary import BASIC_EQUIPMENT, GROUPS, GROUPS_BY_ID, KINDS_BY_ID

PEAKS = (11, 12, 17, 18)


def test_every_group_of_the_vocabulary_has_its_defaults_here_and_nowhere_else() -> None:
    ids = [term.id for term in GROUPS]
    assert list(GROUP_DEFAULTS) == ids
    assert [held.id for held in DEFAULT_GROUPS] == ids
    for held in DEFAULT_GROUPS:
        default = GROUP_DEFAULTS[held.id]
        assert (held.standard.mode, held.standard.cutoff_s) == (default.mode, default.cutoff_s)
        assert held.kinds == set(default.kinds)
        assert held.needs == set(default.needs) == set(BASIC_EQUIPMENT)
        assert held.access == set(default.access)
        spread = DemandSettings().group(held.id)
        assert (spread.weights, spread.presence) == (default.weights, default.presence)
        assert (spread.weekday, spread.weekend) == (default.weekday, default.weekend)


def test_every_kind_of_station_serves_somebody_and_those_on_foot_have_the_national_standard() -> (
    None
):
    assert {kind for default in GROUP_DEFAULTS.values() for kind in default.kinds} == set(
        KINDS_BY_ID
    )
    walkers = [held for held in DEFAULT_GROUPS if held.standard.mode == "foot"]
    assert walkers
    assert all(held.standard == NATIONAL_STANDARD for held in walkers)


@pytest.mark.parametrize("group", sorted(GROUPS_BY_ID))
def test_every_group_has_weights_that_add_up_hours_and_reasons(group: str) -> None:
    default = GROUP_DEFAULTS[group]
    assert isinstance(default, GroupDefault)
    assert sum(default.weights.values()) == pytest.approx(1.0)
    for hours in (default.weekday, default.weekend):
        assert len(hours) == 24
        assert all(0 <= share <= 1 for share in hours)
    assert {"weights", "bandwidth_m", "presence", "weekday", "weekend"} <= set(default.reasons)


def test_starting_weights_are_those_of_the_field() -> None:
    riders = GROUP_DEFAULTS["delivery_rider"]
    assert dict(riders.weights) == {"restaurants": 0.55, "population": 0.25, "malls": 0.2}
    assert riders.bandwidth_m == 400.0
    assert dict(GROUP_DEFAULTS["courier"].weights) == {
        "population": 0.5,
        "depots": 0.3,
        "shops": 0.2,
    }
    trucks = GROUP_DEFAULTS["truck_driver"]
    works = sum(trucks.weights.get(name, 0) for name in ("logistics", "industry", "mines"))
    assert (works, trucks.weights["roads"]) == (pytest.approx(0.5), 0.3)
    assert trucks.weights["fuel"] + trucks.weights["truck_parking"] == pytest.approx(0.2)
    assert dict(trucks.roads) == {"motorway": 1, "trunk": 0.7, "primary": 0.4, "secondary": 0.15}
    assert trucks.bandwidth_m == 1_500.0


def test_riders_want_rest_between_the_order_peaks_and_late() -> None:
    for hours in (
        np.array(GROUP_DEFAULTS["delivery_rider"].weekday),
        np.array(GROUP_DEFAULTS["delivery_rider"].weekend),
    ):
        assert hours[14:17].min() > 3 * hours[list(PEAKS)].max()
        assert hours[21:24].min() > 2 * hours[list(PEAKS)].max()


def test_cleaners_begin_at_four_and_truckers_never_stop() -> None:
    cleaners = np.array(GROUP_DEFAULTS["sanitation_worker"].weekday)
    assert not cleaners[:4].any()
    assert cleaners[4] > 0
    assert min(GROUP_DEFAULTS["truck_driver"].weekday) >= 0.2
