"""Which workers a command counts: all that are registered, or those of one hour of a variant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from data.demand import DAYS
from web.commands.language import spoken
from web.languages import message

if TYPE_CHECKING:
    from collections.abc import Callable

    from web.services.counted import Counted


F = TypeVar("F", bound="Callable[..., Any]")


def counted_options(command: F) -> F:
    """Give a command ``--hour``, ``--day``, ``--demand`` and ``--draws``."""
    for option in (
        click.option(
            "--draws",
            type=click.IntRange(min=2, max=10_000),
            help="Draw the weights so often and say how far the figures move.",
        ),
        click.option("--demand", "name", help="A variant instead of the demand that holds."),
        click.option("--day", type=click.Choice(DAYS), default="weekday", show_default=True),
        click.option(
            "--hour", type=int, help="Count who wants a rest place at this hour, 0 to 23."
        ),
    ):
        command = option(command)
    return command


def counted_words(counted: Counted) -> str:
    """Say whom the figures count, before them; empty for the usual."""
    t = spoken()
    if counted.usual:
        return ""
    if counted.hour is None:
        return t("Workers of the variant {name}. ", name=counted.name)
    day = t(DAY_WORDS[counted.day])
    if counted.name is None:
        return t(
            "Workers who want a rest place at {hour}:00 on a {day}. ", hour=counted.hour, day=day
        )
    return t(
        "Workers who want a rest place at {hour}:00 on a {day} of the variant {name}. ",
        hour=counted.hour,
        day=day,
        name=counted.name,
    )


DAY_WORDS: Final = {"weekday": message("weekday"), "weekend": message("weekend")}
