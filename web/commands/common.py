"""What every command shares: its options, its progress bar, its answer in words or as JSON."""

from __future__ import annotations

import getpass
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from data.vocabulary import OVERLAPS, SAMPLE_NOTICE
from geo.factors import TIME_FACTORS
from geo.messages import say
from web.commands.language import spoken, told
from web.commands.streams import json_line
from web.services.freshness import newest_outdated

if TYPE_CHECKING:
    from data.workspace import Workspace
    from web.services import Done, Figures

F = TypeVar("F", bound=Callable[..., Any])

workspace_option = click.option(
    "-w",
    "--workspace",
    "folder",
    type=click.Path(path_type=Path, file_okay=True),
    default=Path(),
    show_default="the current folder",
    help="The city's workspace.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Answer with one JSON object on standard output."
)


def common_options(command: F) -> F:
    """Give a command ``-w/--workspace`` and ``--json``."""
    return workspace_option(json_option(command))


when_option = click.option(
    "--when",
    type=click.Choice(["usual", *TIME_FACTORS]),
    default="usual",
    show_default=True,
    help="Slower or faster roads by mode and class, as in docs/network.md.",
)

overlaps_option = click.option(
    "--overlaps",
    type=click.Choice(OVERLAPS),
    default="refuse",
    show_default=True,
    help="Ground that two zones share: share counts it once among them, first for the one that "
    "is listed first.",
)

sheet_option = click.option(
    "--sheet", metavar="NAME", help="Which sheet of a workbook, where several hold rows."
)

crs_option = click.option(
    "--crs", metavar="CODE", help="Of coordinates in metres, such as EPSG:4547 (CGCS2000)."
)

table_output_option = click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="The ending tells the format: .csv, .xlsx, .geojson or .gpkg.",
)


def outdated_words(workspace: Workspace) -> list[str]:
    """Say in a line that the newest plan is older than what it was computed from, if it is."""
    old = newest_outdated(workspace)
    return [] if old is None else [f"{old.says(spoken())} {old.command}"]


def unkept_words(reasons: Sequence[str]) -> list[str]:
    """Say in a line why an answer was told and not kept, if so."""
    t = spoken()
    return [t("The answer is not kept: {reason}", reason=told(reason)) for reason in reasons]


def unkept_figures(reasons: Sequence[str]) -> Figures:
    """Return ``not_kept`` with the reason why an answer was told and not kept, if so."""
    return {"not_kept": told(reasons[0])} if reasons else {}


class Steps:
    """Progress on standard error: one line a step, with a bar where its share is known."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    @contextmanager
    def step(self, words: str) -> Iterator[Done]:
        """Show one step while its block runs; yields a callback (what, share done from 0 to 1)."""
        words = told(words)
        task = self._progress.add_task(words, total=None)

        def done(what: str, share: float) -> None:
            line = told(say("{step}: {part}", step=words, part=what))
            self._progress.update(task, description=line, total=1.0, completed=min(1.0, share))

        yield done
        self._progress.update(task, description=words, total=1.0, completed=1.0)
        if not self._progress.console.is_terminal:
            took_s = self._progress.tasks[task].elapsed or 0.0
            line = told(say("{step} ({seconds:.1f} s)", step=words, seconds=took_s))
            self._progress.console.print(line)


@contextmanager
def steps() -> Iterator[Steps]:
    """Open the progress display; on a stream that is no terminal each finished step is a line."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield Steps(progress)


@contextmanager
def stopwatch(figures: Figures) -> Iterator[None]:
    """Add ``runtime_s``, the wall time of the block, to ``figures``."""
    start = time.perf_counter()
    yield
    figures["runtime_s"] = round(time.perf_counter() - start, 3)


def author_of(by: str | None) -> str:
    """Return who signs or decides: who is named, else the login name, else "command line"."""
    if by is not None:
        return by
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without users; the former before Python 3.13
        from web.services.accounts import OWNER

        return OWNER


def open_workspace(folder: Path) -> Workspace:
    """Open the workspace a command was pointed at."""
    from data.workspace import Workspace

    return Workspace.open(folder)


def table(headings: Sequence[str], rows: Sequence[Sequence[object]], *, left: int = 1) -> Table:
    """Make a table whose first ``left`` columns are words; cells are text, never markup."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column, heading in enumerate(headings):
        made.add_column(Text(heading), justify="left" if column < left else "right")
    for row in rows:
        made.add_row(*(Text(str(cell)) for cell in row))
    return made


def answer(figures: Figures, *, as_json: bool, sample: bool, words: Sequence[object]) -> None:
    """Print the answer of a command: the figures as one JSON object, or words and tables.

    With ``sample`` it says that the figures are of the generated sample.
    """
    if as_json:
        figures = figures | ({"notice": SAMPLE_NOTICE} if sample else {})
        click.echo(json_line(figures))
        return
    width = None if sys.stdout.isatty() else 120
    console = Console(width=width, highlight=False)
    if sample:
        console.print(SAMPLE_NOTICE, style="bold", markup=False)
    for part in words:
        if isinstance(part, str):
            console.print(part, markup=False, soft_wrap=True)
        else:
            console.print(part)
