"""Which tags and words make which host."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.hosts.kinds import HOST_KINDS, USUAL_HOSTS, host_of_tags, host_of_word, hosts_meant
from data.hosts.kinds import host_table as table_of_hosts
from data.vocabulary import HOST_TYPES_BY_ID
from geo.errors import InputError

PAGE = (Path(__file__).parents[3] / "docs" / "files.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("tags", "host"),
    [
        ({"amenity": "bank"}, "bank"),
        ({"amenity": "townhall", "office": "union"}, "authority_counter"),
        ({"amenity": "fuel;bank"}, "bank"),
        ({"office": "union"}, "union"),
        ({"highway": "services"}, "transport_hub"),
        ({"amenity": "bank", "disused": "yes"}, ""),
        ({"amenity": "atm"}, ""),
        ({}, ""),
    ],
)
def test_the_tags_of_an_object_make_it_a_host_or_none(tags: dict[str, str], host: str) -> None:
    assert host_of_tags(tags) == host


@pytest.mark.parametrize(
    ("word", "host"),
    [
        ("fuel", "fuel_station"), ("gas_station", "fuel_station"), ("加油站", "fuel_station"),
        ("Gas Station", "fuel_station"), ("bank_or_credit_union", "bank"), ("银行网点", "bank"),
        ("townhall", "authority_counter"), ("community centre", "community"),
        ("community_centre", "community"), ("sanitation_depot", "sanitation_depot"),
        ("restaurant", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_word_of_any_of_the_lists_means_its_host(word: str, host: str) -> None:
    assert host_of_word(word) == host


def test_kinds_are_read_once_each_in_their_order() -> None:
    asked = ("fuel", "bank", "gas_station", "post_office")
    assert hosts_meant(asked) == ("fuel_station", "bank", "post_office")


def test_a_slip_is_answered_with_the_nearest_word_and_another_with_all() -> None:
    with pytest.raises(InputError, match=r"did you mean bank\?$"):
        hosts_meant(["bnak"])
    with pytest.raises(InputError, match="use one of bank 银行, post_office"):
        hosts_meant(["月球"])


def test_every_kind_is_a_host_type_and_no_word_means_two() -> None:
    ids = [kind.id for kind in HOST_KINDS]
    assert set(USUAL_HOSTS) <= set(ids) <= set(HOST_TYPES_BY_ID)
    for kind in HOST_KINDS:
        assert {host_of_word(word) for word in kind.spellings()} == {kind.id}


def test_the_table_of_hosts_stands_on_the_page() -> None:
    rows = [f"| `{row[0]}` | {' | '.join(row[1:])} |" for row in table_of_hosts()]
    assert [row for row in rows if row not in PAGE] == []
