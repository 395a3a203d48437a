"""`yizhan plan --question`: a planner's question answered, explained and written out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from geo.errors import InputError
from geo.messages import say
from planning import SolveParams
from web.commands.accounts_words import accounts_figures, accounts_words
from web.commands.assignment import refuse_other_ending, write_found
from web.commands.common import (
    answer,
    author_of,
    open_workspace,
    steps,
    stopwatch,
    table,
)
from web.commands.decision_words import (
    covered_words,
    ends_words,
    front_words,
    goal_words,
    nesting_words,
    silence_words,
    times_words,
)
from web.commands.explanation_words import explanation_words
from web.commands.finer_words import finer_words
from web.commands.language import shown, spoken, told
from web.commands.plan_answers import (
    MoreAnswers,
    act_word,
    measured,
    more_answers,
    per_cent_up,
)
from web.commands.plan_files import write_plan_files
from web.commands.scenario import saved_words
from web.site.number_words import count

if TYPE_CHECKING:
    from pathlib import Path

    from data.questions import Question
    from data.workspace import Workspace
    from planning.decisions import AskedQuestion, Decision
    from planning.decisions.explain import Explanation
    from planning.decisions.fineness import FinerQuestion
    from planning.decisions.nesting import Nesting
    from planning.decisions.silent import SilentEnds
    from planning.scenarios.decision_document import DecisionAsked
    from web.commands.question_options import QuestionOptions
    from web.languages import Language
    from web.services import Figures
    from web.services.asked_again import AskedAgain, KeptQuestion
    from web.services.decisions import Silence, Wanted


@dataclass(frozen=True, eq=False, kw_only=True)
class _Answered:
    """A question's answer with all that was wanted beside it; None or empty where nothing was."""

    asked: AskedQuestion
    made: Decision
    search: DecisionAsked
    why: Explanation
    silence: Silence | None
    ends: SilentEnds | None
    nesting: Nesting | None
    finer: FinerQuestion | None
    again: AskedAgain | None
    more: MoreAnswers

    def figures(self) -> Figures:
        """Return it as plain data."""
        beside = {
            "nesting": self.nesting,
            "finer": self.finer,
            "from_scenario": self.again,
            "silent_ends": self.ends,
        }
        return {
            **self.made.as_dict(),
            "today_yuan": self.asked.today_yuan,
            "question": self.asked.question.as_dict(),
            "explanation": self.why.as_dict(),
            "silence": None if self.silence is None else self.silence._asdict(),
            **{name: None if one is None else one.as_dict() for name, one in beside.items()},
            **self.more.figures,
        }

    def words(self, *, shakes: bool) -> list[object]:
        """Say it."""
        t = spoken()
        return [
            *_beside_scenario(self.again),
            *_words(self.made, self.why, self.asked, shakes=shakes),
            *silence_words(self.silence, t),
            *ends_words(self.ends, t),
            *nesting_words(self.made, self.nesting, t),
            *finer_words(self.made, self.finer, t),
            *self.more.words,
        ]


def _beside_scenario(again: AskedAgain | None) -> list[object]:
    """Say what is otherwise than in the scenario that was asked again."""
    if again is None:
        return []
    from web.commands.scenario_words import again_words

    return again_words(again)


def answer_question(
    folder: Path, options: QuestionOptions, *, new: int | None, as_json: bool
) -> None:
    """Ask the question, explain the answer and print both."""
    from web.services.scenarios import refuse_taken_name

    workspace = open_workspace(folder)
    if options.scenario is not None:
        refuse_taken_name(workspace, options.scenario)
    if options.assignment is not None:
        refuse_other_ending(options.assignment)
    kept = _kept_question(workspace, options, new=new)
    if kept is not None:
        options = options.searched_as(kept.asked)
    question = _asked(options, kept, new=new)
    figures: Figures = {}
    with stopwatch(figures):
        of = _answered(workspace, question, options, kept)
    made, sample = of.made, workspace.settings.sample
    figures = of.figures() | figures
    words = of.words(shakes=options.draws is not None)
    if made.is_plan:
        of_ways, said = _who_goes_where(workspace, made, question, options)
        figures |= of_ways
        words += said
    of_files, said = write_plan_files(
        workspace, of.asked, made, of.why, options.files, when=options.when
    )
    figures |= of_files
    words += said
    if made.is_plan:
        of_accounts, said = _accounts(workspace, of.asked, made, options.accounts)
        figures |= of_accounts
        words += said
    if options.scenario is not None and made.is_plan:
        words.append(_kept(workspace, made, of.search, of.why, options))
        figures["scenario"] = options.scenario
    answer(figures, as_json=as_json, sample=sample, words=words)


