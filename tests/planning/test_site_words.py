"""Sites as people name them: each word is one site, or the refusal says why not."""

from __future__ import annotations

import pytest

from data.sites import CandidateSites
from geo.errors import ProblemError
from planning.siting.site_words import sites_meant

SITES = CandidateSites.from_records(
    [
        {"id": "k1", "name": "工商银行", "lon": 116.80, "lat": 33.96},
        {"id": "k2", "name": "加油站", "lon": 116.81, "lat": 33.96},
        {"id": "k3", "name": "加油站", "lon": 116.82, "lat": 33.96},
        {"id": "7", "name": "a:b", "lon": 116.83, "lat": 33.96},
        {"id": "k5", "name": "2", "lon": 116.84, "lat": 33.96},
    ]
)
PRINTED = {1: "k3", 2: "k1", 7: "k2"}


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("k1", "k1"),
        ("k1:driver_home", "k1:driver_home"),
        ("工商银行", "k1"),
        ("工商银行:station", "k1:station"),
        ("a:b", "7"),
        ("a:b:station", "7:station"),
        ("1", "k3"),
        ("1:station", "k3:station"),
        ("7", "7"),  # an id comes before an order number
        ("2", "k5"),  # and so does a name
        ("k1:mobile", "k1:mobile"),  # the kind is judged where the options are known
    ],
)
def test_a_site_is_meant_by_id_by_name_or_by_its_number(word: str, meant: str) -> None:
    assert sites_meant([word], SITES, printed=PRINTED) == (meant,)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("加油站", "2 sites are called .*加油站.*: say which by its id, of k2, k3"),
        ("工商银形", r"工商银形.* is not among the \d+ candidate sites: did you mean 工商银行\?"),
        ("nowhere", "yizhan sites list shows them"),
        ("3", "site 3: the newest plan has the sites 1, 2, 7"),
    ],
)
def test_what_is_no_site_is_refused_with_the_cure(word: str, reason: str) -> None:
    with pytest.raises(ProblemError, match=reason):
        sites_meant([word], SITES, printed=PRINTED)


def test_a_number_without_a_plan_is_no_site() -> None:
    with pytest.raises(ProblemError, match=r"site .*3.* is not among the"):
        sites_meant(["3"], SITES, printed={})
