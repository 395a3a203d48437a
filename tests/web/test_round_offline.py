"""A round on a phone without a signal: ten visits with photos arrive once each, conflicts shown."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import expect

from data.rounds import Round
from data.workspace import Workspace
from tests.data.photos.drawn import with_everything
from web.services.rounds import rounds_of

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

    from tests.web.conftest import Lively

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

STATIONS = tuple(f"S{number}" for number in range(10))


def _photo(number: int) -> dict[str, object]:
    """Return a photo of one colour as the file that a camera gives; each is another one."""
    image = Image.new("RGB", (2000, 1000) if number == 0 else (320, 240), (25 * number, 90, 120))
    content = with_everything(image, turn=6)
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": content}


def _log_in(page: Page, lively: Lively) -> None:
    page.goto(f"{lively.address}/admin/login")
    page.locator('[name="name"]').fill(lively.name)
    page.locator('[name="password"]').fill(lively.password)
    page.locator('main button[type="submit"]').click()
    page.wait_for_selector("form[action*=logout]")


def _visit(page: Page, number: int, *, says: str) -> None:
    """Note a station with a photo, and wait until its line says so."""
    stop = page.locator(f'[data-stop="{STATIONS[number]}"]')
    stop.locator("summary").click()
    stop.locator('[name="open"]').select_option("open")
    stop.locator('[name="hours"]').fill("9:00-17:00")
    stop.locator('[type="file"]').set_input_files([_photo(number)])
    stop.locator("[data-photos] canvas").wait_for()
    stop.locator('button[type="submit"]').click()
    stop.locator("[data-outcome]", has_text=says).wait_for()


def test_ten_visits_with_photos_arrive_once_each_and_conflicts_are_shown(
    phone: BrowserContext, lively: Lively
) -> None:
    workspace = Workspace.open(lively.folder)
    rounds = rounds_of(workspace)
    number = rounds.add(Round("西片", STATIONS, date(2027, 1, 5)), by="test")
    page = phone.new_page()
    _log_in(page, lively)
    page.goto(f"{lively.address}/admin/rounds/{number}")
    page.wait_for_selector("body[data-ready=offline]")
    phone.set_offline(True)
    page.reload()
    for at in range(10):
        _visit(page, at, says="连同 1 张照片")
    expect(page.locator("#round-state")).to_contain_text("10 个站点的记录存在手机里")
    page.reload()
    expect(page.locator("[data-outcome]", has_text="还没有发送")).to_have_count(10)
    workspace.register().observe("S3", {"hours": "24小时"}, source="operator", by="wang")

    sent: list[int] = []

    def lose_one_answer_and_refuse_the_next(route: Route) -> None:
        """The first visit arrives and the phone does not hear of it; the second is sent again."""
        sent.append(0)
        if len(sent) == 1:
            sent[0] = route.fetch().status
            route.abort()
        elif len(sent) == 3:
            route.fulfill(status=400, json={"detail": "时间读不懂。"})
        else:
            route.continue_()

    page.route("**/visits", lose_one_answer_and_refuse_the_next)
    phone.set_offline(False)
    page.wait_for_selector('[data-queued="0"]', state="attached")
    assert (sent[0], len(sent)) == (200, 11)
    page.reload()
    refused = page.locator('[data-stop="S1"]')
    expect(refused.locator("[data-outcome]")).to_contain_text("没有收下：时间读不懂。")
    expect(refused.locator("[data-outcome] button")).to_have_text("丢弃这条记录")
    _visit(page, 1, says="登记册已更新")
    expect(page.locator("#round-progress")).to_contain_text("10 / 10 个站点已到访")
    (kept,) = [one for one in rounds.rounds() if one.id == number]
    assert sorted(one.visit.station for one in kept.visits) == list(STATIONS)
    photos = workspace.photos().of_visits([one.id for one in kept.visits])
    assert sorted(photo.station for photo in photos) == list(STATIONS)
    assert not any(photo.public for photo in photos)
    upright = next(photo for photo in photos if photo.station == "S0")
    assert (upright.width, upright.height) == (800, 1600)
    file = Image.open(io.BytesIO(workspace.photo_store().read(upright.content_hash) or b""))
    assert file.size == (800, 1600)
    later = "这些有更晚的说法，保持不变：开放时间: 24小时"
    expect(page.locator('[data-outcome="S3"]')).to_contain_text(later)
    expect(page.locator('[data-outcome="S4"]')).to_contain_text("登记册已更新")
    page.reload()
    expect(page.locator(".shots img")).to_have_count(10)
    expect(page.locator(".stop.done")).to_have_count(10)
