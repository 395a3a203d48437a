"""Claims that the worker's list is true once its script has filled it, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.statements.claims import CLAIMS
from tests.statements.claims_phone import CLAIMS as OF_PHONE
from tests.statements.fragments import of_page
from tests.statements.walker import faults, held_spans
from tests.web.clocks import china_noon
from tests.web.serving import served
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.statements.cities import City
    from tests.statements.fragments import Fragment

pytestmark = [pytest.mark.real, pytest.mark.browser]


def _read(browser: Browser, city: City, address: str, language: str) -> list[Fragment]:
    """Read the list of a phone that stands in the middle of the stations."""
    lon, lat = city.stood_at
    context = browser.new_context(
        viewport={"width": 360, "height": 640},
        geolocation={"longitude": lon, "latitude": lat},
        permissions=["geolocation"],
    )
    moment = china_noon()  # at night other sentences stand in the place of these
    context.clock.set_fixed_time(moment)
    page = context.new_page()
    page.goto(f"{address}/?lang={language}")
    page.wait_for_selector("[data-ready~=roads]", state="attached")
    page.locator("#locate").click()
    page.wait_for_selector('[data-slot="minutes"]:visible')
    face = f"phone {language} /"
    city.asked_at[face] = moment
    read = of_page(face, page.content())
    context.close()
    return read


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_number_on_the_phone_is_held_by_one_claim_and_true(
    sample: City, browser: Browser, language: str
) -> None:
    middle = np.median(sample.recount.stations.lonlat, axis=0)
    sample.stood_at = (round(float(middle[0]), 6), round(float(middle[1]), 6))
    with served(create_app(sample.folder, testing=True)) as address:
        read = _read(browser, sample, address, language)
    said = [piece for piece in read if held_spans(piece.text)]
    minutes = [piece for piece in said if "p.near" in piece.place]
    assert len(minutes) >= 5
    found = [fault for piece in said for fault in faults(piece, sample, (*CLAIMS, *OF_PHONE))]
    assert not found, "\n".join(map(str, found[:40]))
