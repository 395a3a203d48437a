"""Claims about workers' reports: how they count, what they hold, what the register is told."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from data.accounts import Account
from data.activities import Activity, read_activities, read_local
from data.database import clock
from data.database.audit import read_audit
from data.database.schema import METADATA, WORKER_REPORTS
from data.database.tickets import AMBER, LIVE
from data.plain_text import plain_text
from data.proposals import Proposal
from data.report_book import ReportBook, doubted_stations
from data.sites import CandidateSites
from data.stations import Stations
from data.worker_reports import (
    WorkerReport,
    agreement,
    device_hash,
    read_number,
    read_when,
    written_number,
)
from data.workspace import Workspace
from data.workspace_key import KEY_FILE, workspace_key
from geo.errors import InputError, RowsError, WorkspaceError
from geo.measure import Box

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from data.database import Evidence
    from data.database.tickets import Receipt

KEY = b"k" * 32
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
BOX = Box(116.7, 33.8, 116.9, 34.0)
STATIONS = Stations.from_records(
    [
        {"id": "a", "name": "甲", "kind": "station", "lon": 116.8, "lat": 33.9}
        | {"hours": "8:00-18:00", "facilities": ("microwave", "toilet"), "access": ("free_door",)},
        {"id": "b", "name": "乙", "kind": "station", "lon": 116.81, "lat": 33.91},
    ]
)


class Clock:
    """A clock that is set by hand, and goes on a little with every look at it."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=10)
        return self.at


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("data.database.clock.now", made.now)
    return made


@pytest.fixture
def book(tmp_path: Path, database_url: str | None, time: Clock) -> Iterator[ReportBook]:
    """The reports of a city with two stations that were imported 400 days ago."""
    workspace = Workspace.create(tmp_path / "city", name="市", box=BOX, database_url=database_url)
    time.at = NOW - 400 * DAY
    workspace.replace_stations(STATIONS)
    time.at = NOW
    yield ReportBook(workspace)
    workspace.database.close()


_COUNT = iter(range(10**9))


def report(book: ReportBook, device: str, what: str = "locked", **more: object) -> Receipt:
    values: dict[str, Any] = {
        "station": "a",
        "when": clock.now().isoformat(),
        "nonce": f"nonce-{next(_COUNT):020}",
        **more,
    }
    return book.take_report(what=what, device=f"device-{device:0>20}", **values)


def evidence(book: ReportBook, station: str) -> dict[str, Evidence]:
    return book.workspace.register().evidence(station)


def amber(book: ReportBook) -> set[str]:
    return {ticket.station for ticket in book.tickets.tickets(AMBER)}


# How reports count


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


# What the register is told


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


# What is kept


def test_a_device_cannot_be_followed_from_station_to_station(book: ReportBook) -> None:
    report(book, "1")
    report(book, "1", station="b")
    with book.workspace.database.backend.begin() as connection:
        hashes = set(connection.execute(sa.select(WORKER_REPORTS.c.device)).scalars())
    assert len(hashes) == 2
    assert all(re.fullmatch(r"[0-9a-f]{64}", text) for text in hashes)


def test_the_hash_of_a_device_is_erased_when_it_is_no_longer_needed(
    book: ReportBook, time: Clock
) -> None:
    number = report(book, "1").number
    report(book, "2")
    time.at = NOW + 46 * DAY
    report(book, "3", "fine")
    query = sa.select(WORKER_REPORTS.c.device, WORKER_REPORTS.c.nonce).order_by(WORKER_REPORTS.c.id)
    with book.workspace.database.backend.begin() as connection:
        rows = connection.execute(query).all()
    assert [row.device is None for row in rows] == [True, True, False]
    assert [row.nonce is None for row in rows] == [True, True, False]
    ticket = book.tickets.ticket(number)
    assert ticket is not None
    assert (ticket.devices, ticket.state) == (2, "open")


def test_no_table_has_a_column_for_an_address_or_a_workers_position() -> None:
    columns = {column.name for column in WORKER_REPORTS.columns}
    assert not columns & {"ip", "address", "lon", "lat", "position", "accuracy", "user_agent"}


