"""Files of photos are kept by their hash, in the folder or in a store, and known to be whole."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import fsspec
import pytest

from data.photos import PhotoStore, check_photo_store, read_picture
from geo.errors import InputError, WorkspaceError
from tests.data.photos.drawn import drawn, saved

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PICTURE = read_picture(saved(drawn(), "JPEG"))


@pytest.fixture(params=["", "memory://bucket/photos"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PhotoStore]:
    yield PhotoStore(tmp_path, address=request.param)
    fsspec.filesystem("memory").store.clear()


def test_a_photo_is_kept_under_its_hash_and_read_back(store: PhotoStore) -> None:
    assert store.names() == []
    store.keep(PICTURE)
    store.keep(PICTURE)
    name = hashlib.sha256(PICTURE.content).hexdigest()
    assert store.names() == [f"{name}-small.jpg", f"{name}.jpg"]
    assert store.read(name) == PICTURE.content
    assert store.read(name, small=True) == PICTURE.thumbnail
    assert store.read("0" * 64) is None


@pytest.mark.parametrize("name", ["../yizhan.db", "/etc/passwd", "a.jpg", "0" * 64, ""])
def test_no_other_file_is_read(store: PhotoStore, name: str) -> None:
    assert store.file(name) is None


def test_a_photo_that_is_lost_or_changed_is_told(store: PhotoStore) -> None:
    store.keep(PICTURE)
    name, size = PICTURE.content_hash, len(PICTURE.content)
    assert store.faults({name: size}) == {}
    store.write(f"{name}.jpg", PICTURE.content[:-1] + b"x")
    assert store.faults({name: size, "0" * 64: 1}) == {name: "changed", "0" * 64: "missing"}


def test_the_environment_goes_before_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHOTOS_URL", "memory://other/")
    assert PhotoStore(tmp_path, address="memory://bucket").where == "memory://other"


@pytest.mark.parametrize("address", ["bucket", "s3://key:secret@bucket", "s3://", 5, "S3 ://x"])
def test_an_address_that_is_none_is_refused_and_not_repeated(address: object) -> None:
    with pytest.raises(InputError, match="like s3://bucket/folder") as told:
        check_photo_store(address)
    assert "secret" not in str(told.value)


def test_a_store_of_which_nothing_is_known_is_told_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="no way into a store of that kind"):
        PhotoStore(tmp_path, address="nothing://bucket").read("0" * 64)


def test_a_bucket_that_is_not_there_is_told_when_a_photo_is_to_be_kept(tmp_path: Path) -> None:
    store = PhotoStore(tmp_path, address=f"file://{tmp_path}/none")
    assert store.read(PICTURE.content_hash) is None
    with pytest.raises(WorkspaceError, match="the store of the photos does not answer"):
        store.keep(PICTURE)
