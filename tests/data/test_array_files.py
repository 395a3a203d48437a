"""Claims about arrays kept in files: they come back as they were, or are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.array_files import load_arrays, save_arrays
from data.file_seal import SEAL_BYTES
from geo.errors import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

ARRAYS = {"x": np.arange(7.0), "groups": np.array(["courier", "快递员"])}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "arrays.npz"
    save_arrays(ARRAYS, path)
    return path


def test_arrays_come_back_and_numpy_alone_reads_them_too(saved: Path) -> None:
    with np.load(saved) as theirs:
        for read in (load_arrays(saved, cure="build again"), theirs):
            assert set(read) == set(ARRAYS)
            assert all(np.array_equal(read[name], array) for name, array in ARRAYS.items())


def test_a_flip_of_any_byte_is_refused_with_the_cure_or_changes_no_array(saved: Path) -> None:
    whole, n_refused = saved.read_bytes(), 0
    for at, byte in enumerate(whole):
        saved.write_bytes(whole[:at] + bytes([byte ^ 1 << at % 8]) + whole[at + 1 :])
        try:
            read = load_arrays(saved, cure="build again")
        except WorkspaceError:
            n_refused += 1
        else:
            assert list(read) == list(ARRAYS)
            assert all(np.array_equal(read[name], array) for name, array in ARRAYS.items())
    assert n_refused > len(whole) - SEAL_BYTES


def test_a_file_cut_short_is_refused(saved: Path) -> None:
    whole = saved.read_bytes()
    for size in range(0, len(whole), 40):
        saved.write_bytes(whole[:size])
        with pytest.raises(WorkspaceError, match="build again"):
            load_arrays(saved, cure="build again")


def test_a_file_of_before_there_were_seals_is_read(tmp_path: Path) -> None:
    path = tmp_path / "earlier.npz"
    np.savez(path, **ARRAYS)
    assert np.array_equal(load_arrays(path, cure="")["x"], ARRAYS["x"])
