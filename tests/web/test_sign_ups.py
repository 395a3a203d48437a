"""Claims about the public calendar and signing up by the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.activities import Activity
from data.report_book import ReportBook
from data.stations import Stations
from data.workspace import Workspace
from geo.measure import Box
from web.app import create_app

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

HOSTILE = "<script>window.broken=1</script>{{ 7*7 }}"
START = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def book(tmp_path: Path) -> ReportBook:
    made = Workspace.create(tmp_path / "city", name="市", box=Box(116.7, 33.8, 116.9, 34.0))
    station = {"id": "a", "name": HOSTILE, "kind": "station", "lon": 116.8, "lat": 33.9}
    made.replace_stations(Stations.from_records([station]))
    return ReportBook(made)


@pytest.fixture
def client(book: ReportBook) -> FlaskClient:
    return create_app(book.workspace.folder, testing=True).test_client()


def made(book: ReportBook, *, title: str = "义诊", places: int | None = 1) -> int:
    hours = timedelta(hours=2)
    activity = Activity("a", title, "mutual_aid", START, START + hours, title, places)
    return book.activities.add([activity], by="li")[0]


def body(activity: object, device: str = "1") -> dict[str, object]:
    return {"activity": activity, "device": device * 20, "nonce": f"nonce-{device:0>20}"}


def test_a_worker_signs_up_looks_it_up_and_gives_the_place_back(
    client: FlaskClient, book: ReportBook
) -> None:
    number = made(book)
    taken = client.post("/api/sign_ups", json=body(number))
    assert (taken.status_code, taken.json["state"]) == (201, "coming")
    ticket = taken.json["ticket"]
    assert client.post("/api/sign_ups", json=body(number)).status_code == 200
    full = client.post("/api/sign_ups", json=body(number, "2"))
    assert (full.status_code, "no place" in full.json["detail"]) == (400, True)
    assert "名额已满" in client.get("/activities").text
    told = client.get(f"/api/tickets/{ticket}").json
    assert (told["kind"], told["state"], told["name"]) == ("sign_up", "coming", "义诊")
    assert client.post("/api/sign_ups/0000-00/cancel").status_code == 404
    given = client.post(f"/api/sign_ups/{ticket.lower()}/cancel")
    assert given.json == {"ticket": ticket, "state": "cancelled"}
    assert "还有 1 个名额" in client.get("/activities").text
    assert client.post("/api/sign_ups", json=body(number, "2")).status_code == 201


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"activity": 1, "device": "x", "nonce": "n" * 20}, 400),
        ({**body(99)}, 400),
        ({**body("1")}, 400),
        ({**body(1), "name": "王"}, 400),
        ({"activity": 1}, 400),
    ],
)
def test_a_sign_up_that_is_none_is_refused_and_takes_no_place(
    client: FlaskClient, book: ReportBook, sent: dict[str, object], status: int
) -> None:
    made(book)
    assert client.post("/api/sign_ups", json=sent).status_code == status
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/api/sign_ups", json=body(1), headers=foreign).status_code == 403
    assert book.sign_ups.counts() == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_public_calendar_shows_what_is_to_come_as_text(
    client: FlaskClient, book: ReportBook, language: str
) -> None:
    assert client.get(f"/activities?lang={language}").status_code == 200
    assert client.get("/activities.ics").text.count("BEGIN:VEVENT") == 0
    one, other = made(book, title=HOSTILE), made(book, places=None)
    page = client.get(f"/activities?lang={language}").text
    assert "<script>window" not in page
    assert page.count("data-sign-up=") == 2
    feed = client.get("/activities.ics")
    assert feed.mimetype == "text/calendar"
    assert feed.text.count("BEGIN:VEVENT") == 2
    for number in (one, other):
        assert f"UID:activity-{number}-" in feed.text.replace("\r\n ", "")
