"""Which workers a command counts: all that are registered, or those of one hour of a variant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from data.demand import DAYS

if TYPE_CHECKING:
    from collections.abc import Callable


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
