"""A kept scenario's question asked again, with edits, from its plan as the start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data.files.question_files import changed_question
from geo.errors import InputError
from geo.messages import say
from planning.decisions.decision import Decision
from planning.decisions.restored import options_of_actions
from planning.scenarios.decision_document import DecisionAsked
from planning.scenarios.forms import asked_of
from web.services.scenarios import Replay, beside

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from data.questions import Question
    from data.scenarios import Scenario
    from data.workspace import Workspace
    from planning.decisions import AskedQuestion


@dataclass(frozen=True, eq=False)
class KeptQuestion:
    """A scenario's question, edited: ``edited`` are its keys that are others now.

    ``asked`` says how the scenario was searched, ``made`` is its answer.
    """

    scenario: Scenario
    asked: DecisionAsked
    question: Question
    edited: tuple[str, ...]
    made: Decision

    def start(self, asked: AskedQuestion) -> npt.NDArray[np.int64]:
        """Return the options of the scenario's plan that the question still has."""
        return options_of_actions(asked, self.made, leaving=True)


@dataclass(frozen=True, eq=False)
class AskedAgain:
    """A new answer beside that of the scenario it began from, and the keys that were edited."""

    replay: Replay
    edited: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**self.replay.as_dict(), "edited": list(self.edited)}


def kept_question(workspace: Workspace, name: str, *, changes: Sequence[str]) -> KeptQuestion:
    """Return the question of a scenario with ``KEY=VALUE`` changes put over it.

    Raises
    ------
    InputError
        when there is no such scenario, it is of plan --new, or a change cannot be.
    """
    scenario = workspace.scenarios().scenario(name)
    asked = asked_of(scenario)
    if not isinstance(asked, DecisionAsked):
        raise InputError(
            say(
                "{name} answers plan --new, which has no question's file: plan again with --new, "
                "or write a question with yizhan plan new-question",
                name=scenario.name,
            )
        )
    before = asked.question.as_dict()
    question = changed_question(before, changes)
    after = question.as_dict()
    return KeptQuestion(
        scenario=scenario,
        asked=asked,
        question=question,
        edited=tuple(key for key in {**before, **after} if before.get(key) != after.get(key)),
        made=Decision.from_dict(dict(scenario.decision)),
    )


def asked_again(kept: KeptQuestion, made: Decision) -> AskedAgain:
    """Set a new answer beside that of the scenario."""
    replay = beside(kept.scenario, made.as_dict(), inputs=made.inputs, status=made.status)
    return AskedAgain(replay, kept.edited)
