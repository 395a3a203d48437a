"""`yizhan plan`: where the next stations do most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from data.vocabulary import KINDS, KINDS_BY_ID, unknown_word
from geo.errors import InputError
from geo.messages import say
from planning import SolveParams
from web.commands.common import (
    answer,
    author_of,
    common_options,
    open_workspace,
    steps,
    stopwatch,
    table,
    when_option,
)
from web.commands.coverage import STANDARDS
from web.commands.demand_draws import undrawn_words
from web.commands.demand_hours import counted_options, counted_words
from web.commands.help_pages import Group
from web.commands.language import shown, spoken
from web.commands.plan_answers import more_answers_options
from web.commands.plan_files import PlanFiles
from web.commands.plan_question import answer_question
from web.commands.question_files import new_question, question_schema
from web.commands.question_options import QuestionOptions, question_options
from web.commands.scenario import by_option, why_option
from web.labels.shortfalls import shortfall_words
from web.services.counted import Counted
from web.site.number_words import added_count, count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from data.demand import DayWord
    from data.vocabulary import StandardWord
    from data.workspace import Workspace
    from planning.density import DensityModel
    from planning.siting.plan import SitingPlan
    from planning.siting.question import SitingQuestion
    from planning.siting.robustness import PlanDraws
    from web.services import Done, Figures
    from web.services.plans import Asked

# A draw is one guess of many: half a per cent of the best is nearer than the weights are known.
_DRAW_PARAMS = SolveParams(time_limit_s=10.0, gap=0.005)
_OFTEN = 0.25


@click.group(cls=Group, invoke_without_command=True, subcommand_metavar="[COMMAND]")
@common_options
@click.option("--new", type=click.IntRange(min=1), help="How many new stations.")
@question_options
@more_answers_options
@click.option(
    "--kind",
    "kind_words",
    multiple=True,
    metavar="KIND[:MOST]",
    help="Kind of the new stations, at most MOST of it; give it again for a mix of kinds.  "
    "[default: candidates.kind of yizhan.toml]",
)
@click.option(
    "--keep",
    multiple=True,
    metavar="SITE[:KIND]",
    help="A site that must be among the new ones: its id, its name, or its order number in the "
    "newest plan.",
)
@click.option(
    "--without", multiple=True, metavar="SITE", help="A site that cannot be had, named alike."
)
@click.option("--standard", type=STANDARDS, default="group", show_default=True)
@when_option
@click.option(
    "--time-limit",
    "time_limit_s",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds after which the best plan so far is taken, with its bound.",
)
@click.option(
    "--gap",
    type=click.FloatRange(min=0, max=1),
    default=0.0,
    show_default=True,
    help="Stop when the plan is proven this close to the best (0.01 is 1 %).",
)
@click.option(
    "--finer",
    "finer_m",
    type=click.FloatRange(min=0),
    metavar="METRES",
    help="Prove how much better a plan could be at most with the road nodes of a grid of this "
    "step as candidates too; 0 takes every road node. It takes as long again.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--scenario", metavar="NAME", help="Keep the plan as the scenario NAME too.")
@by_option
@why_option
@counted_options
@click.pass_context
def plan(
    context: click.Context,
    /,
    *,
    folder: Path,
    new: int | None,
    kind_words: tuple[str, ...],
    keep: tuple[str, ...],
    without: tuple[str, ...],
    standard: StandardWord,
    when: str,
    time_limit_s: float,
    gap: float,
    finer_m: float | None,
    seed: int,
    hour: int | None,
    day: DayWord,
    name: str | None,
    draws: int | None,
    scenario: str | None,
    by: str | None,
    why: str,
    as_json: bool,
    **of_question: Any,  # noqa: ANN401 - the options of a question
) -> None:
    """Add NEW stations to those that stand, where they reach most workers, and prove how good.

    Candidates are the imported sites, or without any the road network's nodes on a grid. All
    registered workers count, or with --hour those who want a rest place then; --draws 40 says how
    often each site is chosen under other weights. Pages and reports show the plan for all
    registered workers; one for an --hour or another --demand is told here only, and kept where
    --scenario names one.

    --question FILE asks what a planner asks: actions at candidate sites and at stations that
    stand, money by year and payer, limits, floors, years; new-question writes such a file.
    """
    if context.invoked_subcommand is not None:
        return
    if any(of_question[key] for key in ("question_file", "changes", "from_scenario")):
        files = PlanFiles.taken_from(of_question)
        options = QuestionOptions(
            **of_question,
            files=files,
            when=when,
            time_limit_s=time_limit_s,
            gap=gap,
            finer_m=finer_m,
            seed=seed,
            given=frozenset(_given(context)),
            scenario=scenario,
            by=by,
            why=why,
            draws=draws,
        )
        answer_question(folder, options, new=new, as_json=as_json)
        return
    if new is None:
        raise click.UsageError(say("give --new N, or a question: --question FILE"))
    from planning.siting.whole_workers import in_whole_plan
    from web.labels.places import site_names
    from web.labels.plans import finer_words
    from web.services.demand import model_of
    from web.services.plans import Asked, answer_of, asked_by_id, plan_asked, question_of
    from web.services.scenarios import refuse_taken_name, save_plan

    workspace = open_workspace(folder)
    if scenario is not None:
        refuse_taken_name(workspace, scenario)
    counted = Counted(name, hour, day)
    params = SolveParams(time_limit_s=time_limit_s, gap=gap, seed=seed)
    kinds = _kinds(kind_words) or {workspace.settings.candidate_kind: None}
    figures: Figures = {}
    over: PlanDraws | None = None
    asked = Asked(new=new, kinds=kinds, keep=keep, without=without)
    with steps() as progress, stopwatch(figures):
        model = model_of(workspace, name) if draws else None
        with progress.step(say("planning")) as done:
            question = question_of(
                workspace, kinds=kinds, standard=standard, when=when, counted=counted, done=done
            )
            asked = asked_by_id(workspace, asked, question.sites)
            made = answer_of(
                workspace,
                question,
                asked,
                when=when,
                params=params,
                keeping=counted.usual,
                finer_m=finer_m,
                done=done,
            )
        figures |= {**counted.as_dict(), **made.as_dict()}
        if scenario is not None:
            whole = plan_asked(question, asked, when=when, counted=counted, params=params)
            save_plan(workspace, made, whole, name=scenario, author=author_of(by), why=why)
            figures["scenario"] = scenario
        if model is not None and draws:
            with progress.step(say("planning anew under other weights")) as done:
                over = _draws(
                    workspace, question, made, model, asked, counted=counted, n=draws, done=done
                )
            figures["draws"] = over.as_dict()
    t = spoken()
    places = site_names(made, workspace.network(), t)
    for site, place in zip(figures["sites"], places, strict=True):
        site["place"] = place
    rows = [
        (
            site.order,
            site.site_id,
            shown(site.kind, t.kind),
            place,
            shown(site.district, t.district),
            added_count(site.adds_workers, t),
        )
        for site, place in zip(in_whole_plan(made).sites, places, strict=True)
    ]
    words: list[object] = [
        counted_words(counted) + sentence(made),
        table(
            (t("order"), t("id"), t("kind"), t("site"), t("district"), t("adds workers")),
            rows,
            left=5,
        ),
    ]
    words += [*shortfall_words(made, t), *finer_words(made, t)]
    if scenario is not None:
        words.append(t("Kept as the scenario {name}.", name=scenario))
    if over is not None:
        words += [*_draw_words(over, workspace), *(undrawn_words(model) if model else [])]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def _given(context: click.Context) -> Iterator[str]:
    """Name the options that were written on the command line."""
    for name in context.params:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            yield name


plan.add_command(new_question)
plan.add_command(question_schema)


def _draws(
    workspace: Workspace,
    question: SitingQuestion,
    made: SitingPlan,
    model: DensityModel,
    asked: Asked,
    *,
    counted: Counted,
    n: int,
    done: Done,
) -> PlanDraws:
    from planning.siting.robustness import plan_over_draws

    of = workspace.settings.demand
    return plan_over_draws(
        question,
        made,
        model,
        factor=counted.factor(workspace),
        n=n,
        seed=of.seed,
        concentration=of.concentration,
        params=_DRAW_PARAMS,
        on_progress=done,
        **asked._asdict(),
    )


def _draw_words(over: PlanDraws, workspace: Workspace) -> list[object]:
    """Say how often each site is chosen, and what the plan is worth at worst."""
    from web.labels.places import names_of

    told = [site for site in over.sites if site.planned or site.share >= _OFTEN]
    t = spoken()
    places = names_of(told, workspace.network(), t)
    rows = [
        (
            place,
            shown(site.kind, t.kind),
            t("yes") if site.planned else t("no"),
            f"{100 * site.share:.0f} %",
        )
        for site, place in zip(told, places, strict=True)
    ]
    low, high = over.covered_after
    return [
        t(
            "Under {n} draws of the weights ({seconds:.0f} s) this plan covers {low} to {high} "
            "workers (5-95 %), at most {regret:.1f} % below the best plan of the draw.",
            n=over.n,
            seconds=over.runtime_s,
            low=count(low),
            high=count(high),
            regret=100 * over.regret,
        ),
        table((t("site"), t("kind"), t("in the plan"), t("chosen")), rows, left=3),
    ]


def _kinds(words: Sequence[str]) -> dict[str, int | None]:
    """Read ``KIND`` or ``KIND:MOST`` words."""
    kinds: dict[str, int | None] = {}
    for word in words:
        kind, colon, most = word.partition(":")
        if kind not in KINDS_BY_ID:
            raise InputError(
                say(
                    "--kind {word}: {reason}",
                    word=word,
                    reason=unknown_word(kind, KINDS, what=say("kind")),
                )
            )
        if colon and not (most.isdecimal() and int(most) > 0):
            raise InputError(
                say("--kind {word}: after the colon give a whole number above 0", word=word)
            )
        kinds[kind] = int(most) if colon else None
    return kinds


def sentence(made: SitingPlan) -> str:
    """Say a plan in one sentence: what it builds, what that adds, how good it is proven to be."""
    from planning.siting.whole_workers import added_workers, in_whole_plan
    from web.labels.plans import proof_words

    made = in_whole_plan(made)
    before, after = made.before.row("all", "all"), made.after.row("all", "all")
    t, added = spoken(), added_workers(made)
    more = t.plural(
        "{workers} more worker",
        "{workers} more workers",
        n=round(added),
        workers=added_count(added, t),
    )
    return t.plural(
        "{n} new station reaches {more} ({before} before, {after} after, of {workers}); {proof}.",
        "{n} new stations reach {more} ({before} before, {after} after, of {workers}); {proof}.",
        n=len(made.sites),
        more=more,
        before=count(before.within_one),
        after=count(after.within_one),
        workers=count(before.workers),
        proof=proof_words(made, t),
    )
