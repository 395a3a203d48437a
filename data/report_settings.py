"""What a city settles for its reports: who issues them, and the targets that they follow.

A target is a number to be reached by a day, such as 100 stations or 50,000 members. Where a number
at an earlier day is given, the report says what is reached by the last day if it goes on at the
pace since then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from data.plain_text import plain_text
from data.vocabulary import KINDS_BY_ID, quote
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_ISSUER: Final = 60
LONGEST_TARGET: Final = 80
MOST_TARGETS: Final = 20
#: What is counted beside the open stations of a kind: all open ones, their seats, all members.
MEASURES: Final = ("stations", "seats", "members")
_MOST: Final = 10**8


@dataclass(frozen=True)
class Target:
    """A number of ``what`` to be reached by a day; ``start`` is that of the day ``since``.

    ``what`` is one of `MEASURES` or a kind of station.

    Raises
    ------
    InputError
        when a part cannot be.
    """

    name: str
    what: str
    number: int
    until: date
    start: int | None = None
    since: date | None = None

    def __post_init__(self) -> None:
        name = plain_text(
            self.name, what=say("name of a target"), longest=LONGEST_TARGET, least=1, lines=False
        )
        object.__setattr__(self, "name", name)
        if self.what not in {*MEASURES, *KINDS_BY_ID}:
            known = ", ".join((*MEASURES, *KINDS_BY_ID))
            raise InputError(
                say(
                    "report.targets: what is {what}: write one of {known}",
                    what=quote(self.what),
                    known=known,
                )
            )
        for key, number in (("number", self.number), ("start", self.start)):
            whole = isinstance(number, int) and not isinstance(number, bool)
            if number is not None and not (whole and 0 <= number <= _MOST):
                raise InputError(
                    say(
                        "report.targets: {key} must be a whole number from 0 to {most}",
                        key=key,
                        most=_MOST,
                    )
                )
        if (self.start is None) != (self.since is None):
            raise InputError(say("report.targets: give start and since both, or neither"))
        if self.since is not None and self.since >= self.until:
            raise InputError(say("report.targets: since must lie before until"))

    def forecast(self, reached: float, *, on: date) -> float | None:
        """Return what is reached by the last day at the pace since ``since``.

        None where no earlier number is given, or ``on`` is that day or before it.
        """
        if self.start is None or self.since is None or on <= self.since:
            return None
        pace = (reached - self.start) / (on - self.since).days
        return reached + pace * max((self.until - on).days, 0)


@dataclass(frozen=True)
class ReportSettings:
    """Who issues the reports ("" where nobody has said it), and the targets in their order."""

    issuer: str = ""
    targets: tuple[Target, ...] = ()


def read_report_settings(table: object) -> ReportSettings:
    """Read the table ``[report]``; its keys are known to be those of the settings.

    Raises
    ------
    InputError
        when a value cannot be.
    """
    if not isinstance(table, dict):
        raise InputError(say("report must be a table: write it as [report]"))
    said: Mapping[str, Any] = table
    issuer = plain_text(
        said.get("issuer", ""), what="report.issuer", longest=LONGEST_ISSUER, lines=False
    )
    targets = said.get("targets", [])
    if not isinstance(targets, list) or len(targets) > MOST_TARGETS:
        raise InputError(
            say(
                "report.targets must be at most {most} tables: write each as [[report.targets]]",
                most=MOST_TARGETS,
            )
        )
    return ReportSettings(issuer, tuple(_target(one) for one in targets))


def _target(table: object) -> Target:
    known = tuple(Target.__dataclass_fields__)
    if not isinstance(table, dict) or not set(table) <= set(known):
        raise InputError(say("report.targets: each has only {known}", known=", ".join(known)))
    for key in ("name", "what", "number", "until"):
        if key not in table:
            raise InputError(say("report.targets: {key} is missing", key=key))
    days = {key: _day(key, table.get(key)) for key in ("until", "since") if key in table}
    return Target(**{**table, **days})


def _day(key: str, value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise InputError(
            say("report.targets: {key} must be a day such as 2026-12-31", key=key)
        ) from None
