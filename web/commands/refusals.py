"""What the command line says and does when it refuses."""

from __future__ import annotations

import contextlib
import errno
import re
import sys
from typing import TYPE_CHECKING, Final

import click

from geo.errors import RowsError, YizhanError
from geo.messages import message_of, reason_of, say
from web.commands.language import told
from web.commands.streams import json_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.errors import RowFault

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
        faults = [_fault_figures(fault) for fault in error.faults]
        _end(error, message_of(error), as_json=as_json, faults=faults)
    except YizhanError as error:
        _say(message_of(error))
        _end(error, message_of(error), as_json=as_json)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(EXIT_REFUSED)
    except click.ClickException as error:
        _say(_click_words(error))
        _end(error, _click_words(error), as_json=as_json)
    except OSError as error:
        if error.errno is None:
            raise
        _say(_os_words(error))
        _end(error, str(error), as_json=as_json)
    except (click.Abort, KeyboardInterrupt):
        click.echo(told(say("stopped")), err=True)
        sys.exit(_EXIT_INTERRUPTED)


def _click_words(error: click.ClickException) -> str:
    # The sentences of Click are taken apart only where a command line is refused.
    from web.commands.click_words import click_words

    return click_words(error.format_message())


def _os_words(error: OSError) -> str:
    reason = reason_of(error)
    if error.errno == errno.ENOSPC:
        reason = say("the disk is full: free some space and run the command again")
    if not error.filename:
        return reason
    return say("{file}: {reason}", file=error.filename, reason=reason)


def _say(message: str) -> None:
    words = " ".join(told(message).split())
    click.echo(told(say("error: {words}", words=words)), err=True)


def _say_rows(error: RowsError) -> None:
    shown = error.faults[:_FAULTS_SHOWN]
    if len(error.faults) == 1:
        _say(message_of(error))
        return
    for fault in shown:
        line = say("{file}: {fault}", file=error.file, fault=fault.message())
        click.echo(told(line), err=True)
    if len(error.faults) > len(shown):
        n_more = len(error.faults) - len(shown)
        click.echo(
            told(say("{file}: … and {n_more} more", file=error.file, n_more=n_more)), err=True
        )
    rows = len({fault.row for fault in error.faults})
    if rows == 1:
        _say(say("{file}: 1 row cannot be taken, so nothing was imported", file=error.file))
    else:
        _say(
            say(
                "{file}: {n} rows cannot be taken, so nothing was imported", file=error.file, n=rows
            )
        )


def _fault_figures(fault: RowFault) -> dict[str, object]:
    """Return a fault as JSON has it; with its sheet where rows of several were read."""
    sheet = getattr(fault.row, "sheet", None)
    return {
        **vars(fault),
        "reason": told(fault.reason),
        **({} if sheet is None else {"sheet": sheet}),
    }


def _end(error: Exception, message: str, *, as_json: bool, **details: object) -> None:
    if as_json:
        kind = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
        problem = {"type": kind, "message": told(message), **details}
        click.echo(json_line({"error": problem}))
    sys.exit(EXIT_REFUSED)


#: What systems say most often when a file cannot be read or written, for the translators.
_OF_THE_SYSTEM: Final = (
    say("No such file or directory"),
    say("Permission denied"),
    say("Operation not permitted"),
    say("Is a directory"),
    say("Not a directory"),
    say("File exists"),
    say("File name too long"),
    say("Directory not empty"),
    say("No space left on device"),
    say("Disk quota exceeded"),
    say("Read-only file system"),
    say("Input/output error"),
    say("Too many open files"),
    say("Too many levels of symbolic links"),
    say("Invalid argument"),
    say("Cannot allocate memory"),
    say("Address already in use"),
    say("Cannot assign requested address"),
)
