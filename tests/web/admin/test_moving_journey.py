"""Claims in a real browser: a city moves from a file to a server and back, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.database.edits import Edits
from data.workspace import Workspace
from tests.data.photos.drawn import drawn, saved
from tests.web.admin.visits import PASSWORD
from tests.web.serving import served
from web.app import create_app
from web.services.photos import take_photo

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext

    from tests.conftest import Cli

#: What is looked at in each house, and where on the page.
SEEN = {
    "/admin/register": "tbody",
    "/admin/register/edits": "ol.edits",
    "/admin/register/s/a": ".photos-desk, section:has(#past-title)",
    "/admin/": "main",
    "/admin/proposals": "main",
    "/admin/activities": "ul.cases",
    "/admin/accounts": "main",
}
FILE = "/admin/register/export.csv"


def _look(desk: BrowserContext, folder: Path, *, signs_in: bool = False) -> dict[str, object]:
    """Return what pages and files say where the city is now; who was signed in still is."""
    with served(create_app(folder, testing=True)) as address:
        page = desk.new_page()
        page.goto(f"{address}/admin/login")
        if signs_in:
            page.locator('[name="name"]').fill("li")
            page.locator('[name="password"]').fill(PASSWORD)
            page.locator('button[type="submit"]').last.click()
        page.wait_for_selector("form[action*=logout]")
        told: dict[str, object] = {}
        for path, where in SEEN.items():
            page.goto(address + path)
            told[path] = page.locator(where).all_inner_texts()
        page.goto(f"{address}/admin/register/s/a")
        photo = page.locator(".photo-list a").first.get_attribute("href")
        for path in (f"{photo}", FILE):
            answer = page.request.get(address + path)
            assert answer.ok, path
            told[path] = answer.body()
        page.goto(f"{address}/s/a")
        told["/s/a"] = page.locator("main").inner_text()
        page.close()
    return told


def _histories(folder: Path) -> dict[str, object]:
    workspace = Workspace.open(folder)
    try:
        register = workspace.register()
        return {one: register.history(one) for one in register.stations().ids}
    finally:
        workspace.database.close()


@pytest.mark.usefixtures("full")
def test_a_city_moves_to_a_server_and_back_with_equal_exports_and_history(
    workspace: Workspace,
    desk: BrowserContext,
    cli: Cli,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, edits = workspace.folder, Edits(workspace.database.backend)
    versions = edits.versions("abc")
    said = {station: {"hours": "7:00-21:00", "facility.toilet": "broken"} for station in "abc"}
    number = edits.save_all(said, versions=versions, source="register", by="li")
    edits.save("b", {"phone": "110"}, since=number + 2, source="inspector", by="li", checks=True)
    edits.undo(number, by="li")
    take_photo(workspace, saved(drawn(64, 48), "JPEG"), station="a", by="li", public=True)
    at_first, before = _look(desk, folder, signs_in=True), _histories(folder)
    assert cli("db", "copy", "-w", folder, "--to", postgres_url).code == 0
    workspace.database.close()
    (folder / "yizhan.db").rename(folder / "kept.db")  # so that nothing can come from there
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    assert _look(desk, folder) == at_first
    assert _histories(folder) == before
    assert cli("db", "copy", "-w", folder, "--to", folder / "yizhan.db").code == 0
    monkeypatch.delenv("DATABASE_URL")
    assert _look(desk, folder) == at_first
    assert _histories(folder) == before
