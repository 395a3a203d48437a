"""Claims about hours in words."""

from __future__ import annotations

import pytest

from web.languages import CHINESE, ENGLISH
from web.maps.density_hours import hour_words


@pytest.mark.parametrize(
    ("hours", "chinese", "english"),
    [
        ((14,), "14 时", "14:00"),
        ((0, 1, 2, 23), "23–2 时", "23:00–2:00"),
        ((11, 12, 18), "11–12、18 时", "11:00–12:00, 18:00"),
        ((0,), "0 时", "0:00"),
        (tuple(range(24)), "0–23 时", "0:00–23:00"),
    ],
)
def test_hours_alike_are_told_as_runs_over_midnight_too(
    hours: tuple[int, ...], chinese: str, english: str
) -> None:
    assert hour_words(hours, CHINESE) == chinese
    assert hour_words(hours, ENGLISH) == english
