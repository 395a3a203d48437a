"""Passwords of accounts: how long they are, how they are kept, how often one may try."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from werkzeug.security import check_password_hash, generate_password_hash

from data.database.attempts import AttemptLimits, Attempts
from geo.errors import InputError
from geo.messages import say
from web.site.rate_limit import hashed_address, keyed_hash

if TYPE_CHECKING:
    from data.accounts import Account
    from data.workspace import Workspace

LEAST_SIGNS: Final = 10
MOST_SIGNS: Final = 200
#: Tries of one address in a quarter of an hour; two of each address while very many try.
TRIES: Final = 10
TRIES_FOR_ONE: Final = 100
LIMITS: Final = AttemptLimits(
    period_s=900.0,
    most=TRIES,
    most_in_a_crowd=2,
    crowd=10 * TRIES_FOR_ONE,
    crowd_about=TRIES_FOR_ONE,
    most_overall=100 * TRIES_FOR_ONE,
)


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


def take_try(workspace: Workspace, *, address: str, name: str) -> float:
    """Count a try at a password; return 0, or in how many seconds to try again (none is counted).

    The counters stand in the database, so that they hold over all processes that serve the city;
    the address and the name are hashed with a key of the workspace. However often strangers try
    for an account, whoever comes from another address has a try left.
    """
    attempts = Attempts(workspace.database.backend, "login", LIMITS)
    folder = workspace.folder
    return attempts.take(hashed_address(folder, address), about=keyed_hash(folder, f"name\n{name}"))


@functools.lru_cache(maxsize=1)
def _nobodys() -> str:
    return generate_password_hash("nobody's password")
