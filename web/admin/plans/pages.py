"""The tabs of the scenarios, and the page of one: its answer, its actions, its log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import g, redirect, render_template, request
from werkzeug.exceptions import NotFound

from data.scenarios import LONGEST_NAME, LONGEST_WHY
from geo.errors import InputError
from geo.messages import message_of
from web.admin.plans.answer_parts import answer_parts, words_of
from web.admin.plans.measured import prepare
from web.admin.routes import account_here, admin, here
from web.labels.runs import run_state_words
from web.languages import message
from web.locator.my_reports import map_settings
from web.services.plan_pages import card_of, cards_of, question_behind
from web.services.runs import runs_of
from web.services.scenarios import (
    copy_scenario,
    delete_scenario,
    lock_scenario,
    note_scenario,
    rename_scenario,
    stale_inputs,
)
from web.site.city import city_here

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from data.scenarios import Scenario
    from web.services.plan_pages import Card

_DONE: Final = {
    "kept": message("情景已保存。"),
    "copied": message("已复制，可以随意改。"),
    "renamed": message("已改名。"),
    "locked": message("已锁定，不再改动。"),
    "noted": message("已记入决定记录。"),
    "deleted": message("已删除。"),
}
ACT_WORDS: Final = {
    "saved": message("保存", context="in a log"),
    "replaced": message("替换", context="in a log"),
    "copied": message("复制", context="in a log"),
    "renamed": message("改名", context="in a log"),
    "overrode": message("另作决定", context="in a log"),
    "noted": message("备注", context="in a log"),
    "locked": message("锁定", context="in a log"),
}
_RUNS_SHOWN: Final = 10
Shown = str | tuple[str, int]


@admin.get("/plans")
def plans() -> str:
    """Show every scenario with its one figure, what it costs and who made it."""
    return list_page()


@admin.get("/plans/s/<path:name>")
def plan(name: str) -> str:
    """Show one scenario: the map, the answer, the actions, the money, the log."""
    return one_page(scenario_here(name))


@admin.post("/plans/s/<path:name>")
def change_plan(name: str) -> BaseResponse | Shown:
    """Copy, rename, lock or delete a scenario, or write into its log."""
    found = scenario_here(name)
    act, new = request.form.get("act", ""), request.form.get("new", "").strip()[:LONGEST_NAME]
    workspace, author = city_here().workspace(), account_here().name
    why = request.form.get("why", "").strip()[:LONGEST_WHY]
    try:
        if act == "copy":
            copy_scenario(workspace, name, new=new, author=author, why=why)
            return _go(new, "copied")
        if act == "rename":
            rename_scenario(workspace, name, new=new, author=author, why=why)
            return _go(new, "renamed")
        if act == "lock":
            lock_scenario(workspace, name, author=author, why=why)
            return _go(name, "locked")
        if act == "note":
            note_scenario(workspace, name, why=why, author=author)
            return _go(name, "noted")
        if act == "delete":
            delete_scenario(workspace, name)
            return redirect(here("admin.plans", done="deleted"), 303)
    except InputError as error:
        return one_page(found, error=g.language.told(message_of(error))), 400
    raise NotFound


def list_page(*, error: str = "") -> str:
    """Return the list of scenarios, and of the questions that were asked last."""
    workspace = city_here().workspace()
    return plan_page(
        "list",
        tab_name="",
        error=error,
        runs=runs_of(workspace, limit=_RUNS_SHOWN),
        run_words=run_state_words,
    )


def plan_page(part: str, *, tab_name: str, error: str = "", **context: Any) -> str:  # noqa: ANN401 - a template takes what it names
    """Return one of the workspace's pages, with the tabs of all scenarios above it."""
    cards = cards_here()
    return render_template(
        f"admin_plan_{part}.html",
        page="admin",
        tab="plans",
        tab_name=tab_name,
        done=_DONE.get(request.args.get("done", "")),
        error=error,
        cards=cards,
        words_of=words_of,
        **context,
    )


def cards_here() -> tuple[Card, ...]:
    """Return the scenarios of the city for their tabs, read anew only when one has changed."""
    city = city_here()
    workspace = city.workspace()
    key = workspace.scenarios().version()
    return city.keep("plan cards", key, lambda: cards_of(workspace))


def scenario_here(name: str) -> Scenario:
    """Return a scenario of the city that is served (404 where there is none)."""
    scenarios = city_here().workspace().scenarios()
    if name not in scenarios.names():
        raise NotFound
    return scenarios.scenario(name)


def one_page(scenario: Scenario, *, error: str = "", **more: Any) -> str:  # noqa: ANN401 - as `plan_page`
    """Return the page of one scenario; what its map will be asked for is measured meanwhile."""
    prepare(scenario)
    workspace, card = city_here().workspace(), card_of(scenario)
    return plan_page(
        "page",
        tab_name=scenario.name,
        error=error,
        **answer_parts(workspace, card),
        stale=stale_inputs(workspace, scenario),
        question=question_behind(scenario),
        act_words=ACT_WORDS,
        settings=map_settings(g.language),
        **{"near": None, "is_no_place": False, **more},
    )


def _go(name: str, done: str) -> BaseResponse:
    return redirect(here("admin.plan", name=name, done=done), 303)
