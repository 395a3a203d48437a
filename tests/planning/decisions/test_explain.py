"""What is told beside a decision speaks of the question, not of how it is solved."""

from __future__ import annotations

from planning import SolveParams
from planning.decisions.explain import price_lines
from tests.planning.decisions.test_all_choices import asked_of
from tests.planning.decisions.tiny_cities import tiny_city


def test_prices_are_of_amounts_that_the_question_gives() -> None:
    """A zone asks for a station and spacing for metres: no step of these is so much more."""
    n_told = n_without = 0
    for seed in range(60):
        asked = asked_of(tiny_city(seed))
        if asked is None:
            continue
        question = asked.question
        made = asked.decide(params=SolveParams(time_limit_s=10))
        given = {
            one.name for one in (*question.money_limits, *question.count_limits, *question.floors)
        }
        told = [line.limit for line in price_lines(asked, made, time_limit_s=3.0)]
        ours = [name for name in told if name.startswith(("money up to", "money of", "new stat"))]
        assert set(told) <= given | set(ours), f"seed {seed}: {told}"
        n_told += len(told)
        n_without += bool(question.zones or question.spacing_m)
    assert n_told > 10
    assert n_without > 5
