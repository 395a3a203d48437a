"""`yizhan scenario`: plans kept under a name, compared, handed on, asked again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo.messages import say
from web.commands.common import (
    answer,
    author_of,
    common_options,
    open_workspace,
    steps,
    stopwatch,
)
from web.commands.help_pages import Group
from web.commands.language import asked, spoken
from web.commands.sheets import refuse_other_folder, sheets_option, write_site_sheets
from web.services.nothing_yet import or_none

if TYPE_CHECKING:
    from data.scenarios import LogLine, Scenario
    from data.workspace import Workspace
    from web.services import Figures
    from web.services.scenarios import Kept

by_option = click.option(
    "--by", metavar="WHO", help="Who decides.  [default: the login name of this computer]"
)
why_option = click.option(
    "--why", default="", metavar="TEXT", help="The reason, for the decision log."
)


@click.group(cls=Group)
def scenario() -> None:
    """Keep plans under names, with who decided what and why, and compare them."""


@scenario.command()
@common_options
@click.argument("name")
@by_option
@why_option
@click.option("--replace", "over", is_flag=True, help="In the place of the scenario of that name.")
def save(folder: Path, name: str, by: str | None, why: str, *, over: bool, as_json: bool) -> None:
    """Keep the newest plan with its question as the scenario NAME."""
    from web.services.scenarios import save_newest

    workspace = open_workspace(folder)
    made = save_newest(workspace, name=name, author=author_of(by), why=why, over=over)
    _answer_one(workspace, made, as_json=as_json, words=[saved_words(made)])


@scenario.command("list")
@common_options
def list_(folder: Path, *, as_json: bool) -> None:
    """Show the scenarios, which are locked, and which are stale and by what."""
    from web.commands.scenario_words import list_table
    from web.services.scenarios import scenarios_of

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        found = scenarios_of(workspace)
        figures["scenarios"] = [_figures(one) for one in found]
    words = [list_table(found)] if found else [spoken()("There is no scenario yet.")]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@scenario.command()
@common_options
@click.argument("name")
@sheets_option
def show(folder: Path, name: str, sheets: Path | None, *, as_json: bool) -> None:
    """Show a scenario: what it does, its decision log, what has changed since."""
    from web.commands.scenario_words import scenario_words
    from web.services.scenarios import scenario_of

    workspace = open_workspace(folder)
    if sheets is not None:
        refuse_other_folder(sheets)
    kept = scenario_of(workspace, name)
    figures = {
        **_figures(kept),
        "question": dict(kept.scenario.question),
        "inputs": dict(kept.scenario.inputs),
        "log": [_line(line) for line in kept.scenario.log],
        "answer": kept.figures.as_dict(),
    }
    words = scenario_words(kept, or_none(workspace.network))
    if sheets is not None:
        of_sheets, said = _sheets(workspace, kept, sheets)
        figures, words = figures | of_sheets, [*words, *said]
    sample = kept.scenario.sample or workspace.settings.sample
    answer(figures, as_json=as_json, sample=sample, words=words)


@scenario.command()
@common_options
@click.argument("name")
@click.argument("new")
@by_option
@why_option
def copy(folder: Path, name: str, new: str, by: str | None, why: str, *, as_json: bool) -> None:
    """Keep a copy of NAME as NEW, open to changes, with its log."""
    from web.services.scenarios import copy_scenario

    workspace = open_workspace(folder)
    made = copy_scenario(workspace, name, new=new, author=author_of(by), why=why)
    words = [spoken()("{name} was copied to {new}.", name=name, new=made.name)]
    _answer_one(workspace, made, as_json=as_json, words=words)


@scenario.command()
@common_options
@click.argument("name")
@click.argument("new")
@by_option
@why_option
def rename(folder: Path, name: str, new: str, by: str | None, why: str, *, as_json: bool) -> None:
    """Give the scenario NAME the name NEW."""
    from web.services.scenarios import rename_scenario

    workspace = open_workspace(folder)
    rename_scenario(workspace, name, new=new, author=author_of(by), why=why)
    words = [spoken()("{name} is now {new}.", name=name, new=new)]
    _answer_one(workspace, workspace.scenarios().scenario(new), as_json=as_json, words=words)


@scenario.command()
@common_options
@click.argument("name")
@click.argument("text")
@by_option
@click.option(
    "--overrode",
    default="",
    metavar="WHAT",
    help="What was decided otherwise than the plan says: a site, a limit.",
)
def note(
    folder: Path, name: str, text: str, by: str | None, overrode: str, *, as_json: bool
) -> None:
    """Write TEXT into the decision log of NAME; nothing in a log is ever changed."""
    from web.services.scenarios import note_scenario

    workspace = open_workspace(folder)
    note_scenario(workspace, name, why=text, author=author_of(by), overrode=overrode)
    made = workspace.scenarios().scenario(name)
    words = [spoken()("Noted in {name}.", name=made.name)]
    _answer_one(workspace, made, as_json=as_json, words=words)


@scenario.command()
@common_options
@click.argument("names", nargs=-1, required=True, metavar="NAME NAME …")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The differences as a map (FILE.html) or as layers for QGIS (.gpkg), both with each "
    "group's area in one and not the other; or as points in any other format of a table.",
)
def compare(folder: Path, names: tuple[str, ...], output: Path | None, *, as_json: bool) -> None:
    """Set two to four scenarios side by side: people, money, actions in one alone."""
    from web.commands.scenario_words import compared_words
    from web.services.scenarios import compare_scenarios, write_differences

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        compared = compare_scenarios(workspace, names)
        figures |= compared.comparison.as_dict()
        figures["differing_inputs"] = list(compared.differing_inputs)
    words = compared_words(compared, or_none(workspace.network))
    if output is not None:
        if output.suffix.casefold() in {".html", ".htm"}:
            from web.languages import CHINESE
            from web.maps.difference_map import write_difference_map

            language = asked(otherwise=CHINESE)
            write_difference_map(workspace, compared, output=output, language=language)
        elif output.suffix.casefold() == ".gpkg":
            from web.languages import CHINESE
            from web.services.difference_areas import write_difference_layers

            write_difference_layers(workspace, compared, output, language=asked(otherwise=CHINESE))
        else:
            write_differences(compared, output)
        figures["file"] = str(output)
        words.append(spoken()("The differences are in {file}.", file=output))
    sample = any(one.sample for one in compared.scenarios) or workspace.settings.sample
    answer(figures, as_json=as_json, sample=sample, words=words)


@scenario.command("map")
@common_options
@click.argument("name")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="FILE.html, or its layers as .gpkg (styled for QGIS) or .geojson.",
)
def map_(folder: Path, name: str, output: Path, *, as_json: bool) -> None:
    """Draw the scenario NAME: what it does, each group's area then, who goes where.

    Each group's area is that of its own standard: its mode, its minutes, the kinds that serve it.
    Workers go to the nearest place that serves them, as the workspace stands now.
    """
    from planning.scenarios.forms import figures_of
    from web.commands.assignment import refuse_other_ending, write_found
    from web.commands.scenario_words import stale_words
    from web.services.assignments import ground_after, who_goes_where
    from web.services.scenarios import scenario_of

    refuse_other_ending(output)
    workspace = open_workspace(folder)
    kept = scenario_of(workspace, name)
    figures: Figures = {}
    with steps() as progress, stopwatch(figures):
        with progress.step(say("sending workers to places")) as done:
            found = who_goes_where(ground_after(workspace, kept.scenario, done=done))
        actions = figures_of(kept.scenario).actions
        more, words = write_found(workspace, found, output, actions=actions, name=name)
    sample = kept.scenario.sample or workspace.settings.sample
    answer(
        {"name": kept.scenario.name, "stale": list(kept.stale), **more, **figures},
        as_json=as_json,
        sample=sample,
        words=[*words, *stale_words(kept)],
    )


@scenario.command()
@common_options
@click.argument("name")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="FILE.json")
def export(folder: Path, name: str, output: Path, *, as_json: bool) -> None:
    """Write the scenario NAME to a file, for another computer to import or replay."""
    from web.services.scenarios import export_scenario

    workspace = open_workspace(folder)
    made = export_scenario(workspace, name, file=output)
    words = [spoken()("{name} was written to {file}.", name=made.name, file=output)]
    _answer_one(workspace, made, as_json=as_json, words=words, file=str(output))


@scenario.command("import")
@common_options
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="Another name than the one in the file.")
def import_(folder: Path, file: Path, name: str | None, *, as_json: bool) -> None:
    """Keep the scenario of FILE as it is, locked where it was."""
    from web.commands.scenario_words import stale_words
    from web.services.scenarios import import_scenario

    workspace = open_workspace(folder)
    kept = import_scenario(workspace, file=file, name=name)
    words: list[object] = [
        spoken()("{name} was taken from {file}.", name=kept.scenario.name, file=file.name),
        *stale_words(kept),
    ]
    answer(_figures(kept), as_json=as_json, sample=workspace.settings.sample, words=words)


@scenario.command()
@common_options
@click.argument("file", type=click.Path(path_type=Path))
def replay(folder: Path, file: Path, *, as_json: bool) -> None:
    """Ask the question of FILE again here: the same plan, or which input differs.

    Nothing is kept. Exit code 1 says that the plan is another one.
    """
    from web.commands.scenario_words import replay_words
    from web.services.scenarios import checked_scenario, replay_scenario

    workspace = open_workspace(folder)
    figures: Figures = {}
    read = checked_scenario(file)
    with steps() as progress, stopwatch(figures), progress.step(say("planning")) as done:
        replayed = replay_scenario(workspace, read, done=done)
    figures |= replayed.as_dict()
    words = replay_words(replayed)
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)
    if not replayed.same:
        raise SystemExit(1)


@scenario.command()
@common_options
@click.argument("name")
@by_option
@why_option
def lock(folder: Path, name: str, by: str | None, why: str, *, as_json: bool) -> None:
    """Lock the scenario NAME for good: it is never changed or deleted again."""
    from web.services.scenarios import lock_scenario

    workspace = open_workspace(folder)
    lock_scenario(workspace, name, author=author_of(by), why=why)
    made = workspace.scenarios().scenario(name)
    words = [spoken()("{name} is locked: nothing changes or deletes it.", name=made.name)]
    _answer_one(workspace, made, as_json=as_json, words=words)


@scenario.command()
@common_options
@click.argument("name")
def delete(folder: Path, name: str, *, as_json: bool) -> None:
    """Delete the scenario NAME and its decision log; a locked one stays."""
    from web.services.scenarios import delete_scenario

    workspace = open_workspace(folder)
    delete_scenario(workspace, name)
    words = [spoken()("{name} was deleted.", name=name)]
    answer({"deleted": name}, as_json=as_json, sample=workspace.settings.sample, words=words)


def _sheets(workspace: Workspace, kept: Kept, folder: Path) -> tuple[Figures, list[object]]:
    """Write the sheets of a decision that was kept, its question asked anew."""
    from web.services.site_sheets import ask_kept, reasons_of

    with steps() as progress:
        with progress.step(say("measuring travel times")) as done:
            question, made, when = ask_kept(workspace, kept, done=done)
        with progress.step(say("explaining")) as done:
            why = reasons_of(kept, question, made, done=done)
        with progress.step(say("writing sheets")) as done:
            return write_site_sheets(workspace, question, made, why, folder, when=when, done=done)


def saved_words(made: Scenario) -> str:
    """Say that a scenario is kept."""
    return spoken()("Kept as the scenario {name}.", name=made.name)


def _answer_one(
    workspace: Workspace,
    made: Scenario,
    *,
    as_json: bool,
    words: list[object] | list[str],
    **more: Any,  # noqa: ANN401 - JSON values
) -> None:
    figures = {**_head(made), "log": [_line(line) for line in made.log], **more}
    sample = made.sample or workspace.settings.sample
    answer(figures, as_json=as_json, sample=sample, words=words)


def _head(made: Scenario) -> dict[str, Any]:
    return {
        "name": made.name,
        "form": made.form,
        "city": made.city,
        "author": made.author,
        "made_at": made.made_at.isoformat(),
        "locked": made.is_locked,
        "hash": made.content_hash,
    }


def _figures(kept: Kept) -> dict[str, Any]:
    of = kept.figures
    return {
        **_head(kept.scenario),
        "stale": list(kept.stale),
        "actions": len(of.actions),
        "covered_before": of.row().before,
        "covered_after": of.row().after,
        "workers": of.row().workers,
    }


def _line(line: LogLine) -> dict[str, str]:
    return {
        "at": line.at.isoformat(),
        "who": line.who,
        "act": line.act,
        "what": line.what,
        "why": line.why,
    }
