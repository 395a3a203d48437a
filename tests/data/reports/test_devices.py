"""Claims about workers' phones: what is known of them, and for how long."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from data.database.schema import WORKER_REPORTS
from data.worker_reports import device_hash
from geo.errors import InputError
from tests.data.reports.voices import DAY, NOW, Clock, report

if TYPE_CHECKING:
    from data.report_book import ReportBook

KEY = b"k" * 32


def test_a_device_cannot_be_followed_from_station_to_station(book: ReportBook) -> None:
    report(book, "1")
    report(book, "1", station="b")
    with book.workspace.database.backend.begin() as connection:
        hashes = set(connection.execute(sa.select(WORKER_REPORTS.c.device)).scalars())
    assert len(hashes) == 2
    assert all(re.fullmatch(r"[0-9a-f]{64}", text) for text in hashes)


def test_the_hash_of_a_device_is_erased_when_it_is_no_longer_needed(
    book: ReportBook, time: Clock
) -> None:
    number = report(book, "1").number
    report(book, "2")
    time.at = NOW + 46 * DAY
    report(book, "3", "fine")
    query = sa.select(WORKER_REPORTS.c.device, WORKER_REPORTS.c.nonce).order_by(WORKER_REPORTS.c.id)
    with book.workspace.database.backend.begin() as connection:
        rows = connection.execute(query).all()
    assert [row.device is None for row in rows] == [True, True, False]
    assert [row.nonce is None for row in rows] == [True, True, False]
    ticket = book.tickets.ticket(number)
    assert ticket is not None
    assert (ticket.devices, ticket.state) == (2, "open")


def test_no_table_has_a_column_for_an_address_or_a_workers_position() -> None:
    columns = {column.name for column in WORKER_REPORTS.columns}
    assert not columns & {"ip", "address", "lon", "lat", "position", "accuracy", "user_agent"}


def test_a_device_is_hashed_with_the_key_and_for_one_purpose() -> None:
    device = "d" * 20
    hashes = {
        device_hash(device, "a", key=KEY),
        device_hash(device, "b", key=KEY),
        device_hash(device, "a", key=b"x" * 32),
        device_hash("e" * 20, "a", key=KEY),
    }
    assert len(hashes) == 4
    with pytest.raises(InputError, match="device must be"):
        device_hash("d d", "a", key=KEY)
