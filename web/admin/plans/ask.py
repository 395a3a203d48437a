"""The question panel: what is to be most or least, by which actions, within which limits."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from flask import g, request, url_for
from werkzeug.exceptions import NotFound

from data.files.question_files import MAX_BYTES, question_tables
from data.questions import Question
from data.scenarios import LONGEST_NAME
from data.vocabulary import GROUPS, KINDS
from geo.errors import InputError
from geo.messages import message_of, say
from planning.decisions.offered import OFFERED
from web.admin.plans.pages import plan_page, scenario_here
from web.admin.plans.question_fields import (
    MOST_YEARS,
    beside_words,
    fields_of,
    lists_of,
    n_lines,
    tables_of_form,
)
from web.admin.routes import admin
from web.languages import message
from web.locator.my_reports import map_settings
from web.services.loosening import loosened, without
from web.services.near_sites import pinned
from web.services.nothing_yet import or_none
from web.services.plan_pages import card_of, floor_facts, question_behind
from web.services.runs import draft_of, run_of
from web.site.city import city_here

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data.runs import Run
    from web.admin.plans.pages import Shown
    from web.services.plan_pages import Card

GOALS: Final = {
    "workers": message("覆盖的工友最多"),
    "worker_hours": message("覆盖的工友·小时最多（按开放时间）"),
    "cheapest": message("覆盖到一定比例，花钱最少"),
    "worst_group": message("先照顾覆盖最差的工种，再求最多"),
    "worst_district": message("先照顾覆盖最差的区县，再求最多"),
    "two_in_reach": message("身边有两个站点的工友最多"),
    "mean_time": message("到最近站点的平均时间最短"),
    "seated": message("最忙的时候有座位的工友最多"),
}
_EXISTING: Final = {
    "fixed": message("保持原样"),
    "upgrade": message("可以升级、延长开放"),
    "free": message("还可以关闭、迁址"),
}
_NAMES: Final = {
    "floors": message("底线 {number}"),
    "zones": message("画的地方 {number}"),
    "world": message("新园区 {number}"),
    "money_limits": message("资金上限 {number}"),
    "count_limits": message("数量上限 {number}"),
}
#: A first question: three years of money, the kinds of a usual city.
_FIRST: Final[dict[str, Any]] = {
    "years": {"first": 2027, "count": 3},
    "money": {"yuan_by_year": [600_000, 500_000, 500_000]},
    "actions": {"build": ["station", "driver_home"], "existing": "upgrade"},
}
#: How long to search, and how near to the best, where nothing else is said.
_SEARCH: Final = {"time_limit_s": "30", "gap": "0.5", "explain": "yes"}
#: How many other plans are shown beside an answer.
_ALTERNATIVES: Final = 3
#: Parts of a question that have no field: they travel beside the form, and what is wrong with them
#: stands above it.
_NO_FIELD: Final = frozenset({"earliest", "capacity", "front"})
_PEN: Final = "vendor/leaflet-geoman-free-2.20.2/leaflet-geoman"


@admin.get("/plans/ask")
def ask_plan() -> Shown:
    """Show the question to be asked: that of a scenario, or a first one."""
    name, number = request.args.get("of", ""), request.args.get("run", "")[:9]
    if number.isascii() and number.isdecimal():
        run = _run(number)
        return question_page(_pinned(_given_way(run)), name=run.scenario)
    if not name:
        return question_page(dict(_FIRST), name="")
    question = question_behind(scenario_here(name))
    tables = dict(_FIRST) if question is None else question.as_dict()
    return question_page(_pinned(tables), name=next_name(name))


def _given_way(run: Run) -> dict[str, Any]:
    """Return what a run was asked, with the rule of its conflict loosened that the address names.

    ``loosen`` and ``drop`` number the rules of the conflict from 0.
    """
    asked: dict[str, Any] = dict(run.question["question"])
    conflict = (run.answer or {}).get("conflict") or {"members": []}
    for key, change in (("loosen", loosened), ("drop", without)):
        number = request.args.get(key, "")[:4]
        if not (number.isascii() and number.isdecimal() and int(number) < len(conflict["members"])):
            continue
        made = change(asked, conflict["members"][int(number)])
        asked = asked if made is None else made.tables
    return asked


def _pinned(tables: dict[str, Any]) -> dict[str, Any]:
    """Put the places of the address among those that must, or must not, be part of the plan."""
    required, forbidden = (request.args.get(key, "")[:200] for key in ("required", "forbidden"))
    return pinned(tables, required=required, forbidden=forbidden)


def question_page(
    tables: Mapping[str, Any],
    *,
    name: str,
    faults: Sequence[tuple[str, str]] = (),
    given: Mapping[str, str] | None = None,
) -> str:
    """Return the form of a question; ``faults`` are the keys that are refused and what is wrong.

    ``given`` are the fields as they were typed, which stand again where the question is refused.
    """
    t, workspace = g.language, city_here().workspace()
    base = _base()
    question = _read_or_none(tables)
    plain = dict(tables)
    demand = or_none(workspace.demand)
    return plan_page(
        "ask",
        tab_name="",
        faults=[
            ("", f"{at}: {said}") if at.partition(".")[0] in _NO_FIELD else (at, said)
            for at, said in faults
        ],
        fields={
            **_SEARCH,
            **fields_of(plain),
            "name": name,
            "rules": "kept" if plain.get("money_rules") else "none",
            **(given or {}),
        },
        ticked=lists_of(plain),
        lines=n_lines(plain),
        beside=beside_words(plain),
        goals=[(word, t(words)) for word, words in GOALS.items()],
        existing=[(word, t(words)) for word, words in _EXISTING.items()],
        kinds=[(term.id, t.kind(term.id)) for term in KINDS],
        groups=[
            (term.id, t.group(term.id))
            for term in GROUPS
            if demand is None or term.id in demand.groups
        ],
        districts=[(one, one) for one in workspace.districts.names],
        years=[
            (str(year), str(year)) for year in ([] if question is None else question.years_meant)
        ],
        assumed_kinds=() if question is None else question.assumed_kinds,
        most_years=MOST_YEARS,
        base=base,
        ends=[] if base is None else [asdict(one) for one in floor_facts(base)],
        begun_from={key: request.args[key] for key in ("of", "run") if key in request.args},
        longest=LONGEST_NAME,
        pen=[url_for("static", filename=f"{_PEN}.{ending}") for ending in ("css", "min.js")],
        settings=map_settings(t),
    )


def _run(number: str) -> Run:
    run = run_of(city_here().workspace(), int(number))
    if run is None:
        raise NotFound
    return run


def _base() -> Card | None:
    """Return the answer that the question began from; the newest scenario where it is a first."""
    workspace, name = city_here().workspace(), request.args.get("of", "")
    number = request.args.get("run", "")[:9]
    if number.isascii() and number.isdecimal():
        draft = draft_of(workspace, _run(number))
        if draft is not None:
            return card_of(draft)
    names = workspace.scenarios().names()
    if not names:
        return None
    return card_of(workspace.scenarios().scenario(name if name in names else names[-1]))


def question_of_form() -> dict[str, Any]:
    """Read the form into the tables of a question, or the file that was sent instead of it.

    Raises
    ------
    InputError
        when the file, or what travels beside the form, is no question at all.
    """
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        found = question_tables(sent.stream.read(MAX_BYTES + 1), name=sent.filename)
        if not isinstance(found, dict):
            raise InputError(say("a question is a table of keys: begin with [goal]"))
        return found
    return tables_of_form(request.form, name_of=_name_of)


def search_of_form() -> dict[str, Any]:
    """Read how long to search, how near to the best, and whether reasons are wanted."""
    made: dict[str, Any] = {}
    for key, scale in (("time_limit_s", 1.0), ("gap", 0.01)):
        text = request.form.get(key, "").strip().removesuffix("%")
        if not text:
            continue
        try:
            made[key] = float(text) * scale
        except ValueError:
            made[key] = text
    if request.form.get("explain") == "yes":
        made["explain"] = explained_of(request.form.get("goal.what", ""))
    return made


def explained_of(goal: str) -> dict[str, Any]:
    """Return which reasons a run tells: all that the goal has, the curve aside."""
    offered = OFFERED.get(goal, frozenset())
    asked = {"why": "runners_up", "prices": "prices", "floors": "floors"}
    told: dict[str, Any] = {key: True for key, word in asked.items() if word in offered}
    return told | ({"alternatives": _ALTERNATIVES} if "alternatives" in offered else {})


def fault_of(error: InputError) -> tuple[str, str]:
    """Tell at which key of the question an error stands, and say it in the reader's language."""
    words = message_of(error)
    where = str(words).partition(":")[0]
    key = where if where in Question.model_fields else ""
    return key, g.language.told(words)


def _name_of(part: str, number: int) -> str:
    return str(g.language(_NAMES[part], number=number))


def _read_or_none(tables: Mapping[str, Any]) -> Question | None:
    try:
        return Question.from_dict(dict(tables))
    except InputError:
        return None


def next_name(name: str) -> str:
    """Return a name that no scenario has yet: the same with the next number."""
    taken = city_here().workspace().scenarios().names()
    stem, _, digits = name.rpartition(" ")
    if not (stem and digits.isascii() and digits.isdigit()):
        stem, digits = name, "1"
    for number in range(int(digits) + 1, int(digits) + len(taken) + 2):
        made = f"{stem[: LONGEST_NAME - 6]} {number}"
        if made not in taken:
            return made
    return ""
