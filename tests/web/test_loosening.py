"""Claims about loosening: one rule of a conflict gives way as far as it must, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from data.questions import Question
from web.services.loosening import loosened, without

ASKED: dict[str, Any] = Question.from_dict(
    {
        "years": {"first": 2027, "count": 2},
        "money": {"yuan_by_year": [100_000, 50_000]},
        "new": 3,
        "spacing_m": 300.0,
        "required": [{"place": "a"}, {"place": "b"}],
        "floors": [{"name": "甲", "least_share": 0.5}, {"name": "乙'", "least_share": 0.4}],
        "money_limits": [{"name": "丙", "most_yuan": 70_000}],
        "count_limits": [{"name": "丁", "most": 2, "kinds": ["station"]}],
    }
).as_dict()


def member(kind: str, rule: str, amount: float | None, would_do: float | None) -> dict[str, Any]:
    return {"kind": kind, "rule": rule, "amount": amount, "would_do": would_do}


@pytest.mark.parametrize(
    ("one", "amount", "place"),
    [
        (member("floor", "floor '甲'", 0.5, 0.31299), 0.312, ("floors", 0, "least_share")),
        (member("floor", 'floor "乙\'"', 0.4, 0.2), 0.2, ("floors", 1, "least_share")),
        (
            member("limit_budget", "limit '丙'", 70_000, 70_000.2),
            70_001,
            ("money_limits", 0, "most_yuan"),
        ),
        # what stands today costs 9,000 of the 159,000: it is the new money that grows
        (
            member("limit_budget", "limit 'money up to 2028'", 159_000, 171_000),
            62_000,
            ("money", "yuan_by_year", 1),
        ),
        (
            member("limit_budget", "limit 'money up to 2027'", 104_000, 105_000),
            101_000,
            ("money", "yuan_by_year", 0),
        ),
        (member("limit_count", "limit 'new stations'", 3, 5.0), 5, ("new",)),
        (member("limit_count", "limit '丁'", 2, 3.0), 3, ("count_limits", 0, "most")),
    ],
)
def test_a_rule_gives_way_as_far_as_it_must(
    one: dict[str, Any], amount: float, place: tuple[Any, ...]
) -> None:
    made = loosened(ASKED, one)
    assert made is not None
    assert made.amount == amount
    there = made.tables
    for part in place[:-1]:
        there = there[part]
    assert there[place[-1]] == amount
    there[place[-1]] = _at(ASKED, place)
    assert made.tables == ASKED  # and nothing else


def _at(tables: Any, place: tuple[Any, ...]) -> Any:  # noqa: ANN401 - any part of a question
    for part in place:
        tables = tables[part]
    return tables


@pytest.mark.parametrize(
    ("one", "gone"),
    [
        (member("floor", "floor '甲'", 0.5, None), "floors"),
        (member("limit_budget", "limit '丙'", 70_000, None), "money_limits"),
        (member("limit_budget", "limit 'money up to 2028'", 1, None), "money"),
        (member("limit_count", "limit 'new stations'", 3, None), "new"),
        (member("limit_count", "limit 'spacing'", 1, None), "spacing_m"),
        (member("required", "b must be in the plan", None, None), "required"),
    ],
)
def test_a_rule_that_goes_leaves_all_others(one: dict[str, Any], gone: str) -> None:
    assert loosened(ASKED, one) is None
    made = without(ASKED, one)
    assert made is not None
    left = Question.from_dict(made.tables).as_dict()
    differs = {key for key in ASKED | left if ASKED.get(key) != left.get(key)}
    assert differs == {gone}


def test_what_nobody_asked_for_neither_gives_way_nor_goes() -> None:
    one = member("site", "one option a site", None, None)
    assert (loosened(ASKED, one), without(ASKED, one)) == (None, None)
