"""What a run is asked: a question, how it is searched, which explanations are wanted."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, Self

from data.json_shapes import Words, check_shape
from data.questions import Question
from data.scenarios import hash_of
from geo.errors import FieldFault, FieldsError, InputError
from geo.factors import TIME_FACTORS
from geo.messages import message_of, say
from planning.decisions.offered import OFFERED
from planning.scenarios.decision_document import DecisionAsked
from web.services.decisions import Wanted
from web.services.effective import doubted_version
from web.services.freshness import present_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.workspace import Workspace

#: The longest that a run may search, in seconds, and be asked for explanations.
LONGEST_S: Final = 3600.0
MOST_ALTERNATIVES: Final = 10
MOST_POINTS: Final = 200
_SEARCH: Final[dict[str, Any]] = {
    "when": Words(("usual", *TIME_FACTORS)),
    "time_limit_s": float,
    "gap": float,
    "seed": int,
}
_EXPLAIN: Final[dict[str, Any]] = {
    "why": bool,
    "prices": bool,
    "alternatives": int,
    "curve": int,
    "floors": bool,
}
#: The words by which `planning.decisions.offered` knows some of them.
_OFFERED: Final = {"why": "runners_up"}
_MOST: Final = {"alternatives": MOST_ALTERNATIVES, "curve": MOST_POINTS}


@dataclass(frozen=True, kw_only=True)
class RunAsked:
    """All that a run is asked; `of_request` reads what a browser sends."""

    search: DecisionAsked
    wanted: Wanted

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON, as the queue keeps it."""
        return {**self.search.as_dict(), "explain": asdict(self.wanted)}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Read back what `as_dict` wrote."""
        search = {key: value for key, value in document.items() if key != "explain"}
        return cls(search=DecisionAsked.from_dict(search), wanted=Wanted(**document["explain"]))

    @classmethod
    def of_request(cls, body: Mapping[str, Any]) -> Self:
        """Read ``question``, and where given ``when``, ``time_limit_s``, ``gap`` and ``seed``.

        ``explain`` may ask for ``why``, ``prices``, ``alternatives`` (how many) and ``curve`` (how
        many points).

        Raises
        ------
        FieldsError
            with every field that cannot be, its place beginning at the body.
        """
        faults: list[FieldFault] = []
        question = _question(body.get("question", {}), faults)
        known = {"question", "explain", *_SEARCH}
        faults += [_unknown(name) for name in body if name not in known]
        search = _values(body, _SEARCH, (), faults)
        explain = body.get("explain", {})
        if not isinstance(explain, dict):
            faults.append(FieldFault(("explain",), say("must be an object")))
            explain = {}
        faults += [_unknown(name, "explain") for name in explain if name not in _EXPLAIN]
        wanted = _values(explain, _EXPLAIN, ("explain",), faults)
        _check_ranges(search, wanted, faults)
        if question is not None:
            _check_explained(question, wanted, faults)
        if faults or question is None:
            first = faults[0]
            raise FieldsError(
                say("{where}: {what}", where=first.pointer, what=first.reason), *faults
            )
        return cls(search=DecisionAsked(question=question, **search), wanted=Wanted(**wanted))

    def key(self, workspace: Workspace) -> str:
        """Return a hash of it and of all that it is asked of: the same has the same answer."""
        present = {**present_inputs(workspace), "doubted": doubted_version(workspace)}
        return hash_of([self.as_dict(), present, version("yizhan")])


def _question(given: object, faults: list[FieldFault]) -> Question | None:
    try:
        return Question.from_dict(given)
    except FieldsError as error:
        faults += [FieldFault(("question", *one.place), one.reason) for one in error.faults]
    except InputError as error:
        faults.append(FieldFault(("question",), message_of(error)))
    return None


def _values(
    given: Mapping[str, Any],
    shapes: Mapping[str, Any],
    place: tuple[str, ...],
    faults: list[FieldFault],
) -> dict[str, Any]:
    """Return the values of a part that are of their type; what is wrong goes to ``faults``."""
    read = {}
    for name, shape in shapes.items():
        if name not in given:
            continue
        try:
            check_shape(given[name], shape, where=name)
        except InputError as error:
            faults.append(FieldFault((*place, name), message_of(error)))
        else:
            read[name] = given[name]
    return read


def _check_ranges(
    search: Mapping[str, Any], wanted: Mapping[str, Any], faults: list[FieldFault]
) -> None:
    if not 0 < search.get("time_limit_s", 1.0) <= LONGEST_S:
        words = say("must be above 0 and at most {longest:g} seconds", longest=LONGEST_S)
        faults.append(FieldFault(("time_limit_s",), words))
    if not 0 <= search.get("gap", 0.0) <= 1:
        faults.append(FieldFault(("gap",), say("must be a share from 0 to 1")))
    if not 0 <= search.get("seed", 0) < 1 << 32:
        faults.append(FieldFault(("seed",), say("must be a whole number of 0 or more")))
    for name, most in _MOST.items():
        if not 0 <= wanted.get(name, 0) <= most:
            words = say("must be from 0 to {most}", most=most)
            faults.append(FieldFault(("explain", name), words))


def _check_explained(
    question: Question, wanted: Mapping[str, Any], faults: list[FieldFault]
) -> None:
    offered = OFFERED[question.goal.what]
    for name in (name for name, is_asked in wanted.items() if is_asked):
        if _OFFERED.get(name, name) not in offered:
            words = say("this is not told of the goal {goal}", goal=question.goal.what)
            faults.append(FieldFault(("explain", name), words))


def _unknown(name: str, *place: str) -> FieldFault:
    return FieldFault((*place, name[:40]), say("this key is not known"))
