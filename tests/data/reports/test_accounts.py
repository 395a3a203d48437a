"""Claims about the accounts of moderators and operators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.accounts import Account
from geo.errors import InputError

if TYPE_CHECKING:
    from data.report_book import ReportBook


def test_accounts_are_made_once_for_stations_that_are_there(book: ReportBook) -> None:
    book.accounts.add(Account("li", "hash"), by="command line")
    book.accounts.add(Account("wang.5", "hash", "operator", ("a",)), by="command line")
    with pytest.raises(InputError, match="there already"):
        book.accounts.add(Account("li", "hash"), by="command line")
    with pytest.raises(InputError, match="not in the register"):
        book.accounts.add(Account("zhao", "hash", "operator", ("z",)), by="command line")
    assert [account.name for account in book.accounts.accounts()] == ["li", "wang.5"]
    operator = book.accounts.account("wang.5")
    assert operator is not None
    assert (operator.may("see tickets", "a"), operator.may("see tickets", "b")) == (True, False)
    book.accounts.set_password("li", "other", by="command line")
    changed = book.accounts.account("li")
    assert changed is not None
    assert (changed.password_hash, changed.epoch) == ("other", 1)
    book.accounts.remove("li", by="command line")
    assert book.accounts.account("li") is None
    for use in (
        lambda: book.accounts.remove("li", by="x"),
        lambda: book.accounts.end_sessions("li", by="x"),
    ):
        with pytest.raises(InputError, match="no account"):
            use()


@pytest.mark.parametrize(
    ("name", "role", "stations"),
    [
        ("", "moderator", ()),
        ("a b", "moderator", ()),
        ("li", "king", ()),
        ("li", "operator", ()),
        ("li", "moderator", ("a",)),
        ("x" * 41, "moderator", ()),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    name: str, role: str, stations: tuple[str, ...]
) -> None:
    with pytest.raises(InputError):
        Account(name, "hash", role, stations)