def test_what_was_done_is_kept_and_cannot_be_changed(book: ReportBook) -> None:
    number = report(book, "1").number
    report(book, "2")
    book.tickets.answer(number, "好", public=False, by="li")
    book.close(number, by="wang")
    backend = book.workspace.database.backend
    lines = [(line.who, line.action, line.subject) for line in read_audit(backend)]
    assert lines == [("wang", "fix", number), ("li", "answer", number)]
    for statement in ("DELETE FROM audit", "UPDATE audit SET who = 'x'"):
        with (
            pytest.raises(WorkspaceError, match="append-only"),
            backend.transaction(write=True) as connection,
        ):
            connection.exec_driver_sql(statement)


def test_an_older_database_has_no_reports_and_gets_the_tables_with_the_first_one(
    tmp_path: Path,
) -> None:
    workspace = Workspace.create(tmp_path / "city", name="市", box=BOX)
    workspace.replace_stations(STATIONS)
    backend = workspace.database.backend
    with backend.begin(write=True) as connection:
        for table in ("worker_reports", "tickets", "proposals", "activities", "accounts"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        for trigger in ("keeps_its_rows", "keeps_its_words", "comes_once"):
            connection.exec_driver_sql(f"DROP TRIGGER audit_{trigger}")
        connection.exec_driver_sql("DROP TABLE audit")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
    book = ReportBook(workspace)
    assert doubted_stations(workspace) == frozenset()
    assert book.tickets.tickets(LIVE) == book.proposals.proposals() == ()
    assert book.activities.not_over(NOW) == book.accounts.accounts() == read_audit(backend) == ()
    assert book.accounts.account("li") is None
    when = datetime.now(UTC).isoformat()
    book.take_report(station="a", what="locked", when=when, device="d" * 20, nonce="n" * 20)
    assert len(book.tickets.tickets(LIVE)) == 1
    assert workspace.stations().frame.equals(STATIONS.frame)


# Proposals, activities, accounts


def propose(book: ReportBook, nonce: str = "n" * 20, **more: object) -> Receipt:
    values: dict[str, Any] = {"name": "南湖公园东门", "lon": 116.801234567, "lat": 33.95, **more}
    return book.take_proposal(device="d" * 20, nonce=nonce, **values)


def no_sites() -> CandidateSites:
    return CandidateSites.from_records([{"id": "g", "name": "格", "lon": 116.8, "lat": 33.9}])


def test_a_proposal_becomes_a_candidate_site_beside_all_that_are_there(book: ReportBook) -> None:
    book.workspace.replace_sites(
        CandidateSites.from_records(
            [{"id": "s", "name": "银行", "lon": 116.8, "lat": 33.9, "cost_yuan": 80_000.0}]
        )
    )
    number = propose(book).number
    assert propose(book).again
    site = book.proposals.adopt(number, by="li", base=no_sites)
    sites = book.workspace.sites()
    assert sites.ids == ("s", site)
    assert sites.lonlat[1].tolist() == [116.8012, 33.95]
    assert sites.frame["cost_yuan"].tolist()[0] == 80_000
    contents = book.workspace.contents("sites")
    assert contents is not None
    assert (contents.rows, contents.content_hash) == (2, sites.content_hash)
    with pytest.raises(InputError, match="adopted already"):
        book.proposals.adopt(number, by="li", base=no_sites)
    with pytest.raises(InputError, match="adopted already"):
        book.proposals.answer(number, "", by="li", reject=True)


def test_without_imported_sites_those_of_the_planner_are_kept_beside_a_proposal(
    book: ReportBook,
) -> None:
    first, second = propose(book).number, propose(book, "m" * 20, name="北门").number
    for number in (first, second):
        book.proposals.adopt(number, by="li", base=no_sites)
    assert book.workspace.sites().ids == ("g", f"proposal-{first}", f"proposal-{second}")


def test_a_proposal_is_answered_or_turned_down(book: ReportBook) -> None:
    number = propose(book).number
    book.proposals.answer(number, "已列入明年计划", by="li")
    line = book.proposals.proposal(number)
    assert line is not None
    assert (line.state, line.answer) == ("answered", "已列入明年计划")
    assert line.answered_at is not None
    book.proposals.answer(number, "", by="li", reject=True)
    line = book.proposals.proposal(number)
    assert line is not None
    assert (line.state, line.answer) == ("rejected", "已列入明年计划")
    with pytest.raises(InputError, match="no proposal"):
        book.proposals.answer("XXXX-XX", "a", by="li")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"lon": 120.0}, "outside of the city"),
        ({"lon": float("nan")}, "number of degrees"),
        ({"lat": "33.9"}, "number of degrees"),
        ({"lat": True}, "number of degrees"),
        ({"name": " \n"}, "1 to 80"),
        ({"name": "x" * 81}, "1 to 80"),
        ({"text": "x" * 501}, "at most 500"),
    ],
)
def test_a_proposal_that_cannot_be_is_refused(
    book: ReportBook, more: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        propose(book, **more)
    assert book.proposals.proposals() == ()


def activity(**more: object) -> Activity:
    values: dict[str, Any] = {
        "station": "a",
        "title": "法律咨询",
        "kind": "legal_advice",
        "starts_at": NOW,
        "ends_at": NOW + timedelta(hours=2),
        **more,
    }
    return Activity(**values)


def test_activities_are_entered_all_or_none_and_taken_away(book: ReportBook) -> None:
    with pytest.raises(InputError, match="not in the register"):
        book.activities.add([activity(), activity(station="z")], by="li")
    assert book.activities.at("a") == ()
    [number] = book.activities.add([activity()], by="li")
    assert book.activities.not_over(NOW)[0].activity == activity()
    assert book.activities.not_over(NOW + timedelta(hours=2)) == ()
    before = book.activities.version()
    assert book.activities.remove(number, by="li").activity.title == "法律咨询"
    assert book.activities.version() != before
    with pytest.raises(InputError, match="no activity"):
        book.activities.remove(number, by="li")


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "party"},
        {"title": ""},
        {"ends_at": NOW},
        {"ends_at": NOW + 201 * DAY},
        {"starts_at": NOW.replace(tzinfo=None)},
    ],
)
def test_an_activity_that_cannot_be_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        activity(**more)


