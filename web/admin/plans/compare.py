"""Two to four scenarios side by side: figures, groups and districts, money, actions, maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, redirect, request

from geo.errors import InputError
from geo.messages import message_of
from planning.coverage.nominal import ALL
from planning.scenarios.comparison import MOST
from web.admin.plans.pages import list_page, plan_page
from web.admin.routes import admin, here
from web.labels.places import names_of
from web.locator.my_reports import map_settings
from web.services.freshness import input_name
from web.services.nothing_yet import or_none
from web.services.plan_pages import card_of
from web.services.scenarios import compare_scenarios
from web.site.city import city_here

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response as BaseResponse

    from planning.scenarios.figures import CoveredRow, ScenarioFigures
    from web.admin.plans.pages import Shown


@admin.get("/plans/compare")
def compare_plans() -> BaseResponse | Shown:
    """Show the scenarios that were ticked side by side."""
    names = request.args.getlist("of")[: MOST + 1]
    workspace = city_here().workspace()
    if len(names) == 1 and names[0] in workspace.scenarios().names():
        return redirect(here("admin.plan", name=names[0]), 303)
    try:
        compared = compare_scenarios(workspace, names)
    except InputError as error:
        told = g.language.told(message_of(error))
        return list_page(error=told), 400
    made = compared.comparison
    network = or_none(workspace.network)
    actions = [one.action for one in made.actions]
    chosen = [card_of(one) for one in compared.scenarios]
    return plan_page(
        "compare",
        tab_name="",
        compared=compared,
        most_yuan=max((yuan for row in made.money for yuan in row.yuan), default=0),
        chosen=chosen,
        rows=_last_rows([card.figures for card in chosen]),
        places=names_of(actions, network, g.language),
        inputs=[input_name(name, g.language) for name in compared.differing_inputs],
        settings=map_settings(g.language),
    )


def _last_rows(
    answers: Sequence[ScenarioFigures],
) -> list[tuple[str, str, list[CoveredRow | None]]]:
    """Lay the last year of each answer side by side: all, then by group, then by district."""
    found = [{(row.group, row.district): row for row in of.last_rows()} for of in answers]
    keys = dict.fromkeys(key for rows in found for key in rows if ALL in key)
    return [(*key, [rows.get(key) for rows in found]) for key in keys]
