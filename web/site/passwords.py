"""Passwords of accounts: how long they are, how they are kept, how often one may try."""

from __future__ import annotations

import functools
import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from werkzeug.security import check_password_hash, generate_password_hash

from data.database.login_attempts import LoginAttempts
from data.workspace_key import workspace_key
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from data.accounts import Account
    from data.workspace import Workspace

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


def take_try(workspace: Workspace, *, address: str, name: str) -> float:
    """Count a try at a password; return 0, or in how many seconds to try again (none is counted).

    The counters stand in the database, so that they hold over all processes that serve the city;
    the address and the name are hashed with a key of the workspace.
    """
    key = workspace_key(workspace.folder, "login attempts")
    limits = {
        _hashed(f"address\n{address}", key): TRIES,
        _hashed(f"name\n{name}", key): TRIES_FOR_ONE,
    }
    attempts = LoginAttempts(workspace.database.backend)
    most = TRIES_FOR_ONE * 10 * len(limits)
    return attempts.take(limits, period_s=TRY_PERIOD_S, most_overall=most)


def _hashed(text: str, key: bytes) -> str:
    return hmac.new(key, text.encode(errors="replace"), hashlib.sha256).hexdigest()


@functools.lru_cache(maxsize=1)
def _nobodys() -> str:
    return generate_password_hash("nobody's password")
