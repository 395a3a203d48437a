"""`yizhan plan new-question` and `question-schema`: files to begin a question with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from geo.errors import InputError
from geo.messages import say
from web.commands.common import answer, common_options
from web.commands.help_pages import Command
from web.commands.language import spoken

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")


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
