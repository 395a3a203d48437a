"""Claims about the accounts of those who sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.accounts import Account
from geo.errors import InputError
from tests.data.older import without_the_desk

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
    book.accounts.add(Account("zhao", "hash"), by="command line")
    book.accounts.remove("li", by="command line")
    assert book.accounts.account("li") is None
    for use in (
        lambda: book.accounts.remove("li", by="x"),
        lambda: book.accounts.end_sessions("li", by="x"),
        lambda: book.accounts.disable("li", by="x"),
        lambda: book.accounts.enable("li", by="x"),
        lambda: book.accounts.change_role(Account("li", ""), by="x"),
    ):
        with pytest.raises(InputError, match="no account"):
            use()


def test_the_last_administrator_who_can_sign_in_stays(book: ReportBook) -> None:
    accounts = book.accounts
    accounts.add(Account("li", "hash"), by="test")
    accounts.add(Account("wang", "hash"), by="test")
    accounts.add(Account("zhao", "hash", "moderator"), by="test")
    accounts.disable("wang", by="li")
    for lose in (
        lambda: accounts.remove("li", by="li"),
        lambda: accounts.disable("li", by="li"),
        lambda: accounts.change_role(Account("li", "", "viewer"), by="li"),
    ):
        with pytest.raises(InputError, match="last administrator"):
            lose()
    accounts.change_role(Account("li", ""), by="li")  # the same role takes nothing away
    accounts.disable("zhao", by="li")
    accounts.enable("wang", by="li")
    accounts.disable("li", by="wang")
    kept = {account.name: account for account in accounts.accounts()}
    assert [name for name, account in kept.items() if account.disabled] == ["li", "zhao"]


def test_a_role_and_its_reach_are_changed_and_sessions_end(book: ReportBook) -> None:
    book.accounts.add(Account("li", "hash"), by="test")
    book.accounts.add(Account("wang", "hash", "moderator"), by="test")
    keeper = Account("wang", "", "register_keeper", districts=("北区",))
    book.accounts.change_role(keeper, by="li")
    changed = book.accounts.account("wang")
    assert changed is not None
    assert (changed.role, changed.districts, changed.epoch) == ("register_keeper", ("北区",), 1)
    assert changed.password_hash == "hash"  # noqa: S105 - of this test
    with pytest.raises(InputError, match="not in the register"):
        book.accounts.change_role(Account("wang", "", "operator", ("z",)), by="li")
    with pytest.raises(InputError, match="is not disabled"):
        book.accounts.enable("wang", by="li")
    book.accounts.disable("wang", by="li")
    with pytest.raises(InputError, match="disabled already"):
        book.accounts.disable("wang", by="li")


def test_a_moderator_of_before_the_roles_is_an_administrator_before_and_after_the_step(
    book: ReportBook,
) -> None:
    backend = book.workspace.database.backend
    book.accounts.add(Account("li", "hash", "moderator"), by="test")
    book.accounts.add(Account("wang", "hash", "operator", ("a",)), by="test")
    with backend.begin(write=True) as connection:
        without_the_desk(connection)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0007'")
    book.workspace.database.close()
    assert backend.revision() == "0007"
    expected = [("li", "administrator"), ("wang", "operator")]
    assert [(one.name, one.role) for one in book.accounts.accounts()] == expected
    backend.upgrade()
    assert [(one.name, one.role) for one in book.accounts.accounts()] == expected
    assert book.accounts.accounts()[0].may("read the log")


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
