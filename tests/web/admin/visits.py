"""Visits to the moderators' pages, and what they find there: of the tests of this folder."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.security import generate_password_hash

from data.activities import Activity

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from data.report_book import ReportBook

HOSTILE = "<script>window.broken=1</script><img src=x onerror=window.broken=1>{{ 7*7 }}'\"${1}"
PASSWORD = "a long enough password"  # noqa: S105 - of an account of this test
# As it is kept, but quicker.
PASSWORD_HASH = generate_password_hash(PASSWORD, method="scrypt:1024:8:1")
PAGES = ("/admin/", "/admin/proposals", "/admin/activities", "/admin/audit")
#: Pages on which nothing that workers or moderators wrote stands.
QUIET_PAGES = (
    *("/admin/accounts", "/admin/accounts/wang", "/admin/password"),
    *("/admin/organisations", "/admin/organisations/new"),
)
#: A claim holds on SQLite and on PostgreSQL with PostGIS.
ON_BOTH = pytest.mark.parametrize("kind_of_database", ["SQLite", "PostgreSQL"], indirect=True)
_NUMBERS = count()


def token_of(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f]{64})"', client.get(path).text)
    assert found is not None
    return found[1]


def log_in(client: FlaskClient, name: str, password: str = PASSWORD) -> TestResponse:
    token = token_of(client, "/admin/login")
    form = {"name": name, "password": password, "token": token}
    return client.post("/admin/login", data=form)


def logged_in(app: Flask, name: str) -> FlaskClient:
    client = app.test_client()
    assert log_in(client, name).status_code == 303
    return client


def send(client: FlaskClient, path: str, page: str = "/admin/", **form: str) -> int:
    form["token"] = token_of(client, page)
    return client.post(path, data=form).status_code


def ticket(book: ReportBook, station: str = "a", devices: int = 2, **more: str) -> str:
    for device in range(devices):
        receipt = book.take_report(
            station=station,
            what=more.get("what", "locked"),
            facility=more.get("facility", ""),
            text=more.get("text", ""),
            when=datetime.now(UTC).isoformat(),
            device=f"device-{device:020}",
            nonce=f"nonce-{next(_NUMBERS):020}",
        )
    return receipt.number


def proposal(book: ReportBook, **more: Any) -> str:  # noqa: ANN401 - parts of a proposal
    values: dict[str, Any] = {"name": "南湖东门", "lon": 116.85, "lat": 33.95, **more}
    nonce = f"nonce-{next(_NUMBERS):020}"
    return book.take_proposal(device="d" * 20, nonce=nonce, **values).number


def activity(book: ReportBook, station: str = "a", **more: str) -> int:
    start = datetime.now(UTC) + timedelta(days=1)
    made = Activity(
        station=station,
        title=more.get("title", "义诊"),
        kind="health_visit",
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        text=more.get("text", ""),
    )
    return book.activities.add([made], by="li")[0]
