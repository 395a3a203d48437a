"""Scenarios: a plan kept under a name with its question, compared, handed on and asked again."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from data.database import clock
from data.files.scenario_files import read_scenario, write_scenario
from data.files.table_files import write_points
from data.questions import Question
from data.scenarios import LogLine, Scenario
from geo.errors import FileFormatError, InputError, NothingYetError, ProblemError
from geo.messages import in_turn, message_of, say
from planning.decisions.decision import Decision
from planning.engine.params import EXACT
from planning.scenarios.comparison import compare_figures
from planning.scenarios.decision_document import DecisionAsked
from planning.scenarios.explanation_document import EXPLANATION, kept_explanation
from planning.scenarios.forms import asked_of, check_documents, figures_of, overrides_of
from planning.scenarios.plan_document import PlanAsked
from planning.siting.plan import SitingPlan
from web.services.counted import Counted
from web.services.decisions import ASKED, KIND, ask_workspace, decide
from web.services.effective import doubted_version
from web.services.freshness import changed_inputs, present_inputs
from web.services.plans import QUESTION, Asked, answer_of, params_of, question_of
from web.services.sites import candidates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from data.workspace import Workspace
    from planning.scenarios.comparison import Comparison
    from planning.scenarios.figures import DoneAction, ScenarioFigures
    from web.services import Done

#: Who acts, in the workspace's log: whoever may write into its folder.
_OWNER: Final = "command line"
VERSION: Final = "version"


@dataclass(frozen=True, eq=False)
class Kept:
    """A scenario, its answer in figures, and the inputs that have changed since, by name."""

    scenario: Scenario
    figures: ScenarioFigures
    stale: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Compared:
    """Scenarios side by side, and the inputs in which they differ, by name."""

    scenarios: tuple[Scenario, ...]
    comparison: Comparison
    differing_inputs: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Replay:
    """A scenario's question asked again here.

    ``same`` says that the answer is the same: the same actions in the same order, which reach as
    many in every group and district. ``changed`` are the inputs that differ from those of the
    scenario, ``only_then`` and ``only_now`` the actions of one answer alone; ``in_time`` is False
    where an answer was cut short by its time limit, which no two machines do alike.
    """

    scenario: Scenario
    then: ScenarioFigures
    now: ScenarioFigures
    same: bool
    changed: tuple[str, ...]
    only_then: tuple[DoneAction, ...]
    only_now: tuple[DoneAction, ...]
    in_time: bool
    version: str

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "name": self.scenario.name,
            "same": self.same,
            "changed": list(self.changed),
            "only_then": [action.site_id for action in self.only_then],
            "only_now": [action.site_id for action in self.only_now],
            "objective_then": self.then.objective,
            "objective_now": self.now.objective,
            "in_time": self.in_time,
            "version_then": self.scenario.inputs.get(VERSION, ""),
            "version_now": self.version,
        }


def save_newest(
    workspace: Workspace, *, name: str, author: str, why: str = "", over: bool = False
) -> Scenario:
    """Keep the newest plan or decision of the workspace with its question under a name.

    ``over`` puts it in the place of the scenario that has the name, whose decision log goes on.

    Raises
    ------
    NothingYetError
        when there is no plan yet.
    InputError
        when the name is taken and ``over`` is not set, or the scenario is locked.
    """
    newest = [workspace.newest_result(kind) for kind in ("plan", KIND)]
    found = [one for one in newest if one is not None]
    if not found:
        raise NothingYetError(
            say("{folder} has no plan yet: run yizhan plan --new 12", folder=workspace.folder)
        )
    kept = max(found, key=lambda one: one.id)
    body = dict(kept.body)
    if kept.kind == KIND:
        made = Decision.from_dict(body)
        # one that was kept before it said how it was searched
        asked = (
            body.get(ASKED)
            or DecisionAsked(
                question=Question.from_dict(body[QUESTION]), when=kept.inputs.get("when", "usual")
            ).as_dict()
        )
        return save_decision(
            workspace,
            made,
            DecisionAsked.from_dict(asked),
            name=name,
            author=author,
            why=why,
            over=over,
        )
    asked = body.pop(QUESTION, None)
    question = PlanAsked.of_inputs(kept.inputs) if asked is None else PlanAsked.from_dict(asked)
    plan = SitingPlan.from_dict(body)
    return save_plan(workspace, plan, question, name=name, author=author, why=why, over=over)


def save_plan(
    workspace: Workspace,
    made: SitingPlan,
    asked: PlanAsked,
    *,
    name: str,
    author: str,
    why: str = "",
    over: bool = False,
) -> Scenario:
    """Keep a plan with its question under a name; see `save_newest`.

    Its decision log begins with who saved it and why, and a line for each site that people had
    kept or left out.
    """
    return _keep(
        workspace,
        _scenario(workspace, "plan", asked.as_dict(), made.as_dict(), made.inputs),
        name=name,
        author=author,
        why=why,
        over=over,
    )


def save_decision(
    workspace: Workspace,
    made: Decision,
    asked: DecisionAsked,
    *,
    name: str,
    author: str,
    why: str = "",
    over: bool = False,
    explanation: Mapping[str, Any] | None = None,
) -> Scenario:
    """Keep a decision with its question under a name, as `save_plan` keeps a plan.

    ``explanation`` is what `Explanation.as_dict` told of it, which is kept beside it.

    Raises
    ------
    InputError
        also when there is no plan that keeps every limit, so that nothing was decided.
    """
    if not made.is_plan:
        raise InputError(say("there is no plan that keeps every limit: there is nothing to keep"))
    return _keep(
        workspace,
        decision_draft(workspace, made, asked, explanation=explanation),
        name=name,
        author=author,
        why=why,
        over=over,
    )


def decision_draft(
    workspace: Workspace,
    made: Decision,
    asked: DecisionAsked,
    *,
    explanation: Mapping[str, Any] | None = None,
) -> Scenario:
    """Return a decision as the scenario that it would be kept as, before it has a name."""
    document, told = made.as_dict(), kept_explanation(explanation)
    if told is not None:
        document[EXPLANATION] = told
    return _scenario(workspace, "decision", asked.as_dict(), document, made.inputs)


def _scenario(
    workspace: Workspace,
    form: str,
    question: Mapping[str, Any],
    decision: Mapping[str, Any],
    inputs: Mapping[str, str],
) -> Scenario:
    return Scenario(
        name="draft",
        form=form,
        city=workspace.settings.name,
        sample=workspace.settings.sample,
        author="",
        made_at=clock.now(),
        question=question,
        decision=decision,
        inputs={**inputs, VERSION: version("yizhan")},
    )


def _keep(
    workspace: Workspace, draft: Scenario, *, name: str, author: str, why: str, over: bool
) -> Scenario:
    """Write a scenario with its first lines: who saved it, and what people pinned."""
    now = draft.made_at
    lines = [LogLine(now, author, "replaced" if over else "saved", "", why)]
    lines += [LogLine(now, author, "overrode", what, why) for what in overrides_of(draft)]
    made = replace(draft, name=name, author=author, log=tuple(lines))
    scenarios = workspace.scenarios()
    if over:
        scenarios.replace(made, by=_OWNER)
    else:
        scenarios.add(made, by=_OWNER)
    return scenarios.scenario(made.name)


def refuse_taken_name(workspace: Workspace, name: str) -> None:
    """Refuse a name that a scenario has, before work is done that would be kept under it."""
    if name in workspace.scenarios().names():
        raise InputError(
            say(
                "there is a scenario {name} already: choose another name, or plan without "
                "--scenario and run yizhan scenario save {name} --replace",
                name=name,
            )
        )


def scenarios_of(workspace: Workspace) -> tuple[Kept, ...]:
    """Return the scenarios with what has changed since each, the first saved first."""
    found = workspace.scenarios().all()
    present = _present(workspace) if found else {}
    return tuple(Kept(one, figures_of(one), _stale(workspace, one, present)) for one in found)


def scenario_of(workspace: Workspace, name: str) -> Kept:
    """Return one scenario with what has changed since (InputError when there is none)."""
    return kept_of(workspace, workspace.scenarios().scenario(name))


def kept_of(workspace: Workspace, scenario: Scenario) -> Kept:
    """Return a scenario, kept or a draft, with what has changed since its answer."""
    return Kept(scenario, figures_of(scenario), stale_inputs(workspace, scenario))


def stale_inputs(workspace: Workspace, scenario: Scenario) -> tuple[str, ...]:
    """Return by name the inputs that are no longer those of a scenario."""
    return _stale(workspace, scenario, _present(workspace))


def copy_scenario(
    workspace: Workspace, name: str, *, new: str, author: str, why: str = ""
) -> Scenario:
    """Keep a copy under another name, open, with the log of the first and a line more."""
    first = workspace.scenarios().scenario(name)
    now = clock.now()
    made = replace(first, name=new, author=author, made_at=now, locked_at=None)
    made = made.with_line(LogLine(now, author, "copied", first.name, why))
    workspace.scenarios().add(made, by=_OWNER, action="copy scenario")
    return made


def rename_scenario(
    workspace: Workspace, name: str, *, new: str, author: str, why: str = ""
) -> None:
    """Give a scenario another name; its log says which it had."""
    line = LogLine(clock.now(), author, "renamed", name, why)
    workspace.scenarios().rename(name, new, line, by=_OWNER)


def note_scenario(
    workspace: Workspace, name: str, *, why: str, author: str, overrode: str = ""
) -> LogLine:
    """Write a line into a decision log: a note, or with ``overrode`` what was decided otherwise."""
    act = "overrode" if overrode else "noted"
    line = LogLine(clock.now(), author, act, overrode, why)
    workspace.scenarios().note(name, line, by=_OWNER)
    return line


def lock_scenario(workspace: Workspace, name: str, *, author: str, why: str = "") -> None:
    """Lock a scenario: nothing changes or deletes it again."""
    line = LogLine(clock.now(), author, "locked", "", why)
    workspace.scenarios().lock(name, line, by=_OWNER)


def delete_scenario(workspace: Workspace, name: str) -> None:
    """Delete a scenario and its log (InputError when it is locked or not there)."""
    workspace.scenarios().delete(name, by=_OWNER)


def compare_scenarios(workspace: Workspace, names: Sequence[str]) -> Compared:
    """Set two to four scenarios side by side.

    Raises
    ------
    InputError
        when one is not there or named twice, or there are fewer than two or more than four.
    """
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(say("{name} is named twice: name other scenarios", name=twice))
    found = tuple(workspace.scenarios().scenario(name) for name in names)
    made = compare_figures({one.name: figures_of(one) for one in found})
    differing = [
        name for other in found[1:] for name in changed_inputs(found[0].inputs, other.inputs)
    ]
    return Compared(found, made, tuple(dict.fromkeys(differing)))


def write_differences(compared: Compared, path: Path) -> int:
    """Write the actions of the scenarios as points, with a column for each; return how many.

    A column says at which place of its order a scenario has the action, and nothing where it has
    not. ``held_by`` lists their names.

    Raises
    ------
    InputError
        when the ending is none of those that tables are written in.
    WorkspaceError
        when the file cannot be written.
    """
    sample = any(one.sample for one in compared.scenarios)
    write_points(difference_columns(compared), path, layer="differences", sample=sample)
    return len(compared.comparison.actions)


def difference_columns(compared: Compared) -> dict[str, list[Any]]:
    """Return the columns of the actions of scenarios, as `write_differences` writes them."""
    made = compared.comparison
    parts = ("what", "site_id", "name", "kind", "district", "lon", "lat")
    columns: dict[str, list[Any]] = {
        part: [getattr(one.action, part) for one in made.actions] for part in parts
    }
    columns["held_by"] = [
        tuple(made.names[number] for number in one.holders) for one in made.actions
    ]
    for number, letter in zip(range(len(made.names)), "abcd", strict=False):
        columns[f"order_{letter}"] = [
            "" if (order := one.orders[number]) is None else str(order) for one in made.actions
        ]
    return columns


def export_scenario(workspace: Workspace, name: str, *, file: Path) -> Scenario:
    """Write a scenario to a file that another workspace can import and replay."""
    found = workspace.scenarios().scenario(name)
    write_scenario(found, file)
    return found


def import_scenario(workspace: Workspace, *, file: Path, name: str | None = None) -> Kept:
    """Keep the scenario of a file as it is, locked where it is, under its name or another.

    Raises
    ------
    FileFormatError
        when it is no scenario, or its documents are not what they must be.
    InputError
        when the name is taken.
    """
    read = checked_scenario(file)
    named = read if name is None else replace(read, name=name)
    workspace.scenarios().add(named, by=_OWNER, action="import scenario")
    return kept_of(workspace, named)


def checked_scenario(file: Path) -> Scenario:
    """Read a scenario's file, its documents too (FileFormatError)."""
    read = read_scenario(file)
    try:
        check_documents(read)
    except InputError as error:
        raise FileFormatError(
            say("{file}: {reason}", file=file.name, reason=message_of(error))
        ) from None
    return read


