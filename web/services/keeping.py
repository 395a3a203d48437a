"""Answers kept in the workspace, and told all the same where its disk is full."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from geo.errors import DiskFullError
from geo.messages import message_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.workspace import Workspace

#: Is told why an answer is not kept.
Unkept = Callable[[str], None]


def keep(
    workspace: Workspace,
    kind: str,
    *,
    inputs: Mapping[str, Any],
    body: Mapping[str, Any],
    unkept: Unkept | None,
) -> None:
    """Keep an answer as the newest of its kind; on a full disk ``unkept`` is told instead.

    Raises
    ------
    DiskFullError
        when the disk is full and nobody is there to be told.
    """
    try:
        workspace.save_result(kind, inputs=inputs, body=body)
    except DiskFullError as error:
        if unkept is None:
            raise
        unkept(message_of(error))
