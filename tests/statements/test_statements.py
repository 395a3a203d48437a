"""Claims that nothing is said without being so: every number of every face is recomputed.

The walker reads the report, the plan page, the map, the worker's list and a station's page in both
languages, the charts, the report's files and the words of the command line, for the sample city and
for Helsinki's streets. Each number in them must be held by exactly one claim, and be true of the
city's data as `tests.statements.recount` counts it.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.statements.claims import CLAIMS
from tests.statements.fragments import Fragment, of_answer, of_page
from tests.statements.walker import Claim, agrees, faults, held_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from tests.statements.cities import City

pytestmark = pytest.mark.real
_ALTERED = 1000
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def _said(city: City) -> list[Fragment]:
    return [piece for piece in city.all_pieces() if held_spans(piece.text)]


def test_every_number_that_is_said_is_held_by_one_claim_and_true(city: City) -> None:
    found = [fault for piece in _said(city) for fault in faults(piece, city, CLAIMS)]
    assert not found, "\n".join(map(str, found[:40]))


def test_much_is_said_on_every_face(city: City) -> None:
    said = _said(city)
    assert len(said) > 1000
    faces = {piece.face.split(" ")[0] for piece in said}
    assert faces == {"page", "cli", "drawing", "csv"}
    for path in ("/report", "/plan", "/", "/s/"):
        for language in ("zh", "en"):
            start = f"page {language} {path}"
            assert any(piece.face.startswith(start) for piece in said), start


def _coverages(figures: Mapping[str, Any]) -> Iterator[tuple[list[dict[str, Any]], bool]]:
    """Yield the rows of every coverage in a command's figures, and whether it is after a plan."""
    if "before" in figures:
        yield figures["before"]["rows"], False
        yield figures["after"]["rows"], True
    elif "standard" in figures:
        yield figures["rows"], False


def test_the_figures_told_as_json_are_those_of_the_recount(city: City) -> None:
    held = 0
    for face, question in city.questions.items():
        for rows, after in _coverages(question.figures):
            for row in rows:
                of = city.recount_of(face).row(row["group"], row["district"], after=after)
                told = [row[name] for name in ("workers", "within_one", "within_two")]
                told += [row[name] for name in ("straight_one", "straight_two")]
                true = [of.workers, of.one, of.two, of.straight_one, of.straight_two]
                assert told == pytest.approx(true, abs=1e-6, rel=1e-9), (face, row)
                held += 1
    assert held > 200


def altered(piece: Fragment, chance: random.Random) -> Fragment:
    """Say one number of a piece by one more in its last digit."""
    found = chance.choice(list(_NUMBER.finditer(piece.text)))
    digits = found[0]
    last = len(digits) - 1
    figure = str((int(digits[last]) + 1) % 10)
    at = found.start() + last
    return replace(piece, text=piece.text[:at] + figure + piece.text[at + 1 :])


def test_a_number_that_is_altered_is_noticed(city: City) -> None:
    chance = random.Random(20261130)  # noqa: S311 - a sample of texts, no secret
    pieces = [piece for piece in _said(city) if _NUMBER.search(piece.text)]
    missed = []
    for piece in chance.sample(pieces, _ALTERED):
        changed = altered(piece, chance)
        if not faults(changed, city, CLAIMS):
            missed.append(f"{changed.where}: {changed.text} (it is {piece.text})")
    # A share of an hour's workers may be that of its part rounded up or down: both are true.
    assert len(missed) <= _ALTERED // 200, f"{len(missed)} of {_ALTERED}\n" + "\n".join(missed)


def test_no_words_are_allowed_that_nobody_says(sample: City, town: City) -> None:
    said = [piece for of in (sample, town) for piece in _said(of)]
    idle = [
        (claim.where, claim.says)
        for claim in CLAIMS
        if claim.allowed
        and not any(
            pattern.search(piece.text)
            for piece in said
            if claim.place.search(piece.where)
            for pattern in claim.patterns
        )
    ]
    assert not idle


def test_a_page_is_read_with_the_headings_of_its_cells() -> None:
    page = (
        "<h2>Sites</h2><table aria-labelledby='caption-x'><thead><tr><th>Place<th>Adds</thead>"
        "<tbody><tr><th>A <b>b</b><div>c</div></th><td>1,234<div>5 %</div></td></tr></tbody>"
        "</table>"
        "<script>no 1</script><p hidden title='two'>three<br>4</p>"
    )
    read = of_page("page", page)
    cell = next(piece for piece in read if piece.text == "1,234")
    assert (cell.table, cell.row, cell.column, cell.heading) == ("x", "A b", "Adds", "Sites")
    assert [p.text for p in read if held_spans(p.text)] == ["1,234", "5 %", "two", "three 4"]


def test_an_answer_is_read_with_the_headings_of_its_cells() -> None:
    lines = ("12 said.", "group    workers  share", "all       40,100    7 %",
             "courier       10    1 %", "", "End 3.")  # fmt: skip
    out = "\n".join(lines)
    read = of_answer("cli", out)
    assert [p.text for p in read if p.place == "line"] == ["12 said.", "End 3."]
    cell = next(piece for piece in read if piece.text == "10")
    assert (cell.table, cell.row, cell.column, cell.number) == ("group", "courier", "workers", 2)


@pytest.mark.parametrize(
    ("said", "truth", "true"),
    [
        ("1,234", 1234.4, True), ("1,234", 1234.6, False), ("49.7", 49.74, True),
        ("49.7", 49.76, False), ("+17.3", 17.3, True), ("17.3", -17.3, False),
        ("−7.4", -7.38, True), ("+7.4", -7.4, False), ("三", 3, True), ("Three", 3, True),
        ("十二", 12, True), ("三", 2, False),
    ],
)  # fmt: skip
def test_a_printed_number_is_true_when_it_is_the_truth_rounded_to_its_digits(
    said: str, truth: float, *, true: bool
) -> None:
    assert agrees(said, truth) is true


def test_a_number_without_a_claim_is_a_fault_and_so_is_one_told_twice(sample: City) -> None:
    piece = Fragment("page zh /x", "p", "全市有 3 处、四个")
    three = Claim("", ("{n} 处",), lambda _seen: {"n": 3})
    assert [f.why for f in faults(piece, sample, (three,))] == [
        "no claim holds '全市有 3 处、四个'"
    ]
    four = Claim("", ("{n:z}个",), lambda _seen: {"n": 4})
    assert not faults(piece, sample, (three, four))
    assert [f.why for f in faults(piece, sample, (three, three, four))] == [
        "2 claims hold '全市有 3 处、四个'"
    ]
    assert (
        "it is 5" in faults(piece, sample, (replace(three, rule=lambda _: {"n": 5}), four))[0].why
    )
