"""A street with a few stations to the north of a phone, so that every answer is seen at once."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.stations import Stations
from data.workspace import Workspace
from geo.measure import Box
from tests.web.serving import served
from web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from playwright.sync_api import Browser, Page

LON, LAT = 116.8, 33.9
_KM = 1 / 111.0  # degrees of latitude
_PLACES = (
    ("suspended", "24小时", 1, "suspended", "station"),
    ("silent", "", 1, "open", "station"),
    ("day", "8:00-18:00", 2, "open", "station"),
    ("evening", "8:00-21:00", 3, "open", "driver_home"),
    ("always", "24小时", 4, "open", "station"),
)


@dataclass(frozen=True)
class Street:
    """A served city without roads; on foot its stations lie about 18, 35, 52 and 70 minutes off."""

    address: str
    workspace: Workspace


def stations(*, name: str = "") -> Stations:
    """Return the stations of the street; with a name, all are called so."""
    return Stations.from_records(
        [
            {"id": one, "name": name or one, "kind": kind, "hours": hours, "status": status}
            | {"facilities": ("drinking_water", "meals", "shower", "truck_parking")}
            | {"lon": LON, "lat": north(kilometres)}
            for one, hours, kilometres, status, kind in _PLACES
        ]
    )


def north(kilometres: float) -> float:
    """Return the latitude so far to the north of the phone."""
    return LAT + kilometres * _KM


@contextmanager
def street_in(folder: Path) -> Iterator[Street]:
    """Serve a new street from a folder."""
    workspace = Workspace.create(folder, name="街", box=Box(116.7, 33.8, 116.9, 34.1))
    workspace.replace_stations(stations())
    with served(create_app(folder, testing=True)) as address:
        yield Street(address, workspace)


def stand(
    browser: Browser, address: str, *, at: datetime, locale: str = "zh-CN", agent: str | None = None
) -> Page:
    """Open the list on a phone that stands at the south end, and ask for what is near."""
    context = browser.new_context(
        viewport={"width": 360, "height": 640},
        locale=locale,
        user_agent=agent,
        geolocation={"longitude": LON, "latitude": LAT},
        permissions=["geolocation"],
        service_workers="block",
    )
    context.clock.set_fixed_time(at)
    page = context.new_page()
    page.goto(address)
    page.locator("#locate").click()
    page.wait_for_selector('[data-slot="minutes"]:visible')
    return page
