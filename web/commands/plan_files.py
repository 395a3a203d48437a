"""Files that the answer to a question is written into: tables, pictures, pages."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import click

from geo.errors import InputError
from geo.messages import say
from web.commands.common import steps
from web.commands.language import asked as reader_language
from web.commands.language import spoken
from web.commands.sheets import refuse_other_folder, sheets_option, write_site_sheets
from web.languages import CHINESE

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
    alternatives_table: Path | None
    curve_table: Path | None
    curve_picture: Path | None
    front_table: Path | None
    front_picture: Path | None
    sheets: Path | None

    @classmethod
    def taken_from(cls, options: dict[str, Any]) -> Self:
        """Take what concerns files out of the options of a command."""
        return cls(**{field.name: options.pop(field.name) for field in fields(cls)})

    def check(self, question: Question, *, curve: int, alternatives: int) -> None:
        """Refuse what could not be written, before work is done for it."""
        if (self.front_table or self.front_picture) and question.front is None:
            raise InputError(
                say("--front-table and --front-picture write a front: ask for one with --front")
            )
        if (self.curve_table or self.curve_picture) and not curve:
            raise InputError(
                say(
                    "--curve-table and --curve-picture write a curve: ask for its points with "
                    "--curve 30"
                )
            )
        if self.alternatives_table and not alternatives:
            raise InputError(
                say("--alternatives-table writes other plans: ask for some with --alternatives 5")
            )
        for picture in (self.curve_picture, self.front_picture):
            if picture is not None:
                from web.reports.trade_off_picture import refuse_other_ending

                refuse_other_ending(picture)
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
            "--front-picture",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Draw the front of a question: .svg, .png or .pdf.",
        ),
        click.option(
            "--curve-table",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Write the curve with what is new at each point: .csv, .xlsx or .json.",
        ),
        click.option(
            "--curve-picture",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Draw the curve with its two lines and the next places: .svg, .png or .pdf.",
        ),
        click.option(
            "--alternatives-table",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Write the actions of the plan and of its alternatives, each with the share of "
            "plans that use its place: .csv, .xlsx, .geojson or .gpkg.",
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
    figures: Figures = {}
    written = _tables(workspace, asked, made, why, files)
    if files.output is not None and made.is_plan:
        figures["file"] = str(files.output)
    written += _pictures(workspace, asked, why, files)
    t = spoken()
    words: list[object] = [t("{file} written.", file=str(file)) for file in written]
    if files.sheets is not None and made.is_plan:
        with steps() as progress, progress.step(say("writing sheets")) as done:
            more, said = write_site_sheets(
                workspace, asked, made, why, files.sheets, when=when, done=done
            )
        figures, words = figures | more, words + said
    return figures, words


def _tables(
    workspace: Workspace, asked: AskedQuestion, made: Decision, why: Explanation, files: PlanFiles
) -> list[Path]:
    from web.services.decisions import write_actions, write_alternatives, write_curve, write_front

    sample, written = workspace.settings.sample, []
    if files.output is not None and made.is_plan:
        write_actions(made, files.output, sample=sample)
        written.append(files.output)
    if files.alternatives_table is not None and made.is_plan:
        write_alternatives(asked, made, why, files.alternatives_table, sample=sample)
        written.append(files.alternatives_table)
    if files.curve_table is not None and why.curve is not None:
        write_curve(asked, why.curve, files.curve_table, sample=sample)
        written.append(files.curve_table)
    if files.front_table is not None and why.front is not None:
        write_front(why.front, files.front_table, sample=sample)
        written.append(files.front_table)
    return written


def _pictures(
    workspace: Workspace, asked: AskedQuestion, why: Explanation, files: PlanFiles
) -> list[Path]:
    if files.curve_picture is None and files.front_picture is None:
        return []
    from web.reports.trade_offs import write_curve_picture, write_front_picture

    language, written = reader_language(otherwise=CHINESE), []
    if files.curve_picture is not None and why.curve is not None:
        write_curve_picture(workspace, asked, why.curve, files.curve_picture, language=language)
        written.append(files.curve_picture)
    if files.front_picture is not None and why.front is not None:
        write_front_picture(workspace, asked, why.front, files.front_picture, language=language)
        written.append(files.front_picture)
    return written
