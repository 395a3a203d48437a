"""Claims about old phones: Chromium 88 and WebKit 14.1, both of early 2021, are the oldest served.

The first versions are those of MDN's browser-compat-data.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.clocks import china_noon
from web.site.bundles import BUNDLES, TOKENS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WEB = Path(__file__).resolve().parents[2] / "web"
FOR_WORKERS = (
    "list.js",
    "map.js",
    "search.js",
    "searcher.js",
    "roads.js",
    "roadmap.js",
    "way.js",
    "station.js",
    "feedback.js",
    "activities.js",
)
NEWER = {
    r"\.at\(": "Array.prototype.at: Chromium 92",
    r"\bfindLast(Index)?\b": "Chromium 97",
    r"\bstructuredClone\b": "Chromium 98",
    r"\bObject\.(hasOwn|groupBy)\b": "Chromium 93, 117",
    r"\bto(Sorted|Reversed|Spliced)\b": "Chromium 110",
    r"\bAbortSignal\.(timeout|any)\b": "Chromium 103, 116",
    r"\brandomUUID\b": "Chromium 92",
    r"\bArray\.fromAsync\b": "Chromium 121",
    r"\bPromise\.(withResolvers|try)\b": "Chromium 119, 128",
    r"\bstatic \{": "Chromium 94",
    r"\bshowPopover\b|\binert\b": "Chromium 114, 102",
    r"(?<![\w$])#\w+ in\b": "Chromium 91",
    r"/[dgimsuy]*v[dgimsuy]*[.,;)]": "flag v of patterns: Chromium 112",
    r"\(\?<[=!]": "looking behind: WebKit 16.4",
}
NEWER_STYLES = {
    ":has(": "Chromium 105",
    "@container": "Chromium 105",
    "dvh": "Chromium 108",
    "@layer": "Chromium 99",
    "@scope": "Chromium 118",
    "&:": "nesting: Chromium 120",
}
_OLD = """
for (const [of, name] of [
  [Array.prototype, "at"], [String.prototype, "at"], [Array.prototype, "findLast"],
  [Array.prototype, "toSorted"], [Object, "hasOwn"], [Object, "groupBy"],
  [window, "structuredClone"], [window, "requestIdleCallback"], [AbortSignal, "timeout"],
  [crypto, "randomUUID"], [Navigator.prototype, "storage"],
  [Navigator.prototype, "permissions"], [Navigator.prototype, "share"],
  [Navigator.prototype, "serviceWorker"], [Navigator.prototype, "clipboard"],
]) delete of[name];
"""


def test_no_script_of_the_workers_asks_for_more_than_an_old_phone_has() -> None:
    files = {WEB / "static" / file for name in FOR_WORKERS for file in BUNDLES[name]}
    found = [
        (file.name, since)
        for file in {*files, WEB / "templates" / "sw.js"}
        for pattern, since in NEWER.items()
        if re.search(
            pattern, re.sub(r"//[^\n]*|/\*.*?\*/", "", file.read_text("utf-8"), flags=re.DOTALL)
        )
    ]
    assert found == []
    page = "".join(
        (WEB / "static" / file).read_text("utf-8") for file in BUNDLES["page.css"] if file != TOKENS
    )
    assert [since for sign, since in NEWER_STYLES.items() if sign in page] == []


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_without_what_is_newer_list_map_station_and_favourites_work(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 640},
        geolocation={"longitude": 116.784321, "latitude": 33.961234},
        permissions=["geolocation"],
        service_workers="block",
    )
    context.add_init_script(_OLD)
    context.clock.set_fixed_time(china_noon())
    page, faults = context.new_page(), list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(address)
    assert page.evaluate("[typeof structuredClone, typeof [].at]") == ["undefined", "undefined"]
    page.wait_for_selector("[data-ready~=roads]")
    page.locator("#locate").click()
    page.wait_for_selector('[data-slot="minutes"]:visible')
    page.locator(".leaflet-marker-icon").first.wait_for()
    page.locator(".stations a.station").first.click()
    page.locator("#keep").click()
    expect(page.locator("#keep")).to_have_attribute("aria-pressed", "true")
    page.locator("#share").click()
    expect(page.locator("#keep-said")).to_contain_text("请复制：")
    page.locator("#way-ask").click()
    expect(page.locator("#way-steps li").first).to_be_visible()
    assert faults == []
    context.close()
