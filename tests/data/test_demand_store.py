"""Claims about demand by the hour, and about the variants that a workspace keeps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from data.demand import Demand
from data.demand_store import load_demand, save_demand
from data.workspace import Workspace
from geo.errors import InputError, NothingYetError, WorkspaceError
from geo.measure import Box

if TYPE_CHECKING:
    from pathlib import Path

GROUPS = ("courier", "delivery_rider")


def some_demand(**changes: object) -> Demand:
    parts: dict[str, Any] = {
        "ids": np.array(["a", "b"]),
        "lonlat": np.array([[116.80, 33.95], [116.81, 33.96]]),
        "weights": np.array([[8.0, 0.0], [2.0, 4.0]]),
        "groups": GROUPS,
        "district": np.array([0, -1]),
        "district_names": ("西区",),
    }
    return Demand(**{**parts, **changes})


def with_hours() -> Demand:
    profile = np.zeros((2, 2, 24))
    profile[:, 0, 14] = (0.5, 1.0)
    profile[:, 1, 3] = 0.25
    return some_demand(presence=np.array([0.5, 1.0]), profile=profile)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "w", name="市", box=Box(116.7, 33.9, 116.9, 34.0))


def test_workers_out_at_an_hour_are_those_present_times_the_share_out() -> None:
    demand = with_hours()
    assert demand.at(hour=14).tolist() == [[2.0, 0.0], [0.5, 4.0]]
    assert demand.at(hour=3, day="weekend").tolist() == [[1.0, 0.0], [0.25, 1.0]]
    assert demand.at(hour=3, day="weekday").sum() == 0
    assert demand.during(hour=14).total("courier") == 2.5
    assert demand.during(hour=14).content_hash != demand.content_hash


def test_without_hours_everybody_is_there_at_every_hour() -> None:
    demand = some_demand()
    assert demand.profile.shape == (2, 2, 24)
    assert not demand.knows_hours
    assert with_hours().knows_hours
    assert (demand.at(hour=0, day="weekend") == demand.weights).all()


@pytest.mark.parametrize("hour", [-1, 24])
def test_an_hour_outside_the_day_is_refused(hour: int) -> None:
    with pytest.raises(InputError, match="lies outside 0 to 23"):
        some_demand().at(hour=hour)


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="neither weekday nor weekend"):
        some_demand().at(hour=3, day="sunday")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"presence": np.array([0.5, 1.1])}, "presence must be shares"),
        ({"presence": np.array([0.5, np.nan])}, "presence must be shares"),
        ({"presence": np.ones(3)}, r"presence of shape \(3,\)"),
        ({"profile": np.ones((2, 24))}, None),  # the same for both groups, as numpy broadcasts
        ({"profile": np.full((2, 2, 24), -0.1)}, "profile must be shares"),
        ({"profile": np.ones((2, 2, 23))}, "profile of shape"),
    ],
)
def test_shares_that_cannot_be_are_never_born(changes: dict[str, Any], words: str | None) -> None:
    if words is None:
        assert some_demand(**changes).profile.shape == (2, 2, 24)
        return
    with pytest.raises(InputError, match=words):
        some_demand(**changes)


def test_the_hash_tells_presence_and_hours_apart() -> None:
    plain, hours = some_demand(), with_hours()
    other = replace(hours, presence=np.ones(2))
    assert len({plain.content_hash, hours.content_hash, other.content_hash}) == 3
    ones = some_demand(presence=np.ones(2), profile=np.ones((2, 2, 24)))
    assert ones.content_hash == plain.content_hash


def test_demand_with_hours_comes_back_as_it_went_in(tmp_path: Path) -> None:
    demand = with_hours()
    save_demand(demand, tmp_path / "demand.npz")
    again = load_demand(tmp_path / "demand.npz")
    assert again.content_hash == demand.content_hash
    assert (again.profile == demand.profile).all()


def test_a_file_from_before_hours_were_kept_still_loads(tmp_path: Path) -> None:
    demand = some_demand()
    np.savez(
        tmp_path / "demand.npz",
        ids=demand.ids,
        lonlat=demand.lonlat,
        weights=demand.weights,
        groups=np.array(demand.groups),
        district=demand.district,
        district_names=np.array(demand.district_names),
    )
    assert load_demand(tmp_path / "demand.npz").content_hash == demand.content_hash


def test_a_file_without_all_arrays_is_one_line_with_its_cure(tmp_path: Path) -> None:
    np.savez(tmp_path / "demand.npz", ids=np.array(["a"]))
    with pytest.raises(WorkspaceError, match=r"is broken \(.*\): run yizhan demand import again"):
        load_demand(tmp_path / "demand.npz")


def test_named_variants_stand_beside_the_demand_that_holds(workspace: Workspace) -> None:
    with pytest.raises(NothingYetError, match="demand build"):
        workspace.demand()
    workspace.replace_demand(some_demand())
    workspace.replace_demand(with_hours(), name="按计数")
    assert workspace.demand_names() == ("按计数",)
    assert workspace.demand().content_hash == some_demand().content_hash
    assert workspace.demand("按计数").content_hash == with_hours().content_hash
    with pytest.raises(InputError, match=r"no demand is named other \(there are: 按计数\)"):
        workspace.demand("other")


@pytest.mark.parametrize("name", ["", "../out", "a/b", ".hidden", "a.", "x" * 61, "a b"])
def test_a_name_that_no_file_can_have_is_refused(workspace: Workspace, name: str) -> None:
    with pytest.raises(InputError, match="letters, digits, - and _ only"):
        workspace.replace_demand(some_demand(), name=name)


@pytest.mark.parametrize("name", ["nul", "CON", "com1", "LPT9", "aux.fitted", "com²"])
def test_a_name_that_is_a_device_on_windows_is_refused(workspace: Workspace, name: str) -> None:
    with pytest.raises(InputError, match="a device on Windows: choose another"):
        workspace.replace_demand(some_demand(), name=name)
    workspace.replace_demand(some_demand(), name=f"{name[0]}x{name[1:]}")


def test_the_model_of_a_built_demand_is_kept_beside_it(workspace: Workspace) -> None:
    assert workspace.density() is None
    workspace.replace_density({"z": np.arange(3.0)})
    workspace.replace_density({"z": np.arange(4.0)}, name="b")
    kept, named = workspace.density(), workspace.density("b")
    assert kept is not None
    assert named is not None
    assert kept["z"].tolist() == [0, 1, 2]
    assert named["z"].tolist() == [0, 1, 2, 3]
    (workspace.folder / "cache" / "density.npz").write_bytes(b"PK rubbish")
    with pytest.raises(WorkspaceError, match="run yizhan demand build again"):
        workspace.density()