def _answered(
    workspace: Workspace, question: Question, options: QuestionOptions, kept: KeptQuestion | None
) -> _Answered:
    """Search, plan and explain."""
    from web.services.asked_again import asked_again
    from web.services.decisions import (
        ask_workspace,
        decide,
        ends_of,
        explain,
        finer_of,
        nesting_of,
        search_of,
        silence_of,
    )

    params = SolveParams(time_limit_s=options.time_limit_s, gap=options.gap, seed=options.seed)
    wanted, when = _wanted(options), options.when
    with steps() as progress:
        with progress.step(say("measuring travel times")) as done:
            asked = ask_workspace(workspace, question, when=when, done=done)
        with progress.step(say("planning")):
            begun = params if kept is None else replace(params, start=kept.start(asked))
            made = decide(workspace, asked, when=when, params=begun)
        with progress.step(say("explaining")) as done:
            silence = silence_of(workspace, question)
            return _Answered(
                asked=asked,
                made=made,
                search=search_of(question, when=when, params=params),
                silence=silence,
                ends=ends_of(
                    workspace, made, silence, question, when=when, done=done,
                    params=replace(params, time_limit_s=options.explain_s),
                ),
                why=explain(asked, made, wanted, done=done),
                nesting=nesting_of(
                    workspace, asked, made, seconds=options.explain_s, gap=options.gap
                ),
                finer=None
                if options.finer_m is None
                else finer_of(
                    workspace, asked, made, finer_m=options.finer_m, when=when, params=params,
                    done=done,
                ),
                again=None if kept is None or not made.is_plan else asked_again(kept, made),
                more=more_answers(workspace, asked, made, options, done=done)
                if made.is_plan
                else MoreAnswers(),
            )  # fmt: skip


def _accounts(
    workspace: Workspace, asked: AskedQuestion, made: Decision, file: Path | None
) -> tuple[Figures, list[object]]:
    """Keep the accounts of a plan, and write them where that is wanted."""
    from web.services.decision_accounts import keep_decision_accounts, write_accounts

    kept = keep_decision_accounts(workspace, asked, made)
    if file is not None:
        write_accounts(kept.accounts, file, sample=workspace.settings.sample)
    return {"accounts": accounts_figures(kept)}, accounts_words(kept)


def _changes(options: QuestionOptions, *, new: int | None) -> list[str]:
    """Return what the options put over a question."""
    changes = [*options.changes, *([f"new={new}"] if new is not None else [])]
    if options.front is not None:
        changes += [f"front.first={options.front[0]}", f"front.second={options.front[1]}"]
    return changes


def _kept_question(
    workspace: Workspace, options: QuestionOptions, *, new: int | None
) -> KeptQuestion | None:
    """Return the question of the scenario that is asked again; None where none is."""
    if options.from_scenario is None:
        return None
    from web.services.asked_again import kept_question

    if options.question_file is not None:
        raise InputError(say("--question and --from-scenario each give a question: choose one"))
    return kept_question(workspace, options.from_scenario, changes=_changes(options, new=new))


def _asked(options: QuestionOptions, kept: KeptQuestion | None, *, new: int | None) -> Question:
    """Read the question, and put over it what the options say."""
    from data.files.question_files import changed_question, read_question
    from planning.decisions.fineness import refuse_no_sites
    from planning.decisions.offered import refuse_unoffered

    changes = _changes(options, new=new)
    if kept is not None:
        question = kept.question
    elif options.question_file is None:
        question = changed_question({}, changes)
    else:
        question = read_question(options.question_file, changes=changes)
    options.files.check(question, curve=options.curve, alternatives=options.alternatives)
    if options.finer_m is not None:
        refuse_no_sites(question)
    wanted = ("runners_up", "prices", "alternatives", "curve", "score", "draws")
    refuse_unoffered(question.goal.what, [word for word in wanted if getattr(options, word)])
    return question


def _wanted(options: QuestionOptions) -> Wanted:
    """Return which explanations are wanted; a sheet tells two of them."""
    from web.services.decisions import Wanted

    of_sheets = options.files.sheets is not None
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
    words += [*times_words(made, t), *goal_words(made, asked.question, t)]
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
    is_below = _counts_years(made) and (shakes or _explains(why))
    return [
        *words,
        *_unit(made, asked.question, t, is_below=is_below),
        *explanation_words(made, why, t),
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


def _counts_years(made: Decision) -> bool:
    """Whether explanations are in sums over the years, and not of the end or a mean."""
    return made.goal in {"workers", "worker_hours", "two_in_reach"}


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
