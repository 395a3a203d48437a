"""What happens at the stations: activities from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.activities import read_activities
from data.report_book import ReportBook

if TYPE_CHECKING:
    from pathlib import Path

    from data.workspace import Workspace

_OWNER: Final = "command line"


def import_activities(workspace: Workspace, *, file: Path) -> tuple[int, ...]:
    """Add the activities of a table to those that are there; returns their numbers.

    Raises
    ------
    InputError
        when a row cannot be taken or a station is not in the register; nothing is added then.
    """
    return tuple(ReportBook(workspace).activities.add(read_activities(file), by=_OWNER))
