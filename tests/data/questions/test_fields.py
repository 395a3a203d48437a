"""Every refusal of a question leads to the field that it is about."""

from __future__ import annotations

import re
from typing import Any

import pytest

from data.questions import Question
from data.questions.refusals import at
from geo.errors import FieldsError

GROUND = {"name": "z", "rule": "exclude"}
SHARE = {"rule": "share", "payer": "市总工会", "share": 0.6}
YARD = {"name": "y", "at": [116.8, 33.9], "workers": 5.0, "group": "courier"}
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"new": "x"}, "/new", '"x" is not a whole number'),
    ({"new": -1}, "/new", "must be 0 or more"),
    ({"nwe": 1}, "/nwe", "is not known"),
    ({"goal": {"what": "x"}}, "/goal/what", "is none of"),
    ({"goal": {"share": 0.5}}, "/goal/share", "share belongs to"),
    ({"goal": {"coverage": "effective"}}, "/goal/coverage", "belong to what = worker_hours"),
    ({"goal": {"group_weights": {"x": 1.0}}}, "/goal/group_weights/x", "group"),
    (
        {"goal": {"what": "worker_hours", "hour_weights": [[1, 2, 1.0], [1, 2, -1.0]]}},
        "/goal/hour_weights/1/2",
        "from 0 to 1000",
    ),
    ({"goal": {"beyond_s": 9.0}}, "/goal/beyond_s", "belongs to the goal mean_time"),
    ({"front": {"first": "money", "second": "money"}}, "/front/second", "stands twice"),
    (
        {"front": {"first": "money", "second": "worker_hours"}},
        "/front/second",
        "does not count worker_hours",
    ),
    ({"actions": {"build": ["station", "x"]}}, "/actions/build/1", "kind"),
    ({"actions": {"build_hours": []}}, "/actions/build_hours", "is empty"),
    ({"actions": {"extend_hours": ["8:00-9:00", "?"]}}, "/actions/extend_hours/1", "understood"),
    ({"money": {"yuan_by_year": [1, 2]}}, "/money/yuan_by_year", "2 sums for 1 years"),
    ({"money": {"yuan_by_year": [1, -2]}}, "/money/yuan_by_year/1", "must be 0 or more"),
    ({"required": [{"place": "a", "year": 2050}]}, "/required/0/year", "year 2050 is not"),
    ({"earliest": [{"place": "a", "year": 2050}]}, "/earliest/0/year", "to be had from 2050"),
    ({"floors": [{"name": "f", "least_share": 1.5}]}, "/floors/0/least_share", "1.0 or less"),
    ({"floors": [{"name": "f"}]}, "/floors/0/least_share", "is missing"),
    (
        {"floors": [{"name": "f", "least_share": 0.5, "hours": [1, 2]}]},
        "/floors/0/hours",
        "belong to the goal worker_hours",
    ),
    (
        {"floors": [{"name": "f", "least_share": 0.5, "groups": ["x"]}]},
        "/floors/0/groups/0",
        "group",
    ),
    (
        {
            "count_limits": [{"name": "f", "most": 3}],
            "floors": [{"name": "e", "least_share": 0.5}, {"name": "f", "least_share": 0.5}],
        },
        "/floors/1/name",
        "f names two limits",
    ),
    ({"zones": [GROUND]}, "/zones/0/ring", "give ring or around"),
    ({"zones": [{**GROUND, "around": [116.8, 33.9]}]}, "/zones/0/within_m", "go together"),
    (
        {"zones": [{**GROUND, "ring": [[116.8, 33.9], [116.8, 133.9]]}]},
        "/zones/0/ring/1/1",
        "90.0 or less",
    ),
    (
        {"costs": {"by_kind": [{"kind": "x", "capital_yuan": 1}]}},
        "/costs/by_kind/0/kind",
        "kind",
    ),
    (
        {"costs": {"by_kind": [{"kind": "base", "capital_yuan": 1}] * 2}},
        "/costs/by_kind",
        "a kind stands twice",
    ),
    ({"money_rules": [SHARE, {**SHARE, "share": 7}]}, "/money_rules/1", "money rule 2"),
    ({"capacity": {"seats_by_kind": {"x": 4}}}, "/capacity/seats_by_kind/x", "kind"),
    ({"world": {"demand": [YARD, {**YARD, "group": "x"}]}}, "/world/demand/1/group", "group"),
    ({"world": {"demand": [{**YARD, "year": 2050}]}}, "/world/demand/0/year", "year 2050 is not"),
    ({"world": {"roads": [{"name": "r", "rule": "close"}]}}, "/world/roads/0/ways", "which roads"),
    (
        {"world": {"roads": [{"name": "r", "rule": "close", "ways": [1], "modes": ["x"]}]}},
        "/world/roads/0/modes/0",
        "mode x is none of",
    ),
]


@pytest.mark.parametrize(("tables", "pointer", "says"), REFUSED)
def test_a_refusal_names_its_field(tables: dict[str, Any], pointer: str, says: str) -> None:
    with pytest.raises(FieldsError) as refusal:
        Question.from_dict(tables)
    [fault] = refusal.value.faults
    assert fault.pointer == pointer
    assert re.search(re.escape(says), fault.reason)
    assert fault.reason in str(refusal.value)


def test_every_wrong_field_is_told_at_once_and_the_line_tells_the_first() -> None:
    with pytest.raises(FieldsError, match=r"^new: ") as refusal:
        Question.from_dict({"new": "x", "spacing_m": -1, "floors": [{"name": ""}]})
    assert [fault.pointer for fault in refusal.value.faults] == [
        *("/new", "/floors/0/name", "/floors/0/least_share", "/spacing_m")
    ]


def test_a_pointer_escapes_what_it_must() -> None:
    assert at("a/b", "c~d", 0).pointer == "/a~1b/c~0d/0"
    assert at().pointer == ""
