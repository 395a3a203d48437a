"""Claims on a question asked again: among more candidates, and beside a kept scenario."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from data.sites import CandidateSites
from tests.statements.question_truths import (
    PLAN,
    counted_once,
    figures_of,
    listed_words,
    number_of,
    oracle_of,
    plan_of,
    street_of,
    worth_of,
)
from tests.statements.streets import Oracle
from tests.statements.walker import Claim, Holds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.statements.walker import Seen, Truth

#: In the measure of each goal one of what is said, and the digits that are said of it.
_MEASURE: Final = {"workers": 0.1, "cheapest": 1.0, "worst_group": 0.01}


def _wide(of: Oracle) -> Oracle:
    """The question with every road node as a site of its own, those of the street's ends aside."""
    sites, nodes = of.city.sites, of.workspace.network().node_lonlat
    known = {tuple(point) for point in sites.lonlat.tolist()}
    more = [tuple(point) for point in nodes.tolist() if tuple(point) not in known]
    rows = [
        {"id": place, "name": place, "lon": lon, "lat": lat}
        for place, (lon, lat) in [
            *zip(sites.ids, sites.lonlat.tolist(), strict=True),
            *((f"N{k}", point) for k, point in enumerate(more)),
        ]
    ]
    wide = Oracle(of.workspace, of.question)
    wide.__dict__["city"] = replace(of.city, sites=CandidateSites.from_records(rows))
    return wide


def _finer(seen: Seen) -> dict[str, Truth]:
    """No choice among all sites is further above the plan, and the best of them is as far."""
    of, plan = oracle_of(seen), plan_of(seen)
    wide = counted_once(seen, "wide", lambda: _wide(of))
    best = counted_once(seen, "best", lambda: wide.best(worth=lambda one: worth_of(wide, one)))
    more, said = best - worth_of(of, plan), number_of(seen.said["n"] or "0")
    step = _MEASURE[of.question.goal.what]
    return {
        "sites": len(wide.city.sites),
        "n": Holds(-1e-6 <= said - more <= step + 0.002 * abs(best), f"{more}"),
    }


def _then(seen: Seen) -> Mapping[str, Any]:
    """The answer that was kept under the scenario's name."""
    words = seen.at.face.split()
    name = words[words.index("--from-scenario") + 1]
    kept = [one for face, one in street_of(seen).questions.items() if f" --scenario {name}" in face]
    return kept[0].figures


def _acts(figures: Mapping[str, Any]) -> set[str]:
    return {f"{one['what']} {one['hours']}".strip() + f" {one['id']} {one['kind']} {one['year']}"
            for one in figures["actions"]}  # fmt: skip


def _again(seen: Seen) -> dict[str, Truth]:
    now, then = _acts(figures_of(seen)), _acts(_then(seen))
    of = oracle_of(seen)
    last = of.years[-1]
    before = of.counted(of.choice_of(_then(seen)["actions"]))
    truths: dict[str, Truth] = {
        "gone": len(then - now), "come": len(now - then), "same": len(now),
        "now": of.covered(plan_of(seen), last), "then": of.covered(before, last),
    }  # fmt: skip
    return {name: truths[name] for name in seen.said.groupdict()}


def _listed(seen: Seen) -> dict[str, Truth]:
    now, then = _acts(figures_of(seen)), _acts(_then(seen))

    def told(said: str) -> str:
        return "—" if said == "nothing" else said

    return {
        "come": listed_words(told(seen.said["come"]), now - then)["words"],
        "gone": listed_words(told(seen.said["gone"]), then - now)["words"],
    }


def _missed(seen: Seen) -> dict[str, Truth]:
    """The list of the test covers less than the cheapest plan is asked for."""
    of = oracle_of(seen)
    made = of.counted(of.choice_of(list_of(seen)))
    return {
        "asked": 100 * float(of.question.goal.share or 0.0),
        "share": of.share(made, of.years[-1]),
    }


def list_of(seen: Seen) -> list[dict[str, Any]]:
    """The actions of the list that a command names: built in the first year."""
    of = oracle_of(seen)
    file = street_of(seen).folder / seen.at.face.split("--score ")[1].split()[0]
    rows = [line.split(",") for line in file.read_text("utf-8").splitlines()[1:]]
    return [
        {"what": "build", "id": place, "kind": kind, "year": of.years[0], "station": "",
         "hours": of.question.actions.build_hours[0]} for place, kind in rows
    ]  # fmt: skip


def _by_goal(seen: Seen) -> dict[str, Truth]:
    """What the list and the plan are worth; no choice is better than the bound."""
    of, plan = oracle_of(seen), plan_of(seen)
    best = of.best(worth=lambda one: worth_of(of, one))
    made = of.counted(of.choice_of(list_of(seen)))
    scale, what = _PRINTED[of.question.goal.what]
    own = float(-of.yuan(made)) if what == "cheapest" else worth_of(of, made)
    bound, step = number_of(seen.said["bound"]), 0.02 if scale != 1.0 or what != "cheapest" else 1
    return {
        "own": own * scale, "best": worth_of(of, plan) * scale,
        "bound": Holds(
            (bound - best * scale) * (1 if scale > 0 else -1) >= -step, f"{best * scale}"),
    }  # fmt: skip


#: By goal, what is printed of a worth (which is below 0 where less is better).
_PRINTED: Final = {
    "cheapest": (-1.0, "cheapest"), "mean_time": (-1 / 60, "mean"), "worst_group": (1.0, "worst"),
    "two_in_reach": (1.0, "two"), "seated": (1.0, "seated"), "worst_district": (1.0, "worst"),
}  # fmt: skip
_MORE: Final = (
    r"^With every road node as a candidate too \({sites} in all\), it is proven that no plan "
    r"(?:is better|(?:covers over|costs over|lifts the worst off by over) {n} )"
)
_OTHER: Final = (
    r"another plan: {gone} of its actions are not in the new one, which has {come} others and "
    r"covers {now} workers instead of {then}\."
)
_SAME: Final = r"the same plan, {same} actions? in the same order, {now} workers covered\."
_UNIT: Final = r"(?:yuan|% of the worst off|min in the mean|workers(?: seated|, those .*? twice)?)"
_VALUE: Final = (
    rf"^By the goal the list has {{own}} {_UNIT} and the plan {{best}} {_UNIT}; no plan within the "
    rf"limits is better than {{bound}} {_UNIT}[.]$"
)
CLAIMS: Final = (
    Claim(PLAN + ".* line", (_MORE,), _finer),
    Claim(PLAN + ".* line", (_OTHER, _SAME), _again),
    Claim(PLAN + ".* line", (_VALUE,), _by_goal),
    Claim(PLAN + ".* line", ("^{asked} % is asked for and the list covers {share} %$",), _missed),
    Claim(PLAN + ".* line", (r"^New are: {come:w}\. No longer done are: {gone:w}\.$",), _listed),
)
