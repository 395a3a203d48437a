"""Claims about one worker's report: what it may say, its moment and its number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from data.worker_reports import WorkerReport, agreement, read_number, read_when, written_number
from geo.errors import InputError
from tests.data.reports.voices import NOW

if TYPE_CHECKING:
    from datetime import datetime


def worker_report(**more: object) -> WorkerReport:
    values: dict[str, Any] = {
        "station": "a",
        "what": "locked",
        "seen_at": NOW,
        "device": "0" * 64,
        "nonce": "n" * 20,
        **more,
    }
    return WorkerReport(**values)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"station": ""}, "station must be"),
        ({"what": "dirty"}, "none of locked"),
        ({"facility": "toilet"}, 'only be said with what "broken"'),
        ({"what": "broken", "facility": "pool"}, "facility"),
        ({"seen_at": NOW.replace(tzinfo=None)}, "zone"),
        ({"device": "my phone"}, "hashed"),
        ({"nonce": "short"}, "nonce must be"),
        ({"nonce": "n" * 65}, "nonce must be"),
        ({"nonce": 5}, "nonce must be"),
        ({"text": "x" * 501}, "at most 500"),
        ({"text": None}, "must be text"),
    ],
)
def test_a_report_that_cannot_be_is_refused(more: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        worker_report(**more)


def test_a_report_is_kept_to_the_minute() -> None:
    report_at = worker_report(seen_at=NOW.replace(second=59, microsecond=5))
    assert report_at.seen_at == NOW


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T10:00:00+08:00", NOW),
        ("2026-11-23T02:00:00Z", NOW),
        ("2026-11-23T12:00:00.000Z", NOW),  # a phone ten hours ahead
    ],
)
def test_when_is_read_with_its_zone(text: str, moment: datetime) -> None:
    assert read_when(text, now=NOW) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-11-23T10:00:00",
        "2026-11-25T00:00:00Z",
        "2026-10-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        5,
        None,
        "2026-11-23T02:00:00Z" + " " * 99,
    ],
)
def test_when_that_cannot_be_is_refused(text: object) -> None:
    with pytest.raises(InputError, match="when"):
        read_when(text, now=NOW)


def test_agreement_grows_with_devices() -> None:
    assert [agreement(n) for n in range(4)] == [0.0, 0.5, 0.75, 0.875]


def test_a_number_is_read_as_people_type_it() -> None:
    number = written_number(bytes(range(0, 240, 40)))
    assert read_number(number) == number
    assert read_number(" 7k3f 92 ") == "7K3F-92"
    assert read_number("OIL0-11") == "0110-11"
    for wrong in ("", "7K3F-9", "7K3F-923", "7K3F-9U", "../../x", "７K3F-92"):
        assert read_number(wrong) is None
