"""Claims about one station's card without a script: how fresh the word is, where the link leads."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import eviltransform
import pytest

from data.stations import Stations
from web.labels.last_check import checked_words
from web.languages import CHINESE, ENGLISH
from web.locator.station_cards import card_of
from web.stations.features import station_features
from web.stations.standing import EMPTY_STANDING

MOMENT = datetime.fromisoformat("2026-11-23T10:00")


def fresh(*, checked: str, confirmed: str | None) -> str:
    record = {"id": "A", "name": "甲", "kind": "station", "lon": 116.8, "lat": 33.96}
    [feature] = station_features(
        Stations.from_records([record | {"checked_at": checked}]), (), first=MOMENT.date()
    )
    standing = {**EMPTY_STANDING, "confirmed_at": confirmed}
    said: str = card_of(feature, MOMENT, CHINESE, standing=standing)["properties"]["fresh"]
    return said


@pytest.mark.parametrize(
    ("checked", "confirmed", "says"),
    [
        ("", None, "未核对"),
        ("2026-11-20", None, "3 天前核对 · 台账登记"),
        ("", "2026-11-23", "今天核对 · 工友确认"),
        ("2026-05-01", "2026-11-22", "昨天核对 · 工友确认"),
        ("2026-11-22", "2026-11-01", "昨天核对 · 台账登记"),
    ],
)
def test_a_card_says_the_newest_word_and_whose_it_is(
    checked: str, confirmed: str | None, says: str
) -> None:
    assert fresh(checked=checked, confirmed=confirmed) == says


def test_a_check_that_lies_ahead_counts_as_one_of_today() -> None:
    today = date(2026, 11, 23)
    assert checked_words("2026-11-26", today, CHINESE) == "今天核对"
    assert checked_words("2026-11-26", today, ENGLISH) == "Checked today"


@pytest.mark.parametrize(
    ("days", "said"),
    [(59, "59 days"), (60, "60 days"), (61, "2 months"), (730, "23 months"), (731, "2 years")],
)
def test_a_check_is_told_in_the_largest_unit_of_which_there_are_two(days: int, said: str) -> None:
    today = date(2026, 11, 23)
    checked = (today - timedelta(days=days)).isoformat()
    assert checked_words(checked, today, ENGLISH) == f"Checked {said} ago"


def test_the_link_of_a_card_leads_in_gcj02_longitude_first() -> None:
    record = {"id": "A", "name": "站, 甲", "kind": "station", "lon": 116.8, "lat": 33.96}
    [feature] = station_features(Stations.from_records([record]), (), first=MOMENT.date())
    link = feature["properties"]["navigation"]
    lon, lat, name = parse_qs(urlsplit(link).query)["to"][0].split(",")
    lat_there, lon_there = eviltransform.wgs2gcj(33.96, 116.8)
    assert (float(lon), float(lat)) == pytest.approx((lon_there, lat_there), abs=2e-6)
    assert name == "站， 甲"
