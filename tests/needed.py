"""What tests need beside Python, and what becomes of those that lack it."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def do_without(what: str) -> NoReturn:
    """Skip what lacks a program; under `make test`, which installs them all, that is a failure."""
    words = f"{what} is not here: sh .ci/system-packages installs it"
    if os.environ.get("YIZHAN_SKIPS_NONE"):
        pytest.fail(words, pytrace=False)
    pytest.skip(words)
