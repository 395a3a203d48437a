from __future__ import annotations

import json

import numpy as np
import pytest

from data.demand import Demand
from geo.errors import InputError
from planning.density import compare


def demand(weights: list[list[float]], groups: tuple[str, ...] = ("courier",)) -> Demand:
    return Demand(
        ids=np.array(["a", "b", "c", "d"]),
        lonlat=np.c_[116.8 + 0.01 * np.arange(4), np.full(4, 33.96)],
        weights=np.array(weights),
        groups=groups,
        district=np.array([0, 0, 1, -1]),
        district_names=("north", "south"),
    )


OLD = demand([[4.0], [4.0], [2.0], [0.0]])
NEW = demand([[12.0], [4.0], [4.0], [0.0]])


def test_the_distance_is_the_share_that_stands_elsewhere() -> None:
    found = compare(OLD, NEW)
    whole = found.row("courier")
    # shares .4 .4 .2 0 against .6 .2 .2 0
    assert (whole.workers_a, whole.workers_b) == (10.0, 20.0)
    assert whole.distance == pytest.approx(0.2)
    assert found.row("courier", "north").distance == pytest.approx(0.25)
    assert found.row("courier", "south").distance == 0.0
    assert np.isnan(found.row("courier", "outside").distance)
    assert compare(NEW, OLD).row("courier").distance == pytest.approx(0.2)
    assert compare(OLD, OLD).row("courier").distance == 0.0
    assert compare(OLD, OLD).largest == ()


def test_the_cells_that_differ_most_come_first() -> None:
    largest = compare(OLD, NEW, top=2).largest
    assert [(one.id, one.district, one.change) for one in largest] == [
        ("a", "north", 8.0),
        ("c", "south", 2.0),
    ]


def test_the_order_of_cells_does_not_matter() -> None:
    turn = np.array([2, 0, 3, 1])
    turned = Demand(
        ids=NEW.ids[turn], lonlat=NEW.lonlat[turn], weights=NEW.weights[turn], groups=NEW.groups,
        district=NEW.district[turn], district_names=NEW.district_names,
    )  # fmt: skip
    assert compare(OLD, turned).as_dict() == compare(OLD, NEW).as_dict()


def test_a_group_that_one_lacks_counts_nothing_there() -> None:
    both = demand([[4.0, 1.0], [4.0, 0.0], [2.0, 0.0], [0.0, 0.0]], ("courier", "truck_driver"))
    row = compare(OLD, both).row("truck_driver")
    assert (row.workers_a, row.workers_b) == (0.0, 1.0)
    body = json.loads(json.dumps(compare(OLD, both).as_dict(), allow_nan=False))
    assert {one["distance"] for one in body["rows"] if one["group"] == "truck_driver"} == {None}
    with pytest.raises(KeyError):
        compare(OLD, both).row("pilot")


def test_demands_over_other_cells_are_refused() -> None:
    other = Demand(
        ids=np.array(["a", "z"]), lonlat=OLD.lonlat[:2], weights=OLD.weights[:2],
        groups=OLD.groups, district=OLD.district[:2], district_names=OLD.district_names,
    )  # fmt: skip
    with pytest.raises(InputError, match="share 1 of 4 and 2 cells: build both over the same"):
        compare(OLD, other)
