"""Claims about tickets: how workers' reports count."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from data.database import clock
from data.database.tickets import LIVE
from geo.errors import InputError
from tests.data.reports.voices import DAY, NOW, Clock, amber, report

if TYPE_CHECKING:
    from data.report_book import ReportBook


def test_one_device_however_often_it_says_so_turns_nothing_amber(book: ReportBook) -> None:
    receipts = [report(book, "1") for _ in range(5)]
    assert {receipt.state for receipt in receipts} == {"waiting"}
    assert len({receipt.number for receipt in receipts}) == 1
    assert amber(book) == set()
    [ticket] = book.tickets.tickets(LIVE)
    assert (ticket.devices, ticket.reports) == (1, 5)


def test_two_devices_turn_a_station_amber_and_a_third_adds_to_the_ticket(
    book: ReportBook,
) -> None:
    first = report(book, "1")
    second = report(book, "2")
    assert (first.state, second.state) == ("waiting", "open")
    assert second.number == first.number
    assert amber(book) == {"a"}
    assert report(book, "3").number == first.number
    ticket = book.tickets.ticket(first.number)
    assert ticket is not None
    assert ticket.devices == 3
    assert ticket.amber_at is not None


@pytest.mark.parametrize(
    "other", [{"what": "no_entry"}, {"station": "b"}, {"what": "broken", "facility": "toilet"}]
)
def test_devices_that_say_different_things_do_not_agree(
    book: ReportBook, other: dict[str, str]
) -> None:
    report(book, "1")
    report(book, "2", **other)
    assert amber(book) == set()
    assert len(book.tickets.tickets(LIVE)) == 2


@pytest.mark.parametrize(("days", "is_amber"), [(14, True), (15, False)])
def test_two_devices_agree_within_fourteen_days(
    book: ReportBook, time: Clock, days: int, *, is_amber: bool
) -> None:
    report(book, "1")
    time.at = NOW + days * DAY
    report(book, "2")
    assert bool(amber(book)) is is_amber


def test_a_report_that_waited_on_its_phone_counts_for_the_day_on_which_it_was_seen(
    book: ReportBook, time: Clock
) -> None:
    seen = clock.now().isoformat()
    time.at = NOW + 20 * DAY
    report(book, "2")
    report(book, "1", when=seen)
    assert amber(book) == set()
    report(book, "3", when=seen)
    assert amber(book) == {"a"}


def test_two_devices_that_find_all_fine_settle_a_single_complaint(
    book: ReportBook, time: Clock
) -> None:
    first = report(book, "1")
    time.at += timedelta(hours=1)
    report(book, "2", "fine")
    report(book, "2", "fine")
    ticket = book.tickets.ticket(first.number)
    assert ticket is not None
    assert ticket.state == "waiting"
    report(book, "3", "fine")
    settled = book.tickets.ticket(first.number)
    assert settled is not None
    assert settled.state == "closed"
    assert report(book, "4").state == "waiting"


def test_fine_does_not_close_what_is_amber(book: ReportBook, time: Clock) -> None:
    report(book, "1")
    report(book, "2")
    time.at += timedelta(hours=1)
    for device in "345":
        report(book, device, "fine")
    assert amber(book) == {"a"}


def test_a_nonce_counts_once_and_gets_the_same_answer(book: ReportBook) -> None:
    once = report(book, "1", nonce="n" * 20)
    again = report(book, "1", nonce="n" * 20)
    assert (once.again, again.again) == (False, True)
    assert again.number == once.number
    assert len(book.tickets.all_reports()) == 1
    other = report(book, "2", nonce="n" * 20)
    assert not other.again


def test_a_fine_of_the_same_nonce_is_known_again(book: ReportBook) -> None:
    once = report(book, "1", "fine", nonce="n" * 20)
    again = report(book, "1", "fine", nonce="n" * 20)
    assert (once.number, once.state, once.again) == ("", "thanks", False)
    assert (again.number, again.state, again.again) == ("", "thanks", True)


def test_closing_turns_a_station_back_and_a_new_complaint_opens_a_new_ticket(
    book: ReportBook,
) -> None:
    number = report(book, "1").number
    report(book, "2")
    book.close(number, by="li")
    assert amber(book) == set()
    with pytest.raises(InputError, match="closed already"):
        book.close(number, by="li")
    again = report(book, "1")
    assert again.number != number
    assert again.state == "waiting"


def test_an_answer_keeps_amber_until_it_is_fixed_and_a_new_voice_asks_again(
    book: ReportBook,
) -> None:
    number = report(book, "1").number
    report(book, "2")
    book.tickets.answer(number, "周五前修好\u202e", public=True, by="li")
    ticket = book.tickets.ticket(number)
    assert ticket is not None
    assert (ticket.state, ticket.answer, ticket.public) == ("answered", "周五前修好", True)
    assert amber(book) == {"a"}
    report(book, "1")
    assert book.tickets.tickets(("answered",))
    report(book, "3")
    assert book.tickets.tickets(("open",))
    assert [t.number for t in book.tickets.published(since=NOW - DAY)] == [number]


def test_an_answer_opens_neither_what_waits_nor_what_is_done(book: ReportBook) -> None:
    number = report(book, "1").number
    states = []

    def answer(words: str) -> None:
        book.tickets.answer(number, words, public=True, by="li")
        ticket = book.tickets.ticket(number)
        assert ticket is not None
        states.append((ticket.state, ticket.answer, amber(book)))

    answer("会去看")
    report(book, "2")
    book.close(number, by="li")
    answer("已修好")
    assert states == [("waiting", "会去看", set()), ("closed", "已修好", set())]


def test_a_rejected_report_takes_its_device_out_of_the_ticket_for_good(book: ReportBook) -> None:
    number = report(book, "1").number
    report(book, "2")
    report(book, "2")
    spam = book.tickets.reports(number)[-1].id
    assert book.reject(spam, by="li") == number
    assert amber(book) == set()
    assert [line.state for line in book.tickets.reports(number)] == ["taken", *["rejected"] * 2]
    report(book, "2")
    assert amber(book) == set()
    report(book, "3")
    assert amber(book) == {"a"}


def test_a_ticket_whose_reports_are_all_rejected_is_rejected(book: ReportBook) -> None:
    number = report(book, "1").number
    [line] = book.tickets.reports(number)
    book.reject(line.id, by="li")
    ticket = book.tickets.ticket(number)
    assert ticket is not None
    assert (ticket.state, ticket.devices) == ("rejected", 0)
    with pytest.raises(InputError, match="no such report"):
        book.reject(99, by="li")


def test_a_station_that_is_not_in_the_register_is_refused(book: ReportBook) -> None:
    with pytest.raises(InputError, match="not in the register"):
        report(book, "1", station="z")
    assert book.tickets.all_reports() == ()


def test_posts_at_the_same_time_make_one_ticket(book: ReportBook) -> None:
    faults: list[BaseException] = []

    def post(device: int) -> None:
        try:
            for _ in range(3):
                report(book, str(device))
        except BaseException as error:  # noqa: BLE001 - told by the test
            faults.append(error)

    threads = [threading.Thread(target=post, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    [ticket] = book.tickets.tickets(LIVE)
    assert (ticket.devices, ticket.reports, ticket.state) == (6, 18, "open")
    observed = [e for e in book.workspace.register().history("a") if e.kind == "observed"]
    assert len(observed) == 1


def test_every_step_of_a_ticket_changes_the_version_by_which_pages_are_made_anew(
    book: ReportBook,
) -> None:
    versions = [book.tickets.version()]

    def then(_: object) -> None:
        versions.append(book.tickets.version())

    then(report(book, "1"))
    then(report(book, "2"))
    number = report(book, "3").number
    then(number)
    then(book.reject(book.tickets.reports(number)[-1].id, by="li"))
    then(book.tickets.answer(number, "周五前修好", public=True, by="li"))
    then(book.tickets.answer(number, "周五前修好", public=False, by="li"))
    then(book.close(number, by="li"))
    then(report(book, "4", "fine"))
    assert len(set(versions)) == len(versions) == 9
