"""The planner's page: the newest plan as a map, an answer in a sentence, and an ordered table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, render_template, request, url_for

from data.china_time import china_day
from geo.errors import NothingYetError
from planning.siting.plan import SitingPlan
from planning.siting.whole_workers import in_whole_plan
from web.labels.plans import PlanWords
from web.maps.at_hand import map_of
from web.site.city import city_here

if TYPE_CHECKING:
    from web.languages import Language
    from web.maps.city_map import CityMap
    from web.site.city import City

planner = Blueprint("planner", __name__)


@planner.get("/plan")
def newest() -> str:
    """Show the newest plan; where there is none yet, what there is and the next command."""
    city, t = city_here(), g.language
    result = city.workspace().newest_result("plan")
    plan = None if result is None else in_whole_plan(SitingPlan.from_dict(dict(result.body)))
    city_map = _map_or_none(city, t)
    return render_template(
        "planner.html",
        page="planner",
        plan=plan,
        words=None if plan is None or city_map is None else PlanWords(plan, t, city_map.site_names),
        made_on=None if result is None else china_day(result.created_at),
        city_map=city_map,
        map_script=url_for("planner.map_script", v=city.map_version(), lang=t.code),
        missing=_missing(city) if plan is None or city_map is None else [],
    )


@planner.get("/plan/map.js")
def map_script() -> Response:
    """Answer the script that folium wrote for the newest map, as a file of our own origin."""
    city = city_here()
    script = map_of(city, g.language).document.script
    response = Response(script, content_type="text/javascript; charset=utf-8")
    response.add_etag()
    response.cache_control.max_age = 3600 if request.args.get("v") == city.map_version() else 0
    return response.make_conditional(request)  # type: ignore[return-value]


def _map_or_none(city: City, t: Language) -> CityMap | None:
    try:
        return map_of(city, t)
    except NothingYetError:
        return None


def _missing(city: City) -> list[str]:
    """Return the commands that a plan still needs, in their order."""
    workspace = city.workspace()
    steps = (
        (workspace.network, "yizhan network build --osm ROADS.osm.pbf"),
        (city.stations, "yizhan stations import FILE --datum wgs84"),
        (workspace.demand, "yizhan demand import FILE"),
    )
    commands = []
    for read, command in steps:
        try:
            read()
        except NothingYetError:
            commands.append(command)
    return [*commands, "yizhan plan --new 12"]
