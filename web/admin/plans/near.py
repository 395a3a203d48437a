"""Why not here? Round any place of a scenario's map; and the question asked again with a pin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from flask import g, redirect, render_template, request

from geo.errors import InputError, NothingYetError
from geo.messages import message_of
from web.admin.plans.ask import next_name
from web.admin.plans.measured import measured_here
from web.admin.plans.pages import one_page, scenario_here
from web.admin.routes import account_here, admin, here
from web.labels.places import OptionPlace, names_of
from web.labels.reasons import ends_words
from web.services.measuring import CANDIDATES
from web.services.near_sites import asked_with, cost_of_forcing, near_place
from web.services.nothing_yet import or_none
from web.services.plan_pages import card_of
from web.services.runs import submit
from web.site.city import city_here

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from data.scenarios import Scenario
    from web.admin.plans.pages import Shown
    from web.services.plan_pages import Card

_NUMBER: Final = re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?")


@admin.get("/plans/near/<path:name>")
def near_of_plan(name: str) -> str:
    """Show a scenario with what is near a place of its map, or with ``part`` that alone."""
    scenario = scenario_here(name)
    parts = _parts(scenario)
    if request.args.get("part"):
        return render_template("admin_plan_near.html", name=scenario.name, is_part=True, **parts)
    return one_page(scenario, **parts)


@admin.post("/plans/again/<path:name>")
def ask_again(name: str) -> BaseResponse | Shown:
    """Ask a scenario's question again with a place that must, and one that must not, be in it."""
    scenario, workspace = scenario_here(name), city_here().workspace()
    required, forbidden = (request.form.get(key, "")[:200] for key in ("required", "forbidden"))
    try:
        asked = asked_with(scenario, required=required, forbidden=forbidden)
        run = submit(
            workspace, asked, author=account_here().name, scenario=next_name(scenario.name)
        )
    except (InputError, NothingYetError) as error:
        return one_page(scenario, error=g.language.told(message_of(error))), 400
    return redirect(here("admin.run_page", number=run.id, base=scenario.name), 303)


def _parts(scenario: Scenario) -> dict[str, Any]:
    """Return what a page says of the place of its address; without one that it names none.

    ``move`` is the id of an action's place that would stand there instead.
    """
    lonlat = _place(request.args.get("at", ""))
    if lonlat is None:
        return {"near": None, "is_no_place": True}
    workspace, t = city_here().workspace(), g.language
    gains = measured_here(CANDIDATES, scenario)
    try:
        near = near_place(workspace, scenario, lonlat, gains=gains.found)
    except NothingYetError:
        return {"near": None, "is_no_place": False}
    network = or_none(workspace.network)
    places = [OptionPlace(one.id, one.name, one.lon, one.lat) for one in near.sites]
    nearest = () if near.nearest is None else names_of([near.nearest], network, t)
    return {
        "near": near,
        "is_no_place": False,
        "gains": gains,
        "near_names": names_of(places, network, t),
        "nearest_name": next(iter(nearest), ""),
        "move": request.args.get("move", "")[:200],
    }


def forced_words(forced: Card) -> str:
    """Say what the pins of a run cost beside the scenario that it was asked from."""
    names = city_here().workspace().scenarios().names()
    name = request.args.get("base", "")
    if name not in names:
        return ""
    base = card_of(scenario_here(name))
    cost = cost_of_forcing(base, forced)
    if cost is None:
        return ""
    t = g.language
    less = ends_words(cost.least, cost.most, t)
    if base.figures.measure == "worker_hours":
        said = t("这样要求的代价：比“{name}”少 {less} 人·小时（各年相加）。", name=name, less=less)
    else:
        said = t("这样要求的代价：比“{name}”少 {less} 人（各年相加）。", name=name, less=less)
    return str(said)


def _place(text: str) -> tuple[float, float] | None:
    """Read a place as "lon,lat", degrees of WGS-84."""
    parts = _NUMBER.findall(text[:100])
    if len(parts) != 2:  # noqa: PLR2004 - lon and lat
        return None
    lon, lat = (float(part) for part in parts)
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None  # noqa: PLR2004 - degrees