def replay_scenario(workspace: Workspace, scenario: Scenario, *, done: Done) -> Replay:
    """Ask a scenario's question again with what this workspace holds; nothing is kept.

    Raises
    ------
    NothingYetError
        when the workspace lacks stations, workers or roads.
    ProblemError
        when the question cannot be asked of them: a site that it keeps is not there.
    """
    asked = asked_of(scenario)
    if isinstance(asked, PlanAsked):
        plan = _plan_again(workspace, asked, done=done)
        again, inputs, status = plan.as_dict(), plan.inputs, plan.status
    else:
        decision = _decide_again(workspace, asked, done=done)
        again, inputs, status = decision.as_dict(), decision.inputs, decision.status
    return beside(scenario, again, inputs=inputs, status=status)


def beside(
    scenario: Scenario, again: Mapping[str, Any], *, inputs: Mapping[str, str], status: str
) -> Replay:
    """Set another answer beside that of a scenario, by its document, inputs and status."""
    then, now = figures_of(scenario), figures_of(replace(scenario, decision=again))
    keys_then = {action.key for action in then.actions}
    keys_now = {action.key for action in now.actions}
    return Replay(
        scenario=scenario,
        then=then,
        now=now,
        same=_is_same(then, now),
        changed=changed_inputs(scenario.inputs, inputs),
        only_then=tuple(one for one in then.actions if one.key not in keys_now),
        only_now=tuple(one for one in now.actions if one.key not in keys_then),
        in_time="time_limit" not in {status, scenario.decision["status"]},
        version=version("yizhan"),
    )