def test_activities_are_read_from_a_table_with_chinese_headings(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "站点编号,标题,类型,开始,结束,说明\n"
        "a,义诊,健康义诊,2026-12-01 09:00,2026-12-01 11:00,量血压\n"
        "b,送水,送清凉,2026-06-01,2026-08-31,\n",
        encoding="utf-8",
    )
    first, second = read_activities(path)
    assert (first.kind, first.starts_at) == ("health_visit", datetime(2026, 12, 1, 1, tzinfo=UTC))
    assert second.ends_at == datetime(2026, 8, 31, 16, tzinfo=UTC)
    path.write_text("station,title,kind,starts_at,ends_at\na,义诊,party,早上,2026\n", "utf-8")
    with pytest.raises(RowsError, match="row 2"):
        read_activities(path)
    path.write_text("station,title\na,b\n", "utf-8")
    with pytest.raises(RowsError, match="no column kind, starts_at, ends_at"):
        read_activities(path)


def test_local_times_are_those_of_china() -> None:
    nine = datetime(2026, 12, 1, 1, tzinfo=UTC)
    assert read_local("2026-12-01T09:00", what="x") == nine
    assert read_local("2026/12/01 09:00", what="x") == nine
    assert read_local("2026-12-01T01:00+00:00", what="x") == nine
    with pytest.raises(InputError, match="2026-12-01 09:00"):
        read_local("0001-01-01T00:00+14:00", what="x")


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
    assert (operator.sees("a"), operator.sees("b")) == (True, False)
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


# The parts


