"""Claims about the accounts of answered questions: every yuan once, and within the money."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from data.organisations import Organisations
from geo.errors import ProblemError
from planning import SolveParams
from planning.decisions import ask
from planning.decisions.decision import Decision
from planning.decisions.decision_accounts import accounts_of, money_of
from tests.planning.decisions.tiny_cities import tiny_city

if TYPE_CHECKING:
    from planning.decisions import AskedQuestion

N_QUESTIONS = 120
UNIONS = Organisations.from_records(
    [{"id": "U", "name": "工会", "kind": "union", "courier": 26, "posts": 2}]
)


def answered(seed: int) -> tuple[AskedQuestion, Decision] | None:
    """A tiny city's question with its answer; None where it is refused or has no plan."""
    city = tiny_city(seed)
    try:
        asked = ask(
            city.question,
            demand=city.demand,
            stations=city.stations,
            sites=city.sites,
            network=city.network,
            settings=city.settings,
        )
    except ProblemError:
        return None
    decision = asked.decide(params=SolveParams(time_limit_s=30))
    return (asked, decision) if decision.is_plan else None


@pytest.fixture(scope="module")
def answers() -> list[tuple[AskedQuestion, Decision]]:
    found = [answer for seed in range(N_QUESTIONS) if (answer := answered(seed)) is not None]
    assert len(found) >= N_QUESTIONS // 2
    return found


def test_the_lines_add_up_to_the_money_of_the_decision(
    answers: list[tuple[AskedQuestion, Decision]],
) -> None:
    spent = 0
    for asked, decision in answers:
        made = accounts_of(asked, decision)
        assert made.total_yuan == decision.cost_yuan
        told = {(line.year, line.payer): line.yuan for line in decision.money}
        assert {key: yuan for key, yuan in made.totals("year", "payer").items() if yuan} == told
        spent += made.total_yuan
    assert spent > 0


def test_what_an_action_costs_is_what_the_decision_says_of_it(
    answers: list[tuple[AskedQuestion, Decision]],
) -> None:
    seen = 0
    for asked, decision in answers:
        made = accounts_of(asked, decision)
        paid: Counter[tuple[str, str, str]] = Counter()
        for line in made.lines:
            paid[line.id, line.action, line.payer] += line.yuan
        for action in decision.actions:
            for payer, yuan in action.paid.items():
                assert paid[action.id, action.what, payer] == yuan
                seen += 1
        capital = sum(line.yuan for line in made.lines if line.of == "capital")
        assert capital == sum(action.capital_yuan for action in decision.actions)
    assert seen > 20


def test_no_plan_spends_more_than_the_money_of_its_question(
    answers: list[tuple[AskedQuestion, Decision]],
) -> None:
    budgets = 0
    for asked, decision in answers:
        rows = accounts_of(asked, decision).against(money_of(asked))
        assert all(row.left_yuan >= 0 for row in rows), decision.inputs
        budgets += len(rows)
        if asked.question.money_by_year is None:
            assert rows == ()
    assert budgets > 20


def test_organisations_are_paid_beside_the_plan_and_not_out_of_its_money(
    answers: list[tuple[AskedQuestion, Decision]],
) -> None:
    asked, decision = answers[0]
    rules = type(asked.question.money_rules).from_dicts(
        [
            {"rule": "members", "payer": "市总", "base_yuan": 2000, "up_to_members": 25,
             "per_member_yuan": 20},
            {"rule": "posts", "payer": "市总", "yuan_a_month": 300},
        ]
    )  # fmt: skip
    question = asked.question.model_copy(update={"money_rules": rules})
    with_rules = replace(asked, question=question)
    made = accounts_of(with_rules, decision, organisations=UNIONS)
    n_years = len(asked.question.years_meant)
    assert made.totals("payer")["市总",] == n_years * (2_020 + 7_200)
    plain = accounts_of(asked, decision)
    assert made.total_yuan - plain.total_yuan == n_years * 9_220
    assert [row.spent_yuan for row in made.against(money_of(asked))] == [
        row.spent_yuan for row in plain.against(money_of(asked))
    ]


def test_a_decision_without_its_plan_has_no_accounts(
    answers: list[tuple[AskedQuestion, Decision]],
) -> None:
    asked, decision = answers[0]
    with pytest.raises(ProblemError, match="holds no plan to keep accounts of"):
        accounts_of(asked, Decision.from_dict(decision.as_dict()))
