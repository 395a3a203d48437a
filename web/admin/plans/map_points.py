"""What the workspace's map shows, as columns: candidates with what each would add, actions."""

from __future__ import annotations

from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any

from flask import Response, g, json, request
from werkzeug.exceptions import NotFound

from data.vocabulary import KINDS
from geo.errors import NothingYetError, ProblemError
from web.admin.plans.pages import scenario_here
from web.admin.routes import admin
from web.labels.actions import action_words
from web.labels.places import names_of
from web.services.before_after import (
    area_differences,
    before_after_apart,
    kept_before_after,
    measure_before_after,
)
from web.services.candidate_gains import gains_apart, kept_candidate_gains, measure_candidates
from web.services.nothing_yet import or_none
from web.services.plan_pages import candidate_points, card_of
from web.site.city import city_here
from web.site.number_words import count

if TYPE_CHECKING:
    from data.scenarios import Scenario
    from web.languages import Language
    from web.services.candidate_gains import CandidateGains
    from web.site.city import City


@admin.get("/plans/candidates.json")
def candidates_of_map() -> Response:
    """Answer every candidate with what it would add alone, where that was measured."""
    city = city_here()
    workspace, name = city.workspace(), request.args.get("after", "")
    scenario = scenario_here(name) if name else None
    body = candidate_points(workspace)
    kept = gains_of(city, scenario) if body["id"] else None
    settings = workspace.settings
    body["groups"] = [
        {"id": group.id, "name": g.language.group(group.id), "kinds": sorted(group.kinds)}
        for group in settings.groups
    ]
    body["kinds"] = {term.id: g.language.kind(term.id) for term in KINDS}
    body["kind_here"] = settings.candidate_kind
    body["gains"] = {} if kept is None or list(kept.sites) != body["id"] else kept.gains
    return _json(body)


@admin.get("/plans/standing.json")
def standing_of_map() -> Response:
    """Answer the stations of the register as the map's ground."""
    try:
        stations = city_here().stations()
    except NothingYetError:
        return _json({"id": [], "name": [], "kind": [], "status": [], "lon": [], "lat": []})
    frame, lonlat = stations.frame, stations.lonlat.round(6)
    columns = {name: frame[name].tolist() for name in ("id", "name", "kind", "status")}
    return _json({**columns, "lon": lonlat[:, 0].tolist(), "lat": lonlat[:, 1].tolist()})


@admin.get("/plans/points/<path:name>")
def points_of_plan(name: str) -> Response:
    """Answer the actions of a scenario as points."""
    actions = card_of(scenario_here(name)).figures.actions
    places = names_of(actions, or_none(city_here().workspace().network), g.language)
    return _json(
        {
            "actions": [
                {
                    "order": one.order,
                    "what": one.what,
                    "id": one.site_id,
                    "kind": one.kind,
                    "name": place,
                    "lon": one.lon,
                    "lat": one.lat,
                    "lines": _lines(one, g.language),
                }
                for one, place in zip(actions, places, strict=True)
            ]
        }
    )


@admin.get("/plans/changes/<path:name>")
def changes_of_plan(name: str) -> Response:
    """Answer what a scenario changes: areas and shares by the hour, before and after, by group."""
    found = _changes(city_here(), scenario_here(name))
    return _json(_with_names(found))


@admin.get("/plans/difference.json")
def difference_of_plans() -> Response:
    """Answer what only one and what only the other of two scenarios reaches, by group."""
    names = request.args.getlist("of")
    if len(names) != 2:  # noqa: PLR2004 - two
        raise NotFound
    first, second = (_changes(city_here(), scenario_here(name)) for name in names)
    if first is None or second is None:
        return _json(_with_names(None))
    return _json(_with_names({"groups": first["groups"], "areas": area_differences(first, second)}))


def _changes(city: City, scenario: Scenario) -> dict[str, Any] | None:
    """Return what a scenario changes, measured now where it was not yet; None without inputs."""
    workspace = city.workspace()
    try:
        kept = kept_before_after(workspace, scenario)
        if kept is not None:
            return kept
        if city.searches_apart:
            before_after_apart(city.folder, scenario.name)
            return kept_before_after(workspace, scenario)
        return measure_before_after(workspace, scenario)
    except (NothingYetError, ProblemError, BrokenProcessPool):
        return None


def _with_names(found: dict[str, Any] | None) -> dict[str, Any]:
    """Return what was found with the names of the groups in the reader's language."""
    groups = [] if found is None else found["groups"]
    return {
        **(found or {}),
        "groups": [{"id": one, "name": g.language.group(one)} for one in groups],
    }


def gains_of(city: City, scenario: Scenario | None) -> CandidateGains | None:
    """Return what candidates would add, measured now where it was not yet; None without inputs."""
    workspace = city.workspace()
    try:
        kept = kept_candidate_gains(workspace, scenario)
        if kept is not None:
            return kept
        if city.searches_apart:
            gains_apart(city.folder, None if scenario is None else scenario.name)
            return kept_candidate_gains(workspace, scenario)
        return measure_candidates(workspace, scenario)
    except (NothingYetError, BrokenProcessPool):
        return None


def _lines(one: Any, t: Language) -> list[str]:  # noqa: ANN401 - an action of any form
    words = f"{action_words(one.what, t)} {t.kind(one.kind)}"
    year = "" if one.year is None else t("{year} 年", year=one.year)
    return [part for part in (words, year, t("新增 {n}", n=count(one.adds_workers))) if part]


def _json(body: dict[str, Any]) -> Response:
    return Response(
        json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        content_type="application/json; charset=utf-8",
    )