def worker_report(**more: object) -> WorkerReport:
    values: dict[str, Any] = {
        "station": "a",
        "what": "locked",
        "seen_at": NOW,
        "device": "0" * 64,
        "nonce": "n" * 20,
        **more,
    }
    return WorkerReport(**values)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"station": ""}, "station must be"),
        ({"what": "dirty"}, "none of locked"),
        ({"facility": "toilet"}, 'only be said with what "broken"'),
        ({"what": "broken", "facility": "pool"}, "facility"),
        ({"seen_at": NOW.replace(tzinfo=None)}, "zone"),
        ({"device": "my phone"}, "hashed"),
        ({"nonce": "short"}, "nonce must be"),
        ({"nonce": "n" * 65}, "nonce must be"),
        ({"nonce": 5}, "nonce must be"),
        ({"text": "x" * 501}, "at most 500"),
        ({"text": None}, "must be text"),
    ],
)
def test_a_report_that_cannot_be_is_refused(more: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        worker_report(**more)


def test_a_report_is_kept_to_the_minute() -> None:
    report_at = worker_report(seen_at=NOW.replace(second=59, microsecond=5))
    assert report_at.seen_at == NOW


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T10:00:00+08:00", NOW),
        ("2026-11-23T02:00:00Z", NOW),
        ("2026-11-23T12:00:00.000Z", NOW),  # a phone ten hours ahead
    ],
)
def test_when_is_read_with_its_zone(text: str, moment: datetime) -> None:
    assert read_when(text, now=NOW) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-11-23T10:00:00",
        "2026-11-25T00:00:00Z",
        "2026-10-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        5,
        None,
        "2026-11-23T02:00:00Z" + " " * 99,
    ],
)
def test_when_that_cannot_be_is_refused(text: object) -> None:
    with pytest.raises(InputError, match="when"):
        read_when(text, now=NOW)


def test_a_device_is_hashed_with_the_key_and_for_one_purpose() -> None:
    device = "d" * 20
    hashes = {
        device_hash(device, "a", key=KEY),
        device_hash(device, "b", key=KEY),
        device_hash(device, "a", key=b"x" * 32),
        device_hash("e" * 20, "a", key=KEY),
    }
    assert len(hashes) == 4
    with pytest.raises(InputError, match="device must be"):
        device_hash("d d", "a", key=KEY)


def test_agreement_grows_with_devices() -> None:
    assert [agreement(n) for n in range(4)] == [0.0, 0.5, 0.75, 0.875]


def test_a_number_is_read_as_people_type_it() -> None:
    number = written_number(bytes(range(0, 240, 40)))
    assert read_number(number) == number
    assert read_number(" 7k3f 92 ") == "7K3F-92"
    assert read_number("OIL0-11") == "0110-11"
    for wrong in ("", "7K3F-9", "7K3F-923", "7K3F-9U", "../../x", "７K3F-92"):
        assert read_number(wrong) is None


def test_text_loses_what_only_confuses() -> None:
    said = "门\u202e锁\u0000了\ud800\r\n\n\n\n<b>\tx"
    assert plain_text(said, what="x", longest=50) == "门锁了\n\n<b> x"
    assert plain_text("a\nb", what="x", longest=50, lines=False) == "a b"
    with pytest.raises(InputError, match="at most 5 characters"):
        plain_text("x" * 100, what="x", longest=5)


def test_the_key_is_made_at_first_use_and_for_its_owner_only(tmp_path: Path) -> None:
    first = workspace_key(tmp_path, "sessions")
    path = tmp_path / KEY_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert workspace_key(tmp_path, "sessions") == first
    assert workspace_key(tmp_path, "devices") != first
    assert [file.name for file in tmp_path.iterdir()] == [KEY_FILE]
    path.chmod(0o644)
    path.touch()
    with pytest.raises(WorkspaceError, match="chmod 600"):
        workspace_key(tmp_path, "sessions")
    path.chmod(0o600)
    path.write_text("x")
    with pytest.raises(WorkspaceError, match="put it back"):
        workspace_key(tmp_path, "sessions")
    path.unlink()
    assert workspace_key(tmp_path, "sessions") != first


def test_keys_made_at_the_same_time_are_one(tmp_path: Path) -> None:
    keys: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: keys.append(workspace_key(tmp_path, "x"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_a_proposal_is_rounded_before_anything_is_kept() -> None:
    made = Proposal("门", 116.84321987, 33.961234567, "0" * 64, "n" * 20)
    assert (made.lon, made.lat) == (116.8432, 33.9612)


def test_the_new_tables_are_among_those_that_are_checked() -> None:
    names = {"worker_reports", "tickets", "proposals", "activities", "accounts", "audit"}
    assert names <= set(METADATA.tables)


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
