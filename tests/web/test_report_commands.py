"""Claims about the commands for accounts, reports and activities."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.database.audit import read_audit
from data.report_book import ReportBook
from data.stations import Stations
from data.workspace import Workspace
from geo.measure import Box
from web.site.passwords import is_password

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Answer

    Cli = Callable[..., Answer]

PASSWORD = "ein langes Wort 驿站"  # noqa: S105 - of an account of this test


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "city", name="市", box=Box(116.7, 33.8, 116.9, 34.0))
    made.replace_stations(
        Stations.from_records(
            [{"id": "a", "name": "甲", "kind": "station", "lon": 116.8, "lat": 33.9}]
        )
    )
    return made


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_an_account_is_made_listed_changed_and_removed(
    cli: Cli, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = ("-w", workspace.folder)
    typed(monkeypatch, f"{PASSWORD}\nsecond line\n")
    made = cli("account", "add", "li", *here, "--json")
    blank = {"stations": [], "districts": [], "disabled": False}
    assert (made.code, made.json) == (0, {"name": "li", "role": "administrator", **blank})
    typed(monkeypatch, PASSWORD)
    wang = ("wang", "--role", "operator", "--operator", "a")
    assert cli("account", "add", *wang, *here).code == 0
    accounts = ReportBook(workspace).accounts
    assert is_password(accounts.account("li"), PASSWORD)
    listed = cli("account", "list", *here, "--json").json["accounts"]
    assert [(one["name"], one["stations"]) for one in listed] == [("li", []), ("wang", ["a"])]
    assert "wang" in cli("account", "list", *here).out
    typed(monkeypatch, "another long word\n")
    assert cli("account", "password", "li", *here).code == 0
    assert is_password(accounts.account("li"), "another long word")
    for last in (("remove", "li"), ("disable", "li"), ("role", "li", "viewer")):
        refused = cli("account", *last, *here)
        assert (refused.code, "last administrator" in refused.err) == (2, True)
    typed(monkeypatch, PASSWORD)
    assert cli("account", "add", "zhao", *here).code == 0
    assert cli("account", "disable", "li", *here).code == 0
    assert "disabled" in cli("account", "list", *here).out
    assert cli("account", "enable", "li", *here).code == 0
    changed = cli("account", "role", "wang", "viewer", *here, "--json")
    assert (changed.json["role"], changed.json["stations"]) == ("viewer", [])
    assert cli("account", "remove", "li", *here).code == 0
    assert accounts.account("li") is None
    done = [line.action for line in read_audit(workspace.database.backend)]
    assert done[:4] == ["remove account", "change role", "enable account", "disable account"]
    assert done[4:] == ["add account", "change password", "add account", "add account"]


@pytest.mark.parametrize(
    ("words", "password", "refusal"),
    [
        (("add", "li"), "short", "10 to 200 characters"),
        (("add", "li"), "", "10 to 200 characters"),
        (("add", "li b"), PASSWORD, "letters, digits"),
        (("add", "li", "--role", "operator"), PASSWORD, "operator needs stations"),
        (("add", "li", "--role", "king"), PASSWORD, "'king' is not one of"),
        (("add", "li", "--operator", "z"), PASSWORD, "not in the register"),
        (("add", "li", "--district", "z"), PASSWORD, "is none of the city"),
        (("add", "li", "--district", "z", "--operator", "a"), PASSWORD, "no stations of its own"),
        (("role", "li", "viewer"), PASSWORD, "no account li"),
        (("disable", "li"), "", "no account li"),
        (("enable", "li"), "", "no account li"),
        (("remove", "li"), "", "no account li"),
        (("password", "li"), PASSWORD, "no account li"),
    ],
)
def test_an_account_that_cannot_be_is_refused_in_one_line(
    cli: Cli,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    *,
    words: tuple[str, ...],
    password: str,
    refusal: str,
) -> None:
    typed(monkeypatch, password + "\n")
    refused = cli("account", *words, "-w", workspace.folder)
    assert (refused.code, refused.out) == (2, "")
    assert refusal in refused.err
    assert refused.err.count("\n") == 1
    assert ReportBook(workspace).accounts.accounts() == ()


def report(workspace: Workspace, device: int, text: str) -> str:
    when = datetime.now(UTC).isoformat()
    receipt = ReportBook(workspace).take_report(
        station="a",
        what="locked",
        text=text,
        when=when,
        device=f"device-{device:020}",
        nonce=f"nonce-{device:020}",
    )
    return receipt.number


def test_reports_are_listed_and_written_without_their_devices(
    cli: Cli, workspace: Workspace, tmp_path: Path
) -> None:
    here = ("-w", workspace.folder)
    assert "Nothing is open" in cli("reports", "list", *here).out
    formula = '=HYPERLINK("http://example.org")'
    report(workspace, 1, formula)
    number = report(workspace, 2, "门锁着，\n没人")
    [ticket] = cli("reports", "list", *here, "--json").json["tickets"]
    assert (ticket["ticket"], ticket["state"], ticket["devices"]) == (number, "open", 2)
    assert number in cli("reports", "list", *here).out
    file = tmp_path / "reports.csv"
    done = cli("reports", "export", "-o", file, *here, "--json")
    assert done.json["reports"] == 2
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))
    assert [row["text"] for row in rows] == ["门锁着，\n没人", f"'{formula}"]
    assert set(rows[0]) == {
        *("ticket", "station", "what", "facility", "text", "seen_at", "received_at"),
        *("counts", "state"),
    }
    ReportBook(workspace).close(number, by="li")
    assert cli("reports", "list", *here, "--json").json["tickets"] == []
    assert len(cli("reports", "list", "--all", *here, "--json").json["tickets"]) == 1


def test_activities_are_taken_from_a_table_all_or_none(
    cli: Cli, workspace: Workspace, tmp_path: Path
) -> None:
    here = ("-w", workspace.folder)
    day = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    file = tmp_path / "a.csv"
    heading = "站点编号,标题,类型,开始,结束\n"
    visit = f"a,义诊,健康义诊,{day} 09:00,{day} 11:00\n"
    file.write_text(f"{heading}{visit}z,送水,送清凉,{day},{day}\n", "utf-8")
    refused = cli("activities", "import", file, *here)
    assert refused.code == 2
    assert "z is not in the register" in refused.err
    assert ReportBook(workspace).activities.at("a") == ()
    file.write_text(heading + visit, "utf-8")
    assert cli("activities", "import", file, *here, "--json").json["activities"] == 1
    assert len(ReportBook(workspace).activities.at("a")) == 1


def test_reviews_that_are_due_and_the_numbers_of_a_period(cli: Cli, workspace: Workspace) -> None:
    here = ("-w", workspace.folder)
    assert "No review is due." in cli("proposals", "due", *here).out
    book = ReportBook(workspace)
    receipt = book.take_proposal(name="东门", lon=116.8, lat=33.95, device="d" * 20, nonce="n" * 20)
    [due] = cli("proposals", "due", "--within", "30", *here, "--json").json["proposals"]
    assert (due["number"], due["days_left"]) == (receipt.number, 30)
    assert receipt.number in cli("proposals", "due", "--within", "30", *here).out
    assert cli("proposals", "due", "--within", "-1", *here).code == 2
    period = ("--since", "2020-01-01", "--until", "2099-12-31")
    told = cli("proposals", "figures", *period, *here, "--json").json
    assert (told["received"], told["answered"], told["median_days"]) == (1, 0, None)
    book.proposals.answer(receipt.number, "好", by="li", accept=True)
    told = cli("proposals", "figures", *period, *here, "--json").json
    assert (told["answered"], told["adopted"], told["median_days"]) == (1, 1, 0.0)
    assert "taken up" in cli("proposals", "figures", *period, *here).out
