"""Random tiny cities with random questions in which every feature may stand beside every other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from data import CandidateSites, Demand, Stations, default_settings
from data.questions import Question
from geo.measure import Box
from tests.planning.decisions.all_choices import TinyCity
from tests.planning.street import PLACES, street_network

GROUPS = ("courier", "truck_driver")
NETWORK = street_network()


def tiny_city(seed: int) -> TinyCity:
    """Draw a city of one street and a question about it."""
    rng = np.random.default_rng([16, seed])
    by_hours = seed % 4 == 3
    n_sites, n_stations = (2, 2) if by_hours or seed % 3 else (3, 1)
    spots = rng.permutation(len(PLACES))
    sites = CandidateSites.from_records(
        [
            {"id": f"C{k}", "name": f"候选{k}", "lon": PLACES[spot, 0], "lat": PLACES[spot, 1]}
            for k, spot in enumerate(spots[:n_sites])
        ]
    )
    kinds = ("station", "courier_home", "driver_home")
    stations = Stations.from_records(
        [
            {
                "id": f"S{k}",
                "name": f"站{k}",
                "kind": str(rng.choice(kinds)),
                "hours": str(rng.choice(["8:00-18:00", "9:00-17:00"])),
                "lon": PLACES[spot, 0],
                "lat": PLACES[spot, 1],
            }
            for k, spot in enumerate(spots[n_sites : n_sites + n_stations])
        ]
    )
    demand = _demand(rng)
    settings = default_settings("示例市", Box(116.7, 33.9, 116.9, 34.0))
    settings = _short(settings)
    question = Question.from_dict(_tables(rng, by_hours=by_hours, n_sites=n_sites))
    return TinyCity(question, demand, stations, sites, NETWORK, settings)


def _short(settings: Any) -> Any:  # noqa: ANN401 - a copy of what comes in
    """Let a group go 150 to 250 m: the street has 900."""
    groups = tuple(
        replace(group, standard=replace(group.standard, cutoff_s=3600.0, radius_m=160.0 + 60 * k))
        for k, group in enumerate(settings.groups)
    )
    return replace(settings, groups=groups)


def _demand(rng: np.random.Generator) -> Demand:
    plain = Demand.at_points(
        ids=[f"d{k}" for k in range(len(PLACES))],
        lonlat=PLACES,
        weights=rng.integers(0, 30, (len(PLACES), 2)).astype(float),
        groups=list(GROUPS),
    )
    profile = rng.integers(0, 5, (2, 2, 24)) / 4.0
    return replace(plain, presence=np.array([0.5, 1.0]), profile=profile)


class _Draw:
    """Chances of one question."""

    def __init__(self, rng: np.random.Generator, *, by_hours: bool, n_sites: int) -> None:
        self.rng, self.by_hours = rng, by_hours
        self.years = [2027 + k for k in range(1 if by_hours else int(rng.integers(1, 3)))]
        self.sites = [f"C{k}" for k in range(n_sites)]
        kinds = rng.permutation(["station", "driver_home", "courier_home"])
        self.build = [str(kind) for kind in kinds[: rng.integers(1, 3)]]

    def maybe(self, chance: float) -> bool:
        return bool(self.rng.random() < chance)

    def one(self, words: list[str]) -> str:
        return str(self.rng.choice(words))


def _tables(rng: np.random.Generator, *, by_hours: bool, n_sites: int) -> dict[str, Any]:
    """Return a question in which each feature stands with a chance of its own."""
    draw = _Draw(rng, by_hours=by_hours, n_sites=n_sites)
    tables: dict[str, Any] = {
        "goal": {"what": "worker_hours" if by_hours else "workers"},
        "years": {"first": 2027, "count": len(draw.years)},
        "actions": _actions(draw),
    }
    if by_hours and draw.maybe(0.4):
        tables["goal"]["hour_weights"] = [[22, 6, 3.0]]
    if draw.maybe(0.5):
        tables["goal"]["group_weights"] = {"truck_driver": float(rng.integers(0, 4))}
    return tables | _money(draw) | _limits(draw) | _ground(draw)


def _actions(draw: _Draw) -> dict[str, Any]:
    actions: dict[str, Any] = {
        "build": draw.build,
        "existing": draw.one(["fixed", "upgrade", "free"]),
    }
    if draw.maybe(0.5):
        actions["upgrade"] = [draw.one(["driver_home", "base"])]
    if draw.by_hours:
        actions["build_hours"] = ["8:00-18:00", "7:00-22:00"][: draw.rng.integers(1, 3)]
        actions["extend_hours"] = ["7:00-23:00"]
    if actions["existing"] == "free" and draw.maybe(0.5):
        actions["relocate_within_m"] = 350.0
    if draw.maybe(0.3):
        actions["stations"] = [{"id": "S0", "may": draw.one(["fixed", "free"])}]
    return actions


def _money(draw: _Draw) -> dict[str, Any]:
    tables: dict[str, Any] = {"money_limits": []}
    if draw.maybe(0.7):
        sums = [int(draw.rng.integers(0, 30)) * 10_000 for _ in draw.years]
        tables["money"] = {
            "yuan_by_year": sums,
            "carry_over": draw.maybe(0.6),
            "running": draw.maybe(0.6),
        }
    if draw.maybe(0.5):
        rule = {"rule": "share", "payer": "city", "share": 0.6, "cap_yuan": 40_000}
        tables["money_rules"] = [rule]
        if draw.maybe(0.6) and "money" in tables:
            tables["money"]["payer"] = draw.one(["city", "own"])
        if draw.maybe(0.5):
            most = int(draw.rng.integers(0, 12)) * 10_000
            tables["money_limits"] += [{"name": "own money", "most_yuan": most, "payer": "own"}]
    if draw.maybe(0.3):
        limit: dict[str, Any] = {"name": "homes", "most_yuan": 150_000, "kinds": ["driver_home"]}
        tables["money_limits"] += [limit | ({"year": draw.years[-1]} if draw.maybe(0.5) else {})]
    return tables


def _limits(draw: _Draw) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    if draw.maybe(0.4):
        tables["new"] = int(draw.rng.integers(0, 3))
    if draw.maybe(0.4):
        counted = {"name": "few", "most": int(draw.rng.integers(0, 3)), "kinds": [draw.build[0]]}
        if draw.maybe(0.3):
            counted["year"] = draw.years[-1]
        tables["count_limits"] = [counted]
    if draw.maybe(0.35):
        share = float(draw.rng.choice([0.3, 0.5, 0.7]))
        floor: dict[str, Any] = {"name": "floor", "least_share": share}
        if draw.maybe(0.6):
            floor["groups"] = [draw.one(list(GROUPS))]
        if draw.by_hours and draw.maybe(0.5):
            floor["hours"] = [20, 8]
        tables["floors"] = [floor]
    return tables


def _ground(draw: _Draw) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    if draw.maybe(0.25):
        tables["spacing_m"] = 250.0
    if draw.maybe(0.3):
        spot = PLACES[draw.rng.integers(len(PLACES))]
        zone: dict[str, Any] = {"name": "zone", "around": spot.tolist(), "within_m": 260.0}
        zone["rule"] = draw.one(["exclude", "require"])
        if draw.maybe(0.4):
            zone["kinds"] = [draw.build[0]]
        tables["zones"] = [zone]
    if draw.maybe(0.2):
        tables["required"] = [{"place": draw.one(draw.sites)}]
    if draw.maybe(0.2):
        tables["forbidden"] = [{"place": draw.one(draw.sites), "what": "build"}]
    if draw.maybe(0.2):
        tables["earliest"] = [{"place": draw.one(draw.sites), "year": draw.years[-1]}]
    if draw.maybe(0.25):
        change = {"name": "园区", "at": PLACES[4].tolist(), "within_m": 120.0, "workers": 40.0}
        tables["world"] = {"demand": [{**change, "group": "courier", "year": draw.years[-1]}]}
    return tables
