"""`yizhan demo`: the generated sample city, from nothing to the running product."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.errors import WorkspaceError
from geo.messages import say
from web.commands.common import answer, common_options, steps
from web.commands.help_pages import Command
from web.commands.language import OPTION, is_english, speaking, spoken
from web.commands.plan import sentence
from web.commands.serve import (
    PORT,
    listening,
    say_addresses,
    serve_until_stopped,
    worker_option,
)
from web.commands.worker_process import worker_beside

if TYPE_CHECKING:
    from data.workspace import Workspace

DEMO_FOLDER = Path("yizhan-demo")


def _draw(city: Workspace) -> None:
    from web.maps.city_map import write_map

    write_map(city, output=city.folder / "exports" / "map.html")


def _report(city: Workspace) -> None:
    from web.reports.pages import write_report

    write_report(city, city.folder / "exports" / "report")


_THEN = ((say("drawing the map"), _draw), (say("writing the report"), _report))


def _build(target: Path) -> None:
    from web.services.demo import build_demo

    with steps() as progress:
        made = build_demo(target, then=_THEN, step=progress.step)
    click.echo(sentence(made), err=True)


def _build_in(target: Path, code: str) -> None:
    with speaking([OPTION, code], {}):
        _build(target)


def _build_apart(target: Path) -> None:
    """Build the demo in a process of its own: what that needs, the server does not keep."""
    from web.services.apart import apart

    apart(_build_in, target, "en" if is_english() else "zh")


@click.command(cls=Command)
@common_options
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True)
@click.option("--no-serve", is_flag=True, help="Build the city and stop.")
@worker_option
def demo(
    folder: Path, host: str, port: int, *, no_serve: bool, no_worker: bool, as_json: bool
) -> None:
    """Build the generated sample city in a folder of its own, plan it, map it and serve it."""
    from data.workspace import Workspace
    from web.admin.demo_door import make_door

    target = DEMO_FOLDER if folder == Path() else folder
    if not (target / "yizhan.toml").exists():
        _build(target) if no_serve else _build_apart(target)
    workspace = Workspace.open(target)
    if not workspace.settings.sample:
        raise WorkspaceError(
            say(
                "{folder} is the workspace of {city}, not the sample city: name another folder "
                "with -w",
                folder=target,
                city=workspace.settings.name,
            )
        )
    if no_serve:
        built = {"workspace": str(target), "name": workspace.settings.name}
        answer(
            built,
            as_json=as_json,
            sample=True,
            words=[spoken()("{folder} holds the sample city.", folder=target)],
        )
        return
    server, app = listening(workspace.folder, host=host, port=port)
    door = make_door(app, host=host)
    say_addresses(workspace, host=host, port=port, as_json=as_json, door=door)
    with worker_beside(workspace.folder, wanted=not no_worker):
        serve_until_stopped(server)
