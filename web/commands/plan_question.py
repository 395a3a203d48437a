"""`yizhan plan --question`: a planner's question answered, explained and written out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from geo.errors import InputError
from geo.messages import say
from planning import SolveParams
from web.commands.accounts_words import accounts_figures, accounts_words
from web.commands.assignment import assignment_option, refuse_other_ending, write_found
from web.commands.common import answer, common_options, open_workspace, steps, stopwatch, table
from web.commands.decision_words import (
    covered_words,
    ends_words,
    front_words,
    goal_words,
    nesting_words,
    silence_words,
    times_words,
)
from web.commands.help_pages import Command
from web.commands.language import shown, spoken, told
from web.commands.plan_answers import (
    MoreAnswers,
    MoreWanted,
    act_word,
    list_words,
    measured,
    more_answers,
    per_cent_up,
    what_words,
)
from web.commands.plan_files import PlanFiles, plan_files_options, write_plan_files
from web.commands.scenario import author_of, saved_words
from web.site.number_words import count

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.questions import Question
    from data.workspace import Workspace
    from planning.decisions import AskedQuestion, Decision
    from planning.decisions.curve import CurvePoint
    from planning.decisions.explain import Explanation, WhatIf
    from planning.scenarios.decision_document import DecisionAsked
    from web.languages import Language
    from web.services import Figures
    from web.services.decisions import Wanted

F = TypeVar("F", bound="Callable[..., Any]")


@dataclass(frozen=True, kw_only=True)
class QuestionOptions:
    """What the options of a question say."""

    question_file: Path | None
    changes: tuple[str, ...]
    runners_up: bool
    prices: bool
    alternatives: int
    curve: int
    front: tuple[str, str] | None
    explain_s: float
    accounts: Path | None
    assignment: Path | None
    files: PlanFiles
    when: str
    time_limit_s: float
    gap: float
    seed: int
    scenario: str | None
    by: str | None
    why: str
    score: Path | None
    stations: bool
    visits: Path | None
    draws: int | None
    uncertainty: float | None
    failing: float | None


def question_options(command: F) -> F:
    """Give a command the options of a question."""
    options = (
        click.option(
            "--question",
            "question_file",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="A question in TOML or JSON, as new-question writes one.",
        ),
        click.option(
            "--set",
            "changes",
            multiple=True,
            metavar="KEY=VALUE",
            help="Put a key of the question otherwise, such as "
            "money.yuan_by_year=[600000,500000]; again for each.",
        ),
        click.option(
            "--runners-up", is_flag=True, help="Why each here: the best plan without its place."
        ),
        click.option("--prices", is_flag=True, help="What a step more of each limit brings."),
        click.option(
            "--alternatives",
            type=click.IntRange(0, 10),
            default=0,
            metavar="N",
            help="Plans within 1 % of the best that differ most, and places that all of them have.",
        ),
        click.option(
            "--curve",
            type=click.IntRange(0, 200),
            default=0,
            metavar="N",
            help="Money against coverage at N points, each with its bound.",
        ),
        click.option(
            "--front",
            nargs=2,
            metavar="GOAL GOAL",
            help="The plans that are best in neither of two measures alone, each with its bound: "
            "two of workers, worker_hours, mean_time, money, worst_group, worst_district.",
        ),
        click.option(
            "--explain-s",
            type=click.FloatRange(min=0.1),
            default=20.0,
            show_default=True,
            help="Seconds for each explanation.",
        ),
        click.option(
            "--accounts",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Write each payment of a question's plan, by place, organisation, year and rule: "
            ".csv, .xlsx or .json.",
        ),
    )
    command = plan_files_options(assignment_option(command))
    for option in reversed(options):
        command = option(command)
    return command


def answer_question(
    folder: Path, options: QuestionOptions, *, new: int | None, as_json: bool
) -> None:
    """Ask the question, explain the answer and print both."""
    from web.services.decision_accounts import keep_decision_accounts, write_accounts
    from web.services.decisions import (
        ask_workspace,
        decide,
        ends_of,
        explain,
        nesting_of,
        search_of,
        silence_of,
    )
    from web.services.scenarios import refuse_taken_name

    workspace = open_workspace(folder)
    if options.scenario is not None:
        refuse_taken_name(workspace, options.scenario)
    if options.assignment is not None:
        refuse_other_ending(options.assignment)
    question = _asked(options, new=new)
    params = SolveParams(time_limit_s=options.time_limit_s, gap=options.gap, seed=options.seed)
    wanted = _wanted(options, question)
    figures: Figures = {}
    with steps() as progress, stopwatch(figures):
        with progress.step(say("measuring travel times")) as done:
            asked = ask_workspace(workspace, question, when=options.when, done=done)
        with progress.step(say("planning")):
            made = decide(workspace, asked, when=options.when, params=params)
        with progress.step(say("explaining")) as done:
            silence = silence_of(workspace, question)
            ends = ends_of(
                workspace, made, silence, question, when=options.when, done=done,
                params=replace(params, time_limit_s=options.explain_s),
            )  # fmt: skip
            why = explain(asked, made, wanted, done=done)
            nesting = nesting_of(workspace, asked, made, seconds=options.explain_s, gap=options.gap)
            more = MoreAnswers()
            if made.is_plan:
                more = more_answers(workspace, asked, made, _more(options), done=done)
    figures |= {
        **made.as_dict(),
        "today_yuan": asked.today_yuan,
        "runtime_s": figures["runtime_s"],
        "question": question.as_dict(),
        "explanation": why.as_dict(),
        "nesting": None if nesting is None else nesting.as_dict(),
        "silence": None if silence is None else silence._asdict(),
        "silent_ends": None if ends is None else ends.as_dict(),
        **more.figures,
    }
    words = [
        *_words(made, why, asked, shakes=options.draws is not None),
        *silence_words(silence, spoken()),
        *ends_words(ends, spoken()),
        *nesting_words(made, nesting, spoken()),
        *more.words,
    ]
    if made.is_plan:
        of_ways, said = _who_goes_where(workspace, made, question, options)
        figures |= of_ways
        words += said
    of_files, said = write_plan_files(workspace, asked, made, why, options.files, when=options.when)
    figures |= of_files
    words += said
    if made.is_plan:
        kept = keep_decision_accounts(workspace, asked, made)
        figures["accounts"] = accounts_figures(kept)
        words += accounts_words(kept)
        if options.accounts is not None:
            write_accounts(kept.accounts, options.accounts, sample=workspace.settings.sample)
    if options.scenario is not None and made.is_plan:
        search = search_of(question, when=options.when, params=params)
        words.append(_kept(workspace, made, search, why, options))
        figures["scenario"] = options.scenario
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def _asked(options: QuestionOptions, *, new: int | None) -> Question:
    """Read the question, and put over it what the options say."""
    from data.files.question_files import changed_question, read_question

    changes = [*options.changes, *([f"new={new}"] if new is not None else [])]
    if options.front is not None:
        changes += [f"front.first={options.front[0]}", f"front.second={options.front[1]}"]
    question = (
        changed_question({}, changes)
        if options.question_file is None
        else read_question(options.question_file, changes=changes)
    )
    options.files.check(question, curve=options.curve, alternatives=options.alternatives)
    return question


def _wanted(options: QuestionOptions, question: Question) -> Wanted:
    """Return which explanations are wanted; a sheet tells two of them where the goal has them."""
    from web.services.decisions import EXPLAINED, Wanted

    of_sheets = options.files.sheets is not None and question.goal.what in EXPLAINED
    return Wanted(
        why=options.runners_up or of_sheets,
        prices=options.prices or of_sheets,
        alternatives=options.alternatives,
        curve=options.curve,
        seconds=options.explain_s,
    )


def _who_goes_where(
    workspace: Workspace, made: Decision, question: Question, options: QuestionOptions
) -> tuple[Figures, list[object]]:
    """Seat the workers after the plan, and write who goes where if that is wanted."""
    from planning.scenarios.decision_document import done_actions
    from web.commands.seats_words import seats_words
    from web.services.assignments import ground_of, seats_of, who_goes_where

    actions = done_actions(made)
    with steps() as progress, progress.step(say("sending workers to places")) as done:
        ground = ground_of(
            workspace, actions=actions, question=question, when=options.when, done=done
        )
        seating = seats_of(ground, question)
    figures: Figures = {"capacity": None if seating is None else seating.as_dict()}
    words = [] if seating is None else seats_words(seating, question)
    if options.assignment is not None:
        name = question.name or options.scenario or spoken()("plan", context="a title")
        more, said = write_found(
            workspace, who_goes_where(ground), options.assignment, actions=actions, name=name
        )
        figures, words = figures | more, words + said
    return figures, words


def _more(options: QuestionOptions) -> MoreWanted:
    return MoreWanted(
        score=options.score,
        stations=options.stations,
        visits=options.visits,
        draws=options.draws,
        uncertainty=options.uncertainty,
        failing=options.failing,
        when=options.when,
        seed=options.seed,
        seconds=options.explain_s,
    )


def _kept(
    workspace: Workspace, made: Decision, search: DecisionAsked, why: Explanation,
    options: QuestionOptions,
) -> str:  # fmt: skip
    """Keep the decision that was made just now as a scenario, with its reasons."""
    from web.services.scenarios import save_decision

    author, name = author_of(options.by), options.scenario or ""
    kept = save_decision(
        workspace, made, search, name=name, author=author, why=options.why,
        explanation=why.as_dict(),
    )  # fmt: skip
    return saved_words(kept)


def _words(made: Decision, why: Explanation, asked: AskedQuestion, *, shakes: bool) -> list[object]:
    t = spoken()
    if not made.is_plan:
        reasons = [told(why.conflict)] if why.conflict else [told(one) for one in made.reasons]
        return [
            t("No plan keeps these limits.")
            if made.status == "infeasible"
            else t("No plan was found in the time."),
            *reasons,
        ]
    words: list[object] = [_sentence(made, t), _actions(made, t), *covered_words(made, t)]
    words += [*times_words(made, t), *goal_words(made, t)]
    if made.money:
        words.append(_money(made, t))
    if asked.today_yuan:
        words.append(
            t(
                "These sums hold the running of stations that may close or move: {yuan} yuan in "
                "these years if all of them stayed as they are.",
                yuan=f"{asked.today_yuan:,}",
            )
        )
    if made.assumed_kinds and any(one.kind in made.assumed_kinds for one in made.actions):
        words.append(
            t("Costs of kinds that the question does not give are assumptions: costs.by_kind.")
        )
    return [
        *words,
        *_unit(made, asked.question, t, is_below=shakes or _explains(why)),
        *_why(made, why, t),
        *_prices(why, t),
        *_others(why, t),
        *_curve(why, t),
        *front_words(why.front, t),
    ]


def _sentence(made: Decision, t: Language) -> str:
    last = made.covered(year=made.years[-1])
    acts = t.plural("{n} action", "{n} actions", n=len(made.actions))
    figures: dict[str, Any] = {
        "acts": acts,
        "yuan": f"{made.cost_yuan:,}",
        "year": made.years[-1],
        "share": 100 * last.share,
        "covered": count(last.covered),
        "whole": measured(made, last.whole, t),
        "before": 100 * last.share_before,
    }
    first = (
        t(
            "{acts} for {yuan} yuan until {year}: {share:.1f} % have two stations within reach "
            "then ({covered} of {whole}), without them {before:.1f} %.",
            **figures,
        )
        if made.goal == "two_in_reach"
        else t(
            "{acts} for {yuan} yuan until {year}: {share:.1f} % covered then ({covered} of "
            "{whole}), without them {before:.1f} %.",
            **figures,
        )
    )
    among = t("among {n} candidate sites and within these limits", n=f"{made.n_candidates:,}")
    if made.gap == 0.0:
        return f"{first} " + t("Proven best {among}.", among=among)
    if made.gap != made.gap or made.gap == float("inf"):
        return f"{first} " + t("How good that is was not proven in the time.")
    return f"{first} " + t(
        "Proven to lie within {gap:.2f} % of the best {among}.",
        gap=per_cent_up(made.gap),
        among=among,
    )


def _actions(made: Decision, t: Language) -> object:
    rows = [
        (
            one.order,
            one.year,
            act_word(one.what, t),
            one.id,
            one.name,
            shown(one.kind, t.kind),
            shown(one.district, t.district),
            f"{sum(one.paid.values()):,}",
            count(one.adds),
            "—" if one.cost_per_added is None else f"{one.cost_per_added:,.0f}",
        )
        for one in made.actions
    ]
    headings = (
        t("order"),
        t("year"),
        t("what"),
        t("id"),
        t("site"),
        t("kind"),
        t("district"),
        t("yuan until the end"),
        t("adds"),
        t("yuan for each"),
    )
    return table(headings, rows, left=7)


def _money(made: Decision, t: Language) -> object:
    payers = dict.fromkeys(line.payer for line in made.money)
    yuan = {(line.payer, line.year): line.yuan for line in made.money}
    rows = [
        (
            t("own money") if payer == "own" else payer,
            *(f"{yuan.get((payer, year), 0):,}" for year in made.years),
            f"{sum(yuan.get((payer, year), 0) for year in made.years):,}",
        )
        for payer in payers
    ]
    return table((t("yuan"), *map(str, made.years), t("together")), rows)


def _of(what: WhatIf | None, t: Language) -> str:
    if what is None:
        return t("nothing")
    if what.what == "keep":
        return t("{id} stays as it is", id=what.id)
    return what_words(what, t)


def _ends(least: float | None, most: float | None) -> str:
    if least is None and most is None:
        return "?"
    low = "?" if least is None else f"{least:,.1f}"
    high = "?" if most is None else f"{most:,.1f}"
    return low if low == high else f"{low}–{high}"


def _why(made: Decision, why: Explanation, t: Language) -> list[object]:
    if not why.why:
        return []
    ids = {one.order: one.id for one in made.actions}
    rows = [
        (
            line.order,
            ids[line.order],
            t("no plan without it") if line.is_needed else _of(line.instead, t),
            "—" if line.is_needed else _ends(line.costs_least, line.costs_most),
            "—"
            if line.neighbour is None
            else f"{_of(line.neighbour, t)} ({', '.join(map(told, line.kept_out_by))})",
        )
        for line in why.why
    ]
    headings = (t("order"), t("id"), t("runner-up"), t("covers less"), t("would do more, but for"))
    return [t("Why here and not there:"), table(headings, rows, left=3)]


def _amount(kind: str, amount: float) -> str:
    """Write yuan and numbers of options whole, and parts of workers as parts."""
    return f"{amount:,.1f}" if kind == "floor" else f"{amount:,.0f}"


def _explains(why: Explanation) -> bool:
    return bool(why.why or why.prices or why.curve or why.front)


def _unit(made: Decision, question: Question, t: Language, *, is_below: bool) -> list[object]:
    """Say what is counted below, where that is not what the tables above count."""
    goal = question.goal
    weights = {*goal.group_weights.values(), *(weight for _, _, weight in goal.hour_weights)}
    by_hours = made.measure == "worker_hours"
    words: list[object] = []
    if is_below and len(made.years) > 1:
        words.append(
            t("Below, the worker-hours of a week are added up over all years of the plan.")
            if by_hours
            else t("Below, workers are added up over all years of the plan.")
        )
    if weights - {1.0} and (is_below or len(made.years) > 1):
        words.append(
            t("Below, each worker-hour counts as much as the goal weighs its group and hour.")
            if by_hours
            else t("Below, each worker counts as much as the goal weighs the group.")
        )
    return words


def _prices(why: Explanation, t: Language) -> list[object]:
    if not why.prices:
        return []
    rows = [
        (
            told(line.limit),
            *(_amount(line.kind, of) for of in (line.allows, line.used, line.step)),
            _ends(line.brings_least, line.brings_most),
        )
        for line in why.prices
    ]
    headings = (t("limit"), t("allows"), t("used"), t("a step more"), t("brings"))
    return [t("What a little more would bring:"), table(headings, rows)]


def _others(why: Explanation, t: Language) -> list[object]:
    if not why.held:
        return []
    if not why.others:
        return [t("No other plan is nearly as good.")]
    rows = [(place, f"{100 * share:.0f} %") for place, share in why.held.items()]
    plans = [
        (
            number,
            list_words(plan.gained, t),
            list_words(plan.dropped, t),
            count(plan.covered),
            f"{plan.cost_yuan:,}",
        )
        for number, plan in enumerate(why.others, start=1)
    ]
    headings = (t("plan"), t("does instead"), t("leaves out"), t("covered at the end"), t("yuan"))
    return [
        t.plural(
            "{n} other plan is nearly as good:", "{n} other plans are nearly as good:", n=len(plans)
        ),
        table(headings, plans, left=3),
        t("How many of the plans, this one among them, use a place:"),
        table((t("id"), t("in the plans")), rows),
    ]


def _covered(point: CurvePoint) -> tuple[str, str]:
    """Write both lines at a point; ? where no plan was found in the time."""
    known = point.covered == point.covered
    return f"{point.covered:,.1f}" if known else "?", f"{point.bound:,.1f}"


def _curve(why: Explanation, t: Language) -> list[object]:
    if why.curve is None:
        return []
    rows = [
        (
            f"{point.amount:,.0f}",
            *((t("no plan"), "—") if point.bound != point.bound else _covered(point)),
        )
        for point in why.curve.points
    ]
    return [
        t("Money and what it covers, over the years of the plan:"),
        table((t("yuan"), t("covered"), t("at most")), rows, left=0),
    ]


def _output_option(name: str) -> Callable[[F], F]:
    return click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        default=Path(name),
        show_default=True,
        help="Where to write it.",
    )


@click.command("new-question", cls=Command)
@common_options
@_output_option("question.toml")
def new_question(*, folder: Path, output: Path, as_json: bool) -> None:
    """Write a commented question to begin with; a file that is there is refused."""
    from data.files.question_files import write_example

    _write_new(folder, output, write_example, as_json=as_json)


@click.command("question-schema", cls=Command)
@common_options
@_output_option("question.schema.json")
def question_schema(*, folder: Path, output: Path, as_json: bool) -> None:
    """Write the JSON Schema of questions; a file that is there is refused."""
    from data.files.question_files import write_schema

    _write_new(folder, output, write_schema, as_json=as_json)


def _write_new(folder: Path, output: Path, write: Callable[[Path], None], *, as_json: bool) -> None:
    del folder  # a question is of no one city
    if output.exists():
        raise InputError(say("{file}: is there already; choose another name", file=str(output)))
    write(output)
    t = spoken()
    answer(
        {"file": str(output)},
        as_json=as_json,
        sample=False,
        words=[t("{file} written.", file=str(output))],
    )
