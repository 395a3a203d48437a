"""Claims about what a city settles for its reports: the issuer, targets and their pace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from data.report_settings import ReportSettings, Target, read_report_settings
from data.settings import default_settings, read_settings
from data.settings_text import write_template
from geo.errors import InputError
from geo.measure import Box

if TYPE_CHECKING:
    from pathlib import Path

HOMES = Target("16 家“之家”", "driver_home", 16, date(2026, 12, 31), 4, date(2026, 1, 1))


def table(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - any value of TOML
    made = {"name": "百站", "what": "stations", "number": 100, "until": "2026-12-31", **more}
    return {"targets": [{key: value for key, value in made.items() if value is not None}]}


def test_settings_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    plain = default_settings("示例市", Box(116.7, 33.9, 116.9, 34.0))
    targets = (HOMES, Target('5 万 "新" 会员', "members", 50_000, date(2027, 6, 30)))
    settings = replace(plain, report=ReportSettings("示例市总工会", targets))
    write_template(tmp_path / "yizhan.toml", settings)
    assert read_settings(tmp_path / "yizhan.toml").report == settings.report
    assert settings.content_hash == plain.content_hash


def test_the_pace_so_far_is_carried_on_to_the_last_day() -> None:
    """4 on 1 January and 9 after 100 days are 5 in 100 days; 264 days are left."""
    assert HOMES.forecast(9, on=date(2026, 4, 11)) == pytest.approx(9 + 264 * 5 / 100)
    assert HOMES.forecast(9, on=date(2027, 1, 5)) == 9
    assert HOMES.forecast(9, on=date(2026, 1, 1)) is None
    assert replace(HOMES, start=None, since=None).forecast(9, on=date(2026, 4, 11)) is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (table(what="dreams"), "write one of stations, seats, members"),
        (table(number=-1), "number must be a whole number"),
        (table(number=True), "number must be a whole number"),
        (table(number=None), "number is missing"),
        (table(until="soon"), "until must be a day"),
        (table(start=3), "start and since both"),
        (table(start=3, since="2027-01-01"), "since must lie before until"),
        (table(colour="red"), "each has only name, what, number"),
        (table(name=" "), "name of a target must have"),
        ({"targets": {"name": "x"}}, "write each as"),
        ({"issuer": "x" * 61}, "report.issuer must have at most 60"),
        ([], "report must be a table"),
    ],
)
def test_what_cannot_be_is_refused(given: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_report_settings(given)
