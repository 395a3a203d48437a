"""Claims about scenarios' documents: read key by key, put into figures, set side by side."""

from __future__ import annotations

import copy
import itertools
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from data.demand import Demand
from data.settings import default_settings
from data.sites import CandidateSites
from data.stations import Stations
from geo.errors import InputError
from geo.measure import Box
from planning.scenarios.comparison import compare_figures
from planning.scenarios.figures import CoveredRow, DoneAction, MoneyRow, ScenarioFigures
from planning.scenarios.plan_document import PlanAsked, plan_figures, plan_of_document
from planning.siting.question import plan_stations
from tests.planning.street import N_PLACES, PLACES, street_network

if TYPE_CHECKING:
    from collections.abc import Callable

ASKED = PlanAsked(new=2, kinds={"station": None, "driver_home": 1}, keep=("a",), without=("b",))


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """A plan of two stations in a street of nine places, as it is kept."""
    demand = Demand.at_points(
        ids=[f"c{at}" for at in range(N_PLACES)],
        lonlat=PLACES,
        weights=np.arange(1.0, N_PLACES + 1)[:, None] * [1.0, 0.5],
        groups=["courier", "sanitation_worker"],
    )
    sites = CandidateSites.from_records(
        [
            {"id": f"s{at}", "name": f"点 {at}", "lon": lon, "lat": lat}
            for at, (lon, lat) in enumerate(PLACES.tolist())
        ]
    )
    settings = default_settings("市", Box(116.7, 33.9, 116.9, 34.0))
    none = Stations.from_records([])
    plan = plan_stations(demand, none, sites, street_network(), settings, new=2)
    made: dict[str, Any] = json.loads(json.dumps(plan.as_dict()))
    return made


def test_a_plans_document_is_read_back_as_it_was(document: dict[str, Any]) -> None:
    assert json.loads(json.dumps(plan_of_document(document).as_dict())) == document


def test_a_plan_of_before_a_key_was_known_is_read(document: dict[str, Any]) -> None:
    earlier = {key: value for key, value in document.items() if key != "finer"}
    assert len(earlier) < len(document)
    assert plan_figures(earlier) == plan_figures(document)


def test_a_plans_figures_are_those_of_its_document(document: dict[str, Any]) -> None:
    found = plan_figures(document)
    sites = document["sites"]
    assert [action.site_id for action in found.actions] == [site["site_id"] for site in sites]
    assert found.row().after == document["covered_after"]
    assert found.row().before == document["covered_before"] == 0.0
    for before, after in zip(document["before"]["rows"], document["after"]["rows"], strict=True):
        row = found.row(before["group"], before["district"])
        expected = (before["workers"], before["within_one"], after["within_one"])
        assert (row.workers, row.before, row.after) == expected
    assert (found.money, found.cost_yuan, found.proven_best) == ((), None, True)
    assert sum(action.adds_workers for action in found.actions) == pytest.approx(found.row().after)
    with pytest.raises(KeyError):
        found.row("nobody")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.update(extra=1), "decision has the key .extra."),
        (lambda d: d.pop("bound"), "decision has no bound"),
        (lambda d: d.update(bound="much"), r"decision\.bound must be a number"),
        (lambda d: d.update(bound=True), r"decision\.bound must be a number"),
        (lambda d: d.update(bound=10**400), r"decision\.bound must be a finite number"),
        (lambda d: d["sites"][0].update(order=1.5), r"sites\[0\]\.order must be a whole number"),
        (lambda d: d["sites"][0].pop("lon"), r"sites\[0\] has no lon"),
        (lambda d: d["after"]["rows"][0].update(group=None), r"rows\[0\]\.group must be text"),
        (lambda d: d["after"].update(standard="own"), r"after\.standard must be one of group"),
        (lambda d: d.update(covered_after=1e6), "parts do not fit"),
        (lambda d: d["before"]["rows"].clear(), "parts do not fit"),
        (lambda d: d["after"]["rows"][0].update(share_one=2.0), "parts do not fit"),
    ],
)
def test_a_plan_with_a_wrong_part_is_refused(
    document: dict[str, Any], change: Callable[[dict[str, Any]], object], words: str
) -> None:
    wrong = copy.deepcopy(document)
    change(wrong)
    with pytest.raises(InputError, match=words):
        plan_figures(wrong)


def test_what_was_asked_is_read_back_as_it_was() -> None:
    others = (
        ASKED,
        replace(ASKED, hour=14, day="weekend", demand="night", seed=7),
        replace(ASKED, time_limit_s=None, standard="national", when="winter"),
    )
    for asked in others:
        assert PlanAsked.from_dict(json.loads(json.dumps(asked.as_dict()))) == asked


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"new": -1}, "0 or more"),
        ({"new": 1.5}, "whole number"),
        ({"gap": -0.1}, "0 or more"),
        ({"time_limit_s": 0}, "above 0"),
        ({"hour": 24}, "0 to 23"),
        ({"day": "sunday"}, "one of weekday"),
        ({"when": "never"}, "one of usual"),
        ({"kinds": {}}, "name a kind"),
        ({"kinds": {"castle": 1}}, ".castle. is no kind"),
        ({"kinds": {"station": -1}}, "limit of 0 or more"),
        ({"keep": "a"}, "must be a list"),
        ({"budget": 1}, "key .budget., which"),
    ],
)
def test_what_cannot_have_been_asked_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        PlanAsked.from_dict({**ASKED.as_dict(), **change})


