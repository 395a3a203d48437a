"""docs/files.md says what the readers do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, get_args, get_origin

import pytest
from pydantic import BaseModel

from data.demand import MOST_WORKERS
from data.files import tables
from data.files.columns import LONGEST_NAME, LONGEST_TEXT
from data.files.count_files import COUNT_FIELDS, COUNT_NEEDS
from data.files.demand_files import DEMAND_FIELDS
from data.files.organisation_files import ORGANISATION_FIELDS
from data.files.organisation_files import REQUIRED as ORGANISATION_NEEDS
from data.files.passed_over import PASSED_OVER
from data.files.site_files import MOST_YUAN, SITE_FIELDS
from data.files.site_files import REQUIRED as SITE_NEEDS
from data.files.station_files import REQUIRED as STATION_NEEDS
from data.files.station_files import STATION_FIELDS
from data.files.total_files import TOTAL_FIELDS
from data.files.zones import SQUARE_M
from data.organisations import MOST_OF_A_NUMBER
from data.questions import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.vocabulary import Term

PAGE = (Path(__file__).parents[2] / "docs" / "files.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("title", "fields", "needed"),
    [
        ("### Stations", STATION_FIELDS, STATION_NEEDS),
        ("### Candidate sites", SITE_FIELDS, SITE_NEEDS),
        ("### Demand", DEMAND_FIELDS, ("id", "lon", "lat")),
        ("### Totals of workers", TOTAL_FIELDS, ()),
        ("### Organisations", ORGANISATION_FIELDS, ORGANISATION_NEEDS),
        ("### Check-ins", COUNT_FIELDS, COUNT_NEEDS),
    ],
)
def test_the_page_of_files_lists_every_column_and_which_are_needed(
    title: str, fields: tuple[Term, ...], needed: tuple[str, ...]
) -> None:
    section = PAGE.split(title)[1].split("\n#")[0]
    rows = re.findall(r"^\| (\*\*)?`(\w+)`(?:\*\*)? \| ([^|]+) \|", section, re.MULTILINE)
    assert [(name, zh) for _, name, zh in rows] == [(term.id, term.zh) for term in fields]
    assert {name for bold, name, _ in rows if bold} == set(needed)


def test_the_page_of_files_lists_every_column_that_is_passed_over() -> None:
    for about, words in PASSED_OVER.items():
        assert f"| {about} | {'、'.join(words)} |" in PAGE


def test_the_page_of_files_gives_the_limits_of_the_readers() -> None:
    assert f"at most {tables.MAX_BYTES >> 20} MB, {tables.MAX_ROWS:,} rows" in PAGE
    assert f"and {tables.MAX_COLUMNS} columns, a cell {tables.MAX_CELL:,} characters" in PAGE
    assert f"a name or id\n{LONGEST_NAME}, an address or hours {LONGEST_TEXT}" in PAGE
    assert f"{SQUARE_M:.0f} m grid" in PAGE
    assert f"more than {MOST_WORKERS:,.0f} at one place" in PAGE
    assert f"yuan, at most {MOST_YUAN:,.0f};" in PAGE
    assert f"Numbers are whole, at most {MOST_OF_A_NUMBER:,};" in PAGE


def question_keys(part: type[BaseModel], before: str = "") -> Iterator[tuple[str, str]]:
    """Every key of a question with what it means; of a list of tables the keys after []."""
    for name, field in part.model_fields.items():
        kinds = [field.annotation, *get_args(field.annotation)]
        kinds += [inner for kind in kinds for inner in get_args(kind)]
        below = [one for one in kinds if isinstance(one, type) and issubclass(one, BaseModel)]
        is_list = get_origin(field.annotation) is tuple
        key = f"{before}{name}{'[]' if below and is_list else ''}"
        yield key, field.description or ""
        for inner in below[:1]:
            yield from question_keys(inner, f"{key}.")


def test_the_page_of_files_has_a_row_for_every_key_of_a_question() -> None:
    section = PAGE.split("### Questions")[1].split("\n#")[0]
    rows = re.findall(r"^\| `([\w.\[\]]+)` \| (.+) \|$", section, re.MULTILINE)
    keys = list(question_keys(Question))
    assert len(keys) > 90
    assert rows == [(key, words.replace("|", "/")) for key, words in keys]
