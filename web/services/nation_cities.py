"""The cities of a nation: each a workspace of its own, taken over whole or not at all."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from data.workspace import Workspace, restore_workspace
from geo.errors import WorkspaceError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

    from data.nation.nation_file import Nation, NationCity

_CACHE: Final = "cache"
_PACKED: Final = "city.zip"


def add_city(nation: Nation, code: str, *, source: Path) -> NationCity:
    """Copy a city's workspace into a nation, as it is at one moment, while it is in use.

    The copy goes by way of a backup, so that a register on a server comes along too.

    Raises
    ------
    InputError
        for what is no code of a city.
    WorkspaceError
        when ``source`` is no workspace, the city is there already, or the disk is full; nothing is
        added then.
    """
    city = nation.city(code)
    workspace = Workspace.open(source)
    if city.folder.exists():
        raise WorkspaceError(
            say(
                "{folder} is there already: take it away first, or choose another code",
                folder=city.folder,
            )
        )
    draft = city.folder.with_name(f".new-{code}")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True)
        workspace.back_up(draft / _PACKED)
        restore_workspace(draft / _PACKED, draft / code)
        shutil.copytree(source / _CACHE, draft / code / _CACHE, dirs_exist_ok=True)
        (draft / code).rename(city.folder)
    except OSError as error:
        if isinstance(error, WorkspaceError):
            raise
        raise WorkspaceError(
            say("{folder}: {what}", folder=city.folder, what=error.strerror or error)
        ) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return city