def test_a_plan_kept_without_its_question_tells_what_was_asked() -> None:
    inputs = {"new": "12", "kind": "station:8, driver_home", "keep": "a, b", "when": "night"}
    asked = PlanAsked.of_inputs(inputs)
    assert (asked.new, asked.kinds) == (12, {"station": 8, "driver_home": None})
    assert (asked.keep, asked.without, asked.when) == (("a", "b"), (), "night")


def action(site: str, order: int, *, lon: float = 116.8, **more: Any) -> DoneAction:  # noqa: ANN401 - any part
    values = {"what": "build", "kind": "station", "adds_workers": 10.0 / order, **more}
    return DoneAction(
        site_id=site, name=site, district="d", lon=lon, lat=33.9, order=order, **values
    )


def answer(
    *actions: DoneAction,
    covered: tuple[CoveredRow, ...] = (CoveredRow("all", "all", "all", 100.0, 10.0, 20.0),),
    money: tuple[MoneyRow, ...] = (),
) -> ScenarioFigures:
    return ScenarioFigures(
        objective=20.0,
        bound=21.0,
        gap=0.05,
        proven_best=False,
        covered=covered,
        money=money,
        actions=actions,
    )


def test_actions_are_the_same_where_what_which_kind_and_where_are() -> None:
    first = answer(action("a", 1), action("b", 2), action("c", 3), action("d", 4))
    second = answer(
        action("b", 1),
        action("a", 2, lon=116.8000001),  # the same metre
        action("c", 3, kind="base"),
        action("d", 4, lon=116.9),  # another place under the same id
    )
    found = compare_figures({"甲": first, "乙": second})
    orders = {
        (one.action.site_id, one.action.kind, one.action.lon): one.orders for one in found.actions
    }
    assert orders == {
        ("c", "station", 116.8): (3, None),
        ("d", "station", 116.8): (4, None),
        ("c", "base", 116.8): (None, 3),
        ("d", "station", 116.9): (None, 4),
        ("a", "station", 116.8): (1, 2),
        ("b", "station", 116.8): (2, 1),
    }
    assert [one.is_common for one in found.actions] == [False] * 4 + [True] * 2
    assert len(found.differing) == 4


def test_of_any_answers_every_action_is_told_for_each_as_sets_say() -> None:
    random = np.random.default_rng(7)
    for n in (2, 3, 4):
        chosen = [set(random.choice(12, size=6, replace=False).tolist()) for _ in range(n)]
        answers = {
            f"s{at}": answer(*(action(f"p{site}", k + 1) for k, site in enumerate(sorted(sites))))
            for at, sites in enumerate(chosen)
        }
        found = compare_figures(answers)
        told = {one.action.site_id: set(one.holders) for one in found.actions}
        expected = {
            f"p{site}": {at for at, sites in enumerate(chosen) if site in sites}
            for site in set(itertools.chain(*chosen))
        }
        assert told == expected
        assert {one.action.site_id for one in found.differing} == {
            site for site, holders in expected.items() if len(holders) < n
        }


def test_money_is_added_by_year_and_payer() -> None:
    first = answer(
        money=(MoneyRow(2027, "市总", 60), MoneyRow(2027, "自筹", 40), MoneyRow(2027, "市总", 5))
    )
    second = answer(money=(MoneyRow(2028, "市总", 7), MoneyRow(None, "省总", 1)))
    found = compare_figures({"甲": first, "乙": second})
    assert {(row.year, row.payer): row.yuan for row in found.money} == {
        (2027, "市总"): (65, 0),
        (2027, "自筹"): (40, 0),
        (2028, "市总"): (0, 7),
        (None, "省总"): (0, 1),
    }
    for number, of in enumerate((first, second)):
        assert sum(row.yuan[number] for row in found.money) == of.cost_yuan


def test_a_row_that_one_answer_lacks_is_told_as_missing() -> None:
    first = answer(covered=(CoveredRow("all", "all", "all", 9.0, 1.0, 2.0),
                            CoveredRow("courier", "all", "night", 3.0, 0.0, 1.0)))  # fmt: skip
    found = compare_figures({"甲": first, "乙": answer()})
    rows = {(row.group, row.hours): (row.workers, row.after) for row in found.rows}
    assert rows == {
        ("all", "all"): ((9.0, 100.0), (2.0, 20.0)),
        ("courier", "night"): ((3.0, None), (1.0, None)),
    }


@pytest.mark.parametrize("n", [0, 1, 5])
def test_two_to_four_are_compared(n: int) -> None:
    with pytest.raises(InputError, match=f"compare 2 to 4 scenarios, not {n}"):
        compare_figures({str(at): answer() for at in range(n)})


def test_a_comparison_is_plain_data(document: dict[str, Any]) -> None:
    of = plan_figures(document)
    found = compare_figures({"甲": of, "乙": of}).as_dict()
    assert json.loads(json.dumps(found)) == json.loads(json.dumps(found, allow_nan=False))
    assert all(one["orders"][0] == one["orders"][1] for one in found["actions"])
