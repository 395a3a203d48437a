from __future__ import annotations

import pytest

from tests.data.hours.notices import Notices, read_notices


@pytest.fixture(scope="session")
def notices() -> Notices:
    return read_notices()
