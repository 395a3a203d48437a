"""Claims about a ticket that is settled in one press: its value is the register's from then on."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from geo.errors import InputError
from tests.web.admin.visits import ON_BOTH, send

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from data.report_book import ReportBook
    from data.workspace import Workspace

_NONCES = count()


def _report(book: ReportBook, device: int, what: str, **values: Any) -> str:  # noqa: ANN401 - what a report holds
    receipt = book.take_report(
        station="a",
        what=what,
        when=datetime.now(UTC).isoformat(),
        device=f"device-{device:020}",
        nonce=f"settle-{next(_NONCES):020}",
        **values,
    )
    return receipt.number


@ON_BOTH
def test_new_hours_are_taken_over_and_the_phone_says_them(
    moderator: FlaskClient, book: ReportBook, workspace: Workspace, stranger: FlaskClient
) -> None:
    for device, hours in ((1, "7:00-21:00"), (2, "周一至周五 9:00-17:00"), (3, "7:00-21:00")):
        number = _report(book, device, "new_hours", hours=hours)
    assert [(one.said["hours"], one.devices) for one in book.offers(number)] == [
        ("7:00-21:00", 2),
        ("周一至周五 9:00-17:00", 1),
    ]
    path = f"/admin/tickets/{number}"
    assert "采用工友的说法" in moderator.get(path).text
    assert send(moderator, f"{path}/settle", page=path, offer="0") == 303
    ticket = book.tickets.ticket(number)
    assert ticket is not None
    assert ticket.state == "closed"
    assert set(workspace.stations().frame.set_index("id")["hours"][["a"]]) == {"7:00-21:00"}
    said = workspace.register().evidence("a")["hours"]
    assert (said.source, said.by, said.value) == ("workers", f"li, {number}", "7:00-21:00")
    assert said.confidence == pytest.approx(0.75, abs=0.01)
    assert "7:00–21:00" in stranger.get("/s/a").text
    assert send(moderator, f"{path}/settle", page="/admin/activities", offer="0") == 400


@ON_BOTH
def test_a_moved_station_stands_where_it_was_tapped_to_ten_metres(
    moderator: FlaskClient, book: ReportBook, workspace: Workspace
) -> None:
    number = _report(book, 1, "moved", lon=116.812345, lat=33.912345)
    assert send(moderator, f"/admin/tickets/{number}/settle", offer="0") == 303
    at = workspace.stations().ids.index("a")
    assert workspace.stations().lonlat[at].tolist() == [116.8123, 33.9123]


@ON_BOTH
def test_a_facility_stays_broken_when_its_ticket_is_settled(
    moderator: FlaskClient, book: ReportBook, workspace: Workspace
) -> None:
    for device in (1, 2):
        number = _report(book, device, "broken", facility="microwave")
    assert send(moderator, f"/admin/tickets/{number}/settle", offer="0") == 303
    row = workspace.stations().frame.set_index("id").loc["a"]
    assert row["facilities_broken"] == ("microwave",)


@pytest.mark.parametrize(
    ("what", "values", "says"),
    [
        ("new_hours", {"hours": "看情况"}, "cannot be read"),
        ("new_hours", {"hours": 7}, "hours"),
        ("locked", {"hours": "7:00-21:00"}, "hours go with what"),
        ("moved", {"lon": 116.8}, "hours go with what"),
        ("moved", {"lon": "116.8", "lat": 33.9}, "lon must be a number of degrees"),
        ("moved", {"lon": 1.0, "lat": 33.9}, "outside of the city"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_report(
    book: ReportBook, what: str, values: dict[str, Any], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        _report(book, 1, what, **values)
    assert book.tickets.all_reports() == ()
