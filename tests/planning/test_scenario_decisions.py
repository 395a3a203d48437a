"""Claims about the documents of decisions: read key by key, in figures, compared with money."""

from __future__ import annotations

import copy
import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from data.questions import Question
from geo.errors import InputError, ProblemError
from planning.decisions.decide import ask
from planning.scenarios.comparison import compare_figures
from planning.scenarios.decision_document import DecisionAsked, decision_figures
from planning.scenarios.plan_document import plan_figures
from tests.planning.decisions.tiny_cities import tiny_city
from tests.planning.test_scenarios import answer

if TYPE_CHECKING:
    from collections.abc import Callable


def _document(seed: int) -> dict[str, Any] | None:
    """The answer to a random question about a tiny city; None where there is no plan."""
    city = tiny_city(seed)
    try:
        made = ask(
            city.question,
            demand=city.demand,
            stations=city.stations,
            sites=city.sites,
            network=city.network,
            settings=city.settings,
        ).decide()
    except ProblemError:  # the question contradicts itself
        return None
    if not made.is_plan:
        return None
    found: dict[str, Any] = json.loads(json.dumps(made.as_dict()))
    return found


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    return [found for seed in range(40) if (found := _document(seed)) is not None]


def test_the_figures_of_any_decision_are_those_of_its_document(
    documents: list[dict[str, Any]],
) -> None:
    assert len(documents) > 15
    assert any(document["money"] for document in documents)
    for document in documents:
        of = decision_figures(document)
        assert [(one.site_id, one.year, one.order) for one in of.actions] == [
            (one["id"], one["year"], one["order"]) for one in document["actions"]
        ]
        last = max(document["years"])
        [whole] = [
            line
            for line in document["coverage"]
            if (line["year"], line["group"], line["district"]) == (last, "all", "all")
        ]
        assert (of.row().after, of.row().before) == (whole["covered"], whole["before"])
        assert (of.cost_yuan or 0) == document["cost_yuan"]
        assert of.measure == document["measure"]


def test_decisions_are_compared_by_year_and_payer_as_their_documents_say(
    documents: list[dict[str, Any]],
) -> None:
    pairs = [
        (first, second)
        for first, second in pairwise(documents)
        if first["measure"] == second["measure"]
    ]
    assert len(pairs) > 5
    for pair in pairs:
        found = compare_figures({str(at): decision_figures(of) for at, of in enumerate(pair)})
        for at, document in enumerate(pair):
            paid: dict[tuple[int, str], int] = {}
            for line in document["money"]:
                key = line["year"], line["payer"]
                paid[key] = paid.get(key, 0) + line["yuan"]
            told = {(row.year, row.payer): row.yuan[at] for row in found.money if row.yuan[at]}
            assert told == {key: yuan for key, yuan in paid.items() if yuan}
            covered = {
                (line["year"], line["group"], line["district"]): line["covered"]
                for line in document["coverage"]
            }
            rows = {
                (row.year, row.group, row.district): row.after[at]
                for row in found.rows
                if row.after[at] is not None
            }
            assert rows == covered
            held = [one.action.site_id for one in found.actions if one.orders[at] is not None]
            assert sorted(held) == sorted(one["id"] for one in document["actions"])


def test_answers_that_count_different_things_are_not_compared(
    documents: list[dict[str, Any]],
) -> None:
    hours = next(of for of in documents if of["measure"] == "worker_hours")
    with pytest.raises(InputError, match="甲 counts workers and 乙 counts worker-hours"):
        compare_figures({"甲": answer(), "乙": decision_figures(hours)})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.update(extra=1), "decision has the key .extra."),
        (lambda d: d.pop("money"), "decision has no money"),
        (lambda d: d.update(objective=None), r"decision\.objective must be a number"),
        (lambda d: d.update(measure="hopes"), r"decision\.measure must be one of workers"),
        (lambda d: d.update(cost_yuan=d["cost_yuan"] + 1), "parts do not fit"),
        (lambda d: d["coverage"].clear(), "parts do not fit"),
        (lambda d: d["coverage"][0].update(share=2.0), "parts do not fit"),
        (lambda d: d["actions"][0].update(paid={"own": 1.5}), r"paid\.own must be a whole number"),
    ],
)
def test_a_decision_with_a_wrong_part_is_refused(
    documents: list[dict[str, Any]], change: Callable[[dict[str, Any]], object], words: str
) -> None:
    wrong = copy.deepcopy(next(of for of in documents if of["actions"]))
    change(wrong)
    with pytest.raises(InputError, match=words):
        decision_figures(wrong)


def test_a_plan_is_no_decision(documents: list[dict[str, Any]]) -> None:
    with pytest.raises(InputError, match="decision has"):
        plan_figures(documents[0])


def test_what_was_asked_is_read_back_with_what_people_pinned() -> None:
    question = Question.from_dict(
        {"new": 3, "required": [{"place": "C1"}], "forbidden": [{"place": "C2"}]}
    )
    asked = DecisionAsked(question=question, time_limit_s=None, gap=0.01, seed=3)
    again = DecisionAsked.from_dict(json.loads(json.dumps(asked.as_dict())))
    assert again == asked
    assert again.overrides == ("required C1", "forbidden C2")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"gap": -1}, "0 or more"),
        ({"time_limit_s": 0}, "above 0"),
        ({"question": {"goal": {"what": "joy"}}}, "goal"),
        ({"question": []}, "must be an object"),
        ({"wish": 1}, "key .wish."),
    ],
)
def test_what_cannot_have_been_asked_is_refused(change: dict[str, Any], words: str) -> None:
    document = {**DecisionAsked(question=Question()).as_dict(), **change}
    with pytest.raises(InputError, match=words):
        DecisionAsked.from_dict(document)
