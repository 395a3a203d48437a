"""A page of paper for each site of a decision, written into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from web.commands.language import asked, spoken
from web.languages import CHINESE

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.workspace import Workspace
    from planning.decisions import AskedQuestion, Decision
    from planning.decisions.explain import Explanation
    from web.services import Done, Figures

F = TypeVar("F", bound="Callable[..., Any]")


def sheets_option(command: F) -> F:
    """Give a command the option ``--sheets``."""
    return click.option(
        "--sheets",
        type=click.Path(path_type=Path),
        metavar="FOLDER",
        help="Write a page of A4 for each site (HTML, to print): map, reasons, runner-up, host, "
        "money, proof; and an index. A folder that holds anything else is refused.",
    )(command)


def refuse_other_folder(folder: Path) -> None:
    """Refuse a folder that holds anything else, before work is done for it."""
    from web.reports.site_sheets import refuse_sheets_folder

    refuse_sheets_folder(folder)


def write_site_sheets(
    workspace: Workspace,
    question: AskedQuestion,
    made: Decision,
    why: Explanation,
    folder: Path,
    *,
    when: str,
    done: Done,
) -> tuple[Figures, list[object]]:
    """Write the sheets of a decision; return what was written, in figures and in words."""
    from web.reports.site_sheets import write_sheets
    from web.services.site_sheets import gather_sheets

    of = gather_sheets(workspace, question, made, why, when=when, done=done)
    files = write_sheets(of, folder, language=asked(otherwise=CHINESE))
    t, n = spoken(), len(files) - 1
    said = t.plural(
        "{n} sheet written into {folder}: begin with {index}.",
        "{n} sheets written into {folder}: begin with {index}.",
        n=n,
        folder=str(folder),
        index=files[0].name,
    )
    return {"sheets": [str(file) for file in files]}, [said]
