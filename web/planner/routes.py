"""The planner's page: the newest plan as a map, an answer in a sentence, and an ordered table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, g, render_template, url_for
from markupsafe import Markup

from web.maps.drawn_pages import part_response, shown_here
from web.planner.missing_steps import missing_steps
from web.site.city import city_here

if TYPE_CHECKING:
    from flask import Response

planner = Blueprint("planner", __name__)


@planner.get("/plan")
def newest() -> str:
    """Show the newest plan; where there is none yet, what there is and the next command."""
    t = g.language
    shown = shown_here(t.code)
    body, script = shown.part(f"plan.{t.code}.html"), shown.part(f"map.{t.code}.js")
    version = "" if script is None else script.content_hash[:16]
    return render_template(
        "planner.html",
        page="planner",
        shown=shown,
        body=None if body is None else Markup(body.text()),  # noqa: S704 - our own template
        map_script=url_for("planner.map_script", v=version, lang=t.code),
        missing=[] if shown.is_drawable else missing_steps(city_here().workspace()),
    )


@planner.get("/plan/map.js")
def map_script() -> Response:
    """Answer the script that folium wrote for the map, as a file of our own origin."""
    return part_response(f"map.{g.language.code}.js", "text/javascript")
