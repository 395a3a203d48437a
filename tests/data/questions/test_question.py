"""A question as type, tables, JSON and file: what is taken, what is refused and how."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from data.files.question_files import changed_question, read_question, write_example, write_schema
from data.questions import Question
from data.questions.example import example_text
from geo.errors import FileFormatError, InputError

if TYPE_CHECKING:
    from pathlib import Path

OPENING: dict[str, Any] = {
    "name": "三年",
    "years": {"first": 2028, "count": 3},
    "money": {"yuan_by_year": [600_000, 500_000, 500_000], "payer": "own"},
    "actions": {
        "build": ["station", "driver_home"],
        "existing": "upgrade",
        "extend_hours": ["7:00-22:00"],
        "stations": [{"id": "S1", "may": "free"}],
    },
    "floors": [{"name": "nobody under 30 %", "least_share": 0.3}],
    "zones": [
        {
            "name": "yard",
            "around": [116.8, 33.95],
            "within_m": 2000.0,
            "rule": "require",
            "kinds": ["driver_home"],
        }
    ],
    "money_rules": [{"rule": "share", "payer": "市总", "share": 0.6, "cap_yuan": 100_000}],
    "world": {
        "demand": [{"name": "园区", "at": [116.8, 33.9], "group": "courier", "workers": 300.0}]
    },
}


def test_a_question_comes_back_from_its_tables_and_its_json() -> None:
    question = Question.from_dict(OPENING)
    assert Question.from_dict(question.as_dict()) == question
    assert Question.from_dict(json.loads(json.dumps(question.as_dict()))) == question
    assert question.as_dict() == OPENING


def test_equal_questions_have_equal_hashes_whatever_stands_at_its_default() -> None:
    said = Question.from_dict({"goal": {"what": "workers"}, "spacing_m": 0.0})
    assert said.content_hash == Question.from_dict({}).content_hash
    assert said.content_hash != Question.from_dict({"spacing_m": 1.0}).content_hash


def test_one_sum_is_there_from_the_first_year_on() -> None:
    question = Question.from_dict({"years": {"count": 3}, "money": {"yuan_by_year": [9]}})
    assert question.money_by_year == (9, 0, 0)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a key that is nearly one": ({"gaol": {}}, "gaol: this key is not known: did you mean goal?"),
    "a key within": ({"goal": {"waht": 1}}, "goal.waht: .*did you mean what"),
    "a word": ({"goal": {"what": "wokers"}}, 'goal.what: "wokers" is none of'),
    "text for a sum": ({"money": {"yuan_by_year": ["a"]}}, r"yuan_by_year\[1\]: \"a\" is not a wh"),
    "a part of a yuan": ({"money": {"yuan_by_year": [1.5]}}, "not a whole number"),
    "a share above one": ({"floors": [{"name": "a", "least_share": 3}]}, r"floors\[1\].*1.0 or le"),
    "a floor without a share": ({"floors": [{"name": "a"}]}, "least_share: is missing"),
    "a kind": ({"actions": {"build": ["statoin"]}}, "did you mean station"),
    "hours": ({"actions": {"build_hours": ["soon"]}}, "hours soon: not understood"),
    "sums and years": ({"money": {"yuan_by_year": [1, 2]}}, "2 sums for 1 years"),
    "two names alike": (
        {"floors": [{"name": "a", "least_share": 0.1}, {"name": "a", "least_share": 0.2}]},
        "a names two limits",
    ),
    "a year of no plan": ({"required": [{"place": "C", "year": 2031}]}, "2031 is not among"),
    "a place that comes too late": (
        {"earliest": [{"place": "C8", "year": 2035}]},
        "C8 is to be had from 2035 on and the plan ends in 2027",
    ),
    "ground without a place": ({"zones": [{"name": "z", "rule": "exclude"}]}, "give ring or aroun"),
    "a share without cheapest": ({"goal": {"share": 0.5}}, "share belongs to what = cheapest"),
    "hours of a goal without": (
        {"floors": [{"name": "n", "least_share": 0.1, "hours": [22, 6]}]},
        "hours belong to the goal worker_hours",
    ),
    "a money rule": ({"money_rules": [{"rule": "share", "payer": "x"}]}, "money_rules: "),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_in_one_line_that_says_where(case: str) -> None:
    tables, words = REFUSED[case]
    with pytest.raises(InputError, match=words) as refused:
        Question.from_dict(tables)
    assert "\n" not in str(refused.value)


def test_the_example_can_be_asked_and_names_every_key() -> None:
    text = example_text()
    question = Question.from_dict(tomllib.loads(text))
    assert question.years_meant == (2027, 2028, 2029)
    assert all(f"{name}" in text for name in Question.model_fields)


def test_what_stands_behind_a_sign_in_the_example_can_be_asked_too() -> None:
    """Each commented piece of an example alone, without its #."""
    pieces = example_text().split("# [[")[1:]
    tables = ["[[" + piece.split("\n\n")[0].split("\n#\n")[0] for piece in pieces]
    plain = [table.replace("\n# ", "\n").replace("\n#", "\n") for table in tables]
    asked = [text.split("\n# ")[0] for text in plain]
    assert len(asked) >= 15
    for text in asked:
        lines = [line.removeprefix("# ") for line in text.splitlines()]
        kept = "\n".join(line for line in lines if line.startswith("[[") or " = " in line)
        question = tomllib.loads("[years]\ncount = 3\n" + kept)
        assert Question.from_dict(question).years.count == 3, kept


def test_the_schema_takes_what_the_type_takes(tmp_path: Path) -> None:
    write_schema(tmp_path / "schema.json")
    schema = json.loads((tmp_path / "schema.json").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(OPENING)) == []
    for tables in ({"gaol": {}}, {"floors": [{"name": "a"}]}, {"years": {"count": 9}}):
        assert list(validator.iter_errors(tables))


def test_files_of_toml_and_json_hold_the_same_question(tmp_path: Path) -> None:
    (tmp_path / "q.json").write_text(json.dumps(OPENING), "utf-8")
    (tmp_path / "q.toml").write_text(
        'name = "三年"\n[years]\ncount = 3\n[money]\nyuan_by_year = [600_000, 500_000, 500_000]\n',
        "utf-8",
    )
    assert read_question(tmp_path / "q.json") == Question.from_dict(OPENING)
    question = read_question(tmp_path / "q.toml", changes=["money.payer=own", "years.count=3"])
    assert question.money.payer == "own"


def test_a_change_is_put_over_the_file() -> None:
    question = changed_question(
        OPENING, ["money.yuan_by_year=[1, 2, 3]", "actions.existing=free", "new = 4"]
    )
    assert question.money.yuan_by_year == (1, 2, 3)
    assert (question.actions.existing, question.new) == ("free", 4)
    assert OPENING["money"]["yuan_by_year"] == [600_000, 500_000, 500_000]


def test_changes_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="write KEY=VALUE"):
        changed_question({}, ["new"])
    with pytest.raises(InputError, match="build is no table"):
        changed_question(OPENING, ["actions.build.first=station"])


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    cases = {"a.toml": b"[goal", "b.json": b"{", "c.toml": b"\xff\xfe", "d.json": b"[" * 99_999}
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(FileFormatError, match=name):
            read_question(tmp_path / name)
    (tmp_path / "list.json").write_text("[]", "utf-8")
    with pytest.raises(InputError, match=r"list.json: a question is a table of keys"):
        read_question(tmp_path / "list.json")


def test_an_example_is_written_to_a_file(tmp_path: Path) -> None:
    write_example(tmp_path / "question.toml")
    assert read_question(tmp_path / "question.toml").years.count == 3
