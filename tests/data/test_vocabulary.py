from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.files.station_files import STATION_FIELDS
from data.vocabulary import (
    ACCESS_MODES,
    FACILITIES,
    FACILITY_STATES,
    GROUPS,
    HOST_TYPES,
    KINDS,
    OPERATOR_KINDS,
    ORGANISATION_KINDS,
    ROLES,
    STATUSES,
    YES_NO,
    Term,
    find_term,
    nearest_word,
    normal_word,
    quote,
    split_words,
    unknown_word,
)

ALL = {
    "groups": GROUPS,
    "kinds": KINDS,
    "facilities": FACILITIES,
    "access": ACCESS_MODES,
    "hosts": HOST_TYPES,
    "operators": OPERATOR_KINDS,
    "organisations": ORGANISATION_KINDS,
    "roles": ROLES,
    "states": FACILITY_STATES,
    "yes and no": YES_NO,
    "statuses": STATUSES,
    "columns": STATION_FIELDS,
}
DOCS = Path(__file__).parents[2] / "docs"
GLOSSARIES = [DOCS / "glossary.md", DOCS / "zh" / "glossary.md"]


@pytest.mark.parametrize("terms", ALL.values(), ids=ALL)
def test_every_spelling_is_read_as_its_term_and_as_no_other(terms: tuple[Term, ...]) -> None:
    for term in terms:
        for spelling in term.spellings():
            assert find_term(spelling, terms) is term
            assert find_term(spelling.upper(), terms) is term


@pytest.mark.parametrize("terms", ALL.values(), ids=ALL)
@pytest.mark.parametrize("glossary", GLOSSARIES, ids=["en", "zh"])
def test_the_glossary_has_a_row_for_every_term_as_it_is_read(
    glossary: Path, terms: tuple[Term, ...]
) -> None:
    text = glossary.read_text(encoding="utf-8")
    for term in terms:
        assert f"| `{term.id}` | {term.zh} | {term.en} | {'、'.join(term.words)} |" in text


@pytest.mark.parametrize("glossary", GLOSSARIES, ids=["en", "zh"])
def test_the_glossary_has_no_row_for_a_term_that_is_none(glossary: Path) -> None:
    identifiers = re.findall(r"^\| `(\w+)` \|", glossary.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(identifiers) == sorted(term.id for terms in ALL.values() for term in terms)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("饮水、微波炉、手机充电", ["drinking_water", "microwave", "phone_charging"]),
        ("饮水 微波炉　手机充电", ["drinking_water", "microwave", "phone_charging"]),
        ("drinking water; toilet|WI-FI/AED", ["drinking_water", "toilet", "wifi", "aed"]),
        ("hot water toilet drinking_water", ["hot_water", "toilet", "drinking_water"]),
        ("饮水,饮水机，喝水", ["drinking_water"]),
        ("、、 ;", []),
        ("", []),
    ],
)
def test_a_list_of_words_is_read_in_both_languages(text: str, ids: list[str]) -> None:
    found, unknown = split_words(text, FACILITIES)
    assert [term.id for term in found] == ids
    assert unknown == ()


def test_words_that_are_none_are_handed_back() -> None:
    found, unknown = split_words("饮水、按摩椅 sauna", FACILITIES)
    assert [term.id for term in found] == ["drinking_water"]
    assert unknown == ("按摩椅", "sauna")


def test_an_unknown_word_is_answered_with_the_nearest() -> None:
    assert unknown_word("statoin", KINDS, what="kind") == (
        '"statoin" is no kind: did you mean station (户外劳动者服务驿站)?'
    )
    assert "use one of service_centre 综合服务中心, base" in unknown_word("zzz", KINDS, what="kind")
    assert nearest_word("微波炉子", ["微波炉", "冰箱"]) == "微波炉"
    assert nearest_word("", ["a"]) is None


def test_a_likeness_of_half_the_signs_is_none() -> None:
    assert nearest_word("建成时间", ["服务时间", "开放时间"]) is None
    assert nearest_word("电视", ["换电", "电话"]) is None
    assert nearest_word("写字间", ["卫生间"]) is None
    assert nearest_word("营业时问", ["营业时间"]) == "营业时间"
    assert nearest_word("area", ["face", "aed"]) is None


def test_an_advice_lists_the_chinese_words_too() -> None:
    advice = unknown_word("zzz", KINDS, what="kind")
    assert all(f"{kind.id} {kind.zh}" in advice for kind in KINDS)


@settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=200))
def test_any_text_can_be_asked_and_quoted_in_one_line(text: str) -> None:
    find_term(text, KINDS)
    split_words(text, FACILITIES)
    quoted = quote(text)
    assert len(quoted) <= 43
    assert quoted.isprintable() or "\n" not in quoted
    assert normal_word(normal_word(text)) == normal_word(text) or not text.isascii()
