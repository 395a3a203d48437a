"""An editor of the register as a browser is one: signs in, opens forms, saves, keeps what was said.

Each save gives a station two values that belong together, a contact and a phone that both hold the
editor's and the save's number, so that one that is there by half can be told.
"""

from __future__ import annotations

import html
import http.client
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from data.accounts import Account
from data.database.edits import Edits
from data.database.records import facts, records_of
from data.database.schema import FIELDS
from data.report_book import ReportBook
from web.site.passwords import hash_password

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from data.workspace import Workspace

PASSWORD: Final = "a long enough password"  # noqa: S105 - of accounts that live for a benchmark
_ANSWER_S: Final = 60.0
_INPUT: Final = re.compile(r"<input[^>]*>")
_SELECT: Final = re.compile(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)
_SAID: Final = re.compile(r"e(\d+) n(\d+)")


@dataclass(frozen=True)
class Answer:
    """What the server answered, and after how many seconds."""

    status: int
    text: str
    location: str
    taken_s: float


@dataclass
class Editor:
    """One editor at a server; ``said`` are the acknowledged saves as (station, contact)."""

    number: int
    port: int
    cookie: str = ""
    saves: int = 0
    said: list[tuple[str, str]] = field(default_factory=list)
    saved_s: list[float] = field(default_factory=list)
    opened_s: list[float] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    clashed: int = 0
    broken: int = 0

    @property
    def name(self) -> str:
        """The name of the account."""
        return f"editor{self.number}"

    def sign_in(self) -> None:
        """Begin a session (RuntimeError where it is refused)."""
        page = self.ask("GET", "/admin/login")
        form = {"name": self.name, "password": PASSWORD, "token": _token(page.text)}
        answer = self.ask("POST", "/admin/login", form)
        if answer.status != http.client.SEE_OTHER:
            raise RuntimeError(f"{self.name} was not let in: {answer.status}")

    def forget(self) -> None:
        """Begin to measure and to count anew; the session goes on."""
        for kept in (self.said, self.saved_s, self.opened_s, self.refusals):
            kept.clear()
        self.clashed = self.broken = 0

    def open(self, station: str) -> dict[str, list[str]]:
        """Open the form of a station; returns its fields as they would be sent."""
        answer = self.ask("GET", _path(station))
        self.opened_s.append(answer.taken_s)
        return form_of(answer.text)

    def save(self, station: str, form: dict[str, list[str]]) -> bool:
        """Save the next two values; False where the server was gone before it answered."""
        self.saves += 1
        contact = f"e{self.number} n{self.saves}"
        values = {"contact": [contact], "phone": [_phone(self.number, self.saves)]}
        said = {**values, "act": ["save"], "sure": ["yes"]}
        try:
            answer = self.ask("POST", _path(station), form | said)
        except (OSError, http.client.HTTPException):
            self.broken += 1
            return False
        if answer.status == http.client.SEE_OTHER:
            self.said.append((station, contact))
            self.saved_s.append(answer.taken_s)
        elif answer.status == http.client.CONFLICT:
            self.clashed += 1
        else:
            self.refusals.append(answer.status)
        return True

    def ask(self, method: str, path: str, form: object = None) -> Answer:
        """Ask by a connection of its own, as a proxy does."""
        headers = {
            "Cookie": self.cookie,
            "X-Forwarded-For": f"10.0.{self.number // 250}.{self.number % 250 + 1}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://127.0.0.1:{self.port}",
            "Connection": "close",
        }
        body = None if form is None else urlencode(form, doseq=True)  # type: ignore[arg-type]
        start = time.perf_counter()
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_ANSWER_S)
        try:
            line.request(method, path, body=body, headers=headers)
            answer = line.getresponse()
            text = answer.read().decode()
        finally:
            line.close()
        taken_s = time.perf_counter() - start
        given = answer.getheader("Set-Cookie")
        if given is not None:
            self.cookie = given.partition(";")[0]
        return Answer(answer.status, text, answer.getheader("Location") or "", taken_s)


def form_of(page: str) -> dict[str, list[str]]:
    """Return what the form of a page holds, as a browser would send it."""
    form: dict[str, list[str]] = {}
    for tag in _INPUT.findall(page):
        told = dict(re.findall(r'([a-z_-]+)="([^"]*)"', tag))
        ticks = told.get("type") in {"checkbox", "radio"}
        if "name" in told and (not ticks or re.search(r"\bchecked\b", tag)):
            form.setdefault(told["name"], []).append(html.unescape(told.get("value", "on")))
    for name, options in _SELECT.findall(page):
        chosen = re.search(r'value="([^"]*)"[^>]*\bselected', options)
        first = re.search(r'value="([^"]*)"', options)
        found = chosen or first
        form[name] = [] if found is None else [html.unescape(found[1])]
    return form


def enrol(workspace: Workspace, count: int) -> None:
    """Give so many editors an account."""
    secret = hash_password(PASSWORD)
    accounts = ReportBook(workspace).accounts
    for number in range(count):
        accounts.add(Account(f"editor{number}", secret), by="bench")


def faults_of(workspace: Workspace, said: Iterable[tuple[str, str]]) -> list[str]:
    """Return a line for each save that is lost or there by half, and each station that is torn.

    An acknowledged save must be a line of its station's history, every line must hold both its
    values, and the register must be what its history leads to.
    """
    register, edits = workspace.register(), Edits(workspace.database.backend)
    wanted: dict[str, set[str]] = {}
    for station, contact in said:
        wanted.setdefault(station, set()).add(contact)
    rows = {row[0]: row for row in records_of(register.stations())}
    faults: list[str] = []
    for station, contacts in wanted.items():
        there: set[str] = set()
        for event in register.history(station):
            told = _SAID.fullmatch(str(event.changes.get("contact", "")))
            if told is None:
                continue
            there.add(told[0])
            number, save = int(told[1]), int(told[2])
            whole = event.changes.get("phone") == _phone(number, save)
            if not whole or event.by != f"editor{number}":
                faults.append(f"{station}: {told[0]} is there by half")
        faults += [f"{station}: {contact} is lost" for contact in sorted(contacts - there)]
        newest = edits.newest_of(station)
        if newest is None or newest[1] != facts(dict(zip(FIELDS, rows[station], strict=True))):
            faults.append(f"{station}: its history leads elsewhere")
    return faults


def all_said(editors: Sequence[Editor]) -> list[tuple[str, str]]:
    """Return what was acknowledged to any editor."""
    return [one for editor in editors for one in editor.said]


def _phone(number: int, save: int) -> str:
    return f"{1000 + number}{save:08d}"


def _path(station: str) -> str:
    return f"/admin/register/s/{quote(station)}"


def _token(page: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f]{64})"', page)
    if found is None:
        raise RuntimeError("no form is on the page of the login")
    return found[1]
