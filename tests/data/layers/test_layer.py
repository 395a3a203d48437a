"""Layers as records, and as the file in a workspace's cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

import data.layers
from data.layers import LAYER_IDS, Layer, Layers, load_layers, save_layers
from geo.errors import InputError, WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path


def layer(name: str = "shops", values: tuple[float, ...] = (1.0, 2.5)) -> Layer:
    return Layer(
        id=name,
        lonlat=np.array([(116.7 + i / 100, 33.9) for i in range(len(values))]).reshape(-1, 2),
        value=np.array(values),
        unit="places",
        source="城市.osm.pbf",
        date="2026-11-01",
        licence="ODbL",
        left_out={"outside the box": 3},
    )


def test_a_layer_counts_sums_and_cannot_be_written() -> None:
    made = layer()
    assert (len(made), made.total) == (2, 3.5)
    assert made.summary() == {
        "id": "shops",
        "points": 2,
        "total": 3.5,
        "unit": "places",
        "source": "城市.osm.pbf",
        "date": "2026-11-01",
        "licence": "ODbL",
        "left_out": {"outside the box": 3},
    }
    json.dumps(made.summary())
    with pytest.raises(ValueError, match="read-only"):
        made.value[0] = 9.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": np.array([-1.0])}, "negative or not finite"),
        ({"value": np.array([np.nan])}, "negative or not finite"),
        ({"value": np.array([1.0, 2.0])}, "have the shapes"),
        ({"lonlat": np.array([[np.inf, 33.0]])}, "a point is not finite"),
        ({"id": ""}, "needs an id"),
    ],
)
def test_a_layer_that_cannot_be_is_refused(changes: dict[str, object], message: str) -> None:
    words = {"id": "shops", "unit": "places", "source": "", "date": "", "licence": ""}
    arrays = {"lonlat": np.array([[116.7, 33.9]]), "value": np.array([1.0])}
    with pytest.raises(InputError, match=message):
        Layer(**{**words, **arrays, **changes})  # type: ignore[arg-type]


def test_layers_are_found_by_id_and_replaced_by_id() -> None:
    both = Layers((layer(), layer("fuel", (4.0,))))
    assert list(both) == ["shops", "fuel"]
    assert both["fuel"].total == 4.0
    assert "malls" not in both
    newer = both.updated((layer("fuel", (7.0,)), layer("malls", ())))
    assert {name: newer[name].total for name in newer} == {"shops": 3.5, "fuel": 7.0, "malls": 0.0}
    assert both["fuel"].total == 4.0
    assert both.updated(newer).content_hash == newer.content_hash
    with pytest.raises(InputError, match="layer shops stands twice"):
        Layers((layer(), layer()))


def test_the_hash_knows_content_and_not_order() -> None:
    one, two = layer(), layer("fuel", (4.0,))
    assert Layers((one, two)).content_hash == Layers((two, one)).content_hash
    assert Layers((one,)).content_hash != Layers((one, two)).content_hash
    assert layer(values=(1.0, 2.5000001)).content_hash != one.content_hash


def test_layers_come_back_from_the_cache_as_they_were(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "layers"
    kept = Layers((layer(), layer("malls", ())))
    save_layers(kept, folder)
    back = load_layers(folder)
    assert list(back) == ["shops", "malls"]
    assert back.content_hash == kept.content_hash
    assert back["shops"].summary() == kept["shops"].summary()
    assert np.array_equal(back["shops"].lonlat, kept["shops"].lonlat)
    save_layers(Layers((layer("fuel"),)), folder)
    assert list(load_layers(folder)) == ["fuel"]
    assert [path.name for path in folder.iterdir()] == ["layers.npz"]


def test_a_cache_without_layers_is_none_at_all(tmp_path: Path) -> None:
    assert len(load_layers(tmp_path / "layers")) == 0


def test_a_broken_file_is_refused_with_the_cure(tmp_path: Path) -> None:
    save_layers(Layers((layer(),)), tmp_path)
    path = tmp_path / "layers.npz"
    whole = path.read_bytes()
    for broken in (b"", whole[: len(whole) // 2], b"no npz at all"):
        path.write_bytes(broken)
        with pytest.raises(WorkspaceError, match="run yizhan demand layers again"):
            load_layers(tmp_path)


def test_a_file_changed_by_other_hands_is_noticed(tmp_path: Path) -> None:
    save_layers(Layers((layer(),)), tmp_path)
    with np.load(tmp_path / "layers.npz") as arrays:
        parts = dict(arrays)
    parts["value0"] = parts["value0"] * 2
    np.savez(tmp_path / "layers.npz", **parts)
    with pytest.raises(WorkspaceError, match="changed by other hands"):
        load_layers(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may write anywhere")
def test_a_folder_that_may_not_be_written_is_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(WorkspaceError, match="cannot be written"):
        save_layers(Layers((layer(),)), tmp_path / "layers")


def test_a_folder_in_whose_place_a_file_stands_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "layers").write_text("")
    with pytest.raises(WorkspaceError, match="cannot be written"):
        save_layers(Layers((layer(),)), tmp_path / "layers")


def test_the_face_is_what_is_named_and_the_readers_come_when_asked_for() -> None:
    assert set(data.layers.__all__) == {
        "LAYER_IDS",
        "OWN",
        "CellsTable",
        "Layer",
        "LayerArea",
        "LayerReader",
        "Layers",
        "OsmExtract",
        "OsmOnline",
        "OwnPoints",
        "Raster",
        "RoadLengths",
        "load_layers",
        "save_layers",
    }
    for name in data.layers.__all__:
        assert getattr(data.layers, name) is not None
    with pytest.raises(AttributeError, match="Kriging"):
        _ = data.layers.Kriging  # type: ignore[attr-defined]
    code = "import sys, data.osm_rules; print('rasterio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_names_of_layers_stand_once() -> None:
    assert len(set(LAYER_IDS)) == len(LAYER_IDS)
    assert "water" not in LAYER_IDS
    assert {"restaurants", "industry", "population"} <= set(LAYER_IDS)