def _plan_again(workspace: Workspace, asked: PlanAsked, *, done: Done) -> SitingPlan:
    counted = Counted(asked.demand, asked.hour, asked.day)
    question = question_of(
        workspace,
        kinds=asked.kinds,
        standard=asked.standard,
        when=asked.when,
        counted=counted,
        done=done,
    )
    return answer_of(
        workspace,
        question,
        Asked(asked.new, asked.kinds, asked.keep, asked.without),
        when=asked.when,
        params=params_of(asked),
        keeping=False,
    )


def _decide_again(workspace: Workspace, asked: DecisionAsked, *, done: Done) -> Decision:
    """Ask a decision's question; where no plan keeps its limits here, that is the refusal."""
    question = ask_workspace(workspace, asked.question, when=asked.when, done=done)
    made = decide(workspace, question, when=asked.when, params=params_of(asked), keeping=False)
    if not made.is_plan:
        raise ProblemError(in_turn(made.reasons or (say("no plan keeps every limit here"),)))
    return made


def _is_same(then: ScenarioFigures, now: ScenarioFigures) -> bool:
    """Whether two answers say the same; sums may differ in their last digits by the machine."""
    if [one.key for one in then.actions] != [one.key for one in now.actions]:
        return False
    if len(then.covered) != len(now.covered):
        return False
    return all(
        (one.group, one.district, one.hours) == (other.group, other.district, other.hours)
        and math.isclose(one.before, other.before, rel_tol=EXACT, abs_tol=EXACT)
        and math.isclose(one.after, other.after, rel_tol=EXACT, abs_tol=EXACT)
        for one, other in zip(then.covered, now.covered, strict=True)
    )


def _present(workspace: Workspace) -> Mapping[str, str | None]:
    """Return the hashes of what the workspace holds now, the grid's sites too."""
    try:
        sites = candidates(workspace).sites.content_hash
    except NothingYetError:
        sites = None
    return {**present_inputs(workspace), "sites": sites, "doubted": doubted_version(workspace)}


def _stale(
    workspace: Workspace, scenario: Scenario, present: Mapping[str, str | None]
) -> tuple[str, ...]:
    """Compare a scenario's inputs with the present ones; its workers may be those of an hour."""
    asked = asked_of(scenario)
    if isinstance(asked, PlanAsked) and (asked.demand is not None or asked.hour is not None):
        counted = Counted(asked.demand, asked.hour, asked.day)
        try:
            present = {**present, "demand": counted.demand(workspace).content_hash}
        except (InputError, NothingYetError):
            present = {**present, "demand": None}
    return changed_inputs(scenario.inputs, present)
