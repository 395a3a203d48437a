"""Passwords of accounts: how long they are, how they are kept, how often one may try."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from werkzeug.security import check_password_hash, generate_password_hash

from geo.errors import InputError
from geo.messages import say
from web.site.rate_limit import Limiter

if TYPE_CHECKING:
    from data.accounts import Account

LEAST_SIGNS: Final = 10
MOST_SIGNS: Final = 200
#: Tries in a quarter of an hour: from one address, and for one account from anywhere.
TRIES: Final = 10
TRIES_FOR_ONE: Final = 100
TRY_PERIOD_S: Final = 900.0


def hash_password(password: str) -> str:
    """Return what is kept of a password: salted scrypt (InputError when it is too short)."""
    if not LEAST_SIGNS <= len(password) <= MOST_SIGNS:
        raise InputError(
            say(
                "a password needs {least_signs} to {most_signs} characters",
                least_signs=LEAST_SIGNS,
                most_signs=MOST_SIGNS,
            )
        )
    return generate_password_hash(password)


def is_password(account: Account | None, password: str) -> bool:
    """Tell whether a password is that of an account; no account takes as long as a wrong one."""
    if len(password) > MOST_SIGNS:
        return False
    kept = _nobodys() if account is None else account.password_hash
    return check_password_hash(kept, password) and account is not None


def login_limiters() -> tuple[Limiter, Limiter]:
    """Return the counters of one application: by address, and by account."""
    everybody = TRIES_FOR_ONE * 10
    return (
        Limiter(most=TRIES, period_s=TRY_PERIOD_S, most_overall=everybody),
        Limiter(most=TRIES_FOR_ONE, period_s=TRY_PERIOD_S, most_overall=everybody),
    )


@functools.lru_cache(maxsize=1)
def _nobodys() -> str:
    return generate_password_hash("nobody's password")
