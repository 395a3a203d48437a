"""`yizhan demand show`: the workers on a map or in a picture, by the hour."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.demand import DAYS, DayWord
from data.vocabulary import ALL, GROUPS, find_term, unknown_word
from geo.errors import InputError
from geo.messages import say
from web.commands.common import answer, common_options, open_workspace, steps, stopwatch
from web.commands.demand_hours import DAY_WORDS
from web.commands.help_pages import Command
from web.commands.language import spoken
from web.languages import CHINESE, ENGLISH
from web.site.number_words import count, two_digits

if TYPE_CHECKING:
    from data.workspace import Workspace
    from web.languages import Language
    from web.maps.density_ground import DensityGround
    from web.maps.density_squares import HourSquares
    from web.services import Figures

_MAP = ".html"
_MAP_SQUARES, _PICTURE_SQUARES = 12_000, 60_000


@click.command(cls=Command)
@common_options
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path),
    help="FILE.html is a map with a slider for the hours; .png, .svg or .pdf a picture.",
)  # fmt: skip
@click.option("--group", "group_word", default=ALL, show_default=True, help="A group, or all.")
@click.option("--hour", type=int, help="0 to 23; without it a picture shows six hours.")
@click.option("--day", type=click.Choice(DAYS), default="weekday", show_default=True)
@click.option("--name", help="A variant instead of the demand that holds.")
@click.option("--english", is_flag=True, help="Write it in English.")
def show(
    *,
    folder: Path,
    output: Path,
    group_word: str,
    hour: int | None,
    day: DayWord,
    name: str | None,
    english: bool,
    as_json: bool,
) -> None:
    """Draw who wants a rest place where, by group and hour."""
    from web.maps.density_squares import hour_squares

    workspace = open_workspace(folder)
    held = workspace.demand(name)
    group = _group(group_word, held.groups)
    if hour is not None:
        held.at(hour=hour, day=day)  # refuses an hour that is none
    figures: Figures = {"file": str(output), "group": group, "day": day, "hour": hour}
    language = ENGLISH if english else CHINESE
    with steps() as progress, stopwatch(figures), progress.step(say("drawing")):
        most = _MAP_SQUARES if output.suffix.casefold() == _MAP else _PICTURE_SQUARES
        squares = hour_squares(held, metric_crs=workspace.settings.metric_crs, most=most)
        # The drawing libraries are needed by this command alone.
        if output.suffix.casefold() == _MAP:
            from web.maps.density_map import density_map

            made = density_map(
                squares,
                ground_of(workspace, name, language),
                group=group,
                hour=hour,
                day=day,
                language=language,
            )
            made.save(output)
        else:
            from web.maps.density_picture import draw_density

            draw_density(
                squares,
                ground_of(workspace, name, language),
                output,
                group=group,
                day=day,
                hour=hour,
                language=language,
            )
    figures |= _figures(squares, group, day)
    figures["bytes"] = output.stat().st_size
    answer(
        figures,
        as_json=as_json,
        sample=workspace.settings.sample,
        words=[_sentence(squares, output, group, day)],
    )


def ground_of(workspace: Workspace, name: str | None, t: Language) -> DensityGround:
    """Gather what lies under a density: districts, roads, and where the workers come from."""
    from web.maps.density_ground import DensityGround

    return DensityGround(
        city=workspace.settings.name,
        districts=workspace.districts,
        network=workspace.network() if workspace.has_network() else None,
        source=_source(workspace, name, t),
        sample=workspace.settings.sample,
        box=workspace.settings.box,
    )


def _source(workspace: Workspace, name: str | None, t: Language) -> str:
    """Say what the demand was made of, as far as the workspace knows, and whose roads are drawn."""
    from web.maps.city_map import source_of

    held = workspace.demand(name).content_hash
    kept = [one for one in workspace.results("demand") if one.inputs.get("demand") == held]
    made = t.listed(kept[0].body.get("sources", [])) if kept else ""
    roads = source_of(workspace.settings, t)
    return f"{made} · {roads}" if made else roads


def _group(word: str, groups: tuple[str, ...]) -> str:
    """Read a group's id or Chinese name, or all."""
    if word == ALL:
        return ALL
    term = find_term(word, GROUPS)
    if term is None:
        reason = unknown_word(word, GROUPS, what=say("group"))
        raise InputError(say("--group {word}: {reason}", word=word, reason=reason))
    if term.id not in groups:
        raise InputError(
            say(
                "--group {word}: the demand has no such group, only {groups}",
                word=word,
                groups=", ".join(groups),
            )
        )
    return term.id


def _figures(squares: HourSquares, group: str, day: DayWord) -> Figures:
    return {
        "squares": len(squares),
        "square_m": squares.square_m,
        "breaks_per_km2": squares.breaks(group).tolist(),
        "by_hour": squares.hours(group, day=day).round(1).tolist(),
    }


def _sentence(squares: HourSquares, output: Path, group: str, day: DayWord) -> str:
    from web.maps.density_hours import hour_words

    of_day = squares.hours(group, day=day)
    hours = squares.fullest(group, day=day)
    most = hours[0]
    half = two_digits(squares.half_area_km2(group, hour=most, day=day))
    t = spoken()
    return t(
        "{file} shows {people}: on a {day} most want a rest place at {hours} ({workers}), half of "
        "them within {half} km2.",
        file=output,
        people=t.people(group),
        day=t(DAY_WORDS[day]),
        hours=hour_words(hours, t),
        workers=count(of_day[most]),
        half=half,
    )
