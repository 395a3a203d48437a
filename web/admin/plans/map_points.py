"""What the workspace's map shows, as columns: candidates with what each would add, actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, g, json, request
from werkzeug.exceptions import NotFound

from data.vocabulary import KINDS
from geo.errors import NothingYetError
from web.admin.plans.measured import measured_here
from web.admin.plans.pages import scenario_here
from web.admin.routes import admin
from web.labels.places import names_of
from web.services.before_after import area_differences
from web.services.measuring import CANDIDATES, CHANGES, Measured
from web.services.nothing_yet import or_none
from web.services.plan_pages import candidate_points, card_of
from web.site.city import city_here
from web.site.number_words import count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.languages import Language


@admin.get("/plans/candidates.json")
def candidates_of_map() -> Response:
    """Answer every candidate with what it would add alone, where that was measured.

    With ``waits`` only how far the measuring is, for as long as it lasts.
    """
    workspace, name = city_here().workspace(), request.args.get("after", "")
    scenario = scenario_here(name) if name else None
    if request.args.get("waits"):
        of = measured_here(CANDIDATES, scenario)
        if of.is_awaited:
            return _json(_still(of))
    body = candidate_points(workspace)
    of = measured_here(CANDIDATES, scenario) if body["id"] else Measured()
    kept = of.found
    settings = workspace.settings
    body["groups"] = [
        {"id": group.id, "name": g.language.group(group.id), "kinds": sorted(group.kinds)}
        for group in settings.groups
    ]
    body["kinds"] = {term.id: g.language.kind(term.id) for term in KINDS}
    body["kind_here"] = settings.candidate_kind
    body["gains"] = {} if kept is None or list(kept.sites) != body["id"] else kept.gains
    return _json(body | _still(of))


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
    of = measured_here(CHANGES, scenario_here(name))
    return _json(_changes_body(of.found, of))


@admin.get("/plans/difference.json")
def difference_of_plans() -> Response:
    """Answer what only one and what only the other of two scenarios reaches, by group."""
    names = request.args.getlist("of")
    if len(names) != 2:  # noqa: PLR2004 - two
        raise NotFound
    of = [measured_here(CHANGES, scenario_here(name)) for name in names]
    first, second = (one.found for one in of)
    if first is None or second is None:
        return _json(_changes_body(None, *of))
    areas = area_differences(first, second)
    return _json(_changes_body({"groups": first["groups"], "areas": areas}, *of))


def _changes_body(found: Mapping[str, Any] | None, *of: Measured) -> dict[str, Any]:
    """Return what was found with the names of the groups, and how far the measuring is."""
    groups = [] if found is None else found["groups"]
    return {
        **(found or {}),
        "groups": [{"id": one, "name": g.language.group(one)} for one in groups],
        **_still(*of),
    }


def _still(*of: Measured) -> dict[str, Any]:
    """Return ``awaited``, and the ``share`` of all that is done (None: not begun)."""
    begun = [1.0 if not one.is_awaited else one.share or 0.0 for one in of]
    is_begun = any(one.is_awaited and one.share is not None for one in of)
    return {
        "awaited": any(one.is_awaited for one in of),
        "share": sum(begun) / len(begun) if is_begun else None,
    }


def _lines(one: Any, t: Language) -> list[str]:  # noqa: ANN401 - an action of any form
    words = f"{t.action(one.what)} {t.kind(one.kind)}"
    year = "" if one.year is None else t("{year} 年", year=one.year)
    return [part for part in (words, year, t("新增 {n}", n=count(one.adds_workers))) if part]


def _json(body: dict[str, Any]) -> Response:
    return Response(
        json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        content_type="application/json; charset=utf-8",
    )
