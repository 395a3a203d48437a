"""What the command line says and does when it refuses."""

from __future__ import annotations

import contextlib
import errno
import re
import sys
from typing import TYPE_CHECKING

import click

from geo.errors import RowsError, YizhanError
from web.commands.streams import json_line

if TYPE_CHECKING:
    from collections.abc import Iterator

EXIT_REFUSED = 2
_EXIT_INTERRUPTED = 130
_FAULTS_SHOWN = 50


@contextlib.contextmanager
def refusals_as_exit_code(*, as_json: bool) -> Iterator[None]:
    """Turn every refusal into its line (with ``as_json`` also into an object) and exit code 2."""
    try:
        yield
    except RowsError as error:
        _say_rows(error)
        _end(error, as_json=as_json, faults=[vars(fault) for fault in error.faults])
    except YizhanError as error:
        _say(str(error))
        _end(error, as_json=as_json)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(EXIT_REFUSED)
    except click.ClickException as error:
        _say(error.format_message())
        _end(error, as_json=as_json)
    except OSError as error:
        if error.errno is None:
            raise
        _say(_os_words(error))
        _end(error, as_json=as_json)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        sys.exit(_EXIT_INTERRUPTED)


def _os_words(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"{where}the disk is full: free some space and run the command again"
    return f"{where}{error.strerror}"


def _say(message: str) -> None:
    click.echo(f"error: {' '.join(message.split())}", err=True)


def _say_rows(error: RowsError) -> None:
    shown = error.faults[:_FAULTS_SHOWN]
    if len(error.faults) == 1:
        _say(str(error))
        return
    for fault in shown:
        click.echo(f"{error.file}: {fault}", err=True)
    if len(error.faults) > len(shown):
        click.echo(f"{error.file}: … and {len(error.faults) - len(shown)} more", err=True)
    rows = len({fault.row for fault in error.faults})
    _say(f"{error.file}: {rows} row{'s'[: rows > 1]} cannot be taken, so nothing was imported")


def _end(error: Exception, *, as_json: bool, **details: object) -> None:
    if as_json:
        message = error.format_message() if isinstance(error, click.ClickException) else str(error)
        kind = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
        problem = {"type": kind, "message": message, **details}
        click.echo(json_line({"error": problem}))
    sys.exit(EXIT_REFUSED)
