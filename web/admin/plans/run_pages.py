"""A run on its page: how near the plan has come, its answer and the reasons, kept as a scenario."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import g, redirect, request, url_for
from werkzeug.exceptions import Forbidden, NotFound

from data.runs import STATES
from data.scenarios import LONGEST_NAME, LONGEST_WHY
from geo.errors import FieldsError, InputError, NothingYetError
from geo.messages import message_from, message_of, say
from web.admin.plans.answer_parts import answer_parts
from web.admin.plans.ask import fault_of, question_of_form, question_page, search_of_form
from web.admin.plans.measured import prepare
from web.admin.plans.near import forced_words
from web.admin.plans.pages import plan_page
from web.admin.routes import account_here, admin, here
from web.labels.runs import run_state_words
from web.languages import message
from web.locator.my_reports import map_settings
from web.services.loosening import loosened, without
from web.services.plan_pages import card_of
from web.services.run_questions import RunAsked
from web.services.runs import ahead_of, draft_of, may_stop, run_of, save_run, stop_run, submit
from web.site.city import city_here
from web.site.number_words import count, share

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from data.runs import Run
    from web.admin.plans.pages import Shown
    from web.services.loosening import Loosened

STEPS: Final = {
    "travel times": message("量路上的时间"),
    "planning": message("找方案"),
    "conflict": message("找互相矛盾的限制"),
    "explaining": message("说明理由"),
}


@admin.post("/plans/ask")
def run_plan() -> BaseResponse | Shown:
    """Put the question into the queue, or show what is wrong at its field."""
    name = request.form.get("name", "").strip()[:LONGEST_NAME]
    tables: dict[str, Any] = {}
    try:
        tables = question_of_form()
        asked = RunAsked.of_request({**search_of_form(), "question": tables})
        run = submit(city_here().workspace(), asked, author=account_here().name, scenario=name)
    except FieldsError as error:
        return question_page(tables, name=name, faults=_faults(error), given=request.form), 422
    except InputError as error:
        fault = [fault_of(error)]
        return question_page(tables, name=name, faults=fault, given=request.form), 422
    except NothingYetError as error:
        told = g.language.told(message_of(error))
        return question_page(tables, name=name, faults=[("", told)], given=request.form), 409
    return redirect(here("admin.run_page", number=run.id), 303)


@admin.get("/plans/runs/<int:number>")
def run_page(number: int) -> str:
    """Show a run: while it works its curve and its sites, then the answer and why."""
    return _page(_there(number))


@admin.post("/plans/runs/<int:number>")
def change_run(number: int) -> BaseResponse | Shown:
    """Stop a run, or keep its plan as a scenario."""
    run, workspace, author = _there(number), city_here().workspace(), account_here().name
    act = request.form.get("act", "")
    if act == "stop":
        if not may_stop(run, account_here()):
            raise Forbidden(say("another account asked this: only that one stops it"))
        stop_run(workspace, number, by=author)
        return redirect(here("admin.run_page", number=number), 303)
    if act != "keep":
        raise NotFound
    name = request.form.get("name", "").strip()[:LONGEST_NAME]
    why = request.form.get("why", "").strip()[:LONGEST_WHY]
    try:
        kept = save_run(workspace, run, name=name, author=author, why=why)
    except InputError as error:
        return _page(run, error=g.language.told(message_of(error))), 400
    prepare(kept)
    return redirect(here("admin.plan", name=kept.name, done="kept"), 303)


def _there(number: int) -> Run:
    run = run_of(city_here().workspace(), number)
    if run is None:
        raise NotFound
    return run


def _page(run: Run, *, error: str = "") -> str:
    workspace, t = city_here().workspace(), g.language
    draft = draft_of(workspace, run)
    answered = {} if draft is None else answer_parts(workspace, card_of(draft))
    conflict = (run.answer or {}).get("conflict")
    return plan_page(
        "run",
        tab_name="?",
        error=error,
        run=run,
        **{"words": None, "figures": None, **answered},
        forced=forced_words(answered["card"]) if answered else "",
        conflict=None if conflict is None else t.told(message_from(conflict["words"])),
        members=_members(run),
        events=url_for("runs.events", number=run.id),
        sites=run.progress.get("sites", []) if answered else [],
        reason="" if run.error is None else t.told(run.error),
        states={state: run_state_words(state, t) for state in STATES},
        steps={step: t(words) for step, words in STEPS.items()},
        ahead=ahead_of(workspace, run),
        stoppable=may_stop(run, account_here()),
        settings=map_settings(t),
    )


@dataclass(frozen=True)
class _Member:
    """A rule of a conflict in words; ``less`` says what it would be loosened to, "" where not."""

    words: str
    less: str
    may_go: bool


def _members(run: Run) -> list[_Member]:
    """Tell the rules of a run's conflict, and how each could give way."""
    asked, t = run.question["question"], g.language
    conflict = (run.answer or {}).get("conflict") or {"members": []}
    made = []
    for one in conflict["members"]:
        way = loosened(asked, one)
        words = t.told(message_from(one["words"]))
        made.append(_Member(words, _less_words(way), without(asked, one) is not None))
    return made


def _less_words(way: Loosened | None) -> str:
    """Say to what a rule would be loosened."""
    t = g.language
    if way is None or way.amount is None:
        return ""
    if way.kind == "floor":
        return str(t("降到 {share}，改问题", share=share(way.amount, 1.0)))
    if way.is_money:
        return str(t("加到 {yuan} 元，改问题", yuan=count(way.amount)))
    return str(t("加到 {n} 个，改问题", n=count(way.amount)))


def _faults(error: FieldsError) -> list[tuple[str, str]]:
    """Return every fault as the field of the form that it stands at, and its words."""
    made = []
    for fault in error.faults:
        place = [part for part in fault.place if part != "question"]
        key = ".".join(part for part in place[:2] if isinstance(part, str))
        line = next((part for part in place if isinstance(part, int)), None)
        words = g.language.told(fault.reason)
        if line is not None:
            words = g.language("第 {n} 行：{words}", n=line + 1, words=words)
        made.append((key, words))
    return made or [fault_of(error)]
