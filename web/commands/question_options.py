"""The options of `yizhan plan` that ask a question and say what is wanted of its answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from web.commands.assignment import assignment_option
from web.commands.plan_files import PlanFiles, plan_files_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.scenarios.decision_document import DecisionAsked

F = TypeVar("F", bound="Callable[..., Any]")


@dataclass(frozen=True, kw_only=True)
class QuestionOptions:
    """What the options of a question say; ``given`` names those that were written."""

    question_file: Path | None
    from_scenario: str | None
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
    finer_m: float | None
    seed: int
    given: frozenset[str]
    scenario: str | None
    by: str | None
    why: str
    score: Path | None
    stations: bool
    visits: Path | None
    draws: int | None
    uncertainty: float | None
    failing: float | None

    def searched_as(self, kept: DecisionAsked) -> QuestionOptions:
        """Search as a kept question was, in all that was not written."""
        search: dict[str, Any] = {"when": kept.when, "gap": kept.gap, "seed": kept.seed}
        if kept.time_limit_s is not None:
            search["time_limit_s"] = kept.time_limit_s
        return replace(self, **{k: v for k, v in search.items() if k not in self.given})


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
            "--from-scenario",
            metavar="NAME",
            help="Ask the question of the scenario NAME again, from its plan and as it was "
            "searched, and tell what is otherwise; --set edits it.",
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
            help="Seconds for each explanation; --draws may take three times as long.",
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
