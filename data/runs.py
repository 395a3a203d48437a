"""Runs: questions that wait for a worker, how far each has got, and what came of it.

A run holds documents, not objects, as a scenario does. ``progress`` tells what is known so far:
``step`` and ``share`` (what is done, and how much of it; None where nobody knows), ``points``, the
curve of the plan and its bound as ``[seconds, plan, bound]`` (None where there is none yet), and
``sites``, what the best plan so far does where.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from data.plain_text import plain_text
from data.vocabulary import quote
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

LONGEST_AUTHOR: Final = 60
LONGEST_SCENARIO: Final = 60
#: What a worker can do: answer a question, draw the pages, measure what a plan's map shows.
DECISION: Final = "decision"
DRAWING: Final = "drawing"
MEASURING: Final = "measuring"
KINDS: Final = (DECISION, DRAWING, MEASURING)
#: Who waits, who is worked on.
WAITING: Final = ("queued",)
AT_WORK: Final = ("running", "stopping")
#: How a run ends: with an answer; stopped, with the best plan so far where there is one; with a
#: reason why there is no answer; with the rules that contradict each other.
ENDED: Final = ("done", "stopped", "failed", "infeasible")
#: Of these, who asks the same again is told the same.
ANSWERED: Final = ("done", "infeasible")
#: Days that an ended question is kept, unless the settings say otherwise, and at most.
KEEP_DAYS: Final = 180
MOST_DAYS: Final = 3650
STATES: Final = (*WAITING, *AT_WORK, *ENDED)


@dataclass(frozen=True, eq=False, kw_only=True)
class Run:
    """One run as it stands.

    ``question`` is the JSON document of what was asked, ``content_hash`` a hash of it and of what
    it is asked of. ``scenario`` names the scenario that it was asked for, "" for none. ``attempts``
    counts the workers that took it, ``changes`` grows with everything that is written of it.
    ``answer`` is None until there is one; ``error`` is None, or the words why there is none.
    """

    id: int
    kind: str
    scenario: str
    author: str
    question: Mapping[str, Any]
    content_hash: str
    state: str
    made_at: datetime
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    worker: str = ""
    beat_at: datetime | None = None
    attempts: int = 0
    changes: int = 0
    progress: Mapping[str, Any] = field(default_factory=dict)
    answer: Mapping[str, Any] | None = None
    error: str | None = None

    @property
    def is_ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ENDED


@dataclass(frozen=True, kw_only=True)
class NewRun:
    """What is put into the queue.

    Raises
    ------
    InputError
        when a part cannot be.
    """

    kind: str
    question: Mapping[str, Any]
    content_hash: str
    author: str
    scenario: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(
                say("{kind} is none of {known}", kind=quote(self.kind), known=", ".join(KINDS))
            )
        for part, longest in (("author", LONGEST_AUTHOR), ("scenario", LONGEST_SCENARIO)):
            kept = plain_text(getattr(self, part), what=part, longest=longest, lines=False)
            object.__setattr__(self, part, kept)


def read_keep_days(table: object) -> int:
    """Read the table ``[runs]``: the days that an ended question is kept (InputError)."""
    if not isinstance(table, dict):
        raise InputError(say("runs must be a table: write it as [runs]"))
    days = table.get("keep_days", KEEP_DAYS)
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
        raise InputError(
            say("runs.keep_days must be a whole number from 1 to {most}", most=MOST_DAYS)
        )
    return days
