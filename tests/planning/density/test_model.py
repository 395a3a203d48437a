from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from geo.errors import InputError
from planning.density import DensityModel, allocate

MakeModel = Callable[..., DensityModel]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"totals": np.array([[100.0, -1.0]])}, "courier: a total is negative or not finite"),
        ({"weights": (np.array([0.5, np.nan]),)}, "courier: a weight is negative or not finite"),
        ({"weights": (np.zeros(2),)}, "courier: every weight is 0: give one layer some"),
        ({"weights": (np.ones(3),)}, r"weights \(3,\) for 2 layers and 6 cells"),
        ({"features": (-np.ones((6, 2)),)}, "courier: a feature is negative"),
        ({"totals": np.ones((2, 2))}, r"totals have the shape \(2, 2\) for 1 groups and 2 zones"),
        ({"zone": np.full(6, 2)}, "a zone number lies outside zone_names"),
        ({"zone": np.zeros(5)}, r"zone has the shape \(5,\) for 6 cells"),
        ({"zone": np.zeros(6)}, "zone south has 40 workers and no cell with land"),
        ({"groups": ("courier", "courier")}, "at least one group, and each once"),
        ({"layers": ()}, "layers of 0 groups, not of 1"),
        ({"eps": -0.1}, "eps is negative"),
    ],
)
def test_a_model_that_contradicts_itself_is_not_born(
    make_model: MakeModel, changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        make_model(**changed)


def test_a_model_owns_its_arrays(make_model: MakeModel) -> None:
    totals = np.array([[100.0, 40.0]])
    model = make_model(totals=totals)
    totals[:] = 7.0
    assert model.totals.tolist() == [[100.0, 40.0]]
    for array in (model.totals, model.zone, model.eps, *model.features, *model.weights):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_a_model_is_the_same_after_plain_arrays(any_model: MakeModel) -> None:
    model = any_model(5)
    arrays = model.as_arrays()
    assert all(array.dtype != object for array in arrays.values())
    back = DensityModel.from_arrays(arrays)
    assert (back.groups, back.layers, back.zone_names) == (
        model.groups,
        model.layers,
        model.zone_names,
    )
    assert (allocate(back).weights == allocate(model).weights).all()


def test_other_weights_leave_the_model_as_it_was(make_model: MakeModel) -> None:
    model = make_model()
    other = model.with_weights({"courier": [0.0, 1.0]})
    assert model.weights[0].tolist() == [0.75, 0.25]
    assert allocate(other).weights[:3, 0].tolist() == [0.0, 50.0, 50.0]
    with pytest.raises(InputError, match="no group pilot: one of courier"):
        model.with_weights({"pilot": [1.0]})
