"""Demand items: what stands, what actions may cover and what lies beyond make up everybody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planning.decisions.actions import open_week
from tests.planning.decisions.test_all_choices import asked_of
from tests.planning.decisions.tiny_cities import tiny_city


def test_no_item_is_below_nothing_whatever_the_shares_of_the_hours_are() -> None:
    """Hours that nobody's station serves are summed twice, in two orders: they differ by 1e-16."""
    rng = np.random.default_rng(7)
    n_asked = 0
    for seed in range(3, 83, 4):  # the tiny cities whose questions count hours
        city = tiny_city(seed)
        profile = rng.random(city.demand.profile.shape)
        profile /= profile.sum(axis=2, keepdims=True)
        asked = asked_of(replace(city, demand=replace(city.demand, profile=profile)))
        if asked is None:
            continue
        n_asked += 1
        items = asked.items
        for sums in (items.weights, items.standing, items.beyond):
            assert (sums >= 0.0).all(), f"seed {seed}"
    assert n_asked > 10


def test_a_text_of_hours_is_laid_over_the_week_once_and_stays_as_it_is() -> None:
    week = open_week("8:00-20:00")
    assert week is not None
    assert open_week("8:00-20:00") is week
    assert week.sum() == 7 * 12
    assert not week.flags.writeable
