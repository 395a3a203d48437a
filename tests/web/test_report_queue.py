"""Claims about the queue of reports on the phone: what stays, what goes, under which day."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

REPORT = {"station": "S0", "what": "locked", "when": "2026-11-23T21:30:00Z"}


class Letterbox:
    """A server that answers reports as it is told, and keeps what it was sent."""

    def __init__(self, page: Page) -> None:
        self.status = 201
        self.sent: list[dict[str, Any]] = []
        page.route("**/api/reports", self._answer)
        page.route("**/api/tickets/*", lambda route: route.fulfill(status=404, body="{}"))

    def _answer(self, route: Route) -> None:
        self.sent.append(json.loads(route.request.post_data or ""))
        body = {"ticket": "7K3F-92"} if self.status == 201 else {"detail": "no"}
        route.fulfill(status=self.status, content_type="application/json", body=json.dumps(body))


@pytest.fixture
def page(phone: BrowserContext, address: str) -> Page:
    opened = phone.new_page()
    opened.goto(f"{address}/feedback")
    return opened


def add(page: Page) -> dict[str, Any]:
    said: dict[str, Any] = page.evaluate(
        "(body) => reportQueue.add('/api/reports', body, '锁着')", REPORT
    )
    return said


def waiting(page: Page) -> int:
    return int(page.evaluate("reportQueue.waiting().length"))


def test_a_report_before_dawn_stands_under_the_day_that_it_is_in_china(page: Page) -> None:
    """Half past five in the morning of the 24th, when it is still the 23rd by Greenwich."""
    Letterbox(page)
    page.clock.set_fixed_time(datetime(2026, 11, 23, 21, 30, tzinfo=UTC))
    assert add(page)["state"] == "sent"
    assert page.evaluate("reportQueue.tickets()") == [
        {"ticket": "7K3F-92", "label": "锁着", "day": "2026-11-24"}
    ]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_a_busy_server_did_not_take_waits_and_is_known_again_when_it_comes(
    page: Page, status: int
) -> None:
    letterbox = Letterbox(page)
    letterbox.status = status
    assert add(page)["state"] == "busy"
    assert waiting(page) == 1
    letterbox.status = 201
    page.evaluate("reportQueue.deliver()")
    assert waiting(page) == 0
    first, again = letterbox.sent
    assert first == again
    assert first["nonce"]


@pytest.mark.parametrize("status", [400, 404, 413, 422])
def test_what_is_refused_for_good_is_told_and_does_not_hold_up_the_next(
    page: Page, status: int
) -> None:
    letterbox = Letterbox(page)
    letterbox.status = status
    assert add(page) == {"state": "refused", "detail": "no"}
    assert waiting(page) == 0
    letterbox.status = 201
    assert add(page)["state"] == "sent"
    nonces = [sent["nonce"] for sent in letterbox.sent]
    devices = {sent["device"] for sent in letterbox.sent}
    assert (len(set(nonces)), len(devices)) == (2, 1)
