"""Files that the answer to a question is written into: tables, pictures, pages."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import click

from geo.errors import InputError
from geo.messages import say
from web.commands.common import steps
from web.commands.language import spoken
from web.commands.sheets import refuse_other_folder, sheets_option, write_site_sheets

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.questions import Question
    from data.workspace import Workspace
    from planning.decisions import AskedQuestion, Decision
    from planning.decisions.explain import Explanation
    from web.services import Figures

F = TypeVar("F", bound="Callable[..., Any]")


@dataclass(frozen=True, kw_only=True)
class PlanFiles:
    """Which files are wanted, None for each that is not."""

    output: Path | None
    front_table: Path | None
    sheets: Path | None

    @classmethod
    def taken_from(cls, options: dict[str, Any]) -> Self:
        """Take what concerns files out of the options of a command."""
        return cls(**{field.name: options.pop(field.name) for field in fields(cls)})

    def check(self, question: Question) -> None:
        """Refuse what could not be written, before work is done for it."""
        if self.front_table is not None and question.front is None:
            raise InputError(say("--front-table writes a front: ask for one with --front"))
        if self.sheets is not None:
            refuse_other_folder(self.sheets)


def plan_files_options(command: F) -> F:
    """Give a command the options of `PlanFiles`."""
    options = (
        click.option(
            "--front-table",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Write the front of a question: .csv, .xlsx or .json.",
        ),
        click.option(
            "-o",
            "--output",
            type=click.Path(path_type=Path),
            help="Write the actions of a question: .csv, .xlsx, .geojson or .gpkg.",
        ),
    )
    command = sheets_option(command)
    for option in reversed(options):
        command = option(command)
    return command


def write_plan_files(
    workspace: Workspace,
    asked: AskedQuestion,
    made: Decision,
    why: Explanation,
    files: PlanFiles,
    *,
    when: str,
) -> tuple[Figures, list[object]]:
    """Write the files that are wanted of a plan; return what was written, in figures and words."""
    from web.services.decisions import write_actions, write_front

    sample, t = workspace.settings.sample, spoken()
    figures: Figures = {}
    written: list[Path] = []
    if files.output is not None and made.is_plan:
        write_actions(made, files.output, sample=sample)
        figures["file"] = str(files.output)
        written.append(files.output)
    if files.front_table is not None and why.front is not None:
        write_front(why.front, files.front_table, sample=sample)
        written.append(files.front_table)
    words: list[object] = [t("{file} written.", file=str(file)) for file in written]
    if files.sheets is not None and made.is_plan:
        with steps() as progress, progress.step(say("writing sheets")) as done:
            more, said = write_site_sheets(
                workspace, asked, made, why, files.sheets, when=when, done=done
            )
        figures, words = figures | more, words + said
    return figures, words
