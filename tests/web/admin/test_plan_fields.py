"""Claims about the question's form: what it shows, and that nothing is lost on the way."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from data.questions import Question
from data.questions.money_rules import SHENYANG_RULES
from geo.errors import InputError
from web.admin.plans.question_fields import (
    beside_words,
    fields_of,
    lists_of,
    tables_of_form,
)

RICH = {
    "name": "三年",
    "goal": {"what": "workers", "group_weights": {"courier": 2.0}},
    "years": {"first": 2027, "count": 3},
    "money": {"yuan_by_year": [600_000, 0, 500_000], "carry_over": False, "payer": "own"},
    "new": 9,
    "actions": {
        "build": ["station", "driver_home"],
        "build_hours": ["8:00-20:00", "0:00-24:00"],
        "existing": "free",
        "upgrade": ["base"],
        "extend_hours": ["7:00-22:00"],
        "relocate_within_m": 800.0,
        "stations": [{"id": "S1", "may": "fixed"}],
    },
    "required": [{"place": "C7", "what": "build", "year": 2028}],
    "forbidden": [{"place": "C9"}],
    "earliest": [{"place": "C8", "year": 2028}],
    "money_limits": [
        {"name": "濉溪的钱", "most_yuan": 400_000, "districts": ["濉溪县", "杜集区"]},
        {"name": "自筹", "most_yuan": 900_000, "payer": "own", "year": 2029},
    ],
    "count_limits": [{"name": "司机之家", "most": 4, "kinds": ["driver_home"], "what": "build"}],
    "floors": [
        {"name": "谁也不低于三成", "least_share": 0.3, "groups": ["truck_driver", "courier"]},
        {"name": "濉溪", "least_share": 0.125, "districts": ["濉溪县"], "year": 2028},
    ],
    "spacing_m": 500.0,
    "zones": [
        {"name": "货场", "around": [116.8, 33.95], "within_m": 2000.0, "rule": "require"},
        {"name": "湖", "ring": [[116.8, 33.9], [116.9, 33.9], [116.9, 34.0]], "rule": "exclude"},
    ],
    "costs": {
        "by_kind": [{"kind": "station", "capital_yuan": 61_000, "lifetime_years": 7}],
        "wage_yuan_an_hour": 25,
    },
    "money_rules": tomllib.loads(SHENYANG_RULES)["money_rules"],
    "world": {
        "demand": [
            {"name": "园区", "at": [116.8, 33.9], "within_m": 300.0}
            | {"group": "courier", "workers": 200.0, "year": 2028}
        ]
    },
}


def typed(tables: dict[str, object], **changed: str) -> MultiDict[str, str]:
    """The form as a browser sends it, with some fields typed over."""
    form = MultiDict(fields_of(tables) | changed)
    for key, values in lists_of(tables).items():
        for value in sorted(values):
            form.add(key, value)
    form["beside"] = beside_words(tables)
    form["name"] = changed.get("name", str(tables.get("name", "")))
    return form


def read(form: MultiDict[str, str]) -> Question:
    made = tables_of_form(form, name_of=lambda part, number: f"{part} {number}")
    return Question.from_dict(made)


def test_a_question_goes_through_the_form_without_losing_a_word() -> None:
    asked = Question.from_dict(RICH)
    tables = asked.as_dict()
    assert read(typed(tables)).as_dict() == tables


@given(
    what=st.sampled_from(("workers", "worst_group", "worst_district", "two_in_reach")),
    yuan=st.lists(st.integers(0, 10**9), min_size=1, max_size=5),
    new=st.none() | st.integers(0, 500),
    shares=st.lists(st.integers(0, 100), max_size=4),
    spacing=st.integers(0, 900),
)
def test_any_question_of_these_parts_comes_back_as_it_was(
    what: str, yuan: list[int], new: int | None, shares: list[int], spacing: int
) -> None:
    asked = Question.from_dict(
        {
            "goal": {"what": what},
            "years": {"first": 2027, "count": len(yuan)},
            "money": {"yuan_by_year": yuan},
            "floors": [
                {"name": f"底线 {n}", "least_share": share / 100} for n, share in enumerate(shares)
            ],
            "spacing_m": float(spacing),
        }
        | ({} if new is None else {"new": new})
    )
    back = read(typed(asked.as_dict()))
    assert back.money_by_year == asked.money_by_year
    assert {**back.as_dict(), "money": {}} == {**asked.as_dict(), "money": {}}


def test_what_is_typed_over_is_taken_and_the_rest_stays() -> None:
    tables = Question.from_dict(RICH).as_dict()
    made = read(
        typed(
            tables,
            **{"floors.0.figure": "45 %", "floors.2.figure": "20", "floors.2.group": "courier"},
            **{"money.2": "250,000", "required": "C7\nC11"},
        )
    )
    assert [floor.least_share for floor in made.floors] == [0.45, 0.125, 0.2]
    assert made.floors[0].groups == ("truck_driver", "courier")
    assert made.floors[2].name == "floors 3"
    assert made.money_by_year == (600_000, 250_000, 500_000)
    assert [(pin.place, pin.year) for pin in made.required] == [("C7", 2028), ("C11", None)]
    assert made.earliest == Question.from_dict(RICH).earliest


def test_costs_that_are_as_assumed_stay_assumptions() -> None:
    assert read(typed({})).assumed_kinds == Question().assumed_kinds
    dearer = read(typed({}, **{"cost.capital.station": "55000"}))
    assert dearer.cost_of_kind("station").capital_yuan == 55_000
    assert "station" not in dearer.assumed_kinds


def test_shenyang_s_rules_are_chosen_in_one_press_and_put_away_in_one() -> None:
    taken = read(typed({}, rules="shenyang"))
    assert taken.money_rules.as_dicts() == RICH["money_rules"]
    assert "money_rules" not in read(typed(taken.as_dict(), rules="none")).as_dict()


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("money.1", "六十万", "money.yuan_by_year"),
        ("years.count", "9", "years.count"),
        ("floors.0.figure", "130", "floors"),
        ("spacing_m", "-3", "spacing_m"),
        ("zones", "[{", "zones"),
        ("zones", "{}", "zones"),
        ("actions.build_hours", "随便", "hours"),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(field: str, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(typed({}, **{field: text}))


CORNERS = "116.8, 33.9\n\n116.9，33.9\n116.9 33.95"


def test_ground_and_a_park_are_drawn_by_written_corners() -> None:
    kept = {"zones": [{"name": "湖", "rule": "exclude", "around": [116.8, 33.9], "within_m": 90.0}]}
    made = read(typed(kept, **{"drawn.corners": CORNERS, "drawn.rule": "require"}))
    assert [(zone.name, zone.rule) for zone in made.zones] == [
        ("湖", "exclude"), ("zones 2", "require"),
    ]  # fmt: skip
    assert made.zones[1].ring == ((116.8, 33.9), (116.9, 33.9), (116.9, 33.95))
    around = {"drawn.corners": "116.8,33.9", "drawn.within_m": "400", "drawn.name": "院"}
    [zone] = read(typed({}, **around)).zones
    assert (zone.name, zone.rule, zone.around, zone.within_m) == (
        "院", "exclude", (116.8, 33.9), 400.0,
    )  # fmt: skip
    park = {"drawn.rule": "park", "drawn.group": "courier", "drawn.workers": "120"}
    [come] = read(typed({}, **around, **park)).world.demand
    assert (come.name, come.at, come.workers, come.within_m) == ("院", (116.8, 33.9), 120.0, 400.0)
    for wrong in ("116.8", "116.8,33.9\n116.9,33.9", "1,2,3\n4,5\n6,7", "东边"):
        with pytest.raises(InputError, match=r"zones"):
            read(typed({}, **{"drawn.corners": wrong}))
