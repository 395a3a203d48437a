"""Scenarios: a question and its answer under a name, with who decided what and why.

A scenario holds documents, not objects: its question and its decision are JSON as their own
``as_dict`` gave them, so that one that was kept years ago can still be shown, compared and asked
again. ``form`` names what reads them (`planning.scenarios`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from data.plain_text import plain_text
from data.vocabulary import quote
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_NAME: Final = 60
LONGEST_WHO: Final = 60
LONGEST_WHAT: Final = 200
LONGEST_WHY: Final = 1000
#: A plan of a thousand sites takes about one.
MOST_BYTES: Final = 20_000_000
MOST_LINES: Final = 2000
#: What reads the documents: those of a siting plan, or of a decision about all kinds of action.
FORMS: Final = ("plan", "decision")
#: What a line of the decision log tells.
ACTS: Final = ("saved", "replaced", "copied", "renamed", "overrode", "noted", "locked")


@dataclass(frozen=True)
class LogLine:
    """One line of a decision log: when, ``who``, an act of `ACTS`, ``what`` it was about, why.

    Raises
    ------
    InputError
        when a part cannot be.
    """

    at: datetime
    who: str
    act: str
    what: str = ""
    why: str = ""

    def __post_init__(self) -> None:
        _check_moment(self.at, what=say("the time of a line"))
        if self.act not in ACTS:
            raise InputError(
                say("{act} is none of {known}", act=quote(self.act), known=", ".join(ACTS))
            )
        who = plain_text(self.who, what=say("who"), longest=LONGEST_WHO, least=1, lines=False)
        what = plain_text(self.what, what=say("what"), longest=LONGEST_WHAT, lines=False)
        object.__setattr__(self, "who", who)
        object.__setattr__(self, "what", what)
        why = plain_text(self.why, what=say("why"), longest=LONGEST_WHY)
        object.__setattr__(self, "why", why)


@dataclass(frozen=True, eq=False)
class Scenario:
    """A question, its answer, and how they came about.

    ``question`` and ``decision`` are JSON documents that `planning.scenarios` reads by their
    ``form``, ``inputs`` the hashes and words of what the answer was computed from. ``city`` and
    ``sample`` tell whose it is, ``author`` who saved it, ``made_at`` when; ``locked_at`` is None
    while it may be changed. ``log`` is the decision log, the earliest line first.

    Raises
    ------
    InputError
        when a part cannot be, or a document is no JSON or too large.
    """

    name: str
    form: str
    city: str
    sample: bool
    author: str
    made_at: datetime
    question: Mapping[str, Any]
    decision: Mapping[str, Any]
    inputs: Mapping[str, str]
    log: tuple[LogLine, ...] = ()
    locked_at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", checked_name(self.name))
        if self.form not in FORMS:
            known = ", ".join(FORMS)
            raise InputError(say("form {form} is none of {known}", form=quote(self.form),
                                 known=known))  # fmt: skip
        for part, longest in (("city", LONGEST_WHAT), ("author", LONGEST_WHO)):
            kept = plain_text(getattr(self, part), what=part, longest=longest, lines=False)
            object.__setattr__(self, part, kept)
        _check_moment(self.made_at, what="made_at")
        if self.locked_at is not None:
            _check_moment(self.locked_at, what="locked_at")
        if len(self.log) > MOST_LINES:
            raise InputError(say("log must have at most {most} lines", most=MOST_LINES))
        if any(not isinstance(value, str) for value in self.inputs.values()):
            raise InputError(say("inputs must be hashes and words by name"))
        for part in ("question", "decision", "inputs"):
            # a copy of its own: whoever made the document may go on with it
            kept_part = json.loads(json_text(getattr(self, part), what=part))
            object.__setattr__(self, part, kept_part)

    @property
    def is_locked(self) -> bool:
        """Whether it can never be changed or deleted again."""
        return self.locked_at is not None

    @property
    def content_hash(self) -> str:
        """A hash of question, decision and inputs: equal where two scenarios say the same."""
        return hash_of([self.form, self.question, self.decision, self.inputs])

    def with_line(self, line: LogLine) -> Scenario:
        """Return it with one more line in its decision log."""
        return replace(self, log=(*self.log, line))


def checked_name(name: str) -> str:
    """Return the name of a scenario as it is kept, one line of text (InputError)."""
    return plain_text(
        name, what=say("the name of a scenario"), longest=LONGEST_NAME, least=1, lines=False
    )


def json_text(document: object, *, what: str) -> str:
    """Write a document as the one JSON text that it has: keys in order, no spaces.

    Raises
    ------
    InputError
        when it is no JSON (NaN is none), or longer than `MOST_BYTES`.
    """
    try:
        text = json.dumps(
            document, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
        )
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(
            say("{what} cannot be kept as JSON ({error})", what=what, error=error)
        ) from None
    if size > MOST_BYTES:
        raise InputError(
            say("{what} is larger than {most_mb} MB", what=what, most_mb=MOST_BYTES // 10**6)
        )
    return text


def hash_of(document: object) -> str:
    """Return the sha256 of a document's JSON text."""
    return hashlib.sha256(json_text(document, what=say("the document")).encode()).hexdigest()


def _check_moment(moment: datetime, *, what: str) -> None:
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise InputError(say("{what} must say its zone", what=what))
