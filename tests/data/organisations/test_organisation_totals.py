"""Claims about totals made of organisations: every member of a group once, where it is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from data.districts import Districts
from data.organisation_totals import totals_of
from data.organisations import Organisations
from data.settings import Settings, default_settings
from data.workspace import no_districts
from geo.errors import InputError
from geo.measure import Box

SETTINGS = default_settings("示例市", Box(116.7, 33.9, 116.9, 34.0))
TWO = Districts.from_areas(
    {"东区": shapely.box(116.8, 33.9, 116.9, 34.0), "西区": shapely.box(116.7, 33.9, 116.8, 34.0)}
)


def made(*records: dict[str, Any]) -> Organisations:
    return Organisations.from_records(
        [{"id": f"U{at}", "name": "工会", "kind": "union", **one} for at, one in enumerate(records)]
    )


def test_members_are_added_up_by_district() -> None:
    found = totals_of(
        made(
            {"district": "西区", "courier": 10},
            {"district": "东区", "courier": 5, "truck_driver": 7},
            {"district": "西区", "courier": 1, "other_members": 3, "kind": "firm"},
        ),
        settings=SETTINGS,
        districts=TWO,
    )
    totals = found.totals
    assert totals.zones == ("东区", "西区", "全市")
    by_group = dict(zip(totals.groups, totals.counts.T.tolist(), strict=True))
    assert by_group["courier"] == [5, 11, 0]
    assert by_group["truck_driver"] == [7, 0, 0]
    assert by_group["sanitation_worker"] == [0, 0, 0]
    assert not totals.of_city.any()
    assert found.notes == ("3 members belong to no group and are not spread",)


def test_a_group_with_members_of_the_whole_city_is_counted_for_the_whole_city() -> None:
    found = totals_of(
        made(
            {"district": "西区", "courier": 10},
            {"courier": 2},
            {"district": "东区", "truck_driver": 4},
        ),
        settings=SETTINGS,
        districts=TWO,
    )
    courier = found.totals.groups.index("courier")
    assert found.totals.counts[:, courier].tolist() == [0, 0, 12]
    assert np.flatnonzero(found.totals.of_city).tolist() == [courier]
    assert found.totals.total("truck_driver") == 4
    [note] = found.notes
    assert "courier: 2 of 12 members are in organisations of the whole city" in note


def test_a_city_without_districts_counts_all_for_the_whole_city() -> None:
    found = totals_of(
        made({"district": "某区", "courier": 10}, {"courier": 2}),
        settings=SETTINGS,
        districts=no_districts(),
    )
    assert found.totals.zones == ("全市",)
    assert found.totals.of_city.all()
    assert found.totals.total("courier") == 12
    assert found.notes == ()


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"posts": 3, "other_members": 9}, "no members of any group: there is nobody to be spread"),
        ({"courier": 1, "district": "南区"}, 'the city has no district "南区"'),
        ({"truck_driver": 7}, r"7 members are truck_driver.*add \[groups\.truck_driver\]"),
    ],
)
def test_members_that_cannot_be_spread_are_refused(record: dict[str, Any], message: str) -> None:
    groups = tuple(group for group in SETTINGS.groups if group.id != "truck_driver")
    few = Settings(name="市", box=SETTINGS.box, metric_crs=SETTINGS.metric_crs, groups=groups)
    with pytest.raises(InputError, match=message):
        totals_of(made(record), settings=few, districts=TWO)
