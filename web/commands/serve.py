"""`yizhan serve`: the pages on this machine."""

from __future__ import annotations

from socket import create_server
from typing import TYPE_CHECKING

import click

from geo.errors import WorkspaceError
from geo.messages import Message, reason_of, say
from web.commands.common import answer, common_options, open_workspace
from web.commands.help_pages import Command
from web.commands.language import spoken
from web.commands.worker_process import worker_beside

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from werkzeug.serving import BaseWSGIServer

    from data.workspace import Workspace

PORT = 8000

worker_option = click.option(
    "--no-worker",
    is_flag=True,
    help="Begin no process that answers planners' questions: yizhan worker does that.",
)


@click.command(cls=Command)
@common_options
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True)
@worker_option
def serve(folder: Path, host: str, port: int, *, no_worker: bool, as_json: bool) -> None:
    """Serve the worker's page, the newest plan and the report.

    A process beside it answers what planners ask in the browser.
    """
    workspace = open_workspace(folder)
    server, _app = listening(workspace.folder, host=host, port=port)
    say_addresses(workspace, host=host, port=port, as_json=as_json)
    with worker_beside(workspace.folder, wanted=not no_worker):
        serve_until_stopped(server)


def listening(folder: Path, *, host: str, port: int) -> tuple[BaseWSGIServer, Flask]:
    """Bind the port, so that an address is only ever printed when somebody answers there."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    from web.app import create_app
    from web.locator.ready import make_ready

    class Quiet(WSGIRequestHandler):
        """Answers without a line for each request: who asked is nobody's business."""

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Log nothing; errors are logged by the application."""

    try:
        listener = create_server((host, port))
    except OSError as error:
        why = reason_of(error).partition(" (while")[0]
        raise WorkspaceError(
            say(
                "cannot listen on port {port} of {host} ({why}): stop what listens there, "
                "or give another --port",
                port=port,
                host=host,
                why=Message(why),
            )
        ) from error
    with listener:  # the server listens on a copy of it
        app = create_app(folder)
        make_ready(app)
        server = make_server(
            host,
            port,
            app,
            threaded=True,
            fd=listener.fileno(),
            request_handler=Quiet,
        )
        return server, app


def say_addresses(
    workspace: Workspace, *, host: str, port: int, as_json: bool, door: str = ""
) -> None:
    """Print where the pages are, and the path of the demo's ``door`` where there is one."""
    name, sample = workspace.settings.name, workspace.settings.sample
    root = f"http://{host}:{port}"
    pages = {"worker": f"{root}/", "planner": f"{root}/plan", "official": f"{root}/report"}
    t = spoken()
    words = [
        t("{city} is served, Ctrl-C stops it:", city=name),
        t("  the worker's page    {address}", address=pages["worker"]),
        t("  the planner's map    {address}", address=pages["planner"]),
        t("  the official's report {address}", address=pages["official"]),
    ]
    if door:
        pages["door"] = f"{root}{door}"
        words.append(t("  plan yourself, one press {address}  (opens once)", address=pages["door"]))
    answer({"name": name, **pages}, as_json=as_json, sample=sample, words=words)


def serve_until_stopped(server: BaseWSGIServer) -> None:
    """Answer requests until the process is interrupted, which the server takes as its end."""
    server.serve_forever()
    click.echo(spoken()("stopped"), err=True)
