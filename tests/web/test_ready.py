"""Claims about what is there before the first visitor comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.app import create_app
from web.locator import page_files, ready

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_what_is_made_ready_is_not_made_for_a_visitor(
    city_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(city_folder, testing=True)
    ready.make_ready(app).join()

    def made_late(*_words: object) -> None:
        raise AssertionError

    for name in ("station_columns", "detail_columns", "name_sounds", "pack_roads"):
        monkeypatch.setattr(page_files, name, made_late)
    client = app.test_client()
    now = client.get("/api/page/now.json").get_json()
    for name in ("stations", "details", "sounds", "roads"):
        assert client.get(now[name]).status_code == 200
    assert client.get("/").status_code == 200


def test_a_city_without_a_register_is_served_all_the_same(empty_folder: Path) -> None:
    app = create_app(empty_folder, testing=True)
    ready.make_ready(app).join()
    assert app.test_client().get("/").status_code == 200
