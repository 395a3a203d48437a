"""Kept reports: a report of a period under a number, with who made, reviewed and issued it.

A kept report is never changed and never deleted. What happens to it afterwards are steps of its
own, each taken once: it is made (制表), reviewed (审核), issued (签发), or withdrawn with a reason.
It holds documents, not objects: its figures and its words are JSON as they were on that day, so
that it can be shown and compared years later. ``method`` names the ways of counting behind the
figures, ``inputs`` the hashes of the data: the next report tells from both why a figure moved.
"""

from __future__ import annotations

import calendar
import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from data.plain_text import plain_text
from data.scenarios import hash_of, json_text
from data.vocabulary import quote
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

StepWord = Literal["made", "reviewed", "issued", "withdrawn"]
STEPS: Final[tuple[StepWord, ...]] = get_args(StepWord)
StateWord = Literal["draft", "reviewed", "issued", "withdrawn"]
LONGEST_NUMBER: Final = 40
LONGEST_NAME: Final = 60
LONGEST_WHY: Final = 1000
#: A number stands in an address: letters of any script, digits, and signs that files are named by.
_NUMBER: Final = re.compile(r"(?=.*\d)[\w()〔〕（）-]+")
_PERIOD: Final = re.compile(r"([1-9]\d{3})(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])))?")
_MONTHS_OF: Final = {"quarter": 3, "half": 6}


@dataclass(frozen=True)
class Period:
    """What a report is of: a year, a half, a quarter or a month, such as 2026-Q3.

    Raises
    ------
    InputError
        when the text is none.
    """

    text: str

    def __post_init__(self) -> None:
        if _PERIOD.fullmatch(self.text) is None:
            raise InputError(
                say(
                    "period {period}: write a year, half, quarter or month as 2026, 2026-H1, "
                    "2026-Q3 or 2026-07",
                    period=quote(self.text),
                )
            )

    @property
    def year(self) -> int:
        """The year."""
        return int(self.text[:4])

    @property
    def part(self) -> tuple[Literal["year", "half", "quarter", "month"], int]:
        """Which part of the year, and its number from 1."""
        found = _PERIOD.fullmatch(self.text)
        quarter, half, month = (None, None, None) if found is None else found.groups()[1:]
        if quarter:
            return "quarter", int(quarter)
        if half:
            return "half", int(half)
        return ("month", int(month)) if month else ("year", 1)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day."""
        part, number = self.part
        if part == "year":
            return date(self.year, 1, 1), date(self.year, 12, 31)
        length = _MONTHS_OF.get(part, 1)
        last = number * length
        return (
            date(self.year, last - length + 1, 1),
            date(self.year, last, calendar.monthrange(self.year, last)[1]),
        )


@dataclass(frozen=True)
class ReportStep:
    """One step of a report: when, an act of `STEPS`, the ``name`` that signs, and why.

    ``by`` is the account that did it. A withdrawal needs its reason.

    Raises
    ------
    InputError
        when a part cannot be.
    """

    at: datetime
    act: StepWord
    name: str
    by: str
    why: str = ""

    def __post_init__(self) -> None:
        if self.act not in STEPS:
            raise InputError(
                say("{act} is none of {known}", act=quote(self.act), known=", ".join(STEPS))
            )
        name = plain_text(
            self.name, what=say("the name that signs"), longest=LONGEST_NAME, least=1, lines=False
        )
        object.__setattr__(self, "name", name)
        why = plain_text(
            self.why,
            what=say("the reason"),
            longest=LONGEST_WHY,
            least=int(self.act == "withdrawn"),
            lines=False,
        )
        object.__setattr__(self, "why", why)


@dataclass(frozen=True, eq=False)
class KeptReport:
    """A report of a period: its figures and words, what they were computed from, and its steps.

    ``figures`` maps the name of each figure to its number, None where it was not computed;
    ``words`` holds the document in each language by its code. ``previous`` is the number of the
    report that it is compared with, "" for the first. ``steps`` begins with "made".

    Raises
    ------
    InputError
        when a part cannot be.
    """

    number: str
    period: Period
    city: str
    sample: bool
    figures: Mapping[str, float | None]
    words: Mapping[str, Any]
    inputs: Mapping[str, str]
    method: Mapping[str, str]
    steps: tuple[ReportStep, ...]
    previous: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "number", checked_number(self.number))
        if not self.steps or self.steps[0].act != "made":
            raise InputError(say("a report begins with who made it"))
        for part in ("figures", "words", "inputs", "method"):
            # a copy of its own: whoever made the document may go on with it
            kept = json.loads(json_text(getattr(self, part), what=part))
            object.__setattr__(self, part, kept)

    @property
    def state(self) -> StateWord:
        """How far it has come: the last of its steps."""
        last = self.steps[-1].act
        return "draft" if last == "made" else last

    @property
    def made_at(self) -> datetime:
        """When it was made."""
        return self.steps[0].at

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it: it was issued, even where it was withdrawn since."""
        return any(step.act == "issued" for step in self.steps)

    def step(self, act: StepWord) -> ReportStep | None:
        """Return one of its steps; None where it was not taken."""
        return next((step for step in self.steps if step.act == act), None)

    @property
    def content_hash(self) -> str:
        """The sha256 of figures, words, inputs and method: what is signed."""
        return hash_of(
            [self.number, self.period.text, self.figures, self.words, self.inputs, self.method]
        )


def checked_number(number: str) -> str:
    """Return the number of a report as it is kept: it stands in its address (InputError)."""
    kept = plain_text(
        number, what=say("the number of a report"), longest=LONGEST_NUMBER, least=1, lines=False
    )
    if _NUMBER.fullmatch(kept) is None:
        raise InputError(
            say(
                "number {number}: it stands in an address, so write letters, digits, hyphens and "
                "brackets with at least one digit, such as 2026-Q3-1",
                number=quote(kept),
            )
        )
    return kept


def check_step(taken: tuple[StepWord, ...], act: StepWord, *, number: str) -> None:
    """Refuse a step that cannot follow those that were taken (InputError)."""
    named = quote(number)
    if "withdrawn" in taken:
        raise InputError(say("the report {number} is withdrawn: make a new one", number=named))
    if act in taken:
        raise InputError(
            say("the report {number} is {state} already", number=named, state=say_state(act))
        )
    if act == "issued" and "reviewed" not in taken:
        raise InputError(
            say(
                "the report {number} is not reviewed yet: run yizhan report review {number} first",
                number=number,
            )
        )


def say_state(act: StepWord) -> str:
    """Name a step in a refusal."""
    words = {
        "made": say("made"),
        "reviewed": say("reviewed"),
        "issued": say("issued"),
        "withdrawn": say("withdrawn"),
    }
    return words[act]
