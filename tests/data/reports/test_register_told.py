"""Claims about what the register is told of workers' reports."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.report_book import ReportBook, doubted_stations
from geo.errors import WorkspaceError
from tests.data.reports.voices import DAY, NOW, Clock, amber, evidence, report


def test_two_devices_take_the_confidence_of_the_hours_and_leave_the_hours(
    book: ReportBook,
) -> None:
    report(book, "1")
    assert "workers" not in {e.source for e in book.workspace.register().history("a")}
    report(book, "2")
    hours = evidence(book, "a")["hours"]
    assert (hours.value, hours.source, hours.by) == ("8:00-18:00", "workers", "2 reports")
    assert hours.confidence == 0
    assert book.workspace.stations().frame["checked_at"][0] == ""
    assert doubted_stations(book.workspace) == {"a"}


def test_a_broken_facility_is_written_down_and_mended_when_the_ticket_is_closed(
    book: ReportBook,
) -> None:
    number = report(book, "1", "broken", facility="microwave").number
    report(book, "2", "broken", facility="microwave")
    frame = book.workspace.stations().frame
    assert (frame["facilities"][0], frame["facilities_broken"][0]) == (("toilet",), ("microwave",))
    known = evidence(book, "a")["facility.microwave"]
    assert (known.value, known.confidence) == ("broken", pytest.approx(0.75))
    assert doubted_stations(book.workspace) == frozenset()
    book.close(number, by="li")
    known = evidence(book, "a")["facility.microwave"]
    assert (known.value, known.source, known.by) == ("yes", "operator", "li")


@pytest.mark.parametrize(
    ("what", "doubts"),
    [("locked", True), ("no_entry", True), ("moved", True), ("broken", True), ("new_hours", False)],
)
def test_which_complaints_speak_against_a_station(
    book: ReportBook, what: str, *, doubts: bool
) -> None:
    number = report(book, "1", what).number
    assert doubted_stations(book.workspace) == frozenset()
    report(book, "2", what)
    assert doubted_stations(book.workspace) == (frozenset("a") if doubts else frozenset())
    book.close(number, by="li")
    assert doubted_stations(book.workspace) == frozenset()


def test_all_fine_confirms_what_is_old_and_does_not_write_again_each_day(
    book: ReportBook, time: Clock
) -> None:
    register = book.workspace.register()
    before = evidence(book, "a")["status"].confidence
    assert before == pytest.approx(0.5 ** (400 / 180))
    report(book, "1", "fine")
    status = evidence(book, "a")["status"]
    assert (status.value, status.source, status.by) == ("open", "workers", "1 reports")
    assert status.confidence == pytest.approx(0.5, abs=0.001)
    assert book.workspace.stations().frame["checked_at"][0] == "2026-11-23"
    for day in range(1, 10):
        time.at = NOW + day * DAY
        report(book, "1", "fine")
    assert sum(e.kind == "observed" for e in register.history("a")) == 1
    report(book, "2", "fine")
    assert evidence(book, "a")["status"].confidence == pytest.approx(0.75)


def test_all_fine_of_more_than_fourteen_days_ago_confirms_nothing_with_that_of_today(
    book: ReportBook, time: Clock
) -> None:
    report(book, "1", "fine")
    time.at = NOW + 15 * DAY
    report(book, "2", "fine")
    found = book.tickets.fine(since=time.at - 14 * DAY)
    assert {station: devices for station, (devices, _) in found.items()} == {"a": 1}
    # One device is worth a half; two together would be worth three quarters.
    assert evidence(book, "a")["status"].confidence <= 0.5


def test_all_fine_does_not_lower_what_is_known_better_and_opens_nothing(
    book: ReportBook,
) -> None:
    register = book.workspace.register()
    register.observe("a", {"status": "suspended"}, source="inspector")
    register.observe("b", {"status": "open"}, source="inspector")
    report(book, "1", "fine")
    report(book, "1", "fine", station="b")
    assert register.stations().frame["status"].tolist() == ["suspended", "open"]
    assert evidence(book, "b")["status"].source == "inspector"


def test_all_fine_does_not_confirm_that_a_station_is_suspended(
    book: ReportBook, time: Clock
) -> None:
    time.at = NOW - 300 * DAY
    book.workspace.register().observe("a", {"status": "suspended"}, source="inspector")
    time.at = NOW
    report(book, "1", "fine")
    known = evidence(book, "a")
    assert (known["status"].value, known["status"].source) == ("suspended", "inspector")
    assert {fact.source for fact in known.values()} == {"inspector", "register"}


def test_spam_that_is_rejected_is_taken_back_from_the_register(
    book: ReportBook, time: Clock
) -> None:
    number = report(book, "1", "broken", facility="microwave").number
    report(book, "2", "broken", facility="microwave")
    book.reject(book.tickets.reports(number)[1].id, by="li")
    assert book.workspace.stations().frame["facilities_broken"][0] == ()
    time.at += timedelta(hours=1)
    report(book, "3", "broken", facility="microwave")
    assert book.workspace.stations().frame["facilities_broken"][0] == ("microwave",)


def test_what_two_of_three_still_say_stays_when_the_third_is_rejected(book: ReportBook) -> None:
    for device in "123":
        number = report(book, device, "broken", facility="microwave").number
    book.reject(book.tickets.reports(number)[-1].id, by="li")
    assert amber(book) == {"a"}
    assert book.workspace.stations().frame["facilities_broken"][0] == ("microwave",)
    assert evidence(book, "a")["facility.microwave"].source == "workers"


def test_of_two_processes_that_see_a_new_ticket_one_tells_the_register(
    book: ReportBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = report(book, "1").number
    with monkeypatch.context() as held:
        held.setattr("data.report_book.ReportBook._tell_open_tickets", lambda _book: None)
        report(book, "2")
    seen = book.tickets.untold()
    assert [one.number for one in seen] == [number]
    monkeypatch.setattr("data.database.tickets.Tickets.untold", lambda _tickets: seen)
    book._tell_open_tickets()
    book._tell_open_tickets()
    observed = [e for e in book.workspace.register().history("a") if e.kind == "observed"]
    assert len(observed) == 1


def test_a_register_that_cannot_be_written_is_told_the_next_time(
    book: ReportBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_told: object, **_named: object) -> None:
        raise WorkspaceError("the disk is full")

    report(book, "1")
    with monkeypatch.context() as held:
        held.setattr("data.database.register.Register.observe", full)
        with pytest.raises(WorkspaceError, match="full"):
            report(book, "2")
    assert amber(book) == {"a"}
    report(book, "3")
    assert evidence(book, "a")["hours"].source == "workers"
