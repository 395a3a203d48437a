"""Fixtures of the register: its clock, set by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.data.register.records import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock(datetime(2026, 3, 1, 4, tzinfo=UTC))
    monkeypatch.setattr("data.database.clock.now", made)
    return made
