"""Who goes where, written out: layers for QGIS, GeoJSON, or a map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from geo.errors import InputError
from geo.messages import say
from web.commands.language import asked, spoken
from web.languages import CHINESE
from web.site.number_words import count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from data.workspace import Workspace
    from planning.scenarios.figures import DoneAction
    from web.services import Figures
    from web.services.assignments import WhoGoesWhere

F = TypeVar("F", bound="Callable[..., Any]")
_PAGES: Final = (".html", ".htm")


def assignment_option(command: F) -> F:
    """Give a command the option ``--assignment``."""
    return click.option(
        "--assignment",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write who goes where: each cell's workers of a group, the nearest place, seconds; "
        "and each group's area. .gpkg (styled for QGIS), .geojson, or .html for a map.",
    )(command)


def refuse_other_ending(file: Path) -> None:
    """Refuse a file's ending before work is done that would be written into it."""
    from data.files.map_layers import LAYER_SUFFIXES

    if file.suffix.casefold() not in (*LAYER_SUFFIXES, *_PAGES):
        raise InputError(
            say(
                "{file}: the ending must be one of {endings}",
                file=file.name,
                endings=", ".join((*LAYER_SUFFIXES, _PAGES[0])),
            )
        )


def write_found(
    workspace: Workspace,
    found: WhoGoesWhere,
    file: Path,
    *,
    actions: Sequence[DoneAction] = (),
    name: str | None = None,
) -> tuple[Figures, list[object]]:
    """Write who goes where; return it in figures and in words.

    ``name`` is what a map calls the plan; None: today's stations.
    """
    from web.services.assignments import write_assignment

    language = asked(otherwise=CHINESE)
    if file.suffix.casefold() in _PAGES:
        from web.maps.scenario_map import write_scenario_map

        write_scenario_map(
            workspace, found, actions=actions, name=name, output=file, language=language
        )
    else:
        write_assignment(found, file, sample=workspace.settings.sample, language=language)
    return {"assignment": {"file": str(file), **found.summary()}}, _words(found, file)


def _words(found: WhoGoesWhere, file: Path) -> list[object]:
    t, told = spoken(), found.summary()
    words: list[object] = [t("{file} written.", file=str(file))]
    if told["mean_s"] is None:
        words.append(t("Nobody has a place within the standard."))
    else:
        words.append(
            t(
                "{workers} workers go to {places} places, {minutes:.1f} minutes in the mean; "
                "{without} have none within their standard.",
                workers=count(told["workers"]),
                places=count(told["places"]),
                minutes=told["mean_s"] / 60,
                without=count(told["without"]),
            )
        )
    if told["hours_unknown"]:
        words.append(
            t(
                "{n} places whose hours are not known take nobody at that hour.",
                n=count(told["hours_unknown"]),
            )
        )
    return words
